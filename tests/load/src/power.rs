//! `load power`: power cuts during ingest. The server runs under the shim of `tests/powercut`, is killed, and everything that
//! was not synced is replaced by a random mixture of before and after; then every acknowledged row is counted.

mod rollback;

use crate::account::Person;
use crate::check::settle;
use crate::crash::{EARLY, READY, hurried, remembers};
use crate::latency::{Latencies, Millis};
use crate::senders::Senders;
use crate::server::{Launched, Server, Site};
use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use rollback::Undone;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::time::sleep;

#[derive(Args)]
pub(crate) struct PowerArgs {
    /// How often the power is cut
    #[arg(long, default_value_t = 20)]
    cuts: u32,
    /// The same seed gives the same waiting times and mixtures
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Folder below which the data lies; it decides which disk is used
    #[arg(long)]
    dir: Option<PathBuf>,
    /// Of a thousand syncs, so many fail: the server must end by itself, and nothing that it acknowledged may be missing
    #[arg(long, default_value_t = 0)]
    fail: u32,
    /// Positive control: the disk does not honour fsync, so that the proof must fail; passes when it does
    #[arg(long)]
    lie: bool,
}

/// Runs the cuts.
pub(crate) async fn run(args: PowerArgs) -> Result<()> {
    let outcome = cuts(&args).await;
    match (args.lie, outcome) {
        (false, outcome) => outcome,
        (true, Ok(())) => bail!("the disk lied and nothing was lost: this proof proves nothing"),
        (true, Err(error)) => {
            println!("a disk that does not honour fsync is found out: {error:#}");
            Ok(())
        }
    }
}

async fn cuts(args: &PowerArgs) -> Result<()> {
    let site = Site::new(args.dir.as_deref())?.with("LOG_SNAPSHOT_MIB", 1);
    // small segments, so that their beginnings are cut as well
    let site = hurried(site).with("LOG_MAX_MIB", 16).with("LOG_RESERVE_MIB", 1);
    let mut random = StdRng::seed_from_u64(args.seed);
    let server = site.start().await?;
    let password = server.password.clone().context("the first start showed no password")?;
    let person = Person::first(server.addresses.http, &password).await?;
    let mut senders = Senders::register(&site, args.seed).await?;
    server.stop().await?;

    let machine = Machine {
        shim: shim()?,
        side: site.dir().join("side"),
        lie: args.lie,
        fail: args.fail,
    };
    let mut fell = 0;
    let (mut ready, mut undone) = (Latencies::default(), Undone::default());
    let mut server = machine.start(&site).await?;
    for cut in 1..=args.cuts {
        senders.server_is(Some(server.addresses));
        // now and then late enough that a snapshot is being written
        let longest = if random.random_bool(0.1) { 2_500_000 } else { 400_000 };
        sleep(Duration::from_micros(random.random_range(100_000..longest))).await;
        if args.fail > 0 {
            machine.let_fail()?;
            fell += u32::from(server.falls(FALL).await?);
        } else {
            server.kill().await?;
        }
        senders.server_is(None);
        senders.check()?;
        undone += machine
            .cut(&site, random.random())
            .await
            .with_context(|| format!("cut {cut}"))?;
        // now and then the power goes again before the server is up
        if random.random_bool(EARLY) {
            let launched = machine.launch(&site).await?;
            sleep(Duration::from_micros(random.random_range(1_000..150_000))).await;
            launched.kill().await?;
            undone += machine
                .cut(&site, random.random())
                .await
                .with_context(|| format!("cut {cut}, second"))?;
        }
        server = machine
            .start(&site)
            .await
            .with_context(|| format!("the start after cut {cut}"))?;
        ready.add(server.took);
        remembers(&server, &person, &senders)
            .await
            .with_context(|| format!("after cut {cut}"))?;
    }
    senders.server_is(Some(server.addresses));
    let records = senders.finish().await?;
    server.stop().await?;
    let slowest = ready.quantile(1.0);
    let [half, most] = [0.5, 0.99].map(|share| Millis(ready.quantile(share)));
    if args.fail > 0 {
        println!(
            "{fell} of {} times the server ended by itself after a sync that failed",
            args.cuts
        );
        ensure!(
            fell * 2 > args.cuts,
            "the server hardly ever ended after a sync that failed"
        );
    }
    let timing = format!(", {undone}, ready p50 {half} p99 {most}");
    settle(&site, &records, &format!("{} power cuts", args.cuts), &timing).await?;
    if slowest > READY {
        bail!("a restart took {}, more than {}", Millis(slowest), Millis(READY));
    }
    Ok(())
}

/// How long a server may go on while syncs fail before it is killed; not every one of its syncs need fail.
const FALL: Duration = Duration::from_secs(3);

/// The machine whose power is cut.
struct Machine {
    shim: PathBuf,
    side: PathBuf,
    lie: bool,
    fail: u32,
}

impl Machine {
    /// From now on syncs fail.
    fn let_fail(&self) -> Result<()> {
        Ok(std::fs::write(self.side.join("fail"), "")?)
    }

    /// Replaces everything that was not synced.
    async fn cut(&self, site: &Site, seed: u64) -> Result<Undone> {
        let (data, side) = (site.data(), self.side.clone());
        tokio::task::spawn_blocking(move || rollback::cut(&data, &side, &mut StdRng::seed_from_u64(seed))).await?
    }

    /// Starts the server and waits until it is ready.
    async fn start(&self, site: &Site) -> Result<Server> {
        self.launch(site).await?.ready().await
    }

    /// Everything on the disk is durable; then the server starts under the shim.
    async fn launch(&self, site: &Site) -> Result<Launched> {
        let data = site.data().canonicalize()?;
        let (from, side) = (data.clone(), self.side.clone());
        tokio::task::spawn_blocking(move || rollback::prepare(&from, &side)).await??;
        let mut more: Vec<(&str, &OsStr)> = vec![
            ("LD_PRELOAD", self.shim.as_os_str()),
            ("HANOI_IOC_POWERCUT_ROOT", data.as_os_str()),
            ("HANOI_IOC_POWERCUT_SIDE", self.side.as_os_str()),
            ("HANOI_IOC_POWERCUT_DWELL_US", OsStr::new("3000")),
        ];
        let fail = self.fail.to_string();
        if self.fail > 0 {
            more.push(("HANOI_IOC_POWERCUT_FAIL", OsStr::new(&fail)));
        }
        if self.lie {
            more.push(("HANOI_IOC_POWERCUT_LIE", OsStr::new("1")));
        }
        site.launch(&more)
    }
}

/// The library that is loaded before the C library.
pub(crate) fn shim() -> Result<PathBuf> {
    let path = match std::env::var_os("HANOI_IOC_POWERCUT_LIB") {
        Some(path) => PathBuf::from(path),
        None => std::env::current_exe()?.with_file_name("libpowercut.so"),
    };
    if !Path::is_file(&path) {
        bail!(
            "{} is no file; build it first (cargo build -p powercut), or name it in HANOI_IOC_POWERCUT_LIB",
            path.display()
        );
    }
    Ok(path)
}
