//! What is configured, and the history of it: which setting was changed to what, when, and who started the program with it.
//!
//! Settings come from a file and the environment (`config/default.toml`), and count from a start on. So the start is the moment at
//! which a change can be seen: [`service::SettingHistory::note`] compares what is configured with what the start before had.
//!
//! # Invariants
//! - A version is written once and never changed; its number is one more than the newest.
//! - A start whose settings have the values of the start before writes nothing.
//! - No setting is a secret: secrets stand in files of their own, and settings name the files.
//!
//! # Boundary
//! Rules, profiles and the rest of the city pack have their history in `pack`.

pub mod decide;
pub mod error;
pub mod fact;
pub mod http;
pub mod model;
pub mod record;
pub mod service;
pub mod store;
pub mod wire;

pub use http::{SettingState, mount};
