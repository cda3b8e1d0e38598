//! What people may do and what is refused, as tables.

use crate::script::{World, area, opening, org, play, seen};
use incident::decide::act::Command;
use incident::decide::open::Opening;
use incident::decide::{MAX_ASSIGNED, MAX_AT_ONCE, MAX_LINES, MAX_LINKED, MAX_TEXT};
use incident::error::IncidentError;
use incident::model::{Phase, Reason};
use kernel::actor::ActorId;
use kernel::error::Classified;
use kernel::id::PersonId;
use kernel::severity::Severity;
use kernel::text::LangText;
use uuid::Uuid;

#[test]
fn a_life_by_hand() {
    let story = "0 open; 1 assign; 2 note; 3 start; 4 lower; 5 withdraw; 6 close; 7 reopen; 8 start; 9 close";
    let (world, told, end) = play(story);
    assert_eq!(
        told,
        "opened; assigned; noted; started; severity_set; assigned; closed; reopened; started; closed"
    );
    assert_eq!(end, "closed/1/0/0");
    let incident = &world.incidents[0].incident;
    assert_eq!(
        (incident.number.to_string().as_str(), incident.reopens),
        ("SC-2025-00001", 1)
    );
    let Phase::Closed(closing) = &incident.phase else {
        panic!("{:?}", incident.phase)
    };
    assert_eq!(
        (closing.reason, closing.text.as_str()),
        (Reason::Resolved, "đã gọi phường")
    );
    assert!(matches!(closing.by, ActorId::Person(_)));
}

#[test]
fn what_does_not_fit_the_state_is_refused_and_changes_nothing() {
    for (before, act, advice) in [
        ("0 open; 1 close", "note", "reopen it first"),
        ("0 open; 1 close", "start", "reopen it first"),
        ("0 open; 1 close", "assign", "reopen it first"),
        ("0 open; 1 assign; 2 close", "withdraw", "reopen it first"),
        ("0 open; 1 close", "lower", "reopen it first"),
        ("0 open; 1 close", "close", "reopen it first"),
        ("0 d+1; 1 open; 2 close", "link d", "reopen it first"),
        ("0 open; 1 start", "start", "somebody works on it already"),
        ("0 open", "reopen", "only a closed incident"),
        ("0 open; 1 start", "reopen", "only a closed incident"),
    ] {
        let (mut world, ..) = play(before);
        let stored = world.incidents[0].clone();
        let told = world.step(&format!("9 {act}"));
        assert!(told[0].contains(advice), "{before}; {act}: {told:?}");
        assert_eq!(world.incidents[0], stored, "{before}; {act}");
    }
}

#[test]
fn values_are_checked_and_named() {
    let (long, fits) = ("đ".repeat(MAX_TEXT / 2 + 1), "đ".repeat(MAX_TEXT / 2));
    let text = |text: &str| text.to_owned();
    let person = Some(PersonId(Uuid::from_u128(1)));
    let assign = |code: &str, person, lead| Command::Assign {
        org: org(code),
        person,
        lead,
        text: None,
    };
    let close = |text: &str| Command::Close {
        reason: Reason::FalseAlarm,
        text: text.to_owned(),
    };
    let set = |level: u8, why: &str| Command::SetSeverity {
        severity: Severity::try_from(level).unwrap(),
        text: why.to_owned(),
    };
    let many = |count: usize| Command::Link {
        alerts: (0..count)
            .map(|number| seen(&format!("n{number}"), 1, false, 1))
            .collect(),
    };
    for (command, field) in [
        (Command::Note { text: text(" \n") }, Some("text")),
        (Command::Note { text: long.clone() }, Some("text")),
        (Command::Note { text: fits.clone() }, None),
        (Command::Note { text: text("a\u{7}") }, Some("text")),
        (
            Command::Note {
                text: text("dòng một\ndòng hai"),
            },
            None,
        ),
        (close(""), Some("text")),
        (close(&long), Some("text")),
        (close(&fits), None),
        (set(2, "a"), Some("severity")),
        (set(3, ""), Some("text")),
        (set(3, "a"), None),
        (
            Command::Start {
                text: Some(long.clone()),
            },
            Some("text"),
        ),
        (Command::Start { text: Some(text(" ")) }, None),
        (assign("so-xay-dung", None, false), Some("org")),
        (assign("so-xay-dung", person, false), None),
        (assign("so-y-te", None, false), None),
        (assign("so-y-te", None, true), None),
        (
            Command::Withdraw {
                org: org("so-y-te"),
                person: None,
                text: None,
            },
            Some("org"),
        ),
        (many(0), Some("alerts")),
        (many(MAX_AT_ONCE), None),
        (many(MAX_AT_ONCE + 1), Some("alerts")),
    ] {
        let (mut world, ..) = play("0 open; 1 assign");
        let before = world.incidents[0].clone();
        let answer = world.act(0, command.clone(), 5);
        match (answer, field) {
            (Ok(_), None) => assert_ne!(world.incidents[0], before, "{command:?}"),
            (Err(error), Some(field)) => {
                assert!(
                    matches!(error, IncidentError::Invalid { field: found, .. } if found == field),
                    "{error}"
                );
                assert_eq!(world.incidents[0], before, "{command:?}");
            }
            (answer, field) => panic!("{command:?}: {answer:?} where {field:?} was expected"),
        }
    }
}

#[test]
fn openings_are_checked_and_a_refused_one_takes_no_number() {
    let change = |edit: &dyn Fn(&mut Opening)| {
        let mut opening = opening();
        edit(&mut opening);
        opening
    };
    let alerts = |count: usize| {
        (0..count)
            .map(|n| seen(&format!("n{n}"), 4, false, 1))
            .collect::<Vec<_>>()
    };
    for (opening, field) in [
        (change(&|o| o.title = None), Some("title")),
        (change(&|o| o.title = Some(LangText::new(" ", "a"))), Some("title")),
        (
            change(&|o| o.title = Some(LangText::new("đ".repeat(301), ""))),
            Some("title"),
        ),
        (change(&|o| o.title = Some(LangText::new("a\nb", ""))), Some("title")),
        (change(&|o| o.title = Some(LangText::new("đ".repeat(300), ""))), None),
        (change(&|o| o.kind = None), Some("kind")),
        (change(&|o| o.kind = Some("Ngập".into())), Some("kind")),
        (change(&|o| o.kind = Some("a".repeat(65))), Some("kind")),
        (change(&|o| o.severity = None), Some("severity")),
        (change(&|o| o.text = Some("a".repeat(MAX_TEXT + 1))), Some("text")),
        (change(&|o| o.alerts = alerts(MAX_AT_ONCE + 1)), Some("alerts")),
        (change(&|o| o.areas = vec![area("00070"); 201]), Some("areas")),
        (
            change(&|o| {
                (o.title, o.kind, o.severity) = (None, None, None);
                o.alerts = alerts(3);
            }),
            None,
        ),
    ] {
        let mut world = World::default();
        let answer = world.open(opening.clone(), 0);
        match (answer, field) {
            (Ok(_), None) => {}
            (Err(IncidentError::Invalid { field: found, .. }), Some(field)) if found == field => {}
            (answer, field) => panic!("{opening:?}: {answer:?} where {field:?} was expected"),
        }
        world.step("1 open");
        let numbers: Vec<_> = world
            .incidents
            .iter()
            .map(|stored| stored.incident.number.serial)
            .collect();
        assert!(numbers.iter().copied().eq(1..=numbers.len() as u32), "{numbers:?}");
    }
}

#[test]
fn what_is_left_out_comes_from_the_gravest_alert() {
    let mut world = World::default();
    let opening = Opening {
        title: None,
        kind: None,
        severity: None,
        areas: vec![area("00160")],
        alerts: vec![seen("a", 2, false, 1), seen("d", 4, true, 9)],
        ..opening()
    };
    world.open(opening, 0).unwrap();
    let incident = &world.incidents[0].incident;
    assert_eq!(
        (incident.kind.as_str(), incident.severity.level()),
        ("rain_intensity", 4)
    );
    assert_eq!(incident.title.vi, "Ngập sâu: d");
    assert_eq!(incident.areas, [area("00160"), area("00070")]);
    assert_eq!((incident.linked.len(), incident.going_on()), (2, 1));
}

#[test]
fn the_first_one_assigned_leads_until_it_is_withdrawn() {
    let (mut world, ..) = play("0 open; 1 assign");
    let lead = |world: &World| world.incidents[0].incident.lead.clone().map(|org| org.to_string());
    assert_eq!(lead(&world).as_deref(), Some("so-xay-dung"));
    let assign = |code: &str, lead| Command::Assign {
        org: org(code),
        person: None,
        lead,
        text: None,
    };
    world.act(0, assign("so-y-te", false), 2).unwrap();
    assert_eq!(lead(&world).as_deref(), Some("so-xay-dung"));
    world.act(0, assign("so-y-te", true), 3).unwrap();
    assert_eq!(lead(&world).as_deref(), Some("so-y-te"));
    world.step("4 withdraw");
    assert_eq!(lead(&world).as_deref(), Some("so-y-te"));
    let withdraw = Command::Withdraw {
        org: org("so-y-te"),
        person: None,
        text: None,
    };
    world.act(0, withdraw, 5).unwrap();
    assert_eq!((lead(&world), world.incidents[0].incident.assigned.len()), (None, 0));
}

#[test]
fn lists_are_bounded() {
    let (mut world, ..) = play("0 open");
    for number in 0..MAX_ASSIGNED {
        let command = Command::Assign {
            org: org(&format!("o{number}")),
            person: None,
            lead: false,
            text: None,
        };
        world.act(0, command, 1).unwrap();
    }
    assert!(world.step("2 assign")[0].contains("withdraw one"));
    for page in 0..MAX_LINKED / MAX_AT_ONCE {
        let alerts = (0..MAX_AT_ONCE)
            .map(|n| seen(&format!("p{page}n{n}"), 1, false, 1))
            .collect();
        // the timeline would be full before: its lines are thinned out as if they had been this program's
        world.incidents[0].incident.timeline.truncate(1);
        world.act(0, Command::Link { alerts }, 3).unwrap();
    }
    assert_eq!(world.incidents[0].incident.linked.len(), MAX_LINKED);
    let one = Command::Link {
        alerts: vec![seen("one", 1, false, 1)],
    };
    let error = world.act(0, one, 4).unwrap_err();
    assert!(error.to_string().contains("room for 0"), "{error}");
}

#[test]
fn a_full_timeline_takes_only_the_end() {
    for (note, full) in [("a".to_owned(), MAX_LINES), ("a".repeat(MAX_TEXT), 129)] {
        let (mut world, ..) = play("0 open");
        while world.incidents[0].incident.timeline.len() < full {
            world.act(0, Command::Note { text: note.clone() }, 1).unwrap();
        }
        let error = world.act(0, Command::Start { text: None }, 2).unwrap_err();
        assert_eq!(error.code(), "wrong_state");
        assert!(error.to_string().contains("close it"), "{error}");
        assert_eq!(world.step("3 close"), ["incident.closed.v1"]);
        assert!(world.step("4 reopen")[0].contains("full"));
    }
}
