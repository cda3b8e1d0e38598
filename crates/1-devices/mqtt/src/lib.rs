//! MQTT 3.1.1 and 5.0 for devices: our own sessions over the packet codec of `rmqtt-codec`.
//!
//! **Invariants:** a PUBACK is written only after [`driver::intake::Intake::accept`] resolved for that publish, and in the order
//! in which the publishes came ([MQTT-4.6.0-2]); nobody is heard before the gatekeeper let it in; every topic is refused
//! that `acl` does not name; every queue has a bound; a slow subscriber is disconnected and slows nobody.
//!
//! **Topics.** A device publishes readings to `devices/{device}/up` (for itself or for one that it speaks for) and presence to
//! `devices/{device}/state` (retained if asked; wills go there too). What it says to a command goes to
//! `devices/{device}/answers`, JSON that is acknowledged when it is durable. It may subscribe to `devices/{own}/down`,
//! `devices/{own}/errors`, `devices/{own}/state` and `devices/{own}/#`, which means these three. The payload of `up` is
//! SenML (JSON or CBOR), line protocol or an Arrow stream: the Content Type of MQTT 5 says which, otherwise it is guessed.
//!
//! Further topics exist only in the namespaces that the configuration opens (`space`).
//!
//! **What a PUBACK or PUBREC means.** On `up`: everything is durable, rows in the log and bad items in quarantine. MQTT 5 is
//! told of bad items: reason 0x99 when all were, otherwise success with a reason string and the user property `rejected`. MQTT
//! 3.1.1 (and QoS 0) gets a JSON message on `devices/{device}/errors`. On `state` and in namespaces: it stands in the queues
//! of those who subscribed and, if retained, is kept in memory. State is presence and is told anew at each connection.
//!
//! **QoS 2** (`session::received`, `once`): PUBREC follows the commit, and a PUBLISH that comes again before its PUBREL is
//! not stored again; for kept sessions the log knows it even after a power cut, by an idempotency key.
//!
//! **Sessions** (`session`, `router`, `saver`) are kept as long as was agreed, at most [`Limits::session_expiry`]: subscriptions,
//! what waits and what was not acknowledged. With [`MqttSettings::records`] they survive a restart: SUBACK, UNSUBACK and
//! PUBCOMP wait until the change is written down; messages that are queued are written down within milliseconds, behind.
//! A queue has a bound: beyond it one who is connected is disconnected, and for one who is away nothing more is kept, which
//! whoever sends is told. QoS 0 is not kept for who is away.
//!
//! **WebSocket** (`web`): the same conversation in binary frames, on listeners of its own.
//!
//! **Full log.** MQTT 5 gets PUBACK 0x97. MQTT 3.1.1 cannot be told: its publishes are held and tried again, its socket is not
//! read meanwhile, and after ten seconds it is disconnected without PUBACK.
//!
//! Start reading at [`server::serve`], then `listener`, `handshake`, `connection`, `publish`.

mod acl;
mod alias;
mod answer;
mod budget;
mod connection;
mod deliver;
mod downlink;
pub mod error;
mod filter;
mod group;
mod handshake;
mod hold;
mod listener;
mod message;
mod metrics;
mod once;
mod payload;
mod publish;
mod retained;
mod router;
mod saver;
pub mod server;
mod session;
pub mod settings;
mod space;
mod subscribe;
mod tls;
mod version;
mod web;
mod will;

pub use error::MqttError;
pub use server::{DownMessage, MqttHandle, serve};
pub use settings::{Limits, MqttSettings};
pub use space::Namespace;
