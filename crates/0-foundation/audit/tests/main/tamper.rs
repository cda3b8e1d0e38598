//! Tampering at random with everything that lies on the disk, by somebody who knows the formats and can compute every
//! checksum, but has neither the signing key nor a way to the mirror. All of it must be found.

use crate::sealed::{LEVEL, hours, shelves, signer, verify};
use audit::note::{Checkpoint, Signer, Verifier};
use audit::tree::Tree;
use bytes::Bytes;
use embedded::disk::RealDisk;
use embedded::log::{EmbeddedLog, LogOptions};
use embedded::objects::EmbeddedObjects;
use kernel::position::Position;
use ports::log::Log;
use ports::objects::Objects;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

type Snapshot = BTreeMap<PathBuf, Vec<u8>>;

/// Files of records, tiles and own checkpoints; not the mirror, not what has nothing to do with the trace.
fn evidence(root: &Path) -> Snapshot {
    let mut files = Snapshot::new();
    let mut folders = vec![
        root.join("data/audit"),
        root.join("data/objects/audit"),
        root.join("own"),
    ];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.file_name().is_none_or(|name| name != "pins") {
                files.insert(path.clone(), std::fs::read(&path).unwrap());
            }
        }
    }
    files
}

/// Makes the files as they were.
fn restore(root: &Path, wanted: &Snapshot) {
    for (path, bytes) in evidence(root) {
        match wanted.get(&path) {
            None => std::fs::remove_file(path).unwrap(),
            Some(good) if *good != bytes => std::fs::write(path, good).unwrap(),
            Some(_) => {}
        }
    }
    for (path, bytes) in wanted {
        if !path.exists() {
            std::fs::write(path, bytes).unwrap();
        }
    }
}

fn options() -> LogOptions {
    LogOptions {
        name: "audit".to_owned(),
        segment_bytes: 8 << 10,
        ..LogOptions::default()
    }
}

async fn records(root: &Path) -> Vec<Bytes> {
    let (log, _) = EmbeddedLog::open(Arc::new(RealDisk), &root.join("data/audit"), options()).unwrap();
    let frames = log.read(Position::START, usize::MAX).await.unwrap();
    frames.into_iter().map(|frame| frame.bytes).collect()
}

/// Writes the whole log anew with other records: every checksum, number and file name is right.
async fn rewrite(root: &Path, records: Vec<Bytes>) {
    let dir = root.join("data/audit");
    std::fs::remove_dir_all(&dir).unwrap();
    let (log, _) = EmbeddedLog::open(Arc::new(RealDisk), &dir, options()).unwrap();
    for done in futures::future::join_all(records.into_iter().map(|record| log.append(record))).await {
        done.unwrap();
    }
}

/// Computes the tiles anew from the log, with every checksum right.
async fn forge_tiles(root: &Path) {
    std::fs::remove_dir_all(root.join("data/objects/audit")).unwrap();
    let (log, _) = EmbeddedLog::open(Arc::new(RealDisk), &root.join("data/audit"), options()).unwrap();
    let objects = EmbeddedObjects::open(Arc::new(RealDisk), &root.join("data/objects")).unwrap();
    let objects: Arc<dyn Objects> = Arc::new(objects);
    let tree = Tree::open(Arc::new(log), objects, LEVEL).await.unwrap();
    tree.catch_up().await.unwrap();
}

/// Changes one letter of a record and leaves it a record.
fn altered(record: &Bytes, rng: &mut StdRng) -> Bytes {
    let mut bytes = record.to_vec();
    let digits: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at].is_ascii_digit()).collect();
    let at = digits[rng.random_range(0..digits.len())];
    bytes[at] = b'0' + (bytes[at] - b'0' + rng.random_range(1..10_u8)) % 10;
    Bytes::from(bytes)
}

const KINDS: usize = 12;

struct House {
    root: PathBuf,
    good: Snapshot,
    old: Snapshot,
    records: Vec<Bytes>,
}

impl House {
    fn any(&self, rng: &mut StdRng, among: &str) -> (PathBuf, Vec<u8>) {
        let files: Vec<_> = self
            .good
            .iter()
            .filter(|(path, _)| path.to_string_lossy().contains(among))
            .collect();
        let (path, bytes) = files[rng.random_range(0..files.len())];
        (path.clone(), bytes.clone())
    }

    /// One act of tampering; says what it was.
    async fn tamper(&self, kind: usize, rng: &mut StdRng) -> String {
        let root = &self.root;
        let place = ["data/audit", "objects/audit", "own"][rng.random_range(0..3)];
        let count = self.records.len();
        let mut changed = self.records.clone();
        let (one, other) = (rng.random_range(0..count), rng.random_range(0..count));
        match kind {
            0 => {
                let (path, mut bytes) = self.any(rng, place);
                let at = rng.random_range(0..bytes.len());
                bytes[at] ^= rng.random_range(1..=255_u8);
                std::fs::write(&path, bytes).unwrap();
                format!("byte {at} of {}", path.display())
            }
            1 => {
                let (path, bytes) = self.any(rng, place);
                let cut = rng.random_range(0..bytes.len());
                std::fs::write(&path, &bytes[..cut]).unwrap();
                format!("{} cut at {cut}", path.display())
            }
            2 => {
                let (path, _) = self.any(rng, place);
                std::fs::remove_file(&path).unwrap();
                format!("{} removed", path.display())
            }
            3 => {
                changed.remove(one);
                rewrite(root, changed).await;
                format!("record {one} deleted, the rest renumbered")
            }
            4 => {
                let other = if one == other { (one + 1) % count } else { other };
                changed.swap(one, other);
                rewrite(root, changed).await;
                format!("records {one} and {other} swapped")
            }
            5 => {
                changed[one] = altered(&changed[one], rng);
                rewrite(root, changed).await;
                format!("record {one} altered")
            }
            6 => {
                let copy = changed[one].clone();
                changed.insert(other, copy);
                rewrite(root, changed).await;
                format!("record {one} again before {other}")
            }
            7 => {
                changed.truncate(one);
                rewrite(root, changed).await;
                format!("records from {one} on cut off")
            }
            8 => {
                // an old state of the log, of the tiles, or of both
                let which = [
                    &["data/audit"][..],
                    &["objects/audit"],
                    &["data/audit", "objects/audit"],
                ];
                let which = which[rng.random_range(0..3)];
                let mixed = |path: &Path| which.iter().any(|part| path.to_string_lossy().contains(part));
                let mut state = self.good.clone();
                state.retain(|path, _| !mixed(path));
                state.extend(
                    self.old
                        .iter()
                        .filter(|(path, _)| mixed(path))
                        .map(|(a, b)| (a.clone(), b.clone())),
                );
                restore(root, &state);
                format!("an old state of {which:?}")
            }
            9 => {
                restore(root, &self.old);
                "everything but the mirror as it was before".to_owned()
            }
            10 => {
                let what = if rng.random_bool(0.5) {
                    changed[one] = altered(&changed[one], rng);
                    "altered"
                } else {
                    changed.remove(one);
                    "deleted"
                };
                rewrite(root, changed).await;
                forge_tiles(root).await;
                format!("record {one} {what} and the tree computed anew")
            }
            _ => self.forge_checkpoint(rng),
        }
    }

    fn forge_checkpoint(&self, rng: &mut StdRng) -> String {
        let (path, bytes) = self.any(rng, ".checkpoint");
        let note = String::from_utf8(bytes).unwrap();
        let good = signer().verifier().open(&note).unwrap();
        let forged = match rng.random_range(0..3) {
            0 => {
                // by another key of the same name
                let seed: [u8; 32] = rng.random();
                let size = rng.random_range(0..good.size);
                Signer::new(&good.origin, &seed)
                    .unwrap()
                    .sign(&Checkpoint { size, ..good })
            }
            1 => {
                // a true checkpoint of another hour
                let others: Vec<_> = self
                    .good
                    .iter()
                    .filter(|(other, text)| {
                        other.to_string_lossy().ends_with(".checkpoint")
                            && **other != path
                            && text.as_slice() != note.as_bytes()
                    })
                    .collect();
                String::from_utf8(others[rng.random_range(0..others.len())].1.clone()).unwrap()
            }
            _ => note.replace(&format!("\n{}\n", good.size), &format!("\n{}\n", good.size - 1)),
        };
        std::fs::write(&path, forged).unwrap();
        format!("{} forged", path.display())
    }
}

/// A house of some hours, with its state of an hour earlier.
async fn house(root: &Path) -> House {
    hours(root, 2, 12).await;
    let old = evidence(root);
    // the second part goes on where the first ended, an hour later
    let clock = testkit::clock::VirtualClock::default();
    clock.advance(std::time::Duration::from_secs(7_200));
    for _ in 0..3 {
        let sealed = crate::sealed::Sealed::open(root, &clock).await;
        sealed.write(0..12).await;
        sealed.seal().await;
        clock.advance(std::time::Duration::from_secs(1_200));
    }
    let good = evidence(root);
    let records = records(root).await;
    let good_after = evidence(root);
    assert_eq!(good, good_after, "looking changes nothing");
    House {
        root: root.to_owned(),
        good,
        old,
        records,
    }
}

async fn tamper(times: u64, first_seed: u64) {
    let dir = tempfile::tempdir().unwrap();
    let house = house(dir.path()).await;
    let report = verify(dir.path());
    assert!(report.is_sound(), "before anything: {:?}", report.findings);
    assert!(
        report.records > 120 && report.tiles >= 7 && report.checkpoints >= 6,
        "{report:?}"
    );
    let mut kinds = [0; KINDS];
    for seed in first_seed..first_seed + times {
        let mut rng = StdRng::seed_from_u64(seed);
        let kind = rng.random_range(0..KINDS);
        let what = house.tamper(kind, &mut rng).await;
        let report = verify(dir.path());
        assert!(!report.is_sound(), "seed {seed}: {what} was not found");
        assert!(
            report.findings.iter().all(|finding| !finding.place.is_empty()),
            "{:?}",
            report.findings
        );
        kinds[kind] += 1;
        restore(dir.path(), &house.good);
    }
    assert!(verify(dir.path()).is_sound(), "everything was put back");
    println!("{times} acts of tampering, all found; of each kind: {kinds:?}");
}

#[tokio::test]
async fn tampering_is_found() {
    tamper(120, 1).await;
}

#[tokio::test]
#[ignore = "10,000 acts of tampering; `cargo xtask prove` runs it"]
async fn tampering_is_found_ten_thousand_times() {
    tamper(10_000, 1_000_000).await;
}

#[tokio::test]
async fn what_was_done_is_told_where_it_was_done() {
    let dir = tempfile::tempdir().unwrap();
    let house = house(dir.path()).await;
    let mut changed = house.records.clone();
    changed[20] = Bytes::from(
        String::from_utf8(changed[20].to_vec())
            .unwrap()
            .replace("allowed", "denied"),
    );
    rewrite(dir.path(), changed).await;
    let report = verify(dir.path());
    let all: Vec<String> = report.findings.iter().map(ToString::to_string).collect();
    assert_eq!(all.len(), 1, "{all:?}");
    assert!(
        all[0].contains("record 20 ") && all[0].contains("position 0-21"),
        "{all:?}"
    );
    restore(dir.path(), &house.good);

    // without a tile, the range between two checkpoints is told
    let mut changed = house.records.clone();
    let last = changed.len() - 1;
    changed[last] = Bytes::from(
        String::from_utf8(changed[last].to_vec())
            .unwrap()
            .replace("allowed", "denied"),
    );
    rewrite(dir.path(), changed).await;
    let report = verify(dir.path());
    assert!(
        report
            .findings
            .iter()
            .all(|finding| finding.place.starts_with("records ")),
        "{:?}",
        report.findings
    );
}

#[tokio::test]
async fn a_checkpoint_that_an_auditor_kept_finds_a_rollback_of_everything() {
    let dir = tempfile::tempdir().unwrap();
    let house = house(dir.path()).await;
    let own = &shelves(dir.path())[0];
    let note = own.read().unwrap().notes.pop().unwrap().1;
    let key: Verifier = signer().verifier();
    restore(dir.path(), &house.old);
    let trust = audit::verify::Trust {
        shelves: vec![own.clone()],
        ..audit::verify::Trust::default()
    };
    let run = |trust| audit::verify::verify(&mut crate::sealed::Files::of(dir.path()), &trust).unwrap();
    assert!(
        run(trust.clone()).is_sound(),
        "a rollback of everything is only seen from outside"
    );
    let trust = audit::verify::Trust {
        from: Some(note),
        key: Some(key),
        ..trust
    };
    assert!(!run(trust.clone()).is_sound());
    restore(dir.path(), &house.good);
    assert!(run(trust).is_sound());
}
