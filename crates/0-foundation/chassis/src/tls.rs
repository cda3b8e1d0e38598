//! TLS at the doors: server settings with optional client certificates, and a listener whose handshakes never block others.

mod fault;

pub use fault::certificate_fault;

use axum::serve::Listener;
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// The verified client certificates of a connection, leaf first, DER; empty when the client showed none.
#[derive(Clone, Debug, Default)]
pub struct PeerCertificates(pub Arc<Vec<Vec<u8>>>);

/// Where a request came from.
#[derive(Clone, Debug)]
pub struct Peer {
    /// The other end of the connection.
    pub address: SocketAddr,
    /// Its certificates.
    pub certificates: PeerCertificates,
}

/// Which protocol versions a door speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Versions {
    /// TLS 1.3 only (MQTT).
    Only13,
    /// TLS 1.2 and 1.3 (HTTP).
    From12,
}

/// Builds the settings of a door. Clients may show a certificate of one of `client_roots`; one that does not verify, is
/// expired or has the wrong purpose ends the handshake with the fitting alert (RFC 8446 section 6.2). Without any root no
/// certificate is asked for.
pub fn server_config(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
    client_roots: Vec<CertificateDer<'static>>,
    versions: Versions,
    alpn: &[&[u8]],
) -> Result<ServerConfig, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = rustls::RootCertStore::empty();
    for root in client_roots {
        roots.add(root)?;
    }
    let verifier = if roots.is_empty() {
        WebPkiClientVerifier::no_client_auth()
    } else {
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
            .allow_unauthenticated()
            .build()
            .map_err(|error| rustls::Error::General(error.to_string()))?
    };
    let only13: &[&rustls::SupportedProtocolVersion] = &[&rustls::version::TLS13];
    let both: &[&rustls::SupportedProtocolVersion] = &[&rustls::version::TLS13, &rustls::version::TLS12];
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(if versions == Versions::Only13 { only13 } else { both })?
        .with_client_cert_verifier(verifier)
        .with_single_cert(chain, key)?;
    // devices without hardware for AES choose what is cheap for them; browsers have it, and take the strongest that both know
    config.ignore_client_order = versions == Versions::From12;
    config.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
    Ok(config)
}

/// The certificates that a finished handshake has shown.
pub fn peer_certificates(connection: &rustls::ServerConnection) -> PeerCertificates {
    let chain = connection.peer_certificates().unwrap_or_default();
    PeerCertificates(Arc::new(
        chain.iter().map(|certificate| certificate.as_ref().to_vec()).collect(),
    ))
}

/// A listener for [`axum::serve()`] that hands out finished TLS connections.
#[derive(Debug)]
pub struct TlsListener {
    ready: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    local: SocketAddr,
}

const HANDSHAKE: Duration = Duration::from_secs(10);
const MAX_HANDSHAKES: usize = 1_024;

/// Hears that a client was turned away because of its certificate: from where, and what was wrong.
pub type Told = Arc<dyn Fn(SocketAddr, String) + Send + Sync>;

impl TlsListener {
    /// Accepts on `listener`; at most 1,024 handshakes are under way, each for at most 10 s.
    pub fn new(listener: TcpListener, config: Arc<ServerConfig>) -> std::io::Result<Self> {
        Self::telling(listener, config, Arc::new(|_, _| {}))
    }

    /// Like [`Self::new`], and tells of each client whose certificate does not verify.
    pub fn telling(listener: TcpListener, config: Arc<ServerConfig>, told: Told) -> std::io::Result<Self> {
        let local = listener.local_addr()?;
        let (sender, ready) = mpsc::channel(64);
        tokio::spawn(accept(listener, TlsAcceptor::from(config), sender, told));
        Ok(Self { ready, local })
    }
}

async fn accept(
    listener: TcpListener,
    acceptor: TlsAcceptor,
    ready: mpsc::Sender<(TlsStream<TcpStream>, SocketAddr)>,
    told: Told,
) {
    let places = Arc::new(tokio::sync::Semaphore::new(MAX_HANDSHAKES));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        let accepted = tokio::select! {
            () = ready.closed() => return,
            accepted = listener.accept() => accepted,
        };
        let Ok((stream, address)) = accepted else {
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let (acceptor, ready, told) = (acceptor.clone(), ready.clone(), Arc::clone(&told));
        tokio::spawn(async move {
            let _ = stream.set_nodelay(true);
            match tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await {
                Ok(Ok(stream)) => drop(ready.send((stream, address)).await),
                Ok(Err(error)) => {
                    refused(address, &error.to_string());
                    if let Some(fault) = certificate_fault(&error) {
                        told(address, fault);
                    }
                }
                Err(_) => refused(address, "no finished handshake within 10 s"),
            }
            drop(place);
        });
    }
}

fn refused(address: SocketAddr, error: &str) {
    metrics::counter!("hanoi_ioc_tls_refused_total", "door" => "http").increment(1);
    tracing::info!(%address, error, "TLS handshake refused");
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(connection) => connection,
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        Ok(self.local)
    }
}

impl axum::extract::connect_info::Connected<axum::serve::IncomingStream<'_, TlsListener>> for Peer {
    fn connect_info(stream: axum::serve::IncomingStream<'_, TlsListener>) -> Self {
        Self {
            address: *stream.remote_addr(),
            certificates: peer_certificates(stream.io().get_ref().1),
        }
    }
}

/// A listener without TLS whose answers leave at once, also small ones.
#[derive(Debug)]
pub struct PlainListener(pub TcpListener);

impl Listener for PlainListener {
    type Io = TcpStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        let _ = stream.set_nodelay(true);
        (stream, address)
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

impl axum::extract::connect_info::Connected<axum::serve::IncomingStream<'_, PlainListener>> for Peer {
    fn connect_info(stream: axum::serve::IncomingStream<'_, PlainListener>) -> Self {
        Self {
            address: *stream.remote_addr(),
            certificates: PeerCertificates::default(),
        }
    }
}
