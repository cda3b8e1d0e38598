//! When a simulation ends: SIGTERM, Ctrl-C, or the death of the process that started it.

use std::future::Future;
use std::io;
use std::os::unix::process::parent_id;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};

/// How often the parent is looked after.
const LOOK: Duration = Duration::from_millis(500);

/// Resolves when the simulation should end. Signals count from now on.
///
/// # Errors
/// When the system lets nobody listen to signals.
pub(crate) fn told() -> io::Result<impl Future<Output = ()>> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let parent = parent_id();
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
            () = orphaned(parent) => {}
        }
    })
}

/// Resolves when somebody else adopted this process, which the system does when the parent dies.
async fn orphaned(parent: u32) {
    let mut look = tokio::time::interval(LOOK);
    while parent_id() == parent {
        look.tick().await;
    }
}
