//! The secrets of a data directory: the platform CA, the keys of page cursors and of sealed secrets. Files that only the owner can read.

mod authority;
mod backup;

pub(crate) use backup::Recovery;

use access::sealed::SealKey;
use anyhow::{Context, Result};
use chassis::cursor::CursorKey;
use rand::Rng;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// The key that signs checkpoints, and the one that seals small secrets.
const AUDIT: &str = "audit.key";
const SEAL: &str = "seal.key";

/// The folder of secrets.
#[derive(Clone, Debug)]
pub(crate) struct Keys {
    dir: PathBuf,
}

impl Keys {
    /// Opens or makes the folder.
    pub(crate) fn open(data_dir: &Path) -> Result<Self> {
        let dir = data_dir.join("keys");
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&dir)
            .with_context(|| format!("cannot make {}", dir.display()))?;
        Ok(Self { dir })
    }

    /// The folder of one tenant's own secrets, which lies with the tenant.
    pub(crate) fn of_tenant(&self, tenant: &str) -> Result<Self> {
        let data_dir = self.dir.parent().unwrap_or(Path::new("."));
        Self::open(&data_dir.join("tenants").join(tenant))
    }

    /// The key that signs page cursors; made at first use.
    pub(crate) fn cursor_key(&self) -> Result<CursorKey> {
        let what = "remove it, a new one is made and open page cursors end";
        self.random("cursor.key", what).map(CursorKey::new)
    }

    /// The key that signs checkpoints of the audit log; made at first use. It lies in the folder of its tenant.
    pub(crate) fn audit_key(&self) -> Result<[u8; 32]> {
        let what = "take it from a backup; with another key, name a new audit.checkpoint_dir and keep the old one";
        self.random(AUDIT, what)
    }

    /// The key that seals second factors of accounts; made at first use.
    pub(crate) fn seal_key(&self) -> Result<SealKey> {
        let what = "take it from a backup; without it people enrol their second factors anew";
        Ok(SealKey::new(&self.random(SEAL, what)?)?)
    }

    /// 32 random bytes that are kept in a file.
    fn random(&self, name: &str, remedy: &str) -> Result<[u8; 32]> {
        let path = self.dir.join(name);
        if !path.exists() {
            let mut key = [0_u8; 32];
            rand::rng().fill(&mut key);
            write(&path, &key, 0o600)?;
        }
        let key = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let key = key.try_into().ok();
        key.with_context(|| format!("{} is not 32 bytes; {remedy}", path.display()))
    }
}

/// Writes a file durably under its final name, or not at all.
pub(crate) fn write(path: &Path, bytes: &[u8], mode: u32) -> Result<()> {
    let temporary = path.with_extension("new");
    let _ = std::fs::remove_file(&temporary);
    let write = || -> std::io::Result<()> {
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(mode)
            .open(&temporary)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&temporary, path)?;
        File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}
