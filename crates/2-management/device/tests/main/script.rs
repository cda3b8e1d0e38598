//! Plays the life of one command, written in one line, and tells what came of it.
//!
//! `0 order; 1 send; 5 ok` means: at second 0 it is ordered with a deadline of 30 s, at 1 the dispatcher hands it over, at 5
//! the device answers that it was done. Steps are `order`, `send`, `block` (it may not go), `long` (it cannot go), `ok`, `no`
//! (refused, "dry"), `odd` (refused, "hot") and `tick` (the dispatcher looks at the deadline).

use crate::ground::pump;
use device::decide::command::{Deed, Wanted, answered, expire, fail, order, refuse, sent};
use device::fact::command::{Happened, Reach, fact};
use device::model::command::{Command, Given, Hindrance};
use device::profile::Profile;
use kernel::actor::ActorId;
use kernel::fact::Fact;
use kernel::id::{CommandId, PersonId};
use kernel::text::LangText;
use kernel::time::Timestamp;
use serde_json::json;
use uuid::Uuid;

#[derive(Clone, Default)]
pub(crate) struct World {
    pub(crate) command: Option<Command>,
    pub(crate) told: Vec<Fact>,
}

pub(crate) fn second(seconds: i64) -> Timestamp {
    Timestamp::parse("2026-11-21T08:00:00Z")
        .unwrap()
        .plus(std::time::Duration::from_secs(u64::try_from(seconds).unwrap()))
}

pub(crate) fn profile() -> Profile {
    let text = include_str!("../../../../../city/hanoi/profiles/pump.yaml");
    device::profile::parse("pump.yaml", text).unwrap()
}

fn why(code: &str) -> Hindrance {
    Hindrance {
        code: code.to_owned(),
        text: LangText::new("Vì sao", "Why"),
    }
}

pub(crate) const STEPS: [&str; 7] = ["send", "block", "long", "ok", "no", "odd", "tick"];

impl World {
    /// One step; answers the kinds of facts that were told.
    pub(crate) fn step(&mut self, what: &str, seconds: i64) -> Vec<&'static str> {
        let now = second(seconds);
        let told: Vec<Happened> = match (what, &mut self.command) {
            ("order", command) => {
                let wanted = Wanted {
                    id: CommandId(Uuid::from_u128(7)),
                    name: "pump.set".into(),
                    params: [("on".to_owned(), json!(true))].into(),
                    deadline: now.plus(std::time::Duration::from_secs(30)),
                };
                let by = ActorId::Person(PersonId(Uuid::from_u128(42)));
                let device = pump("pump-1", &["00070"]);
                let (new, happened) = order(&device, &profile(), wanted, Deed { at: now, by }).unwrap();
                *command = Some(new);
                vec![happened]
            }
            (_, None) => Vec::new(),
            ("send", Some(command)) => sent(command, now).into_iter().collect(),
            ("block", Some(command)) => refuse(command, why("interlock"), now).into_iter().collect(),
            ("long", Some(command)) => fail(command, why("message_too_long"), now).into_iter().collect(),
            ("tick", Some(command)) => expire(command, now).into_iter().collect(),
            (answer, Some(command)) => {
                let given = Given {
                    at: now,
                    ok: answer == "ok",
                    result: (answer == "ok").then(|| json!({ "on": true })),
                    reason: match answer {
                        "no" => Some("dry".into()),
                        "odd" => Some("hot".into()),
                        _ => None,
                    },
                };
                answered(command, given, ActorId::Device(crate::ground::id("pump-1")))
            }
        };
        let kinds = told.iter().map(|happened| happened.kind.fact_type()).collect();
        if let Some(command) = &self.command {
            let facts = told
                .into_iter()
                .map(|happened| fact(happened, command, 1, &Reach::default(), &crate::ground::gov()));
            self.told.extend(facts);
        }
        kinds
    }
}

/// Plays a story; answers the world, what each step told (`-` for nothing), and the state at the end.
pub(crate) fn play(story: &str) -> (World, String, &'static str) {
    let mut world = World::default();
    let mut told = Vec::new();
    for step in story.split(';') {
        let (seconds, what) = step.trim().split_once(' ').unwrap();
        let kinds = world.step(what, seconds.parse().unwrap());
        let short = |kind: &&str| kind.trim_start_matches("command.").trim_end_matches(".v1").to_owned();
        let kinds: Vec<String> = kinds.iter().map(short).collect();
        told.push(if kinds.is_empty() {
            "-".to_owned()
        } else {
            kinds.join(" ")
        });
    }
    let state = world.command.as_ref().map_or("none", |command| command.phase.code());
    (world, told.join("; "), state)
}

#[test]
fn lives_of_commands() {
    for (story, told, state) in [
        ("0 order; 1 send; 5 ok", "queued; sent; done", "done"),
        ("0 order; 1 send; 5 no", "queued; sent; refused", "refused"),
        // the answer overtook the record of its sending
        ("0 order; 5 ok; 6 send", "queued; done; -", "done"),
        // at the deadline is in time, after it is not
        ("0 order; 1 send; 30 ok", "queued; sent; done", "done"),
        (
            "0 order; 1 send; 30 tick; 31 tick; 32 tick",
            "queued; sent; -; expired; -",
            "expired",
        ),
        ("0 order; 31 send; 31 tick", "queued; -; expired", "expired"),
        // too late: kept, and it stays expired; nobody need have looked before
        (
            "0 order; 1 send; 31 tick; 40 ok",
            "queued; sent; expired; answered_late",
            "expired",
        ),
        (
            "0 order; 1 send; 40 ok; 41 tick",
            "queued; sent; expired answered_late; -",
            "expired",
        ),
        (
            "0 order; 40 ok; 41 ok; 42 no",
            "queued; expired answered_late; -; answered_late",
            "expired",
        ),
        // a repeated answer is harmless, another one is only written down
        ("0 order; 1 send; 5 ok; 6 ok; 90 ok", "queued; sent; done; -; -", "done"),
        (
            "0 order; 1 send; 5 no; 6 ok; 7 no; 8 odd",
            "queued; sent; refused; answered_late; -; answered_late",
            "refused",
        ),
        // the house says no, or cannot
        ("0 order; 1 block; 2 send; 3 tick", "queued; refused; -; -", "refused"),
        ("0 order; 1 send; 2 block; 3 ok", "queued; sent; -; done", "done"),
        ("0 order; 1 long; 2 block; 40 tick", "queued; failed; -; -", "failed"),
        ("0 order; 1 long; 5 ok", "queued; failed; answered_late", "failed"),
        // handed over again to a device that came back, but not for ever
        ("0 order; 1 send; 2 send; 3 ok", "queued; sent; sent; done", "done"),
        (
            "0 order; 1 send; 2 send; 3 send; 4 send; 5 send; 6 send; 7 send; 8 send; 9 send",
            "queued; sent; sent; sent; sent; sent; sent; sent; sent; -",
            "sent",
        ),
    ] {
        let (world, found, end) = play(story);
        assert_eq!((found.as_str(), end), (told, state), "{story}");
        let command = world.command.unwrap();
        assert_eq!(
            command.timeline.len(),
            world.told.len(),
            "a line for each fact: {story}"
        );
    }
}

#[test]
fn what_a_device_says_is_kept_within_bounds() {
    let (mut world, ..) = play("0 order; 1 send");
    let command = world.command.as_mut().unwrap();
    let by = ActorId::Device(crate::ground::id("pump-1"));
    for n in 0..200 {
        let given = Given {
            at: second(2),
            ok: false,
            result: Some(json!("y".repeat(5_000))),
            reason: Some(format!("{n}{}", "x".repeat(5_000))),
        };
        answered(command, given, by.clone());
    }
    assert!(command.timeline.len() <= device::decide::command::MAX_LINES);
    let first = command.answer.as_ref().unwrap();
    assert_eq!((first.reason.as_ref().unwrap().len(), &first.result), (2_000, &None));
}
