//! The tree follows the log, survives crashes, proves its records, and notices a log that is not what it was.

use crate::sealed::{LEVEL, Sealed, hours, shelves, signer, verify};
use audit::merkle::{self, is_consistent, leaf, root_from_inclusion};
use audit::query::{Filter, find};
use audit::tree::Tree;
use audit::verify::Fault;
use kernel::position::Position;
use std::sync::Arc;
use std::time::Duration;
use testkit::clock::VirtualClock;

#[tokio::test]
async fn the_tree_is_that_of_all_records_and_the_same_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let clock = VirtualClock::default();
    let sealed = Sealed::open(dir.path(), &clock).await;
    sealed.write(0..75).await;
    sealed.seal().await;
    let frames = sealed.tenant.audit.read(Position::START, usize::MAX).await.unwrap();
    let leaves: Vec<_> = frames.iter().map(|frame| leaf(&frame.bytes)).collect();
    let (size, root, last) = sealed.trail.tree().head();
    assert_eq!((size, root), (75, merkle::root(&leaves)));
    assert_eq!(last, frames[74].position);
    assert_eq!(sealed.trail.tree().tiles().len(), 4);
    for (index, frame) in (0..).zip(&frames) {
        assert_eq!(sealed.trail.tree().position_of(index), Some(frame.position));
        assert_eq!(sealed.trail.tree().index_of(frame.position), Some(index));
        assert_eq!(sealed.trail.tree().index_after(frame.position), index + 1);
    }
    assert_eq!(sealed.trail.tree().index_after(Position::START), 0);
    drop(sealed);
    let again = Sealed::open(dir.path(), &clock).await;
    assert_eq!(again.trail.tree().size(), 64, "full tiles are known at once");
    again.seal().await;
    assert_eq!(again.trail.tree().head(), (75, root, last));
    for size in [0, 1, 16, 17, 63, 64, 74, 75] {
        let expected = merkle::root(&leaves[..size as usize]);
        assert_eq!(
            again.trail.tree().root_at(size).await.unwrap(),
            Some(expected),
            "{size}"
        );
    }
    assert_eq!(again.trail.tree().root_at(76).await.unwrap(), None);
}

#[tokio::test]
async fn every_record_and_every_growth_is_proven() {
    let dir = tempfile::tempdir().unwrap();
    let sealed = Sealed::open(dir.path(), &VirtualClock::default()).await;
    sealed.write(0..53).await;
    sealed.seal().await;
    let tree = sealed.trail.tree();
    let (size, root, _) = tree.head();
    for index in 0..size {
        let proof = tree.inclusion(index, size).await.unwrap().unwrap();
        let own = tree.leaf(index).await.unwrap().unwrap();
        assert_eq!(root_from_inclusion(index, size, &own, &proof), Some(root), "{index}");
    }
    for old in 1..=size {
        let before = tree.root_at(old).await.unwrap().unwrap();
        let proof = tree.consistency(old, size).await.unwrap().unwrap();
        assert!(is_consistent(old, &before, size, &root, &proof), "{old}");
    }
    assert_eq!(tree.inclusion(size, size).await.unwrap(), None);
    assert_eq!(tree.inclusion(0, size + 1).await.unwrap(), None);
}

#[tokio::test]
async fn a_kill_before_the_seal_costs_no_record() {
    let dir = tempfile::tempdir().unwrap();
    let clock = VirtualClock::default();
    let sealed = Sealed::open(dir.path(), &clock).await;
    sealed.write(0..20).await;
    sealed.seal().await;
    sealed.write(20..60).await;
    // as after a kill: records are durable, tree and checkpoint know nothing of them
    drop(sealed);
    let report = verify(dir.path());
    let faults: Vec<_> = report.findings.iter().map(|finding| finding.fault).collect();
    assert_eq!(faults, [Fault::Uncovered], "{:?}", report.findings);
    let again = Sealed::open(dir.path(), &clock).await;
    again.seal().await;
    drop(again);
    let report = verify(dir.path());
    assert!(report.is_sound(), "{:?}", report.findings);
    assert_eq!((report.records, report.sound, report.tiles), (60, 60, 3));
}

#[tokio::test]
async fn a_seal_keeps_one_checkpoint_for_each_hour_in_both_folders() {
    let dir = tempfile::tempdir().unwrap();
    hours(dir.path(), 3, 10).await;
    for shelf in shelves(dir.path()) {
        let found = shelf.read().unwrap();
        assert_eq!(found.notes.len(), 3, "{:?}", found.notes);
        let newest = shelf.newest(&signer().verifier()).unwrap().unwrap();
        assert_eq!((newest.size, newest.number), (120, 3));
    }
    let report = verify(dir.path());
    assert!(report.is_sound(), "{:?}", report.findings);
    assert_eq!((report.records, report.sound), (120, 120));
    assert_eq!(report.checkpoints, 6);
}

#[tokio::test]
async fn a_log_that_lost_records_is_signed_beside_the_old_checkpoint_and_never_over_it() {
    let dir = tempfile::tempdir().unwrap();
    hours(dir.path(), 1, 5).await;
    let log = dir.path().join("data/audit");
    for entry in std::fs::read_dir(&log).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            std::fs::remove_file(path).unwrap();
        }
    }
    std::fs::remove_dir_all(dir.path().join("data/objects")).unwrap();
    let clock = VirtualClock::default();
    let sealed = Sealed::open(dir.path(), &clock).await;
    sealed.write(0..3).await;
    sealed.seal().await;
    let found = shelves(dir.path())[0].read().unwrap();
    assert_eq!(found.notes.len(), 2, "the evidence stays");
    drop(sealed);
    let report = verify(dir.path());
    assert!(
        report.findings.iter().any(|finding| finding.fault == Fault::Missing),
        "{:?}",
        report.findings
    );
}

#[tokio::test]
async fn a_lost_tile_is_told_and_a_lost_last_tile_is_computed_anew() {
    let dir = tempfile::tempdir().unwrap();
    hours(dir.path(), 2, 10).await;
    let tile = |number: u64| dir.path().join("data/objects").join(audit::tile::name(number));
    std::fs::remove_file(tile(4)).unwrap();
    let again = Sealed::open(dir.path(), &VirtualClock::default()).await;
    again.seal().await;
    assert_eq!(again.trail.tree().size(), 80);
    assert!(tile(4).exists());
    std::fs::remove_file(tile(2)).unwrap();
    let (log, objects) = (Arc::clone(&again.tenant.audit), Arc::clone(&again.tenant.objects));
    let broken = Tree::open(log, objects, LEVEL).await.unwrap();
    assert_eq!(broken.size(), 32, "what is before it can be read");
    let error = broken.catch_up().await.unwrap_err();
    assert!(error.to_string().contains("tile 2"), "{error}");
}

#[tokio::test]
async fn records_are_found_newest_first_page_by_page() {
    let dir = tempfile::tempdir().unwrap();
    let clock = VirtualClock::default();
    let sealed = Sealed::open(dir.path(), &clock).await;
    let mut times = Vec::new();
    for block in 0..10 {
        times.push(clock.advance(Duration::from_secs(60)));
        sealed.write(block * 10..block * 10 + 10).await;
    }
    sealed.seal().await;
    let (mut before, mut pages, mut targets) = (None, 0, Vec::new());
    loop {
        let page = find(&sealed.trail, &Filter::default(), before, 7).await.unwrap();
        targets.extend(
            page.items
                .iter()
                .map(|(entry, record)| (entry.index, record.target.clone())),
        );
        pages += 1;
        before = page.before;
        if before.is_none() {
            break;
        }
    }
    assert_eq!(pages, 15);
    let expected: Vec<_> = (0..100_u64)
        .rev()
        .map(|number| (number, format!("/things/{number}")))
        .collect();
    assert_eq!(targets, expected);
    let some = |filter: Filter| {
        let trail = sealed.trail.clone();
        async move { find(&trail, &filter, None, 1_000).await.unwrap().items.len() }
    };
    let within = Filter {
        from: Some(times[3]),
        to: Some(times[5]),
        ..Filter::default()
    };
    assert_eq!(some(within).await, 20);
    for (filter, count) in [
        (
            Filter {
                act: Some("get /THINGS".into()),
                ..Filter::default()
            },
            34,
        ),
        (
            Filter {
                target: Some("/things/9".into()),
                ..Filter::default()
            },
            11,
        ),
        (
            Filter {
                actors: vec!["service:test".into()],
                ..Filter::default()
            },
            100,
        ),
        (
            Filter {
                actors: vec!["test".into()],
                ..Filter::default()
            },
            100,
        ),
        (
            Filter {
                actors: vec!["anonymous".into()],
                ..Filter::default()
            },
            0,
        ),
        (
            Filter {
                source: Some("127.0.0.1".into()),
                ..Filter::default()
            },
            100,
        ),
        (
            Filter {
                source: Some("10.".into()),
                ..Filter::default()
            },
            0,
        ),
        (
            Filter {
                outcomes: vec![audit::model::Outcome::Denied],
                ..Filter::default()
            },
            0,
        ),
        (
            Filter {
                classes: vec![audit::model::Class::Read],
                ..Filter::default()
            },
            34,
        ),
    ] {
        assert_eq!(some(filter.clone()).await, count, "{filter:?}");
    }
}
