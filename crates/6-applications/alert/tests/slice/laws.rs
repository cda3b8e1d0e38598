//! What holds after any story whatsoever.

use crate::script::{World, command};
use alert::model::{Act, Alert, Phase};
use kernel::actor::ActorId;
use kernel::signal::Change;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::{collection, prop_assert, prop_assert_eq, proptest};
use std::collections::HashSet;

#[derive(Clone, Debug)]
enum Step {
    Signal {
        cause: &'static str,
        change: Change,
        severity: u8,
    },
    Act(&'static str),
    Due,
}

fn step() -> impl Strategy<Value = Step> {
    let cause = prop_oneof![Just("a"), Just("b"), Just("c")];
    let change = prop_oneof![Just(Change::Raised), Just(Change::Renewed), Just(Change::Cleared)];
    let signal = (cause, change, 1_u8..=5).prop_map(|(cause, change, severity)| Step::Signal {
        cause,
        change,
        severity,
    });
    let words = prop_oneof![
        Just("ack"),
        Just("comment"),
        Just("shelve"),
        Just("unshelve"),
        Just("clear")
    ];
    prop_oneof![4 => signal, 2 => words.prop_map(Step::Act), 1 => Just(Step::Due)]
}

fn lines(alert: &Alert) -> Vec<(uuid::Uuid, Act)> {
    alert.timeline.iter().map(|line| (line.id, line.act.clone())).collect()
}

fn holds(alert: &Alert) -> Result<(), proptest::test_runner::TestCaseError> {
    match &alert.phase {
        Phase::Cleared(clearing) => {
            prop_assert!(
                clearing.reason.is_some() || alert.causes.is_empty(),
                "cleared while a cause goes on"
            );
            prop_assert_eq!(clearing.reason.is_some(), matches!(clearing.by, ActorId::Person(_)));
        }
        _ => prop_assert_eq!(
            alert.worst(),
            Some(alert.severity),
            "open, but not as grave as its gravest cause"
        ),
    }
    if let Phase::Acknowledged(note) = &alert.phase {
        let told = alert
            .timeline
            .iter()
            .any(|line| matches!(line.act, Act::Acknowledged { .. }) && (&line.by, line.at) == (&note.by, note.at));
        prop_assert!(told && matches!(note.by, ActorId::Person(_)), "acknowledged by nobody");
        prop_assert!(alert.severity <= note.severity, "graver than what was acknowledged");
    }
    if let Phase::Shelved(shelf) = &alert.phase {
        prop_assert!(alert.severity <= shelf.severity, "graver than what was shelved");
    }
    let ids: HashSet<_> = alert.timeline.iter().map(|line| line.id).collect();
    prop_assert_eq!(ids.len(), alert.timeline.len(), "two lines with one id");
    let reopened = alert
        .timeline
        .iter()
        .filter(|line| matches!(line.act, Act::Reopened { .. }))
        .count();
    prop_assert_eq!(alert.raises as usize, 1 + reopened);
    Ok(())
}

proptest! {
    #[test]
    fn every_story_keeps_the_invariants(steps in collection::vec((step(), 1_i64..200), 1..60), again in any::<bool>()) {
        let mut world = World::default();
        let mut now = 0;
        for (step, pause) in steps {
            now += pause;
            let before = world.alerts.clone();
            match step {
                Step::Signal { cause, change, severity } => drop(world.hear(cause, change, severity, now)),
                Step::Act(word) => drop(command(word, now).map(|command| world.act(command, now))),
                Step::Due => drop(world.due(now)),
            }
            for (old, new) in before.iter().zip(&world.alerts) {
                prop_assert!(lines(&new.alert).starts_with(&lines(&old.alert)), "the timeline only grows");
                prop_assert!(old.alert.signals <= new.alert.signals && old.alert.heard <= new.alert.heard);
            }
            for stored in &world.alerts {
                holds(&stored.alert)?;
            }
            let superseded = world.alerts.iter().filter(|stored| !stored.alert.superseded).count();
            prop_assert_eq!(superseded, usize::from(!world.alerts.is_empty()), "one newest alert per group");
        }
        // the same signals once more, singly or at once: nothing changes and nothing is told
        let (alerts, heard) = (world.alerts.clone(), world.heard.clone());
        let told = if again {
            world.take(&heard)
        } else {
            heard.iter().flat_map(|heard| world.take(std::slice::from_ref(heard))).collect()
        };
        // the end of a cause that ended before, heard when the newest alert had not begun, is all that may be unheard
        prop_assert_eq!(told, Vec::<String>::new());
        prop_assert_eq!(&world.alerts, &alerts);
    }

    #[test]
    fn one_batch_tells_what_single_signals_tell(steps in collection::vec((step(), 1_i64..400), 1..60)) {
        let (mut single, mut now) = (World::default(), 0);
        for (step, pause) in steps {
            now += pause;
            if let Step::Signal { cause, change, severity } = step {
                single.hear(cause, change, severity, now);
            }
        }
        let mut batch = World::default();
        batch.take(&single.heard);
        let ids = |world: &World| world.told.iter().map(|fact| (fact.id, fact.kind.clone())).collect::<Vec<_>>();
        prop_assert_eq!(ids(&batch), ids(&single));
        let alerts = |world: &World| world.alerts.iter().map(|stored| stored.alert.clone()).collect::<Vec<_>>();
        prop_assert_eq!(alerts(&batch), alerts(&single));
        let renewals: Vec<_> = single.told.iter().collect();
        for (index, fact) in renewals.iter().enumerate().filter(|(_, fact)| fact.kind == "alert.renewed.v1") {
            let before = renewals[..index].iter().rev().find(|before| before.subject == fact.subject);
            prop_assert!(before.is_some_and(|before| fact.time.since(before.time).as_secs() >= 60));
        }
    }
}
