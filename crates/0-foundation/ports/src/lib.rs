//! The narrow doors to everything that keeps data. Slices speak to these traits; engines stand behind them.
//!
//! Every port is opened for one tenant. A behaviour is promised only when a test in [`conformance`] says so; each engine
//! runs the whole suite. Nothing here opens a file or a socket.

pub mod conformance;
pub mod document;
pub mod error;
pub mod journal;
pub mod log;
pub mod objects;
pub mod query;
pub mod records;
pub mod scope;
pub mod series;
