//! What the API of certificates takes and gives. The same form of a certificate is the body of every fact. No key is in it.

use crate::model::certificate::{Certificate, Origin, Reason, Standing};
use kernel::actor::ActorId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A certificate of a device.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Certificate)]
pub struct CertificateView {
    /// SHA-256 of the certificate (DER), hex: its name here.
    pub id: String,
    /// Serial number, hex.
    pub serial: String,
    /// The device.
    pub device: String,
    /// Valid from (RFC 3339).
    #[schema(format = DateTime)]
    pub not_before: String,
    /// Valid to the end of this second (RFC 3339).
    #[schema(format = DateTime)]
    pub not_after: String,
    /// How it came here.
    pub origin: Origin,
    /// When it came here (RFC 3339).
    #[schema(format = DateTime)]
    pub at: String,
    /// By whom: a person by the bare id, everything else with its kind.
    pub by: String,
    /// The certificate whose place it takes at its first use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaces: Option<String>,
    /// Since when it does not count any more (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub revoked_at: Option<String>,
    /// Why it does not count any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// How it stands now; absent in facts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standing: Option<Standing>,
}

impl CertificateView {
    /// The public form.
    pub fn new(certificate: &Certificate, standing: Option<Standing>) -> Self {
        let revoked = certificate.revoked.as_ref();
        Self {
            id: certificate.print.clone(),
            serial: certificate.serial.clone(),
            device: certificate.device.to_string(),
            not_before: certificate.not_before.to_string(),
            not_after: certificate.not_after.to_string(),
            origin: certificate.origin,
            at: certificate.at.to_string(),
            by: match &certificate.by {
                ActorId::Person(id) => id.to_string(),
                other => other.to_string(),
            },
            replaces: certificate.replaces.clone(),
            revoked_at: revoked.map(|revoked| revoked.at.to_string()),
            reason: revoked.map(|revoked| revoked.reason),
            standing,
        }
    }
}

/// The certificates of a device, those that end last first.
#[derive(Debug, Serialize, ToSchema)]
pub struct CertificateList {
    /// The certificates.
    pub items: Vec<CertificateView>,
}

/// How the certificate of a device stands, in lists: of those that count, the one that ends last.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CertificateBrief {
    /// `good`, `ending` (renew it now), `early`, `ended` or `revoked`.
    pub standing: Standing,
    /// Its end (RFC 3339).
    #[schema(format = DateTime)]
    pub not_after: String,
}

/// To let a device ask for a certificate.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewInvitation {
    /// Hours until the code is too old, 1 to 720; 24 if absent.
    #[serde(default = "a_day")]
    pub hours: u32,
}

const fn a_day() -> u32 {
    24
}

/// An enrolment code, shown once.
#[derive(Debug, Serialize, ToSchema)]
pub struct Code {
    /// The device.
    pub device: String,
    /// For HTTP Basic at `/.well-known/est/simpleenroll`: the device is the user, this the password.
    pub code: String,
    /// From then on it is too old (RFC 3339).
    #[schema(format = DateTime)]
    pub expires: String,
}

/// To revoke certificates.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Revocation {
    /// Id or serial number of one certificate; absent: all of the device that count.
    #[serde(default)]
    pub certificate: Option<String>,
    /// Why.
    pub reason: Reason,
}
