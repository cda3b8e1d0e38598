//! `load full`: the disk becomes full during ingest, again and again: clear refusals, sign-in and reading go on, recovery comes
//! by itself, and nothing acknowledged is lost.

mod disk;
mod probe;

use crate::account::Person;
use crate::check::settle;
use crate::crash::hurried;
use crate::http::Client;
use crate::latency::Latencies;
use crate::senders::Senders;
use crate::server::{Server, Site};
use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use disk::Disk;
use probe::Probe;
use std::time::{Duration, Instant};
use tokio::time::sleep;

#[derive(Args)]
pub(crate) struct FullArgs {
    /// How often the disk becomes full
    #[arg(long, default_value_t = 5)]
    cycles: u32,
    /// Seed of the senders
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// How long filling may take.
const FILLING: Duration = Duration::from_secs(300);
/// Refusals of a single row, one after the other, after which the disk counts as full; longer than the server's pause
/// between two attempts to recover.
const REFUSALS: u32 = 25;
const BETWEEN: Duration = Duration::from_millis(100);
/// How long recovery may take.
const RECOVERY: Duration = Duration::from_secs(30);
/// Bytes that are left while the disk shall become full, and when there shall be room again.
const TIGHT: u64 = 1 << 20;
const ROOMY: u64 = 14 << 20;
/// Growth of the log that is allowed per cycle where no disk can be made, in MiB.
const STEP: u64 = 2;

/// Runs the cycles.
pub(crate) async fn run(args: FullArgs) -> Result<()> {
    let disk = Disk::new(96 + 24 * u64::from(args.cycles)).await?;
    let mut site = hurried(Site::new(disk.folder())?)
        .with("LOG_RESERVE_MIB", 4)
        .with("LOG_SNAPSHOT_MIB", 4);
    site.set("INSTANCE_PACK_DIR", Probe::pack(&site)?.display());
    let mut limit = 8;
    match &disk {
        Disk::Own(own) => own.leave(40 << 20).await?,
        Disk::Limit => site.set("LOG_MAX_MIB", limit),
    }
    let mut server = site.start().await?;
    let password = server.password.clone().context("the first start showed no password")?;
    Person::first(server.addresses.http, &password).await?;
    let mut senders = Senders::register(&site, args.seed).await?;
    let mut probe = Probe::register(&site).await?;
    senders.server_is(Some(server.addresses));
    let mut recovery = Latencies::default();
    for cycle in 1..=args.cycles {
        fill(&mut probe, &server, &disk)
            .await
            .with_context(|| format!("cycle {cycle}"))?;
        let is_disk = matches!(disk, Disk::Own(_));
        while_full(&mut probe, &server, is_disk)
            .await
            .with_context(|| format!("cycle {cycle}, while the disk was full"))?;
        let began = Instant::now();
        match &disk {
            Disk::Own(own) => own.leave(ROOMY).await?,
            Disk::Limit => {
                senders.server_is(None);
                server.stop().await?;
                limit += STEP;
                site.set("LOG_MAX_MIB", limit);
                server = site.start().await?;
                senders.server_is(Some(server.addresses));
            }
        }
        recover(&mut probe, &server, began)
            .await
            .with_context(|| format!("cycle {cycle}, after room was made"))?;
        recovery.add(began.elapsed());
        senders.check()?;
    }
    let mut records = senders.finish().await?;
    records.push(probe.into_record());
    server.stop().await?;
    let what = format!("{} times full ({})", args.cycles, disk.kind());
    settle(
        &site,
        &records,
        &what,
        &format!(", taken again after {}", recovery.summary()),
    )
    .await
}

/// Single rows that are taken after a refusal before there is room again for more.
const SINGLES: u32 = 200;

/// Sends until the server says that it is full, and that not even one row fits any more. What the server gives back
/// meanwhile is taken by the file of ours.
async fn fill(probe: &mut Probe, server: &Server, disk: &Disk) -> Result<()> {
    let began = Instant::now();
    disk.leave(TIGHT).await?;
    let (mut refused, mut singles) = (0, 0);
    while began.elapsed() < FILLING {
        let answer = probe.send(server.addresses, if refused == 0 { 500 } else { 1 }).await?;
        match answer.status {
            // what is too much for the last kilobytes need not be for a single row
            200 if refused > 0 && singles < SINGLES => (refused, singles) = (1, singles + 1),
            // the log has given room back meanwhile: it is filled with large bodies again
            200 if refused > 0 => {
                disk.leave(TIGHT).await?;
                (refused, singles) = (0, 0);
            }
            200 | 429 | 503 => {}
            507 => {
                let problem = answer.json()?;
                ensure!(problem["code"] == "log_full", "507 with another code: {problem}");
                ensure!(answer.header("retry-after").is_some(), "507 without Retry-After");
                refused += 1;
                if refused > REFUSALS {
                    return Ok(());
                }
                sleep(BETWEEN).await;
            }
            other => bail!("status {other}: {}", String::from_utf8_lossy(&answer.body)),
        }
    }
    bail!("the server was not full after {} s", FILLING.as_secs())
}

async fn while_full(probe: &mut Probe, server: &Server, is_disk: bool) -> Result<()> {
    probe.is_not_acknowledged(server.addresses).await?;
    let person = Person::again(server.addresses.http).await.context("signing in")?;
    let mut client = Client::connect(server.addresses.http).await?;
    for path in [
        "/api/v1/observations/latest?limit=10",
        "/api/v1/alerts?limit=10",
        "/api/v1/devices?limit=10",
    ] {
        person.get(&mut client, path).await.context("reading")?;
    }
    let status = person.get(&mut client, "/api/v1/status").await?;
    ensure!(
        !is_disk || status["disk_read_only"] == true,
        "the status does not say that the disk is full: {status}"
    );
    Ok(())
}

async fn recover(probe: &mut Probe, server: &Server, began: Instant) -> Result<()> {
    loop {
        let answer = probe.send(server.addresses, 1).await?;
        match answer.status {
            200 => break,
            429 | 503 | 507 if began.elapsed() < RECOVERY => sleep(Duration::from_millis(50)).await,
            other => bail!(
                "{:?} later: status {other}: {}",
                began.elapsed(),
                String::from_utf8_lossy(&answer.body)
            ),
        }
    }
    let person = Person::again(server.addresses.http).await?;
    let status = person
        .get(&mut Client::connect(server.addresses.http).await?, "/api/v1/status")
        .await?;
    ensure!(
        status["disk_read_only"] == false,
        "the status still says that the disk is full: {status}"
    );
    Ok(())
}
