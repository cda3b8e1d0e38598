//! The platform's own certificate authority: keys and certificates for devices and for the program's own doors.

use crate::error::DeviceError;
use crate::gate::DEVICE_URI;
use kernel::id::DeviceId;
use kernel::time::Timestamp;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, SanType,
};
use std::time::Duration;

/// A certificate with its private key, both PEM.
pub struct Issued {
    /// The certificate.
    pub certificate: String,
    /// Its private key (PKCS #8, ECDSA P-256).
    pub key: String,
}

impl std::fmt::Debug for Issued {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Issued(...)")
    }
}

/// Issues certificates.
pub struct PlatformCa {
    issuer: Issuer<'static, KeyPair>,
    certificate: String,
}

impl std::fmt::Debug for PlatformCa {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PlatformCa(...)")
    }
}

const DAY: Duration = Duration::from_secs(86_400);
/// Life of the authority, in days.
const CA_DAYS: u32 = 3_650;
/// Life of what it issues unless asked otherwise, in days.
pub const LEAF_DAYS: u32 = 397;

impl PlatformCa {
    /// Makes a new authority. The caller keeps both parts; the key must be readable by the program only.
    pub fn create(now: Timestamp) -> Result<Issued, DeviceError> {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::OrganizationName, "HaNoi IOC");
        params
            .distinguished_name
            .push(DnType::CommonName, "HaNoi IOC platform CA");
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        validity(&mut params, now, CA_DAYS);
        let key = KeyPair::generate().map_err(failed)?;
        let issuer = CertifiedIssuer::self_signed(params, key).map_err(failed)?;
        Ok(Issued {
            certificate: issuer.pem(),
            key: issuer.key().serialize_pem(),
        })
    }

    /// Takes an authority that was made before.
    pub fn load(certificate: &str, key: &str) -> Result<Self, DeviceError> {
        let key = KeyPair::from_pem(key).map_err(failed)?;
        let issuer = Issuer::from_ca_cert_pem(certificate, key).map_err(failed)?;
        Ok(Self {
            issuer,
            certificate: certificate.to_owned(),
        })
    }

    /// The authority's own certificate, PEM.
    pub fn certificate(&self) -> &str {
        &self.certificate
    }

    /// A client certificate for a device: its name in the common name and as a URI in the subject alternative name.
    pub fn issue_device(&self, device: &DeviceId, now: Timestamp, days: u32) -> Result<Issued, DeviceError> {
        if !(1..=CA_DAYS).contains(&days) {
            let what = format!("{days} days are asked for; write 1 to {CA_DAYS}");
            return Err(DeviceError::Invalid { field: "days", what });
        }
        let uri = format!("{DEVICE_URI}{device}").try_into().map_err(failed)?;
        self.issue(
            device.as_str(),
            vec![SanType::URI(uri)],
            ExtendedKeyUsagePurpose::ClientAuth,
            now,
            days,
        )
    }

    /// A server certificate for these names and addresses.
    pub fn issue_server(&self, names: &[String], now: Timestamp) -> Result<Issued, DeviceError> {
        let san = names.iter().map(|name| match name.parse() {
            Ok(address) => Ok(SanType::IpAddress(address)),
            Err(_) => name.as_str().try_into().map(SanType::DnsName).map_err(failed),
        });
        let san = san.collect::<Result<Vec<_>, DeviceError>>()?;
        let common = names.first().map_or("hanoi-ioc", String::as_str);
        self.issue(common, san, ExtendedKeyUsagePurpose::ServerAuth, now, LEAF_DAYS)
    }

    fn issue(
        &self,
        common_name: &str,
        san: Vec<SanType>,
        purpose: ExtendedKeyUsagePurpose,
        now: Timestamp,
        days: u32,
    ) -> Result<Issued, DeviceError> {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, common_name);
        params.subject_alt_names = san;
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![purpose];
        params.use_authority_key_identifier_extension = true;
        validity(&mut params, now, days);
        let key = KeyPair::generate().map_err(failed)?;
        let certificate = params.signed_by(&key, &self.issuer).map_err(failed)?;
        Ok(Issued {
            certificate: certificate.pem(),
            key: key.serialize_pem(),
        })
    }
}

/// From an hour ago, because clocks of devices are not exact.
fn validity(params: &mut CertificateParams, now: Timestamp, days: u32) {
    let start = std::time::UNIX_EPOCH + now.since(Timestamp::EPOCH) - Duration::from_secs(3_600);
    params.not_before = start.into();
    params.not_after = (start + DAY * days).into();
}

fn failed(error: impl std::fmt::Display) -> DeviceError {
    DeviceError::Certificate(error.to_string())
}
