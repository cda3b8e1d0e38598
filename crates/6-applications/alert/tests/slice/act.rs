//! What people may do in which state, and how they are told that they may not.

use crate::script::{World, command, person, play};
use crate::signals::second;
use alert::decide::MAX_LINES;
use alert::decide::act::{Command, MAX_TEXT};
use alert::error::AlertError;
use alert::model::{Act, Phase, Settings};
use kernel::error::Classified;

#[test]
fn each_state_allows_its_own_acts() {
    const RAISED: &str = "0 a+3";
    const ACKNOWLEDGED: &str = "0 a+3; 1 ack";
    const SHELVED: &str = "0 a+3; 1 shelve";
    const CLEARED: &str = "0 a+3; 1 clear";
    for (word, raised, acknowledged, shelved, cleared) in [
        ("ack", "acknowledged", "no", "no", "no"),
        ("comment", "raised", "acknowledged", "shelved", "cleared"),
        ("shelve", "shelved", "shelved", "no", "no"),
        ("unshelve", "no", "no", "raised", "no"),
        ("clear", "cleared", "cleared", "cleared", "no"),
    ] {
        for (story, expected) in [
            (RAISED, raised),
            (ACKNOWLEDGED, acknowledged),
            (SHELVED, shelved),
            (CLEARED, cleared),
        ] {
            let (mut world, ..) = play(story);
            let before = world.newest().unwrap().clone();
            match world.act(command(word, 2).unwrap(), 2) {
                Ok(_) => assert_eq!(world.newest().unwrap().phase.code(), expected, "{word} after {story}"),
                Err(error) => {
                    assert_eq!(
                        (expected, error.code()),
                        ("no", "wrong_state"),
                        "{word} after {story}: {error}"
                    );
                    assert_eq!(*world.newest().unwrap(), before, "a refused act changes nothing");
                }
            }
        }
    }
}

#[test]
fn whoever_comes_second_is_told_who_was_first_and_when() {
    let (mut world, ..) = play("0 a+3; 5 ack");
    let error = world.act(command("ack", 9).unwrap(), 9).unwrap_err();
    let AlertError::WrongState { state, by, at, .. } = &error else {
        panic!("{error}")
    };
    assert_eq!(
        (*state, by.as_ref(), *at),
        ("acknowledged", Some(&person()), Some(second(5)))
    );
    assert!(error.to_string().contains(&person().to_string()) && error.to_string().contains(&second(5).to_string()));
}

#[test]
fn words_are_checked_and_kept() {
    let long = "ă".repeat(MAX_TEXT + 1);
    for (given, good) in [
        ("ok", true),
        ("  ", false),
        ("", false),
        (&long, false),
        (&long[2..], true),
        ("a\u{7}", false),
    ] {
        for command in [
            Command::Comment { comment: given.into() },
            Command::Clear { reason: given.into() },
            Command::Acknowledge {
                comment: Some(given.into()),
            },
            Command::Shelve {
                reason: given.into(),
                until: second(60),
            },
        ] {
            let (mut world, ..) = play("0 a+3");
            let answer = world.act(command.clone(), 1);
            assert_eq!(answer.is_ok(), good, "{command:?}");
            if let Err(error) = answer {
                assert_eq!(error.code(), "invalid_value", "{error}");
            }
        }
    }
    let (mut world, ..) = play("0 a+3");
    world
        .act(
            Command::Comment {
                comment: " đã gọi phường \n".into(),
            },
            1,
        )
        .unwrap();
    let line = world.newest().unwrap().timeline.last().unwrap().clone();
    assert_eq!(
        line.act,
        Act::Commented {
            comment: "đã gọi phường".into()
        }
    );
}

#[test]
fn nothing_is_shelved_into_the_past_or_for_ever() {
    let most = Settings::default().shelve_at_most();
    for (until, good) in [
        (second(1), false),
        (second(0), false),
        (second(2), true),
        (second(1).plus(most), true),
        (second(2).plus(most), false),
    ] {
        let (mut world, ..) = play("0 a+3");
        let answer = world.act(
            Command::Shelve {
                reason: "bảo trì".into(),
                until,
            },
            1,
        );
        assert_eq!(answer.is_ok(), good, "{until}");
        if let Err(error) = answer {
            assert!(error.to_string().contains(&second(1).plus(most).to_string()), "{error}");
        }
    }
}

#[test]
fn what_comes_back_from_the_shelf_is_raised_even_if_it_was_acknowledged() {
    for (story, told) in [
        (
            "0 a+3; 1 ack; 2 shelve; 601 due; 602 due; 603 due",
            "raised; acknowledged; shelved; -; unshelved; -",
        ),
        (
            "0 a+3; 1 ack; 2 shelve; 3 unshelve; 602 due",
            "raised; acknowledged; shelved; unshelved; -",
        ),
    ] {
        let played = play(story);
        assert_eq!((played.1.as_str(), played.2.as_str()), (told, "raised 3 1"), "{story}");
    }
}

#[test]
fn a_full_timeline_still_lets_the_alert_end() {
    let (mut world, ..) = play("0 a+3");
    let comment = |world: &mut World| world.act(command("comment", 1).unwrap(), 1);
    (1..MAX_LINES).for_each(|_| drop(comment(&mut world).unwrap()));
    assert_eq!(comment(&mut world).unwrap_err().code(), "wrong_state");
    world.act(command("clear", 2).unwrap(), 2).unwrap();
    assert!(matches!(world.newest().unwrap().phase, Phase::Cleared(_)));
    assert_eq!(
        world.step("3 a+3"),
        ["alert.raised.v1"],
        "a full timeline is not reopened"
    );
}
