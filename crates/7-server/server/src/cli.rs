//! The command line.

use crate::{backup, ca, check, city, demo, device, dump, import, serve, settings, tenants, verify};
use anyhow::Result;
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// The digital brain of a city: one program.
#[derive(Debug, Parser)]
#[command(name = "hanoi-ioc", version, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
    #[command(subcommand)]
    command: Command,
}

/// Where the configuration comes from.
#[derive(Clone, Debug, Args)]
pub(crate) struct ConfigArgs {
    /// A TOML file that names what differs from the defaults.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Directory of all data; wins over file and environment.
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the instance until it is told to stop.
    Serve(serve::ServeArgs),
    /// Run an instance with a simulated Hanoi, for looking around.
    Demo(demo::DemoArgs),
    /// Check configuration and city pack, run the tests of its rules, print the effective values.
    Check(check::CheckArgs),
    /// Copy a running or stopped instance's data, consistently, into a new directory.
    Backup(backup::BackupArgs),
    /// Put a backup into an empty data directory; the log begins a new epoch.
    Restore(backup::RestoreArgs),
    /// Register devices, give tokens and certificates, revoke them.
    #[command(subcommand)]
    Device(device::DeviceCommand),
    /// The certificate authority of the platform, and which others are trusted.
    #[command(subcommand)]
    Ca(ca::CaCommand),
    /// Take a city pack into a running instance: what people have changed there stays, and conflicts are named.
    LoadPack(city::load::LoadPackArgs),
    /// Bring data of the city that stands in no pack.
    #[command(subcommand)]
    Import(import::ImportCommand),
    /// Look into the log of a stopped instance.
    #[command(subcommand)]
    Log(dump::LogCommand),
    /// Verify what is stored against what was signed.
    #[command(subcommand)]
    Verify(verify::VerifyCommand),
    /// Tenants that only their holders open: make, unlock, lock, another passphrase, another key.
    #[command(subcommand)]
    Tenant(tenants::command::TenantCommand),
    /// Give an account a new random password and end its sessions.
    ResetPassword {
        /// Account name.
        account: String,
    },
    /// Write the OpenAPI document to standard output.
    Openapi,
    /// Simulate devices over MQTT (the demo starts this by itself).
    Simulate(demo::SimulateArgs),
}

/// Runs one command.
pub(crate) fn run(cli: Cli) -> Result<()> {
    let Cli { config, command } = cli;
    match command {
        Command::Openapi => {
            println!("{}", crate::routes::openapi_json()?);
            Ok(())
        }
        Command::Check(args) => check::run(&config, &args),
        Command::Simulate(args) => demo::simulate(args),
        Command::Restore(args) => block_on(backup::restore(settings::load(&config)?.settings, args)),
        Command::Backup(args) => block_on(backup::backup(settings::load(&config)?.settings, args)),
        Command::Device(command) => block_on(device::run(settings::load(&config)?.settings, command)),
        Command::Ca(command) => block_on(ca::run(settings::load(&config)?.settings, command)),
        Command::Import(command) => block_on(import::run(settings::load(&config)?.settings, command)),
        Command::Log(command) => block_on(dump::run(settings::load(&config)?.settings, command)),
        Command::Tenant(command) => block_on(tenants::command::run(settings::load(&config)?.settings, command)),
        Command::Verify(command) => verify::run(&settings::load(&config)?.settings, command),
        Command::ResetPassword { account } => {
            block_on(device::reset_password(settings::load(&config)?.settings, account))
        }
        Command::LoadPack(args) => block_on(city::load::run(settings::load(&config)?.settings, args)),
        Command::Serve(args) => block_on(serve::run(settings::load(&config)?.settings, args)),
        Command::Demo(args) => block_on(demo::run(config, args)),
    }
}

/// Threads for what waits for the disk or takes long; what comes beyond them waits its turn.
const BLOCKING_THREADS: usize = 16;

fn block_on(work: impl Future<Output = Result<()>>) -> Result<()> {
    tokio::runtime::Builder::new_multi_thread()
        .max_blocking_threads(BLOCKING_THREADS)
        .enable_all()
        .build()?
        .block_on(work)
}
