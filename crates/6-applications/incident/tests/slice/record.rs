//! The stored form: every published format stays readable, and a newer one is refused with a clear word.

use crate::script::{area, command, org, play, second};
use incident::model::number::Register;
use incident::model::timeline::Act;
use incident::model::{Phase, Reason};
use incident::record::{FORMAT, indexes, rank, read, read_register, write, write_register};
use kernel::error::Classified;
use ports::query::IndexValue;
use ports::records::Document;

/// One incident as format 1 wrote it. Never edit it: write a second fixture beside it when a new format comes.
const V1: &str = include_str!("../../../../../contracts/records/incident.v1.json");
/// The register as format 1 wrote it.
const REGISTER_V1: &str = include_str!("../../../../../contracts/records/incident_register.v1.json");
/// The story that the fixture tells.
const STORY: &str = "0 a+4; 10 b+5; 20 assign; 30 start; 40 lower; 50 a-; 60 b-; 70 close";

fn document(body: impl Into<Vec<u8>>) -> Document {
    Document {
        key: "k".into(),
        version: 4,
        body: body.into(),
    }
}

#[test]
fn format_1_is_read_for_ever() {
    let stored = read(&document(V1)).unwrap();
    assert_eq!(stored.version, 4);
    let incident = stored.incident;
    assert_eq!(
        (incident.severity.level(), incident.worst.level(), incident.linked.len()),
        (1, 5, 2)
    );
    assert_eq!(
        (incident.number.to_string().as_str(), incident.opened_at),
        ("SC-2025-00001", second(0))
    );
    assert_eq!(
        (incident.lead, incident.areas),
        (Some(org("so-xay-dung")), vec![area("00070")])
    );
    let Phase::Closed(closing) = &incident.phase else {
        panic!("{:?}", incident.phase)
    };
    assert_eq!((closing.reason, closing.at), (Reason::Resolved, second(70)));
    let acts: Vec<_> = incident.timeline.iter().map(|line| &line.act).collect();
    assert!(matches!(
        acts[..],
        [
            Act::Opened { .. },
            Act::Linked { .. },
            Act::SeveritySet { text: None, .. },
            Act::Assigned { lead: true, .. },
            Act::Started { .. },
            Act::SeveritySet { text: Some(_), .. },
            Act::AlertsOver,
            Act::Closed { .. }
        ]
    ));
    let (mut register, version) = read_register(&document(REGISTER_V1)).unwrap();
    assert_eq!((register.next(&org("ioc"), second(0)).serial, version), (2, 4));
}

#[test]
fn this_build_writes_what_the_newest_fixture_says() {
    let (world, ..) = play(STORY);
    let json = |bytes: &[u8]| serde_json::from_slice::<serde_json::Value>(bytes).unwrap();
    for (written, fixture) in [
        (write(&world.incidents[0].incident).unwrap(), V1),
        (write_register(&world.register).unwrap(), REGISTER_V1),
    ] {
        assert_eq!(
            json(&written),
            json(fixture.as_bytes()),
            "the stored form has changed: raise FORMAT, add a fixture and an arm to `read`"
        );
    }
}

#[test]
fn what_is_newer_or_broken_is_refused_with_the_reason() {
    let newer = V1.replacen("\"format\": 1", &format!("\"format\": {}", FORMAT + 1), 1);
    for (body, says) in [
        (newer.as_str(), "start the release that wrote it"),
        ("{}", "format"),
        ("[", "EOF"),
    ] {
        let error = read(&document(body)).unwrap_err();
        assert_eq!(error.code(), "storage_corrupt");
        assert!(error.to_string().contains(says), "{error}");
        assert!(read_register(&document(body)).is_err());
    }
    let empty = write_register(&Register::default()).unwrap();
    assert_eq!(read_register(&document(empty)).unwrap().0, Register::default());
}

#[test]
fn lists_begin_with_what_is_active_then_grave_then_new() {
    let stories = ["100 a+5", "100 open", "50 open", "0 a+5; 1 close", "0 open; 1 close"];
    let ranks: Vec<i64> = stories
        .iter()
        .map(|story| rank(&play(story).0.incidents[0].incident))
        .collect();
    assert!(ranks.is_sorted_by(|a, b| a > b), "{ranks:?}");
}

#[test]
fn only_the_active_are_found_by_group_and_place() {
    let (mut world, ..) = play("0 a+4; 1 assign; 2 b+4");
    let values = |world: &crate::script::World, name: &str| {
        let all = indexes(&world.incidents[0].incident).into_iter();
        all.filter(|(index, _)| *index == name)
            .map(|(_, value)| match value {
                IndexValue::Equal(text) => text,
                other => panic!("{other:?}"),
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(values(&world, "group"), ["a", "b"]);
    assert_eq!(values(&world, "nearby"), ["flood_depth/00070"]);
    assert_eq!(
        (values(&world, "alert").len(), values(&world, "org")),
        (2, vec!["so-xay-dung".to_owned()])
    );
    assert_eq!(values(&world, "state"), ["open", "active"]);
    world.act(0, command("close").unwrap(), 3).unwrap();
    assert!(values(&world, "group").is_empty() && values(&world, "nearby").is_empty());
    assert_eq!(
        (values(&world, "alert").len(), values(&world, "state")),
        (2, vec!["closed".to_owned()])
    );
}
