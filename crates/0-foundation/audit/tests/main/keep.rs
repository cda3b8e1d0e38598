//! Retention: what is old goes by its class, the tree stays whole, and nothing goes unsaid.

use crate::sealed::{Sealed, verify};
use audit::keep::Terms;
use audit::query::{Filter, find};
use audit::verify::Fault;
use std::path::{Path, PathBuf};
use std::time::Duration;
use testkit::clock::VirtualClock;

const DAY: Duration = Duration::from_secs(86_400);

fn terms(read: u32, change: u32) -> Terms {
    Terms {
        read: Some(DAY * read),
        change: Some(DAY * change),
        security: None,
    }
}

/// Three hundred records, 33 bytes of each on average, in some segments; then a hundred days.
async fn aged(root: &Path) -> Sealed {
    let clock = VirtualClock::default();
    let sealed = Sealed::open(root, &clock).await;
    sealed.write(0..300).await;
    sealed.seal().await;
    clock.advance(DAY * 100);
    sealed
}

/// Files of the audit log, oldest first.
fn segments(root: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root.join("data/audit")).unwrap();
    let mut segments: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    segments.retain(|path| path.extension().is_some_and(|ending| ending == "log"));
    segments.sort();
    segments
}

#[tokio::test]
async fn nothing_goes_before_its_time() {
    let dir = tempfile::tempdir().unwrap();
    let sealed = aged(dir.path()).await;
    for terms in [
        terms(101, 365),
        Terms {
            read: None,
            change: None,
            security: None,
        },
    ] {
        assert_eq!(sealed.retention(terms).turn().await.unwrap(), 0);
    }
    assert_eq!(sealed.trail.tree().size(), 300);
}

#[tokio::test]
async fn reads_go_before_changes_and_the_rest_is_verified() {
    let dir = tempfile::tempdir().unwrap();
    let sealed = aged(dir.path()).await;
    let all = segments(dir.path()).len();
    let gone = sealed.retention(terms(30, 365)).turn().await.unwrap();
    assert_eq!(gone, 96, "a third of eighteen full tiles of sixteen");
    assert_eq!(
        sealed.retention(terms(30, 365)).turn().await.unwrap(),
        0,
        "once is enough"
    );
    let left = segments(dir.path());
    assert!(left.len() < all - 5, "whole segments went: {} of {all}", left.len());
    let found = find(
        &sealed.trail,
        &Filter {
            target: Some("/things/".into()),
            ..Filter::default()
        },
        None,
        1_000,
    )
    .await;
    let reads = found
        .unwrap()
        .items
        .iter()
        .filter(|(_, record)| record.act.starts_with("GET"))
        .count();
    assert_eq!(reads, 4, "those in the tile that is not full");
    let changes = Filter {
        act: Some("thing.done".into()),
        ..Filter::default()
    };
    assert_eq!(
        find(&sealed.trail, &changes, None, 1_000).await.unwrap().items.len(),
        200,
        "no change was lost"
    );
    sealed.seal().await;
    drop(sealed);
    let report = verify(dir.path());
    assert!(report.is_sound(), "{:?}", report.findings);
    assert!(report.dropped > 30, "{report:?}");
    assert_eq!(report.sound + report.dropped, report.records);
}

#[tokio::test]
async fn later_the_changes_go_as_well() {
    let dir = tempfile::tempdir().unwrap();
    let sealed = aged(dir.path()).await;
    sealed.retention(terms(30, 365)).turn().await.unwrap();
    sealed.clock.advance(DAY * 300);
    // the rest of the eighteen, and of the tile that the words about them have filled
    assert_eq!(sealed.retention(terms(30, 365)).turn().await.unwrap(), 192 + 12);
    sealed.seal().await;
    drop(sealed);
    let report = verify(dir.path());
    assert!(report.is_sound(), "{:?}", report.findings);
}

#[tokio::test]
async fn what_went_without_a_word_and_what_should_have_stayed_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let sealed = aged(dir.path()).await;
    sealed.retention(terms(30, 365)).turn().await.unwrap();
    sealed.seal().await;
    drop(sealed);
    let kept = dir.path().join("data/objects").join(audit::keep::name(0, 0));
    let good = std::fs::read(&kept).unwrap();
    let mut bad = good.clone();
    bad[200] ^= 1;
    std::fs::write(&kept, bad).unwrap();
    let faults = |root: &Path| {
        verify(root)
            .findings
            .iter()
            .map(|finding| finding.fault)
            .collect::<Vec<_>>()
    };
    assert_eq!(faults(dir.path()), [Fault::Kept]);
    std::fs::remove_file(&kept).unwrap();
    assert_eq!(faults(dir.path()), [Fault::Kept]);
    std::fs::write(&kept, good).unwrap();
    assert_eq!(faults(dir.path()), []);
    // an hour later somebody removes a further segment by hand
    let segments = segments(dir.path());
    std::fs::remove_file(&segments[segments.len() - 2]).unwrap();
    assert!(
        faults(dir.path()).contains(&Fault::Missing),
        "{:?}",
        verify(dir.path()).findings
    );
}
