//! Certificates and keys: what each device shows of itself, and how it knows the server.

use crate::error::SimulatorError;
use crate::manifest::{Manifest, Simulated};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{Resumption, WebPkiServerVerifier};
use rustls::crypto::CryptoProvider;
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use std::path::Path;
use std::sync::Arc;

/// Host and port of the MQTT door.
pub(crate) fn address(text: &str) -> Result<(&str, u16), SimulatorError> {
    let parts = text
        .rsplit_once(':')
        .and_then(|(host, port)| Some((host, port.parse::<u16>().ok()?)));
    match parts {
        Some((host, port)) if port != 0 && ServerName::try_from(host).is_ok() && !host.contains(':') => {
            Ok((host, port))
        }
        _ => Err(SimulatorError::BadAddress(text.to_owned())),
    }
}

/// TLS settings of each device that connects, with its place in the manifest. The CA is parsed once and held once.
pub(crate) fn load(manifest: &Manifest) -> Result<Vec<(usize, Arc<ClientConfig>)>, SimulatorError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = Arc::new(verifier(manifest, &provider)?);
    manifest
        .devices
        .iter()
        .enumerate()
        .filter(|(_, device)| device.gateway.is_none())
        .map(|(index, device)| Ok((index, client(device, &verifier, &provider)?)))
        .collect()
}

fn verifier(manifest: &Manifest, provider: &Arc<CryptoProvider>) -> Result<NamedServer, SimulatorError> {
    let name = ServerName::try_from(manifest.server_name.clone())
        .map_err(|_| SimulatorError::BadServerName(manifest.server_name.clone()))?;
    let what = "platform CA of the manifest";
    let mut roots = RootCertStore::empty();
    for certificate in certificates(what, &manifest.ca)? {
        roots
            .add(certificate)
            .map_err(|error| unusable(what, &manifest.ca, &error))?;
    }
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
        .build()
        .map_err(|error| unusable(what, &manifest.ca, &error))?;
    Ok(NamedServer { verifier, name })
}

fn client(
    device: &Simulated,
    verifier: &Arc<NamedServer>,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<ClientConfig>, SimulatorError> {
    let (Some(certificate), Some(secret)) = (&device.certificate, &device.key) else {
        return Err(SimulatorError::NoWay {
            device: device.id.clone(),
            what: "has neither certificate and key nor a gateway; name one of them".to_owned(),
        });
    };
    let chain = certificates(&format!("certificate of device '{}'", device.id), certificate)?;
    let what = format!("key of device '{}'", device.id);
    let key = PrivateKeyDer::from_pem_slice(&read(&what, secret)?)
        .map_err(|error| unusable(&what, secret, &format!("no private key in PEM ({error})")))?;
    let mut config = ClientConfig::builder_with_provider(Arc::clone(provider))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(|error| SimulatorError::Tls(error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::clone(verifier) as _)
        .with_client_auth_cert(chain, key)
        .map_err(|error| {
            let reason = format!(
                "{error}; certificate and key must belong together ({})",
                certificate.display()
            );
            unusable(&what, secret, &reason)
        })?;
    // a cache of sessions per device would take more memory than all the rest
    config.resumption = Resumption::disabled();
    Ok(Arc::new(config))
}

fn read(what: &str, path: &Path) -> Result<Vec<u8>, SimulatorError> {
    std::fs::read(path).map_err(|error| SimulatorError::Unreadable {
        what: what.to_owned(),
        path: path.to_owned(),
        reason: error.to_string(),
    })
}

fn certificates(what: &str, path: &Path) -> Result<Vec<CertificateDer<'static>>, SimulatorError> {
    let text = read(what, path)?;
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    match chain {
        Ok(chain) if !chain.is_empty() => Ok(chain),
        Ok(_) => Err(unusable(
            what,
            path,
            &"no certificate in PEM (-----BEGIN CERTIFICATE-----)",
        )),
        Err(error) => Err(unusable(what, path, &error)),
    }
}

fn unusable(what: &str, path: &Path, reason: &dyn std::fmt::Display) -> SimulatorError {
    SimulatorError::Unusable {
        what: what.to_owned(),
        path: path.to_owned(),
        reason: reason.to_string(),
    }
}

/// Verifies the server in full, against the name of the manifest whatever the address was: MQTT clients take the address
/// for the name, and a demo listens on an address that no certificate names.
#[derive(Debug)]
struct NamedServer {
    verifier: Arc<WebPkiServerVerifier>,
    name: ServerName<'static>,
}

impl ServerCertVerifier for NamedServer {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _address: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        self.verifier
            .verify_server_cert(end_entity, intermediates, &self.name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verifier.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verifier.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.verifier.supported_verify_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_or_refused_with_an_example() {
        for (text, read) in [
            ("127.0.0.1:8883", Some(("127.0.0.1", 8883))),
            ("mqtt.example:1", Some(("mqtt.example", 1))),
            ("localhost:0", None),
            ("localhost", None),
            (":8883", None),
            ("[::1]:8883", None),
            ("::1:8883", None),
            ("host:70000", None),
        ] {
            match (address(text), read) {
                (Ok(got), Some(wanted)) => assert_eq!(got, wanted),
                (Err(error), None) => assert!(error.to_string().contains("127.0.0.1:8883"), "{error}"),
                (got, wanted) => panic!("{text}: {got:?}, not {wanted:?}"),
            }
        }
    }
}
