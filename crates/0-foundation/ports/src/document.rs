//! The stored form of a document: JSON with a format version in front (SEMANTICS 16).

use crate::records::Document;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

#[derive(Serialize)]
struct Written<'a, T> {
    format: u32,
    #[serde(flatten)]
    what: &'a T,
}

#[derive(Deserialize)]
struct Head {
    format: u32,
}

/// The stored form of `what`, a structure with named fields, in the format that a build writes.
pub fn write<T: Serialize>(format: u32, what: &T) -> serde_json::Result<Vec<u8>> {
    serde_json::to_vec(&Written { format, what })
}

/// Reads a document whose formats, 1 to `newest`, all have the shape of `T`. The format is looked at first: a newer form
/// need not have the fields of this one. A slice whose shape has changed since gives each format its own arm over
/// [`format`]. The error says why in words.
pub fn read<T: DeserializeOwned>(document: &Document, newest: u32) -> Result<T, String> {
    let found = format(document)?;
    if found == 0 || found > newest {
        return Err(format!(
            "format {found} is not one of 1 to {newest}; start the release that wrote it, or a newer one"
        ));
    }
    serde_json::from_slice(&document.body).map_err(|error| error.to_string())
}

/// The format of a document.
pub fn format(document: &Document) -> Result<u32, String> {
    let head: Head = serde_json::from_slice(&document.body).map_err(|error| error.to_string())?;
    Ok(head.format)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Thing {
        name: String,
    }

    fn document(body: &str) -> Document {
        Document {
            key: "k".into(),
            version: 1,
            body: body.into(),
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let thing = Thing { name: "a".into() };
        let body = String::from_utf8(write(2, &thing).unwrap()).unwrap();
        assert_eq!(body, r#"{"format":2,"name":"a"}"#);
        assert_eq!(read::<Thing>(&document(&body), 2), Ok(thing));
    }

    #[test]
    fn what_this_build_cannot_read_is_refused_in_words() {
        for (body, says) in [
            (r#"{"format":3,"other":1}"#, "format 3 is not one of 1 to 2"),
            (r#"{"format":0,"name":"a"}"#, "format 0 is not one of 1 to 2"),
            (r#"{"name":"a"}"#, "format"),
            ("[", "EOF"),
        ] {
            let why = read::<Thing>(&document(body), 2).unwrap_err();
            assert!(why.contains(says), "{body}: {why}");
        }
    }
}
