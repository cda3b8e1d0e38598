//! The registry of devices and its gate on the embedded engine.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "main/gate.rs"]
mod gate;
#[path = "main/ground.rs"]
mod ground;
#[path = "main/http.rs"]
mod http;
#[path = "main/list.rs"]
mod list;
#[path = "main/profiles.rs"]
mod profiles;
#[path = "main/service.rs"]
mod service;
