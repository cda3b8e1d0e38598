//! What is wrong with a client's certificate, and what to do, in words for the log, the trace and the client.

use rustls::CertificateError;
use std::io;

/// How the TLS library and its path builder (RFC 5280 section 6) name a fault, by the beginning of the name, and what is said
/// of it. Nothing here tells more than the client's own certificate does.
const FAULTS: [(&str, &str); 15] = [
    (
        "Expired",
        "it expired; renew it before its end, or enrol the device again",
    ),
    (
        "NotValidYet",
        "it is not valid yet; look at the clocks of the device and of the server",
    ),
    (
        "UnknownIssuer",
        "no authority of this server issued it; enrol the device, or let an operator trust its authority",
    ),
    (
        "BadSignature",
        "a signature does not fit: it was changed, is shown with another key, or its key is weaker than RSA of 2048 bits",
    ),
    (
        "UnsupportedSignatureAlgorithm",
        "it is signed in a way that is not taken; use SHA-256 or stronger with RSA from 2048 bits, P-256, P-384 or Ed25519",
    ),
    (
        "InvalidPurpose",
        "it was not made for TLS clients; its extended key usage must name clientAuth",
    ),
    ("Revoked", "it was revoked; enrol the device again"),
    (
        "CaUsedAsEndEntity",
        "it is that of an authority; show the one of the device",
    ),
    (
        "EndEntityUsedAsCa",
        "a certificate of its chain signs others and is not that of an authority",
    ),
    (
        "PathLenConstraintViolated",
        "its chain is longer than its authority allows",
    ),
    ("NameConstraintViolation", "its authority may not issue for this name"),
    ("MaximumSignatureChecksExceeded", "its chain has too many certificates"),
    ("BadEncoding", "it cannot be read"),
    (
        "UnhandledCriticalExtension",
        "it has a critical extension that is not understood here",
    ),
    (
        "UnsupportedCriticalExtension",
        "it has a critical extension that is not understood here",
    ),
];

/// Why a handshake failed by the fault of the client's certificate; `None` when that was not the reason.
pub fn certificate_fault(error: &io::Error) -> Option<String> {
    let inner = error.get_ref()?.downcast_ref::<rustls::Error>()?;
    let rustls::Error::InvalidCertificate(fault) = inner else {
        return None;
    };
    Some(told(&name(fault)))
}

fn name(fault: &CertificateError) -> String {
    match fault {
        CertificateError::Other(inner) => format!("{:?}", inner.0),
        fault => format!("{fault:?}"),
    }
}

fn told(name: &str) -> String {
    let known = FAULTS.iter().find(|(begin, _)| name.starts_with(begin));
    match known {
        Some((_, text)) => (*text).to_owned(),
        None => {
            let word: String = name.chars().take_while(char::is_ascii_alphanumeric).take(60).collect();
            format!("it does not verify ({word})")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(fault: CertificateError) -> Option<String> {
        certificate_fault(&io::Error::new(
            io::ErrorKind::InvalidData,
            rustls::Error::InvalidCertificate(fault),
        ))
    }

    #[test]
    fn every_fault_says_what_to_do_and_nothing_else_is_one() {
        for (given, says) in [
            (CertificateError::Expired, "renew it"),
            (CertificateError::NotValidYet, "clocks"),
            (CertificateError::UnknownIssuer, "enrol the device"),
            (CertificateError::BadSignature, "2048 bits"),
            (CertificateError::InvalidPurpose, "clientAuth"),
            (CertificateError::Revoked, "revoked"),
            (
                CertificateError::ApplicationVerificationFailure,
                "(ApplicationVerificationFailure)",
            ),
        ] {
            let text = fault(given).unwrap();
            assert!(text.contains(says), "{text}");
        }
        assert_eq!(certificate_fault(&io::Error::other("broken")), None);
        let other = io::Error::new(io::ErrorKind::InvalidData, rustls::Error::HandshakeNotComplete);
        assert_eq!(certificate_fault(&other), None);
    }
}
