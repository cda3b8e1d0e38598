//! The stored form of certificates and invitations: JSON with a format version. Every older format stays readable for ever.

use crate::error::DeviceError;
use crate::model::certificate::{Certificate, Invitation};
use ports::query::{Index, IndexKind, IndexValue};
use ports::records::{Collection, Document};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Certificates by fingerprint.
pub const CERTIFICATES: Collection = Collection {
    name: "certificate",
    indexes: &[
        Index {
            name: "device",
            kind: IndexKind::Equal,
        },
        // its end, in microseconds
        Index {
            name: "until",
            kind: IndexKind::Range,
        },
    ],
};

/// Invitations by device.
pub const INVITATIONS: Collection = Collection {
    name: "invitation",
    indexes: &[],
};

/// The format that this build writes.
pub const FORMAT: u32 = 1;

/// Something with the version under which it is stored; 0 while it is not.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored<T> {
    /// The thing.
    pub one: T,
    /// Grows by one at each change.
    pub version: u64,
}

#[derive(Serialize, Deserialize)]
struct Written<T> {
    format: u32,
    one: T,
}

#[derive(Deserialize)]
struct Head {
    format: u32,
}

/// The stored form.
pub fn write<T: Serialize>(one: &T) -> Result<Vec<u8>, DeviceError> {
    let written = Written { format: FORMAT, one };
    serde_json::to_vec(&written).map_err(|error| unreadable("", error))
}

/// Reads every format up to [`FORMAT`].
pub fn read<T: DeserializeOwned>(document: &Document) -> Result<Stored<T>, DeviceError> {
    let failed = |error: serde_json::Error| unreadable(&document.key, error);
    let head: Head = serde_json::from_slice(&document.body).map_err(failed)?;
    if head.format != FORMAT {
        let why = format!(
            "format {} is not one of 1 to {FORMAT}; start the release that wrote it, or a newer one",
            head.format
        );
        return Err(unreadable(&document.key, why));
    }
    let written: Written<T> = serde_json::from_slice(&document.body).map_err(failed)?;
    Ok(Stored {
        one: written.one,
        version: document.version,
    })
}

fn unreadable(key: &str, why: impl std::fmt::Display) -> DeviceError {
    DeviceError::Unreadable(key.to_owned(), why.to_string())
}

/// What a certificate says to each index.
pub fn indexes(certificate: &Certificate) -> Vec<(&'static str, IndexValue)> {
    vec![
        ("device", IndexValue::Equal(certificate.device.to_string())),
        ("until", IndexValue::Range(certificate.not_after.micros())),
    ]
}

/// Where an invitation is kept.
pub fn key_of(invitation: &Invitation) -> String {
    invitation.device.to_string()
}
