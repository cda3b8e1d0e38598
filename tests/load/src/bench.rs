//! `load bench`: what docs/performance.md reports, each measurement with the disk's sync latency beside it.

pub(crate) mod alert;
pub(crate) mod body;
pub(crate) mod disk;
mod http;
mod lag;
mod lake;
mod mqtt;
mod reconnect;
mod start;

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use std::path::PathBuf;

#[derive(Args)]
pub(crate) struct BenchArgs {
    #[command(subcommand)]
    what: Option<What>,
    /// Folder below which the data lies; it decides which disk is measured
    #[arg(long, global = true)]
    dir: Option<PathBuf>,
}

#[derive(Subcommand)]
enum What {
    /// Bulk ingest over HTTP: observations per second, durable before the answer
    Http(http::HttpArgs),
    /// MQTT QoS 1 beside mosquitto: acknowledged publishes per second
    Mqtt(mqtt::MqttArgs),
    /// From PUBACK to the alert on the event stream, under load
    Alert(alert::AlertArgs),
    /// All devices lose their connection because the server is killed, and come back; not part of "everything"
    Reconnect(reconnect::ReconnectArgs),
    /// From the start to ready, and idle memory
    Start(start::StartArgs),
    /// Ingest with rules and lake: whether what waits for the lake grows; not part of "everything"
    Lag(lag::LagArgs),
    /// The lake beside DuckDB on the same files; not part of "everything", because it writes a hundred million rows
    Lake(lake::LakeArgs),
}

/// Runs one measurement, or all with their defaults.
pub(crate) async fn run(args: BenchArgs) -> Result<()> {
    println!(
        "fdatasync of 4 KiB on this disk: {}",
        disk::sync_latency(args.dir.as_deref())?.summary()
    );
    let dir = args.dir.as_deref();
    match args.what {
        Some(What::Http(args)) => http::run(&args, dir).await,
        Some(What::Mqtt(args)) => mqtt::run(&args, dir).await,
        Some(What::Alert(args)) => alert::run(&args, dir).await,
        Some(What::Reconnect(args)) => reconnect::run(&args, dir).await,
        Some(What::Start(args)) => start::run(&args, dir).await,
        Some(What::Lag(args)) => lag::run(&args, dir).await,
        Some(What::Lake(args)) => lake::run(&args, dir).await,
        None => {
            start::run(&start::StartArgs::default(), dir).await.context("start")?;
            http::run(&http::HttpArgs::default(), dir)
                .await
                .context("http, line protocol")?;
            http::run(&http::HttpArgs::arrow(), dir).await.context("http, Arrow")?;
            mqtt::run(&mqtt::MqttArgs::default(), dir).await.context("mqtt")?;
            alert::run(&alert::AlertArgs::default(), dir).await.context("alert")
        }
    }
}
