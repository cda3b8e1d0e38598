//! What an inventory has: an object of one of six kinds, and who has looked at it last.

use kernel::actor::ActorId;
use kernel::id::OrgId;
use kernel::text::LangText;
use kernel::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The six kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Something that speaks.
    Device,
    /// Somebody, or another system, that comes in.
    Account,
    /// A way to or from another system.
    Link,
    /// An operation of the interface.
    Api,
    /// Where data lies.
    Store,
    /// A room of the console.
    Dashboard,
}

impl Kind {
    /// All kinds, in the order of the list.
    pub const ALL: [Self; 6] = [
        Self::Device,
        Self::Account,
        Self::Link,
        Self::Api,
        Self::Store,
        Self::Dashboard,
    ];

    /// Its code, as the API writes it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Account => "account",
            Self::Link => "link",
            Self::Api => "api",
            Self::Store => "store",
            Self::Dashboard => "dashboard",
        }
    }

    /// Reads a code.
    pub fn read(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// An object, as its source knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// Which kind.
    pub kind: Kind,
    /// Its id within the kind.
    pub id: String,
    /// What people call it.
    pub title: LangText,
    /// Who answers for it, as far as its source knows.
    pub owner: Option<OrgId>,
    /// How it stands, in a word of its source.
    pub state: &'static str,
    /// Further words and figures.
    pub detail: BTreeMap<&'static str, String>,
}

/// What somebody found who looked at an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// It is right as it is.
    Keep,
    /// Something about it has to change.
    Change,
    /// It has to go.
    Remove,
}

impl Finding {
    /// All findings.
    pub const ALL: [Self; 3] = [Self::Keep, Self::Change, Self::Remove];

    /// Its code, as the API writes it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Change => "change",
            Self::Remove => "remove",
        }
    }
}

/// A review of an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// Who.
    pub by: ActorId,
    /// When.
    pub at: Timestamp,
    /// What was found.
    pub finding: Finding,
    /// In words.
    pub note: String,
}

/// What is kept of an object: its source keeps the rest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reviewed {
    /// Which kind.
    pub kind: Kind,
    /// Which one.
    pub id: String,
    /// Who answers for it, as a review said; it goes before what the source knows.
    pub owner: Option<OrgId>,
    /// The last reviews, oldest first.
    pub reviews: Vec<Review>,
    /// How many there were.
    pub count: u32,
}

/// An object with what is kept of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// As its source knows it.
    pub object: Object,
    /// As reviews left it.
    pub reviewed: Option<Reviewed>,
    /// The version of what reviews left; 0 before the first.
    pub version: u64,
}

impl Listed {
    /// Who answers for it: as a review said, else as its source knows.
    pub fn owner(&self) -> Option<&OrgId> {
        let set = self.reviewed.as_ref().and_then(|reviewed| reviewed.owner.as_ref());
        set.or(self.object.owner.as_ref())
    }
}
