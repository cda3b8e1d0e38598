//! The platform's certificate authority: certificates for devices, for the program's own doors, and the list of what was revoked.
//!
//! Its key is made here or was imported; it stands in no log, no error and no debug form. Reading what others wrote is in
//! `read` and `request`, what is strong enough in `strength`.

pub mod authority;
pub mod bundle;
mod crl;
pub mod read;
pub mod request;
pub(crate) mod strength;

pub use crl::Entry;

use crate::error::DeviceError;
use crate::gate::DEVICE_URI;
use authority::Authority;
use kernel::id::DeviceId;
use kernel::time::Timestamp;
use rand::Rng;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PublicKeyData, SanType, SerialNumber,
};
use request::Asked;
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
    authority: Authority,
    /// Its own certificate and those above it, DER, its own first.
    chain: Vec<Vec<u8>>,
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
        params.serial_number = Some(serial());
        validity(&mut params, now, CA_DAYS, Timestamp::MAX);
        let key = KeyPair::generate().map_err(failed)?;
        let issuer = CertifiedIssuer::self_signed(params, key).map_err(failed)?;
        Ok(Issued {
            certificate: issuer.pem(),
            key: issuer.key().serialize_pem(),
        })
    }

    /// Takes an authority: its certificate, in PEM, followed by those above it if there are any, and its key (PKCS #8).
    ///
    /// # Errors
    /// When either cannot be read, when they do not belong together, and when the certificate is none of an authority.
    pub fn load(chain: &str, key: &str) -> Result<Self, DeviceError> {
        let chain = bundle::certificates(chain)?;
        let Some(own) = chain.first() else {
            return Err(unfit("it holds no certificate"));
        };
        let authority = authority::read(own).map_err(|why| unfit(&why))?;
        // what the library says of a key stays here
        let key = KeyPair::from_pem(key).map_err(|_| {
            unfit("its key is no PKCS #8 of RSA, P-256, P-384 or Ed25519 (openssl pkcs8 -topk8 -nocrypt)")
        })?;
        if read::print(&key.subject_public_key_info()) != authority.key {
            return Err(unfit("the key does not belong to the certificate"));
        }
        let issuer = Issuer::from_ca_cert_der(&own.as_slice().into(), key).map_err(failed)?;
        Ok(Self {
            issuer,
            authority,
            chain,
        })
    }

    /// What it is.
    pub fn authority(&self) -> &Authority {
        &self.authority
    }

    /// The authority's own certificate, PEM: what this program trusts.
    pub fn certificate(&self) -> String {
        self.chain.first().map(|own| bundle::pem(own)).unwrap_or_default()
    }

    /// Its certificate and those above it, DER: what it shows to others.
    pub fn chain(&self) -> &[Vec<u8>] {
        &self.chain
    }

    /// The same as PEM.
    pub fn chain_pem(&self) -> String {
        self.chain.iter().map(|one| bundle::pem(one)).collect()
    }

    /// A client certificate for a device, with a key that is made here: its name in the common name and as a URI in the subject
    /// alternative name.
    pub fn issue_device(&self, device: &DeviceId, now: Timestamp, days: u32) -> Result<Issued, DeviceError> {
        let params = client(device, days)?;
        let key = KeyPair::generate().map_err(failed)?;
        let der = self.sign(params, &key, now, days)?;
        Ok(Issued {
            certificate: bundle::pem(&der),
            key: key.serialize_pem(),
        })
    }

    /// A client certificate for a device, for the key that it asks for; DER.
    pub fn sign_device(
        &self,
        device: &DeviceId,
        asked: &Asked,
        now: Timestamp,
        days: u32,
    ) -> Result<Vec<u8>, DeviceError> {
        self.sign(client(device, days)?, &asked.public, now, days)
    }

    /// A server certificate for these names and addresses.
    pub fn issue_server(&self, names: &[String], now: Timestamp) -> Result<Issued, DeviceError> {
        let san = names.iter().map(|name| match name.parse() {
            Ok(address) => Ok(SanType::IpAddress(address)),
            Err(_) => name.as_str().try_into().map(SanType::DnsName).map_err(failed),
        });
        let san = san.collect::<Result<Vec<_>, DeviceError>>()?;
        let common = names.first().map_or("hanoi-ioc", String::as_str);
        let params = leaf(common, san, ExtendedKeyUsagePurpose::ServerAuth);
        let key = KeyPair::generate().map_err(failed)?;
        let der = self.sign(params, &key, now, LEAF_DAYS)?;
        Ok(Issued {
            certificate: bundle::pem(&der),
            key: key.serialize_pem(),
        })
    }

    fn sign(
        &self,
        mut params: CertificateParams,
        key: &impl PublicKeyData,
        now: Timestamp,
        days: u32,
    ) -> Result<Vec<u8>, DeviceError> {
        if now >= self.authority.not_after {
            let end = self.authority.not_after;
            return Err(unfit(&format!(
                "the authority itself ended at {end}; make or import a new one (hanoi-ioc ca)"
            )));
        }
        validity(&mut params, now, days, self.authority.not_after);
        let certificate = params.signed_by(key, &self.issuer).map_err(failed)?;
        Ok(certificate.der().to_vec())
    }
}

fn client(device: &DeviceId, days: u32) -> Result<CertificateParams, DeviceError> {
    if !(1..=CA_DAYS).contains(&days) {
        let what = format!("{days} days are asked for; write 1 to {CA_DAYS}");
        return Err(DeviceError::Invalid { field: "days", what });
    }
    let uri = format!("{DEVICE_URI}{device}").try_into().map_err(failed)?;
    Ok(leaf(
        device.as_str(),
        vec![SanType::URI(uri)],
        ExtendedKeyUsagePurpose::ClientAuth,
    ))
}

fn leaf(common_name: &str, san: Vec<SanType>, purpose: ExtendedKeyUsagePurpose) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, common_name);
    params.subject_alt_names = san;
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![purpose];
    params.use_authority_key_identifier_extension = true;
    params.serial_number = Some(serial());
    params
}

/// From an hour ago, because clocks of devices are not exact, and never beyond `end`.
fn validity(params: &mut CertificateParams, now: Timestamp, days: u32, end: Timestamp) {
    let start = now.minus(Duration::from_secs(3_600));
    params.not_before = instant(start).into();
    params.not_after = instant(start.plus(DAY * days).min(end)).into();
}

/// For the library; nothing is made before 1970.
fn instant(at: Timestamp) -> std::time::SystemTime {
    std::time::UNIX_EPOCH + at.since(Timestamp::EPOCH)
}

/// 126 random bits, positive and without leading zeros (RFC 5280 section 4.1.2.2).
fn serial() -> SerialNumber {
    let mut bytes = [0_u8; 16];
    rand::rng().fill(&mut bytes);
    bytes[0] = bytes[0] & 0x3f | 0x40;
    SerialNumber::from_slice(&bytes)
}

fn unfit(what: &str) -> DeviceError {
    DeviceError::Invalid {
        field: "authority",
        what: what.to_owned(),
    }
}

fn failed(error: impl std::fmt::Display) -> DeviceError {
    DeviceError::Certificate(error.to_string())
}
