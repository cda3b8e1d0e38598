//! The faulty log fails as it was told, and only so.

use super::*;

/// The smallest log that can be decorated: it remembers what it was given.
#[derive(Debug, Default)]
struct Remembering {
    frames: Arc<Mutex<Vec<Bytes>>>,
    head: watch::Sender<Position>,
}

#[async_trait]
impl Log for Remembering {
    fn append(&self, frame: Bytes) -> Appending {
        let mut frames = self.frames.lock();
        frames.push(frame);
        let position = Position {
            epoch: 0,
            sequence: frames.len() as u64,
        };
        self.head.send_replace(position);
        Box::pin(std::future::ready(Ok(position)))
    }
    fn head(&self) -> watch::Receiver<Position> {
        self.head.subscribe()
    }
    async fn read(&self, _: Position, _: usize) -> Result<Vec<Frame>> {
        Ok(Vec::new())
    }
    async fn pin(&self, _: &str, _: Position) -> Result<()> {
        Ok(())
    }
    async fn pins(&self) -> Result<Vec<(String, Position)>> {
        Ok(Vec::new())
    }
    async fn release(&self, _: Position) -> Result<u64> {
        Ok(0)
    }
    fn usage(&self) -> LogUsage {
        LogUsage::default()
    }
}

fn faulty(faults: LogFaults) -> (FaultyLog, Arc<Mutex<Vec<Bytes>>>) {
    let inner = Remembering::default();
    let frames = inner.frames.clone();
    (FaultyLog::new(Arc::new(inner), 7, faults), frames)
}

#[tokio::test]
async fn without_faults_it_is_the_inner_log() {
    let (log, frames) = faulty(LogFaults::default());
    for number in 1..=10 {
        assert_eq!(log.append(Bytes::from_static(b"x")).await.unwrap().sequence, number);
    }
    assert_eq!(
        (frames.lock().len(), log.head().borrow().sequence, log.appends()),
        (10, 10, 10)
    );
    log.read(Position::START, 1).await.unwrap();
    log.pin("a", Position::START).await.unwrap();
}

#[tokio::test]
async fn refused_frames_are_not_stored_and_lost_answers_are() {
    let (log, frames) = faulty(LogFaults {
        append_error: 0.3,
        append_full: 0.3,
        ..LogFaults::default()
    });
    let mut stored = 0;
    let (mut errors, mut full) = (0, 0);
    for _ in 0..200 {
        match log.append(Bytes::new()).await {
            Ok(_) => stored += 1,
            Err(PortError::Full(_)) => full += 1,
            Err(_) => errors += 1,
        }
    }
    assert_eq!(frames.lock().len(), stored);
    assert!(stored > 20 && errors > 20 && full > 20, "{stored} {errors} {full}");
    log.set_faults(LogFaults {
        lost_answer: 1.0,
        ..LogFaults::default()
    });
    assert!(log.append(Bytes::new()).await.is_err());
    assert_eq!(frames.lock().len(), stored + 1);
}

#[tokio::test]
async fn a_crash_is_for_good_and_stores_the_frame_or_not() {
    for (point, stored) in [(CrashPoint::BeforeStoring, 2), (CrashPoint::BeforeAnswering, 3)] {
        let (log, frames) = faulty(LogFaults {
            crash: Some((3, point)),
            ..LogFaults::default()
        });
        log.append(Bytes::new()).await.unwrap();
        log.append(Bytes::new()).await.unwrap();
        for _ in 0..3 {
            assert!(matches!(log.append(Bytes::new()).await, Err(PortError::Unavailable(_))));
        }
        log.set_faults(LogFaults::default());
        assert!(log.read(Position::START, 1).await.is_err() && log.has_crashed());
        assert_eq!(frames.lock().len(), stored);
    }
}

#[tokio::test]
async fn a_slow_log_keeps_the_order_of_calls_and_full_ends_when_it_is_told_to() {
    let (log, frames) = faulty(LogFaults {
        max_delay: Duration::from_millis(3),
        ..LogFaults::default()
    });
    let late = log.append(Bytes::from_static(b"1"));
    log.append(Bytes::from_static(b"2")).await.unwrap();
    late.await.unwrap();
    assert_eq!(*frames.lock(), ["1", "2"]);
    log.set_full(true);
    assert!(matches!(log.append(Bytes::new()).await, Err(PortError::Full(_))));
    log.set_full(false);
    log.append(Bytes::new()).await.unwrap();
}
