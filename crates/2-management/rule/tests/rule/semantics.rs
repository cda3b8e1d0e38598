//! The questions that two people would answer differently, one table each.

use crate::stage::{at, evaluator, row, rule, series, short};
use kernel::area::AreaCode;
use kernel::quality::{Doubt, Grade, Quality};
use kernel::series::SeriesId;
use kernel::signal::Change;
use kernel::value::ValueKind;

const STEPS: &str =
    "unit: m\nselect: {attribute: waterDepth}\nwhen: [{severity: 3, above: 0.3}, {severity: 2, above: 0.1}]";

/// Feeds (clock, phenomenon time, value); no value is a tick.
fn play(body: &str, script: &[(i64, i64, Option<f64>)]) -> Vec<String> {
    let mut evaluator = evaluator(vec![rule("r", body)], 1);
    let mut out = Vec::new();
    for (clock, time, value) in script {
        match value {
            Some(value) => evaluator.apply(&row(0, *time, *value), at(*clock), &mut out),
            None => evaluator.tick(at(*clock), &mut out),
        }
    }
    out.retain(|transition| transition.change != Change::Renewed);
    short(&out)
}

#[test]
fn a_late_row_changes_nothing_and_a_correction_of_the_newest_does() {
    let script = [
        (10, 10, Some(0.2)),
        (20, 5, Some(0.0)),
        (30, 10, Some(0.05)),
        (40, 10, Some(0.2)),
    ];
    assert_eq!(
        play(STEPS, &script),
        ["0 Raised 2 at 10", "0 Cleared 2 at 10", "0 Raised 2 at 10"]
    );
}

#[test]
fn a_limit_is_strict_when_it_says_above() {
    assert!(play(STEPS, &[(1, 1, Some(0.1))]).is_empty());
    let at_least = STEPS.replace("above", "at_least");
    assert_eq!(play(&at_least, &[(1, 1, Some(0.1))]), ["0 Raised 2 at 1"]);
}

#[test]
fn numbers_that_are_none_are_not_used() {
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert!(play(STEPS, &[(1, 1, Some(value))]).is_empty(), "{value}");
    }
}

#[test]
fn for_counts_by_the_clock_and_dates_from_the_onset() {
    let body = format!("{STEPS}\nfor: PT1M");
    // rows of long ago arrive together: phenomenon time says an hour, the clock says nothing yet
    assert!(play(&body, &[(0, -3600, Some(0.2)), (0, -10, Some(0.2)), (59, 0, None)]).is_empty());
    assert_eq!(
        play(&body, &[(0, -3600, Some(0.2)), (60, 0, None)]),
        ["0 Raised 2 at -3600"]
    );
    // the graver step counts from its own onset
    let script = [
        (0, 0, Some(0.2)),
        (50, 50, Some(0.4)),
        (60, 60, None),
        (109, 109, None),
        (110, 110, None),
    ];
    assert_eq!(play(&body, &script), ["0 Raised 2 at 0", "0 Raised 3 at 50"]);
    // both at once: only the gravest is said
    assert_eq!(play(&body, &[(0, 0, Some(0.4)), (60, 0, None)]), ["0 Raised 3 at 0"]);
    // an interruption starts it anew
    let script = [
        (0, 0, Some(0.2)),
        (50, 50, Some(0.1)),
        (55, 55, Some(0.2)),
        (114, 114, None),
        (115, 0, None),
    ];
    assert_eq!(play(&body, &script), ["0 Raised 2 at 55"]);
}

#[test]
fn two_directions_of_one_severity_are_one_alarm() {
    let body = "unit: m\nselect: {attribute: waterDepth}\nwhen: [{severity: 2, above: 5}, {severity: 2, below: 1}]";
    let script = [(1, 1, Some(6.0)), (2, 2, Some(0.0)), (3, 3, Some(3.0))];
    assert_eq!(play(body, &script), ["0 Raised 2 at 1", "0 Cleared 2 at 3"]);
}

#[test]
fn bad_rows_are_not_used_and_suspect_ones_are() {
    let mut evaluator = evaluator(vec![rule("r", STEPS)], 1);
    let mut out = Vec::new();
    let mut batch = row(0, 1, 0.2);
    batch.quality[0] = Quality::new(Grade::Bad, Doubt::Range);
    evaluator.apply(&batch, at(1), &mut out);
    assert!(out.is_empty());
    batch.quality[0] = Quality::new(Grade::Suspect, Doubt::Rate);
    evaluator.apply(&batch, at(1), &mut out);
    assert_eq!(short(&out), ["0 Raised 2 at 1"]);
}

#[test]
fn truth_values_text_and_unknown_series() {
    let body = "select: {attribute: powerState}\nwhen: [{severity: 2, equals: false}]";
    let mut evaluator = evaluator(vec![rule("power", body)], 0);
    let info = kernel::series::SeriesInfo {
        attribute: "powerState".into(),
        kind: ValueKind::Boolean,
        ..series(4)
    };
    let mut out = Vec::new();
    assert_eq!(evaluator.bind(&info, at(0), &mut out).unwrap().rules, 1);
    for (second, bits) in [(1, 1), (2, 0), (3, 0), (4, 1)] {
        let mut batch = kernel::batch::Batch::default();
        batch.push_bits(SeriesId(4), at(second), ValueKind::Boolean, bits, Quality::GOOD);
        batch.push_bits(SeriesId(9_999), at(second), ValueKind::Boolean, bits, Quality::GOOD);
        batch.push_bytes(SeriesId(4), at(second), ValueKind::Text, b"off", Quality::GOOD);
        evaluator.apply(&batch, at(second), &mut out);
    }
    assert_eq!(short(&out), ["4 Raised 2 at 2", "4 Cleared 2 at 4"]);
}

#[test]
fn renewals_come_at_least_a_minute_apart_and_only_with_news() {
    let mut evaluator = evaluator(vec![rule("r", STEPS)], 1);
    let (mut out, mut renewed) = (Vec::new(), Vec::new());
    for second in 0..300 {
        if second < 200 {
            evaluator.apply(&row(0, second, 0.2), at(second), &mut out);
        }
        evaluator.tick(at(second), &mut out);
        let news = out.iter().filter(|transition| transition.change == Change::Renewed);
        renewed.extend(news.map(|transition| (second, transition.id())));
        out.clear();
    }
    assert_eq!(
        renewed.iter().map(|(second, _)| *second).collect::<Vec<_>>(),
        [60, 120, 180, 240]
    );
    let ids: std::collections::BTreeSet<_> = renewed.iter().map(|(_, id)| *id).collect();
    assert_eq!(ids.len(), 4);
}

#[test]
fn a_restart_does_not_count_as_silence() {
    let body = "no_data: {severity: 2, after: PT10M}";
    let mut before = evaluator(vec![rule("silent", body)], 1);
    let mut out = Vec::new();
    before.apply(&row(0, 0, 1.0), at(0), &mut out);
    before.tick(at(300), &mut out);
    let mut after = evaluator(vec![rule("silent", body)], 1);
    after.restore(&before.snapshot(), &mut out).unwrap();
    after.resume(at(4_000));
    after.tick(at(4_299), &mut out);
    assert!(out.is_empty());
    after.tick(at(4_300), &mut out);
    assert_eq!(short(&out), ["0 Raised 2 at 4300"]);
}

#[test]
fn a_signal_carries_what_a_person_needs() {
    let mut evaluator = evaluator(vec![rule("r", STEPS)], 1);
    let mut out = Vec::new();
    evaluator.apply(&row(0, 7, 0.25), at(9), &mut out);
    let signal = evaluator.signal(&out[0], &series(0));
    assert_eq!(signal.group, "try/urn:ngsi-ld:WaterObserved:hanoi:device-0");
    assert_eq!(
        (signal.title.vi.as_str(), signal.title.en.as_str()),
        ("Thử: Ngã tư", "Try: Crossing")
    );
    assert_eq!(
        (signal.at, signal.noticed, signal.source.as_str()),
        (at(7), at(9), "rule/r")
    );
    assert_eq!(
        (&signal.params["value"], &signal.params["limit"]),
        (&0.25.into(), &0.1.into())
    );
    assert_eq!(signal.id, out[0].id());
    assert_eq!(signal.id.0.get_version_num(), 8);
}

#[test]
fn a_group_by_area_joins_what_lies_there_and_leaves_alone_what_lies_nowhere() {
    let body = format!("{STEPS}\ngroup: 'water/{{area}}'");
    let mut evaluator = evaluator(vec![rule("r", &body)], 3);
    let groups: Vec<String> = [Some("00070"), Some("00070"), None]
        .into_iter()
        .zip(0..)
        .map(|(area, id)| {
            let mut info = series(id);
            info.areas = area.iter().map(|code| AreaCode::new(code).unwrap()).collect();
            let mut out = Vec::new();
            evaluator.apply(&row(id, 7, 0.25), at(9), &mut out);
            evaluator.signal(&out[0], &info).group
        })
        .collect();
    assert_eq!(
        groups,
        [
            "water/00070",
            "water/00070",
            "water/urn:ngsi-ld:WaterObserved:hanoi:device-2"
        ]
    );
}
