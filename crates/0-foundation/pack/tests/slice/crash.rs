//! Storage that fails in the middle: an upgrade is done with its facts or not at all, and the next start does it.

use crate::stage::{Stage, incoming, keeper, name, operator};
use pack::decide::Outcome;
use ports::records::Records;
use std::sync::Arc;
use testkit::fault::CrashPoint;
use testkit::faulty_records::{FaultyRecords, RecordsFaults};

#[tokio::test]
async fn an_upgrade_is_whole_or_was_not() {
    for point in [CrashPoint::BeforeStoring, CrashPoint::BeforeAnswering] {
        let stage = Stage::new();
        stage
            .start(incoming("one", &[("rules/a.yaml", "a1"), ("rules/b.yaml", "b1")]))
            .await;
        stage.put("rules/b.yaml", "mine").await;
        let told = stage.facts().await.len();
        let faults = RecordsFaults {
            crash: Some((1, point)),
            ..RecordsFaults::default()
        };
        let inner: Arc<dyn Records> = Arc::new(stage.engine.clone());
        let packs = stage.packs_over(Arc::new(FaultyRecords::new(inner, 1, faults)));
        let two = incoming("two", &[("rules/a.yaml", "a2"), ("rules/b.yaml", "b2")]);
        packs.upgrade(&operator(), two.clone(), false).await.unwrap_err();
        let counts = stage.town.counts.lock().unwrap().clone();
        assert_ne!(
            counts.get("rules/a.yaml").map(String::as_str),
            Some("a2"),
            "what is not sure does not count"
        );
        let done = !stage.facts().await[told..].is_empty();
        assert_eq!(
            stage.text("rules/a.yaml").await.as_deref(),
            Some(if done { "a2" } else { "a1" })
        );
        assert_eq!(stage.text("rules/b.yaml").await.as_deref(), Some("mine"));
        // the next try brings the rest, and nothing twice
        let report = stage.load(two).await;
        assert_eq!(report.count(Outcome::Conflict), 1);
        assert_eq!(stage.facts().await.len(), told + 3);
        assert_eq!(stage.store.versions(&name("rules/a.yaml")).await.unwrap().len(), 2);
    }
}

#[tokio::test]
async fn two_who_write_at_once_both_stay_among_the_versions() {
    let stage = Stage::new();
    stage.start(incoming("one", &[("rules/a.yaml", "a1")])).await;
    let rule = name("rules/a.yaml");
    let judged = async |text: &str| stage.packs.edit(&keeper(), &rule, text, Some(1)).await;
    let (one, two) = tokio::join!(judged("mine"), judged("yours"));
    assert_eq!(
        (one.is_ok(), two.is_ok()),
        (true, false),
        "the second has judged an old version"
    );
    let any = async |text: &str| stage.packs.edit(&keeper(), &rule, text, None).await;
    let (three, four) = tokio::join!(any("three"), any("four"));
    assert_eq!((three.unwrap().item.latest, four.unwrap().item.latest), (3, 4));
    let counts = stage.town.counts.lock().unwrap()["rules/a.yaml"].clone();
    assert_eq!(
        Some(counts),
        stage.text("rules/a.yaml").await,
        "what counts is what is stored"
    );
}
