//! Who acts, and how far that one may see. Every service and store method takes an `&Actor`.

use crate::area::AreaCode;
use crate::classification::Classification;
use crate::id::{DeviceId, OrgId, PersonId, TenantId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Which actor, without personal fields (SEMANTICS 29).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum ActorId {
    /// A person with an account.
    Person(PersonId),
    /// A device.
    Device(DeviceId),
    /// A part of this program, such as `rule` or `alert`, or another system with an account.
    Service(String),
    /// Nobody has signed in.
    Anonymous,
}

impl std::fmt::Display for ActorId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Person(id) => write!(f, "person:{id}"),
            Self::Device(id) => write!(f, "device:{id}"),
            Self::Service(name) => write!(f, "service:{name}"),
            Self::Anonymous => f.write_str("anonymous"),
        }
    }
}

/// Either everything of a kind or a list of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grant<T: Ord> {
    /// Everything in the tenant.
    All,
    /// Only these.
    Only(BTreeSet<T>),
}

impl<T: Ord> Grant<T> {
    /// Nothing at all.
    pub const fn none() -> Self {
        Self::Only(BTreeSet::new())
    }
    /// Whether `item` is granted.
    pub fn holds(&self, item: &T) -> bool {
        match self {
            Self::All => true,
            Self::Only(items) => items.contains(item),
        }
    }
}

/// What an actor may see; derived from its rights, translated to filters of indexes, SQL and streams (SEMANTICS 25).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// The tenant in which it acts.
    pub tenant: TenantId,
    /// Organisations.
    pub orgs: Grant<OrgId>,
    /// Areas, already widened to all that lie below the granted ones.
    pub areas: Grant<AreaCode>,
    /// Highest classification.
    pub max_classification: Classification,
    /// Purposes.
    pub purposes: Grant<String>,
}

/// What rights are judged by: whose something is, where it lies, how far it may travel, and for what it may be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Target<'a> {
    /// The organisation that owns it; `None` when it belongs to nobody in particular.
    pub owner: Option<&'a OrgId>,
    /// The most specific areas (SEMANTICS 5); none means the whole city.
    pub areas: &'a [AreaCode],
    /// How far it may travel.
    pub classification: Classification,
    /// What it may be used for; empty: anything that its classification allows.
    pub purposes: &'a [String],
}

impl Scope {
    /// Whether something with these areas and this classification may be seen. Something without areas counts for the
    /// whole city, so only a grant of all areas shows it.
    pub fn sees(&self, areas: &[AreaCode], classification: Classification) -> bool {
        self.admits(&Target {
            areas,
            classification,
            ..Target::default()
        })
    }

    /// Like [`Scope::sees`], for something that an organisation owns.
    pub fn sees_of(&self, owner: &OrgId, areas: &[AreaCode], classification: Classification) -> bool {
        self.admits(&Target {
            owner: Some(owner),
            areas,
            classification,
            purposes: &[],
        })
    }

    /// Whether something lies within all bounds: owner, areas, classification, purpose.
    pub fn admits(&self, target: &Target<'_>) -> bool {
        target.classification <= self.max_classification
            && (matches!(self.areas, Grant::All) || target.areas.iter().any(|area| self.areas.holds(area)))
            && target.owner.is_none_or(|owner| self.orgs.holds(owner))
            && (target.purposes.is_empty() || target.purposes.iter().any(|purpose| self.purposes.holds(purpose)))
    }
}

/// One who acts: authenticated, with rights.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// Which one.
    pub id: ActorId,
    /// Role codes, such as `duty_officer`, `administrator`, `device`.
    pub roles: BTreeSet<String>,
    /// How far it sees.
    pub scope: Scope,
}

impl Actor {
    /// A part of this program that acts by itself inside a tenant.
    pub fn service(name: &str, tenant: &TenantId) -> Self {
        Self {
            id: ActorId::Service(name.to_owned()),
            roles: BTreeSet::from(["service".to_owned()]),
            scope: Scope {
                tenant: tenant.clone(),
                orgs: Grant::All,
                areas: Grant::All,
                max_classification: Classification::TopSecret,
                purposes: Grant::All,
            },
        }
    }

    /// A device: it reports, and sees nothing.
    pub fn device(device: &DeviceId, tenant: &TenantId) -> Self {
        Self {
            id: ActorId::Device(device.clone()),
            roles: BTreeSet::from(["device".to_owned()]),
            scope: Scope {
                tenant: tenant.clone(),
                orgs: Grant::none(),
                areas: Grant::none(),
                max_classification: Classification::Public,
                purposes: Grant::none(),
            },
        }
    }

    /// Whether it has a role.
    pub fn has_role(&self, role: &str) -> bool {
        self.roles.contains(role)
    }
}
