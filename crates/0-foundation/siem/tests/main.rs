//! The way to the SIEM: formats that nobody can break out of, and a receiver that fails in every way.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "main/daemon.rs"]
mod daemon;
#[path = "main/formats.rs"]
mod formats;
#[path = "main/ground.rs"]
mod ground;
#[path = "main/outage.rs"]
mod outage;
#[path = "main/rsyslog.rs"]
mod rsyslog;
#[path = "main/sink.rs"]
mod sink;
#[path = "main/watch.rs"]
mod watch;
