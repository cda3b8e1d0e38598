//! `load`: measures the built server, and kills, starves and unplugs it to see that nothing acknowledged is lost.

mod account;
mod bench;
mod check;
mod clock;
mod crash;
mod fleet;
mod flood;
mod full;
mod guess;
mod hostile;
mod http;
mod ingest;
mod latency;
mod mqtt;
mod paho;
mod power;
mod proc;
mod senders;
mod sensor;
mod server;
mod slow;
mod soak;
mod sql;
mod stalled;
mod tls;
mod trend;

use anyhow::Result;
use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Measures and proofs on the built server (HANOI_IOC_BIN, else the `hanoi-ioc` beside this program).
#[derive(Parser)]
#[command(name = "load")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Measure what docs/performance.md reports; without a name: everything
    Bench(bench::BenchArgs),
    /// Kill the server with SIGKILL while it takes in data, again and again
    Crash(crash::CrashArgs),
    /// Cut the power of the server, again and again: what was not synced may be gone
    Power(power::PowerArgs),
    /// Fill the server's disk, again and again
    Full(full::FullArgs),
    /// Set the clock of the machine forward and back during ingest, with a crash after each time
    Clock(clock::ClockArgs),
    /// Everything at once for a while: does memory grow?
    Soak(soak::SoakArgs),
    /// Subscribers that stop reading: what they cost, and whether others notice
    Stalled(stalled::StalledArgs),
    /// Statements that would take the machine down, all at once beside ingest
    Hostile(hostile::HostileArgs),
    /// Thousands of connections that send their requests byte by byte, beside people who work
    Slow(slow::SlowArgs),
    /// Hostile clients of each kind in turn, beside one that behaves well
    Flood(flood::FloodArgs),
    /// Whether the time of a refused sign-in tells which accounts there are
    Guess(guess::GuessArgs),
    /// What testssl.sh finds at the doors with TLS
    Tls(tls::TlsArgs),
    /// The conformance suites of Eclipse Paho, from a checkout of theirs
    Paho(paho::PahoArgs),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Into::into)
        .and_then(|runtime| runtime.block_on(run(cli.task)));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("load: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(task: Task) -> Result<()> {
    match task {
        Task::Bench(args) => bench::run(args).await,
        Task::Crash(args) => crash::run(args).await,
        Task::Power(args) => power::run(args).await,
        Task::Full(args) => full::run(args).await,
        Task::Clock(args) => clock::run(args).await,
        Task::Soak(args) => soak::run(args).await,
        Task::Stalled(args) => stalled::run(args).await,
        Task::Hostile(args) => hostile::run(args).await,
        Task::Slow(args) => slow::run(args).await,
        Task::Flood(args) => flood::run(args).await,
        Task::Guess(args) => guess::run(args).await,
        Task::Tls(args) => tls::run(args).await,
        Task::Paho(args) => paho::run(args).await,
    }
}
