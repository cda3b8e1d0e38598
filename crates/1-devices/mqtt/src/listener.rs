//! Takes connections, within the limits, and gives each its own task.

use crate::connection;
use crate::error::Close;
use crate::handshake;
use crate::metrics;
use crate::server::Shared;
use crate::session::Session;
use crate::tls::{self, Failed};
use crate::web;
use driver::gatekeeper::Refusal;
use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_rustls::TlsAcceptor;

/// Pause after a failed accept, which usually means that file handles ran out.
const PAUSE: Duration = Duration::from_millis(50);

/// What a connection begins with, behind TLS if there is TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// MQTT.
    Bare,
    /// The upgrade to WebSocket.
    Web,
}

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
pub(crate) async fn run(listener: TcpListener, tls: Option<TlsAcceptor>, how: How, shared: Arc<Shared>) {
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
                let tasks = shared.tasks.clone();
                tasks.spawn(async move {
                    serve(stream, from, tls, how, &shared).await;
                    drop(place);
                });
            }
            Err(reason) => metrics::refused(reason),
        }
    }
}

async fn serve(stream: TcpStream, from: SocketAddr, tls: Option<TlsAcceptor>, how: How, shared: &Arc<Shared>) {
    let _ = stream.set_nodelay(true);
    match tls {
        None => begin(stream, None, from, how, shared).await,
        Some(acceptor) => {
            let accepted = tokio::select! {
                biased;
                () = shared.shutdown.cancelled() => return,
                accepted = tls::accept(&acceptor, stream, &shared.turns, shared.limits.handshake) => accepted,
            };
            match accepted {
                Ok((stream, chain)) => begin(stream, chain, from, how, shared).await,
                Err(failed) => {
                    metrics::refused(failed.label());
                    tracing::info!(%from, reason = failed.label(), "TLS handshake failed");
                    if let Failed::Certificate(why) = failed {
                        shared.gatekeeper.refused(Refusal::BadCertificate(why), from).await;
                    }
                }
            }
        }
    }
}

/// Goes through the upgrade, if this is a door for WebSocket.
async fn begin<S>(stream: S, chain: Option<Vec<Vec<u8>>>, from: SocketAddr, how: How, shared: &Arc<Shared>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    if how == How::Bare {
        return converse(stream, chain, from, shared).await;
    }
    let upgraded = tokio::select! {
        biased;
        () = shared.shutdown.cancelled() => return,
        upgraded = timeout(shared.limits.connect, web::upgrade(stream)) => upgraded,
    };
    match upgraded {
        Ok(Some(framed)) => converse(framed, chain, from, shared).await,
        _ => metrics::refused("no_upgrade"),
    }
}

/// One connection from CONNECT to its end.
pub(crate) async fn converse<S>(mut stream: S, chain: Option<Vec<Vec<u8>>>, from: SocketAddr, shared: &Arc<Shared>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let admitted = tokio::select! {
        biased;
        () = shared.shutdown.cancelled() => return,
        admitted = handshake::greet(&mut stream, chain, from, shared) => admitted,
    };
    let Some(admitted) = admitted else { return };
    let (session, sender) = (Arc::clone(&admitted.seat.session), admitted.sender.clone());
    let close = connection::run(stream, admitted, shared).await;
    metrics::closed(close.label());
    if let Close::Withdrawn(refusal) = &close {
        shared.gatekeeper.cut(&sender, refusal.clone(), from).await;
    }
    if !session.over.is_cancelled() {
        let time = session.expiry();
        shared
            .tasks
            .spawn(linger(Arc::clone(shared), Arc::clone(&session), time));
    }
    match close {
        Close::Client { .. } | Close::Gone | Close::ShuttingDown | Close::TakenOver => {
            tracing::debug!(%from, device = &*session.device, reason = close.label(), "connection ended");
        }
        _ => {
            tracing::info!(%from, device = &*session.device, reason = close.label(), text = &*close.text(), "connection closed");
        }
    }
}

/// Waits for the will's delay and for the end of a kept session, unless its client comes back ([MQTT-3.1.3-9],
/// [MQTT-3.1.2-23]).
pub(crate) async fn linger(shared: Arc<Shared>, session: Arc<Session>, seconds: u32) {
    let waiting = async {
        let end = Instant::now() + Duration::from_secs(u64::from(seconds));
        let delay = session.with(|state| state.will.as_ref().map(|will| will.delay));
        if let Some(delay) = delay.filter(|delay| *delay < seconds) {
            sleep(Duration::from_secs(u64::from(delay))).await;
            session.take_will().into_iter().for_each(|will| shared.say(&will));
        }
        sleep_until(end).await;
        shared
            .router
            .expire(&session)
            .into_iter()
            .for_each(|will| shared.say(&will));
        metrics::expired_session();
    };
    tokio::select! {
        biased;
        () = session.over.cancelled() => {}
        () = shared.shutdown.cancelled() => {}
        () = waiting => {}
    }
}
