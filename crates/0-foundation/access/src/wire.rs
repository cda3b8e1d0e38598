//! What the session API takes and gives.

use crate::area::Area;
use crate::session::Live;
use kernel::actor::ActorId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// To sign in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// Account name.
    pub account: String,
    /// Password.
    pub password: String,
}

/// To change the password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The present password.
    pub old: String,
    /// The new one: 12 to 128 characters.
    pub new: String,
}

/// Who is signed in.
#[derive(Serialize, ToSchema)]
pub struct Session {
    /// Person id.
    pub person: String,
    /// Account name.
    pub account: String,
    /// What the screen shows as a name.
    pub name: String,
    /// Role codes.
    pub roles: Vec<String>,
    /// Tenant.
    pub tenant: String,
    /// The first password must be changed before anything else works.
    pub must_change_password: bool,
}

impl From<&Live> for Session {
    fn from(live: &Live) -> Self {
        let person = match &live.actor.id {
            ActorId::Person(id) => id.to_string(),
            other => other.to_string(),
        };
        Self {
            person,
            account: live.account.clone(),
            name: live.account.clone(),
            roles: live.actor.roles.iter().cloned().collect(),
            tenant: live.actor.scope.tenant.to_string(),
            must_change_password: live.must_change,
        }
    }
}

/// All areas.
#[derive(Serialize, ToSchema)]
pub struct AreaList {
    /// Communes and wards, and the city itself.
    pub items: Vec<Area>,
}
