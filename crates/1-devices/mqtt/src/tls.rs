//! The TLS handshake of a device, and the certificates that it showed.

use chassis::tls::certificate_fault;
use rustls::ProtocolVersion;
use std::pin::pin;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// Why a handshake came to nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failed {
    TooSlow,
    Refused,
    /// The certificate does not verify, for this reason.
    Certificate(String),
    TooOld,
}

impl Failed {
    /// The label in metrics.
    pub(crate) fn label(&self) -> &'static str {
        match self {
            Self::TooSlow => "tls_timeout",
            Self::Refused => "tls",
            Self::Certificate(_) => "tls_certificate",
            Self::TooOld => "tls_version",
        }
    }
}

/// Handshakes that are worked on at once. Further ones wait, so that those that have begun are done soon: when a whole city
/// comes back, its devices come in one after the other, and not all of them too late.
pub(crate) const TURNS: usize = 512;
/// How long a handshake keeps its turn; one that is slow goes on without, so that those who stall hold nobody up.
const TURN: Duration = Duration::from_millis(500);

/// Shakes hands within `limit`, once it is its turn. Gives the verified client chain, leaf first, DER; `None` when the
/// client showed none.
pub(crate) async fn accept(
    acceptor: &TlsAcceptor,
    stream: TcpStream,
    turns: &Semaphore,
    limit: Duration,
) -> Result<(TlsStream<TcpStream>, Option<Vec<Vec<u8>>>), Failed> {
    // who has said nothing yet has no turn
    if !matches!(timeout(limit, stream.readable()).await, Ok(Ok(()))) {
        return Err(Failed::TooSlow);
    }
    let turn = turns.acquire().await;
    let mut shaking = pin!(timeout(limit, acceptor.accept(stream)));
    let shaken = match timeout(TURN, &mut shaking).await {
        Ok(shaken) => shaken,
        Err(_) => {
            drop(turn);
            shaking.await
        }
    };
    let stream = match shaken {
        Err(_) => return Err(Failed::TooSlow),
        Ok(Err(error)) => {
            tracing::debug!(%error, "TLS handshake refused");
            return Err(certificate_fault(&error).map_or(Failed::Refused, Failed::Certificate));
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
