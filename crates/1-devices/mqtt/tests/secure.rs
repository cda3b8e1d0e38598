//! TLS 1.3 with client certificates of a CA that the test makes.

use crate::clients::{converse_v4, converse_v5, options_v4, options_v5};
use crate::house::{self, House};
use mqtt::Limits;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};
use rumqttc::{TlsConfiguration, Transport};
use rustls::RootCertStore;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use std::sync::Arc;

/// A certificate authority.
pub(crate) struct Authority {
    pub(crate) pem: String,
    der: CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate with its key.
pub(crate) struct Identity {
    pub(crate) pem: String,
    pub(crate) key_pem: String,
    der: CertificateDer<'static>,
    key: Vec<u8>,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        params.distinguished_name.push(DnType::CommonName, "test CA");
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        Self {
            pem: certificate.pem(),
            der: certificate.der().clone(),
            issuer: Issuer::new(params, key),
        }
    }

    pub(crate) fn issue(&self, name: &str, usage: ExtendedKeyUsagePurpose) -> Identity {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.extended_key_usages = vec![usage];
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Identity {
            pem: certificate.pem(),
            key_pem: key.serialize_pem(),
            der: certificate.der().clone(),
            key: key.serialize_der(),
        }
    }

    fn roots(&self) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        roots.add(self.der.clone()).unwrap();
        roots
    }
}

impl Identity {
    fn chain(&self) -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
        (
            vec![self.der.clone()],
            PrivatePkcs8KeyDer::from(self.key.clone()).into(),
        )
    }
}

pub(crate) fn use_ring() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// A server whose TLS takes clients of `authority` and clients without a certificate; `versions` are those of the server.
pub(crate) async fn open(authority: &Authority, versions: &[&'static rustls::SupportedProtocolVersion]) -> House {
    use_ring();
    let verifier = WebPkiClientVerifier::builder(Arc::new(authority.roots()))
        .allow_unauthenticated()
        .build()
        .unwrap();
    let (chain, key) = authority
        .issue("localhost", ExtendedKeyUsagePurpose::ServerAuth)
        .chain();
    let config = rustls::ServerConfig::builder_with_protocol_versions(versions)
        .with_client_cert_verifier(verifier)
        .with_single_cert(chain, key)
        .unwrap();
    house::open(Limits::default(), Some(Arc::new(config))).await
}

impl House {
    /// Makes the gatekeeper know a certificate.
    pub(crate) fn know(&self, identity: &Identity, device: &str) {
        self.gate
            .certificates
            .lock()
            .unwrap()
            .insert(identity.der.to_vec(), device.into());
    }
}

fn transport(authority: &Authority, identity: Option<&Identity>) -> Transport {
    let builder = rustls::ClientConfig::builder().with_root_certificates(authority.roots());
    let config = match identity {
        None => builder.with_no_client_auth(),
        Some(identity) => {
            let (chain, key) = identity.chain();
            builder.with_client_auth_cert(chain, key).unwrap()
        }
    };
    Transport::Tls(TlsConfiguration::Rustls(Arc::new(config)))
}

#[tokio::test]
async fn a_certificate_is_identity_enough() {
    let authority = Authority::new();
    for v5 in [false, true] {
        let house = open(&authority, &[&rustls::version::TLS13]).await;
        let identity = authority.issue("gauge", ExtendedKeyUsagePurpose::ClientAuth);
        house.know(&identity, "gauge");
        let port = house.secure.unwrap().port();
        if v5 {
            let mut options = rumqttc::v5::MqttOptions::new("c", "localhost", port);
            options
                .set_clean_start(true)
                .set_transport(transport(&authority, Some(&identity)));
            converse_v5(&house, options).await;
        } else {
            let mut options = rumqttc::MqttOptions::new("c", "localhost", port);
            options.set_transport(transport(&authority, Some(&identity)));
            converse_v4(&house, options).await;
        }
    }
}

#[tokio::test]
async fn a_token_without_a_certificate_goes_over_tls_too() {
    let authority = Authority::new();
    let mut house = open(&authority, &[&rustls::version::TLS13]).await;
    house.address = house.secure.unwrap();
    let mut options = options_v5(&house);
    options.set_transport(transport(&authority, None));
    converse_v5(&house, options).await;
}

#[tokio::test]
async fn foreign_unknown_and_missing_certificates_are_refused() {
    let authority = Authority::new();
    let mut house = open(&authority, &[&rustls::version::TLS13]).await;
    house.address = house.secure.unwrap();
    let foreign = Authority::new().issue("gauge", ExtendedKeyUsagePurpose::ClientAuth);
    house.know(&foreign, "gauge");
    let unknown = authority.issue("gauge", ExtendedKeyUsagePurpose::ClientAuth);
    let wrong_purpose = authority.issue("gauge", ExtendedKeyUsagePurpose::ServerAuth);
    house.know(&wrong_purpose, "gauge");
    for (what, identity, said) in [
        ("foreign CA", Some(&foreign), ""),
        ("certificate of a server", Some(&wrong_purpose), ""),
        ("unknown to the gatekeeper", Some(&unknown), "NotAuthorized"),
        ("neither certificate nor token", None, "NotAuthorized"),
    ] {
        let mut options = options_v4(&house);
        options.set_transport(transport(&authority, identity));
        if identity.is_none() {
            options = rumqttc::MqttOptions::new("c", "localhost", house.address.port());
            options.set_transport(transport(&authority, None));
        }
        let (_client, mut events) = rumqttc::AsyncClient::new(options, 10);
        let error = events.poll().await.expect_err(what);
        assert!(format!("{error:?}").contains(said), "{what}: {error:?}");
    }
    assert_eq!(house.handle.sessions(), 0);
    // what fails in the handshake is told to the gatekeeper, which writes it down
    let told = || house.gate.refused.lock().unwrap().clone();
    house::eventually("all refusals are told", || told().len() == 3).await;
    for says in ["a signature does not fit", "clientAuth", "show a device token"] {
        let told = told();
        assert!(told.iter().any(|it| it.to_string().contains(says)), "{says}: {told:?}");
    }
}

#[tokio::test]
async fn tls_1_2_is_closed_even_if_the_configuration_allows_it() {
    let authority = Authority::new();
    let mut house = open(&authority, &[&rustls::version::TLS12]).await;
    house.address = house.secure.unwrap();
    let mut options = options_v4(&house);
    options.set_transport(transport(&authority, None));
    let (_client, mut events) = rumqttc::AsyncClient::new(options, 10);
    assert!(events.poll().await.is_err());
}

#[tokio::test]
async fn plain_bytes_on_the_tls_port_are_turned_away() {
    let authority = Authority::new();
    let mut house = open(&authority, &[&rustls::version::TLS13]).await;
    house.address = house.secure.unwrap();
    let mut raw = crate::raw::Raw::open(house.address).await;
    raw.send(&crate::raw::hello(false, "gauge").bytes()).await;
    while raw.next().await.is_some() {}
    house::eventually("the connection is gone", || house.handle.connections() == 0).await;
}
