//! The past: observations as open tables, their roll-ups, and everything that asks for them.
//!
//! `lake` writes, `query` and `chart` read. Nobody else in the house knows Delta, Parquet, DataFusion or SQL.

pub mod chart;
pub mod error;
pub mod http;
pub mod lake;
pub mod model;
pub mod query;
pub mod reconcile;
pub mod service;
pub mod wire;

pub use http::{HistoryState, mount};
