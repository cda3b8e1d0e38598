//! Accounts and sessions over the records port.

use crate::error::AccessError;
use crate::model::Account;
use crate::record::{ACCOUNTS, SESSIONS, SessionRecord, read_account, write_account};
use ports::error::PortError;
use ports::query::{Condition, IndexValue, Query};
use ports::records::{Change, Expect, Records, Transaction};
use std::sync::Arc;

/// Where accounts and sessions live.
#[derive(Clone, Debug)]
pub struct Store {
    records: Arc<dyn Records>,
}

impl Store {
    /// Over the records of one tenant.
    pub fn new(records: Arc<dyn Records>) -> Self {
        Self { records }
    }

    /// An account with its version.
    pub async fn account(&self, name: &str) -> Result<Option<(Account, u64)>, AccessError> {
        let Some(document) = self.records.get(ACCOUNTS, name).await? else { return Ok(None) };
        Ok(Some((read_account(name, &document.body)?, document.version)))
    }

    /// Whether there is any account.
    pub async fn has_accounts(&self) -> Result<bool, AccessError> {
        Ok(!self.records.query(ACCOUNTS, Query::all(1)).await?.documents.is_empty())
    }

    /// Writes an account if it is still at `version` (0: it does not exist).
    pub async fn put_account(&self, account: &Account, version: u64) -> Result<(), AccessError> {
        let expect = if version == 0 { Expect::Absent } else { Expect::Version(version) };
        let put = Change::Put {
            collection: ACCOUNTS,
            key: account.name.clone(),
            expect,
            body: write_account(account),
            indexes: Vec::new(),
        };
        self.commit(vec![put]).await
    }

    /// A session by the hash of its secret.
    pub async fn session(&self, hash: &str) -> Result<Option<SessionRecord>, AccessError> {
        let document = self.records.get(SESSIONS, hash).await?;
        Ok(document.and_then(|document| serde_json::from_slice(&document.body).ok()))
    }

    /// Writes a session.
    pub async fn put_session(&self, hash: &str, session: &SessionRecord) -> Result<(), AccessError> {
        let put = Change::Put {
            collection: SESSIONS,
            key: hash.to_owned(),
            expect: Expect::Any,
            body: serde_json::to_vec(session).unwrap_or_default(),
            indexes: vec![("person", IndexValue::Equal(session.account.clone()))],
        };
        self.commit(vec![put]).await
    }

    /// Ends one session.
    pub async fn delete_session(&self, hash: &str) -> Result<(), AccessError> {
        self.commit(vec![delete(hash.to_owned())]).await
    }

    /// Ends all sessions of an account; answers their hashes.
    pub async fn delete_sessions_of(&self, account: &str) -> Result<Vec<String>, AccessError> {
        let query = Query::all(1_000).with(Condition::AnyOf("person", vec![account.to_owned()]));
        let page = self.records.query(SESSIONS, query).await?;
        let hashes: Vec<String> = page.documents.into_iter().map(|document| document.key).collect();
        self.commit(hashes.iter().cloned().map(delete).collect()).await?;
        Ok(hashes)
    }

    async fn commit(&self, changes: Vec<Change>) -> Result<(), AccessError> {
        let transaction = Transaction { changes, ..Transaction::default() };
        self.records.commit(transaction).await.map(drop).map_err(|error: PortError| error.into())
    }
}

fn delete(key: String) -> Change {
    Change::Delete { collection: SESSIONS, key, expect: Expect::Any }
}
