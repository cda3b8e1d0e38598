//! Checking the tests that a rule carries.

use super::cut;
use crate::error::RuleError;
use crate::model::{After, Kind, Limit, Trial, TrialStep};
use crate::read::Source;
use crate::written::{WrittenRule, WrittenTrial};
use kernel::time::Timestamp;
use kernel::unit::{accepted_for, conversion};
use serde_saphyr::Spanned;

const MAX_TESTS: usize = 50;
const MAX_STEPS: usize = 500;
/// 2026-01-01T00:00:00Z, when a test gives no start.
const START: Timestamp = Timestamp::from_seconds(1_767_225_600);

pub(super) fn trials(source: Source<'_>, written: &WrittenRule, kind: &Kind) -> Result<Vec<Trial>, RuleError> {
    let tests = &written.tests;
    if tests.value.is_empty() || tests.value.len() > MAX_TESTS {
        let what = format!("the rule carries {} tests", tests.value.len());
        return Err(source.wrong(tests.referenced, what, format!("write 1 to {MAX_TESTS}")));
    }
    let unit = written.unit.as_ref().map_or("", |unit| unit.value.as_str());
    tests.value.iter().map(|test| trial(source, test, unit, kind)).collect()
}

fn trial(source: Source<'_>, test: &Spanned<WrittenTrial>, unit: &str, kind: &Kind) -> Result<Trial, RuleError> {
    let value = &test.value;
    let name = cut(&value.name);
    let alien = |given: &&Spanned<String>| given.value != unit && conversion(&given.value, unit).is_none();
    if let Some(given) = value.unit.as_ref().filter(alien) {
        let what = format!(
            "the unit '{}' of test '{name}' cannot become the rule's '{unit}'",
            cut(&given.value)
        );
        let advice = format!("write one of: {}", accepted_for(unit).join(", "));
        return Err(source.wrong(given.referenced, what, advice));
    }
    let needs_interval = matches!(kind, Kind::Silence(silence) if matches!(silence.after, After::Factor(_)));
    if needs_interval && value.interval.is_none() {
        let what = format!("test '{name}' gives no interval, so the rule would not watch its series");
        return Err(source.wrong(test.referenced, what, "add 'interval: PT5M' or the like"));
    }
    if let Kind::Threshold(threshold) = kind {
        let own_only = threshold.steps.iter().any(|step| step.limit == Limit::Own);
        let listed = value
            .device
            .as_ref()
            .is_some_and(|device| threshold.own.contains_key(device));
        if own_only && !listed {
            let what = format!("test '{name}' names no device of 'per_series_limits', so the rule would not watch it");
            return Err(source.wrong(test.referenced, what, "add 'device:' with one of them"));
        }
    }
    if value.steps.is_empty() || value.steps.len() > MAX_STEPS {
        let what = format!("test '{name}' has {} steps", value.steps.len());
        return Err(source.wrong(test.referenced, what, format!("write 1 to {MAX_STEPS}")));
    }
    for (earlier, later) in value.steps.iter().zip(value.steps.iter().skip(1)) {
        if later.value.at < earlier.value.at {
            let what = format!(
                "step {} of test '{name}' comes after step {}",
                later.value.at, earlier.value.at
            );
            return Err(source.wrong(
                later.referenced,
                what,
                "order the steps by 'at'; use 'time' for a late row",
            ));
        }
    }
    let steps = value.steps.iter().map(|step| TrialStep {
        line: step.referenced.line(),
        at: step.value.at,
        time: step.value.time,
        value: step.value.value.map(|value| value.0),
        bad: step.value.bad,
        expect: step.value.expect,
    });
    Ok(Trial {
        name: value.name.clone(),
        line: test.referenced.line(),
        device: value.device.clone(),
        unit: value.unit.as_ref().map(|unit| unit.value.clone()),
        interval: value.interval,
        start: value.start.unwrap_or(START),
        steps: steps.collect(),
    })
}
