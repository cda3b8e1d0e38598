//! The log keeps the promises of its port on both disks, reads its first format for ever, and takes part in restores.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::log_ground::{append_all, content, everything, open_real, open_sim, segments, small};
use embedded::disk::SimDisk;
use embedded::log::{EmbeddedLog, LogOptions};
use kernel::position::Position;
use ports::conformance::log as conformance;
use ports::error::PortError;
use ports::log::Log;
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[tokio::test(flavor = "multi_thread")]
async fn it_keeps_the_promises_of_its_port_on_a_real_disk() {
    let dir = tempfile::tempdir().unwrap();
    conformance::all(async |name: &str| Arc::new(open_real(&dir.path().join(name), small()).0) as Arc<dyn Log>).await;
    // Large segments and a large memory take other paths.
    let dir = tempfile::tempdir().unwrap();
    let large = LogOptions::default();
    conformance::all(async |name: &str| Arc::new(open_real(&dir.path().join(name), large.clone()).0) as Arc<dyn Log>)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_keeps_the_promises_of_its_port_on_a_simulated_disk() {
    let disk = Arc::new(SimDisk::new(1));
    let options = LogOptions {
        tail_bytes: 0,
        queue_frames: 3,
        ..small()
    };
    let open = |name: &str| EmbeddedLog::open(disk.clone(), &Path::new("/logs").join(name), options.clone());
    conformance::all(async |name: &str| Arc::new(open(name).unwrap().0) as Arc<dyn Log>).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_refuses_what_is_above_its_size_and_goes_on_after_a_release() {
    let dir = tempfile::tempdir().unwrap();
    let options = LogOptions {
        max_bytes: 100_000,
        ..small()
    };
    conformance::refuses_when_full(Arc::new(open_real(dir.path(), options.clone()).0)).await;
    let log = open_sim(&SimDisk::new(1), options).unwrap().0;
    conformance::refuses_when_full(Arc::new(log)).await;
}

#[tokio::test]
async fn release_gives_back_whole_segments_and_the_files_go() {
    let dir = tempfile::tempdir().unwrap();
    let (log, _) = open_real(dir.path(), small());
    let positions = append_all(&log, (0..500).map(content)).await;
    let before = segments(dir.path()).len();
    assert!(
        before > 10,
        "500 frames of half a kilobyte fill more than {before} segments of 16 KiB"
    );
    log.pin("lake", positions[250]).await.unwrap();
    let freed = log.release(positions[499]).await.unwrap();
    let after = segments(dir.path()).len();
    assert!(
        freed > 80_000 && after < before && after >= before / 3,
        "{freed} bytes, {before} to {after} files"
    );
    log.pin("lake", positions[499]).await.unwrap();
    log.release(positions[499]).await.unwrap();
    assert_eq!(segments(dir.path()).len(), 1, "the newest segment stays");
    drop(log);
    let (log, report) = open_real(dir.path(), small());
    assert!(append_all(&log, [vec![1]]).await[0] > positions[499], "{report:?}");
}

#[tokio::test]
async fn a_restored_log_begins_a_new_epoch_above_all_that_was_seen() {
    let disk = SimDisk::new(1);
    let (log, _) = open_sim(&disk, small()).unwrap();
    let old = append_all(&log, (0..100).map(content)).await;
    log.pin("fold", old[50]).await.unwrap();
    drop(log);
    let restored = LogOptions {
        new_epoch_above: Some(6),
        ..small()
    };
    let (log, report) = open_sim(&disk, restored).unwrap();
    assert_eq!((report.epoch, report.head), (7, old[99]));
    drop(log);
    disk.power_cut(1);
    let (log, report) = open_sim(&disk, small()).unwrap();
    assert_eq!(
        (report.epoch, report.head),
        (7, old[99]),
        "the new epoch is durable before its first frame"
    );
    let new = append_all(&log, (100..200).map(content)).await;
    assert_eq!(new[0], Position { epoch: 7, sequence: 1 });
    let frames = everything(&log).await;
    assert_eq!(
        frames.iter().map(|frame| frame.position).collect::<Vec<_>>(),
        [old.clone(), new.clone()].concat()
    );
    log.pin("fold", new[99]).await.unwrap();
    log.release(old[99]).await.unwrap();
    let rest = everything(&log).await;
    assert_eq!(rest[0].position, new[0], "the old epoch is released up to its very end");
    drop(log);
    let (_, report) = open_sim(
        &disk,
        LogOptions {
            new_epoch_above: Some(0),
            ..small()
        },
    )
    .unwrap();
    assert_eq!(report.epoch, 8);
}

#[tokio::test]
async fn wrong_options_and_frames_are_refused_politely() {
    let disk = SimDisk::new(1);
    let error = open_sim(
        &disk,
        LogOptions {
            max_bytes: 1_000,
            ..small()
        },
    )
    .unwrap_err();
    assert!(
        matches!(&error, PortError::Misuse(text) if text.contains("65536")),
        "{error}"
    );
    let (log, _) = open_sim(
        &disk,
        LogOptions {
            max_frame_bytes: 100,
            ..small()
        },
    )
    .unwrap();
    let error = log.append(vec![0; 101].into()).await.unwrap_err();
    assert!(
        matches!(&error, PortError::Misuse(text) if text.contains("101") && text.contains("100")),
        "{error}"
    );
    log.append(vec![0; 100].into()).await.unwrap();
}

#[tokio::test]
async fn a_pin_can_be_set_back_and_damaged_pins_forbid_release() {
    let dir = tempfile::tempdir().unwrap();
    let (log, _) = open_real(dir.path(), small());
    let positions = append_all(&log, (0..300).map(content)).await;
    log.pin("lake", positions[299]).await.unwrap();
    log.pin("lake", positions[0]).await.unwrap();
    assert_eq!(log.release(positions[299]).await.unwrap(), 0);
    drop(log);
    std::fs::write(dir.path().join("pins"), b"{}").unwrap();
    let (log, report) = open_real(dir.path(), small());
    assert!(report.pins_lost);
    log.pin("lake", positions[299]).await.unwrap();
    assert_eq!(
        log.release(positions[299]).await.unwrap(),
        0,
        "somebody else's pin may be among the lost"
    );
    drop(log);
    let (log, report) = open_real(dir.path(), small());
    assert!(!report.pins_lost && log.release(positions[299]).await.unwrap() > 0);
}

fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/log-1")
}

/// A log of format 1 as it was written once: 40 frames in three segments, one pin. It must be readable for ever.
#[tokio::test]
async fn format_1_is_readable_for_ever() {
    let dir = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(fixture()).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), dir.path().join(entry.file_name())).unwrap();
    }
    let (log, report) = open_real(dir.path(), small());
    assert_eq!(
        (report.torn_bytes, report.quarantined, report.damaged_headers),
        (0, 0, 0)
    );
    let frames = everything(&log).await;
    assert_eq!(frames.len(), 40);
    for (number, frame) in (0..).zip(&frames) {
        assert_eq!(
            (frame.position.sequence, &frame.bytes[..]),
            (number + 1, &content(number)[..])
        );
    }
    assert_eq!(
        log.pins().await.unwrap(),
        [("fold".to_owned(), Position { epoch: 0, sequence: 7 })]
    );
    assert_eq!(append_all(&log, [vec![1]]).await, [Position { epoch: 0, sequence: 41 }]);
}

/// Run by hand, once per format, because what lies there must stay as it was written:
/// `HANOI_IOC_WRITE_FIXTURES=1 cargo test -p embedded --test main -- --ignored writes_the_fixture`.
#[tokio::test]
#[ignore = "writes the fixture of the present format"]
async fn writes_the_fixture_of_the_log() {
    if std::env::var_os("HANOI_IOC_WRITE_FIXTURES").is_none() {
        return;
    }
    let (log, _) = open_real(
        &fixture(),
        LogOptions {
            segment_bytes: 8 << 10,
            ..small()
        },
    );
    append_all(&log, (0..40).map(content)).await;
    log.pin("fold", Position { epoch: 0, sequence: 7 }).await.unwrap();
}

#[tokio::test]
async fn a_newer_format_is_refused_with_a_clear_message() {
    let dir = tempfile::tempdir().unwrap();
    drop(append_all(&open_real(dir.path(), small()).0, [vec![1]]).await);
    let path = &segments(dir.path())[0];
    let mut bytes = std::fs::read(path).unwrap();
    for copy in [0, 64] {
        bytes[copy + 8] = 9;
        let crc = crc_fast::checksum(crc_fast::CrcAlgorithm::Crc32Iscsi, &bytes[copy..copy + 60]) as u32;
        bytes[copy + 60..copy + 64].copy_from_slice(&crc.to_le_bytes());
    }
    std::fs::write(path, bytes).unwrap();
    let error = EmbeddedLog::open(Arc::new(embedded::disk::RealDisk), dir.path(), small()).unwrap_err();
    assert!(
        error.to_string().contains("format 9") && error.to_string().contains("newer version"),
        "{error}"
    );
}
