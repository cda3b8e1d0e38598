//! All devices lose their connection at once, because the server is killed and started again, and come back with their
//! certificates over TLS 1.3 to the sessions that they had.

mod fleet;

use crate::account::Person;
use crate::http::Client;
use crate::latency::{Latencies, Millis};
use crate::mqtt::free_port;
use crate::proc;
use crate::server::{Server, Site};
use anyhow::{Context, Result, ensure};
use clap::Args;
use fleet::{Back, Fleet};
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, watch};
use tokio::time::{sleep, timeout};

#[derive(Args)]
pub(crate) struct ReconnectArgs {
    /// Devices, each with a certificate and a kept session of its own
    #[arg(long, default_value_t = 10_000)]
    clients: usize,
    /// Devices that may be about to connect at the same moment; the others wait for their turn
    #[arg(long, default_value_t = 2_000)]
    at_once: usize,
    /// How often the server is killed
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Let clients resume TLS sessions where the server offers it
    #[arg(long)]
    resume: bool,
    /// Fail when it takes longer than so many seconds from the server's ready line to the last CONNACK
    #[arg(long)]
    within: Option<u64>,
}

/// How long everybody may take before something is wrong.
const PATIENCE: Duration = Duration::from_secs(180);

/// Measures and prints.
pub(crate) async fn run(args: &ReconnectArgs, dir: Option<&Path>) -> Result<()> {
    proc::raise_files()?;
    let site = Site::new(dir)?;
    // the same door after each start, as devices know it
    let site = site.with("MQTT_TLS_ADDRESS", format!("127.0.0.1:{}", free_port()?));
    let mut server = site.start().await?;
    let http = server.addresses.http;
    Person::first(http, &server.password.clone().context("no first password")?).await?;
    let begun = Instant::now();
    let members = fleet::members(&site, args.clients, args.resume).await?;
    println!(
        "reconnect: {} devices registered and given certificates in {:.1} s",
        args.clients,
        begun.elapsed().as_secs_f64()
    );

    let (said, mut back) = mpsc::unbounded_channel();
    let door = server.addresses.mqtts.context("no door for MQTT over TLS")?;
    let fleet = Fleet::new(door, args.at_once, said);
    let first = Watch::begin(&server)?;
    fleet.send_out(members);
    let seen = everybody(&mut back, args.clients).await?;
    println!("reconnect, the first time: {}", first.say(&server, seen, first.since)?);

    for round in 1..=args.rounds {
        let killed = Instant::now();
        server.kill().await?;
        let restart = Watch::of_ourselves()?;
        server = site.start().await?;
        let ready = Instant::now();
        let prober = Prober::start(server.addresses.http);
        let seen = everybody(&mut back, args.clients).await?;
        let last = seen.last;
        let present = seen.present;
        let (mut asked, failed) = prober.stop().await?;
        let said = restart.say(&server, seen, ready)?;
        let took = last.saturating_duration_since(ready);
        println!(
            "reconnect, kill {round}: ready after {:.2} s; {said}; all back {:.2} s after the kill; meanwhile {} pages of alerts \
             for a person, {failed} failed, {}",
            ready.duration_since(killed).as_secs_f64(),
            last.saturating_duration_since(killed).as_secs_f64(),
            asked.len(),
            asked.summary()
        );
        ensure!(present == args.clients, "{} sessions were lost", args.clients - present);
        if let Some(within) = args.within {
            ensure!(
                took <= Duration::from_secs(within),
                "it took {}, longer than {within} s",
                Millis(took)
            );
        }
    }
    server.stop().await
}

/// What is known of all that came back.
struct Seen {
    last: Instant,
    present: usize,
    failed: u64,
    connecting: Latencies,
    arrivals: Vec<Instant>,
}

async fn everybody(back: &mut mpsc::UnboundedReceiver<Back>, count: usize) -> Result<Seen> {
    let mut seen = Seen {
        last: Instant::now(),
        present: 0,
        failed: 0,
        connecting: Latencies::default(),
        arrivals: Vec::with_capacity(count),
    };
    let waiting = async {
        while seen.arrivals.len() < count {
            let one = back.recv().await.context("the clients are gone")?;
            seen.last = one.at;
            seen.present += usize::from(one.present);
            seen.failed += one.failed;
            seen.connecting.add(one.took);
            seen.arrivals.push(one.at);
        }
        Ok(())
    };
    match timeout(PATIENCE, waiting).await {
        Ok(done) => done.map(|()| seen),
        Err(_) => anyhow::bail!("only {} of {count} came back in {PATIENCE:?}", seen.arrivals.len()),
    }
}

/// Processor time before something.
struct Watch {
    since: Instant,
    own: f64,
    server: f64,
}

impl Watch {
    fn of_ourselves() -> Result<Self> {
        Ok(Self {
            since: Instant::now(),
            own: proc::cpu_seconds(std::process::id())?,
            server: 0.0,
        })
    }

    fn begin(server: &Server) -> Result<Self> {
        Ok(Self {
            server: proc::cpu_seconds(server.pid()?)?,
            ..Self::of_ourselves()?
        })
    }

    fn say(&self, server: &Server, mut seen: Seen, from: Instant) -> Result<String> {
        let pid = server.pid()?;
        let (now, most) = proc::memory_mib(pid)?;
        seen.arrivals.sort_unstable();
        let count = seen.arrivals.len();
        let share = |part: usize| {
            let at = (count * part).div_ceil(100).saturating_sub(1);
            let arrival = seen.arrivals.get(at).copied().unwrap_or(from);
            arrival.saturating_duration_since(from).as_secs_f64()
        };
        Ok(format!(
            "{count} clients in {:.2} s (half {:.2} s, 99 % {:.2} s), {} with their session, {} tries refused or broken; one \
             connection from SYN to CONNACK {}; processor: server {:.1} s, generator {:.1} s; server {now:.0} MiB, at most \
             {most:.0} MiB",
            share(100),
            share(50),
            share(99),
            seen.present,
            seen.failed,
            seen.connecting.summary(),
            proc::cpu_seconds(pid)? - self.server,
            proc::cpu_seconds(std::process::id())? - self.own
        ))
    }
}

/// A person who asks for the alerts, again and again.
struct Prober {
    stop: watch::Sender<bool>,
    asking: tokio::task::JoinHandle<Result<(Latencies, u64)>>,
}

impl Prober {
    fn start(http: std::net::SocketAddr) -> Self {
        let (stop, stopped) = watch::channel(false);
        let asking = tokio::spawn(async move {
            let person = Person::again(http).await?;
            let mut client = Client::connect(http).await?;
            let (mut took, mut failed) = (Latencies::default(), 0);
            while !*stopped.borrow() {
                let begun = Instant::now();
                match person.get(&mut client, "/api/v1/alerts").await {
                    Ok(_) => took.add(begun.elapsed()),
                    Err(_) => failed += 1,
                }
                sleep(Duration::from_millis(50)).await;
            }
            Ok((took, failed))
        });
        Self { stop, asking }
    }

    async fn stop(self) -> Result<(Latencies, u64)> {
        self.stop.send_replace(true);
        self.asking.await?
    }
}
