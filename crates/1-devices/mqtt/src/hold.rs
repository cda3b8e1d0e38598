//! Publishes of 3.1.1 while the log is full: tried again, because nobody can be told.

use driver::intake::{Intake, IntakeError};
use kernel::submission::{Receipt, Submission};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

/// First and longest pause between two tries of a held publish.
const PAUSE: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));

/// Tries again while the log is full: a 3.1.1 client cannot be told, and a missing PUBACK is repeated only after it
/// connects anew. While anything is held the socket is not read. Whoever shuts down does not wait for room.
pub(crate) async fn hold(
    intake: &dyn Intake,
    submission: &Submission,
    limit: Duration,
    holding: &AtomicUsize,
    shutdown: &CancellationToken,
) -> Result<Receipt, IntakeError> {
    let passing =
        |outcome: &Result<Receipt, IntakeError>| matches!(outcome, Err(IntakeError::Full | IntakeError::Busy));
    let outcome = intake.accept(submission).await;
    if !passing(&outcome) {
        return outcome;
    }
    let started = Instant::now();
    holding.fetch_add(1, Ordering::Relaxed);
    let mut pause = PAUSE.0;
    let outcome = loop {
        tokio::select! {
            () = sleep(pause.min(limit)) => {}
            () = shutdown.cancelled() => {}
        }
        let outcome = intake.accept(submission).await;
        if !passing(&outcome) || started.elapsed() >= limit || shutdown.is_cancelled() {
            break outcome;
        }
        pause = (pause * 2).min(PAUSE.1);
    };
    holding.fetch_sub(1, Ordering::Relaxed);
    outcome
}
