//! One TLS connection to the SIEM. Syslog knows no acknowledgement; the orderly end of a connection is one: the other end
//! closes after it has read everything before our close_notify, and a program that died closes with a reset or not at all.

use crate::error::SiemError;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject};
use rustls::{ClientConfig, RootCertStore};
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// Where the SIEM is and how it is recognised.
#[derive(Clone)]
pub struct Target {
    address: String,
    name: ServerName<'static>,
    tls: TlsConnector,
    patience: Duration,
}

impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Target({})", self.address)
    }
}

/// What TLS needs, as PEM.
#[derive(Clone, Debug, Default)]
pub struct Credentials {
    /// Certificates of authorities that may sign the SIEM's certificate.
    pub authorities: Vec<u8>,
    /// Our certificate with its chain, if the SIEM asks for one.
    pub certificate: Option<Vec<u8>>,
    /// The key of our certificate.
    pub key: Option<Vec<u8>>,
}

impl Target {
    /// `address` is `host:port` (6514 by RFC 5425); `name` is the one in the SIEM's certificate. Every step of a connection
    /// may take `patience`.
    pub fn new(address: &str, name: &str, credentials: &Credentials, patience: Duration) -> Result<Self, SiemError> {
        let wrong = |what: &str| SiemError::Tls(what.to_owned());
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(&credentials.authorities) {
            let certificate = certificate.map_err(|error| SiemError::Tls(error.to_string()))?;
            roots
                .add(certificate)
                .map_err(|error| SiemError::Tls(error.to_string()))?;
        }
        if roots.is_empty() {
            return Err(wrong("there is no certificate of an authority"));
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| SiemError::Tls(error.to_string()))?
            .with_root_certificates(roots);
        let config = match (&credentials.certificate, &credentials.key) {
            (None, None) => builder.with_no_client_auth(),
            (Some(chain), Some(key)) => {
                let chain = CertificateDer::pem_slice_iter(chain).collect::<Result<Vec<_>, _>>();
                let chain = chain.map_err(|error| SiemError::Tls(error.to_string()))?;
                let key = PrivateKeyDer::from_pem_slice(key).map_err(|error| SiemError::Tls(error.to_string()))?;
                let config = builder.with_client_auth_cert(chain, key);
                config.map_err(|error| SiemError::Tls(error.to_string()))?
            }
            _ => return Err(wrong("a certificate needs its key, and a key its certificate")),
        };
        let name =
            ServerName::try_from(name.to_owned()).map_err(|_| wrong("the server's name is no name of a host"))?;
        Ok(Self {
            address: address.to_owned(),
            name,
            tls: TlsConnector::from(Arc::new(config)),
            patience,
        })
    }

    /// Where it is.
    pub fn address(&self) -> &str {
        &self.address
    }

    fn unreachable(&self, what: impl ToString) -> SiemError {
        SiemError::Unreachable {
            address: self.address.clone(),
            what: what.to_string(),
        }
    }

    async fn within<T>(&self, what: &str, work: impl Future<Output = io::Result<T>>) -> Result<T, SiemError> {
        match tokio::time::timeout(self.patience, work).await {
            Ok(done) => done.map_err(|error| self.unreachable(format!("{what}: {error}"))),
            Err(_) => Err(self.unreachable(format!("{what} took longer than {:?}", self.patience))),
        }
    }

    /// Connects.
    pub async fn connect(&self) -> Result<Connection, SiemError> {
        let stream = self.within("connecting", TcpStream::connect(&self.address)).await?;
        let _ = stream.set_nodelay(true);
        let stream = self
            .within("the TLS handshake", self.tls.connect(self.name.clone(), stream))
            .await?;
        Ok(Connection {
            target: self.clone(),
            stream,
        })
    }
}

/// An open connection.
#[derive(Debug)]
pub struct Connection {
    target: Target,
    stream: TlsStream<TcpStream>,
}

impl Connection {
    /// Hands some whole frames to the other end. That they left does not mean that they arrived.
    pub async fn send(&mut self, frames: &[u8]) -> Result<(), SiemError> {
        let target = self.target.clone();
        let write = async {
            self.stream.write_all(frames).await?;
            self.stream.flush().await
        };
        target.within("sending", write).await
    }

    /// Ends the connection in good order; everything sent has been read by the other end when this answers.
    pub async fn confirm(mut self) -> Result<(), SiemError> {
        let target = self.target.clone();
        let end = async {
            self.stream.shutdown().await?;
            drain(&mut self.stream).await
        };
        target.within("the end of the connection", end).await
    }

    /// Resolves when the other end ends the connection by itself.
    pub async fn ended(&mut self) -> SiemError {
        let what = drain(&mut self.stream).await;
        let what = what.map_or_else(|error| error.to_string(), |()| "it was closed".to_owned());
        self.target.unreachable(format!("the connection ended: {what}"))
    }
}

/// Reads to the end; syslog receivers say nothing.
async fn drain(stream: &mut TlsStream<TcpStream>) -> io::Result<()> {
    let mut nothing = [0; 1_024];
    loop {
        match stream.read(&mut nothing).await {
            Ok(0) => return Ok(()),
            Ok(_) => {}
            // closed without close_notify, as many receivers do; a program that died with unread bytes resets instead
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            Err(error) => return Err(error),
        }
    }
}
