//! The registry of devices: what they are, what their payload names mean, with what they identify themselves.
//!
//! Walkthrough: a profile (YAML of the city pack) binds payload names to attributes; a device is registered with a profile,
//! place, areas and owner; it gets a token or a certificate of the platform CA; a driver asks [`gate::Gate`] who is
//! speaking; `observation` asks [`registry::Registry`] what a name means.
//! **Invariant:** nothing here sees an observation.

pub mod certificate;
pub mod error;
pub mod fact;
pub mod gate;
pub mod http;
pub mod model;
pub mod profile;
pub mod record;
pub mod registry;
pub mod service;
pub mod store;
pub mod wire;
