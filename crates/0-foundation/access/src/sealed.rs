//! Small secrets at rest: sealed with the instance's key (ChaCha20-Poly1305) and bound to whom they belong to.

use crate::error::AccessError;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use rand::Rng;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use std::sync::Arc;

/// The key of the instance for small secrets. It lies beside the data directory's other keys, never in the records.
#[derive(Clone)]
pub struct SealKey(Arc<LessSafeKey>);

impl std::fmt::Debug for SealKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealKey(...)")
    }
}

impl SealKey {
    /// Takes 32 secret bytes.
    pub fn new(key: &[u8; 32]) -> Result<Self, AccessError> {
        let key = UnboundKey::new(&CHACHA20_POLY1305, key).map_err(|_| broken("the key"))?;
        Ok(Self(Arc::new(LessSafeKey::new(key))))
    }

    /// Seals; `owner` has to be named again to open it, so that a sealed text cannot be moved to another account.
    pub fn seal(&self, owner: &str, secret: &[u8]) -> Result<String, AccessError> {
        let mut nonce = [0_u8; NONCE_LEN];
        rand::rng().fill(&mut nonce);
        let mut bytes = secret.to_vec();
        self.0
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(owner.as_bytes()),
                &mut bytes,
            )
            .map_err(|_| broken("a secret"))?;
        let mut sealed = nonce.to_vec();
        sealed.append(&mut bytes);
        Ok(STANDARD_NO_PAD.encode(sealed))
    }

    /// Opens what was sealed for this owner with this key.
    pub fn open(&self, owner: &str, sealed: &str) -> Result<Vec<u8>, AccessError> {
        let bytes = STANDARD_NO_PAD.decode(sealed).map_err(|_| broken("a secret"))?;
        let (nonce, rest) = bytes
            .split_first_chunk::<NONCE_LEN>()
            .ok_or_else(|| broken("a secret"))?;
        let mut rest = rest.to_vec();
        let opened = self
            .0
            .open_in_place(
                Nonce::assume_unique_for_key(*nonce),
                Aad::from(owner.as_bytes()),
                &mut rest,
            )
            .map_err(|_| broken("a secret"))?;
        Ok(opened.to_vec())
    }
}

fn broken(what: &str) -> AccessError {
    AccessError::Unreadable(
        "seal",
        what.to_owned(),
        "the key of the instance does not open it".to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_opens_for_its_owner_and_key_only_and_unchanged() {
        let key = SealKey::new(&[7; 32]).unwrap();
        let sealed = key.seal("truc-ban", b"secret").unwrap();
        assert!(!sealed.contains("secret"));
        assert_ne!(sealed, key.seal("truc-ban", b"secret").unwrap());
        assert_eq!(key.open("truc-ban", &sealed).unwrap(), b"secret");
        assert!(key.open("another", &sealed).is_err());
        assert!(SealKey::new(&[8; 32]).unwrap().open("truc-ban", &sealed).is_err());
        let mut bytes = STANDARD_NO_PAD.decode(&sealed).unwrap();
        for at in 0..bytes.len() {
            bytes[at] ^= 1;
            assert!(
                key.open("truc-ban", &STANDARD_NO_PAD.encode(&bytes)).is_err(),
                "byte {at}"
            );
            bytes[at] ^= 1;
        }
        assert!(key.open("truc-ban", "AAAA").is_err());
    }
}
