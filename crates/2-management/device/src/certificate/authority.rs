//! What makes a certificate that of an authority that this program may trust or sign with.

use super::read::{Read, read as read_any};
use kernel::time::Timestamp;
use x509_parser::parse_x509_certificate;

/// An authority, as its own certificate says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authority {
    /// Its name in words, such as `O=HaNoi IOC, CN=HaNoi IOC platform CA`.
    pub title: String,
    /// SHA-256 of its certificate, hex.
    pub print: String,
    /// SHA-256 of its name, hex: the `issuer` of what it signs.
    pub name: String,
    /// SHA-256 of its public key with the algorithm, hex.
    pub key: String,
    /// Valid from.
    pub not_before: Timestamp,
    /// Valid until.
    pub not_after: Timestamp,
}

/// Reads the certificate of an authority (DER); the error says why it is none, or why it is too weak. Times are not judged.
pub fn read(der: &[u8]) -> Result<Authority, String> {
    let Read {
        print,
        subject,
        key,
        not_before,
        not_after,
        authority,
        weakness,
        ..
    } = read_any(der)?;
    if !authority {
        return Err(
            "it is not that of an authority: basicConstraints CA and keyUsage keyCertSign are needed".to_owned(),
        );
    }
    if let Some(weakness) = weakness {
        return Err(weakness);
    }
    let title = parse_x509_certificate(der).map(|(_, certificate)| certificate.subject().to_string());
    Ok(Authority {
        title: title.unwrap_or_default(),
        print,
        name: subject,
        key,
        not_before,
        not_after,
    })
}
