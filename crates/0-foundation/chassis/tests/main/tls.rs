//! The TLS door through a real client: optional certificates, refusals, and handshakes that hang.

use crate::pki::{Authority, Identity};
use axum::Router;
use axum::extract::ConnectInfo;
use axum::routing::get;
use chassis::tls::{Peer, PlainListener, TlsListener, Versions, server_config};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsConnector;

/// Answers how many certificates the client has shown.
fn routes() -> Router {
    let shown = async |ConnectInfo(peer): ConnectInfo<Peer>| format!("{} shown", peer.certificates.0.len());
    Router::new().route("/", get(shown))
}

async fn open(authority: &Authority, versions: Versions) -> SocketAddr {
    let door = authority.door();
    let config = server_config(
        vec![door.certificate],
        door.key,
        vec![authority.root()],
        versions,
        &[b"http/1.1"],
    );
    serve(Arc::new(config.unwrap())).await
}

async fn serve(config: Arc<rustls::ServerConfig>) -> SocketAddr {
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    let listener = TlsListener::new(socket, config).unwrap();
    let service = routes().into_make_service_with_connect_info::<Peer>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    address
}

async fn ask(
    address: SocketAddr,
    authority: &Authority,
    client: Option<Identity>,
    versions: &[&'static SupportedProtocolVersion],
) -> std::io::Result<String> {
    let mut roots = RootCertStore::empty();
    roots.add(authority.root()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .unwrap();
    let builder = builder.with_root_certificates(roots);
    let config = match client {
        Some(client) => builder
            .with_client_auth_cert(vec![client.certificate], client.key)
            .unwrap(),
        None => builder.with_no_client_auth(),
    };
    let stream = TcpStream::connect(address).await?;
    let name = ServerName::try_from("localhost").unwrap();
    let mut stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await?;
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer.rsplit("\r\n").next().unwrap_or_default().to_owned())
}

const BOTH: &[&SupportedProtocolVersion] = &[&rustls::version::TLS13, &rustls::version::TLS12];
const ONLY12: &[&SupportedProtocolVersion] = &[&rustls::version::TLS12];

#[tokio::test]
async fn clients_come_in_with_a_certificate_or_without() {
    let authority = Authority::new("ours");
    let address = open(&authority, Versions::From12).await;
    for versions in [BOTH, ONLY12] {
        assert_eq!(ask(address, &authority, None, versions).await.unwrap(), "0 shown");
        let client = authority.client();
        assert_eq!(
            ask(address, &authority, Some(client), versions).await.unwrap(),
            "1 shown"
        );
    }
}

#[tokio::test]
async fn certificates_that_do_not_verify_end_the_handshake_and_nobody_else() {
    let authority = Authority::new("ours");
    let (foreign, impostor) = (Authority::new("theirs"), Authority::new("ours"));
    let address = open(&authority, Versions::From12).await;
    for (client, alert) in [
        (foreign.client(), "UnknownCA"),
        (impostor.client(), "DecryptError"),
        (authority.expired_client(), "CertificateExpired"),
        (authority.door(), "Certificate"),
    ] {
        let error = ask(address, &authority, Some(client), BOTH).await.unwrap_err();
        assert!(error.to_string().contains(alert), "{alert}: {error}");
        assert_eq!(ask(address, &authority, None, BOTH).await.unwrap(), "0 shown");
    }
}

#[tokio::test]
async fn a_door_for_1_3_refuses_1_2() {
    let authority = Authority::new("ours");
    let address = open(&authority, Versions::Only13).await;
    let error = ask(address, &authority, None, ONLY12).await.unwrap_err();
    assert!(error.to_string().contains("ProtocolVersion"), "{error}");
    assert_eq!(ask(address, &authority, None, BOTH).await.unwrap(), "0 shown");
}

#[tokio::test]
async fn the_door_of_http_chooses_the_cipher_and_that_of_devices_lets_them() {
    let authority = Authority::new("ours");
    let (mut roots, mut provider) = (RootCertStore::empty(), rustls::crypto::ring::default_provider());
    roots.add(authority.root()).unwrap();
    // a client that would rather have anything but the strongest
    provider.cipher_suites.reverse();
    let (provider, name) = (Arc::new(provider), ServerName::try_from("localhost").unwrap());
    let strongest = rustls::crypto::ring::default_provider().cipher_suites[0].suite();
    for (versions, chosen) in [(Versions::From12, true), (Versions::Only13, false)] {
        let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&[&rustls::version::TLS13])
            .unwrap()
            .with_root_certificates(roots.clone())
            .with_no_client_auth();
        let stream = TcpStream::connect(open(&authority, versions).await).await.unwrap();
        let connected = TlsConnector::from(Arc::new(config)).connect(name.clone(), stream);
        let suite = connected.await.unwrap().get_ref().1.negotiated_cipher_suite().unwrap();
        assert_eq!(suite.suite() == strongest, chosen, "{versions:?}: {suite:?}");
    }
}

#[tokio::test]
async fn a_door_without_roots_asks_for_no_certificate() {
    let authority = Authority::new("ours");
    let door = authority.door();
    let config = server_config(vec![door.certificate], door.key, Vec::new(), Versions::From12, &[]).unwrap();
    let address = serve(Arc::new(config)).await;
    assert_eq!(
        ask(address, &authority, Some(authority.client()), BOTH).await.unwrap(),
        "0 shown"
    );
}

#[tokio::test]
async fn handshakes_that_hang_or_talk_nonsense_do_not_hold_up_others() {
    let authority = Authority::new("ours");
    let address = open(&authority, Versions::From12).await;
    let mut hanging = Vec::new();
    for number in 0..100 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        if number % 2 == 0 {
            stream.write_all(&[0x16, 3, 1]).await.unwrap();
        }
        hanging.push(stream);
    }
    let mut nonsense = TcpStream::connect(address).await.unwrap();
    nonsense.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    assert_eq!(ask(address, &authority, None, BOTH).await.unwrap(), "0 shown");
    drop(hanging);
}

#[tokio::test]
async fn the_plain_door_knows_the_peer() {
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    let service = routes().into_make_service_with_connect_info::<Peer>();
    tokio::spawn(async move { axum::serve(PlainListener(socket), service).await });
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .await
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.ends_with("0 shown"), "{answer}");
}
