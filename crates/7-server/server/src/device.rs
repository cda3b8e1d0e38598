//! `hanoi-ioc device ...` and `reset-password`: what an operator does on the machine itself.

use crate::control::{self, Request};
use crate::keys::{self, Keys};
use crate::settings::Settings;
use anyhow::{Context, Result};
use chassis::wall::WallClock;
use chassis::wire::Place;
use clap::{Args, Subcommand};
use device::certificate::{Issued, LEAF_DAYS};
use device::wire::{NewTitle, Registration};
use kernel::clock::Clock;
use kernel::id::DeviceId;
use std::path::{Path, PathBuf};

#[derive(Debug, Subcommand)]
pub(crate) enum DeviceCommand {
    /// Register a device.
    Add(AddArgs),
    /// Register the devices of a CSV file (columns as in city/hanoi/demo/devices.csv); known ids are left as they are.
    Import {
        /// The file.
        file: PathBuf,
    },
    /// Give a device a new token; it is printed once, the old one ends.
    Token {
        /// Device id.
        id: String,
    },
    /// Issue a client certificate of the platform CA: ID.crt, ID.key and ca.crt.
    Certificate {
        /// Device id.
        id: String,
        /// Folder for the files.
        #[arg(long, default_value = ".")]
        out: PathBuf,
        /// Days that the certificate is valid.
        #[arg(long, default_value_t = LEAF_DAYS)]
        days: u32,
    },
}

#[derive(Debug, Args)]
pub(crate) struct AddArgs {
    /// 1 to 64 letters, digits, '.', '_', '-'.
    id: String,
    /// A profile of the city pack, such as flood-gauge.
    #[arg(long)]
    profile: String,
    /// What people call it (Vietnamese).
    #[arg(long)]
    title: String,
    /// Owner.
    #[arg(long, default_value = "ioc")]
    org: String,
    /// Area codes, separated by commas.
    #[arg(long, value_delimiter = ',')]
    area: Vec<String>,
    /// Degrees east and north, as LON,LAT.
    #[arg(long, value_parser = place)]
    place: Option<(f64, f64)>,
    /// It may speak for every device of the tenant (bulk loaders).
    #[arg(long)]
    speaks_for_everyone: bool,
}

fn place(text: &str) -> Result<(f64, f64), String> {
    let wrong = || format!("'{text}' is not LON,LAT; write for example 105.85,21.03");
    let (lon, lat) = text.split_once(',').ok_or_else(wrong)?;
    Ok((
        lon.trim().parse().map_err(|_| wrong())?,
        lat.trim().parse().map_err(|_| wrong())?,
    ))
}

/// Runs a device command.
pub(crate) async fn run(settings: Settings, command: DeviceCommand) -> Result<()> {
    match command {
        DeviceCommand::Add(args) => {
            let speaks = if args.speaks_for_everyone {
                device::model::Speaks::Everyone
            } else {
                device::model::Speaks::Itself
            };
            let registration = Registration {
                id: args.id,
                title: NewTitle {
                    vi: args.title,
                    en: String::new(),
                },
                profile: args.profile,
                org: args.org,
                areas: args.area,
                place: args.place.map(|(lon, lat)| Place { lon, lat }),
                speaks,
                gateway: None,
            };
            let device = registration
                .check()
                .map_err(|(field, what)| anyhow::anyhow!("{field}: {what}"))?;
            println!(
                "{}",
                control::ask(&settings, Request::AddDevice(Box::new(device))).await?
            );
        }
        DeviceCommand::Import { file } => {
            let file = std::path::absolute(&file)?;
            println!("{}", control::ask(&settings, Request::ImportDevices { file }).await?);
        }
        DeviceCommand::Token { id } => {
            println!("{}", control::ask(&settings, Request::NewToken { device: id }).await?);
        }
        DeviceCommand::Certificate { id, out, days } => {
            certificate(&settings, &id, &out, days)?;
            println!("{id}.crt {id}.key ca.crt -> {}", out.display());
        }
    }
    Ok(())
}

/// `hanoi-ioc reset-password`.
pub(crate) async fn reset_password(settings: Settings, account: String) -> Result<()> {
    println!("{}", control::ask(&settings, Request::ResetPassword { account }).await?);
    Ok(())
}

/// Writes certificate, key and CA for a device; works while the instance runs.
pub(crate) fn certificate(settings: &Settings, id: &str, out: &Path, days: u32) -> Result<(PathBuf, PathBuf)> {
    let device = DeviceId::new(id)?;
    let keys = Keys::open(&settings.instance.data_dir)?;
    let now = WallClock.now();
    let ca = keys.platform_ca(now)?;
    let Issued { certificate, key } = ca.issue_device(&device, now, days)?;
    std::fs::create_dir_all(out).with_context(|| format!("cannot make {}", out.display()))?;
    let paths = (out.join(format!("{id}.crt")), out.join(format!("{id}.key")));
    keys::write(&paths.0, certificate.as_bytes(), 0o644)?;
    keys::write(&paths.1, key.as_bytes(), 0o600)?;
    keys::write(&out.join("ca.crt"), ca.certificate().as_bytes(), 0o644)?;
    Ok(paths)
}
