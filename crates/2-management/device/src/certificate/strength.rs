//! Which keys and which signatures are strong enough: RSA from 2,048 bits, P-256, P-384, Ed25519, and nothing with MD5 or SHA-1
//! (NIST SP 800-57 part 1, SP 800-131A; the same that TLS takes here).

use x509_parser::oid_registry::{
    OID_EC_P256, OID_KEY_TYPE_EC_PUBLIC_KEY, OID_NIST_EC_P384, OID_PKCS1_RSAENCRYPTION, OID_PKCS1_SHA256WITHRSA,
    OID_PKCS1_SHA384WITHRSA, OID_PKCS1_SHA512WITHRSA, OID_SIG_ECDSA_WITH_SHA256, OID_SIG_ECDSA_WITH_SHA384,
    OID_SIG_ED25519,
};
use x509_parser::public_key::PublicKey;
use x509_parser::x509::{AlgorithmIdentifier, SubjectPublicKeyInfo};

/// What is said of a key that is not taken.
const KEYS: &str = "use RSA of 2048 to 8192 bits with an exponent from 65537, P-256, P-384 or Ed25519";

/// Judges a public key; the error says what it is and what is taken.
pub(crate) fn of_key(key: &SubjectPublicKeyInfo<'_>) -> Result<(), String> {
    let algorithm = &key.algorithm.algorithm;
    if *algorithm == OID_SIG_ED25519 {
        return Ok(());
    }
    if *algorithm == OID_KEY_TYPE_EC_PUBLIC_KEY {
        let curve = key.algorithm.parameters.as_ref().and_then(|any| any.as_oid().ok());
        let known = curve.is_some_and(|curve| curve == OID_EC_P256 || curve == OID_NIST_EC_P384);
        return if known {
            Ok(())
        } else {
            Err(format!("its key lies on another curve; {KEYS}"))
        };
    }
    if *algorithm != OID_PKCS1_RSAENCRYPTION {
        return Err(format!("its key is of a kind that is not taken; {KEYS}"));
    }
    let Ok(PublicKey::RSA(rsa)) = key.parsed() else {
        return Err(format!("its RSA key cannot be read; {KEYS}"));
    };
    let bits = bits(rsa.modulus);
    let exponent = rsa.try_exponent().unwrap_or_default();
    if !(2_048..=8_192).contains(&bits) || exponent < 65_537 || exponent % 2 == 0 {
        return Err(format!(
            "its RSA key has {bits} bits and the exponent {exponent}; {KEYS}"
        ));
    }
    Ok(())
}

/// Bits of an unsigned number, its leading zeros left out.
fn bits(number: &[u8]) -> usize {
    let start = number.iter().position(|byte| *byte != 0).unwrap_or(number.len());
    let number = &number[start..];
    let spare = number.first().map_or(0, |first| first.leading_zeros() as usize);
    number.len() * 8 - spare
}

/// Judges the algorithm of a signature.
pub(crate) fn of_signature(algorithm: &AlgorithmIdentifier<'_>) -> Result<(), String> {
    let taken = [
        OID_PKCS1_SHA256WITHRSA,
        OID_PKCS1_SHA384WITHRSA,
        OID_PKCS1_SHA512WITHRSA,
        OID_SIG_ECDSA_WITH_SHA256,
        OID_SIG_ECDSA_WITH_SHA384,
        OID_SIG_ED25519,
    ];
    if taken.contains(&algorithm.algorithm) {
        return Ok(());
    }
    Err(
        "it is signed in a way that is not taken; use SHA-256 or stronger with RSA (PKCS #1 v1.5), ECDSA or Ed25519"
            .into(),
    )
}

#[cfg(test)]
mod tests {
    use super::bits;

    #[test]
    fn bits_are_counted_without_leading_zeros() {
        for (number, expected) in [
            (&[][..], 0),
            (&[0][..], 0),
            (&[1][..], 1),
            (&[0, 0x80, 0][..], 16),
            (&[0x7f, 0xff][..], 15),
        ] {
            assert_eq!(bits(number), expected, "{number:?}");
        }
    }
}
