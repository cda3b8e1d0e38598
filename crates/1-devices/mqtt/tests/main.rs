//! The server of MQTT as clients see it: real sockets, a recording gatekeeper and intake, clients that we did not write.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod acknowledge;
mod answers;
mod clients;
mod connect;
mod cut;
mod deliver;
mod durable;
mod exactly;
mod house;
mod manners;
mod mosquitto;
mod paho;
mod raw;
mod refuse;
mod secure;
mod session;
mod share;
mod stop;
mod table;
mod terms;
mod web;
