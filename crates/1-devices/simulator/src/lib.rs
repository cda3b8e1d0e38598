//! A simulated Hà Nội: seeded devices that speak real MQTT over TLS with certificates of their own.
//!
//! **Invariants:** what a device reports is a function of seed, device and moment alone, so that the same seed gives the
//! same city; nothing waits or grows without bound (a device keeps at most 32 unsent reports, pauses between
//! two attempts to connect grow up to half a minute); the simulator ends with its parent process.
//!
//! **What happens.** The first flood gauge of the manifest rises when the manifest says so, the last rain gauge sends an
//! impossible value now and then, the last traffic counter is silent for some minutes of each half hour (both only
//! where there is more than one of the kind). Everything else stays within the thresholds of the rules of the pack.
//!
//! Start reading at [`run`], then `city`, `profile`, `link`.

pub mod city;
pub mod error;
mod fault;
mod identity;
mod link;
pub mod manifest;
pub mod moment;
mod noise;
mod outbox;
mod profile;
mod progress;
mod senml;
mod stop;

pub use error::SimulatorError;

use crate::city::City;
use crate::link::Link;
use crate::manifest::Manifest;
use crate::progress::Progress;
use chassis::wall::WallClock;
use kernel::clock::Clock;
use std::future::Future;
use std::sync::Arc;
use tokio::task::JoinSet;

/// Simulates until SIGTERM, Ctrl-C, or the end of the parent process.
///
/// # Errors
/// [`SimulatorError`] when the manifest or a file that it names is not usable; nothing was sent then. A server that does not
/// answer is no error: the devices try again.
pub async fn run(manifest: Manifest) -> anyhow::Result<()> {
    let told = stop::told()?;
    run_until(manifest, told).await?;
    Ok(())
}

/// Simulates until `stop` resolves.
///
/// # Errors
/// As [`run`].
pub async fn run_until(manifest: Manifest, stop: impl Future<Output = ()>) -> Result<(), SimulatorError> {
    let city = Arc::new(City::new(&manifest)?);
    let (host, port) = identity::address(&manifest.address)?;
    let identities = identity::load(&manifest)?;
    let progress = Arc::new(Progress::new(identities.len()));
    let start = WallClock.now();
    let mut links = JoinSet::new();
    for (index, identity) in identities.into_iter().enumerate() {
        let link = Link {
            city: Arc::clone(&city),
            index,
            options: link::options(city.id(index), host, port, identity),
            progress: Arc::clone(&progress),
            start,
            interval_s: manifest.interval_s,
        };
        links.spawn(link.run());
    }
    tokio::select! {
        () = stop => {}
        () = progress.tell() => {}
    }
    // the sockets break without a DISCONNECT, so that the wills are told
    links.shutdown().await;
    Ok(())
}
