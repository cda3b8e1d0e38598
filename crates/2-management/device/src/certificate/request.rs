//! Reading what a device asks to have signed (PKCS #10, RFC 2986). Only the key counts; names and purposes are ours to write.

use super::{read, strength};
use crate::error::DeviceError;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::SubjectPublicKeyInfo;
use x509_parser::asn1_rs::FromDer;
use x509_parser::certification_request::X509CertificationRequest;
use x509_parser::pem::parse_x509_pem;

/// Longest request that is read, in bytes.
pub const MAX_REQUEST: usize = 16 << 10;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// SHA-256 of the public key with its algorithm, hex.
    pub key: String,
    /// The common name of the subject, if it has one.
    pub name: Option<String>,
    /// The public key.
    pub public: SubjectPublicKeyInfo,
}

/// Reads a request in DER, in base64 of DER (RFC 7030 section 4.2.1) or in PEM, and verifies that whoever made it holds the key.
pub fn request(bytes: &[u8]) -> Result<Asked, DeviceError> {
    if bytes.len() > MAX_REQUEST {
        return Err(unfit(format!("it has more than {MAX_REQUEST} bytes")));
    }
    let der = der(bytes)?;
    let unreadable = || unfit("it cannot be read as PKCS #10; write it in PEM, or in base64 of DER");
    let (rest, asked) = X509CertificationRequest::from_der(&der).map_err(|_| unreadable())?;
    if !rest.is_empty() {
        return Err(unreadable());
    }
    let info = &asked.certification_request_info;
    strength::of_key(&info.subject_pki).map_err(unfit)?;
    strength::of_signature(&asked.signature_algorithm).map_err(unfit)?;
    asked
        .verify_signature()
        .map_err(|_| unfit("it is not signed with the key that it asks for"))?;
    let public = SubjectPublicKeyInfo::from_der(info.subject_pki.raw)
        .map_err(|_| unfit("its key is written in a way that is not understood"))?;
    let name = info.subject.iter_common_name().next();
    Ok(Asked {
        key: read::print(info.subject_pki.raw),
        name: name.and_then(|name| name.as_str().ok()).map(str::to_owned),
        public,
    })
}

fn der(bytes: &[u8]) -> Result<Vec<u8>, DeviceError> {
    let text = bytes.trim_ascii_start();
    if text.starts_with(b"-----BEGIN") {
        let (_, pem) = parse_x509_pem(text).map_err(|_| unfit("its PEM cannot be read"))?;
        return match pem.label.as_str() {
            "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" => Ok(pem.contents),
            _ => Err(unfit("its PEM holds no CERTIFICATE REQUEST")),
        };
    }
    // a sequence in DER; base64 of one begins with M
    if bytes.first() == Some(&0x30) {
        return Ok(bytes.to_vec());
    }
    let packed: Vec<u8> = bytes
        .iter()
        .copied()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    STANDARD
        .decode(packed)
        .map_err(|_| unfit("it is neither PEM nor base64 nor DER"))
}

fn unfit(what: impl std::fmt::Display) -> DeviceError {
    DeviceError::Invalid {
        field: "request",
        what: format!("the certificate request does not fit: {what}"),
    }
}
