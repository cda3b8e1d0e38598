//! Background work: at once, after each nudge, and again after an error.

use chassis::reconcile::run;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;

#[tokio::test]
async fn a_nudge_wakes_it_and_an_error_does_not_end_it() {
    let (tells, mut hears) = mpsc::unbounded_channel();
    let (nudge, stop) = (Arc::new(Notify::new()), CancellationToken::new());
    let mut turns = 0;
    let work = move || {
        turns += 1;
        let (tells, turn) = (tells.clone(), turns);
        async move {
            let _ = tells.send(turn);
            if turn == 2 { Err("told to fail") } else { Ok(()) }
        }
    };
    let year = Duration::from_secs(31_536_000);
    let task = tokio::spawn(run("test", year, Arc::clone(&nudge), stop.clone(), work));
    assert_eq!(hears.recv().await, Some(1), "it begins without waiting for the period");
    for turn in 2..5 {
        nudge.notify_one();
        assert_eq!(hears.recv().await, Some(turn));
    }
    stop.cancel();
    task.await.unwrap();
    assert_eq!(hears.recv().await, None);
}

#[tokio::test]
async fn nudges_during_work_are_one_further_turn() {
    let (nudge, stop, go) = (
        Arc::new(Notify::new()),
        CancellationToken::new(),
        Arc::new(Notify::new()),
    );
    let (tells, mut hears) = mpsc::unbounded_channel();
    let waits = Arc::clone(&go);
    let work = move || {
        let (tells, waits) = (tells.clone(), Arc::clone(&waits));
        async move {
            let _ = tells.send(());
            waits.notified().await;
            Ok::<(), &str>(())
        }
    };
    let year = Duration::from_secs(31_536_000);
    let task = tokio::spawn(run("test", year, Arc::clone(&nudge), stop.clone(), work));
    hears.recv().await.unwrap();
    nudge.notify_one();
    nudge.notify_one();
    go.notify_one();
    hears.recv().await.unwrap();
    stop.cancel();
    go.notify_one();
    task.await.unwrap();
    assert!(hears.recv().await.is_none());
}
