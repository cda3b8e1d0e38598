//! What the API of one's own account takes and gives.

use crate::record::{SessionRecord, TokenRecord};
use crate::service::NewToken;
use chassis::problem::Problem;
use kernel::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A session as its owner sees it.
#[derive(Serialize, ToSchema)]
pub struct SessionView {
    /// By which it is ended.
    pub id: String,
    /// Sign-in.
    pub since: String,
    /// Last request that was saved.
    pub seen: String,
    /// Address of the sign-in.
    pub from: String,
    /// A second factor was shown.
    pub second_factor: bool,
    /// It is the one that asks.
    pub present: bool,
    /// Id of the provider where the person signed in; absent: with a password here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
}

impl SessionView {
    /// A session with its id.
    pub fn new(id: uuid::Uuid, session: &SessionRecord, present: bool) -> Self {
        Self {
            id: id.to_string(),
            since: session.since.to_string(),
            seen: session.seen.unwrap_or(session.since).to_string(),
            from: session.from.clone(),
            second_factor: session.strong,
            present,
            provider: session.provider.clone(),
        }
    }
}

/// Sessions.
#[derive(Serialize, ToSchema)]
pub struct SessionList {
    /// Those that have not run out.
    pub items: Vec<SessionView>,
}

/// An API token without its secret.
#[derive(Serialize, ToSchema)]
pub struct TokenView {
    /// By which it is ended.
    pub id: String,
    /// What it is for.
    pub title: String,
    /// What it may do.
    pub actions: Vec<String>,
    /// When it was made.
    pub at: String,
    /// Who made it.
    pub by: String,
    /// From then on it opens nothing.
    pub expires: String,
}

impl From<&TokenRecord> for TokenView {
    fn from(token: &TokenRecord) -> Self {
        Self {
            id: token.id.to_string(),
            title: token.title.clone(),
            actions: token.actions.iter().cloned().collect(),
            at: token.at.to_string(),
            by: token.by.to_string(),
            expires: token.expires.to_string(),
        }
    }
}

/// API tokens.
#[derive(Serialize, ToSchema)]
pub struct TokenList {
    /// All that have not been ended.
    pub items: Vec<TokenView>,
}

/// To make an API token.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenRequest {
    /// What it is for, 1 to 80 characters.
    pub title: String,
    /// Codes of actions, such as `alert.read`.
    pub actions: Vec<String>,
    /// RFC 3339; at most 366 days ahead.
    pub expires: String,
}

impl TokenRequest {
    /// What is asked for, or which field is wrong.
    pub fn read(self) -> Result<NewToken, Problem> {
        let expires =
            Timestamp::parse(&self.expires).map_err(|error| Problem::invalid("expires", error.to_string()))?;
        let actions = self.actions.iter().map(|code| code.parse()).collect::<Result<_, _>>();
        Ok(NewToken {
            title: self.title,
            actions: actions
                .map_err(|error: policy::action::NotAnAction| Problem::invalid("actions", error.to_string()))?,
            expires,
        })
    }
}

/// A new API token.
#[derive(Serialize, ToSchema)]
pub struct MadeToken {
    /// Its secret, for `Authorization: Bearer`. It is shown once.
    pub secret: String,
    /// What it is.
    pub token: TokenView,
}

/// A second factor that was begun.
#[derive(Serialize, ToSchema)]
pub struct EnrolmentView {
    /// For the authenticator app, by hand.
    pub secret: String,
    /// For the authenticator app, as QR code.
    pub address: String,
}

/// To begin a second factor.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Password {
    /// The account's password, once more.
    pub password: String,
}

/// A one-time or recovery code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// The code.
    pub code: String,
}

/// Recovery codes, each of which counts once.
#[derive(Serialize, ToSchema)]
pub struct RecoveryCodes {
    /// To be kept on paper.
    pub codes: Vec<String>,
}
