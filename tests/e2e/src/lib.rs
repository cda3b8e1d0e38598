//! What the end-to-end tests stand on: the built server as a process, and those who speak to it.
//!
//! The tests are in `tests/`, one theme a file. They use only what an operator, a device or a browser has: the command line,
//! the ports, the API. Each test has a server of its own on free ports in a folder of its own, so that all may run at once.

pub mod answer;
pub mod device;
pub mod events;
pub mod moment;
pub mod mosquitto;
pub mod packets;
pub mod person;
pub mod relay;
pub mod server;
pub mod site;
pub mod tool;
