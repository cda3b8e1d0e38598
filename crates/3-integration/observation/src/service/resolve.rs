//! Names of one submission to series; new series are made durable on the way.

use crate::error::ObservationError;
use crate::series::{SeriesRegistry, Wanted};
use kernel::id::is_name;
use kernel::reject::Reason;
use kernel::series::SeriesInfo;
use kernel::submission::{ReadingKey, Submission};
use kernel::unit::{self, Conversion};
use smallvec::SmallVec;
use std::sync::Arc;

/// What a name of the payload means.
#[derive(Clone, Debug)]
pub(super) enum Resolved {
    /// A series, with the conversion of its numbers if they come in another unit.
    Series(Arc<SeriesInfo>, Option<Conversion>),
    /// Nothing, and why.
    Bad(Reason, String),
}

/// One answer per key of the readings; most payloads have few names.
pub(super) type Answers = SmallVec<[Resolved; 4]>;

/// Finds the series of every name.
pub(super) async fn resolve(registry: &SeriesRegistry, submission: &Submission) -> Result<Answers, ObservationError> {
    let readings = &submission.readings;
    let names = |key: &ReadingKey| {
        let device = readings.text(key.device);
        (
            if device.is_empty() {
                submission.sender.device.as_str()
            } else {
                device
            },
            readings.text(key.name),
        )
    };
    let known = |key: &ReadingKey, info: Arc<SeriesInfo>| match submission.sender.may_speak_for(info.device.as_str()) {
        true => with_unit(info, readings.text(key.unit)),
        false => not_spoken_for(submission, names(key).0),
    };
    let mut answers: SmallVec<[Option<Resolved>; 4]> = SmallVec::new();
    let mut keys = readings.keys.iter();
    registry.find_all(readings.keys.iter().map(names), |info| {
        let key = keys.next();
        answers.push(key.zip(info).map(|(key, info)| known(key, Arc::clone(info))));
    });

    let mut wanted: Vec<(usize, Wanted)> = Vec::new();
    for (index, answer) in answers.iter_mut().enumerate().filter(|(_, answer)| answer.is_none()) {
        let (device, name) = names(&readings.keys[index]);
        match refuse(submission, device, name) {
            Some((reason, detail)) => {
                *answer = Some(Resolved::Bad(reason, explain(registry, reason, detail, device, name)));
            }
            None => wanted.push((
                index,
                Wanted {
                    device: device.to_owned(),
                    name: name.to_owned(),
                },
            )),
        }
    }
    if !wanted.is_empty() {
        let (indexes, wanted): (Vec<usize>, Vec<Wanted>) = wanted.into_iter().unzip();
        for (index, made) in indexes.into_iter().zip(registry.create(&wanted).await?) {
            let key = &readings.keys[index];
            let (device, name) = names(key);
            answers[index] = Some(match made {
                Ok(info) => known(key, info),
                Err(reason) => Resolved::Bad(reason, explain(registry, reason, String::new(), device, name)),
            });
        }
    }
    let nothing = || Resolved::Bad(Reason::UnknownSeries, String::new());
    Ok(answers
        .into_iter()
        .map(|answer| answer.unwrap_or_else(nothing))
        .collect())
}

fn refuse(submission: &Submission, device: &str, name: &str) -> Option<(Reason, String)> {
    if !is_name(device) || !is_name(name) {
        let detail = "names have 1 to 64 of a-z A-Z 0-9 . _ - and begin with a letter or digit".to_owned();
        return Some((Reason::Malformed, detail));
    }
    (!submission.sender.may_speak_for(device)).then(|| (Reason::NotSpokenFor, String::new()))
}

fn not_spoken_for(submission: &Submission, device: &str) -> Resolved {
    let detail = format!(
        "{} does not speak for {device}; name it as the device's gateway first",
        submission.sender.device
    );
    Resolved::Bad(Reason::NotSpokenFor, detail)
}

fn with_unit(info: Arc<SeriesInfo>, unit: &str) -> Resolved {
    if unit.is_empty() || unit == info.unit.as_str() {
        return Resolved::Series(info, None);
    }
    match unit::conversion(unit, info.unit.as_str()) {
        Some(conversion) => Resolved::Series(info, Some(conversion)),
        None => {
            let accepted = unit::accepted_for(info.unit.as_str()).join(", ");
            let unit: String = unit.chars().take(32).collect();
            let detail = format!(
                "{} of {} came in '{unit}'; accepted are {accepted}",
                info.name, info.device
            );
            Resolved::Bad(Reason::WrongUnit, detail)
        }
    }
}

fn explain(registry: &SeriesRegistry, reason: Reason, detail: String, device: &str, name: &str) -> String {
    let (device, name): (String, String) = (device.chars().take(64).collect(), name.chars().take(64).collect());
    match reason {
        Reason::UnknownDevice => format!("no device '{device}' is registered; register it, then send again"),
        Reason::NotSpokenFor => {
            format!("the sender does not speak for '{device}'; name it as the device's gateway first")
        }
        Reason::UnknownSeries => {
            let names = registry.names_of(&device).join(", ");
            format!("the profile of '{device}' binds no name '{name}'; it binds {names}")
        }
        _ => detail,
    }
}
