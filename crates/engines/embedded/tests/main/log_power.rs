//! Power cuts and failing disks: nothing acknowledged is lost, nothing appears that nobody appended, the order stays.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::log_ground::{content, everything, open_sim, small};
use bytes::Bytes;
use embedded::disk::{Faults, SimDisk};
use embedded::log::{EmbeddedLog, LogOptions};
use kernel::position::Position;
use ports::error::PortError;
use ports::log::Log;
use rand::Rng;
use std::collections::BTreeMap;
use std::sync::Arc;
use testkit::seed;

/// What the clients of a log know.
#[derive(Debug, Default)]
struct Known {
    /// Acknowledged numbers with their positions.
    acknowledged: BTreeMap<u64, Position>,
    /// Numbers that were asked for and not acknowledged.
    open: Vec<u64>,
    next: u64,
}

/// Four clients append until the log fails or `count` frames are through; each sends a few ahead.
async fn append_from_clients(log: &Arc<EmbeddedLog>, known: &mut Known, count: u64) {
    let base = known.next;
    known.next += 4 * count;
    let clients = (0..4_u64).map(|client| {
        let log = log.clone();
        tokio::spawn(async move {
            let (mut acknowledged, mut open) = (Vec::new(), Vec::new());
            let numbers: Vec<u64> = (0..count).map(|number| base + client * count + number).collect();
            for ahead in numbers.chunks(3) {
                let appending: Vec<_> = ahead
                    .iter()
                    .map(|number| (*number, log.append(Bytes::from(content(*number)))))
                    .collect();
                let mut failed = false;
                for (number, appending) in appending {
                    match appending.await {
                        Ok(position) => acknowledged.push((number, position)),
                        Err(error) => {
                            open.push(number);
                            failed |= !matches!(error, PortError::Full(_));
                        }
                    }
                }
                if failed {
                    break;
                }
            }
            (acknowledged, open)
        })
    });
    let clients: Vec<_> = clients.collect();
    for client in clients {
        let (acknowledged, open) = client.await.unwrap();
        known.acknowledged.extend(acknowledged);
        known.open.extend(open);
    }
}

/// What is wrong with a log, in words: lost, ghosts, disorder.
async fn faults_of(log: &EmbeddedLog, known: &Known) -> Vec<String> {
    let mut faults = Vec::new();
    let mut found = BTreeMap::new();
    let mut last = Position::START;
    for frame in everything(log).await {
        if frame.position <= last {
            faults.push(format!("{} comes after {last}", frame.position));
        }
        last = frame.position;
        let mut number = [0; 8];
        number.copy_from_slice(&frame.bytes[..8]);
        let number = u64::from_le_bytes(number);
        if frame.bytes != content(number) || number >= known.next {
            faults.push(format!("ghost at {}", frame.position));
        }
        if found.insert(number, frame.position).is_some() {
            faults.push(format!("frame {number} is there twice"));
        }
    }
    for (number, position) in &known.acknowledged {
        if found.get(number) != Some(position) {
            faults.push(format!(
                "acknowledged frame {number} at {position} is {:?}",
                found.get(number)
            ));
        }
    }
    faults
}

/// Three power cuts in a row at chosen operations of the disk, with clients at work each time.
async fn cut_three_times(seed: u64, lying: bool) -> Vec<String> {
    let mut random = seed::rng_of(seed);
    let disk = SimDisk::new(seed);
    let mut known = Known::default();
    let options = LogOptions {
        segment_bytes: 8 << 10,
        ..small()
    };
    for _ in 0..3 {
        disk.lie_about_sync(lying);
        disk.switch_off_after(random.random_range(1..120));
        if let Ok((log, _)) = open_sim(&disk, options.clone()) {
            let log = Arc::new(log);
            append_from_clients(&log, &mut known, 60).await;
        }
        disk.power_cut(random.random());
        let opened = open_sim(&disk, options.clone());
        let (log, _) = opened.expect("a log opens after every power cut");
        let faults = faults_of(&log, &known).await;
        if !faults.is_empty() {
            return faults;
        }
        // A frame that was not acknowledged may have been stored; from now on it must stay as it is.
        for frame in everything(&log).await {
            let mut number = [0; 8];
            number.copy_from_slice(&frame.bytes[..8]);
            known.acknowledged.insert(u64::from_le_bytes(number), frame.position);
        }
    }
    Vec::new()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_power_cut_takes_nothing_that_was_acknowledged() {
    for seed in seed::seeds(150) {
        let faults = cut_three_times(seed, false).await;
        assert!(faults.is_empty(), "repeat with {}={seed}: {faults:?}", seed::SEED);
    }
}

/// The positive control: if this passed, the test above would prove nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_lies_about_syncs_is_found_out() {
    let mut lost = 0;
    for seed in 0..20 {
        lost += u32::from(
            tokio::spawn(cut_three_times(seed, true))
                .await
                .map_or(true, |faults| !faults.is_empty()),
        );
    }
    assert!(
        lost >= 15,
        "only {lost} of 20 power cuts on a lying disk lost something"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_first_failed_write_or_sync_nothing_is_acknowledged_any_more() {
    for seed in seed::seeds(60) {
        let disk = SimDisk::new(seed);
        let (log, _) = open_sim(
            &disk,
            LogOptions {
                segment_bytes: 8 << 10,
                ..small()
            },
        )
        .unwrap();
        let log = Arc::new(log);
        let mut known = Known::default();
        append_from_clients(&log, &mut known, 5).await;
        let probability = 0.02 * (1 + seed % 5) as f64;
        let faults = match seed % 2 {
            0 => Faults {
                sync_error: probability,
                ..Faults::default()
            },
            _ => Faults {
                write_error: probability,
                ..Faults::default()
            },
        };
        disk.set_faults(faults);
        while log.failed().borrow().is_none() {
            append_from_clients(&log, &mut known, 20).await;
        }
        disk.set_faults(Faults::default());
        let operations = disk.operations();
        for _ in 0..3 {
            let answer = log.append(Bytes::from_static(b"late")).await;
            assert!(
                matches!(answer, Err(PortError::Unavailable(_))),
                "seed {seed}: {answer:?}"
            );
        }
        assert_eq!(disk.operations(), operations, "a failed log leaves the disk alone");
        drop(log);
        disk.power_cut(seed);
        let (log, _) = open_sim(&disk, small()).unwrap();
        assert_eq!(faults_of(&log, &known).await, Vec::<String>::new(), "seed {seed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_clearly_and_the_log_recovers_by_itself() {
    for seed in seed::seeds(20) {
        let mut random = seed::rng_of(seed);
        let disk = SimDisk::new(seed);
        let options = LogOptions {
            segment_bytes: 100 << 10,
            ..small()
        };
        let (log, _) = open_sim(&disk, options.clone()).unwrap();
        let log = Arc::new(log);
        let mut known = Known::default();
        for _ in 0..3 {
            let before = known.acknowledged.len();
            append_from_clients(&log, &mut known, 30).await;
            assert_eq!(
                known.acknowledged.len(),
                before + 120,
                "seed {seed}: with room everything is taken"
            );
            // Either the disk has no room left, or single writes fail for want of it after a part.
            if random.random_bool(0.5) {
                disk.set_capacity(Some(disk.used() + random.random_range(0..2_000)));
            } else {
                disk.set_faults(Faults {
                    write_full: 0.5,
                    ..Faults::default()
                });
            }
            append_from_clients(&log, &mut known, 200).await;
            assert!(
                log.failed().borrow().is_none(),
                "seed {seed}: a full disk is no failure"
            );
            assert_eq!(
                faults_of(&log, &known).await,
                Vec::<String>::new(),
                "seed {seed}: reads go on"
            );
            disk.set_capacity(None);
            disk.set_faults(Faults::default());
        }
        assert!(!known.open.is_empty(), "seed {seed}: something was refused");
        drop(log);
        disk.power_cut(seed);
        let (log, _) = open_sim(&disk, options).unwrap();
        assert_eq!(faults_of(&log, &known).await, Vec::<String>::new(), "seed {seed}");
        let stored: Vec<Vec<u8>> = everything(&log)
            .await
            .into_iter()
            .map(|frame| frame.bytes.to_vec())
            .collect();
        assert!(
            known.open.iter().all(|number| !stored.contains(&content(*number))),
            "seed {seed}: refused is not stored"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_does_not_keep_a_log_from_opening() {
    let disk = SimDisk::new(1);
    let mut known = Known::default();
    let log = Arc::new(open_sim(&disk, small()).unwrap().0);
    append_from_clients(&log, &mut known, 50).await;
    drop(log);
    disk.set_capacity(Some(disk.used()));
    let log = Arc::new(open_sim(&disk, small()).unwrap().0);
    assert!(matches!(
        log.append(Bytes::from_static(b"x")).await,
        Err(PortError::Full(_))
    ));
    assert_eq!(faults_of(&log, &known).await, Vec::<String>::new());
    disk.set_capacity(None);
    append_from_clients(&log, &mut known, 50).await;
    assert_eq!(known.acknowledged.len(), 400);
}
