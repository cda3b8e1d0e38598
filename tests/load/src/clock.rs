//! `load clock`: the clock of the machine jumps forward and back during ingest, as when somebody sets it, and after each jump
//! the server is also killed once. Devices have the same clock, as those have that ask the same source for the time.

use crate::account::Person;
use crate::check::settle;
use crate::crash::{hurried, remembers};
use crate::power::shim;
use crate::senders::{Senders, set_clocks};
use crate::server::{Server, Site};
use anyhow::{Context, Result};
use clap::Args;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::time::sleep;

#[derive(Args)]
pub(crate) struct ClockArgs {
    /// How often all jumps are made
    #[arg(long, default_value_t = 2)]
    rounds: u32,
    /// Seed of the senders
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Folder below which the data lies
    #[arg(long)]
    dir: Option<PathBuf>,
}

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
/// Seconds by which the clock is wrong, one after the other: an hour ahead and behind, 400 days ahead, some seven years back.
const JUMPS: [i64; 7] = [HOUR, -HOUR, 0, 400 * DAY, 0, -2_500 * DAY, 0];
/// Between two jumps, and before and after the kill.
const STAY: Duration = Duration::from_millis(600);

/// Runs the jumps.
pub(crate) async fn run(args: ClockArgs) -> Result<()> {
    let site = hurried(Site::new(args.dir.as_deref())?.with("LOG_SNAPSHOT_MIB", 1));
    let clock = site.dir().join("clock");
    std::fs::write(&clock, 0_i64.to_ne_bytes())?;
    let shim = shim()?;
    let mut server = start(&site, &shim, &clock).await?;
    let password = server.password.clone().context("the first start showed no password")?;
    Person::first(server.addresses.http, &password).await?;
    let (mut records, mut jumps) = (Vec::new(), 0_u64);
    for _ in 0..args.rounds {
        for wrong_by in JUMPS {
            set(&clock, wrong_by)?;
            set_clocks(wrong_by);
            jumps += 1;
            // devices of their own: what was on its way when the clock was set back would rightly be refused afterwards
            let mut senders = Senders::register_as(&site, args.seed + jumps, &format!("jump-{jumps}-")).await?;
            senders.server_is(Some(server.addresses));
            sleep(STAY).await;
            senders.check()?;
            // whoever was signed in may have to sign in again, and can
            Person::again(server.addresses.http)
                .await
                .with_context(|| format!("signing in {wrong_by} s away"))?;
            server.kill().await?;
            senders.server_is(None);
            server = start(&site, &shim, &clock)
                .await
                .with_context(|| format!("the start {wrong_by} s away"))?;
            let person = Person::again(server.addresses.http).await?;
            remembers(&server, &person, &senders)
                .await
                .with_context(|| format!("after a jump to {wrong_by} s"))?;
            senders.server_is(Some(server.addresses));
            sleep(STAY).await;
            records.extend(senders.finish().await?);
        }
    }
    server.stop().await?;
    settle(
        &site,
        &records,
        &format!("{jumps} jumps of the clock, each with a kill"),
        "",
    )
    .await
}

/// Starts the server with the clock of the file.
async fn start(site: &Site, shim: &Path, clock: &Path) -> Result<Server> {
    let more: [(&str, &OsStr); 2] = [
        ("LD_PRELOAD", shim.as_os_str()),
        ("HANOI_IOC_POWERCUT_CLOCK", clock.as_os_str()),
    ];
    site.start_with(&more).await
}

/// Writes the file in place, because the server has it mapped.
fn set(clock: &Path, wrong_by: i64) -> Result<()> {
    use std::os::unix::fs::FileExt;
    let file = std::fs::File::options().write(true).open(clock)?;
    Ok(file.write_all_at(&wrong_by.to_ne_bytes(), 0)?)
}
