//! Objects of the inventory.

use crate::error::SecurityError;
use crate::model::object::{self as model, Finding, Listed};
use crate::service::object::Look;
use chassis::wire::Text;
use kernel::id::OrgId;
use kernel::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What somebody found who looked at an object.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ObjectReview)]
pub struct Review {
    /// Who.
    pub by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// `keep`, `change` or `remove`.
    pub finding: &'static str,
    /// In words.
    pub note: String,
}

// It is not called `Object`: the macros of OpenAPI take that word for "anything".
/// An object of the inventory.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct InventoryObject {
    /// `device`, `account`, `link`, `api`, `store` or `dashboard`.
    pub kind: &'static str,
    /// Its id within the kind.
    pub id: String,
    /// What people call it.
    pub title: Text,
    /// The organisation that answers for it: as a review said, else as its source knows.
    #[schema(required)]
    pub owner: Option<String>,
    /// How it stands: `active`, `blocked` (devices), `active`, `ended` (accounts), `on`, `off` (links), `open`, `guarded`
    /// (interfaces), `in_use` (stores), `shown` (dashboards).
    pub state: &'static str,
    /// Further words and figures of its source.
    pub detail: BTreeMap<&'static str, String>,
    /// The last review; absent when nobody has looked yet.
    #[schema(required)]
    pub last_review: Option<Review>,
    /// How many reviews there were.
    pub reviews: u32,
    /// Grows by one at each review, 0 before the first; what If-Match compares.
    pub version: u64,
}

/// A page of objects, by kind and id. It may be shorter than asked, also empty, and say where to go on.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InventoryPage)]
pub struct Page {
    /// The objects.
    pub items: Vec<InventoryObject>,
    /// The cursor of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A review.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ObjectReviewRequest)]
pub struct Request {
    /// `keep`, `change` or `remove`.
    pub finding: String,
    /// In words; at most 1,000 characters.
    #[serde(default)]
    pub note: String,
    /// The organisation that answers for it from now on; as before if absent.
    #[serde(default)]
    pub owner: Option<String>,
}

impl Request {
    /// Reads it.
    pub fn read(self) -> Result<Look, SecurityError> {
        let known = Finding::ALL.into_iter().find(|finding| finding.code() == self.finding);
        let finding = known.ok_or_else(|| {
            let found: String = self.finding.chars().take(40).collect();
            SecurityError::invalid("finding", format!("'{found}' is not one of keep, change, remove"))
        })?;
        let owner = self.owner.as_deref().map(OrgId::new).transpose();
        Ok(Look {
            finding,
            note: self.note.trim().to_owned(),
            owner: owner.map_err(|error| SecurityError::invalid("owner", error.to_string()))?,
        })
    }
}

impl From<&Listed> for InventoryObject {
    fn from(listed: &Listed) -> Self {
        let Listed {
            object,
            reviewed,
            version,
        } = listed;
        let last = reviewed.as_ref().and_then(|reviewed| reviewed.reviews.last());
        Self {
            kind: object.kind.code(),
            id: object.id.clone(),
            title: Text::from(&object.title),
            owner: listed.owner().map(ToString::to_string),
            state: object.state,
            detail: object.detail.clone(),
            last_review: last.map(|review: &model::Review| Review {
                by: review.by.to_string(),
                at: review.at,
                finding: review.finding.code(),
                note: review.note.clone(),
            }),
            reviews: reviewed.as_ref().map_or(0, |reviewed| reviewed.count),
            version: *version,
        }
    }
}
