//! The list of revoked certificates (CRL, RFC 5280 section 5), for tools that know nothing of this program.

use super::{PlatformCa, failed, instant};
use crate::error::DeviceError;
use crate::model::certificate::Reason;
use kernel::time::Timestamp;
use rcgen::{CertificateRevocationListParams, KeyIdMethod, RevocationReason, RevokedCertParams, SerialNumber};
use std::time::Duration;
use x509_parser::extensions::ParsedExtension;
use x509_parser::parse_x509_certificate;

/// How long a list may be used before a newer one must be fetched.
const LIFE: Duration = Duration::from_secs(86_400);

/// One revoked certificate of this authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Serial number, hex.
    pub serial: String,
    /// Since when.
    pub at: Timestamp,
    /// Why.
    pub reason: Reason,
}

impl PlatformCa {
    /// The signed list, DER. Its number is the time in seconds, so that it grows (RFC 5280 section 5.2.3).
    pub fn revocations(&self, entries: &[Entry], now: Timestamp) -> Result<Vec<u8>, DeviceError> {
        let seconds = now.micros().div_euclid(1_000_000).unsigned_abs();
        let revoked = entries.iter().map(|entry| RevokedCertParams {
            serial_number: SerialNumber::from_slice(&bytes(&entry.serial)),
            revocation_time: instant(entry.at).into(),
            reason_code: Some(code(entry.reason)),
            invalidity_date: None,
        });
        let list = CertificateRevocationListParams {
            this_update: instant(now).into(),
            next_update: instant(now.plus(LIFE)).into(),
            crl_number: SerialNumber::from(seconds),
            issuing_distribution_point: None,
            revoked_certs: revoked.collect(),
            key_identifier_method: self.key_identifier(),
        };
        let list = list.signed_by(&self.issuer).map_err(failed)?;
        Ok(list.der().to_vec())
    }

    /// As in its own certificate, so that tools find who signed (RFC 5280 section 5.2.1).
    fn key_identifier(&self) -> KeyIdMethod {
        let own = self.chain.first().map(|own| parse_x509_certificate(own));
        let Some(Ok((_, own))) = &own else {
            return KeyIdMethod::Sha256;
        };
        let found = own
            .iter_extensions()
            .find_map(|extension| match extension.parsed_extension() {
                ParsedExtension::SubjectKeyIdentifier(id) => Some(KeyIdMethod::PreSpecified(id.0.to_vec())),
                _ => None,
            });
        found.unwrap_or(KeyIdMethod::Sha256)
    }
}

/// The bytes of a number in hex, two digits each.
fn bytes(hex: &str) -> Vec<u8> {
    let digits = hex.as_bytes().chunks(2);
    let byte = |pair: &[u8]| {
        std::str::from_utf8(pair)
            .ok()
            .and_then(|pair| u8::from_str_radix(pair, 16).ok())
    };
    digits.filter_map(byte).collect()
}

fn code(reason: Reason) -> RevocationReason {
    match reason {
        Reason::Unspecified => RevocationReason::Unspecified,
        Reason::KeyCompromise => RevocationReason::KeyCompromise,
        Reason::AffiliationChanged => RevocationReason::AffiliationChanged,
        Reason::Superseded => RevocationReason::Superseded,
        Reason::CessationOfOperation => RevocationReason::CessationOfOperation,
        Reason::PrivilegeWithdrawn => RevocationReason::PrivilegeWithdrawn,
    }
}
