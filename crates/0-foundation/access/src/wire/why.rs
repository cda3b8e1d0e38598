//! What the API of roles, explanations and the access review gives.

use super::people::RightView;
use chassis::wire::Text;
use policy::explain::Explanation;
use serde::Serialize;
use utoipa::ToSchema;

/// A role with what it permits.
#[derive(Serialize, ToSchema)]
pub struct RoleView {
    /// Code.
    pub code: String,
    /// What people call it.
    pub title: Text,
    /// Whether its holders see only what their organisation owns.
    pub own_org_only: bool,
    /// Its holders sign in with a second factor where the configuration asks for it.
    pub second_factor: bool,
    /// The highest classification that it ever sees.
    #[schema(value_type = String)]
    pub ceiling: kernel::classification::Classification,
    /// Codes of what it permits.
    pub actions: Vec<String>,
}

/// An action in words.
#[derive(Serialize, ToSchema)]
pub struct ActionView {
    /// Code.
    pub code: String,
    /// What people call it.
    pub title: Text,
}

/// All roles and actions.
#[derive(Serialize, ToSchema)]
pub struct RoleList {
    /// The roles that can be given in this tenant.
    pub items: Vec<RoleView>,
    /// All actions.
    pub actions: Vec<ActionView>,
}

/// A rule that decided.
#[derive(Serialize, ToSchema)]
pub struct RuleView {
    /// Its id in the policies.
    pub rule: String,
    /// What it says.
    pub text: Text,
}

/// Why something is allowed or not.
#[derive(Serialize, ToSchema)]
pub struct ExplanationView {
    /// What was asked.
    pub action: String,
    /// Upon what.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// Whether it may be done.
    pub allowed: bool,
    /// One sentence.
    pub text: Text,
    /// The rules that decided.
    pub rules: Vec<RuleView>,
    /// Roles that permit the action.
    pub roles: Vec<String>,
    /// Your other posts that would allow it, by number; PUT /api/v1/session/post changes over.
    pub other_posts: Vec<usize>,
}

impl ExplanationView {
    /// With the object as it was asked for.
    pub fn new(told: &Explanation, object: Option<String>) -> Self {
        let rule = |reason: &policy::engine::Reason| RuleView {
            rule: reason.rule.clone(),
            text: Text::from(&reason.text),
        };
        Self {
            action: told.action.code().to_owned(),
            object,
            allowed: told.allowed,
            text: Text::from(&told.text),
            rules: told.reasons.iter().map(rule).collect(),
            roles: told.roles.clone(),
            other_posts: told.other_posts.clone(),
        }
    }
}

/// One line of the access review: who holds what.
#[derive(Serialize, ToSchema)]
pub struct ReviewLine {
    /// Account name.
    pub account: String,
    /// How facts and audit name it.
    pub actor: String,
    /// `active`, `ended` or `never_signed_in` (the first password was never changed).
    pub state: String,
    /// A second factor protects it.
    pub second_factor: bool,
    /// A role asks for a second factor and the account has none.
    pub weak: bool,
    /// The right.
    pub right: RightView,
    /// `valid` or `over`.
    pub validity: String,
    /// The right has no end.
    pub endless: bool,
}

/// The access review.
#[derive(Serialize, ToSchema)]
pub struct Review {
    /// When it was drawn up.
    pub at: String,
    /// One line for each right of each account.
    pub items: Vec<ReviewLine>,
}
