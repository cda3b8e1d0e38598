//! The TLS handshake of a device, and the certificates that it showed.

use rustls::ProtocolVersion;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// Why a handshake came to nothing; the label in metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failed {
    TooSlow,
    Refused,
    TooOld,
}

impl Failed {
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::TooSlow => "tls_timeout",
            Self::Refused => "tls",
            Self::TooOld => "tls_version",
        }
    }
}

/// Shakes hands within `limit`. Gives the verified client chain, leaf first, DER; `None` when the client showed none.
pub(crate) async fn accept(
    acceptor: &TlsAcceptor,
    stream: TcpStream,
    limit: Duration,
) -> Result<(TlsStream<TcpStream>, Option<Vec<Vec<u8>>>), Failed> {
    let stream = match timeout(limit, acceptor.accept(stream)).await {
        Err(_) => return Err(Failed::TooSlow),
        Ok(Err(error)) => {
            tracing::debug!(%error, "TLS handshake refused");
            return Err(Failed::Refused);
        }
        Ok(Ok(stream)) => stream,
    };
    let session = stream.get_ref().1;
    if session.protocol_version() != Some(ProtocolVersion::TLSv1_3) {
        return Err(Failed::TooOld);
    }
    let chain = session
        .peer_certificates()
        .map(|chain| chain.iter().map(|certificate| certificate.to_vec()).collect());
    Ok((stream, chain))
}
