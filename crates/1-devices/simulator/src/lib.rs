//! A simulated Hà Nội: seeded devices that speak real MQTT over TLS with certificates of their own, or through gateways.
//!
//! **Invariants:** what a device reports is a function of seed, device, moment and the commands that it was given, so that
//! the same seed gives the same city; nothing waits or grows without bound (a device keeps at most 32 unsent reports, pauses
//! between two attempts to connect grow up to half a minute); the simulator ends with its parent process.
//!
//! **What happens.** One field of rain ([`storm`] or ordinary showers) lies over the city: it fills black spots
//! (`basin`), which slow the traffic around them and which pumps empty; it washes the air and swells the rivers. Showers alone keep
//! everything within the thresholds of the rules of the pack, but for the flood that a manifest may order at the first gauge.
//! The last of several devices of some kinds is broken in a way of its own (`fault`).
//!
//! Start reading at [`run`], then `city`, `sky`, `basin`, `profile`, `link`.

mod basin;
pub mod city;
pub mod command;
pub mod error;
mod fault;
mod identity;
mod link;
pub mod manifest;
pub mod moment;
mod noise;
mod outbox;
mod place;
mod profile;
mod progress;
mod senml;
mod sky;
mod stop;
pub mod storm;

pub use error::SimulatorError;

use crate::city::City;
use crate::link::Link;
use crate::manifest::Manifest;
use crate::moment::Moment;
use crate::progress::Progress;
use chassis::scaled::ScaledClock;
use chassis::wall::WallClock;
use kernel::clock::Clock;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;

/// No device reports more often than this, whatever rate and virtual time say.
const SHORTEST: Duration = Duration::from_millis(10);

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
    let clock: Arc<dyn Clock> = match manifest.time {
        Some(scaling) => Arc::new(ScaledClock::new(scaling)),
        None => Arc::new(WallClock),
    };
    let speed = manifest.rate * manifest.time.map_or(1.0, |scaling| scaling.scale);
    let start = clock.now();
    // the water of a storm that has lasted for hours takes a moment to compute: before the first connection, not during it
    city.measure_all(Moment::new(start, start));
    let mut links = JoinSet::new();
    for (index, identity) in identities {
        let interval = Duration::from_secs(city.interval_s(index)).div_f64(speed);
        let link = Link {
            city: Arc::clone(&city),
            index,
            options: link::options(city.id(index), host, port, identity),
            progress: Arc::clone(&progress),
            clock: Arc::clone(&clock),
            start,
            interval: interval.max(SHORTEST),
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
