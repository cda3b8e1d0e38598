//! The stored form: every published format stays readable, and a newer one is refused with a clear word.

use crate::script::play;
use crate::signals::second;
use alert::model::{Act, Phase};
use alert::record::{FORMAT, indexes, rank, read, write};
use kernel::error::Classified;
use ports::query::IndexValue;
use ports::records::Document;

/// One alert as format 1 wrote it. Never edit it: write a second fixture beside it when a new format comes.
const V1: &str = include_str!("../../../../../contracts/records/alert.v1.json");

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
    let alert = stored.alert;
    assert_eq!(
        (alert.severity.level(), alert.signals, alert.raises, alert.causes.len()),
        (4, 3, 1, 1)
    );
    assert_eq!(alert.raised_at, second(0));
    let Phase::Shelved(shelf) = &alert.phase else {
        panic!("{:?}", alert.phase)
    };
    assert_eq!(shelf.until, second(630));
    let acts: Vec<_> = alert.timeline.iter().map(|line| &line.act).collect();
    assert!(matches!(
        acts[..],
        [
            Act::Raised { .. },
            Act::Acknowledged { .. },
            Act::Escalated { .. },
            Act::Shelved { .. }
        ]
    ));
}

#[test]
fn this_build_writes_what_the_newest_fixture_says() {
    let (world, ..) = play("0 a+3; 10 ack; 20 a+4; 30 shelve; 45 a~4");
    let written = write(world.newest().unwrap()).unwrap();
    let value: serde_json::Value = serde_json::from_slice(&written).unwrap();
    let fixture: serde_json::Value = serde_json::from_str(V1).unwrap();
    assert_eq!(
        value, fixture,
        "the stored form has changed: raise FORMAT, add a fixture and an arm to `read`"
    );
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
    }
}

#[test]
fn lists_begin_with_what_is_open_then_grave_then_new() {
    let stories = ["100 a+5", "100 a+2", "50 a+2", "0 a+5; 1 clear", "0 a+1; 1 clear"];
    let ranks: Vec<i64> = stories
        .iter()
        .map(|story| rank(play(story).0.newest().unwrap()))
        .collect();
    assert!(ranks.is_sorted_by(|a, b| a > b), "{ranks:?}");
}

#[test]
fn only_the_newest_of_a_group_is_found_by_it_and_only_the_shelved_are_due() {
    let (world, ..) = play("0 a+3; 5 a-; 900 a+3; 901 shelve");
    let names = |index: usize| {
        indexes(&world.alerts[index].alert)
            .into_iter()
            .map(|(name, _)| name)
            .collect::<Vec<_>>()
    };
    assert!(!names(0).contains(&"group") && !names(0).contains(&"due"));
    assert!(names(1).contains(&"group") && names(1).contains(&"due"));
    let states = |index: usize| {
        let values = indexes(&world.alerts[index].alert)
            .into_iter()
            .filter(|(name, _)| *name == "state");
        values.map(|(_, value)| value).collect::<Vec<_>>()
    };
    assert_eq!(states(0), [IndexValue::Equal("cleared".into())]);
    assert_eq!(
        states(1),
        [IndexValue::Equal("shelved".into()), IndexValue::Equal("open".into())]
    );
}
