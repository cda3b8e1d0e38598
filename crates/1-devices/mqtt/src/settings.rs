//! What the server of MQTT listens on and how much it lets anybody take.

use crate::space::Namespace;
use ports::records::Records;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

/// Where to listen, and the limits. A server without any listener is allowed and does nothing.
#[derive(Default)]
pub struct MqttSettings {
    /// Plain TCP; meant for the loopback address only, the caller sees to that.
    pub plain: Option<TcpListener>,
    /// TLS. The configuration asks for a client certificate of the platform CA and lets clients without one go on
    /// (they show a token). Connections below TLS 1.3 are closed whatever the configuration says.
    pub tls: Option<(TcpListener, Arc<rustls::ServerConfig>)>,
    /// MQTT over WebSocket without TLS; meant for the loopback address only, like `plain`.
    pub web: Option<TcpListener>,
    /// MQTT over WebSocket behind TLS 1.3, with a client certificate or a token.
    pub web_tls: Option<(TcpListener, Arc<rustls::ServerConfig>)>,
    /// Topics outside `devices/#`; none unless the configuration opens some.
    pub namespaces: Vec<Namespace>,
    /// Where kept sessions are written down; without it they live in memory and end with the program.
    pub records: Option<Arc<dyn Records>>,
    /// How much anybody may take.
    pub limits: Limits,
}

/// Limits; each bounds memory or time that a peer could otherwise take without end.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Longest packet from a client, in bytes, told to MQTT 5 clients as Maximum Packet Size.
    pub max_packet_bytes: u32,
    /// Open connections in all, those that are still shaking hands included.
    pub max_connections: usize,
    /// Open connections from one IP address.
    pub max_connections_per_address: usize,
    /// Time for the TLS handshake.
    pub handshake: Duration,
    /// Time from the finished handshake to the answered CONNECT.
    pub connect: Duration,
    /// Longest Keep Alive, in seconds. MQTT 5 clients that ask for more, or for none, are told this one; a 3.1.1
    /// client that asks for none is closed when it is silent for 1.5 times this.
    pub max_keep_alive: u16,
    /// Publishes of one connection that may wait for their PUBACK or PUBCOMP (MQTT 5: Receive Maximum).
    pub receive_maximum: u16,
    /// Bytes of payloads of one connection that may wait to be stored; beyond it the socket is not read.
    pub in_flight_bytes: usize,
    /// Bytes of messages that may wait for one subscriber. Beyond it one that is connected is disconnected, and for one that
    /// is away nothing more is kept: whoever sends is told.
    pub outbound_bytes: usize,
    /// Bytes that wait for all subscribers together.
    pub queued_bytes: usize,
    /// Longest time that a session is kept after its connection, in seconds; who asks for more gets this.
    pub session_expiry: u32,
    /// Sessions that may outlive their connection, in all and of one device; further ones end with theirs.
    pub max_kept_sessions: usize,
    /// See [`Limits::max_kept_sessions`].
    pub max_kept_sessions_per_device: usize,
    /// How long a 3.1.1 publish is held back and tried again while the log is full, before the connection is closed.
    pub hold: Duration,
    /// How long submissions are waited for when a connection or the program ends.
    pub drain: Duration,
    /// Longest payload of a state message or will, in bytes.
    pub max_state_bytes: usize,
    /// Bytes of all retained messages together.
    pub retained_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_packet_bytes: 256 * 1024,
            max_connections: 20_000,
            max_connections_per_address: 5_000,
            handshake: Duration::from_secs(10),
            connect: Duration::from_secs(10),
            max_keep_alive: 1_200,
            receive_maximum: 1_024,
            in_flight_bytes: 1024 * 1024,
            outbound_bytes: 256 * 1024,
            queued_bytes: 256 * 1024 * 1024,
            session_expiry: 24 * 3_600,
            max_kept_sessions: 20_000,
            max_kept_sessions_per_device: 16,
            hold: Duration::from_secs(10),
            drain: Duration::from_secs(10),
            max_state_bytes: 4 * 1024,
            retained_bytes: 64 * 1024 * 1024,
        }
    }
}
