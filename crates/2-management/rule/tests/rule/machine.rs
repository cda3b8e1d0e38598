//! Properties of the state machine, whatever comes.

use crate::stage::{at, evaluator, row, rule, short};
use kernel::batch::Batch;
use kernel::signal::Change;
use proptest::prelude::*;
use rule::evaluate::Evaluator;
use rule::model::Rule;
use rule::transition::Transition;
use std::collections::{BTreeMap, BTreeSet};

const SERIES: u32 = 3;

fn rules() -> Vec<Rule> {
    let steps = "unit: m\nselect: {attribute: waterDepth}\n\
                 when: [{severity: 4, above: 8}, {severity: 3, above: 6}, {severity: 2, at_least: 4}]";
    let both = "unit: m\nwhen: [{severity: 3, above: 7}, {severity: 3, below: 1}, {severity: 2, at_most: 2}]";
    vec![
        rule("plain", steps),
        rule("sticky", &format!("{steps}\nhysteresis: 1.5")),
        rule("patient", &format!("{steps}\nhysteresis: 0.5\nfor: PT20S")),
        rule(
            "mean",
            &format!("{steps}\nwindow: {{function: mean, length: PT1M, min_points: 2}}\nfor: PT5S"),
        ),
        rule(
            "rate",
            "unit: m\nwhen: [{severity: 2, above: 100}]\nwindow: {function: rate, length: PT2M}",
        ),
        rule("both", &format!("{both}\nhysteresis: 0.5\nfor: PT10S")),
        rule("silent", "no_data: {severity: 2, after: PT30S}"),
    ]
}

/// One moment: how far the clock moves, and the rows that come then (series, how late, value).
type Moment = (i64, Vec<(u32, i64, f64)>);

fn moments() -> impl Strategy<Value = Vec<Moment>> {
    let lateness = prop_oneof![8 => Just(0i64), 1 => 0i64..90];
    let value = (0u32..=20).prop_map(|half| f64::from(half) / 2.0);
    let row = (0..SERIES, lateness, value);
    prop::collection::vec((1i64..25, prop::collection::vec(row, 0..4)), 1..60)
}

fn batch(clock: i64, rows: &[(u32, i64, f64)]) -> Batch {
    let mut all = Batch::default();
    for (series, late, value) in rows {
        let one = row(*series, clock - late, *value);
        all.push_bits(one.series[0], one.time[0], one.kind[0], one.bits[0], one.quality[0]);
    }
    all
}

fn run(evaluator: &mut Evaluator, from: i64, moments: &[Moment], singly: bool) -> Vec<Transition> {
    let (mut out, mut clock) = (Vec::new(), from);
    for (step, rows) in moments {
        clock += step;
        if singly {
            evaluator.tick(at(clock), &mut out);
            rows.iter()
                .for_each(|row| evaluator.apply(&batch(clock, &[*row]), at(clock), &mut out));
            evaluator.tick(at(clock), &mut out);
        } else {
            evaluator.apply(&batch(clock, rows), at(clock), &mut out);
        }
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn batching_and_ticks_between_do_not_matter(moments in moments()) {
        let whole = run(&mut evaluator(rules(), SERIES), 0, &moments, false);
        let singly = run(&mut evaluator(rules(), SERIES), 0, &moments, true);
        prop_assert_eq!(whole, singly);
    }

    #[test]
    fn a_snapshot_at_any_point_changes_nothing(moments in moments(), cut in 0usize..60) {
        let (head, tail) = moments.split_at(cut.min(moments.len()));
        let mut first = evaluator(rules(), SERIES);
        run(&mut first, 0, head, false);
        let mut second = evaluator(rules(), SERIES);
        let mut farewells = Vec::new();
        second.restore(&first.snapshot(), &mut farewells).unwrap();
        prop_assert!(farewells.is_empty());
        let clock = head.iter().map(|(step, _)| step).sum();
        prop_assert_eq!(run(&mut first, clock, tail, false), run(&mut second, clock, tail, false));
        prop_assert_eq!(first.snapshot(), second.snapshot());
    }

    #[test]
    fn words_alternate_and_ids_are_unique(moments in moments()) {
        let said = run(&mut evaluator(rules(), SERIES), 0, &moments, false);
        let mut ids = BTreeSet::new();
        let mut standing = BTreeMap::new();
        for transition in &said {
            prop_assert!(ids.insert(transition.id()), "said twice: {transition:?}");
            let key = (transition.rule.rule.clone(), transition.series);
            let before = standing.get(&key).copied();
            match transition.change {
                Change::Raised => {
                    prop_assert_ne!(before, Some(transition.severity));
                    standing.insert(key, transition.severity);
                }
                Change::Renewed => prop_assert_eq!(before, Some(transition.severity)),
                Change::Cleared => prop_assert_eq!(standing.remove(&key), Some(transition.severity)),
            }
        }
        let again = run(&mut evaluator(rules(), SERIES), 0, &moments, false);
        prop_assert_eq!(again, said);
    }

    #[test]
    fn the_quick_test_agrees_with_the_plain_definition(moments in moments()) {
        let sticky = rules().into_iter().filter(|rule| rule.id.as_str() == "sticky").collect();
        let mut said = run(&mut evaluator(sticky, SERIES), 0, &moments, false);
        said.retain(|transition| transition.change != Change::Renewed);
        let limits = [(4u8, 8.0f64.next_up()), (3, 6.0f64.next_up()), (2, 4.0)];
        let leave = [6.5, 4.5, 2.5];
        let mut newest = [i64::MIN; SERIES as usize];
        let mut level = [None::<usize>; SERIES as usize];
        let (mut clock, mut plain) = (0, Vec::new());
        for (step, rows) in &moments {
            clock += step;
            for (series, late, value) in rows {
                let (id, time) = (*series as usize, clock - late);
                if time < newest[id] { continue; }
                newest[id] = time;
                let old = level[id];
                let held = |step: usize| old.is_some_and(|old| step >= old) && *value >= leave[step];
                let new = (0..3).find(|step| *value >= limits[*step].1 || held(*step));
                if new == old { continue; }
                level[id] = new;
                plain.push(match (new, old) {
                    (Some(new), _) => format!("{series} Raised {} at {time}", limits[new].0),
                    (None, Some(old)) => format!("{series} Cleared {} at {time}", limits[old].0),
                    (None, None) => String::new(),
                });
            }
        }
        prop_assert_eq!(short(&said), plain);
    }
}
