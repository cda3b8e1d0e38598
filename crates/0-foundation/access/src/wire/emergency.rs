//! The emergency account: how it stands, and asking for it.

use crate::service::emergency::{EMERGENCY, Standing, Unlocking};
use kernel::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// To ask for the emergency account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UnlockRequest {
    /// 10 to 500 characters: what happens.
    pub reason: String,
}

/// How far an unlocking has come.
#[derive(Serialize, ToSchema)]
pub struct UnlockView {
    /// `waits` for a second person, or `open`.
    pub state: &'static str,
    /// Until when the second may ask, or the account is open.
    pub until: String,
    /// The account to sign in with.
    pub account: &'static str,
    /// Its password, shown once to the second person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
}

impl From<Unlocking> for UnlockView {
    fn from(unlocking: Unlocking) -> Self {
        let (state, until, password) = match unlocking {
            Unlocking::Waits(until) => ("waits", until, None),
            Unlocking::Opens { password, until } => ("open", until, Some(password)),
        };
        Self {
            state,
            until: until.to_string(),
            account: EMERGENCY,
            password,
        }
    }
}

/// Somebody who has asked for the emergency account.
#[derive(Serialize, ToSchema)]
pub struct EmergencyAsked {
    /// Who.
    pub by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Why.
    pub reason: String,
}

/// How the emergency account stands.
#[derive(Serialize, ToSchema)]
pub struct EmergencyView {
    /// `closed`, `waits` for a second person, or `open`.
    pub state: &'static str,
    /// The account.
    pub account: &'static str,
    /// Until when the second may ask, or the account is open; null while it is closed.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub until: Option<Timestamp>,
    /// Who has asked: the one who waits, or the two who opened it. Empty while it is closed.
    pub asked: Vec<EmergencyAsked>,
}

impl From<Standing> for EmergencyView {
    fn from(standing: Standing) -> Self {
        let (state, until, asked) = match standing {
            Standing::Closed => ("closed", None, Vec::new()),
            Standing::Waits { asked, until } => ("waits", Some(until), vec![asked]),
            Standing::Open { asked, until } => ("open", Some(until), asked),
        };
        let asked = asked.into_iter().map(|asked| EmergencyAsked {
            by: asked.by.to_string(),
            at: asked.at,
            reason: asked.reason,
        });
        Self {
            state,
            account: EMERGENCY,
            until,
            asked: asked.collect(),
        }
    }
}
