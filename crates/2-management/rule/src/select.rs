//! Which series a rule watches, and what of the rule depends on the series.

use crate::model::{After, Hours, Kind, Limit, Rule, Select, Step};
use crate::transition::Face;
use kernel::series::SeriesInfo;
use kernel::severity::Severity;
use kernel::unit::{Conversion, conversion};
use kernel::value::ValueKind;
use std::sync::Arc;

/// A rule made ready for the row loop.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub(crate) rule: Rule,
    pub(crate) face: Arc<Face>,
    pub(crate) fingerprint: [u8; 16],
    /// Microseconds that a step must hold.
    pub(crate) hold: i64,
    /// Microseconds between renewals.
    pub(crate) renew: i64,
    pub(crate) hours: Option<Hours>,
    shared: Option<Arc<[Edge]>>,
}

/// One step with its limits for one series: a value on the far side of `enter` (inclusive) matches; once raised, it
/// matches until it is back across `leave`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Edge {
    pub(crate) upward: bool,
    pub(crate) enter: f64,
    pub(crate) leave: f64,
    pub(crate) limit: f64,
    pub(crate) severity: Severity,
}

impl Edge {
    fn of(step: &Step, limit: f64, hysteresis: f64) -> Self {
        use crate::model::Side;
        let enter = match step.side {
            Side::Above => limit.next_up(),
            Side::Below => limit.next_down(),
            Side::AtLeast | Side::AtMost => limit,
        };
        let upward = step.side.upward();
        let leave = match (hysteresis > 0.0, upward) {
            (false, _) => enter,
            (true, true) => limit - hysteresis,
            (true, false) => limit + hysteresis,
        };
        Self {
            upward,
            enter,
            leave,
            limit,
            severity: step.severity,
        }
    }

    /// The bound that counts now (inclusive).
    pub(crate) fn bound(&self, relaxed: bool) -> f64 {
        if relaxed { self.leave } else { self.enter }
    }

    /// Whether a value matches.
    pub(crate) fn holds(&self, value: f64, relaxed: bool) -> bool {
        if self.upward {
            value >= self.bound(relaxed)
        } else {
            value <= self.bound(relaxed)
        }
    }
}

/// What a rule is for one series.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fit {
    pub(crate) edges: Arc<[Edge]>,
    pub(crate) conversion: Conversion,
    /// Microseconds of silence; 0 for rules about values.
    pub(crate) after: i64,
    pub(crate) window: Option<i64>,
}

/// Whether a rule watches a series.
pub(crate) enum Watch {
    Yes(Fit),
    No,
    /// It would, but the unit cannot be converted.
    OtherUnit,
}

impl Compiled {
    pub(crate) fn new(rule: Rule) -> Self {
        let (mut hold, mut renew, mut hours, mut shared) = (0, 0, None, None);
        if let Kind::Threshold(threshold) = &rule.kind {
            (hold, renew, hours) = (threshold.hold.micros(), threshold.renew.micros(), threshold.hours);
            let edge = |step: &Step| match step.limit {
                Limit::Number(limit) => Some(Edge::of(step, limit, threshold.hysteresis)),
                Limit::Own => None,
            };
            shared = threshold
                .steps
                .iter()
                .map(edge)
                .collect::<Option<Vec<_>>>()
                .map(Arc::from);
        }
        Self {
            face: Arc::new(Face::of(&rule)),
            fingerprint: rule.fingerprint(),
            hold,
            renew,
            hours,
            shared,
            rule,
        }
    }

    /// Whether and how this rule watches a series.
    pub(crate) fn watch(&self, info: &SeriesInfo) -> Watch {
        if !chosen(&self.rule.select, info) {
            return Watch::No;
        }
        let same = Conversion {
            factor: 1.0,
            offset: 0.0,
        };
        match &self.rule.kind {
            Kind::Silence(silence) => {
                let after = match silence.after {
                    After::Time(length) => length.micros(),
                    After::Factor(factor) => match info.contract.interval_s.filter(|seconds| *seconds > 0) {
                        Some(seconds) => (f64::from(seconds) * factor * 1e6) as i64,
                        None => return Watch::No,
                    },
                };
                Watch::Yes(Fit {
                    edges: Arc::from([]),
                    conversion: same,
                    after,
                    window: None,
                })
            }
            Kind::Threshold(threshold) => {
                let kind = if threshold.boolean {
                    ValueKind::Boolean
                } else {
                    ValueKind::Number
                };
                if info.kind != kind {
                    return Watch::No;
                }
                let own = threshold.own.get(&info.device).map(|limits| {
                    let steps = threshold.steps.iter().zip(limits);
                    steps
                        .map(|(step, limit)| Edge::of(step, *limit, threshold.hysteresis))
                        .collect()
                });
                let Some(edges) = own.or_else(|| self.shared.clone()) else {
                    return Watch::No;
                };
                let (from, to) = (info.unit.as_str(), self.rule.unit.as_str());
                let conversion = if from == to || threshold.boolean {
                    Some(same)
                } else {
                    conversion(from, to)
                };
                let Some(conversion) = conversion else {
                    return Watch::OtherUnit;
                };
                let window = threshold.window.map(|window| window.length.micros());
                Watch::Yes(Fit {
                    edges,
                    conversion,
                    after: 0,
                    window,
                })
            }
        }
    }
}

fn chosen(select: &Select, info: &SeriesInfo) -> bool {
    let any = |list: usize| list == 0;
    select
        .attribute
        .as_deref()
        .is_none_or(|attribute| attribute == &*info.attribute)
        && select
            .entity_type
            .as_deref()
            .is_none_or(|kind| info.entity.split(':').nth(2) == Some(kind))
        && (any(select.profiles.len()) || select.profiles.contains(&info.profile))
        && (any(select.orgs.len()) || select.orgs.contains(&info.org))
        && (any(select.devices.len()) || select.devices.contains(&info.device))
        && (any(select.areas.len()) || select.areas.iter().any(|area| info.areas.contains(area)))
}
