//! What the tests share: rules from text, series, rows.

use kernel::batch::Batch;
use kernel::classification::Classification;
use kernel::id::{DeviceId, OrgId, ProfileId};
use kernel::quality::Quality;
use kernel::series::{Contract, SeriesId, SeriesInfo};
use kernel::text::LangText;
use kernel::time::Timestamp;
use kernel::unit::Unit;
use kernel::value::ValueKind;
use rule::evaluate::Evaluator;
use rule::model::Rule;
use rule::transition::Transition;

/// A rule from the lines that matter; head and an empty test are added.
pub(crate) fn rule(id: &str, body: &str) -> Rule {
    let text = format!(
        "rule: {id}\nversion: 1\ntitle: {{vi: \"Thử\", en: \"Try\"}}\ncode: try\nassumed: true\n\
         tests: [{{name: none, interval: PT1M, steps: [{{at: PT0S}}]}}]\n{body}\n"
    );
    rule::parse::parse("inline", &text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// A number series of device `device-<id>` in metres with an interval of one minute.
pub(crate) fn series(id: u32) -> SeriesInfo {
    SeriesInfo {
        id: SeriesId(id),
        entity: format!("urn:ngsi-ld:WaterObserved:hanoi:device-{id}").into(),
        attribute: "waterDepth".into(),
        device: DeviceId::new(&format!("device-{id}")).unwrap(),
        name: "depth".into(),
        unit: Unit::new("m"),
        kind: ValueKind::Number,
        contract: Contract {
            interval_s: Some(60),
            ..Contract::default()
        },
        profile: ProfileId::new("flood-gauge").unwrap(),
        org: OrgId::new("drainage").unwrap(),
        areas: Vec::new(),
        place: None,
        title: LangText::new("Ngã tư", "Crossing"),
        classification: Classification::Internal,
    }
}

/// An evaluator that watches the first `count` series.
pub(crate) fn evaluator(rules: Vec<Rule>, count: u32) -> Evaluator {
    let mut evaluator = Evaluator::new(rules).unwrap();
    for id in 0..count {
        evaluator.bind(&series(id), at(0), &mut Vec::new()).unwrap();
    }
    evaluator
}

/// So many seconds after the start.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(1_767_225_600 + seconds)
}

/// One good row.
pub(crate) fn row(id: u32, seconds: i64, value: f64) -> Batch {
    let mut batch = Batch::default();
    batch.push_bits(
        SeriesId(id),
        at(seconds),
        ValueKind::Number,
        value.to_bits(),
        Quality::GOOD,
    );
    batch
}

/// What a transition says, short.
pub(crate) fn short(transitions: &[Transition]) -> Vec<String> {
    let one = |t: &Transition| {
        let second = t.at.micros() / 1_000_000 - at(0).micros() / 1_000_000;
        format!("{} {:?} {} at {second}", t.series.0, t.change, t.severity.level())
    };
    transitions.iter().map(one).collect()
}
