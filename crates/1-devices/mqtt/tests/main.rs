//! The server of MQTT as clients see it: real sockets, a recording gatekeeper and intake, clients that we did not write.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod acknowledge;
mod answers;
mod clients;
mod connect;
mod deliver;
mod house;
mod mosquitto;
mod raw;
mod refuse;
mod secure;
mod stop;
