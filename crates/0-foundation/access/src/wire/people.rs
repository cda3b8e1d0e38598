//! What the API of accounts and rights takes and gives.

use crate::model::{Account, Kind, Right};
use crate::service::{NewAccount, Renewed};
use crate::wire::oidc::LinkView;
use chassis::problem::Problem;
use chassis::wire::Text;
use kernel::area::AreaCode;
use kernel::classification::Classification;
use kernel::id::OrgId;
use kernel::time::Timestamp;
use policy::post::Assignment;
use policy::role;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A right as it is shown.
#[derive(Serialize, ToSchema)]
pub struct RightView {
    /// By which it is withdrawn.
    pub id: String,
    /// Code of the role.
    pub role: String,
    /// What people call the role.
    pub title: Text,
    /// Its organisation; absent: the whole tenant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub org: Option<String>,
    /// Its area; absent: the whole city.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area: Option<String>,
    /// From then on it counts no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Who gave it.
    pub by: String,
    /// When.
    pub at: String,
}

impl From<&Right> for RightView {
    fn from(right: &Right) -> Self {
        let title = role::get(&right.role).map(|role| Text::from(&role.title));
        let unknown = || Text {
            vi: right.role.clone(),
            en: right.role.clone(),
        };
        Self {
            id: right.id.to_string(),
            role: right.role.clone(),
            title: title.unwrap_or_else(unknown),
            org: right.org.as_ref().map(ToString::to_string),
            area: right.area.as_ref().map(ToString::to_string),
            until: right.until.map(|at| at.to_string()),
            by: right.by.to_string(),
            at: right.at.to_string(),
        }
    }
}

/// An account as those who keep accounts see it.
#[derive(Serialize, ToSchema)]
pub struct PersonView {
    /// Account name.
    pub account: String,
    /// How facts and audit name it.
    pub actor: String,
    /// `person` or `service`.
    #[schema(value_type = String)]
    pub kind: Kind,
    /// The highest classification that the person was cleared for.
    #[schema(value_type = String)]
    pub clearance: Classification,
    /// When the account was ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<String>,
    /// No sign-in before this time, after wrong tries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locked_until: Option<String>,
    /// The first password has not been changed yet.
    pub must_change_password: bool,
    /// A second factor protects it.
    pub second_factor: bool,
    /// What it may do, where, and until when.
    pub rights: Vec<RightView>,
    /// Who the person is at other providers.
    pub links: Vec<LinkView>,
}

impl From<&Account> for PersonView {
    fn from(account: &Account) -> Self {
        Self {
            account: account.name.clone(),
            actor: account.actor_id().to_string(),
            kind: account.kind,
            clearance: account.clearance,
            ended: account.ended.map(|at| at.to_string()),
            locked_until: account.locked_until.map(|at| at.to_string()),
            must_change_password: account.must_change,
            second_factor: account.has_second_factor(),
            rights: account.rights.iter().map(RightView::from).collect(),
            links: account.links.iter().map(LinkView::from).collect(),
        }
    }
}

/// A page of accounts.
#[derive(Serialize, ToSchema)]
pub struct PersonList {
    /// By name; a page may have fewer than asked for, also none, because of what lies out of reach.
    pub items: Vec<PersonView>,
    /// Where the next page begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A right to be given.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RightRequest {
    /// Code of the role; GET /api/v1/access/roles lists them.
    pub role: String,
    /// Its organisation; absent: the whole tenant.
    #[serde(default)]
    pub org: Option<String>,
    /// Its area; absent: the whole city.
    #[serde(default)]
    pub area: Option<String>,
    /// RFC 3339; from then on it counts no more.
    #[serde(default)]
    pub until: Option<String>,
}

impl RightRequest {
    /// What is asked for, or which field is wrong.
    pub fn read(self) -> Result<Assignment, Problem> {
        let org = self.org.map(|org| OrgId::new(&org)).transpose();
        let area = self.area.map(|area| AreaCode::new(&area)).transpose();
        let until = self.until.map(|until| Timestamp::parse(&until)).transpose();
        Ok(Assignment {
            role: self.role,
            org: org.map_err(|error| Problem::invalid("org", error.to_string()))?,
            area: area.map_err(|error| Problem::invalid("area", error.to_string()))?,
            until: until.map_err(|error| Problem::invalid("until", error.to_string()))?,
        })
    }
}

/// An account to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonRequest {
    /// 3 to 64 of a-z, 0-9, '.', '_' and '-'.
    pub account: String,
    /// `person` (default) or `service`.
    #[serde(default)]
    #[schema(value_type = String)]
    pub kind: Kind,
    /// The highest classification that the person was cleared for; `internal` by default.
    #[serde(default)]
    #[schema(value_type = String)]
    pub clearance: Classification,
    /// What it may do.
    #[serde(default)]
    pub rights: Vec<RightRequest>,
}

impl PersonRequest {
    /// What is asked for, or which field is wrong.
    pub fn read(self) -> Result<NewAccount, Problem> {
        Ok(NewAccount {
            name: self.account,
            kind: self.kind,
            clearance: self.clearance,
            rights: self
                .rights
                .into_iter()
                .map(RightRequest::read)
                .collect::<Result<_, _>>()?,
        })
    }
}

/// A new account.
#[derive(Serialize, ToSchema)]
pub struct MadePerson {
    /// What it is.
    pub person: PersonView,
    /// The first password of a person, shown once; it must be changed at the first sign-in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
}

/// A new password.
#[derive(Serialize, ToSchema)]
pub struct NewPassword {
    /// Shown once; it must be changed at the next sign-in.
    pub password: String,
    /// How many sessions ended with the old one.
    pub ended_sessions: usize,
    /// How many API tokens ended with the old one.
    pub ended_tokens: usize,
}

impl From<Renewed> for NewPassword {
    fn from(renewed: Renewed) -> Self {
        Self {
            password: renewed.password,
            ended_sessions: renewed.ended.sessions,
            ended_tokens: renewed.ended.tokens,
        }
    }
}

/// To end an account or open it again.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EndRequest {
    /// True: nobody signs in with it, and all its sessions and tokens end at once.
    pub ended: bool,
}

/// To set a clearance.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClearanceRequest {
    /// `public`, `internal`, `restricted`, `confidential`, `secret` or `top_secret`; the instance's maximum binds further.
    #[schema(value_type = String)]
    pub clearance: Classification,
}
