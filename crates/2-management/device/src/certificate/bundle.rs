//! Certificates on their way out: several of them as PKCS #7 (RFC 5652, RFC 7030 section 4.1.3) or PEM, and PEM on its way in.

use crate::error::DeviceError;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use x509_parser::pem::Pem;

/// Most certificates of one file.
pub const MAX_BUNDLE: usize = 20_000;

const SIGNED_DATA: [u8; 11] = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
const DATA: [u8; 11] = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01];

/// Certificates without anything that is signed ("certs-only"), DER.
pub fn certs_only<'a>(certificates: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let all: Vec<u8> = certificates.into_iter().flatten().copied().collect();
    let empty_set = [0x31, 0x00];
    let signed = [
        &[0x02, 0x01, 0x01][..],
        &empty_set,
        &part(0x30, &DATA),
        &part(0xa0, &all),
        &empty_set,
    ]
    .concat();
    let explicit = part(0xa0, &part(0x30, &signed));
    part(0x30, &[&SIGNED_DATA[..], &explicit].concat())
}

/// One element of DER: tag, length, content.
fn part(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![tag];
    let size = content.len().to_be_bytes();
    let start = size.iter().position(|byte| *byte != 0).unwrap_or(size.len() - 1);
    let size = &size[start..];
    match size {
        [small] if *small < 0x80 => bytes.push(*small),
        _ => {
            bytes.push(0x80 | size.len() as u8);
            bytes.extend_from_slice(size);
        }
    }
    bytes.extend_from_slice(content);
    bytes
}

/// Base64 in lines of 64 characters.
pub fn lines(bytes: &[u8]) -> String {
    let text = STANDARD.encode(bytes);
    let lines = text.as_bytes().chunks(64);
    let lines = lines.map(|line| String::from_utf8_lossy(line).into_owned() + "\n");
    lines.collect()
}

/// A certificate as PEM.
pub fn pem(der: &[u8]) -> String {
    format!("-----BEGIN CERTIFICATE-----\n{}-----END CERTIFICATE-----\n", lines(der))
}

/// All certificates of a text in PEM; everything else in it is passed over.
pub fn certificates(text: &str) -> Result<Vec<Vec<u8>>, DeviceError> {
    let mut found = Vec::new();
    for block in Pem::iter_from_buffer(text.as_bytes()) {
        let block = block.map_err(|_| unfit("its PEM cannot be read"))?;
        if block.label == "CERTIFICATE" {
            found.push(block.contents);
        }
        if found.len() > MAX_BUNDLE {
            return Err(unfit("it has too many certificates; split it"));
        }
    }
    if found.is_empty() {
        return Err(unfit("it holds no certificate in PEM (-----BEGIN CERTIFICATE-----)"));
    }
    Ok(found)
}

fn unfit(what: &str) -> DeviceError {
    DeviceError::Invalid {
        field: "certificate",
        what: what.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_written_in_the_shortest_way() {
        for (size, head) in [
            (0, &[0x30, 0x00][..]),
            (0x7f, &[0x30, 0x7f]),
            (0x80, &[0x30, 0x81, 0x80]),
            (0x100, &[0x30, 0x82, 0x01, 0x00]),
            (0x1_0000, &[0x30, 0x83, 0x01, 0x00, 0x00]),
        ] {
            let bytes = part(0x30, &vec![7; size]);
            assert_eq!((&bytes[..head.len()], bytes.len()), (head, head.len() + size));
        }
    }

    #[test]
    fn pem_out_is_pem_in() {
        let text = format!("hello\n{}{}", pem(&[1; 100]), pem(&[2; 3]));
        assert_eq!(certificates(&text).unwrap(), [vec![1; 100], vec![2; 3]]);
        assert!(
            certificates("nothing")
                .unwrap_err()
                .to_string()
                .contains("BEGIN CERTIFICATE")
        );
    }
}
