//! Page cursors: where a page begins, signed, and bound to the filter it was made for (SEMANTICS 35).

use crate::problem::Problem;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use kernel::error::ErrorKind;
use ports::query::After;
use sha2::Sha256;

/// Signs and checks cursors; the key belongs to the data directory.
#[derive(Clone)]
pub struct CursorKey([u8; 32]);

impl std::fmt::Debug for CursorKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CursorKey(...)")
    }
}

impl CursorKey {
    /// Takes a secret of 32 bytes.
    pub const fn new(key: [u8; 32]) -> Self {
        Self(key)
    }

    fn sign(&self, filter: &str, payload: &[u8]) -> [u8; 16] {
        let mut tag = [0; 16];
        if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) {
            mac.update(&(filter.len() as u64).to_be_bytes());
            mac.update(filter.as_bytes());
            mac.update(payload);
            tag.copy_from_slice(&mac.finalize().into_bytes()[..16]);
        }
        tag
    }

    /// Writes a cursor. `filter` is everything about the question except the page.
    pub fn write(&self, filter: &str, after: &After) -> String {
        let mut payload = after.value.to_be_bytes().to_vec();
        payload.extend_from_slice(after.key.as_bytes());
        let mut bytes = self.sign(filter, &payload).to_vec();
        bytes.extend_from_slice(&payload);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads a cursor back; it must have been written here for the same filter.
    pub fn read(&self, filter: &str, cursor: &str) -> Result<After, Problem> {
        let wrong = || {
            let detail = "take `next` of the page before, unchanged, with the same filter; or begin without a cursor";
            Problem::new(ErrorKind::Invalid, "cursor_invalid", detail)
        };
        let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| wrong())?;
        let (tag, payload) = bytes.split_first_chunk::<16>().ok_or_else(wrong)?;
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).map_err(|_| wrong())?;
        mac.update(&(filter.len() as u64).to_be_bytes());
        mac.update(filter.as_bytes());
        mac.update(payload);
        mac.verify_truncated_left(tag).map_err(|_| wrong())?;
        let (value, key) = payload.split_first_chunk::<8>().ok_or_else(wrong)?;
        let key = String::from_utf8(key.to_vec()).map_err(|_| wrong())?;
        Ok(After {
            value: i64::from_be_bytes(*value),
            key,
        })
    }
}

/// The size of a page: `limit` of the query or 100, within 1 to 1,000.
pub fn limit(asked: Option<usize>) -> Result<usize, Problem> {
    match asked.unwrap_or(100) {
        limit @ 1..=1_000 => Ok(limit),
        other => Err(Problem::invalid("limit", format!("limit is {other}; write 1 to 1000"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_holds_only_for_its_own_filter_and_unchanged() {
        let key = CursorKey::new([7; 32]);
        let after = After {
            value: -5,
            key: "gauge-001".into(),
        };
        let cursor = key.write("state=open", &after);
        assert_eq!(key.read("state=open", &cursor).unwrap(), after);
        assert!(key.read("state=all", &cursor).is_err());
        assert!(CursorKey::new([8; 32]).read("state=open", &cursor).is_err());
        for broken in ["", "AAAA", "%%%", &cursor[1..]] {
            assert!(key.read("state=open", broken).is_err(), "{broken}");
        }
    }
}
