//! The stored form of a tenant's keys: nothing in it is secret without passphrase or recovery key.
//!
//! Passphrase and recovery key wrap the root key, the root key wraps each version of the data key.

use crate::error::SealError;
use crate::passphrase::{Cost, Proof, recovery};
use crate::secret::{DataKey, Keys, Secret, open, random, seal};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use kernel::time::Timestamp;
use ports::document;
use ports::records::{Change, Collection, Document, Expect, Records};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// The format that this program writes.
pub const FORMAT: u32 = 1;
/// Where the keyring lies, in the records below.
pub(crate) const KEYRING: Collection = Collection {
    name: "sealed_keyring",
    indexes: &[],
};
const KEY: &str = "keyring";

/// A data key that is wrapped by the root key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Wrapped {
    pub(crate) number: u32,
    pub(crate) made: Timestamp,
    pub(crate) key: String,
}

/// A change of the data key that has not come to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Underway {
    pub(crate) began: Timestamp,
    /// Facts up to this journal number are under older versions.
    pub(crate) journal: u64,
}

/// All keys of one tenant, wrapped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Keyring {
    pub(crate) tenant: String,
    pub(crate) cost: Cost,
    pub(crate) salt: String,
    pub(crate) by_passphrase: String,
    pub(crate) by_recovery: String,
    pub(crate) versions: Vec<Wrapped>,
    pub(crate) current: u32,
    pub(crate) rotation: Option<Underway>,
    /// Wrong attempts in a row.
    pub(crate) failures: u32,
    /// Before this no attempt is looked at.
    pub(crate) not_before: Option<Timestamp>,
}

fn text_of(bytes: &[u8]) -> String {
    STANDARD_NO_PAD.encode(bytes)
}

fn bytes_of(text: &str) -> Result<Vec<u8>, SealError> {
    STANDARD_NO_PAD
        .decode(text)
        .map_err(|_| SealError::Keyring("a wrapped key is not base64".to_owned()))
}

fn place<'a>(tenant: &'a str, what: &'a str) -> [&'a [u8]; 3] {
    [b"hanoi-ioc keyring", tenant.as_bytes(), what.as_bytes()]
}

fn unwrap_key(by: &Secret, tenant: &str, what: &str, wrapped: &str) -> Result<Option<Secret>, SealError> {
    let Some(bytes) = open(by, &place(tenant, what), &bytes_of(wrapped)?).map(Zeroizing::new) else {
        return Ok(None);
    };
    let mut key = Zeroizing::new([0; 32]);
    if bytes.len() != key.len() {
        return Err(SealError::Keyring(format!("the key {what} has {} bytes", bytes.len())));
    }
    key.copy_from_slice(&bytes);
    Ok(Some(key))
}

impl Keyring {
    /// New keys; `recovery` is not kept.
    pub(crate) fn new(
        tenant: &str,
        cost: Cost,
        passphrase: &str,
        recovery: &Secret,
        root: &Secret,
        now: Timestamp,
    ) -> Result<Self, SealError> {
        let mut keyring = Self {
            tenant: tenant.to_owned(),
            cost,
            salt: String::new(),
            by_passphrase: String::new(),
            by_recovery: text_of(&seal(recovery, &place(tenant, "recovery"), root.as_slice())?),
            versions: Vec::new(),
            current: 0,
            rotation: None,
            failures: 0,
            not_before: None,
        };
        keyring.close_with(cost, passphrase, root)?;
        keyring.add_version(root, now)?;
        Ok(keyring)
    }

    /// Wraps the root key by a passphrase, in place of the one before. Slow on purpose.
    pub(crate) fn close_with(&mut self, cost: Cost, passphrase: &str, root: &Secret) -> Result<(), SealError> {
        let salt: [u8; 16] = random()?;
        let by = cost.stretch(passphrase, &salt)?;
        self.by_passphrase = text_of(&seal(&by, &place(&self.tenant, "passphrase"), root.as_slice())?);
        (self.cost, self.salt) = (cost, text_of(&salt));
        Ok(())
    }

    /// Adds a data key, with which everything new is sealed from now on.
    pub(crate) fn add_version(&mut self, root: &Secret, made: Timestamp) -> Result<(), SealError> {
        let number = self.current + 1;
        let key = crate::secret::new_secret()?;
        let what = format!("data {number}");
        let key = text_of(&seal(root, &place(&self.tenant, &what), key.as_slice())?);
        self.versions.push(Wrapped { number, made, key });
        self.current = number;
        Ok(())
    }

    /// The root key, if the proof is right. Slow on purpose.
    pub(crate) fn root(&self, proof: &Proof) -> Result<Option<Secret>, SealError> {
        match proof {
            Proof::Passphrase(text) => {
                let salt = <[u8; 16]>::try_from(bytes_of(&self.salt)?)
                    .map_err(|_| SealError::Keyring("the salt has not 16 bytes".to_owned()))?;
                let by = self.cost.stretch(text, &salt)?;
                unwrap_key(&by, &self.tenant, "passphrase", &self.by_passphrase)
            }
            Proof::Recovery(text) => match recovery(text) {
                Ok(by) => unwrap_key(&by, &self.tenant, "recovery", &self.by_recovery),
                Err(_) => Ok(None),
            },
        }
    }

    /// All keys under the root key.
    pub(crate) fn keys(&self, root: Secret) -> Result<Keys, SealError> {
        let mut versions = BTreeMap::new();
        for Wrapped { number, key, .. } in &self.versions {
            let what = format!("data {number}");
            let key = unwrap_key(&root, &self.tenant, &what, key)?
                .ok_or_else(|| SealError::Keyring(format!("version {number} of the data key does not open")))?;
            versions.insert(*number, DataKey::of(&key));
        }
        if !versions.contains_key(&self.current) {
            return Err(SealError::Keyring(format!(
                "version {} of the data key is missing",
                self.current
            )));
        }
        let tenant = self.tenant.clone();
        Ok(Keys {
            tenant,
            root,
            versions,
            current: self.current,
        })
    }

    /// The keyring of a tenant with its version in the records; absent when the tenant was never sealed.
    pub(crate) async fn load(records: &dyn Records, tenant: &str) -> Result<Option<(Self, u64)>, SealError> {
        let Some(document) = records.get(KEYRING, KEY).await? else {
            return Ok(None);
        };
        let keyring = Self::read(&document)?;
        if keyring.tenant == tenant {
            return Ok(Some((keyring, document.version)));
        }
        let text = format!("it belongs to tenant {}, not to {tenant}", keyring.tenant);
        Err(SealError::Keyring(text))
    }

    fn read(document: &Document) -> Result<Self, SealError> {
        document::read(document, FORMAT).map_err(SealError::Keyring)
    }

    /// What stores it, if it is still at `version` (0: not there).
    pub(crate) fn put(&self, version: u64) -> Result<Change, SealError> {
        let body = document::write(FORMAT, self).map_err(|error| SealError::Keyring(error.to_string()))?;
        Ok(Change::Put {
            collection: KEYRING,
            key: KEY.to_owned(),
            expect: Expect::since(version),
            body,
            indexes: Vec::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn format_1_is_readable_for_ever() {
        let body = br#"{"format":1,"tenant":"party","cost":{"memory_kib":8,"passes":1,"lanes":1},"salt":"AA","by_passphrase":"AA",
            "by_recovery":"AA","versions":[{"number":1,"made":"2026-01-01T00:00:00Z","key":"AA"}],"current":1,
            "rotation":{"began":"2026-01-01T00:00:00Z","journal":7},"failures":2,"not_before":null}"#;
        let document = Document {
            key: KEY.to_owned(),
            version: 1,
            body: body.to_vec(),
        };
        let keyring = Keyring::read(&document).unwrap();
        assert_eq!(
            (keyring.tenant.as_str(), keyring.current, keyring.failures),
            ("party", 1, 2)
        );
        let newer = Document {
            body: br#"{"format":2}"#.to_vec(),
            ..document
        };
        assert!(matches!(Keyring::read(&newer), Err(SealError::Keyring(text)) if text.contains("format 2")));
    }
}
