//! Who asks, as the engine sees it: one post, with what is known of the sign-in.

use crate::action::Action;
use crate::post::{Ceiling, Post};
use kernel::actor::ActorId;
use kernel::area::AreaCode;
use kernel::classification::Classification;
use kernel::id::OrgId;
use std::collections::BTreeSet;

/// One who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// Who.
    pub id: ActorId,
    /// Role codes.
    pub roles: BTreeSet<String>,
    /// `None` for the whole tenant.
    pub org: Option<OrgId>,
    /// `None` for the whole city.
    pub area: Option<AreaCode>,
    /// Highest classification.
    pub clearance: Classification,
    /// What purpose-bound data is used for.
    pub purposes: BTreeSet<String>,
    /// With an API token: what it was made for.
    pub token: Option<BTreeSet<Action>>,
    /// A second factor was shown, or none is asked for.
    pub strong: bool,
}

impl Principal {
    /// Somebody in a post, signed in strongly, without a token.
    pub fn in_post(id: ActorId, post: &Post, ceiling: Ceiling) -> Self {
        Self {
            id,
            roles: post.roles.clone(),
            org: post.org.clone(),
            area: post.area.clone(),
            clearance: post.clearance(ceiling),
            purposes: post.purposes(),
            token: None,
            strong: true,
        }
    }

    /// Somebody with one role and no bounds: to find out what the role permits.
    pub fn of_role(role: &str) -> Self {
        Self {
            id: ActorId::Anonymous,
            roles: BTreeSet::from([role.to_owned()]),
            org: None,
            area: None,
            clearance: Classification::TopSecret,
            purposes: BTreeSet::new(),
            token: None,
            strong: true,
        }
    }

    /// Nobody has signed in.
    pub fn anonymous() -> Self {
        Self {
            clearance: Classification::Public,
            ..Self::of_role("anonymous")
        }
    }
}
