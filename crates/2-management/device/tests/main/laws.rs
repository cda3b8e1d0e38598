//! What holds after any life of a command whatsoever.

use crate::script::{STEPS, World, second};
use device::decide::command::{MAX_SENT, may_send};
use device::model::command::{Act, Command, Phase};
use proptest::prelude::Strategy;
use proptest::sample::select;
use proptest::{collection, prop_assert, prop_assert_eq, proptest};
use std::collections::HashSet;

fn step() -> impl Strategy<Value = (&'static str, i64)> {
    (select(STEPS.to_vec()), 0_i64..15)
}

/// The state that the timeline tells of, read without the code under test.
fn told(command: &Command) -> &'static str {
    let mut state = "none";
    for line in &command.timeline {
        let open = matches!(state, "queued" | "sent");
        state = match &line.act {
            Act::Queued if state == "none" => "queued",
            Act::Sent if open => "sent",
            Act::Answered { answer, late: false } if open => {
                if answer.ok {
                    "done"
                } else {
                    "refused"
                }
            }
            Act::Answered { late: true, .. } if !open => state,
            Act::Refused { .. } if state == "queued" => "refused",
            Act::Expired if open => "expired",
            Act::Failed { .. } if open => "failed",
            other => return Box::leak(format!("{other:?} in state {state}").into_boxed_str()),
        };
    }
    state
}

proptest! {
    #[test]
    fn every_life_keeps_the_laws(steps in collection::vec(step(), 1..60)) {
        let mut world = World::default();
        world.step("order", 0);
        let mut now = 0;
        for (what, pause) in steps {
            now += pause;
            let before = world.command.clone().unwrap();
            let facts = world.step(what, now).len();
            let after = world.command.as_ref().unwrap();
            prop_assert!(after.timeline.starts_with(&before.timeline), "the timeline only grows");
            prop_assert_eq!(after.timeline.len() - before.timeline.len(), facts, "a line for each fact");
            if !before.is_open() {
                prop_assert_eq!(&before.phase, &after.phase, "a command is settled once");
            }
            if before.answer.is_some() {
                prop_assert_eq!(&before.answer, &after.answer, "the first answer stays");
            }
            prop_assert_eq!(told(after), after.phase.code());
            prop_assert!(after.sent <= MAX_SENT);
            let in_time = |act: fn(&Act) -> bool| {
                after.timeline.iter().filter(|line| act(&line.act)).all(|line| line.at <= after.deadline)
            };
            prop_assert!(in_time(|act| matches!(act, Act::Sent | Act::Answered { late: false, .. })), "after the deadline");
            if after.phase == Phase::Expired {
                prop_assert!(second(now) > after.deadline && !may_send(after, second(now)));
            }
        }
        let ids: HashSet<_> = world.told.iter().map(|fact| fact.id).collect();
        prop_assert_eq!(ids.len(), world.told.len(), "two facts with one id");
        // whatever happened, a look long after the deadline finds it settled
        world.step("tick", now + 1_000);
        prop_assert!(!world.command.as_ref().unwrap().is_open());
    }
}
