//! Accounts and sessions over the records port.

use crate::error::AccessError;
use crate::model::Account;
use crate::record::{
    ACCOUNTS, EMERGENCY, LINKS, LinkRecord, SESSIONS, SessionRecord, TOKENS, TokenRecord, read_account, read_link,
    read_session, read_token, write_account,
};
use crate::service::emergency::AskedRecord;
use kernel::fact::Fact;
use kernel::time::Timestamp;
use ports::error::PortError;
use ports::query::{After, Condition, IndexValue, Query};
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

    /// A page of accounts by name.
    pub async fn accounts(
        &self,
        after: Option<After>,
        limit: usize,
    ) -> Result<(Vec<(Account, u64)>, Option<After>), AccessError> {
        let page = self.records.query(ACCOUNTS, Query::all(limit).after(after)).await?;
        let accounts = page.documents.iter().map(|document| {
            let account = read_account(&document.key, &document.body)?;
            Ok((account, document.version))
        });
        Ok((accounts.collect::<Result<_, AccessError>>()?, page.next))
    }

    /// Writes an account if it is still at `version` (0: it does not exist), ends sessions and tokens of it, and tells the
    /// facts, all or nothing.
    pub async fn change(
        &self,
        account: &Account,
        version: u64,
        sessions: &[String],
        tokens: &[String],
        facts: Vec<Fact>,
    ) -> Result<(), AccessError> {
        let mut changes = vec![put_account(account, version)];
        changes.extend(sessions.iter().cloned().map(delete));
        changes.extend(tokens.iter().cloned().map(delete_token));
        self.tell(changes, facts).await
    }

    /// An API token by the hash of its secret.
    pub async fn token(&self, hash: &str) -> Result<Option<TokenRecord>, AccessError> {
        let document = self.records.get(TOKENS, hash).await?;
        document.map(|document| read_token(&document.body)).transpose()
    }

    /// All API tokens of an account by hash.
    pub async fn tokens_of(&self, account: &str) -> Result<Vec<(String, TokenRecord)>, AccessError> {
        let query = Query::all(1_000).with(Condition::AnyOf("account", vec![account.to_owned()]));
        let page = self.records.query(TOKENS, query).await?;
        page.documents
            .into_iter()
            .map(|document| Ok((document.key, read_token(&document.body)?)))
            .collect()
    }

    /// Makes an API token.
    pub async fn put_token(&self, hash: &str, token: &TokenRecord, fact: Fact) -> Result<(), AccessError> {
        let put = Change::Put {
            collection: TOKENS,
            key: hash.to_owned(),
            expect: Expect::Absent,
            body: serde_json::to_vec(token).unwrap_or_default(),
            indexes: vec![("account", IndexValue::Equal(token.account.clone()))],
        };
        self.tell(vec![put], vec![fact]).await
    }

    /// Ends sessions and API tokens.
    pub async fn end(&self, sessions: &[String], tokens: &[String], facts: Vec<Fact>) -> Result<(), AccessError> {
        let sessions = sessions.iter().cloned().map(delete);
        let tokens = tokens.iter().cloned().map(delete_token);
        self.tell(sessions.chain(tokens).collect(), facts).await
    }

    /// Who has asked for the emergency account, with the version of that.
    pub async fn emergency(&self) -> Result<(Option<AskedRecord>, u64), AccessError> {
        let Some(document) = self.records.get(EMERGENCY, EMERGENCY_KEY).await? else {
            return Ok((None, 0));
        };
        let asked = serde_json::from_slice(&document.body);
        let unreadable = |error: serde_json::Error| {
            AccessError::Unreadable("emergency", EMERGENCY_KEY.to_owned(), error.to_string())
        };
        Ok((asked.map_err(unreadable)?, document.version))
    }

    /// Writes who has asked, if nobody did since `version`.
    pub async fn ask_emergency(&self, asked: &AskedRecord, version: u64, facts: Vec<Fact>) -> Result<(), AccessError> {
        self.tell(vec![put_emergency(asked, version)], facts).await
    }

    /// Opens the emergency account, ends its old sessions and keeps who has asked, all or nothing.
    pub async fn open_emergency(
        &self,
        account: &Account,
        account_version: u64,
        (asked, version): (&AskedRecord, u64),
        sessions: &[String],
        facts: Vec<Fact>,
    ) -> Result<(), AccessError> {
        let mut changes = vec![put_account(account, account_version), put_emergency(asked, version)];
        changes.extend(sessions.iter().cloned().map(delete));
        self.tell(changes, facts).await
    }

    /// Writes a session that exists already.
    pub async fn put_session(&self, hash: &str, session: &SessionRecord, version: u64) -> Result<(), AccessError> {
        self.commit(vec![put_session(hash, session, Expect::Version(version))])
            .await
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
        let mut changes = vec![put_account(account, version)];
        changes.extend(ended.iter().cloned().map(delete));
        changes.extend(begun.map(|(hash, session)| put_session(hash, session, Expect::Absent)));
        self.commit(changes).await
    }

    /// The same, where API tokens of the account end as well and facts tell of it.
    pub async fn begin_anew(
        &self,
        account: &Account,
        version: u64,
        (sessions, tokens): (&[String], &[String]),
        (hash, session): (&str, &SessionRecord),
        facts: Vec<Fact>,
    ) -> Result<(), AccessError> {
        let mut changes = vec![put_account(account, version)];
        changes.extend(sessions.iter().cloned().map(delete));
        changes.extend(tokens.iter().cloned().map(delete_token));
        changes.push(put_session(hash, session, Expect::Absent));
        self.tell(changes, facts).await
    }

    /// Which account a name at a provider opens.
    pub async fn link(&self, key: &str) -> Result<Option<LinkRecord>, AccessError> {
        let document = self.records.get(LINKS, key).await?;
        document.map(|document| read_link(key, &document.body)).transpose()
    }

    /// Writes an account with a link that it has now (`made`) or has no more, ends sessions of it, and tells the fact, all or
    /// nothing. A name that is linked already is a conflict.
    pub async fn change_link(
        &self,
        account: &Account,
        version: u64,
        (key, made): (&str, bool),
        sessions: &[String],
        fact: Fact,
    ) -> Result<(), AccessError> {
        let record = LinkRecord {
            format: 1,
            account: account.name.clone(),
        };
        let link = if made {
            Change::Put {
                collection: LINKS,
                key: key.to_owned(),
                expect: Expect::Absent,
                body: serde_json::to_vec(&record).unwrap_or_default(),
                indexes: Vec::new(),
            }
        } else {
            Change::Delete {
                collection: LINKS,
                key: key.to_owned(),
                expect: Expect::Any,
            }
        };
        let mut changes = vec![put_account(account, version), link];
        changes.extend(sessions.iter().cloned().map(delete));
        self.tell(changes, vec![fact]).await
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
        self.tell(changes, Vec::new()).await
    }

    async fn tell(&self, changes: Vec<Change>, facts: Vec<Fact>) -> Result<(), AccessError> {
        let transaction = Transaction {
            changes,
            facts,
            cursor: None,
        };
        self.records
            .commit(transaction)
            .await
            .map(drop)
            .map_err(|error: PortError| error.into())
    }
}

fn put_account(account: &Account, version: u64) -> Change {
    Change::Put {
        collection: ACCOUNTS,
        key: account.name.clone(),
        expect: Expect::since(version),
        body: write_account(account),
        indexes: Vec::new(),
    }
}

const EMERGENCY_KEY: &str = "asked";

fn put_emergency(asked: &AskedRecord, version: u64) -> Change {
    Change::Put {
        collection: EMERGENCY,
        key: EMERGENCY_KEY.to_owned(),
        expect: Expect::since(version),
        body: serde_json::to_vec(asked).unwrap_or_default(),
        indexes: Vec::new(),
    }
}

fn delete_token(key: String) -> Change {
    Change::Delete {
        collection: TOKENS,
        key,
        expect: Expect::Any,
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
