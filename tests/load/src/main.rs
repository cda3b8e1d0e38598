//! `load`: measures the built server, and kills, starves and unplugs it to see that nothing acknowledged is lost.

mod account;
mod bench;
mod check;
mod crash;
mod fleet;
mod full;
mod http;
mod latency;
mod mqtt;
mod power;
mod proc;
mod senders;
mod server;

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
    }
}
