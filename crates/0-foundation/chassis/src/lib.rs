//! What every slice stands on to be a service: configuration, errors, filters, pages, versions, TLS, telemetry, consumers and an ordered end.
//!
//! **Boundary:** the only crate of the foundation that knows HTTP. Slices use it in `http.rs`, `react.rs` and `reconcile.rs`.

pub mod config;
pub mod consumer;
pub mod cursor;
pub mod filter;
pub mod json;
pub mod problem;
pub mod reconcile;
pub mod scaled;
pub mod shutdown;
pub mod telemetry;
pub mod texts;
pub mod tls;
pub mod version;
pub mod wall;
pub mod wire;
pub mod yaml;
