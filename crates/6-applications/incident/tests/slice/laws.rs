//! What holds after any story whatsoever.

use crate::script::{World, command, opening, org};
use incident::decide::act::Command;
use incident::decide::open::Opening;
use incident::model::timeline::Line;
use incident::model::{Incident, Phase};
use kernel::actor::ActorId;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::test_runner::TestCaseError;
use proptest::{collection, prop_assert, prop_assert_eq, proptest};
use std::collections::{BTreeMap, HashSet};

#[derive(Clone, Debug)]
enum Step {
    News {
        name: &'static str,
        sign: &'static str,
        severity: u8,
    },
    /// The consumer works off what it has not heard yet.
    Hear,
    Act(usize, &'static str),
    Link(usize, &'static str),
    Open(Option<&'static str>, bool),
}

fn name() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        Just("a"),
        Just("b"),
        Just("c"),
        Just("d"),
        Just("e"),
        Just("f"),
        Just("w")
    ]
}

fn news() -> impl Strategy<Value = Step> {
    let sign = prop_oneof![2 => Just("+"), 1 => Just("^"), 2 => Just("-")];
    (name(), sign, 1_u8..=5).prop_map(|(name, sign, severity)| Step::News { name, sign, severity })
}

fn step() -> impl Strategy<Value = Step> {
    let words = prop_oneof![
        Just("note"),
        Just("start"),
        Just("assign"),
        Just("withdraw"),
        Just("lower"),
        Just("close"),
        Just("close"),
        Just("reopen")
    ];
    prop_oneof![
        6 => news(),
        3 => Just(Step::Hear),
        4 => (0_usize..6, words).prop_map(|(at, word)| Step::Act(at, word)),
        1 => (0_usize..6, name()).prop_map(|(at, name)| Step::Link(at, name)),
        1 => (proptest::option::of(name()), any::<bool>()).prop_map(|(name, other)| Step::Open(name, other)),
    ]
}

fn lines(incident: &Incident) -> &[Line] {
    &incident.timeline
}

fn holds(world: &World) -> Result<(), TestCaseError> {
    let mut serials: BTreeMap<(String, u16), Vec<u32>> = BTreeMap::new();
    let mut held = HashSet::new();
    for stored in &world.incidents {
        let incident = &stored.incident;
        let number = &incident.number;
        let register = serials.entry((number.org.to_string(), number.year)).or_default();
        register.push(number.serial);
        if let Phase::Closed(closing) = &incident.phase {
            prop_assert!(!closing.text.is_empty(), "closed without a word");
            prop_assert!(matches!(closing.by, ActorId::Person(_)), "closed by nobody");
        } else {
            for linked in &incident.linked {
                prop_assert!(held.insert(linked.alert), "an alert in two active incidents");
            }
        }
        let ids: HashSet<_> = lines(incident).iter().map(|line| line.id).collect();
        prop_assert_eq!(ids.len(), incident.timeline.len(), "two lines with one id");
        let alerts: HashSet<_> = incident.linked.iter().map(|linked| linked.alert).collect();
        prop_assert_eq!(alerts.len(), incident.linked.len(), "an alert linked twice");
        prop_assert_eq!(incident.lead.is_some(), !incident.assigned.is_empty());
    }
    for (register, mut serials) in serials {
        serials.sort_unstable();
        prop_assert!(
            serials.iter().copied().eq(1..=serials.len() as u32),
            "{register:?}: {serials:?}"
        );
    }
    Ok(())
}

/// Whether an active incident holds the alert; the service refuses to bind it again then.
fn is_held(world: &World, name: &str, but: Option<usize>) -> bool {
    let Some(seen) = world.now(name) else { return true };
    let mut others = world.incidents.iter().enumerate().filter(|(at, _)| Some(*at) != but);
    others.any(|(_, stored)| stored.incident.is_active() && stored.incident.link_to(seen.alert).is_some())
}

fn may_reopen(world: &World, at: usize) -> bool {
    let Some(stored) = world.incidents.get(at) else {
        return false;
    };
    let others = || world.incidents.iter().enumerate().filter(|(other, _)| *other != at);
    let mut linked = stored.incident.linked.iter();
    linked.all(|linked| {
        !others().any(|(_, other)| other.incident.is_active() && other.incident.link_to(linked.alert).is_some())
    })
}

fn one(world: &mut World, step: Step, now: i64, unheard: &mut Vec<incident::decide::hear::Heard>) {
    match step {
        Step::News { name, sign, severity } => unheard.extend(world.news(name, sign, severity, now)),
        Step::Hear => drop(world.take(&std::mem::take(unheard))),
        Step::Act(at, "reopen") if !may_reopen(world, at) => {}
        Step::Act(at, word) => drop(world.act(at, command(word).unwrap(), now)),
        Step::Link(at, name) if !is_held(world, name, Some(at)) => {
            let alerts = vec![world.now(name).unwrap()];
            drop(world.act(at, Command::Link { alerts }, now));
        }
        Step::Open(Some(name), _) if is_held(world, name, None) => {}
        Step::Open(name, other) => {
            let alerts = name.into_iter().filter_map(|name| world.now(name)).collect();
            let register = org(if other { "so-y-te" } else { "ioc" });
            drop(world.open(
                Opening {
                    alerts,
                    register,
                    ..opening()
                },
                now,
            ));
        }
        Step::Link(..) => {}
    }
}

proptest! {
    #[test]
    fn every_story_keeps_the_invariants(steps in collection::vec((step(), 1_i64..5_000_000), 1..80), again in any::<bool>()) {
        let mut world = World::default();
        let (mut now, mut unheard) = (0, Vec::new());
        for (step, pause) in steps {
            now += pause;
            let before = world.incidents.clone();
            one(&mut world, step, now, &mut unheard);
            for (old, new) in before.iter().zip(&world.incidents) {
                prop_assert!(lines(&new.incident).starts_with(lines(&old.incident)), "the timeline only grows");
                prop_assert_eq!(&old.incident.number, &new.incident.number);
                prop_assert!(old.incident.linked.len() <= new.incident.linked.len());
            }
            holds(&world)?;
        }
        world.take(&unheard);
        holds(&world)?;
        // the same facts once more, singly or at once: nothing is opened, whatever people did meanwhile
        let (numbers, heard) = (world.register.clone(), world.heard.clone());
        if again {
            world.take(&heard);
        } else {
            heard.iter().for_each(|heard| drop(world.take(std::slice::from_ref(heard))));
        }
        prop_assert_eq!(&world.register, &numbers);
        holds(&world)?;
        // every line of a timeline was told by the fact with its id
        let facts: HashSet<_> = world.told.iter().map(|fact| fact.id.0).collect();
        prop_assert_eq!(facts.len(), world.told.len(), "two facts with one id");
        for stored in &world.incidents {
            prop_assert!(lines(&stored.incident).iter().all(|line| facts.contains(&line.id)));
        }
    }

    #[test]
    fn one_batch_tells_what_single_facts_tell(steps in collection::vec((news(), 1_i64..400), 1..80)) {
        let (mut single, mut now) = (World::default(), 0);
        for (step, pause) in steps {
            now += pause;
            if let Step::News { name, sign, severity } = step
                && let Some(heard) = single.news(name, sign, severity, now)
            {
                single.take(&[heard]);
            }
        }
        let mut batch = World::default();
        batch.take(&single.heard);
        let ids = |world: &World| world.told.iter().map(|fact| (fact.id, fact.kind.clone())).collect::<Vec<_>>();
        prop_assert_eq!(ids(&batch), ids(&single));
        let incidents = |world: &World| world.incidents.iter().map(|stored| stored.incident.clone()).collect::<Vec<_>>();
        prop_assert_eq!(incidents(&batch), incidents(&single));
        // and a second time nothing at all
        let heard = single.heard.clone();
        prop_assert_eq!(batch.take(&heard), Vec::<String>::new());
        prop_assert_eq!(incidents(&batch), incidents(&single));
    }
}
