//! The registry of devices: what they are, what their payload names mean, with what they identify themselves.
//!
//! Walkthrough: a profile (YAML of the city pack) binds payload names to attributes; a device is registered with a profile,
//! place, areas and owner; it gets a token or a certificate of the platform CA; a driver asks [`gate::Gate`] who is
//! speaking; `observation` asks [`registry::Registry`] what a name means.
//!
//! Certificates: an operator invites a device ([`service::certificate`]), the device asks over EST ([`http::est`]) and gets one
//! of the platform CA ([`certificate`]); it renews with the present one before its end. What is not in the register, or was
//! revoked there, opens nothing; what a device has open ends when it loses its right ([`registry::Registry::withdrawals`]).
//!
//! A command descends: a person (or, through the journal, a scenario) orders it by [`service::command::Commands`], which holds
//! it against the profile and its interlocks; it is durable, then [`reconcile::Dispatch`] hands it to the driver when the
//! device listens; the device answers, or the deadline ends it. [`decide::command`] draws the states.
//!
//! **Invariants:** nothing here sees an observation, except the newest value that an interlock asks for; a command is settled
//! once, and its timeline only grows; nothing is handed over after its deadline.

pub mod certificate;
pub mod decide;
pub mod error;
pub mod fact;
pub mod gate;
pub mod http;
pub mod model;
pub mod profile;
pub mod react;
pub mod reconcile;
pub mod record;
pub mod registry;
pub mod service;
pub mod store;
pub mod wire;
