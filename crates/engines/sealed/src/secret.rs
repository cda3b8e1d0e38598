//! Keys in memory and what is done with them: deriving, sealing bound to a place, opening, and tokens for equality.
//!
//! The bytes of a key are overwritten when the last user lets go. Copies that a cipher makes on the stack are not.

use crate::error::SealError;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, MAX_TAG_LEN, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;
use ring::rand::{SecureRandom, SystemRandom};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// 32 secret bytes.
pub(crate) type Secret = Zeroizing<[u8; 32]>;

/// Random bytes of the operating system.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], SealError> {
    let mut bytes = [0; N];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| SealError::Crypto("no random bytes"))?;
    Ok(bytes)
}

/// A new key.
pub(crate) fn new_secret() -> Result<Secret, SealError> {
    Ok(Zeroizing::new(random()?))
}

/// A key for one use out of another one (HMAC-SHA256 as a pseudo-random function, as the expanding step of RFC 5869).
pub(crate) fn derive(key: &Secret, parts: &[&[u8]]) -> Secret {
    let mut out = Zeroizing::new([0; 32]);
    out.copy_from_slice(mac(key, parts).as_ref());
    out
}

/// HMAC-SHA256 over parts that cannot run into each other.
pub(crate) fn mac(key: &Secret, parts: &[&[u8]]) -> hmac::Tag {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key.as_slice()), &joined(parts))
}

/// Each part behind its length.
pub(crate) fn joined(parts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(parts.iter().map(|part| part.len() + 8).sum());
    for part in parts {
        bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bytes.extend_from_slice(part);
    }
    bytes
}

fn cipher(key: &Secret) -> Option<LessSafeKey> {
    let key = UnboundKey::new(&CHACHA20_POLY1305, key.as_slice()).ok()?;
    Some(LessSafeKey::new(key))
}

/// Seals under a nonce that the caller never uses twice with this key.
pub(crate) fn seal_with(key: &Secret, nonce: [u8; NONCE_LEN], bound: &[u8], bytes: &mut Vec<u8>) -> Option<()> {
    cipher(key)?
        .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(bound), bytes)
        .ok()
}

/// Opens what [`seal_with`] made; `None` when key, nonce, place or bytes differ.
pub(crate) fn open_with(key: &Secret, nonce: [u8; NONCE_LEN], bound: &[u8], mut bytes: Vec<u8>) -> Option<Vec<u8>> {
    let length = cipher(key)?
        .open_in_place(Nonce::assume_unique_for_key(nonce), Aad::from(bound), &mut bytes)
        .ok()?
        .len();
    bytes.truncate(length);
    Some(bytes)
}

/// Seals under a random nonce, which stands before the sealed bytes.
pub(crate) fn seal(key: &Secret, bound: &[&[u8]], secret: &[u8]) -> Result<Vec<u8>, SealError> {
    let nonce: [u8; NONCE_LEN] = random()?;
    let mut bytes = Vec::with_capacity(secret.len() + MAX_TAG_LEN);
    bytes.extend_from_slice(secret);
    seal_with(key, nonce, &joined(bound), &mut bytes).ok_or(SealError::Crypto("sealing failed"))?;
    let mut sealed = Vec::with_capacity(bytes.len() + NONCE_LEN);
    sealed.extend_from_slice(&nonce);
    sealed.append(&mut bytes);
    Ok(sealed)
}

/// Opens what [`seal`] made for the same place; `None` otherwise.
pub(crate) fn open(key: &Secret, bound: &[&[u8]], sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, rest) = sealed.split_first_chunk::<NONCE_LEN>()?;
    open_with(key, *nonce, &joined(bound), rest.to_vec())
}

/// One version of the data key, as the keys of its uses.
#[derive(Debug)]
pub(crate) struct DataKey {
    pub(crate) row: Secret,
    pub(crate) token: Secret,
    pub(crate) fact: Secret,
    pub(crate) object: Secret,
}

impl DataKey {
    pub(crate) fn of(key: &Secret) -> Self {
        let part = |name: &str| derive(key, &[b"hanoi-ioc sealed tenant", name.as_bytes()]);
        Self {
            row: part("row"),
            token: part("token"),
            fact: part("fact"),
            object: part("object"),
        }
    }
}

/// All keys of an unlocked tenant.
pub(crate) struct Keys {
    pub(crate) tenant: String,
    /// Wraps the data keys; itself wrapped by passphrase and recovery key.
    pub(crate) root: Secret,
    pub(crate) versions: BTreeMap<u32, DataKey>,
    /// With which version everything new is sealed.
    pub(crate) current: u32,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keys({}, version {})", self.tenant, self.current)
    }
}

impl Keys {
    /// The key of a version, if it is not destroyed.
    pub(crate) fn version(&self, number: u32) -> Option<&DataKey> {
        self.versions.get(&number)
    }

    /// The key for what is new.
    pub(crate) fn newest(&self) -> Result<&DataKey, SealError> {
        self.version(self.current)
            .ok_or(SealError::Crypto("the keyring has no key of its present version"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_opens_in_its_place_only_and_unchanged() {
        let key = new_secret().unwrap();
        let sealed = seal(&key, &[b"a", b"bc"], b"secret").unwrap();
        assert_eq!(open(&key, &[b"a", b"bc"], &sealed).unwrap(), b"secret");
        assert!(
            open(&key, &[b"ab", b"c"], &sealed).is_none(),
            "parts do not run into each other"
        );
        assert!(open(&new_secret().unwrap(), &[b"a", b"bc"], &sealed).is_none());
        for at in 0..sealed.len() {
            let mut bent = sealed.clone();
            bent[at] ^= 1;
            assert!(open(&key, &[b"a", b"bc"], &bent).is_none(), "byte {at}");
            assert!(open(&key, &[b"a", b"bc"], &sealed[..at]).is_none(), "cut at {at}");
        }
    }

    #[test]
    fn each_use_has_a_key_of_its_own() {
        let key = DataKey::of(&new_secret().unwrap());
        let all = [&key.row, &key.token, &key.fact, &key.object];
        for (number, one) in all.iter().enumerate() {
            assert!(all.iter().skip(number + 1).all(|other| other != one));
        }
    }
}
