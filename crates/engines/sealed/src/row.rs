//! One document as the engine below sees it: a sealed body, and tokens in place of index values.

use crate::error::{SealError, changed};
use crate::secret::{DataKey, Keys, mac, open, seal};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::place::Bounds;
use ports::error::{PortError, Result};
use ports::query::{Index, IndexKind, IndexValue};
use ports::records::{Collection, Document};
use serde::{Deserialize, Serialize};

/// All documents of the tenant, of whatever collection, by `collection/key`.
pub(crate) const ROWS: Collection = Collection {
    name: "sealed_rows",
    indexes: &[Index {
        name: TOKEN,
        kind: IndexKind::Equal,
    }],
};
/// The one index: HMACs of (collection, index, value), and one of the collection itself.
pub(crate) const TOKEN: &str = "token";

const MAGIC: [u8; 2] = [b'R', 1];
const HEAD: usize = MAGIC.len() + 4;

/// An index value in its sealed form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Value {
    #[serde(rename = "e")]
    Equal(String),
    #[serde(rename = "r")]
    Range(i64),
    #[serde(rename = "t")]
    Text(String),
    #[serde(rename = "p")]
    Place(Bounds),
}

impl From<IndexValue> for Value {
    fn from(value: IndexValue) -> Self {
        match value {
            IndexValue::Equal(text) => Self::Equal(text),
            IndexValue::Range(number) => Self::Range(number),
            IndexValue::Text(text) => Self::Text(text),
            IndexValue::Place(bounds) => Self::Place(bounds),
        }
    }
}

/// What a row says to the one index below.
pub(crate) type Tokens = Vec<(&'static str, IndexValue)>;

/// What is sealed: the index values, because questions are judged by them, and the body.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    pub(crate) values: Vec<(String, Value)>,
    pub(crate) body: Vec<u8>,
}

/// The key of a document below.
pub(crate) fn row_key(collection: &str, key: &str) -> String {
    format!("{collection}/{key}")
}

/// The token of a value, in the words of one version of the key.
pub(crate) fn token(key: &DataKey, collection: &str, index: &str, value: &str) -> String {
    let parts = [
        b"equal".as_slice(),
        collection.as_bytes(),
        index.as_bytes(),
        value.as_bytes(),
    ];
    URL_SAFE_NO_PAD.encode(mac(&key.token, &parts))
}

/// The token that every document of a collection has.
pub(crate) fn collection_token(key: &DataKey, collection: &str) -> String {
    URL_SAFE_NO_PAD.encode(mac(&key.token, &[b"collection", collection.as_bytes()]))
}

fn place<'a>(tenant: &'a str, collection: &'a str, key: &'a str, head: &'a [u8]) -> [&'a [u8]; 5] {
    [b"row", tenant.as_bytes(), collection.as_bytes(), key.as_bytes(), head]
}

/// Seals a document under the present version: its body below and its tokens.
pub(crate) fn seal_row(
    keys: &Keys,
    collection: &str,
    key: &str,
    row: &Row,
) -> std::result::Result<(Vec<u8>, Tokens), SealError> {
    let newest = keys.newest()?;
    let values = serde_json::to_vec(&row.values)
        .map_err(|error| SealError::Port(PortError::Misuse(format!("{collection}/{key}: {error}"))))?;
    let length = u32::try_from(values.len()).map_err(|_| SealError::Crypto("index values beyond 4 GiB"))?;
    let mut plain = zeroize::Zeroizing::new(Vec::with_capacity(4 + values.len() + row.body.len()));
    plain.extend_from_slice(&length.to_be_bytes());
    plain.extend_from_slice(&values);
    plain.extend_from_slice(&row.body);
    let mut body = MAGIC.to_vec();
    body.extend_from_slice(&keys.current.to_be_bytes());
    let sealed = seal(&newest.row, &place(&keys.tenant, collection, key, &body), &plain)?;
    body.extend_from_slice(&sealed);
    let mut tokens = vec![collection_token(newest, collection)];
    for (index, value) in &row.values {
        if let Value::Equal(text) = value {
            tokens.push(token(newest, collection, index, text));
        }
    }
    let tokens = tokens
        .into_iter()
        .map(|token| (TOKEN, IndexValue::Equal(token)))
        .collect();
    Ok((body, tokens))
}

/// The version of the key under which a document lies.
pub(crate) fn version_of(document: &Document) -> Result<u32> {
    match document.body.split_first_chunk::<HEAD>() {
        Some(([b'R', 1, a, b, c, d], _)) => Ok(u32::from_be_bytes([*a, *b, *c, *d])),
        Some(([b'R', format, ..], _)) => Err(PortError::Corrupt(format!(
            "{} has the sealed format {format}, and this program reads 1; use the newer program",
            document.key
        ))),
        _ => Err(changed("the document", &document.key)),
    }
}

/// Opens a document below; `collection` and `key` are where it was asked for.
pub(crate) fn open_row(keys: &Keys, collection: &str, key: &str, document: &Document) -> Result<Row> {
    let wrong = || changed("the document", &document.key);
    let version = version_of(document)?;
    let data_key = keys.version(version).ok_or_else(|| {
        PortError::Corrupt(format!(
            "{} is sealed with version {version} of the data key, which is destroyed",
            document.key
        ))
    })?;
    let (head, sealed) = document.body.split_at_checked(HEAD).ok_or_else(wrong)?;
    let plain = open(&data_key.row, &place(&keys.tenant, collection, key, head), sealed).ok_or_else(wrong)?;
    let (length, rest) = plain.split_first_chunk::<4>().ok_or_else(wrong)?;
    let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| wrong())?;
    let (values, body) = rest.split_at_checked(length).ok_or_else(wrong)?;
    let values = serde_json::from_slice(values).map_err(|_| wrong())?;
    Ok(Row {
        values,
        body: body.to_vec(),
    })
}
