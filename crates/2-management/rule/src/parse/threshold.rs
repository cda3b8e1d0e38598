//! Checking the limits of a rule: their number, order, distance and companions.

use super::cut;
use crate::duration::Length;
use crate::error::RuleError;
use crate::hours::{Hours, minute_of_day, utc_offset};
use crate::model::{Function, Limit, MAX_STEPS, MIN_RENEW_S, Side, Step, Threshold, WindowSpec};
use crate::read::Source;
use crate::written::{WrittenHours, WrittenLimit, WrittenRule, WrittenStep, WrittenWindow};
use kernel::id::DeviceId;
use serde_saphyr::{Location, Spanned};
use std::collections::BTreeMap;
use std::time::Duration;

/// Most devices with limits of their own.
const MAX_OWN: usize = 1_000;

pub(super) fn threshold(source: Source<'_>, written: &WrittenRule) -> Result<Threshold, RuleError> {
    let Some(when) = &written.when else {
        return Err(source.wrong(written.version.referenced, "'when' is missing", "add it"));
    };
    if when.value.is_empty() || when.value.len() > MAX_STEPS {
        let what = format!("'when' has {} steps", when.value.len());
        return Err(source.wrong(when.referenced, what, format!("list 1 to {MAX_STEPS}, gravest first")));
    }
    let steps = when
        .value
        .iter()
        .map(|step| one_step(source, step))
        .collect::<Result<Vec<_>, _>>()?;
    let hysteresis = written.hysteresis.as_ref().map_or(0.0, |hysteresis| hysteresis.value);
    if let Some(written) = written
        .hysteresis
        .as_ref()
        .filter(|_| !(hysteresis.is_finite() && hysteresis >= 0.0))
    {
        return Err(source.wrong(
            written.referenced,
            format!("hysteresis {hysteresis}"),
            "write 0 or more",
        ));
    }
    let boolean = when.value.iter().filter(|step| step.value.equals.is_some()).count();
    if boolean != 0 && (boolean != steps.len() || hysteresis > 0.0 || written.window.is_some()) {
        let advice = "use only 'equals' in such a rule, without 'hysteresis' and 'window'";
        return Err(source.wrong(
            when.referenced,
            "'equals' stands beside something that needs numbers",
            advice,
        ));
    }
    let renew = written
        .renew
        .as_ref()
        .map_or(Length(Duration::from_secs(MIN_RENEW_S)), |renew| renew.value);
    if let Some(written) = written.renew.as_ref().filter(|_| renew.0.as_secs() < MIN_RENEW_S) {
        let advice = format!("renew at most once in {MIN_RENEW_S} s, such as PT5M");
        return Err(source.wrong(written.referenced, format!("renewals every {renew}"), advice));
    }
    let own = own_limits(source, written, steps.len())?;
    let at = when.referenced;
    if own.is_empty() && steps.iter().any(|step| step.limit == Limit::Own) {
        return Err(source.wrong(at, "a limit is 'own', but no device has one", "add 'per_series_limits'"));
    }
    let shared: Vec<Option<f64>> = steps
        .iter()
        .map(|step| match step.limit {
            Limit::Number(number) => Some(number),
            Limit::Own => None,
        })
        .collect();
    if let Some(shared) = shared.into_iter().collect::<Option<Vec<f64>>>() {
        check_order(source, at, &steps, &shared, hysteresis)?;
    }
    for limits in written.per_series_limits.iter().flat_map(|own| own.value.values()) {
        check_order(source, limits.referenced, &steps, &limits.value, hysteresis)?;
    }
    Ok(Threshold {
        boolean: boolean != 0,
        steps,
        window: written
            .window
            .as_ref()
            .map(|window| window_of(source, window))
            .transpose()?,
        hold: written.hold.as_ref().map_or(Length::default(), |hold| hold.value),
        hysteresis,
        renew,
        hours: written
            .hours
            .as_ref()
            .map(|hours| hours_of(source, &hours.value))
            .transpose()?,
        own,
    })
}

fn one_step(source: Source<'_>, step: &Spanned<WrittenStep>) -> Result<Step, RuleError> {
    let value = &step.value;
    let sides = [
        (Side::Above, value.above),
        (Side::AtLeast, value.at_least),
        (Side::Below, value.below),
        (Side::AtMost, value.at_most),
        (
            if value.equals == Some(true) {
                Side::AtLeast
            } else {
                Side::AtMost
            },
            value.equals.map(|_| WrittenLimit::Number(0.5)),
        ),
    ];
    let mut given = sides
        .into_iter()
        .filter_map(|(side, limit)| limit.map(|limit| (side, limit)));
    let (Some((side, limit)), None) = (given.next(), given.next()) else {
        let advice = "give exactly one of above, at_least, below, at_most (a number or own), equals (true or false)";
        return Err(source.wrong(step.referenced, "this step has no limit, or several", advice));
    };
    let limit = match limit {
        WrittenLimit::Number(number) => Limit::Number(number),
        WrittenLimit::Own => Limit::Own,
    };
    Ok(Step {
        severity: value.severity,
        side,
        limit,
    })
}

fn own_limits(
    source: Source<'_>,
    written: &WrittenRule,
    steps: usize,
) -> Result<BTreeMap<DeviceId, Vec<f64>>, RuleError> {
    let Some(own) = &written.per_series_limits else {
        return Ok(BTreeMap::new());
    };
    if own.value.len() > MAX_OWN {
        let what = format!("'per_series_limits' has {} devices", own.value.len());
        return Err(source.wrong(own.referenced, what, format!("list at most {MAX_OWN}, split the rule")));
    }
    for (device, limits) in &own.value {
        if limits.value.len() != steps || limits.value.iter().any(|limit| !limit.is_finite()) {
            let what = format!("device '{device}' has {} limits", limits.value.len());
            let advice = format!("give {steps} finite numbers, one per step of 'when', in the same order");
            return Err(source.wrong(limits.referenced, what, advice));
        }
    }
    Ok(own
        .value
        .iter()
        .map(|(device, limits)| (device.clone(), limits.value.clone()))
        .collect())
}

/// Per direction: severities and limits fall from grave to light; the two directions keep apart, hysteresis included.
fn check_order(
    source: Source<'_>,
    at: Location,
    steps: &[Step],
    limits: &[f64],
    hysteresis: f64,
) -> Result<(), RuleError> {
    let (mut lowest_up, mut highest_down) = (f64::INFINITY, f64::NEG_INFINITY);
    for upward in [true, false] {
        let chosen = || {
            steps
                .iter()
                .zip(limits)
                .filter(move |(step, _)| step.side.upward() == upward)
        };
        for ((grave, grave_limit), (light, light_limit)) in chosen().zip(chosen().skip(1)) {
            let falls = if upward {
                grave_limit > light_limit
            } else {
                grave_limit < light_limit
            };
            if grave.severity <= light.severity || !falls {
                let what = format!(
                    "severity {} at {grave_limit} stands before severity {} at {light_limit}",
                    grave.severity.level(),
                    light.severity.level()
                );
                let order = if upward { "largest" } else { "smallest" };
                return Err(source.wrong(at, what, format!("order gravest first, with the {order} limit first")));
            }
        }
        for (_, limit) in chosen() {
            if upward {
                lowest_up = lowest_up.min(*limit);
            } else {
                highest_down = highest_down.max(*limit);
            }
        }
    }
    if lowest_up - hysteresis <= highest_down + hysteresis {
        let what = format!("the upper limit {lowest_up} and the lower limit {highest_down} leave no calm between them");
        return Err(source.wrong(at, what, "move them apart by more than twice the hysteresis"));
    }
    Ok(())
}

fn window_of(source: Source<'_>, window: &Spanned<WrittenWindow>) -> Result<WindowSpec, RuleError> {
    let value = &window.value;
    if value.length.0.as_secs() < 1 {
        let what = format!("a window of {}", value.length);
        return Err(source.wrong(window.referenced, what, "make it PT1S or longer"));
    }
    let two_ends = matches!(value.function, Function::Rate | Function::Delta | Function::Spread);
    let least = if two_ends { 2 } else { 1 };
    let min_points = value.min_points.unwrap_or(least);
    if !(least..=100_000).contains(&min_points) {
        let advice = format!("write {least} to 100000, or leave the key out");
        return Err(source.wrong(window.referenced, format!("min_points {min_points}"), advice));
    }
    let min_span = value.min_span.unwrap_or_default();
    if min_span >= value.length {
        let what = format!("min_span {min_span} in a window of {}", value.length);
        return Err(source.wrong(window.referenced, what, "make it shorter than the window"));
    }
    Ok(WindowSpec {
        function: value.function,
        length: value.length,
        min_points,
        min_span,
    })
}

fn hours_of(source: Source<'_>, hours: &WrittenHours) -> Result<Hours, RuleError> {
    let time = |written: &Spanned<String>| {
        minute_of_day(&written.value).ok_or_else(|| {
            let what = format!("'{}' is not a time of day", cut(&written.value));
            source.wrong(
                written.referenced,
                what,
                "write HH:MM in quotes, \"00:00\" to \"23:59\"",
            )
        })
    };
    let (from, to) = (time(&hours.from)?, time(&hours.to)?);
    if from == to {
        return Err(source.wrong(
            hours.to.referenced,
            "the hours begin where they end",
            "leave 'hours' out for the whole day",
        ));
    }
    let offset = utc_offset(&hours.utc_offset.value).ok_or_else(|| {
        let what = format!("'{}' is not an offset from UTC", cut(&hours.utc_offset.value));
        source.wrong(
            hours.utc_offset.referenced,
            what,
            "write it in quotes, such as \"+07:00\"",
        )
    })?;
    Ok(Hours { from, to, offset })
}
