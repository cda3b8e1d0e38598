//! What people change, and what is refused.

use crate::stage::{Stage, incoming, keeper, name, person};
use kernel::error::{Classified, ErrorKind};
use pack::error::PackError;
use pack::model::{Applies, Change, State};

#[tokio::test]
async fn an_overlay_counts_at_once_is_told_and_can_be_taken_back() {
    let stage = Stage::new();
    stage
        .start(incoming("one", &[("rules/a.yaml", "a1\n"), ("orgs.yaml", "o")]))
        .await;
    let rule = name("rules/a.yaml");
    let changed = stage.packs.edit(&keeper(), &rule, "a2\n", Some(1)).await.unwrap();
    assert_eq!(
        (changed.applies, changed.item.state(), changed.item.latest),
        (Applies::Now, State::Overlay, 2)
    );
    assert_eq!(stage.town.counts.lock().unwrap()["rules/a.yaml"], "a2\n");
    stage.put("rules/a.yaml", "a3\n").await;
    let changed = stage.packs.lift(&keeper(), &rule, Some(3)).await.unwrap();
    assert_eq!((changed.item.state(), changed.item.latest), (State::Base, 4));
    assert_eq!(stage.town.counts.lock().unwrap()["rules/a.yaml"], "a1\n");
    let changed = stage
        .packs
        .edit(&keeper(), &name("orgs.yaml"), "o2", None)
        .await
        .unwrap();
    assert_eq!(changed.applies, Applies::Restart, "the answer says so");

    let whole = stage.packs.one(&keeper(), &rule).await.unwrap();
    let told: Vec<_> = whole
        .versions
        .iter()
        .map(|(version, diff)| (version.change, diff.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (Change::OverlayGone, "@@ -1 +1 @@\n-a3\n+a1\n"),
            (Change::Overlay, "@@ -1 +1 @@\n-a2\n+a3\n"),
            (Change::Overlay, "@@ -1 +1 @@\n-a1\n+a2\n"),
            (Change::Base, "@@ -0,0 +1 @@\n+a1\n"),
        ]
    );
    assert_eq!(whole.versions[0].0.by, keeper().id);
    let facts = stage.facts().await;
    let told: Vec<_> = facts
        .iter()
        .map(|fact| (fact.subject.as_str(), fact.data["state"].as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("rule/a", Some("overlay")),
            ("rule/a", Some("overlay")),
            ("rule/a", Some("base")),
            ("orgs/orgs", Some("overlay")),
        ]
    );
    assert_eq!(facts[2].data["sha256"], pack::model::sha256("a1\n"));
}

#[tokio::test]
async fn an_item_that_no_pack_has_can_be_made_and_goes_again() {
    let stage = Stage::new();
    stage.start(incoming("one", &[("rules/a.yaml", "a1")])).await;
    let own = name("rules/own.yaml");
    let changed = stage.packs.edit(&keeper(), &own, "ours", Some(0)).await.unwrap();
    assert_eq!((changed.item.state(), changed.item.base), (State::Overlay, None));
    stage.packs.lift(&keeper(), &own, None).await.unwrap();
    assert_eq!(stage.text("rules/own.yaml").await, None);
    let whole = stage.packs.one(&keeper(), &own).await.unwrap();
    assert_eq!(whole.summary.item.state(), State::Absent);
    assert_eq!(whole.versions.len(), 2, "what was is still there");
}

#[tokio::test]
async fn what_does_not_do_is_refused_with_its_place_and_changes_nothing() {
    let stage = Stage::new();
    let files = [
        ("profiles/p.yaml", "volt"),
        ("rules/a.yaml", "volt"),
        ("rules/b.yaml", "b"),
    ];
    stage.start(incoming("one", &files)).await;
    let before = stage.store.files().await.unwrap();
    for (path, text, place) in [
        ("rules/b.yaml", "b\nbad b", "rules/b.yaml:2:1: 'bad b'"),
        // right in itself, and another file does not fit any more
        ("profiles/p.yaml", "metre", "rules/a.yaml:1:1: volt is not"),
    ] {
        let refused = stage.packs.edit(&keeper(), &name(path), text, None).await;
        let Err(PackError::Unfit(mistakes)) = refused else {
            panic!("{path}: {refused:?}")
        };
        assert!(mistakes[0].to_string().starts_with(place), "{}", mistakes[0]);
    }
    let long = "x".repeat(pack::model::MAX_TEXT + 1);
    let refused = stage.packs.edit(&keeper(), &name("rules/b.yaml"), &long, None).await;
    assert!(matches!(refused, Err(PackError::Invalid { field: "text", .. })));
    for (judged, found) in [(Some(0), 1), (Some(2), 1)] {
        let refused = stage.packs.edit(&keeper(), &name("rules/b.yaml"), "b2", judged).await;
        assert!(matches!(refused, Err(PackError::Changed { found: is, .. }) if is == found));
    }
    let refused = stage
        .packs
        .lift(&keeper(), &name("rules/b.yaml"), None)
        .await
        .unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Conflict);
    let refused = stage
        .packs
        .lift(&keeper(), &name("rules/none.yaml"), None)
        .await
        .unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::NotFound);
    assert_eq!(stage.store.files().await.unwrap(), before);
    assert!(stage.facts().await.is_empty());
}

#[tokio::test]
async fn a_file_that_was_wrong_before_does_not_stand_in_the_way_of_others() {
    let stage = Stage::new();
    // a start takes what the program brings, and says what is wrong in the log
    stage
        .start(incoming("one", &[("rules/a.yaml", "bad a"), ("rules/b.yaml", "b")]))
        .await;
    stage.put("rules/b.yaml", "b2").await;
    let refused = stage
        .packs
        .edit(&keeper(), &name("rules/a.yaml"), "still\nbad a", None)
        .await;
    assert!(matches!(refused, Err(PackError::Unfit(_))));
    stage.put("rules/a.yaml", "good").await;
}

#[tokio::test]
async fn only_administrators_change_and_only_insiders_look() {
    let stage = Stage::new();
    let pack = incoming("one", &[("rules/a.yaml", "a1")]);
    stage.start(pack.clone()).await;
    let rule = name("rules/a.yaml");
    for role in ["duty_officer", "leader", "device", ""] {
        let actor = person(role);
        let denied = |error: PackError| assert_eq!(error.kind(), ErrorKind::Denied, "{role}");
        denied(stage.packs.edit(&actor, &rule, "a2", None).await.unwrap_err());
        denied(stage.packs.lift(&actor, &rule, None).await.unwrap_err());
        let take = pack::service::Take::Base;
        denied(stage.packs.resolve(&actor, &rule, &take, None).await.unwrap_err());
        denied(stage.packs.upgrade(&actor, pack.clone(), true).await.unwrap_err());
        let reads = ["duty_officer", "leader"].contains(&role);
        assert_eq!(stage.packs.list(&actor).await.is_ok(), reads, "{role}");
        assert_eq!(stage.packs.one(&actor, &rule).await.is_ok(), reads, "{role}");
        assert_eq!(stage.packs.version(&actor, &rule, 1).await.is_ok(), reads, "{role}");
        assert_eq!(stage.packs.conflicts(&actor).await.is_ok(), reads, "{role}");
    }
}
