//! How accounts and sessions are stored.

use crate::error::AccessError;
use crate::model::{Account, SessionLimits};
use kernel::id::PersonId;
use kernel::time::Timestamp;
use ports::query::{Index, IndexKind};
use ports::records::Collection;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::time::Duration;

/// Accounts by name.
pub const ACCOUNTS: Collection = Collection {
    name: "accounts",
    indexes: &[],
};
/// Sessions by the SHA-256 of their secret, in hex.
pub const SESSIONS: Collection = Collection {
    name: "sessions",
    indexes: &[Index {
        name: "person",
        kind: IndexKind::Equal,
    }],
};

const FORMAT: u32 = 1;

#[derive(Serialize, Deserialize)]
struct AccountRecord {
    format: u32,
    name: String,
    person: PersonId,
    password: String,
    must_change: bool,
    roles: BTreeSet<String>,
    #[serde(default)]
    failures: u32,
    #[serde(default)]
    locked_until: Option<Timestamp>,
}

/// A session as it is stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SessionRecord {
    /// Format version.
    pub format: u32,
    /// Account name.
    pub account: String,
    /// Wall time of sign-in.
    pub since: Timestamp,
    /// Wall time of the last request that was saved; sign-in when absent.
    #[serde(default)]
    pub seen: Option<Timestamp>,
}

impl SessionRecord {
    /// A session that begins now.
    pub fn new(account: &str, since: Timestamp) -> Self {
        Self {
            format: FORMAT,
            account: account.to_owned(),
            since,
            seen: None,
        }
    }

    /// Whether it has not run out, as far as storage knows.
    pub fn lives(&self, limits: SessionLimits, now: Timestamp) -> bool {
        now.since(self.since) < Duration::from_secs(limits.absolute_s)
            && now.since(self.seen.unwrap_or(self.since)) < Duration::from_secs(limits.idle_s)
    }
}

/// Reads all formats of a session up to the present one.
pub fn read_session(body: &[u8]) -> Result<SessionRecord, AccessError> {
    read(body).map_err(|why| AccessError::Unreadable("session", String::new(), why))
}

#[derive(Deserialize)]
struct Format {
    format: u32,
}

/// The format is looked at first: a newer form need not have the fields of this one.
fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    let Format { format } = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    if format > FORMAT {
        return Err(format!("format {format} is newer than {FORMAT}; upgrade hanoi-ioc"));
    }
    serde_json::from_slice(body).map_err(|error| error.to_string())
}

/// The stored form.
pub fn write_account(account: &Account) -> Vec<u8> {
    let record = AccountRecord {
        format: FORMAT,
        name: account.name.clone(),
        person: account.person,
        password: account.password.clone(),
        must_change: account.must_change,
        roles: account.roles.clone(),
        failures: account.failures,
        locked_until: account.locked_until,
    };
    serde_json::to_vec(&record).unwrap_or_default()
}

/// Reads all formats up to the present one.
pub fn read_account(key: &str, body: &[u8]) -> Result<Account, AccessError> {
    let record: AccountRecord = read(body).map_err(|why| AccessError::Unreadable("account", key.to_owned(), why))?;
    Ok(Account {
        name: record.name,
        person: record.person,
        password: record.password,
        must_change: record.must_change,
        roles: record.roles,
        failures: record.failures,
        locked_until: record.locked_until,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newer_forms_are_refused_whatever_they_look_like() {
        for newer in [r#"{"format":2}"#, r#"{"format":2,"account":{"name":"a"},"since":0}"#] {
            for error in [
                read_account("a", newer.as_bytes()).unwrap_err(),
                read_session(newer.as_bytes()).unwrap_err(),
            ] {
                assert!(error.to_string().contains("upgrade hanoi-ioc"), "{error}");
            }
        }
    }

    #[test]
    fn the_first_form_stays_readable() {
        let account = r#"{"format":1,"name":"truc-ban","person":"01900000-0000-7000-8000-000000000000","password":"x",
            "must_change":true,"roles":["leader"]}"#;
        assert!(read_account("truc-ban", account.as_bytes()).unwrap().must_change);
        let session = r#"{"format":1,"account":"truc-ban","since":"2026-01-01T00:00:00Z"}"#;
        assert_eq!(read_session(session.as_bytes()).unwrap().seen, None);
    }
}
