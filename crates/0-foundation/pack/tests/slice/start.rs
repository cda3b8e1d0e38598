//! What a start does with the pack that it brings.

use crate::stage::{Stage, incoming, name};
use pack::decide::Outcome;
use pack::record::OLD_FILES;
use ports::records::{Change, Expect, Records, Transaction};

#[tokio::test]
async fn a_first_start_fills_the_records_and_tells_nothing() {
    let stage = Stage::new();
    let pack = incoming(
        "one",
        &[("rules/a.yaml", "a1"), ("orgs.yaml", "o1"), ("README.md", "for people")],
    );
    let report = stage.start(pack.clone()).await.unwrap();
    assert_eq!((report.lines.len(), report.count(Outcome::Added)), (2, 2));
    assert!(stage.facts().await.is_empty(), "nobody has changed anything");
    assert_eq!(stage.text("rules/a.yaml").await.as_deref(), Some("a1"));
    assert_eq!(stage.start(pack).await, None, "the same pack again is no upgrade");
    assert_eq!(stage.store.versions(&name("rules/a.yaml")).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_pack_that_was_loaded_stays_until_the_program_brings_another_one() {
    let stage = Stage::new();
    let own = incoming("own", &[("rules/a.yaml", "own")]);
    stage.start(incoming("one", &[("rules/a.yaml", "a1")])).await;
    stage.load(own).await;
    assert_eq!(stage.start(incoming("one", &[("rules/a.yaml", "a1")])).await, None);
    assert_eq!(stage.text("rules/a.yaml").await.as_deref(), Some("own"));
    let report = stage.start(incoming("two", &[("rules/a.yaml", "a2")])).await.unwrap();
    assert_eq!(report.count(Outcome::Taken), 1);
    assert_eq!(stage.text("rules/a.yaml").await.as_deref(), Some("a2"));
}

#[tokio::test]
async fn files_of_an_older_build_become_versions() {
    let stage = Stage::new();
    let old = |key: &str, text: &str, present: bool| Change::Put {
        collection: OLD_FILES,
        key: key.into(),
        expect: Expect::Absent,
        body: format!(r#"{{"format":1,"text":"{text}","present":{present}}}"#).into_bytes(),
        indexes: Vec::new(),
    };
    let changes = vec![
        old("rules/a.yaml", "before", true),
        old("rules/gone.yaml", "gone", false),
    ];
    let transaction = Transaction {
        changes,
        ..Transaction::default()
    };
    stage.engine.commit(transaction).await.unwrap();
    let report = stage
        .start(incoming("new", &[("rules/a.yaml", "after")]))
        .await
        .unwrap();
    assert_eq!(report.count(Outcome::Taken), 1);
    let versions = stage.store.versions(&name("rules/a.yaml")).await.unwrap();
    let texts: Vec<_> = versions.iter().filter_map(|version| version.text.as_deref()).collect();
    assert_eq!(texts, ["before", "after"]);
    assert!(stage.store.old_files().await.unwrap().is_empty());
    assert_eq!(
        stage.store.items().await.unwrap().len(),
        1,
        "what did not count is not taken over"
    );
}
