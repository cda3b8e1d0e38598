//! Reading a certificate: what the gate and the register need of it.

use super::strength;
use crate::gate::DEVICE_URI;
use kernel::time::Timestamp;
use sha2::{Digest, Sha256};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::parse_x509_certificate;

/// A certificate as it was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// SHA-256 of its DER, hex.
    pub print: String,
    /// Serial number, hex without leading zeros.
    pub serial: String,
    /// SHA-256 of the issuer's name, hex.
    pub issuer: String,
    /// SHA-256 of the subject's name, hex.
    pub subject: String,
    /// SHA-256 of the public key with its algorithm, hex.
    pub key: String,
    /// Valid from.
    pub not_before: Timestamp,
    /// Valid to the end of this second.
    pub not_after: Timestamp,
    /// The devices that its subject alternative name speaks of, each once.
    pub devices: Vec<String>,
    /// Whether its extended key usage names clientAuth (RFC 5280 section 4.2.1.12). Without the extension it does not.
    pub client: bool,
    /// Whether it is that of an authority (RFC 5280 section 4.2.1.9) that may sign certificates (section 4.2.1.3).
    pub authority: bool,
    /// Why its key or its signature is too weak, if it is.
    pub weakness: Option<String>,
}

/// Reads a certificate in DER; the error says what is wrong with it. Nothing is verified.
pub fn read(der: &[u8]) -> Result<Read, String> {
    let unreadable = || "it cannot be read".to_owned();
    let (rest, certificate) = parse_x509_certificate(der).map_err(|_| unreadable())?;
    if !rest.is_empty() {
        return Err("there are bytes behind it".to_owned());
    }
    let basic = certificate.basic_constraints().map_err(|_| unreadable())?;
    let usage = certificate.key_usage().map_err(|_| unreadable())?;
    let purpose = certificate.extended_key_usage().map_err(|_| unreadable())?;
    let validity = certificate.validity();
    let at = |time: x509_parser::time::ASN1Time| Timestamp::from_seconds(time.timestamp());
    let weakness = strength::of_key(certificate.public_key())
        .and_then(|()| strength::of_signature(&certificate.signature_algorithm))
        .err();
    Ok(Read {
        print: print(der),
        serial: hex(strip(certificate.raw_serial())),
        issuer: print(certificate.issuer().as_raw()),
        subject: print(certificate.subject().as_raw()),
        key: print(certificate.public_key().raw),
        not_before: at(validity.not_before),
        not_after: at(validity.not_after),
        devices: devices(&certificate).ok_or_else(unreadable)?,
        client: purpose.is_some_and(|usage| usage.value.client_auth),
        authority: basic.is_some_and(|basic| basic.value.ca) && usage.is_none_or(|usage| usage.value.key_cert_sign()),
        weakness,
    })
}

/// The devices that the subject alternative name speaks of; `None` when it cannot be read.
fn devices(certificate: &X509Certificate<'_>) -> Option<Vec<String>> {
    let names = certificate.subject_alternative_name().ok()?;
    let mut found = Vec::new();
    for name in names.iter().flat_map(|names| &names.value.general_names) {
        if let GeneralName::URI(uri) = name
            && let Some(device) = uri.strip_prefix(DEVICE_URI)
            && !found.iter().any(|known| known == device)
        {
            found.push(device.to_owned());
        }
    }
    Some(found)
}

/// The name of bytes here: SHA-256, hex.
pub fn print(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn strip(number: &[u8]) -> &[u8] {
    let start = number.iter().position(|byte| *byte != 0).unwrap_or(number.len());
    &number[start..]
}
