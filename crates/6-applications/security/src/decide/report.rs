//! What a report comes to: a new incident, a newer state of a known one, or nothing; and which signal goes out for it.

use crate::error::SecurityError;
use crate::fact::SOURCE;
use crate::model::report::{OBJECTS, Report, Standing, Told};
use crate::record::CLASSIFICATION;
use kernel::id::{DeviceId, SignalId, derived};
use kernel::signal::{Change, Signal};
use kernel::time::Timestamp;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Version of these rules; a part of every derived id (SEMANTICS 9).
const RULES: &[u8] = b"1";
/// Longest id of the SOC, in bytes.
const MAX_ID: usize = 128;
/// Most things that one incident concerns.
const MAX_OBJECTS: usize = 100;
/// Longest title and note, in characters.
const MAX_TITLE: usize = 300;
const MAX_NOTE: usize = 4_000;
/// How far the SOC's clock may run ahead of ours.
const AHEAD: std::time::Duration = std::time::Duration::from_secs(300);

/// Refuses what cannot be kept.
pub fn check(told: &Told, now: Timestamp) -> Result<(), SecurityError> {
    let wrong = |field, what: String| Err(SecurityError::invalid(field, what));
    if !(1..=MAX_ID).contains(&told.id.len()) || !told.id.bytes().all(|byte| byte.is_ascii_graphic()) {
        return wrong(
            "id",
            format!("write the SOC's own id, 1 to {MAX_ID} visible ASCII characters"),
        );
    }
    let texts = [&told.title.vi, &told.title.en, &told.note];
    if told.title.vi.trim().is_empty() || texts[..2].iter().any(|text| text.chars().count() > MAX_TITLE) {
        return wrong(
            "title",
            format!("write title.vi, and at most {MAX_TITLE} characters in each language"),
        );
    }
    if told.note.chars().count() > MAX_NOTE {
        return wrong("note", format!("write at most {MAX_NOTE} characters"));
    }
    if texts
        .iter()
        .any(|text| text.chars().any(|c| c.is_control() && c != '\n'))
    {
        return wrong("title", "leave control characters out of title and note".to_owned());
    }
    if told.objects.len() > MAX_OBJECTS {
        return wrong("objects", format!("name at most {MAX_OBJECTS}"));
    }
    for object in &told.objects {
        let good = (1..=200).contains(&object.id.chars().count()) && !object.id.chars().any(char::is_control);
        if !OBJECTS.contains(&object.kind.as_str()) || !good {
            let allowed = OBJECTS.join(", ");
            return wrong(
                "objects",
                format!("each has an id of 1 to 200 characters and a kind of {allowed}"),
            );
        }
    }
    if told.at > now.plus(AHEAD) {
        return wrong(
            "at",
            format!(
                "{} is more than 5 minutes ahead of {now}; look at the SOC's clock",
                told.at
            ),
        );
    }
    Ok(())
}

/// What a report comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It was told before, word for word.
    Known,
    /// This is what is known now, with the signal that goes out for it, if one does.
    Taken(Report, Option<Box<Signal>>),
}

/// Decides. `known` is what was told before under the same id.
pub fn hear(known: Option<&Report>, told: Told, now: Timestamp) -> Result<Outcome, SecurityError> {
    let Some(known) = known else {
        let report = Report {
            signalled: None,
            first: now,
            last: now,
            revision: 1,
            alert: None,
            told,
        };
        return Ok(speak(report, now));
    };
    if known.told == told {
        return Ok(Outcome::Known);
    }
    if told.at < known.told.at {
        return Err(SecurityError::Older {
            id: told.id,
            known: known.told.at.to_string(),
            told: told.at.to_string(),
        });
    }
    let report = Report {
        told,
        last: now,
        revision: known.revision.saturating_add(1),
        ..known.clone()
    };
    Ok(speak(report, now))
}

/// The signal of a report: it goes on with this severity, or it is over. What only says more gives a renewal, so that the
/// alert shows the newest words; what was never open gives none.
fn speak(mut report: Report, now: Timestamp) -> Outcome {
    let severity = report.told.severity;
    let change = match (report.told.standing, report.signalled) {
        (Standing::Closed, None) => None,
        (Standing::Closed, Some(_)) => Some(Change::Cleared),
        (Standing::Open, Some(before)) if before == severity => Some(Change::Renewed),
        (Standing::Open, _) => Some(Change::Raised),
    };
    report.signalled = (report.told.standing == Standing::Open).then_some(severity);
    let signal = change.map(|change| Box::new(signal(&report, change, now)));
    Outcome::Taken(report, signal)
}

/// Beginning of the groups of these signals, by which their alerts are recognised.
pub const GROUP: &str = "soc_incident/";

/// The group of the signals of an incident.
pub fn group(id: &str) -> String {
    format!("{GROUP}{}", name(id))
}

fn name(id: &str) -> Uuid {
    derived(&[b"soc incident", id.as_bytes()])
}

fn signal(report: &Report, change: Change, now: Timestamp) -> Signal {
    let told = &report.told;
    let mut devices = told.objects.iter().filter(|object| object.kind == "device");
    let device = match (devices.next(), devices.next()) {
        (Some(one), None) => DeviceId::new(&one.id).ok(),
        _ => None,
    };
    let objects: Vec<String> = told
        .objects
        .iter()
        .map(|one| format!("{}/{}", one.kind, one.id))
        .collect();
    let params = [
        ("soc_id", serde_json::Value::from(told.id.as_str())),
        ("objects", objects.into()),
        ("told_at", told.at.to_string().into()),
    ];
    Signal {
        id: SignalId(derived(&[
            b"soc",
            RULES,
            told.id.as_bytes(),
            &report.revision.to_be_bytes(),
        ])),
        source: SOURCE.to_owned(),
        version: 1,
        code: "soc_incident".to_owned(),
        group: group(&told.id),
        change,
        severity: told.severity,
        at: told.at,
        noticed: now,
        title: told.title.clone(),
        entity: format!("urn:ngsi-ld:SecurityIncident:hanoi:{}", name(&told.id)),
        device,
        series: None,
        org: None,
        areas: Vec::new(),
        place: None,
        classification: CLASSIFICATION,
        params: params
            .map(|(name, value)| (name.to_owned(), value))
            .into_iter()
            .collect::<BTreeMap<_, _>>(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::report::Object;
    use kernel::severity::Severity;
    use kernel::text::LangText;

    fn told(at: i64, severity: u8, standing: Standing) -> Told {
        Told {
            id: "SOC-7".into(),
            severity: Severity::try_from(severity).unwrap(),
            title: LangText::new("Dò mật khẩu", "Password guessing"),
            objects: Vec::new(),
            at: Timestamp::from_seconds(at),
            standing,
            note: String::new(),
        }
    }

    fn changes(script: &[Told]) -> Vec<Option<Change>> {
        let mut known = None;
        let mut changes = Vec::new();
        for told in script {
            match hear(known.as_ref(), told.clone(), told.at).unwrap() {
                Outcome::Known => changes.push(None),
                Outcome::Taken(report, signal) => {
                    changes.push(signal.map(|signal| signal.change));
                    known = Some(report);
                }
            }
        }
        changes
    }

    /// The life of an incident: each different state speaks once, a repeat never.
    #[test]
    fn each_new_state_speaks_once() {
        use Standing::{Closed, Open};
        let noted = Told {
            note: "x".into(),
            ..told(2, 4, Open)
        };
        let script = [
            told(1, 3, Open),
            told(1, 3, Open),
            told(2, 4, Open),
            noted,
            told(3, 4, Closed),
            told(3, 4, Closed),
            told(4, 4, Open),
        ];
        let expected = [
            Some(Change::Raised),
            None,
            Some(Change::Raised),
            Some(Change::Renewed),
            Some(Change::Cleared),
            None,
            Some(Change::Raised),
        ];
        assert_eq!(changes(&script), expected);
        assert_eq!(
            changes(&[told(1, 3, Closed)]),
            [None],
            "what was never open raises nobody"
        );
    }

    #[test]
    fn an_older_report_never_undoes_a_newer_one() {
        let Outcome::Taken(report, _) = hear(None, told(9, 3, Standing::Closed), Timestamp::EPOCH).unwrap() else {
            panic!("a first report is taken");
        };
        let error = hear(Some(&report), told(8, 3, Standing::Open), Timestamp::EPOCH).unwrap_err();
        assert!(error.to_string().contains("send the newest one"), "{error}");
    }

    #[test]
    fn one_device_is_named_in_the_signal_and_two_are_not() {
        let object = |id: &str| Object {
            kind: "device".into(),
            id: id.into(),
        };
        for (objects, expected) in [
            (vec![object("g-1")], Some("g-1")),
            (vec![object("g-1"), object("g-2")], None),
            (vec![object("not a device")], None),
        ] {
            let told = Told {
                objects,
                ..told(1, 3, Standing::Open)
            };
            let Outcome::Taken(_, Some(signal)) = hear(None, told, Timestamp::EPOCH).unwrap() else {
                panic!("it speaks");
            };
            assert_eq!(signal.device.as_ref().map(DeviceId::as_str), expected);
        }
    }

    #[test]
    fn what_cannot_be_kept_is_named() {
        let good = told(0, 3, Standing::Open);
        assert!(check(&good, Timestamp::EPOCH).is_ok());
        let cases = [
            (
                Told {
                    id: "a b".into(),
                    ..good.clone()
                },
                "id",
            ),
            (
                Told {
                    id: String::new(),
                    ..good.clone()
                },
                "id",
            ),
            (
                Told {
                    title: LangText::new("", "x"),
                    ..good.clone()
                },
                "title",
            ),
            (
                Told {
                    title: LangText::new("\u{1b}[2J", ""),
                    ..good.clone()
                },
                "title",
            ),
            (
                Told {
                    note: "x".repeat(4_001),
                    ..good.clone()
                },
                "note",
            ),
            (told(301, 3, Standing::Open), "at"),
        ];
        for (told, field) in cases {
            let error = check(&told, Timestamp::EPOCH).unwrap_err().to_string();
            assert!(error.starts_with(field), "{error}");
        }
        let kind = Object {
            kind: "moon".into(),
            id: "1".into(),
        };
        let told = Told {
            objects: vec![kind],
            ..good
        };
        assert!(check(&told, Timestamp::EPOCH).is_err());
    }
}
