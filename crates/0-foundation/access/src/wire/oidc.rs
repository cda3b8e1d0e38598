//! What the API of other providers takes and gives.

use crate::model::Link;
use crate::oidc::providers::One;
use chassis::wire::Text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Somewhere else to sign in.
#[derive(Serialize, ToSchema)]
pub struct ProviderView {
    /// Its code in the configuration.
    pub id: String,
    /// What people call it.
    pub title: Text,
    /// Where the browser goes, on this server.
    pub begin: String,
}

impl From<&One> for ProviderView {
    fn from(one: &One) -> Self {
        Self {
            id: one.id.clone(),
            title: Text::from(&one.title),
            begin: format!("/api/v1/session/oidc/{}", one.id),
        }
    }
}

/// All providers.
#[derive(Serialize, ToSchema)]
pub struct ProviderList {
    /// In the order of the configuration; none: people sign in with a password.
    pub items: Vec<ProviderView>,
}

/// To link an account with what a provider calls the person.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkRequest {
    /// Id of the provider; GET /api/v1/session/providers lists them.
    pub provider: String,
    /// What the provider's claim (`sub`, or as configured) says of the person, exactly; 1 to 255 bytes.
    pub subject: String,
}

/// A link as those who keep accounts see it.
#[derive(Serialize, ToSchema)]
pub struct LinkView {
    /// By which it is taken away.
    pub id: String,
    /// Id of the provider.
    pub provider: String,
    /// What the provider calls the person.
    pub subject: String,
    /// Who linked them.
    pub by: String,
    /// When.
    pub at: String,
}

impl From<&Link> for LinkView {
    fn from(link: &Link) -> Self {
        Self {
            id: link.id.to_string(),
            provider: link.provider.clone(),
            subject: link.subject.clone(),
            by: link.by.to_string(),
            at: link.at.to_string(),
        }
    }
}
