//! The second factor of one's own account. Password and codes are asked for as at the sign-in: a wrong one is counted before the
//! answer, so that a stolen session cannot be used to guess.

use super::{Accounts, TRIES};
use crate::decide::{self, Verdict};
use crate::error::AccessError;
use crate::fact::Kind as FactKind;
use crate::model::{Account, SecondFactor};
use crate::record::SessionRecord;
use crate::session::Live;
use crate::totp;
use ports::error::PortError;

/// A second factor that was begun; shown once.
#[derive(Clone)]
pub struct Enrolment {
    /// For authenticator apps, by hand.
    pub secret: String,
    /// For authenticator apps, as QR code.
    pub address: String,
}

impl Accounts {
    /// Begins a second factor. It counts once a code of it was shown. The password is asked for again: whoever found an open
    /// session could else lock its owner out.
    pub async fn enrol(&self, live: &Live, password: &str) -> Result<Enrolment, AccessError> {
        let secret = totp::new_secret();
        let sealed = self.seal.seal(&live.account, &secret)?;
        let mut judged = None;
        for _ in 0..TRIES {
            let (mut account, version) = self.verify_password(&live.account, password, &mut judged).await?;
            if account.has_second_factor() {
                return Err(AccessError::WrongState(
                    "a second factor is there already; remove it with a code first",
                ));
            }
            account.second = Some(SecondFactor {
                sealed: sealed.clone(),
                confirmed: false,
                step: 0,
                recovery: Vec::new(),
            });
            if self.stored(&account, version).await? {
                return Ok(Enrolment {
                    secret: totp::base32(&secret),
                    address: totp::address(&secret, &live.account, "HaNoi-IOC"),
                });
            }
        }
        Err(AccessError::Busy)
    }

    /// Confirms a second factor with a code of it. Answers the recovery codes, which exist nowhere else, and every session of
    /// the account but the present one ends; the present one counts as strong.
    pub async fn confirm(&self, live: &Live, code: &str) -> Result<Vec<String>, AccessError> {
        let (codes, kept) = totp::recovery();
        let begun = |account: &Account| {
            let second = account.second.clone().filter(|second| !second.confirmed);
            second.ok_or(AccessError::WrongState("begin a second factor first"))
        };
        let change = |account: &mut Account, mut second: SecondFactor| {
            second.confirmed = true;
            second.recovery.clone_from(&kept);
            account.second = Some(second);
        };
        let account = self.with_code(live, code, begun, change).await?;
        self.strengthen(live).await?;
        self.end_others(live, &account).await?;
        Ok(codes)
    }

    /// Takes the second factor away, with a code of it or a recovery code.
    pub async fn remove_second_factor(&self, live: &Live, code: &str) -> Result<(), AccessError> {
        let confirmed = |account: &Account| {
            let second = account.second.clone().filter(|second| second.confirmed);
            second.ok_or(AccessError::WrongState("there is no second factor"))
        };
        let change = |account: &mut Account, _: SecondFactor| account.second = None;
        let account = self.with_code(live, code, confirmed, change).await?;
        self.end_others(live, &account).await
    }

    /// Changes one's own account by a code of `which` factor. While the account rests, no code is taken.
    async fn with_code(
        &self,
        live: &Live,
        code: &str,
        which: impl Fn(&Account) -> Result<SecondFactor, AccessError>,
        change: impl Fn(&mut Account, SecondFactor),
    ) -> Result<Account, AccessError> {
        for _ in 0..TRIES {
            let now = self.wall.now();
            let (account, version) = self.load_account(&live.account).await?;
            let second = which(&account)?;
            let secret = self.seal.open(&account.name, &second.sealed)?;
            let after = totp::take(&second, &secret, code, now);
            match (decide::judge(&account, after.is_some(), now), after) {
                (Verdict::Opens(mut account), Some(after)) => {
                    change(&mut account, after);
                    if self.stored(&account, version).await? {
                        return Ok(account);
                    }
                }
                (Verdict::Counts(account), _) => match self.store.put_account(&account, version, &[], None).await {
                    Err(AccessError::Port(PortError::Conflict { .. })) => {}
                    other => return other.and(Err(AccessError::CodeUnfit)),
                },
                (Verdict::Rests | Verdict::Opens(_), _) => return Err(AccessError::Rests),
            }
        }
        Err(AccessError::Busy)
    }

    /// Stores a change of one's own account with its fact; false when somebody else was faster.
    async fn stored(&self, account: &Account, version: u64) -> Result<bool, AccessError> {
        let fact = self.fact_of_self(FactKind::PersonChanged, account);
        match self.store.change(account, version, &[], &[], vec![fact]).await {
            Err(AccessError::Port(PortError::Conflict { .. })) => Ok(false),
            other => other.map(|()| true),
        }
    }

    /// From now on the present session has shown a second factor.
    async fn strengthen(&self, live: &Live) -> Result<(), AccessError> {
        for _ in 0..TRIES {
            let Some((session, version)) = self.store.session(&live.key).await? else {
                return Ok(());
            };
            let session = SessionRecord {
                strong: true,
                ..session
            };
            match self.store.put_session(&live.key, &session, version).await {
                // another request of the session was saved meanwhile
                Err(AccessError::Port(PortError::Conflict { .. })) => {}
                other => return other,
            }
        }
        Err(AccessError::Busy)
    }

    async fn end_others(&self, live: &Live, account: &Account) -> Result<(), AccessError> {
        let mut ended = self.hashes_of(&account.name).await?;
        ended.retain(|hash| **hash != *live.key);
        self.store.end(&ended, &[], Vec::new()).await?;
        self.changed(&account.name);
        Ok(())
    }
}
