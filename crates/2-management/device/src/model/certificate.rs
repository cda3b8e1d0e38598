//! A certificate as the register knows it, and an invitation to ask for one.

use kernel::actor::ActorId;
use kernel::id::DeviceId;
use kernel::time::Timestamp;
use serde::{Deserialize, Serialize};

/// How a certificate came into the register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CertificateOrigin)]
pub enum Origin {
    /// An operator had it made, with its key.
    Issued,
    /// The device asked for it with an enrolment code.
    Enrolled,
    /// The device asked for it with the certificate before.
    Renewed,
    /// Made elsewhere, by an authority that is trusted; an operator bound it to the device.
    Bound,
}

/// Why a certificate does not count any more (RFC 5280 section 5.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RevocationReason)]
pub enum Reason {
    /// No reason is given.
    Unspecified,
    /// Its key may be in other hands.
    KeyCompromise,
    /// The device belongs to somebody else now.
    AffiliationChanged,
    /// Another certificate took its place.
    Superseded,
    /// The device is not in use any more.
    CessationOfOperation,
    /// The device may not do what the certificate was for.
    PrivilegeWithdrawn,
}

/// That, when, by whom and why a certificate was revoked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Revoked {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: ActorId,
    /// Why.
    pub reason: Reason,
}

/// A certificate that opens the door for a device while it is valid and not revoked. What is not in the register opens nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Certificate {
    /// SHA-256 of its DER, hex: its name here.
    pub print: String,
    /// Its serial number, hex without leading zeros.
    pub serial: String,
    /// SHA-256 of its issuer's name as it stands in it (DER), hex.
    pub issuer: String,
    /// SHA-256 of its public key with algorithm (SubjectPublicKeyInfo, DER), hex.
    pub key: String,
    /// The device.
    pub device: DeviceId,
    /// Valid from.
    pub not_before: Timestamp,
    /// Valid to the end of this second.
    pub not_after: Timestamp,
    /// How it came here.
    pub origin: Origin,
    /// When it came here.
    pub at: Timestamp,
    /// By whom.
    pub by: ActorId,
    /// The certificate whose place it takes at its first use.
    #[serde(default)]
    pub replaces: Option<String>,
    /// That it does not count any more.
    #[serde(default)]
    pub revoked: Option<Revoked>,
    /// The certificate itself, DER in base64, for a device that asks again because an answer was lost.
    pub der: String,
}

/// How a certificate stands at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CertificateStanding)]
pub enum Standing {
    /// It counts, and its end is far.
    Good,
    /// It counts, and should be renewed now.
    Ending,
    /// It will count later.
    Early,
    /// It has ended.
    Ended,
    /// It was revoked.
    Revoked,
}

/// Whoever shows its code may ask for one certificate of the device. There is at most one of a device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invitation {
    /// The device.
    pub device: DeviceId,
    /// SHA-256 of the code, hex; the code itself is kept nowhere.
    pub code: String,
    /// From this instant on it counts no more.
    pub expires: Timestamp,
    /// When it was made.
    pub at: Timestamp,
    /// By whom.
    pub by: ActorId,
    /// The certificate that it was used for; the same request gets the same certificate again.
    #[serde(default)]
    pub used: Option<String>,
}
