//! Ingest over HTTP, and the decoders that turn what devices send into columns of readings.
//!
//! **Invariants:** a sender is let in before a byte of its payload is looked at; a bad item never costs its neighbours; what cannot
//! be read is handed on whole, so that quarantine has it; an answer is given only when the intake says that everything is durable.
//! Decoders are pure functions over bytes: they neither wait nor read a clock, and they never panic.
//!
//! Start reading at [`decode::decode`], then [`http::mount`].

mod arrow;
pub mod decode;
pub mod error;
pub mod http;
mod key;
mod line;
mod number;
mod senml;
pub mod wire;

pub use decode::{Decoded, Format, Precision, decode};
pub use error::DecodeError;
pub use http::{Limits, UplinkState, mount};
