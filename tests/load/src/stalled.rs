//! `load stalled`: subscribers that stop reading must cost little memory and delay nobody.
//!
//! Two servers run side by side under the same load, and at one of them some subscribers stop reading. A server grows while
//! it works, with every alert that it keeps: only what it grows beyond the other is what they cost. Both pack files now and
//! then, and hold a few hundred MiB for a moment, each at its own: so each minute is looked at in its middle.

mod delays;
mod side;
mod stopped;

use crate::bench::disk;
use crate::server::Server;
use crate::trend::Trend;
use anyhow::{Result, ensure};
use clap::Args;
use side::Side;
use std::path::PathBuf;
use stopped::Stopped;

#[derive(Args)]
pub(crate) struct StalledArgs {
    /// Seconds with subscribers that do not read
    #[arg(long, default_value_t = 300)]
    seconds: u64,
    /// Seconds before, in which everybody reads
    #[arg(long, default_value_t = 120)]
    alone: u64,
    /// Messages per second to the subscribers of MQTT
    #[arg(long, default_value_t = 1_000)]
    rate: u64,
    /// Alerts per second
    #[arg(long, default_value_t = 20)]
    alerts: u64,
    /// Subscribers of each kind that stop reading
    #[arg(long, default_value_t = 1)]
    stalled: usize,
    /// Folder below which the data lies
    #[arg(long)]
    dir: Option<PathBuf>,
}

/// What subscribers that do not read may cost, in MiB.
const MOST_MIB: f64 = 64.0;
/// Seconds in which the buffers of the kernel fill, and then some.
const LONG_ENOUGH: u64 = 240;
/// A topic outside `devices/#`, opened for this measurement.
const SPACE: &str = "load/# publish=* subscribe=*";
const TOPIC: &str = "load/tick";
/// Bytes of a message; its first 16 digits are the time of sending.
const MESSAGE: usize = 1_024;
/// What streams are subscribed to over HTTP.
const EVENTS: &str = "/api/v1/events?types=alert.,incident.,signal.";
const LIVE: &str = "/api/v1/observations/stream?device=bench-00000";

/// Runs and prints.
pub(crate) async fn run(args: StalledArgs) -> Result<()> {
    let (mut control, mut side) = (Side::start(&args).await?, Side::start(&args).await?);
    // caches fill, streams open
    tokio::try_join!(control.watch(args.alone), side.watch(args.alone))?;
    let before = tokio::try_join!(control.watch(args.alone), side.watch(args.alone))?;
    let (at, mut held) = (side.server.addresses, Vec::new());
    for _ in 0..args.stalled {
        held.push(Stopped::http(at, &side.person, EVENTS).await?);
        held.push(Stopped::mqtt(at, &side.token).await?);
    }
    let mut after = tokio::try_join!(control.watch(args.seconds), side.watch(args.seconds))?;
    println!(
        "stalled: everybody reads: MQTT messages {}, alerts {}; with {} that do not read: MQTT messages {}, alerts {}",
        after.0.messages.summary(),
        after.0.alerts.summary(),
        held.len(),
        after.1.messages.summary(),
        after.1.alerts.summary()
    );
    let first = (before.0.memory.range().1, before.1.memory.range().1);
    let mut cost = f64::MIN;
    for minute in 0..args.seconds.div_ceil(60) {
        let within = |memory: &Trend| {
            let from = (minute * 60) as f64;
            memory.between(from, from + 60.0).range()
        };
        let (control, side) = (within(&after.0.memory), within(&after.1.memory));
        let more = (side.1 - first.1) - (control.1 - first.0);
        println!(
            "stalled: minute {minute}: {:.0} MiB more where everybody reads (at most {:.0} in all), {:.0} MiB more with them (at \
             most {:.0}): they cost {more:.1} MiB",
            control.1 - first.0,
            control.2,
            side.1 - first.1,
            side.2
        );
        cost = cost.max(more);
    }
    println!(
        "stalled: before, in the middle {:.0} and {:.0} MiB; they cost {cost:.1} MiB at most; fdatasync beside it {}",
        first.0,
        first.1,
        disk::sync_latency(args.dir.as_deref())?.summary()
    );
    cut(&side.server, &held).await?;
    ensure!(
        cost <= MOST_MIB,
        "stalled subscribers cost {cost:.1} MiB, more than {MOST_MIB}"
    );
    if args.seconds >= LONG_ENOUGH {
        let uncut = held.iter().find(|stopped| !stopped.is_cut());
        ensure!(
            uncut.is_none(),
            "not cut: {}",
            uncut.map_or("", |stopped| stopped.what.as_str())
        );
    }
    drop(held);
    control.stop().await?;
    side.stop().await
}

/// Who was cut, and what the metrics say of it.
async fn cut(server: &Server, held: &[Stopped]) -> Result<()> {
    for stopped in held {
        let ended = stopped.is_cut();
        println!("stalled: {} was {}cut", stopped.what, if ended { "" } else { "not " });
    }
    for name in [
        "hanoi_ioc_http_cut_total",
        "hanoi_ioc_mqtt_closed_total",
        "hanoi_ioc_mqtt_undelivered_total",
    ] {
        for (labels, figure) in server.metrics(name).await? {
            println!("stalled: {name}{labels} {figure}");
        }
    }
    Ok(())
}
