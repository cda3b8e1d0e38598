//! MQTT 3.1.1 and 5.0 for devices: our own sessions over the packet codec of `rmqtt-codec`.
//!
//! **Invariants:** a PUBACK is written only after [`driver::intake::Intake::accept`] resolved for that publish, and in the order
//! in which the publishes came ([MQTT-4.6.0-2]); nobody is heard before the gatekeeper let it in; every topic is refused
//! that `acl` does not name; every queue has a bound; a slow subscriber is disconnected and slows nobody.
//!
//! **Topics.** A device publishes readings to `devices/{device}/up` (for itself or for one that it speaks for) and presence to
//! `devices/{device}/state` (retained if asked; the only topic of wills). What it says to a command goes to
//! `devices/{device}/answers`, JSON that is acknowledged when it is durable. It may subscribe to `devices/{own}/down`,
//! `devices/{own}/errors`, `devices/{own}/state` and `devices/{own}/#`, which means these three. The payload of `up` is
//! SenML (JSON or CBOR), line protocol or an Arrow stream: the Content Type of MQTT 5 says which, otherwise it is guessed.
//!
//! **What a PUBACK means.** On `up`: everything is durable, rows in the log and bad items in quarantine. MQTT 5 is told of bad items:
//! reason 0x99 when all were, otherwise success with a reason string and the user property `rejected`. MQTT 3.1.1 (and QoS 0)
//! gets a JSON message on `devices/{device}/errors`. On `state`: it was passed on and, if retained, is kept in memory. State
//! is presence and is told anew at each connection; it is not made durable.
//!
//! **Not offered:** QoS 2 (CONNACK says Maximum QoS 1, a QoS 2 publish ends the connection with 0x9B), topic aliases, shared
//! subscriptions, and sessions that outlive their connection: Session Expiry is granted as 0 and Session Present is always 0.
//!
//! **Full log.** MQTT 5 gets PUBACK 0x97. MQTT 3.1.1 cannot be told: its publishes are held and tried again, its socket is not
//! read meanwhile, and after ten seconds it is disconnected without PUBACK.
//!
//! Start reading at [`server::serve`], then `listener`, `handshake`, `connection`, `publish`.

mod acl;
mod answer;
mod connection;
mod deliver;
mod downlink;
pub mod error;
mod group;
mod handshake;
mod listener;
mod message;
mod metrics;
mod payload;
mod publish;
mod retained;
mod router;
pub mod server;
mod session;
pub mod settings;
mod subscribe;
mod tls;
mod version;
mod will;

pub use error::MqttError;
pub use server::{DownMessage, MqttHandle, serve};
pub use settings::{Limits, MqttSettings};
