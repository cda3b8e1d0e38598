//! How reviews of objects are kept; the objects themselves stay with their sources.

use crate::error::SecurityError;
use crate::model::object::{Kind, Reviewed};
use crate::record::{Stored, equal, index};
use ports::query::{IndexKind, IndexValue};
use ports::records::{Collection, Document};

/// Reviews by object.
pub const REVIEWS: Collection = Collection {
    name: "security_review",
    // the key once more, so that a page of objects asks once
    indexes: &[index("object", IndexKind::Equal)],
};

/// The key of an object.
pub fn key(kind: Kind, id: &str) -> String {
    format!("{}/{id}", kind.code())
}

/// The stored form.
pub fn write(reviewed: &Reviewed) -> Result<Vec<u8>, SecurityError> {
    super::write("review", &key(reviewed.kind, &reviewed.id), reviewed)
}

/// Reads every format.
pub fn read(document: &Document) -> Result<Stored<Reviewed>, SecurityError> {
    super::read("review", document)
}

/// What reviews say to each index.
pub fn indexes(reviewed: &Reviewed) -> Vec<(&'static str, IndexValue)> {
    vec![equal("object", key(reviewed.kind, &reviewed.id))]
}
