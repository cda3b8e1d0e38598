//! Newer packs over what people have changed.

use crate::stage::{Stage, incoming, keeper, name, operator, person};
use pack::decide::Outcome;
use pack::error::PackError;
use pack::fact::{CONFLICT, ITEM_CHANGED};
use pack::model::State;
use pack::service::Take;

const OLD: &str = "title: a\nlimit: 1\nfor: 5\nlast: z\n";

#[tokio::test]
async fn each_outcome_of_an_upgrade_is_told_and_done() {
    let stage = Stage::new();
    stage
        .start(incoming(
            "one",
            &[
                ("rules/same.yaml", OLD),
                ("rules/taken.yaml", OLD),
                ("rules/removed.yaml", OLD),
                ("rules/kept.yaml", OLD),
                ("rules/came-to-it.yaml", OLD),
                ("rules/both.yaml", OLD),
            ],
        ))
        .await;
    let (mine, theirs) = (OLD.replace("limit: 1", "limit: 9"), OLD.replace("last: z", "last: y"));
    for path in ["rules/kept.yaml", "rules/came-to-it.yaml", "rules/both.yaml"] {
        stage.put(path, &mine).await;
    }
    stage.put("rules/own.yaml", "of ours").await;
    let told = stage.facts().await.len();
    let two = incoming(
        "two",
        &[
            ("rules/same.yaml", OLD),
            ("rules/taken.yaml", &theirs),
            ("rules/kept.yaml", OLD),
            ("rules/came-to-it.yaml", &mine),
            ("rules/both.yaml", &theirs),
            ("rules/added.yaml", "new"),
        ],
    );
    let looked = stage.packs.upgrade(&operator(), two.clone(), true).await.unwrap();
    assert_eq!(stage.facts().await.len(), told, "who only looks changes nothing");
    let done = stage.load(two.clone()).await;
    assert_eq!(looked, done);
    let outcomes: Vec<_> = done
        .lines
        .iter()
        .map(|line| (line.file.as_str(), line.outcome, line.proposal))
        .collect();
    assert_eq!(
        outcomes,
        [
            ("rules/added.yaml", Outcome::Added, false),
            ("rules/both.yaml", Outcome::Conflict, true),
            ("rules/came-to-it.yaml", Outcome::Same, false),
            ("rules/kept.yaml", Outcome::Kept, false),
            ("rules/own.yaml", Outcome::Kept, false),
            ("rules/removed.yaml", Outcome::Removed, false),
            ("rules/same.yaml", Outcome::Unchanged, false),
            ("rules/taken.yaml", Outcome::Taken, false),
        ]
    );
    let counts = stage.store.files().await.unwrap();
    assert_eq!(
        counts,
        *stage.town.counts.lock().unwrap(),
        "the city lives by what is stored"
    );
    assert_eq!(
        counts["rules/both.yaml"], mine,
        "a conflict changes nothing for the city"
    );
    assert_eq!(counts["rules/taken.yaml"], theirs);
    assert_eq!(counts["rules/own.yaml"], "of ours");
    assert!(!counts.contains_key("rules/removed.yaml"));
    let facts = stage.facts().await.split_off(told);
    let of = |kind: &str| -> Vec<_> {
        let chosen = facts.iter().filter(|fact| fact.kind == kind);
        chosen.map(|fact| fact.subject.clone()).collect()
    };
    assert_eq!(of(CONFLICT), ["rule/both"]);
    let changed = [
        "rule/added",
        "rule/both",
        "rule/came-to-it",
        "rule/removed",
        "rule/taken",
    ];
    assert_eq!(of(ITEM_CHANGED), changed);
    // the same pack once more finds the same and writes nothing
    let again = stage.load(two).await;
    assert_eq!(again.count(Outcome::Conflict), 1, "it waits until somebody chooses");
    assert_eq!(stage.facts().await.len(), told + facts.len());
}

async fn conflict() -> (Stage, String, String) {
    let stage = Stage::new();
    stage.start(incoming("one", &[("rules/a.yaml", OLD)])).await;
    let (mine, theirs) = (OLD.replace("limit: 1", "limit: 9"), OLD.replace("last: z", "last: y"));
    stage.put("rules/a.yaml", &mine).await;
    stage.load(incoming("two", &[("rules/a.yaml", &theirs)])).await;
    (stage, mine, theirs)
}

#[tokio::test]
async fn a_conflict_shows_both_changes_and_a_proposal_that_nobody_applies() {
    let (stage, mine, _) = conflict().await;
    let conflicts = stage.packs.conflicts(&person("leader")).await.unwrap();
    let (summary, conflict) = &conflicts[0];
    assert_eq!((conflicts.len(), summary.item.state()), (1, State::Conflict));
    assert!(conflict.by_pack.contains("+last: y") && !conflict.by_pack.contains("limit: 9"));
    assert!(conflict.by_person.contains("+limit: 9") && !conflict.by_person.contains("last: y"));
    let proposal = conflict.proposal.clone().unwrap();
    assert!(proposal.contains("limit: 9") && proposal.contains("last: y"));
    assert_eq!(stage.text("rules/a.yaml").await, Some(mine));
    let take = Take::Text(proposal.clone());
    stage
        .packs
        .resolve(&keeper(), &name("rules/a.yaml"), &take, None)
        .await
        .unwrap();
    assert_eq!(stage.text("rules/a.yaml").await, Some(proposal));
    assert!(stage.packs.conflicts(&keeper()).await.unwrap().is_empty());
}

#[tokio::test]
async fn each_choice_settles_a_conflict_for_this_base_only() {
    for take in [Take::Overlay, Take::Base, Take::Text("mine anew".into())] {
        let (stage, mine, theirs) = conflict().await;
        let rule = name("rules/a.yaml");
        let before = stage.store.item(&rule).await.unwrap().unwrap().item.latest;
        let changed = stage
            .packs
            .resolve(&keeper(), &rule, &take, Some(before))
            .await
            .unwrap();
        let (text, state) = match &take {
            Take::Overlay => (mine.clone(), State::Overlay),
            Take::Base => (theirs.clone(), State::Base),
            Take::Text(text) => (text.clone(), State::Overlay),
        };
        assert_eq!(changed.item.state(), state, "{take:?}");
        assert_eq!(stage.text("rules/a.yaml").await, Some(text), "{take:?}");
        let again = stage.packs.resolve(&keeper(), &rule, &take, None).await;
        assert!(matches!(again, Err(PackError::WrongState { .. })), "{take:?}");
        // the pack stays: no conflict; it changes again: a new one, unless nothing lies over it
        let report = stage.load(incoming("two", &[("rules/a.yaml", &theirs)])).await;
        assert_eq!(report.count(Outcome::Conflict), 0, "{take:?}");
        let report = stage.load(incoming("three", &[("rules/a.yaml", "quite new")])).await;
        assert_eq!(
            report.count(Outcome::Conflict),
            usize::from(state == State::Overlay),
            "{take:?}"
        );
    }
}

#[tokio::test]
async fn who_writes_during_a_conflict_has_not_chosen_yet() {
    let (stage, _, theirs) = conflict().await;
    stage.put("rules/a.yaml", "another of mine").await;
    assert_eq!(stage.packs.conflicts(&keeper()).await.unwrap().len(), 1);
    // unless it is what the pack says
    stage.put("rules/a.yaml", &theirs).await;
    assert!(stage.packs.conflicts(&keeper()).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_pack_with_a_mistake_or_against_an_overlay_changes_nothing() {
    let stage = Stage::new();
    stage
        .start(incoming("one", &[("profiles/p.yaml", "volt"), ("rules/a.yaml", "a")]))
        .await;
    stage.put("rules/a.yaml", "volt").await;
    let before = stage.store.files().await.unwrap();
    for (pack, file) in [
        (
            incoming("two", &[("profiles/p.yaml", "volt\nbad")]),
            "profiles/p.yaml:2:1: 'bad'",
        ),
        // in itself it is right; with the overlay it is not
        (
            incoming("three", &[("profiles/p.yaml", "metre"), ("rules/a.yaml", "a")]),
            "rules/a.yaml:1:1: volt is not",
        ),
    ] {
        for only_look in [true, false] {
            let refused = stage.packs.upgrade(&operator(), pack.clone(), only_look).await;
            let Err(PackError::Unfit(mistakes)) = refused else {
                panic!("{refused:?}")
            };
            assert_eq!(mistakes.len(), 1);
            assert!(mistakes[0].to_string().starts_with(file), "{}", mistakes[0]);
        }
    }
    assert_eq!(stage.store.files().await.unwrap(), before);
}
