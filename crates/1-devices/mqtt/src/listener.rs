//! Takes connections, within the limits, and gives each its own task.

use crate::connection;
use crate::error::Close;
use crate::handshake;
use crate::metrics;
use crate::server::Shared;
use crate::tls;
use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_util::task::TaskTracker;

/// Pause after a failed accept, which usually means that file handles ran out.
const PAUSE: Duration = Duration::from_millis(50);

/// Counts open connections, in all and per address.
#[derive(Default)]
pub(crate) struct Doors {
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    total: usize,
    addresses: FxHashMap<IpAddr, usize>,
}

/// One open connection; dropping it gives the place back.
pub(crate) struct Place {
    shared: Arc<Shared>,
    address: IpAddr,
}

impl Doors {
    fn enter(shared: &Arc<Shared>, address: IpAddr) -> Result<Place, &'static str> {
        let limits = &shared.limits;
        let mut open = shared.doors.open.lock();
        if open.total >= limits.max_connections {
            return Err("connections");
        }
        let here = open.addresses.entry(address).or_default();
        if *here >= limits.max_connections_per_address {
            return Err("connections_of_address");
        }
        *here += 1;
        open.total += 1;
        shared.metrics.connections.set(open.total as f64);
        Ok(Place {
            shared: Arc::clone(shared),
            address,
        })
    }

    /// Open connections in all.
    pub(crate) fn total(&self) -> usize {
        self.open.lock().total
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.shared.doors.open.lock();
        open.total -= 1;
        self.shared.metrics.connections.set(open.total as f64);
        if let Some(here) = open.addresses.get_mut(&self.address) {
            *here -= 1;
            if *here == 0 {
                open.addresses.remove(&self.address);
            }
        }
    }
}

/// Takes connections until the program stops.
pub(crate) async fn run(listener: TcpListener, tls: Option<TlsAcceptor>, shared: Arc<Shared>, tasks: TaskTracker) {
    loop {
        let accepted = tokio::select! {
            biased;
            () = shared.shutdown.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        let (stream, from) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "no connection could be taken");
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        match Doors::enter(&shared, from.ip()) {
            Ok(place) => {
                let (shared, tls) = (Arc::clone(&shared), tls.clone());
                tasks.spawn(async move {
                    serve(stream, from, tls, &shared).await;
                    drop(place);
                });
            }
            Err(reason) => metrics::refused(reason),
        }
    }
}

async fn serve(stream: TcpStream, from: SocketAddr, tls: Option<TlsAcceptor>, shared: &Shared) {
    let _ = stream.set_nodelay(true);
    match tls {
        None => converse(stream, None, from, shared).await,
        Some(acceptor) => {
            let accepted = tokio::select! {
                biased;
                () = shared.shutdown.cancelled() => return,
                accepted = tls::accept(&acceptor, stream, shared.limits.handshake) => accepted,
            };
            match accepted {
                Ok((stream, chain)) => converse(stream, chain, from, shared).await,
                Err(failed) => {
                    metrics::refused(failed.label());
                    tracing::info!(%from, reason = failed.label(), "TLS handshake failed");
                }
            }
        }
    }
}

/// One connection from CONNECT to its end.
pub(crate) async fn converse<S>(mut stream: S, chain: Option<Vec<Vec<u8>>>, from: SocketAddr, shared: &Shared)
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let admitted = tokio::select! {
        biased;
        () = shared.shutdown.cancelled() => return,
        admitted = handshake::greet(&mut stream, chain, from, shared) => admitted,
    };
    let Some(admitted) = admitted else { return };
    let session = Arc::clone(&admitted.seat.session);
    let close = connection::run(stream, admitted, shared).await;
    metrics::closed(close.label());
    match close {
        Close::Client { .. } | Close::Gone | Close::ShuttingDown | Close::TakenOver => {
            tracing::debug!(%from, device = &*session.device, reason = close.label(), "connection ended");
        }
        _ => {
            tracing::info!(%from, device = &*session.device, reason = close.label(), text = &*close.text(), "connection closed");
        }
    }
}
