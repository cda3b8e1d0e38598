//! What every log promises. An engine runs [`all`], and [`refuses_when_full`] with a small log.
//!
//! `open` opens the log of the given name: empty at the first call, the same frames afterwards. Every log is dropped
//! before it is opened again.

use crate::error::PortError;
use crate::log::{Frame, Log};
use bytes::Bytes;
use kernel::position::Position;
use std::sync::Arc;

/// Runs every promise, each on a log of its own.
pub async fn all<F: AsyncFn(&str) -> Arc<dyn Log>>(open: F) {
    is_empty_at_first(open("is_empty_at_first").await).await;
    positions_follow_calls(open("positions_follow_calls").await).await;
    returns_what_was_appended(open("returns_what_was_appended").await).await;
    a_dropped_future_undoes_nothing(open("a_dropped_future_undoes_nothing").await).await;
    announces_its_head(open("announces_its_head").await).await;
    reads_in_pieces(open("reads_in_pieces").await).await;
    takes_concurrent_appends(open("takes_concurrent_appends").await).await;
    pins_hold_back_release(open("pins_hold_back_release").await).await;
    survives_reopening(&open).await;
    never_reuses_a_position(&open).await;
}

/// Everything after a position, in pieces.
pub async fn read_all(log: &dyn Log, mut after: Position, max_bytes: usize) -> Vec<Frame> {
    let mut all = Vec::new();
    loop {
        let frames = log.read(after, max_bytes).await.unwrap();
        let Some(last) = frames.last() else { return all };
        assert!(
            frames[0].position > after,
            "only frames after the asked position are returned"
        );
        after = last.position;
        all.extend(frames);
    }
}

fn numbered(number: u32) -> Bytes {
    Bytes::from(format!("frame {number}"))
}

async fn fill(log: &dyn Log, count: u32) -> Vec<Position> {
    let appending: Vec<_> = (0..count).map(|number| log.append(numbered(number))).collect();
    let mut positions = Vec::new();
    for appending in appending {
        positions.push(appending.await.unwrap());
    }
    positions
}

/// An empty log has a head before everything, no frames and no pins.
pub async fn is_empty_at_first(log: Arc<dyn Log>) {
    assert_eq!(*log.head().borrow(), Position::START);
    assert_eq!(log.read(Position::START, 1_000).await.unwrap(), []);
    assert_eq!(log.pins().await.unwrap(), []);
    let usage = log.usage();
    assert_eq!(usage.quarantined, 0);
    assert!(usage.bytes <= usage.max_bytes);
}

/// Positions follow the order of the calls, not the order in which the answers are awaited.
pub async fn positions_follow_calls(log: Arc<dyn Log>) {
    let mut appending: Vec<_> = (0..200).map(|number| log.append(numbered(number))).collect();
    let mut positions = Vec::new();
    while let Some(last) = appending.pop() {
        positions.push(last.await.unwrap());
    }
    positions.reverse();
    assert!(positions.is_sorted_by(|a, b| a < b), "positions grow with the calls");
    assert_eq!(positions[0].sequence, 1, "the first frame of an epoch has number 1");
    let frames = read_all(&*log, Position::START, 1_000_000).await;
    for (number, frame) in (0..).zip(&frames) {
        assert_eq!(frame.bytes, numbered(number));
    }
    assert_eq!(frames.iter().map(|frame| frame.position).collect::<Vec<_>>(), positions);
}

/// Bytes come back as they were, none and many included.
pub async fn returns_what_was_appended(log: Arc<dyn Log>) {
    let large: Vec<u8> = (0..1_000_000_u32)
        .map(|number| (number.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    let contents = [
        Bytes::new(),
        Bytes::from_static(b"\0"),
        Bytes::from(large),
        Bytes::from(vec![0; 100_000]),
    ];
    for content in &contents {
        let position = log.append(content.clone()).await.unwrap();
        assert_eq!(
            *log.head().borrow(),
            position,
            "an acknowledged frame is within the head"
        );
    }
    let frames = read_all(&*log, Position::START, 1_000).await;
    assert_eq!(
        frames.into_iter().map(|frame| frame.bytes).collect::<Vec<_>>(),
        contents
    );
}

/// A queued frame is stored even if nobody waits for it.
pub async fn a_dropped_future_undoes_nothing(log: Arc<dyn Log>) {
    drop(log.append(Bytes::from_static(b"nobody waits")));
    log.append(Bytes::from_static(b"somebody waits")).await.unwrap();
    let frames = read_all(&*log, Position::START, 1_000).await;
    assert_eq!(frames[0].bytes, "nobody waits");
    assert_eq!(frames[1].bytes, "somebody waits");
}

/// Who waits for the head is woken, and can then read up to it.
pub async fn announces_its_head(log: Arc<dyn Log>) {
    let mut head = log.head();
    let reader = {
        let log = log.clone();
        tokio::spawn(async move {
            let mut after = Position::START;
            while after.sequence < 20 {
                head.changed().await.unwrap();
                let announced = *head.borrow_and_update();
                for frame in read_all(&*log, after, 50).await {
                    after = frame.position;
                }
                assert!(after >= announced, "what is announced can be read");
            }
        })
    };
    for number in 0..20 {
        log.append(numbered(number)).await.unwrap();
    }
    reader.await.unwrap();
}

/// A read returns about what was asked for, at least one frame, and any position is a place to go on from.
pub async fn reads_in_pieces(log: Arc<dyn Log>) {
    let positions = fill(&*log, 500).await;
    let one = log.read(Position::START, 0).await.unwrap();
    assert_eq!(one.len(), 1, "at least one frame if there is any");
    let some = log.read(Position::START, 100).await.unwrap();
    assert!(
        (2..=20).contains(&some.len()),
        "about 100 bytes, not {} frames",
        some.len()
    );
    for from in [0, 1, 250, 498, 499] {
        let rest = read_all(&*log, positions[from], 333).await;
        assert_eq!(
            rest.iter().map(|frame| frame.position).collect::<Vec<_>>(),
            positions[from + 1..]
        );
    }
    let beyond = Position {
        epoch: u32::MAX,
        sequence: u64::MAX,
    };
    assert_eq!(log.read(beyond, 100).await.unwrap(), []);
}

/// Concurrent callers get distinct positions, each in its own order.
pub async fn takes_concurrent_appends(log: Arc<dyn Log>) {
    let tasks = (0..16_u32).map(|task| {
        let log = log.clone();
        tokio::spawn(async move {
            let mut positions = Vec::new();
            for number in 0..50 {
                positions.push(log.append(numbered(task * 1_000 + number)).await.unwrap());
            }
            assert!(positions.is_sorted_by(|a, b| a < b));
            positions
        })
    });
    let tasks: Vec<_> = tasks.collect();
    let mut all = Vec::new();
    for task in tasks {
        all.extend(task.await.unwrap());
    }
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 800);
    let read = read_all(&*log, Position::START, 777).await;
    assert_eq!(read.iter().map(|frame| frame.position).collect::<Vec<_>>(), all);
}

/// Nothing after a pin is released; a pin can be moved; release never takes what was not offered.
pub async fn pins_hold_back_release(log: Arc<dyn Log>) {
    let positions = fill(&*log, 300).await;
    log.pin("fold", positions[250]).await.unwrap();
    log.pin("lake", positions[99]).await.unwrap();
    let expected = vec![("fold".to_owned(), positions[250]), ("lake".to_owned(), positions[99])];
    assert_eq!(log.pins().await.unwrap(), expected);
    let before = log.usage().bytes;
    let freed = log.release(positions[299]).await.unwrap();
    assert_eq!(log.usage().bytes, before - freed, "what is freed is no longer used");
    let rest = read_all(&*log, positions[99], 1_000).await;
    assert_eq!(rest.len(), 200, "everything after the lowest pin is there");
    log.pin("lake", positions[299]).await.unwrap();
    log.release(positions[199]).await.unwrap();
    assert_eq!(
        read_all(&*log, positions[199], 1_000).await.len(),
        100,
        "nothing after the offered position is released"
    );
}

/// Frames, head and pins are there after reopening, and the log goes on.
pub async fn survives_reopening<F: AsyncFn(&str) -> Arc<dyn Log>>(open: F) {
    let mut expected = Vec::new();
    for round in 0..4 {
        let log = open("survives_reopening").await;
        assert_eq!(
            *log.head().borrow(),
            expected.last().copied().unwrap_or(Position::START)
        );
        let read = read_all(&*log, Position::START, 500).await;
        assert_eq!(read.iter().map(|frame| frame.position).collect::<Vec<_>>(), expected);
        let pinned = expected.last().map(|last| ("fold".to_owned(), *last));
        assert_eq!(log.pins().await.unwrap(), Vec::from_iter(pinned));
        let new = fill(&*log, 50 + round).await;
        assert!(expected.last().is_none_or(|last| *last < new[0]));
        expected.extend(new);
        log.pin("fold", expected[expected.len() - 1]).await.unwrap();
    }
}

/// Not even a release of everything makes a log forget where it was.
pub async fn never_reuses_a_position<F: AsyncFn(&str) -> Arc<dyn Log>>(open: F) {
    let mut last = Position::START;
    for _ in 0..5 {
        let log = open("never_reuses_a_position").await;
        for position in fill(&*log, 100).await {
            assert!(position > last);
            last = position;
        }
        log.release(last).await.unwrap();
    }
}

/// A log that takes about `max_bytes` refuses what is too much, keeps what it acknowledged, and goes on after a release.
pub async fn refuses_when_full(log: Arc<dyn Log>) {
    let content = Bytes::from(vec![7; 1_000]);
    let mut acknowledged: Vec<Position> = Vec::new();
    for round in 0..5 {
        let mut refused = 0;
        while refused < 3 {
            match log.append(content.clone()).await {
                Ok(position) => acknowledged.push(position),
                Err(PortError::Full(_)) => refused += 1,
                Err(other) => panic!("a full log answers Full, not {other}"),
            }
            assert!(acknowledged.len() < 100_000, "the log under test must be small");
        }
        assert!(log.usage().bytes <= log.usage().max_bytes);
        let frames = read_all(&*log, Position::START, 10_000).await;
        let read: Vec<Position> = frames.iter().map(|frame| frame.position).collect();
        assert!(acknowledged.ends_with(&read), "only acknowledged frames are stored");
        if round == 0 {
            assert_eq!(read, acknowledged, "all acknowledged frames are stored");
        }
        let freed = log.release(acknowledged[acknowledged.len() - 1]).await.unwrap();
        assert!(freed > 0, "a full log has something to release");
    }
}
