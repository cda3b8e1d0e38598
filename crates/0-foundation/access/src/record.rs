//! How accounts and sessions are stored.

use crate::error::AccessError;
use crate::model::{Account, Kind, Link, Right, SecondFactor, SessionLimits};
use kernel::area::AreaCode;
use kernel::classification::Classification;
use kernel::id::{OrgId, PersonId};
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

/// API tokens by the SHA-256 of their secret, in hex.
pub const TOKENS: Collection = Collection {
    name: "access_tokens",
    indexes: &[Index {
        name: "account",
        kind: IndexKind::Equal,
    }],
};

/// Who has asked for the emergency account; one document.
pub const EMERGENCY: Collection = Collection {
    name: "access_emergency",
    indexes: &[],
};

/// Accounts by what a provider calls the person, hashed ([`crate::service::linked::key`]): nobody is linked twice.
pub const LINKS: Collection = Collection {
    name: "access_links",
    indexes: &[],
};

/// 2: rights with organisation, area and end instead of bare roles; posts of sessions. 3: links of accounts with providers, and
/// the provider that a session came from.
const FORMAT: u32 = 3;

#[derive(Serialize, Deserialize)]
struct AccountRecord {
    format: u32,
    name: String,
    person: PersonId,
    password: String,
    must_change: bool,
    /// Format 1 only: each counts for the whole tenant and city, without end.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    roles: BTreeSet<String>,
    #[serde(default)]
    kind: Kind,
    #[serde(default)]
    rights: Vec<Right>,
    /// Format 1 knew none: the instance's maximum bound alone.
    #[serde(default = "highest")]
    clearance: Classification,
    #[serde(default)]
    ended: Option<Timestamp>,
    #[serde(default)]
    failures: u32,
    #[serde(default)]
    locked_until: Option<Timestamp>,
    #[serde(default)]
    second: Option<SecondFactor>,
    #[serde(default)]
    links: Vec<Link>,
}

const fn highest() -> Classification {
    Classification::TopSecret
}

/// Where a session acts: organisation and area of a post.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// None: the whole tenant.
    pub org: Option<OrgId>,
    /// None: the whole city.
    pub area: Option<AreaCode>,
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
    /// The post in which it acts; the first one when absent.
    #[serde(default)]
    pub post: Option<Place>,
    /// A second factor was shown at sign-in.
    #[serde(default)]
    pub strong: bool,
    /// Where the sign-in came from, for its owner to recognise it.
    #[serde(default)]
    pub from: String,
    /// Code of the provider where the person signed in; absent: with a password here.
    #[serde(default)]
    pub provider: Option<String>,
}

/// Whose account a name at a provider opens, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkRecord {
    /// Format version.
    pub format: u32,
    /// Account name.
    pub account: String,
}

/// An API token as it is stored; its secret is not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenRecord {
    /// Format version.
    pub format: u32,
    /// By which it is ended.
    pub id: uuid::Uuid,
    /// Account name.
    pub account: String,
    /// What it is for, in the owner's words.
    pub title: String,
    /// Codes of the actions that it was made for.
    pub actions: BTreeSet<String>,
    /// When it was made.
    pub at: Timestamp,
    /// Who made it.
    pub by: kernel::actor::ActorId,
    /// From then on it opens nothing.
    pub expires: Timestamp,
    /// It was made in a session with a second factor.
    #[serde(default)]
    pub strong: bool,
}

impl TokenRecord {
    /// Version of the stored form that this build writes.
    pub const FORMAT: u32 = FORMAT;
}

impl SessionRecord {
    /// A session that begins now.
    pub fn new(account: &str, since: Timestamp) -> Self {
        Self {
            format: FORMAT,
            account: account.to_owned(),
            since,
            seen: None,
            post: None,
            strong: false,
            from: String::new(),
            provider: None,
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

/// Reads a token.
pub fn read_token(body: &[u8]) -> Result<TokenRecord, AccessError> {
    read(body).map_err(|why| AccessError::Unreadable("token", String::new(), why))
}

/// Reads a link.
pub fn read_link(key: &str, body: &[u8]) -> Result<LinkRecord, AccessError> {
    read(body).map_err(|why| AccessError::Unreadable("link", key.to_owned(), why))
}

/// The stored form.
pub fn write_account(account: &Account) -> Vec<u8> {
    let record = AccountRecord {
        format: FORMAT,
        name: account.name.clone(),
        person: account.person,
        password: account.password.clone(),
        must_change: account.must_change,
        roles: BTreeSet::new(),
        kind: account.kind,
        rights: account.rights.clone(),
        clearance: account.clearance,
        ended: account.ended,
        failures: account.failures,
        locked_until: account.locked_until,
        second: account.second.clone(),
        links: account.links.clone(),
    };
    serde_json::to_vec(&record).unwrap_or_default()
}

/// Reads all formats up to the present one.
pub fn read_account(key: &str, body: &[u8]) -> Result<Account, AccessError> {
    let record: AccountRecord = read(body).map_err(|why| AccessError::Unreadable("account", key.to_owned(), why))?;
    let from_roles = record.roles.iter().map(|role| Right {
        // the same at each reading, so that it can be withdrawn
        id: kernel::id::derived(&[b"access right", record.name.as_bytes(), role.as_bytes()]),
        ..Right::everywhere(role, Timestamp::EPOCH)
    });
    let rights = from_roles.chain(record.rights).collect();
    Ok(Account {
        name: record.name,
        person: record.person,
        password: record.password,
        must_change: record.must_change,
        kind: record.kind,
        rights,
        clearance: record.clearance,
        ended: record.ended,
        failures: record.failures,
        locked_until: record.locked_until,
        second: record.second,
        links: record.links,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newer_forms_are_refused_whatever_they_look_like() {
        for newer in [r#"{"format":4}"#, r#"{"format":4,"account":{"name":"a"},"since":0}"#] {
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
        let account = read_account("truc-ban", account.as_bytes()).unwrap();
        assert!(account.must_change);
        let right = &account.rights[0];
        assert_eq!(
            (right.role.as_str(), &right.org, &right.area, right.until),
            ("leader", &None, &None, None)
        );
        assert_eq!(read_account("truc-ban", &write_account(&account)).unwrap(), account);
        let session = r#"{"format":1,"account":"truc-ban","since":"2026-01-01T00:00:00Z"}"#;
        assert_eq!(read_session(session.as_bytes()).unwrap().seen, None);
    }

    #[test]
    fn the_second_form_stays_readable() {
        let account = r#"{"format":2,"name":"truc-ban","person":"01900000-0000-7000-8000-000000000000","password":"x",
            "must_change":false,"kind":"person","rights":[{"id":"01900000-0000-7000-8000-000000000001","role":"auditor",
            "org":null,"area":"00070","until":null,"by":{"kind":"service","id":"access"},"at":"2026-01-01T00:00:00Z"}],
            "clearance":"internal","ended":null,"failures":2,"locked_until":null,
            "second":{"sealed":"s","confirmed":true,"step":7,"recovery":["r"]}}"#;
        let account = read_account("truc-ban", account.as_bytes()).unwrap();
        assert!(account.links.is_empty() && account.has_second_factor());
        assert_eq!((account.rights.len(), account.failures), (1, 2));
        assert_eq!(read_account("truc-ban", &write_account(&account)).unwrap(), account);
        let session = r#"{"format":2,"account":"truc-ban","since":"2026-01-01T00:00:00Z","seen":null,"strong":true,
            "post":{"org":null,"area":"00070"},"from":"10.0.0.1"}"#;
        let session = read_session(session.as_bytes()).unwrap();
        assert_eq!((session.strong, session.provider), (true, None));
    }
}
