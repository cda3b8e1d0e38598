//! The registry of devices and its gate on the embedded engine.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "main/bind.rs"]
mod bind;
#[path = "main/certificate_contracts.rs"]
mod certificate_contracts;
#[path = "main/certificate_http.rs"]
mod certificate_http;
#[path = "main/certificates.rs"]
mod certificates;
#[path = "main/command_http.rs"]
mod command_http;
#[path = "main/commands.rs"]
mod commands;
#[path = "main/contracts.rs"]
mod contracts;
#[path = "main/enrol.rs"]
mod enrol;
#[path = "main/gate.rs"]
mod gate;
#[path = "main/ground.rs"]
mod ground;
#[path = "main/http.rs"]
mod http;
#[path = "main/interlocks.rs"]
mod interlocks;
#[path = "main/laws.rs"]
mod laws;
#[path = "main/list.rs"]
mod list;
#[path = "main/presence.rs"]
mod presence;
#[path = "main/profiles.rs"]
mod profiles;
#[path = "main/requests.rs"]
mod requests;
#[path = "main/script.rs"]
mod script;
#[path = "main/service.rs"]
mod service;
