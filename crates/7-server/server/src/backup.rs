//! `hanoi-ioc backup` and `restore`: everything of an instance, consistently, verified before it is used.

use crate::assemble::TENANT;
use crate::control::{self, Request};
use crate::keys::{Keys, Recovery};
use crate::settings::Settings;
use anyhow::{Context, Result, bail};
use chassis::wall::WallClock;
use clap::Args;
use embedded::tenant::EmbeddedTenant;
use kernel::clock::Clock;
use std::path::{Path, PathBuf};

/// Folder of the tenant's own keys in a backup.
const TENANT_KEYS: &str = "tenant-keys";

#[derive(Debug, Args)]
pub(crate) struct BackupArgs {
    /// A new directory for the backup; it must not exist.
    to: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct RestoreArgs {
    /// A directory that `hanoi-ioc backup` wrote.
    from: PathBuf,
    /// Highest log epoch that the lost instance may have reached, if it had been restored before.
    #[arg(long, default_value_t = 0)]
    epoch_above: u32,
    /// File with the recovery code of the lost instance (`hanoi-ioc ca recovery-code`), which opens its keys.
    #[arg(long, value_name = "FILE", conflicts_with = "new_keys")]
    recovery_code: Option<PathBuf>,
    /// Without the code: begin with new keys. Certificates of devices go on, each device needs the new ca.crt; second factors
    /// are set up anew (`hanoi-ioc reset-password`), and personal details cannot be read any more.
    #[arg(long)]
    new_keys: bool,
    /// The list of erasures of the lost instance (`erased.jsonl` in its data directory): whom it names is erased again at the
    /// first start.
    #[arg(long, value_name = "FILE")]
    erased: Option<PathBuf>,
}

impl RestoreArgs {
    /// What is done about the sealed key of the authority. Asked before anything is written.
    fn recovery(&self) -> Result<Option<Recovery>> {
        if let Some(path) = &self.recovery_code {
            let code = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
            Keys::opened(&self.from, &code)?;
            Keys::opened(&self.from.join(TENANT_KEYS), &code)?;
            return Ok(Some(Recovery::Code(code)));
        }
        if self.new_keys {
            return Ok(Some(Recovery::NewKeys));
        }
        if Keys::is_sealed(&self.from) {
            bail!(
                "keys are sealed in this backup: give --recovery-code FILE with the code that `hanoi-ioc ca recovery-code` \
                 printed, or --new-keys to begin with new ones (`hanoi-ioc restore --help` says what is lost then)"
            );
        }
        Ok(None)
    }
}

/// `hanoi-ioc backup`: a running instance does it by itself, a stopped one is opened for it.
pub(crate) async fn backup(settings: Settings, args: BackupArgs) -> Result<()> {
    let to = std::path::absolute(&args.to)?;
    println!("{}", control::ask(&settings, Request::Backup { to }).await?);
    Ok(())
}

/// Writes tenant and keys into a new directory.
pub(crate) async fn write(
    engine: &EmbeddedTenant,
    tenants: &crate::tenants::Tenants,
    keys: &Keys,
    to: &Path,
) -> Result<serde_json::Value> {
    if to.exists() {
        bail!("{} exists; name a new directory", to.display());
    }
    let manifest = engine.backup(TENANT, WallClock.now(), &to.join(TENANT)).await?;
    let others = tenants.backup(to).await?;
    let recovery = keys.recovery_key()?;
    keys.copy(to, &recovery)?;
    keys.of_tenant(TENANT)?.copy(&to.join(TENANT_KEYS), &recovery)?;
    let sealed = "the keys of this instance; `hanoi-ioc ca recovery-code` opens them, keep that apart from the backup";
    Ok(serde_json::json!({ "backup": to, "sealed": sealed, "sealed_tenants": others, "manifest": manifest }))
}

/// `hanoi-ioc restore`: into an empty data directory only.
pub(crate) async fn restore(settings: Settings, args: RestoreArgs) -> Result<()> {
    let data_dir = &settings.instance.data_dir;
    let target = crate::assemble::tenant_dir(data_dir);
    if target.exists() {
        bail!(
            "{} holds data; restore into a new directory (--data-dir), then start with it",
            data_dir.display()
        );
    }
    let recovery = args.recovery()?;
    if let Some(list) = &args.erased {
        std::fs::create_dir_all(data_dir)?;
        crate::graves::take(list, data_dir)?;
    }
    let source = args.from.join(TENANT);
    let manifest = embedded::backup::restore(&source, &target, args.epoch_above)
        .await
        .with_context(|| format!("the backup {} was not restored", args.from.display()))?;
    let others = crate::tenants::restore(&args.from, data_dir, args.epoch_above).await?;
    let keys = Keys::open(data_dir)?;
    keys.take(&args.from, recovery.as_ref())
        .context("the data is restored, its keys are not; remove the directory and try again")?;
    let own = args.from.join(TENANT_KEYS);
    // backups of before there were such keys have none
    if own.exists() {
        keys.of_tenant(TENANT)?.take(&own, recovery.as_ref())?;
    }
    if let Some(Recovery::Code(code)) = &recovery {
        keys.keep_code(code)?;
    }
    println!(
        "{}",
        serde_json::json!({ "restored": data_dir, "sealed_tenants": others, "manifest": manifest })
    );
    Ok(())
}
