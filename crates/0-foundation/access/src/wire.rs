//! What the session API takes and gives.

pub mod account;
pub mod emergency;
pub mod oidc;
pub mod people;
pub mod why;

use crate::area::Area;
use crate::session::Live;
use chassis::wire::Text;
use kernel::actor::ActorId;
use kernel::classification::Classification;
use policy::action::Action;
use policy::compiled::Table;
use policy::post::Post;
use policy::role;
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
    /// The code of the authenticator app, or a recovery code; only for accounts with a second factor.
    #[serde(default)]
    pub code: Option<String>,
}

/// To act in another post.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PostChoice {
    /// Its number in `posts` of the session.
    pub post: usize,
}

/// A role in words.
#[derive(Serialize, ToSchema)]
pub struct RoleName {
    /// Code.
    pub code: String,
    /// What people call it.
    pub title: Text,
}

/// What the one who is signed in is at one place.
#[derive(Serialize, ToSchema)]
pub struct PostView {
    /// By which it is chosen.
    pub number: usize,
    /// Its organisation; absent: the whole tenant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub org: Option<String>,
    /// Its area; absent: the whole city.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area: Option<String>,
    /// The roles held there.
    pub roles: Vec<RoleName>,
    /// When the first of them ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
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
    /// The posts of this person; one acts in one of them at a time.
    pub posts: Vec<PostView>,
    /// The number of the one that is active.
    pub post: usize,
    /// The codes of all actions that are permitted in it; a screen offers nothing else.
    pub actions: Vec<String>,
    /// The highest classification that is seen in it.
    #[schema(value_type = String)]
    pub max_classification: Classification,
    /// A second factor protects the account.
    pub second_factor: bool,
    /// A role of the post works only after a sign-in with a second factor, and this one was without: nothing but one's own
    /// account is open until then.
    pub second_factor_due: bool,
    /// Only after a change of the password: how many API tokens ended with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_tokens: Option<usize>,
    /// When it ends in any case, for API tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
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
            posts: live.posts.iter().enumerate().map(post_view).collect(),
            post: live.post,
            actions: actions(live),
            max_classification: live.actor.scope.max_classification,
            second_factor: live.has_second_factor,
            second_factor_due: is_factor_due(live),
            ended_tokens: None,
            expires: live.expires.map(|at| at.to_string()),
        }
    }
}

/// As the rule `second_factor` of the policies has it.
fn is_factor_due(live: &Live) -> bool {
    let asks = |code: &String| role::get(code).is_some_and(|role| role.second_factor);
    !live.principal.strong && live.principal.roles.iter().any(asks)
}

fn post_view((number, post): (usize, &Post)) -> PostView {
    let title = |code: &String| role::get(code).map(|role| Text::from(&role.title));
    PostView {
        number,
        org: post.org.as_ref().map(ToString::to_string),
        area: post.area.as_ref().map(ToString::to_string),
        roles: post
            .roles
            .iter()
            .filter_map(|code| {
                Some(RoleName {
                    code: code.clone(),
                    title: title(code)?,
                })
            })
            .collect(),
        until: post.until.map(|at| at.to_string()),
    }
}

fn actions(live: &Live) -> Vec<String> {
    let table = Table::here();
    let token = live.principal.token.as_ref();
    let may = |action: &&Action| {
        table.permits(live.actor.roles.iter().map(String::as_str), **action)
            && token.is_none_or(|token| token.contains(*action))
    };
    Action::ALL.iter().filter(may).map(ToString::to_string).collect()
}

/// All areas.
#[derive(Serialize, ToSchema)]
pub struct AreaList {
    /// Communes and wards, and the city itself.
    pub items: Vec<Area>,
}
