//! The stored forms: all settings of the newest start, and one document for each version.

use crate::error::SettingError;
use ports::document;
use ports::records::{Collection, Document};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What the newest start has noted; one document.
pub const NEWEST: Collection = Collection {
    name: "setting",
    indexes: &[],
};
/// Versions, by number.
pub const VERSIONS: Collection = Collection {
    name: "setting_version",
    indexes: &[],
};
/// Key of the one document of [`NEWEST`].
pub const KEY: &str = "newest";
/// The format that this build writes.
pub const FORMAT: u32 = 1;

/// The key of a version.
pub fn version_key(number: u32) -> String {
    format!("{number:010}")
}

/// Reads a stored form.
pub fn read<T: DeserializeOwned>(document: &Document) -> Result<T, SettingError> {
    document::read(document, FORMAT).map_err(|why| unreadable(&document.key, why))
}

/// Writes a stored form.
pub fn write<T: Serialize>(key: &str, what: &T) -> Result<Vec<u8>, SettingError> {
    document::write(FORMAT, what).map_err(|why| unreadable(key, why.to_string()))
}

fn unreadable(key: &str, why: String) -> SettingError {
    let key = key.to_owned();
    SettingError::Unreadable { key, why }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Newest, Version};

    #[test]
    fn the_first_form_stays_readable() {
        let document = |body: &str| Document {
            key: KEY.to_owned(),
            version: 1,
            body: body.into(),
        };
        let newest: Newest = read(&document(
            r#"{"format":1,"number":2,"settings":{"http.address":{"value":"\"127.0.0.1:8080\"","source":"default"}}}"#,
        ))
        .unwrap();
        assert_eq!(newest.settings["http.address"].source, "default");
        let version: Version = read(&document(
            r#"{"format":1,"number":1,"at":"2026-01-01T00:00:00Z","by":{"uid":998,"account":"ioc","program":"0.1.0",
            "file":{"path":"site.toml","owner_uid":0,"owner":"root","written":"2026-01-01T00:00:00Z"}},
            "changes":[{"key":"a","before":null,"after":{"value":"1","source":"site.toml:1"}}]}"#,
        ))
        .unwrap();
        assert_eq!((version.by.uid, version.changes.len()), (998, 1));
        let newer = read::<Newest>(&document(r#"{"format":2}"#)).unwrap_err().to_string();
        assert!(newer.contains("format 2"), "{newer}");
    }
}
