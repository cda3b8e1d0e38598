//! The account for emergencies (break-glass): opened by two people together, for an hour, and never silently.

use super::{Accounts, to_the_end};
use crate::denied::Denied;
use crate::error::AccessError;
use crate::fact::Kind as FactKind;
use crate::model::{Account, Kind, Right};
use crate::password;
use crate::session::Live;
use kernel::actor::ActorId;
use kernel::classification::Classification;
use kernel::fact::Fact;
use kernel::id::{PersonId, SignalId, derived};
use kernel::severity::Severity;
use kernel::signal::{Change, Signal};
use kernel::text::LangText;
use kernel::time::Timestamp;
use policy::action::Action;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Duration;

/// Name of the account.
pub const EMERGENCY: &str = "khan-cap";
/// What it may do while it is open.
pub const EMERGENCY_ROLES: [&str; 3] = ["administrator", "duty_officer", "security_officer"];
/// How long the first of two waits for the second.
const PATIENCE: Duration = Duration::from_secs(600);
/// How long it stays open.
const OPEN: Duration = Duration::from_secs(3_600);

/// The format that this build writes of who has asked.
const FORMAT: u32 = 2;

/// Somebody has asked, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedRecord {
    /// Format version.
    pub format: u32,
    /// Who.
    pub by: ActorId,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
    /// The second one, with whom it was opened; then nobody waits any more. Absent in format 1, which forgot both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second: Option<Box<AskedRecord>>,
}

/// How the account stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nobody waits, and it is not open.
    Closed,
    /// Somebody has asked; a second person may before this time.
    Waits {
        /// Who.
        asked: AskedRecord,
        /// Before when.
        until: Timestamp,
    },
    /// It is open.
    Open {
        /// Who asked; nobody, when it was opened by an earlier build.
        asked: Vec<AskedRecord>,
        /// When it closes by itself.
        until: Timestamp,
    },
}

/// How far an unlocking has come.
#[derive(Clone)]
pub enum Unlocking {
    /// A second person has to ask as well, before this time.
    Waits(Timestamp),
    /// It is open until then, with this password, which exists only here.
    Opens {
        /// Shown once.
        password: String,
        /// When it closes by itself.
        until: Timestamp,
    },
}

impl AskedRecord {
    /// Whether a second person may still follow.
    fn waits_at(&self, now: Timestamp) -> bool {
        self.second.is_none() && now.since(self.at) < PATIENCE
    }

    /// Until when the two opened it, if they did.
    fn opened_until(&self) -> Option<Timestamp> {
        Some(self.second.as_ref()?.at.plus(OPEN))
    }
}

impl Accounts {
    /// How the emergency account stands, for those who may unlock it.
    pub async fn emergency(&self, by: &Live) -> Result<Standing, AccessError> {
        self.may(by, Action::EmergencyUnlock, None, None)?;
        let now = self.wall.now();
        let (asked, _) = self.store.emergency().await?;
        let account = self.store.account(EMERGENCY).await?;
        let open = account
            .and_then(|(account, _)| account.ended)
            .filter(|until| *until > now);
        if let Some(until) = open {
            // what was asked for an earlier opening is not who opened this one
            let of_this = asked.filter(|asked| asked.opened_until() == Some(until));
            let asked = of_this.map_or_else(Vec::new, |mut first| {
                let second = first.second.take().map(|second| *second);
                std::iter::once(first).chain(second).collect()
            });
            return Ok(Standing::Open { asked, until });
        }
        let waits = asked.filter(|asked| asked.waits_at(now));
        Ok(waits.map_or(Standing::Closed, |asked| {
            let until = asked.at.plus(PATIENCE);
            Standing::Waits { asked, until }
        }))
    }

    /// Asks for the emergency account. The second of two different people within ten minutes opens it for an hour: the
    /// alarm goes out in the same transaction.
    pub async fn unlock(&self, by: &Live, reason: &str) -> Result<Unlocking, AccessError> {
        if !(10..=500).contains(&reason.chars().count()) {
            return Err(AccessError::Invalid(
                "reason has 10 to 500 characters and says what happens".into(),
            ));
        }
        if by.is_token() || by.account == EMERGENCY {
            let (vi, en) = (
                "việc này cần một người đã đăng nhập bằng tài khoản của mình",
                "this takes a person who signed in with an account of their own",
            );
            return Err(Box::new(Denied::because(Action::EmergencyUnlock, "person", vi, en)).into());
        }
        let now = self.wall.now();
        let (asked, version) = self.store.emergency().await?;
        let mine = AskedRecord {
            format: FORMAT,
            by: by.actor.id.clone(),
            at: now,
            reason: reason.to_owned(),
            second: None,
        };
        let first = asked.filter(|asked| asked.waits_at(now) && asked.by != mine.by);
        let found = self.store.account(EMERGENCY).await?;
        let known = found.as_ref().map_or(0, |(_, version)| *version);
        let account = found.map_or_else(|| self.emergency_account(now), |(account, _)| account);
        let Some(first) = first else {
            let fact = self.fact(
                FactKind::EmergencyAsked,
                &by.actor,
                &account,
                json!({ "reason": reason }),
            );
            self.store.ask_emergency(&mine, version, vec![fact]).await?;
            return Ok(Unlocking::Waits(now.plus(PATIENCE)));
        };
        let password = password::generate();
        let until = now.plus(OPEN);
        let account = Account {
            password: self.passwords.hash(password.clone()).await?,
            ended: Some(until),
            failures: 0,
            locked_until: None,
            ..account
        };
        let told = json!({ "first": first.by, "first_reason": first.reason, "second_reason": reason, "until": until });
        let opened = self.fact(FactKind::EmergencyOpened, &by.actor, &account, told);
        let facts = vec![opened, self.alarm(now, until)];
        let both = AskedRecord {
            second: Some(Box::new(mine)),
            ..first
        };
        let (accounts, sessions) = (self.clone(), self.hashes_of(EMERGENCY).await?);
        to_the_end(async move {
            accounts
                .store
                .open_emergency(&account, known, (&both, version), &sessions, facts)
                .await?;
            accounts.changed(EMERGENCY);
            Ok(())
        })
        .await?;
        Ok(Unlocking::Opens { password, until })
    }

    fn emergency_account(&self, now: Timestamp) -> Account {
        Account {
            name: EMERGENCY.to_owned(),
            person: PersonId(uuid::Uuid::now_v7()),
            kind: Kind::Person,
            password: String::new(),
            must_change: false,
            rights: EMERGENCY_ROLES
                .iter()
                .map(|role| Right::everywhere(role, now))
                .collect(),
            clearance: Classification::Restricted,
            ended: Some(now),
            failures: 0,
            locked_until: None,
            second: None,
            links: Vec::new(),
        }
    }

    /// A signal that becomes an alert of the gravest kind; only a person clears it.
    fn alarm(&self, now: Timestamp, until: Timestamp) -> Fact {
        let signal = Signal {
            id: SignalId(derived(&[b"emergency account", &now.micros().to_be_bytes()])),
            source: "access".to_owned(),
            version: 1,
            code: "emergency_account_open".to_owned(),
            group: "access/emergency".to_owned(),
            change: Change::Raised,
            severity: Severity::FIVE,
            at: now,
            noticed: now,
            title: LangText::new("Tài khoản khẩn cấp đã được mở", "The emergency account was opened"),
            entity: "urn:ngsi-ld:Account:hanoi:emergency".to_owned(),
            device: None,
            series: None,
            org: None,
            areas: Vec::new(),
            place: None,
            classification: Classification::Restricted,
            params: BTreeMap::from([("until".to_owned(), json!(until))]),
        };
        Fact::from_signal(&signal, &self.tenant, ActorId::Service("access".to_owned()))
    }
}
