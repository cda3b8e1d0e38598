//! The doors: which sockets are open, with which certificates.

mod connection;
mod crowd;
mod stall;

use crate::assemble::House;
use crate::join::MainRoad;
use crate::settings::{Settings, parse_address};
use anyhow::{Context, Result};
use axum::Router;
use chassis::shutdown::Shutdown;
use chassis::tls::{
    Peer, PeerCertificates, PlainListener, TlsListener, Told, Versions, peer_certificates, server_config,
};
use crowd::Crowd;
use driver::gatekeeper::{Gatekeeper, Refusal};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde::Serialize;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio_rustls::server::TlsStream;

/// Where the instance can be reached; printed as one line of JSON when it is ready.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Addresses {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) http: Option<SocketAddr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) https: Option<SocketAddr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mqtts: Option<SocketAddr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mqtt: Option<SocketAddr>,
    /// MQTT over WebSocket, behind TLS and without.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mqtt_wss: Option<SocketAddr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mqtt_ws: Option<SocketAddr>,
}

/// All sockets, bound and not yet served.
pub(crate) struct Doors {
    http: Option<TcpListener>,
    https: Option<TcpListener>,
    mqtts: Option<TcpListener>,
    mqtt: Option<TcpListener>,
    mqtt_wss: Option<TcpListener>,
    mqtt_ws: Option<TcpListener>,
    pub(crate) addresses: Addresses,
}

/// Binds everything that the settings name, so that a taken port is told before anything else happens.
pub(crate) fn bind(settings: &Settings) -> Result<Doors> {
    let http = listen("http.address", &settings.http.address)?;
    let https = listen("http.tls_address", &settings.http.tls_address)?;
    let mqtts = listen("mqtt.tls_address", &settings.mqtt.tls_address)?;
    let mqtt = listen("mqtt.address", &settings.mqtt.address)?;
    let mqtt_wss = listen("mqtt.web_tls_address", &settings.mqtt.web_tls_address)?;
    let mqtt_ws = listen("mqtt.web_address", &settings.mqtt.web_address)?;
    let local = |listener: &Option<TcpListener>| listener.as_ref().and_then(|listener| listener.local_addr().ok());
    let addresses = Addresses {
        http: local(&http),
        https: local(&https),
        mqtts: local(&mqtts),
        mqtt: local(&mqtt),
        mqtt_wss: local(&mqtt_wss),
        mqtt_ws: local(&mqtt_ws),
    };
    Ok(Doors {
        http,
        https,
        mqtts,
        mqtt,
        mqtt_wss,
        mqtt_ws,
        addresses,
    })
}

/// Connections that the system holds until they are taken; a whole city comes back at once when the program was away.
const BACKLOG: u32 = 4_096;

fn bound(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // as after a restart, while connections of the time before are not forgotten yet
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

fn listen(key: &str, text: &str) -> Result<Option<TcpListener>> {
    let Some(address) = parse_address(key, text)? else {
        return Ok(None);
    };
    let listener = bound(address).with_context(|| {
        format!("cannot listen on {address} ({key}); is another program there? choose another port")
    })?;
    Ok(Some(listener))
}

impl Doors {
    /// Opens the doors.
    pub(crate) fn open(self, house: &House, settings: &Settings, router: Router, shutdown: &Shutdown) -> Result<()> {
        // certificates are judged by clients, which live in the time of the machine
        let now = house.wall.now();
        let ca = house.certificates.authority();
        let issued = ca.issue_server(&settings.http.tls_names, now)?;
        let roots: Vec<_> = house
            .keys
            .roots(ca, now)?
            .into_iter()
            .map(CertificateDer::from)
            .collect();
        let tls = |versions, alpn: &[&[u8]]| -> Result<Arc<rustls::ServerConfig>> {
            let mut chain = certificates(&issued.certificate)?;
            chain.extend(ca.chain().iter().cloned().map(CertificateDer::from));
            let key = PrivateKeyDer::from_pem_slice(issued.key.as_bytes()).context("the server key cannot be read")?;
            Ok(Arc::new(server_config(chain, key, roots.clone(), versions, alpn)?))
        };
        let forgiven = settings.http.max_body_mib.saturating_mul(4 << 20);
        let crowd = Crowd::new(settings.http.max_connections);
        if let Some(listener) = self.http {
            let peer = |_: &TcpStream, address| Peer {
                address,
                certificates: PeerCertificates::default(),
            };
            let (listener, stop) = (PlainListener(listener), shutdown.doors.token());
            let serving = connection::serve(listener, router.clone(), peer, forgiven, stop, None, crowd.clone());
            shutdown.doors.spawn(serving);
        }
        if let Some(listener) = self.https {
            let peer = |io: &TlsStream<TcpStream>, address| Peer {
                address,
                certificates: peer_certificates(io.get_ref().1),
            };
            let config = tls(Versions::From12, &[b"h2", b"http/1.1"])?;
            let listener = TlsListener::telling(listener, config, told(&house.gate))?;
            let (gate, stop) = (Some(Arc::clone(&house.gate)), shutdown.doors.token());
            let serving = connection::serve(listener, router, peer, forgiven, stop, gate, crowd);
            shutdown.doors.spawn(serving);
        }
        let mqtts = match self.mqtts {
            Some(listener) => Some((listener, tls(Versions::Only13, &[])?)),
            None => None,
        };
        let web_tls = match self.mqtt_wss {
            Some(listener) => Some((listener, tls(Versions::Only13, &[b"http/1.1"])?)),
            None => None,
        };
        let limits = mqtt::Limits {
            max_packet_bytes: settings.mqtt.max_packet_kib << 10,
            max_connections: settings.mqtt.max_connections,
            max_keep_alive: settings.mqtt.max_keep_alive_s,
            session_expiry: settings.mqtt.session_expiry_s,
            max_kept_sessions: settings.mqtt.max_kept_sessions,
            ..mqtt::Limits::default()
        };
        let door = mqtt::MqttSettings {
            plain: self.mqtt,
            tls: mqtts,
            web: self.mqtt_ws,
            web_tls,
            namespaces: settings.namespaces()?,
            records: Some(Arc::clone(&house.engine.records) as _),
            limits,
        };
        let intake = Arc::new(MainRoad(house.observations.clone()));
        let gate = Arc::clone(&house.gate);
        let (handle, serving) = mqtt::serve(door, gate, intake, Arc::clone(&house.clock), shutdown.doors.token());
        handle.hear_answers(Arc::new(house.commands.clone()));
        house.downlink.join(handle);
        shutdown.doors.spawn(serving);
        Ok(())
    }
}

/// Has the gatekeeper write down whose certificate did not verify.
fn told(gate: &Arc<device::gate::Gate>) -> Told {
    let gate = Arc::clone(gate);
    Arc::new(move |from, why| {
        let gate = Arc::clone(&gate);
        tokio::spawn(async move { gate.refused(Refusal::BadCertificate(why), from).await });
    })
}

fn certificates(pem: &str) -> Result<Vec<CertificateDer<'static>>> {
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    certificates.context("a certificate cannot be read")
}
