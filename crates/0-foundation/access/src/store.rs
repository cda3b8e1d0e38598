//! Accounts and sessions over the records port.

use crate::error::AccessError;
use crate::model::Account;
use crate::record::{ACCOUNTS, SESSIONS, SessionRecord, read_account, read_session, write_account};
use kernel::time::Timestamp;
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
        let Some(document) = self.records.get(ACCOUNTS, name).await? else {
            return Ok(None);
        };
        Ok(Some((read_account(name, &document.body)?, document.version)))
    }

    /// Whether there is any account.
    pub async fn has_accounts(&self) -> Result<bool, AccessError> {
        Ok(!self.records.query(ACCOUNTS, Query::all(1)).await?.documents.is_empty())
    }

    /// Writes an account if it is still at `version` (0: it does not exist), and in the same transaction ends and begins
    /// sessions of it.
    pub async fn put_account(
        &self,
        account: &Account,
        version: u64,
        ended: &[String],
        begun: Option<(&str, &SessionRecord)>,
    ) -> Result<(), AccessError> {
        let mut changes = vec![Change::Put {
            collection: ACCOUNTS,
            key: account.name.clone(),
            expect: Expect::since(version),
            body: write_account(account),
            indexes: Vec::new(),
        }];
        changes.extend(ended.iter().cloned().map(delete));
        changes.extend(begun.map(|(hash, session)| put_session(hash, session, Expect::Absent)));
        self.commit(changes).await
    }

    /// A session by the hash of its secret, with its version.
    pub async fn session(&self, hash: &str) -> Result<Option<(SessionRecord, u64)>, AccessError> {
        let Some(document) = self.records.get(SESSIONS, hash).await? else {
            return Ok(None);
        };
        Ok(Some((read_session(&document.body)?, document.version)))
    }

    /// Keeps when a session was last seen, unless it has ended or changed meanwhile.
    pub async fn save_seen(&self, hash: &str, seen: Timestamp) -> Result<(), AccessError> {
        let Some((session, version)) = self.session(hash).await? else {
            return Ok(());
        };
        let session = SessionRecord {
            seen: Some(seen),
            ..session
        };
        match self
            .commit(vec![put_session(hash, &session, Expect::Version(version))])
            .await
        {
            Err(AccessError::Port(PortError::Conflict { .. })) => Ok(()),
            other => other,
        }
    }

    /// All sessions of an account by hash; [`crate::model::MAX_SESSIONS`] keeps them few.
    pub async fn sessions_of(&self, account: &str) -> Result<Vec<(String, SessionRecord)>, AccessError> {
        let query = Query::all(1_000).with(Condition::AnyOf("person", vec![account.to_owned()]));
        let page = self.records.query(SESSIONS, query).await?;
        page.documents
            .into_iter()
            .map(|document| Ok((document.key, read_session(&document.body)?)))
            .collect()
    }

    /// Ends one session.
    pub async fn delete_session(&self, hash: &str) -> Result<(), AccessError> {
        self.commit(vec![delete(hash.to_owned())]).await
    }

    async fn commit(&self, changes: Vec<Change>) -> Result<(), AccessError> {
        let transaction = Transaction {
            changes,
            ..Transaction::default()
        };
        self.records
            .commit(transaction)
            .await
            .map(drop)
            .map_err(|error: PortError| error.into())
    }
}

fn put_session(hash: &str, session: &SessionRecord, expect: Expect) -> Change {
    Change::Put {
        collection: SESSIONS,
        key: hash.to_owned(),
        expect,
        body: serde_json::to_vec(session).unwrap_or_default(),
        indexes: vec![("person", IndexValue::Equal(session.account.clone()))],
    }
}

fn delete(key: String) -> Change {
    Change::Delete {
        collection: SESSIONS,
        key,
        expect: Expect::Any,
    }
}
