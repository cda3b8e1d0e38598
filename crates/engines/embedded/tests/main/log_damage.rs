//! Damaged files: a log opens whatever was cut off its end, notices every flipped bit, and keeps the neighbours.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::log_ground::{append_all, content, everything, open_real, open_sim, segments, small};
use bytes::Bytes;
use embedded::disk::{Disk, SimDisk};
use embedded::log::LogOptions;
use ports::log::Log;
use rand::Rng;
use std::path::Path;
use std::sync::Arc;
use testkit::seed;

/// Names and contents of the segments of `/log`.
type Image = Vec<(String, Vec<u8>)>;

fn image(disk: &SimDisk) -> Image {
    let dir = Path::new("/log");
    let entries = disk.list(dir).unwrap().into_iter().filter(|entry| !entry.is_dir);
    entries
        .map(|entry| {
            let file = disk.open(&dir.join(&entry.name)).unwrap();
            let mut bytes = vec![0; file.size().unwrap() as usize];
            file.read_at(0, &mut bytes).unwrap();
            (entry.name, bytes)
        })
        .collect()
}

fn disk_of(image: &Image) -> SimDisk {
    let disk = SimDisk::new(1);
    disk.create_dir_all(Path::new("/log")).unwrap();
    for (name, bytes) in image {
        let file = disk.create(&Path::new("/log").join(name)).unwrap();
        file.write_at(0, bytes).and_then(|()| file.sync_data()).unwrap();
    }
    disk.sync_dir(Path::new("/log")).unwrap();
    disk
}

/// A log of `count` frames in several segments, as files.
async fn written(options: LogOptions, count: u64) -> Image {
    let disk = SimDisk::new(1);
    append_all(&open_sim(&disk, options).unwrap().0, (0..count).map(content)).await;
    image(&disk)
}

/// Cuts the last segment to every length in its last 4 KiB and to every length around its header.
#[tokio::test]
async fn it_opens_whatever_was_cut_off_its_end_and_loses_only_that() {
    let image = written(
        LogOptions {
            segment_bytes: 20 << 10,
            ..small()
        },
        60,
    )
    .await;
    let (last_name, last) = image.last().unwrap().clone();
    assert!(last.len() > 8_192 && image.len() > 1);
    let whole = everything(&open_sim(&disk_of(&image), small()).unwrap().0).await;
    assert_eq!(whole.len(), 60);
    let before_last = 60 - {
        let first = u64::from_str_radix(&last_name[9..25], 16).unwrap();
        61 - first as usize
    };
    for length in (last.len() - 4_096..=last.len()).chain(0..=300) {
        let mut image = image.clone();
        image.last_mut().unwrap().1.truncate(length);
        // How many frames of the last segment are whole: header 128, then 28 bytes and the content for each.
        let mut end = 128;
        let mut kept = before_last;
        for frame in &whole[before_last..] {
            end += 28 + frame.bytes.len();
            kept += usize::from(end <= length);
        }
        let disk = disk_of(&image);
        let (log, report) = open_sim(&disk, small()).unwrap();
        assert_eq!(everything(&log).await, whole[..kept], "length {length}");
        assert_eq!((report.quarantined, log.usage().quarantined), (0, 0), "length {length}");
        let new = append_all(&log, [vec![1]]).await[0];
        assert!(kept == 0 || new > whole[kept - 1].position);
        drop(log);
        disk.power_cut(1);
        let (log, report) = open_sim(&disk, small()).unwrap();
        assert_eq!(everything(&log).await.len(), kept + 1, "length {length}");
        assert_eq!(report.torn_bytes, 0, "what was torn is gone at the second start");
    }
}

#[tokio::test]
async fn every_flipped_bit_is_noticed_set_aside_and_costs_its_own_frame_only() {
    let image = written(small(), 200).await;
    let whole = everything(&open_sim(&disk_of(&image), small()).unwrap().0).await;
    let (_, mut random) = seed::rng("every_flipped_bit_is_noticed");
    for _ in 0..1_000 {
        let mut image = image.clone();
        let chosen = random.random_range(0..image.len());
        let (name, bytes) = &mut image[chosen];
        let bit = random.random_range(0..bytes.len() * 8);
        bytes[bit / 8] ^= 1 << (bit % 8);
        let place = format!("{name} bit {bit}");
        let disk = disk_of(&image);
        let (log, report) = open_sim(&disk, small()).unwrap();
        let frames = everything(&log).await;
        let noticed = log.usage().quarantined > 0 || report.torn_bytes > 0 || report.damaged_headers > 0;
        assert!(noticed, "{place}: {report:?}");
        let kept = disk.list(Path::new("/log/quarantine")).unwrap();
        assert_eq!(kept.len(), 1, "{place}: a copy is set aside");
        let missing = whole.iter().filter(|frame| !frames.contains(frame)).count();
        assert!(
            missing <= 1 && frames.len() == whole.len() - missing,
            "{place}: {missing} frames are missing"
        );
        assert_eq!(
            missing == 0,
            bit < 128 * 8,
            "{place}: only a header can be damaged without loss"
        );
        let new = append_all(&log, [vec![1]]).await[0];
        assert!(
            new > whole[199].position,
            "{place}: the number of a damaged frame is not used again"
        );
    }
}

#[tokio::test]
async fn lost_and_overwritten_pages_cost_only_what_was_on_them() {
    let image = written(
        LogOptions {
            segment_bytes: 64 << 10,
            ..small()
        },
        200,
    )
    .await;
    let whole = everything(&open_sim(&disk_of(&image), small()).unwrap().0).await;
    let (_, mut random) = seed::rng("lost_and_overwritten_pages");
    for round in 0..200 {
        let mut image = image.clone();
        let bytes = &mut image[0].1;
        let page = random.random_range(1..bytes.len() / 4_096);
        match round % 3 {
            0 => bytes[page * 4_096..(page + 1) * 4_096].fill(0),
            1 => random.fill(&mut bytes[page * 4_096..(page + 1) * 4_096]),
            // The page of another place in the same file, with good frames at wrong offsets.
            _ => bytes.copy_within(128..128 + 4_096, page * 4_096),
        }
        let (log, _) = open_sim(&disk_of(&image), small()).unwrap();
        let frames = everything(&log).await;
        assert!(frames.iter().all(|frame| whole.contains(frame)), "nothing is invented");
        assert!(frames.is_sorted_by_key(|frame| frame.position));
        assert!(frames.len() >= whole.len() - 40, "{} frames", frames.len());
        assert!(log.usage().quarantined > 0);
    }
}

#[tokio::test]
async fn without_any_header_a_segment_is_unreadable_and_the_log_goes_on_in_a_new_epoch() {
    let disk = SimDisk::new(1);
    append_all(&open_sim(&disk, small()).unwrap().0, (0..5).map(content)).await;
    let mut image = image(&disk);
    image[0].1[..128].fill(0xAA);
    let size = image[0].1.len();
    let disk = disk_of(&image);
    let (log, report) = open_sim(&disk, small()).unwrap();
    assert_eq!((report.quarantined, report.damaged_headers, report.epoch), (1, 1, 1));
    assert_eq!(everything(&log).await, []);
    append_all(&log, [vec![1]]).await;
    drop(log);
    let kept = &disk.list(Path::new("/log/quarantine")).unwrap()[0];
    let copy = disk.open(&Path::new("/log/quarantine").join(&kept.name)).unwrap();
    assert_eq!(copy.size().unwrap() as usize, size, "all of it was set aside");
    let (log, report) = open_sim(&disk, small()).unwrap();
    assert_eq!((report.epoch, everything(&log).await.len()), (1, 1));
}

#[tokio::test]
async fn empty_and_foreign_files_do_no_harm() {
    let dir = tempfile::tempdir().unwrap();
    let (log, _) = open_real(dir.path(), small());
    append_all(&log, (0..10).map(content)).await;
    drop(log);
    for name in ["00000000-000000000000000b.log", "notes.txt", "00000000-x.log"] {
        std::fs::write(dir.path().join(name), b"").unwrap();
    }
    let (log, report) = open_real(dir.path(), small());
    assert_eq!((report.segments, report.head.sequence), (2, 10));
    assert_eq!(append_all(&log, [vec![1]]).await[0].sequence, 11);
    assert_eq!(everything(&log).await.len(), 11);
    assert_eq!(segments(dir.path()).len(), 3, "two segments and a file that is none");
}

/// Reads of the newest frames come from memory: they succeed on a disk that cannot be read.
#[tokio::test]
async fn who_reads_along_does_not_touch_the_disk() {
    let disk = SimDisk::new(1);
    let log = Arc::new(
        open_sim(
            &disk,
            LogOptions {
                tail_bytes: 1 << 20,
                ..small()
            },
        )
        .unwrap()
        .0,
    );
    append_all(&*log, (0..100).map(content)).await;
    disk.set_faults(embedded::disk::Faults {
        read_error: 1.0,
        ..Default::default()
    });
    let frames = everything(&*log).await;
    assert_eq!(frames.len(), 100);
    assert_eq!(frames[99].bytes, Bytes::from(content(99)));
}
