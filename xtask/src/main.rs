//! `cargo xtask`: what people and machines do with this repository, each task in a file of its own.

mod bench;
mod browser;
mod cells;
mod contracts;
mod crash;
mod demo;
mod demo_devices;
mod harness;
mod licences;
mod matrix;
mod new_adr;
mod new_slice;
mod prove;
mod repo;
mod run;
mod sbom;
mod setup;
mod steps;
mod test;
mod tidy;
mod web;

use anyhow::Result;
use clap::{Parser, Subcommand};
use repo::Repo;
use setup::Need;
use std::path::PathBuf;
use std::process::ExitCode;

/// Tasks of the HaNoi IOC repository.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Install or find what the tests and the demo need, and say what is installed
    Setup,
    /// Build the console into web/dist when its sources changed
    Web,
    /// Build everything and run `hanoi-ioc demo` with the arguments given
    Demo {
        /// Arguments of `hanoi-ioc demo`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Run everything that must pass
    Test,
    /// Check the house rules: layers, heads, lengths, names, words, links, traceability
    Tidy,
    /// Check licences, banned crates and sources
    Licences,
    /// Write the list of all parts of the program as CycloneDX 1.6
    Sbom {
        /// The file to write
        #[arg(long, default_value = "target/sbom.json")]
        out: PathBuf,
    },
    /// Compare contracts/ and the console's client with what the program says
    Contracts {
        /// Take over what the program says
        #[arg(long)]
        write: bool,
    },
    /// Ask every route as every role and compare with the policies
    Matrix {
        /// Plant holes and find them
        #[arg(long)]
        self_test: bool,
    },
    /// Run the long proofs, or one of them by its name
    Prove {
        /// crates, crash, power, lie, fail, full, clock, stalled, hostile, slow, guess, paho or soak; without it: all
        name: Option<String>,
        /// Arguments of the harness instead of the usual ones
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Measure what docs/performance.md reports
    Bench {
        /// Arguments of the harness
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Kill the server while it takes in data and count what was lost
    Crash {
        /// How often
        #[arg(long, default_value_t = 20)]
        kills: u32,
    },
    /// Start a record of a decision in docs/adr
    NewAdr {
        /// What is decided, in a few words
        title: String,
    },
    /// Write a small crate with the files of a slice
    NewSlice {
        /// One plain word of the domain, such as `notice`
        name: String,
        /// The floor on which it stands: 2 to 6
        #[arg(long)]
        floor: u8,
    },
    /// Draw city/hanoi/areas/cells.geojson from city/hanoi/areas.csv
    Cells,
    /// Draw up city/hanoi/demo/devices.csv
    DemoDevices,
}

fn main() -> ExitCode {
    match run_task(Cli::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Without the backtrace that RUST_BACKTRACE adds: the chain says what and where.
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run_task(task: Task) -> Result<()> {
    let repo = Repo::find()?;
    match task {
        Task::Setup => setup::run(&repo, Need::Tests),
        Task::Web => web::run(&repo),
        Task::Demo { args } => demo::run(&repo, &args),
        Task::Test => test::run_all(&repo),
        Task::Tidy => tidy::run(&repo),
        Task::Licences => licences::run(&repo),
        Task::Sbom { out } => sbom::run(&repo, &out),
        Task::Contracts { write } => contracts::run(&repo, write),
        Task::Matrix { self_test } => matrix::run(&repo, self_test),
        Task::Prove { name, args } => prove::run_named(&repo, name.as_deref(), &args),
        Task::Bench { args } => bench::run(&repo, &args),
        Task::Crash { kills } => crash::run(&repo, kills),
        Task::NewAdr { title } => new_adr::run(&repo, &title),
        Task::NewSlice { name, floor } => new_slice::run(&repo, &name, floor),
        Task::Cells => cells::run(&repo),
        Task::DemoDevices => demo_devices::run(&repo),
    }
}
