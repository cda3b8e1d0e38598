//! Sealed tenants beside the government's: each in `tenants/ID` with an engine of its own, locked until its holder unlocks it.

pub(crate) mod command;

use crate::assemble::{TENANT, engine_options};
use crate::settings::Settings;
use anyhow::{Context, Result, bail};
use embedded::tenant::{EmbeddedTenant, TenantOptions};
use kernel::clock::Clock;
use kernel::id::TenantId;
use parking_lot::Mutex;
use sealed::passphrase::{Cost, Proof};
use sealed::tenant::SealedTenant;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::watch;
use zeroize::Zeroizing;

/// Most tenants of one instance (SEMANTICS 27: they are few).
const MOST: usize = 16;
/// What is written into a folder before the keys are, so that a start knows what it opens.
const MARK: &str = "sealed";

/// One open tenant.
#[derive(Clone, Debug)]
struct Open {
    engine: Arc<EmbeddedTenant>,
    sealed: SealedTenant,
}

/// All sealed tenants of an instance. Clones share them.
#[derive(Clone, Debug)]
pub(crate) struct Tenants {
    dir: PathBuf,
    options: TenantOptions,
    wall: Arc<dyn Clock>,
    open: Arc<Mutex<BTreeMap<String, Open>>>,
    /// One creation at a time.
    making: Arc<tokio::sync::Mutex<()>>,
    failed: watch::Sender<Option<String>>,
}

/// A passphrase or key on its way over the control socket.
#[derive(Deserialize)]
#[serde(from = "String")]
pub(crate) struct Hidden(Zeroizing<String>);

impl From<String> for Hidden {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl Serialize for Hidden {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl Hidden {
    pub(crate) fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("...")
    }
}

/// What the holder shows.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Shown {
    Passphrase(Hidden),
    Recovery(Hidden),
}

impl From<Shown> for Proof {
    fn from(shown: Shown) -> Self {
        match shown {
            Shown::Passphrase(text) => Self::Passphrase(text.0),
            Shown::Recovery(text) => Self::Recovery(text.0),
        }
    }
}

/// What is asked about one tenant.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Asked {
    pub(crate) tenant: String,
    pub(crate) what: What,
}

/// What is done.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum What {
    /// Make it, sealed by this passphrase.
    Create(Hidden),
    /// Take its keys into memory.
    Unlock(Shown),
    /// Let go of its keys.
    Lock,
    /// Wrap its keys by another passphrase.
    Passphrase { shown: Shown, new: Hidden },
    /// Give it another data key, and seal everything anew.
    Rotate,
    /// How it stands.
    State,
}

impl Asked {
    /// What stands in the trace.
    pub(crate) fn act(&self) -> (&'static str, String) {
        let act = match self.what {
            What::Create(_) => "tenant.create",
            What::Unlock(_) => "tenant.unlock",
            What::Lock => "tenant.lock",
            What::Passphrase { .. } => "tenant.passphrase",
            What::Rotate => "tenant.rotate",
            What::State => "tenant.state",
        };
        (act, self.tenant.chars().take(80).collect())
    }
}

impl Tenants {
    /// Opens those that lie in the data directory, locked.
    pub(crate) async fn open(settings: &Settings, wall: Arc<dyn Clock>) -> Result<Self> {
        let own = Self {
            dir: settings.instance.data_dir.join("tenants"),
            options: engine_options(settings),
            wall,
            open: Arc::default(),
            making: Arc::default(),
            failed: watch::Sender::new(None),
        };
        for name in marked(&own.dir)? {
            own.take(&name)
                .await
                .with_context(|| format!("tenant {name} cannot be opened"))?;
        }
        Ok(own)
    }

    async fn take(&self, name: &str) -> Result<Open> {
        let (dir, options) = (self.dir.join(name), self.options.clone());
        let engine = Arc::new(tokio::task::spawn_blocking(move || EmbeddedTenant::open(&dir, options)).await??);
        let (records, journal) = (Arc::clone(&engine.records), Arc::clone(&engine.journal));
        let objects = Arc::clone(&engine.objects);
        let sealed = SealedTenant::new(name, records, journal, objects, Arc::clone(&self.wall));
        let (reason, failed, tenant) = (engine.failed(), self.failed.clone(), name.to_owned());
        tokio::spawn(async move {
            let reason = reason.await;
            failed.send_replace(Some(format!("tenant {tenant}: {reason}")));
        });
        let open = Open { engine, sealed };
        self.open.lock().insert(name.to_owned(), open.clone());
        Ok(open)
    }

    /// Resolves with the reason when the storage of one has stopped for good (SEMANTICS 15).
    pub(crate) fn failed(&self) -> impl Future<Output = String> + Send + use<> {
        let mut failed = self.failed.subscribe();
        let kept = self.failed.clone();
        async move {
            let found = failed
                .wait_for(Option::is_some)
                .await
                .ok()
                .and_then(|reason| reason.clone());
            drop(kept);
            match found {
                Some(reason) => reason,
                None => std::future::pending().await,
            }
        }
    }

    fn find(&self, name: &str) -> Result<Open> {
        let found = self.open.lock().get(name).cloned();
        found.with_context(|| format!("there is no sealed tenant '{name}'"))
    }

    /// Does what is asked. Secrets come with the question and stand in no answer but that of a creation.
    pub(crate) async fn answer(&self, Asked { tenant, what }: Asked) -> Result<Value> {
        if let What::Create(passphrase) = what {
            return self.create(&tenant, &passphrase).await;
        }
        let Open { sealed, .. } = self.find(&tenant)?;
        match what {
            What::Unlock(shown) => sealed.vault.unlock(shown.into()).await?,
            What::Lock => sealed.vault.lock().await,
            What::Passphrase { shown, new } => {
                sealed
                    .vault
                    .change_passphrase(shown.into(), &new.0, Cost::default())
                    .await?;
            }
            What::Rotate => {
                let progress = sealed.rotation().await?.run().await?;
                return Ok(json!({ "tenant": tenant, "rotation": progress, "state": sealed.vault.state().await? }));
            }
            What::Create(_) | What::State => {}
        }
        Ok(json!({ "tenant": tenant, "state": sealed.vault.state().await? }))
    }

    /// A creation that was cut off is taken up by the next one of the same name.
    async fn create(&self, name: &str, passphrase: &Hidden) -> Result<Value> {
        let _one = self.making.lock().await;
        let tenant = TenantId::new(name)?;
        if name == TENANT {
            bail!("{TENANT} is the tenant of the city's government, which is not sealed; choose another name");
        }
        let known = self.open.lock().get(name).cloned();
        let open = match known {
            Some(open) => open,
            None => {
                if self.open.lock().len() >= MOST {
                    bail!("there are {MOST} sealed tenants already; an instance has no more");
                }
                let dir = self.dir.join(tenant.as_str());
                if dir.exists() && !dir.join(MARK).exists() {
                    bail!(
                        "{} exists and is not a sealed tenant; choose another name",
                        dir.display()
                    );
                }
                mark(&dir)?;
                self.take(name).await?
            }
        };
        let recovery = open.sealed.vault.create(&passphrase.0, Cost::default()).await?;
        Ok(json!({ "tenant": name, "recovery_key": *recovery, "state": open.sealed.vault.state().await? }))
    }

    /// Copies all of them, sealed, below `tenants/` of a backup.
    pub(crate) async fn backup(&self, to: &Path) -> Result<Vec<String>> {
        let all: Vec<(String, Open)> = self
            .open
            .lock()
            .iter()
            .map(|(name, open)| (name.clone(), open.clone()))
            .collect();
        let mut names = Vec::with_capacity(all.len());
        for (name, open) in all {
            let target = to.join("tenants").join(&name);
            std::fs::create_dir_all(to.join("tenants"))?;
            open.engine.backup(&name, self.wall.now(), &target).await?;
            names.push(name);
        }
        Ok(names)
    }
}

/// Puts the sealed tenants of a backup into a data directory. They stay sealed; nothing is asked of their holders.
pub(crate) async fn restore(from: &Path, data_dir: &Path, epoch_above: u32) -> Result<Vec<String>> {
    let source = from.join("tenants");
    let mut names = Vec::new();
    for name in folders(&source)? {
        TenantId::new(&name)
            .with_context(|| format!("{} is not the folder of a tenant", source.join(&name).display()))?;
        let target = data_dir.join("tenants").join(&name);
        embedded::backup::restore(&source.join(&name), &target, epoch_above)
            .await
            .with_context(|| format!("tenant {name} was not restored"))?;
        mark(&target)?;
        names.push(name);
    }
    Ok(names)
}

fn folders(dir: &Path) -> Result<Vec<String>> {
    if !dir.is_dir() {
        return Ok(Vec::new());
    }
    let mut names = Vec::new();
    for entry in std::fs::read_dir(dir).with_context(|| format!("cannot read {}", dir.display()))? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort_unstable();
    Ok(names)
}

fn marked(dir: &Path) -> Result<Vec<String>> {
    let mut names = folders(dir)?;
    names.retain(|name| dir.join(name).join(MARK).exists());
    Ok(names)
}

/// Makes the folder and its mark, durably.
fn mark(dir: &Path) -> Result<()> {
    std::fs::create_dir_all(dir).with_context(|| format!("cannot make {}", dir.display()))?;
    let path = dir.join(MARK);
    let write = || -> std::io::Result<()> {
        std::fs::File::create(&path)?.sync_all()?;
        std::fs::File::open(dir)?.sync_all()?;
        std::fs::File::open(dir.parent().unwrap_or(Path::new(".")))?.sync_all()
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}
