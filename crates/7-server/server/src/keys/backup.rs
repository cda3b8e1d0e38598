//! Secrets on their way into a backup and out of it. The key of the authority goes sealed: who finds a backup cannot be a device.
//!
//! It is sealed with a key of its own that stays in the data directory and never goes into a backup; people keep it as the
//! recovery code, apart from backups.

use super::authority::{CA, CA_KEY};
use super::{Keys, read, write};
use access::sealed::SealKey;
use anyhow::{Context, Result, bail};
use std::path::Path;

/// The authority's key in a backup.
const SEALED: &str = "ca.key.sealed";
/// What opens it.
const RECOVERY: &str = "recovery.key";
/// For whom it is sealed.
const OWNER: &str = "platform-ca";

/// What is done about the authority's key of a backup.
#[derive(Clone, Debug)]
pub(crate) enum Recovery {
    /// It is opened with this code.
    Code(String),
    /// It is left; the restored instance makes a new authority.
    NewAuthority,
}

impl Keys {
    /// Copies all secrets into a backup, the authority's key sealed.
    pub(crate) fn copy(&self, to: &Path) -> Result<()> {
        let kept = Self::open(to)?;
        kept.copy_from(&self.dir, &[CA_KEY, RECOVERY])?;
        let key = self.dir.join(CA_KEY);
        if key.exists() {
            let sealed = SealKey::new(&self.recovery_key()?)?.seal(OWNER, read(&key)?.as_bytes())?;
            write(&kept.dir.join(SEALED), sealed.as_bytes(), 0o600)?;
        }
        Ok(())
    }

    /// Whether the authority's key of a backup is sealed.
    pub(crate) fn is_sealed(backup: &Path) -> bool {
        backup.join("keys").join(SEALED).exists()
    }

    /// Takes the secrets of a backup; `recovery` says what is done about a sealed key.
    pub(crate) fn take(&self, backup: &Path, recovery: Option<&Recovery>) -> Result<()> {
        let from = backup.join("keys");
        self.copy_from(&from, &[SEALED])?;
        match recovery.filter(|_| Self::is_sealed(backup)) {
            None => Ok(()),
            Some(Recovery::Code(code)) => {
                let (key, opened) = Self::opened(backup, code)?;
                write(&self.dir.join(CA_KEY), &opened, 0o600)?;
                write(&self.dir.join(RECOVERY), &key, 0o600)
            }
            Some(Recovery::NewAuthority) => {
                let present = self.dir.join(CA);
                self.trust(&read(&present)?)?;
                std::fs::remove_file(&present).with_context(|| format!("cannot remove {}", present.display()))
            }
        }
    }

    /// The code as a key, and the authority's key of a backup that it opens.
    pub(crate) fn opened(backup: &Path, code: &str) -> Result<([u8; 32], Vec<u8>)> {
        let key = key_of(code)?;
        let sealed = read(&backup.join("keys").join(SEALED))?;
        let opened = SealKey::new(&key)?.open(OWNER, sealed.trim());
        let opened = opened
            .ok()
            .context("the recovery code does not open the authority's key of this backup")?;
        Ok((key, opened))
    }

    /// What opens the authority's key of every backup of this instance: 64 hex digits.
    pub(crate) fn recovery_code(&self) -> Result<String> {
        let key = self.recovery_key()?;
        Ok(key.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    fn recovery_key(&self) -> Result<[u8; 32]> {
        let what = "remove it; a new one is made, and the old code opens older backups only";
        self.random(RECOVERY, what)
    }

    fn copy_from(&self, dir: &Path, except: &[&str]) -> Result<()> {
        for entry in std::fs::read_dir(dir).with_context(|| format!("cannot read {}", dir.display()))? {
            let path = entry?.path();
            let Some(name) = path.file_name().filter(|_| path.is_file()) else {
                continue;
            };
            if !except.iter().any(|other| name == *other) {
                write(&self.dir.join(name), &std::fs::read(&path)?, 0o600)?;
            }
        }
        Ok(())
    }
}

/// Reads a code: 64 hex digits, with spaces or dashes between them as people write.
fn key_of(code: &str) -> Result<[u8; 32]> {
    let digits: Vec<u8> = code
        .bytes()
        .filter(|byte| !byte.is_ascii_whitespace() && *byte != b'-')
        .collect();
    let byte = |pair: &[u8]| {
        std::str::from_utf8(pair)
            .ok()
            .and_then(|pair| u8::from_str_radix(pair, 16).ok())
    };
    let bytes: Option<Vec<u8>> = digits.chunks(2).map(byte).collect();
    match bytes
        .filter(|_| digits.len() == 64)
        .and_then(|bytes| bytes.try_into().ok())
    {
        Some(key) => Ok(key),
        None => {
            bail!("a recovery code has 64 digits 0-9 a-f; `hanoi-ioc ca recovery-code` of the lost instance printed it")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::time::Timestamp;

    #[test]
    fn a_backup_has_the_authoritys_key_only_for_who_has_the_code() {
        let dir = tempfile::tempdir().unwrap();
        let keys = Keys::open(&dir.path().join("one")).unwrap();
        let now = Timestamp::from_seconds(1_795_000_000);
        let print = keys.platform_ca(now).unwrap().authority().print.clone();
        let backup = dir.path().join("backup");
        keys.copy(&backup).unwrap();
        let secret = std::fs::read_to_string(dir.path().join("one/keys/ca.key")).unwrap();
        let middle = secret.lines().nth(1).unwrap();
        for file in std::fs::read_dir(backup.join("keys")).unwrap() {
            let file = file.unwrap().path();
            let bytes = std::fs::read(&file).unwrap();
            let text = String::from_utf8_lossy(&bytes);
            assert!(!text.contains(middle), "{}", file.display());
            assert_ne!(file.file_name().unwrap(), RECOVERY);
        }
        let code = keys.recovery_code().unwrap();
        let dashed = code
            .as_bytes()
            .chunks(8)
            .map(|part| String::from_utf8_lossy(part) + "-");
        let dashed: String = dashed.collect();
        for (name, recovery, same) in [
            ("two", Some(Recovery::Code(code.to_uppercase())), Some(true)),
            ("three", Some(Recovery::Code(dashed)), Some(true)),
            ("four", Some(Recovery::NewAuthority), Some(false)),
            ("five", Some(Recovery::Code("0".repeat(64))), None),
            ("six", Some(Recovery::Code("0".repeat(63))), None),
        ] {
            let other = Keys::open(&dir.path().join(name)).unwrap();
            let taken = other.take(&backup, recovery.as_ref());
            assert_eq!(taken.is_ok(), same.is_some(), "{name}");
            if let Some(same) = same {
                let ca = other.platform_ca(now).unwrap();
                assert_eq!(ca.authority().print == print, same, "{name}");
                assert_eq!(other.trusted().unwrap().len(), usize::from(!same), "{name}");
            }
        }
    }
}
