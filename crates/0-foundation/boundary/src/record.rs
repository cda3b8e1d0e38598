//! The stored form: one document for each area and one that says where all of them came from.

use crate::error::BoundaryError;
use crate::model::{Boundary, Origin, Shape};
use ports::records::{Collection, Document};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Boundaries by area code.
pub const BOUNDARIES: Collection = Collection {
    name: "boundary",
    indexes: &[],
};
/// The one document about all of them.
pub const ORIGINS: Collection = Collection {
    name: "boundary_origin",
    indexes: &[],
};
/// Its key.
pub const ORIGIN: &str = "origin";

/// The format that this build writes.
pub const FORMAT: u32 = 1;

#[derive(Serialize, Deserialize)]
struct ShapeRecord {
    format: u32,
    shape: Shape,
}

#[derive(Serialize, Deserialize)]
struct OriginRecord {
    format: u32,
    #[serde(flatten)]
    origin: Origin,
}

#[derive(Deserialize)]
struct Head {
    format: u32,
}

/// The stored form of a boundary.
pub fn write(boundary: &Boundary) -> Vec<u8> {
    let record = ShapeRecord {
        format: FORMAT,
        shape: boundary.shape.clone(),
    };
    serde_json::to_vec(&record).unwrap_or_default()
}

/// The stored form of the origin.
pub fn write_origin(origin: &Origin) -> Vec<u8> {
    let record = OriginRecord {
        format: FORMAT,
        origin: origin.clone(),
    };
    serde_json::to_vec(&record).unwrap_or_default()
}

/// Reads every format up to [`FORMAT`].
pub fn read(document: &Document) -> Result<Shape, BoundaryError> {
    body::<ShapeRecord>(document).map(|record| record.shape)
}

/// The same for the origin.
pub fn read_origin(document: &Document) -> Result<Origin, BoundaryError> {
    body::<OriginRecord>(document).map(|record| record.origin)
}

fn body<T: DeserializeOwned>(document: &Document) -> Result<T, BoundaryError> {
    let failed = |why: String| BoundaryError::Unreadable {
        key: document.key.clone(),
        why,
    };
    let head: Head = serde_json::from_slice(&document.body).map_err(|error| failed(error.to_string()))?;
    if head.format != FORMAT {
        return Err(failed(format!("format {} is not {FORMAT}", head.format)));
    }
    serde_json::from_slice(&document.body).map_err(|error| failed(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_form_stays_readable_and_a_newer_one_is_refused() {
        let document = |body: &str| Document {
            key: "00070".into(),
            version: 1,
            body: body.as_bytes().to_vec(),
        };
        let first = document(r#"{"format":1,"shape":[[[[105.8,21.0],[105.9,21.0],[105.9,21.1],[105.8,21.0]]]]}"#);
        assert_eq!(read(&first).unwrap()[0][0].len(), 4);
        let newer = read(&document(r#"{"format":2,"shape":"new"}"#))
            .unwrap_err()
            .to_string();
        assert!(newer.contains("format 2 is not 1"), "{newer}");
    }
}
