//! What signals do: stories with what must be told and where the alert must stand (state, severity, number of alerts).

use crate::script::play;
use alert::decide::MAX_SIGNAL_LINES;
use alert::model::{Act, Phase};

fn check(stories: &[(&str, &str, &str)]) {
    for (story, told, end) in stories {
        let played = play(story);
        assert_eq!((played.1.as_str(), played.2.as_str()), (*told, *end), "{story}");
    }
}

#[test]
fn a_group_becomes_one_alert_that_lives_as_long_as_its_causes() {
    check(&[
        ("0 a+3", "raised", "raised 3 1"),
        ("0 a+3; 5 a-", "raised; cleared", "cleared 3 1"),
        ("0 a+3; 1 b+3; 2 a-; 3 b-", "raised; -; -; cleared", "cleared 3 1"),
        ("0 a+3; 1 b+5; 2 b-", "raised; escalated; eased", "raised 3 1"),
        // the end of something unknown is nothing; going on without a beginning is as good as a beginning
        ("0 a-", "-", "none"),
        ("0 a+3; 1 b-", "raised; -", "raised 3 1"),
        ("0 a~3", "raised", "raised 3 1"),
    ]);
}

#[test]
fn new_figures_are_told_once_a_minute() {
    check(&[
        ("0 a+3; 60 a~3", "raised; renewed", "raised 3 1"),
        (
            "0 a+3; 59 a~3; 61 b+3; 62 a~3; 122 a~3",
            "raised; -; renewed; -; renewed",
            "raised 3 1",
        ),
        (
            "0 a+3; 50 a+4; 61 a~4; 110 a~4",
            "raised; escalated; -; renewed",
            "raised 4 1",
        ),
    ]);
}

#[test]
fn what_is_graver_than_judged_shouts_again() {
    check(&[
        ("0 a+2; 5 a+4", "raised; escalated", "raised 4 1"),
        ("0 a+4; 5 a+2", "raised; eased", "raised 2 1"),
        ("0 a+2; 1 ack; 5 a+4", "raised; acknowledged; escalated", "raised 4 1"),
        ("0 a+2; 1 ack; 5 b+2", "raised; acknowledged; -", "acknowledged 2 1"),
        (
            "0 a+4; 1 ack; 2 a+2; 3 a+4",
            "raised; acknowledged; eased; escalated",
            "acknowledged 4 1",
        ),
        (
            "0 a+2; 1 shelve; 5 a+4",
            "raised; shelved; unshelved escalated",
            "raised 4 1",
        ),
        (
            "0 a+4; 1 shelve; 2 a+2; 3 a+4",
            "raised; shelved; eased; escalated",
            "shelved 4 1",
        ),
        ("0 a+2; 1 shelve; 70 a~2", "raised; shelved; renewed", "shelved 2 1"),
        ("0 a+2; 1 shelve; 5 a-", "raised; shelved; cleared", "cleared 2 1"),
        ("0 a+2; 1 ack; 5 a-", "raised; acknowledged; cleared", "cleared 2 1"),
    ]);
    let (world, ..) = play("0 a+2; 1 ack; 5 a+4");
    let last = world.newest().unwrap().timeline.last().unwrap();
    assert!(
        matches!(
            last.act,
            Act::Escalated {
                unacknowledged: true,
                ..
            }
        ),
        "the timeline says so: {last:?}"
    );
}

#[test]
fn soon_after_its_end_it_is_the_same_alert_and_later_another() {
    check(&[
        ("0 a+3; 5 a-; 605 a+3", "raised; cleared; reopened", "raised 3 1"),
        ("0 a+3; 5 a-; 606 a+3", "raised; cleared; raised", "raised 3 2"),
        (
            "0 a+3; 5 a-; 9 b+2; 12 b-",
            "raised; cleared; reopened; cleared",
            "cleared 2 1",
        ),
    ]);
    let (world, ..) = play("0 a+3; 5 a-; 605 a+3; 606 a-; 607 a+3");
    assert_eq!(world.newest().unwrap().raises, 3);
    let (world, ..) = play("0 a+3; 5 a-; 606 a+3");
    assert!(world.alerts[0].alert.superseded && !world.alerts[1].alert.superseded);
    assert_ne!(world.alerts[0].alert.id, world.alerts[1].alert.id);
}

#[test]
fn what_was_cleared_by_hand_stays_quiet_until_it_begins_anew_or_gets_worse() {
    check(&[
        (
            "0 a+3; 5 clear; 65 a~3; 125 a~2",
            "raised; cleared; -; -",
            "cleared 3 1",
        ),
        ("0 a+3; 5 clear; 65 a+2", "raised; cleared; -", "cleared 3 1"),
        (
            "0 a+3; 5 clear; 6 a-; 700 a~3",
            "raised; cleared; -; raised",
            "raised 3 2",
        ),
        (
            "0 a+3; 5 clear; 700 a~3; 760 a~3",
            "raised; cleared; -; -",
            "cleared 3 1",
        ),
        ("0 a+3; 5 clear; 65 a~4", "raised; cleared; reopened", "raised 4 1"),
        ("0 a+3; 5 clear; 65 a+3", "raised; cleared; reopened", "raised 3 1"),
        // when another cause begins, what was waved off counts again
        (
            "0 a+3; 5 clear; 6 b+2; 7 b-; 8 a-",
            "raised; cleared; reopened; -; cleared",
            "cleared 3 1",
        ),
    ]);
}

#[test]
fn the_face_is_that_of_the_gravest_cause() {
    for (story, cause) in [
        ("0 a+3; 1 b+3", "a"),
        ("0 a+3; 1 b+4", "b"),
        ("0 a+3; 1 b+4; 2 b-; 3 a~3", "a"),
        ("0 a+3; 1 b+2; 2 b~2", "a"),
    ] {
        let (world, ..) = play(story);
        let face = &world.newest().unwrap().face;
        assert!(
            face.cause.entity.ends_with(&format!(":{cause}")),
            "{story}: {}",
            face.cause.entity
        );
    }
}

#[test]
fn a_restless_alert_stops_growing_and_ends_in_a_fresh_one() {
    let restless = (0..3 * MAX_SIGNAL_LINES).map(|turn| format!("{turn} a+{}", 2 + turn % 2));
    let story = restless.collect::<Vec<_>>().join(";");
    let (mut world, told, _) = play(&story);
    let alert = world.newest().unwrap();
    assert_eq!(alert.timeline.len(), MAX_SIGNAL_LINES);
    assert_eq!(alert.unlisted as usize, 2 * MAX_SIGNAL_LINES);
    assert_eq!(
        told.matches("escalated").count() + told.matches("eased").count(),
        3 * MAX_SIGNAL_LINES - 1
    );
    let end = 3 * MAX_SIGNAL_LINES as i64;
    world.step(&format!("{end} a-"));
    assert!(matches!(world.newest().unwrap().phase, Phase::Cleared(_)));
    assert_eq!(world.step(&format!("{} a+3", end + 1)), ["alert.raised.v1"]);
}
