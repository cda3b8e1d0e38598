//! How accounts and sessions are stored.

use crate::error::AccessError;
use crate::model::Account;
use kernel::id::PersonId;
use kernel::time::Timestamp;
use ports::query::{Index, IndexKind};
use ports::records::Collection;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Accounts by name.
pub const ACCOUNTS: Collection = Collection { name: "accounts", indexes: &[] };
/// Sessions by the SHA-256 of their secret, in hex.
pub const SESSIONS: Collection =
    Collection { name: "sessions", indexes: &[Index { name: "person", kind: IndexKind::Equal }] };

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
}

impl SessionRecord {
    /// A session that begins now.
    pub fn new(account: &str, since: Timestamp) -> Self {
        Self { format: FORMAT, account: account.to_owned(), since }
    }
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
    let unreadable = |why: String| AccessError::Unreadable(key.to_owned(), why);
    let record: AccountRecord = serde_json::from_slice(body).map_err(|error| unreadable(error.to_string()))?;
    if record.format > FORMAT {
        return Err(unreadable(format!("format {} is newer than {FORMAT}; upgrade hanoi-ioc", record.format)));
    }
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
