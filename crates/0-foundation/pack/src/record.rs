//! The stored forms: an item, a version of it, and which pack was laid at the last start. JSON with a format number
//! (SEMANTICS 16).

use crate::error::PackError;
use crate::model::name::Name;
use crate::model::{Item, Origin, Overlay, Version};
use ports::document;
use ports::records::{Collection, Document};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Items by name.
pub const ITEMS: Collection = Collection {
    name: "pack_item",
    indexes: &[],
};
/// Versions by name of the item and number.
pub const VERSIONS: Collection = Collection {
    name: "pack_version",
    indexes: &[],
};
/// What is known of packs as a whole, see [`START`].
pub const STATES: Collection = Collection {
    name: "pack_state",
    indexes: &[],
};
/// Key of the pack that was laid at the newest start that brought another one than the start before.
pub const START: &str = "start";
/// Files as builds before this crate stored them, by path.
pub const OLD_FILES: Collection = Collection {
    name: "pack",
    indexes: &[],
};

/// The format that this build writes.
pub const FORMAT: u32 = 1;

/// An item and the version of its document; 0 while it is not stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The item.
    pub item: Item,
    /// For compare and set.
    pub document: u64,
}

#[derive(Serialize, Deserialize)]
struct ItemRecord {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    base: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    overlay: Option<Overlay>,
    latest: u32,
}

/// A file as builds before this crate stored it.
#[derive(Debug, Deserialize)]
pub struct OldFile {
    /// What stood in it.
    pub text: String,
    /// Whether the newest pack had it.
    pub present: bool,
}

/// Key of a version.
pub fn version_key(name: &Name, number: u32) -> String {
    format!("{name}/{number:08}")
}

/// The stored form of an item.
pub fn write_item(item: &Item) -> Result<Vec<u8>, PackError> {
    let record = ItemRecord {
        base: item.base,
        overlay: item.overlay,
        latest: item.latest,
    };
    write(&item.name.to_string(), &record)
}

/// The stored form of a version.
pub fn write_version(name: &Name, version: &Version) -> Result<Vec<u8>, PackError> {
    write(&version_key(name, version.number), version)
}

/// The stored form of a pack that was laid.
pub fn write_origin(origin: &Origin) -> Result<Vec<u8>, PackError> {
    write(START, origin)
}

/// Reads every format of an item up to [`FORMAT`].
pub fn read_item(document: &Document) -> Result<Stored, PackError> {
    let name = Name::parse(&document.key).ok_or_else(|| unreadable(&document.key, "the key names no item"))?;
    let record: ItemRecord = read(document)?;
    Ok(Stored {
        item: Item {
            name,
            base: record.base,
            overlay: record.overlay,
            latest: record.latest,
        },
        document: document.version,
    })
}

/// Reads every format of what this crate stores up to [`FORMAT`].
pub fn read<T: DeserializeOwned>(document: &Document) -> Result<T, PackError> {
    document::read(document, FORMAT).map_err(|why| unreadable(&document.key, why))
}

fn write<T: Serialize>(key: &str, what: &T) -> Result<Vec<u8>, PackError> {
    document::write(FORMAT, what).map_err(|error| unreadable(key, error))
}

/// What is stored under a key and cannot be read.
pub fn unreadable(key: &str, why: impl ToString) -> PackError {
    PackError::Unreadable {
        key: key.to_owned(),
        why: why.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Change;

    fn document(key: &str, body: &str) -> Document {
        Document {
            key: key.into(),
            version: 4,
            body: body.as_bytes().to_vec(),
        }
    }

    #[test]
    fn the_first_forms_stay_readable_and_newer_ones_are_refused() {
        let item = include_str!("../../../../contracts/records/pack_item.v1.json").trim();
        let stored = read_item(&document("rule/flood-depth", item)).unwrap();
        assert_eq!((stored.document, stored.item.base, stored.item.latest), (4, Some(3), 3));
        assert_eq!(
            stored.item.overlay,
            Some(Overlay {
                version: 2,
                on: Some(1)
            })
        );
        assert_eq!(write_item(&stored.item).unwrap(), item.as_bytes());
        let version = include_str!("../../../../contracts/records/pack_version.v1.json");
        let version: Version = read(&document("rule/flood-depth/00000002", version)).unwrap();
        assert_eq!((version.change, version.text.as_deref()), (Change::Overlay, Some("a")));
        let file: OldFile = read(&document(
            "orgs.yaml",
            r#"{"format":1,"text":"orgs: []","present":true}"#,
        ))
        .unwrap();
        assert!(file.present);
        let newer = read_item(&document("rule/a", r#"{"format":2}"#))
            .unwrap_err()
            .to_string();
        assert!(newer.contains("format 2 is not one of 1 to 1"), "{newer}");
        assert!(read_item(&document("rules/a", item)).is_err());
    }
}
