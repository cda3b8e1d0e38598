//! The simulator against the profiles of the pack and against a real MQTT server.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod contract;
mod house;
mod live;
mod refuse;
