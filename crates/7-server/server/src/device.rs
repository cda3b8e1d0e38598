//! `hanoi-ioc device ...` and `reset-password`: what an operator does on the machine itself.

use crate::control::{self, Request};
use crate::identity::Asked;
use crate::keys;
use crate::settings::Settings;
use anyhow::{Context, Result};
use chassis::wire::Place;
use clap::{Args, Subcommand};
use device::model::certificate::Reason;
use device::wire::{NewTitle, Registration};
use serde_json::Value;
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
        /// Days that the certificate is valid; identity.certificate_days unless said.
        #[arg(long)]
        days: Option<u32>,
    },
    /// Print a code with which a device may ask for one certificate by itself (EST); an earlier code ends.
    Enrol {
        /// Device id.
        id: String,
        /// Hours until the code is too old.
        #[arg(long, default_value_t = 24)]
        hours: u32,
    },
    /// Let certificates in that were made elsewhere, or here before there was a register.
    Bind {
        /// Certificates in PEM.
        file: PathBuf,
        /// The device, for a certificate that names none by `urn:hanoi-ioc:device:...`.
        #[arg(long)]
        device: Option<String>,
    },
    /// List the certificates of a device.
    Certificates {
        /// Device id.
        id: String,
    },
    /// Revoke a certificate of a device, or all of them; what the device has open ends at once.
    Revoke {
        /// Device id.
        id: String,
        /// Fingerprint or serial number of one; all that count unless said.
        #[arg(long)]
        certificate: Option<String>,
        /// unspecified, key_compromise, affiliation_changed, superseded, cessation_of_operation or privilege_withdrawn.
        #[arg(long, default_value = "unspecified", value_parser = reason)]
        reason: Reason,
    },
    /// Write the list of revoked certificates (CRL, PEM), as /pki/ca.crl gives it in DER.
    Revocations {
        /// The file.
        #[arg(long)]
        out: PathBuf,
    },
}

fn reason(text: &str) -> Result<Reason, String> {
    serde_json::from_value(Value::from(text)).map_err(|_| {
        "write unspecified, key_compromise, affiliation_changed, superseded, cessation_of_operation or \
         privilege_withdrawn"
            .to_owned()
    })
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
            let asked = Asked::Issue {
                device: id.clone(),
                days,
            };
            let issued = control::ask(&settings, Request::Identity(asked)).await?;
            certificate(&issued, &id, &out)?;
            println!("{id}.crt {id}.key ca.crt -> {}", out.display());
        }
        DeviceCommand::Enrol { id, hours } => say(&settings, Asked::Invite { device: id, hours }).await?,
        DeviceCommand::Bind { file, device } => {
            let file = std::path::absolute(&file)?;
            say(&settings, Asked::Bind { file, device }).await?;
        }
        DeviceCommand::Certificates { id } => say(&settings, Asked::List { device: id }).await?,
        DeviceCommand::Revoke {
            id,
            certificate,
            reason,
        } => {
            let asked = Asked::Revoke {
                device: id,
                certificate,
                reason,
            };
            say(&settings, asked).await?;
        }
        DeviceCommand::Revocations { out } => {
            let list = control::ask(&settings, Request::Identity(Asked::Revocations)).await?;
            keys::write(&out, text(&list, "pem")?.as_bytes(), 0o644)?;
            println!("-> {}", out.display());
        }
    }
    Ok(())
}

/// `hanoi-ioc reset-password`.
pub(crate) async fn reset_password(settings: Settings, account: String) -> Result<()> {
    println!("{}", control::ask(&settings, Request::ResetPassword { account }).await?);
    Ok(())
}

async fn say(settings: &Settings, asked: Asked) -> Result<()> {
    println!("{}", control::ask(settings, Request::Identity(asked)).await?);
    Ok(())
}

/// Writes certificate, key and CA of a device into a folder.
fn certificate(issued: &Value, id: &str, out: &Path) -> Result<()> {
    std::fs::create_dir_all(out).with_context(|| format!("cannot make {}", out.display()))?;
    for (name, part, mode) in [
        (format!("{id}.crt"), "certificate", 0o644),
        (format!("{id}.key"), "key", 0o600),
        ("ca.crt".to_owned(), "ca", 0o644),
    ] {
        keys::write(&out.join(name), text(issued, part)?.as_bytes(), mode)?;
    }
    Ok(())
}

fn text<'a>(answer: &'a Value, part: &str) -> Result<&'a str> {
    answer[part]
        .as_str()
        .with_context(|| format!("the answer has no '{part}'"))
}
