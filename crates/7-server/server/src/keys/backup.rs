//! Secrets on their way into a backup and out of it. Those that open something go sealed: who finds a backup cannot be a
//! device, sign a checkpoint, or read what is sealed in its records.
//!
//! They are sealed with a key of its own that stays in the data directory and never goes into a backup; people keep it as the
//! recovery code, apart from backups.

use super::authority::{CA, CA_KEY};
use super::{AUDIT, Keys, SEAL, read, write};
use access::sealed::SealKey;
use anyhow::{Context, Result, bail};
use std::path::Path;

/// What goes sealed, and the name that it is bound to.
const SECRETS: [(&str, &str); 3] = [
    (CA_KEY, "platform-ca"),
    (SEAL, "keys/seal.key"),
    (AUDIT, "keys/audit.key"),
];
/// What opens them.
const RECOVERY: &str = "recovery.key";

/// What is done about the sealed keys of a backup.
#[derive(Clone, Debug)]
pub(crate) enum Recovery {
    /// They are opened with this code.
    Code(String),
    /// They are left; the restored instance makes new ones.
    NewKeys,
}

fn sealed(name: &str) -> String {
    format!("{name}.sealed")
}

impl Keys {
    /// Copies all secrets into a backup, sealed with `recovery` where they open something.
    pub(crate) fn copy(&self, to: &Path, recovery: &[u8; 32]) -> Result<()> {
        let kept = Self::open(to)?;
        kept.copy_from(&self.dir, &SECRETS.map(|(name, _)| name.to_owned()), &[RECOVERY])?;
        let seal = SealKey::new(recovery)?;
        for (name, bound) in SECRETS {
            let key = self.dir.join(name);
            if key.exists() {
                let bytes = std::fs::read(&key).with_context(|| format!("cannot read {}", key.display()))?;
                write(
                    &kept.dir.join(sealed(name)),
                    seal.seal(bound, &bytes)?.as_bytes(),
                    0o600,
                )?;
            }
        }
        Ok(())
    }

    /// Whether keys of a backup are sealed.
    pub(crate) fn is_sealed(backup: &Path) -> bool {
        let keys = backup.join("keys");
        SECRETS.iter().any(|(name, _)| keys.join(sealed(name)).exists())
    }

    /// Takes the secrets of a backup; `recovery` says what is done about sealed ones.
    pub(crate) fn take(&self, backup: &Path, recovery: Option<&Recovery>) -> Result<()> {
        let from = backup.join("keys");
        self.copy_from(&from, &SECRETS.map(|(name, _)| sealed(name)), &[])?;
        match recovery.filter(|_| Self::is_sealed(backup)) {
            None => Ok(()),
            Some(Recovery::Code(code)) => {
                for (name, bytes) in Self::opened(backup, code)? {
                    write(&self.dir.join(name), &bytes, 0o600)?;
                }
                Ok(())
            }
            Some(Recovery::NewKeys) => {
                let present = self.dir.join(CA);
                if !present.exists() {
                    return Ok(());
                }
                self.trust(&read(&present)?)?;
                std::fs::remove_file(&present).with_context(|| format!("cannot remove {}", present.display()))
            }
        }
    }

    /// The sealed keys of a backup, which the code opens.
    pub(crate) fn opened(backup: &Path, code: &str) -> Result<Vec<(&'static str, Vec<u8>)>> {
        let seal = SealKey::new(&key_of(code)?)?;
        let keys = backup.join("keys");
        let mut opened = Vec::new();
        for (name, bound) in SECRETS {
            let path = keys.join(sealed(name));
            if path.exists() {
                let bytes = seal.open(bound, read(&path)?.trim()).ok();
                let bytes = bytes.context("the recovery code does not open the keys of this backup")?;
                opened.push((name, bytes));
            }
        }
        Ok(opened)
    }

    /// The restored instance goes on with the code of the lost one.
    pub(crate) fn keep_code(&self, code: &str) -> Result<()> {
        write(&self.dir.join(RECOVERY), &key_of(code)?, 0o600)
    }

    /// What opens the sealed keys of every backup of this instance: 64 hex digits.
    pub(crate) fn recovery_code(&self) -> Result<String> {
        let key = self.recovery_key()?;
        Ok(key.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// What seals keys on their way into a backup.
    pub(crate) fn recovery_key(&self) -> Result<[u8; 32]> {
        let what = "remove it; a new one is made, and the old code opens older backups only";
        self.random(RECOVERY, what)
    }

    fn copy_from(&self, dir: &Path, sealed: &[String], except: &[&str]) -> Result<()> {
        for entry in std::fs::read_dir(dir).with_context(|| format!("cannot read {}", dir.display()))? {
            let path = entry?.path();
            let Some(name) = path.file_name().filter(|_| path.is_file()) else {
                continue;
            };
            if !except.iter().any(|other| name == *other) && !sealed.iter().any(|other| name == other.as_str()) {
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
    fn a_backup_opens_nothing_for_who_has_no_code() {
        let dir = tempfile::tempdir().unwrap();
        let keys = Keys::open(&dir.path().join("one")).unwrap();
        let now = Timestamp::from_seconds(1_795_000_000);
        let print = keys.platform_ca(now).unwrap().authority().print.clone();
        let (audit, sealed) = (
            keys.audit_key().unwrap(),
            keys.seal_key().unwrap().seal("a", b"b").unwrap(),
        );
        let backup = dir.path().join("backup");
        keys.copy(&backup, &keys.recovery_key().unwrap()).unwrap();
        let secret = std::fs::read_to_string(dir.path().join("one/keys/ca.key")).unwrap();
        let middle = secret.lines().nth(1).unwrap().as_bytes();
        let own = |name: &str| std::fs::read(dir.path().join("one/keys").join(name)).unwrap();
        let secrets = [middle.to_vec(), own(SEAL), own(AUDIT), own(RECOVERY)];
        for file in std::fs::read_dir(backup.join("keys")).unwrap() {
            let file = file.unwrap().path();
            let bytes = std::fs::read(&file).unwrap();
            let told = |secret: &Vec<u8>| bytes.windows(secret.len()).any(|part| part == secret);
            assert!(!secrets.iter().any(told), "{}", file.display());
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
            ("four", Some(Recovery::NewKeys), Some(false)),
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
                assert_eq!(other.audit_key().unwrap() == audit, same, "{name}");
                assert_eq!(other.seal_key().unwrap().open("a", &sealed).is_ok(), same, "{name}");
            }
        }
    }
}
