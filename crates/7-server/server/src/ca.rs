//! `hanoi-ioc ca ...`: the certificate authority of the platform, and which others are trusted. Files only: what changes them
//! asks for a stopped instance, because a running one holds its authority in memory.

use crate::control;
use crate::keys::Keys;
use crate::settings::Settings;
use anyhow::{Context, Result, bail};
use chassis::wall::WallClock;
use clap::Subcommand;
use device::certificate::authority::Authority;
use kernel::clock::Clock;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

#[derive(Debug, Subcommand)]
pub(crate) enum CaCommand {
    /// Show the authority that issues, and the others that are trusted.
    Show,
    /// Make a new authority in place of the present one, which stays trusted; devices need the new ca.crt.
    New,
    /// Take an authority that was made elsewhere, such as the city's; the present one stays trusted.
    Import {
        /// Its certificate in PEM, followed by those above it if there are any.
        #[arg(long, value_name = "FILE")]
        certificate: PathBuf,
        /// Its key: PKCS #8 in PEM, without a passphrase.
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
    },
    /// Trust another authority, such as that of an agency; `device bind` says which of its certificates open the door.
    Trust {
        /// Its certificate in PEM.
        file: PathBuf,
    },
    /// Trust an authority no more.
    Distrust {
        /// Beginning of its fingerprint, as `ca show` prints it; 8 digits at least.
        fingerprint: String,
    },
    /// Print what opens the authority's key in backups; keep it apart from them.
    RecoveryCode,
}

/// Runs a command.
pub(crate) async fn run(settings: Settings, command: CaCommand) -> Result<()> {
    let keys = Keys::open(&settings.instance.data_dir)?;
    let now = WallClock.now();
    if !matches!(command, CaCommand::Show | CaCommand::RecoveryCode) && control::is_running(&settings).await {
        bail!("the instance runs; stop it first, the change counts at its next start");
    }
    match command {
        CaCommand::Show => {}
        CaCommand::New => keys.make_ca(now)?,
        CaCommand::Import { certificate, key } => keys.import_ca(&read(&certificate)?, &read(&key)?, now)?,
        CaCommand::Trust { file } => {
            keys.trust(&read(&file)?)
                .with_context(|| format!("{} is not trusted", file.display()))?;
        }
        CaCommand::Distrust { fingerprint } => {
            keys.distrust(&fingerprint)?;
        }
        CaCommand::RecoveryCode => {
            keys.platform_ca(now)?;
            println!("{}", keys.recovery_code()?);
            return Ok(());
        }
    }
    let issuing = keys.platform_ca(now)?;
    let trusted = keys.trusted()?;
    let trusted: Vec<Value> = trusted.iter().map(|(_, authority, _)| shown(authority)).collect();
    println!(
        "{}",
        json!({ "issuing": shown(issuing.authority()), "trusted": trusted })
    );
    Ok(())
}

fn shown(authority: &Authority) -> Value {
    json!({
        "title": authority.title,
        "fingerprint": authority.print,
        "not_before": authority.not_before,
        "not_after": authority.not_after,
    })
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}
