//! Runs the tests that a rule carries, in virtual time: no clock, no waiting.

use crate::evaluate::Evaluator;
use crate::model::{Expected, Kind, Rule, Trial, TrialStep};
use crate::transition::Transition;
use kernel::batch::Batch;
use kernel::classification::Classification;
use kernel::id::{DeviceId, OrgId, ProfileId};
use kernel::quality::{Doubt, Grade, Quality};
use kernel::series::{Contract, SeriesId, SeriesInfo};
use kernel::signal::Change;
use kernel::text::LangText;
use kernel::unit::Unit;
use kernel::value::ValueKind;
use std::fmt;

/// A step of a rule's test that did not go as written.
#[derive(Clone, Debug, PartialEq)]
pub struct TestFailure {
    /// Name of the test.
    pub test: String,
    /// Line of the step in the rule file.
    pub line: u64,
    /// Number of the step, from 1.
    pub step: usize,
    /// Its time.
    pub at: String,
    /// What the file expects.
    pub expected: String,
    /// What the rule said.
    pub found: String,
}

impl fmt::Display for TestFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            test,
            line,
            step,
            at,
            expected,
            found,
        } = self;
        write!(
            f,
            "line {line}: test '{test}', step {step} ({at}): expected {expected}, found {found}"
        )
    }
}

impl std::error::Error for TestFailure {}

/// Runs all tests of a rule; empty means that all passed. A step without `expect` says that nothing happens; renewals
/// count only where a step expects one.
pub fn run_tests(rule: &Rule) -> Vec<TestFailure> {
    rule.tests
        .iter()
        .filter_map(|trial| run(rule, trial).err())
        .map(|failure| *failure)
        .collect()
}

fn run(rule: &Rule, trial: &Trial) -> Result<(), Box<TestFailure>> {
    let broken = |found: String| {
        Box::new(TestFailure {
            test: trial.name.clone(),
            line: trial.line,
            step: 0,
            at: "before the first step".to_owned(),
            expected: "a rule that can be loaded and watches the series".to_owned(),
            found,
        })
    };
    let info = series(rule, trial).ok_or_else(|| broken("names that cannot be used".to_owned()))?;
    let mut evaluator = Evaluator::new(vec![rule.clone()]).map_err(|error| broken(error.to_string()))?;
    let mut out = Vec::new();
    let binding = evaluator
        .bind(&info, trial.start, &mut out)
        .map_err(|error| broken(error.to_string()))?;
    if binding.rules == 0 {
        return Err(broken(
            "that it does not; look at select, unit and kind of value".to_owned(),
        ));
    }
    for (index, step) in trial.steps.iter().enumerate() {
        out.clear();
        let now = trial.start.plus(step.at.0);
        evaluator.tick(now, &mut out);
        if let Some(value) = step.value {
            evaluator.apply(&row(&info, trial, step, value), now, &mut out);
        }
        let wants_renewal = step.expect.is_some_and(|expected| expected.change == Change::Renewed);
        out.retain(|transition| wants_renewal || transition.change != Change::Renewed);
        let as_expected = match (step.expect, out.as_slice()) {
            (None, []) => true,
            (Some(expected), [one]) => (expected.change, expected.severity) == (one.change, one.severity),
            _ => false,
        };
        if !as_expected {
            return Err(Box::new(TestFailure {
                test: trial.name.clone(),
                line: step.line,
                step: index + 1,
                at: step.at.to_string(),
                expected: step.expect.map_or_else(|| "nothing".to_owned(), expectation),
                found: if out.is_empty() {
                    "nothing".to_owned()
                } else {
                    said(&out)
                },
            }));
        }
    }
    Ok(())
}

fn expectation(expected: Expected) -> String {
    format!("{} with severity {}", word(expected.change), expected.severity.level())
}

fn said(transitions: &[Transition]) -> String {
    let one = |transition: &Transition| {
        let value = transition
            .value
            .map(|value| format!(" (value {value})"))
            .unwrap_or_default();
        format!(
            "{} with severity {}{value}",
            word(transition.change),
            transition.severity.level()
        )
    };
    transitions.iter().map(one).collect::<Vec<_>>().join(", then ")
}

const fn word(change: Change) -> &'static str {
    match change {
        Change::Raised => "raised",
        Change::Renewed => "renewed",
        Change::Cleared => "cleared",
    }
}

fn row(info: &SeriesInfo, trial: &Trial, step: &TrialStep, value: f64) -> Batch {
    let time = trial.start.plus(step.time.unwrap_or(step.at).0);
    let quality = if step.bad {
        Quality::new(Grade::Bad, Doubt::Sender)
    } else {
        Quality::GOOD
    };
    let bits = if info.kind == ValueKind::Boolean {
        u64::from(value != 0.0)
    } else {
        value.to_bits()
    };
    let mut batch = Batch::default();
    batch.push_bits(info.id, time, info.kind, bits, quality);
    batch
}

/// The series that the rule's own selection describes, with what the test says beside it.
fn series(rule: &Rule, trial: &Trial) -> Option<SeriesInfo> {
    let select = &rule.select;
    let device = trial.device.clone().or_else(|| select.devices.first().cloned());
    let device = device.or_else(|| DeviceId::new("test-device").ok())?;
    let boolean = matches!(&rule.kind, Kind::Threshold(threshold) if threshold.boolean);
    let entity_type = select.entity_type.as_deref().unwrap_or("Device");
    let interval_s = trial
        .interval
        .map(|interval| u32::try_from(interval.0.as_secs()).unwrap_or(u32::MAX));
    Some(SeriesInfo {
        id: SeriesId(0),
        entity: format!("urn:ngsi-ld:{entity_type}:hanoi:{device}").into(),
        attribute: select.attribute.as_deref().unwrap_or("value").into(),
        device,
        name: "value".into(),
        unit: trial.unit.as_deref().map_or_else(|| rule.unit.clone(), Unit::new),
        kind: if boolean { ValueKind::Boolean } else { ValueKind::Number },
        contract: Contract {
            interval_s,
            ..Contract::default()
        },
        profile: select
            .profiles
            .first()
            .cloned()
            .or_else(|| ProfileId::new("test").ok())?,
        org: select.orgs.first().cloned().or_else(|| OrgId::new("test").ok())?,
        areas: select.areas.first().cloned().into_iter().collect(),
        place: None,
        title: LangText::default(),
        classification: Classification::Internal,
    })
}
