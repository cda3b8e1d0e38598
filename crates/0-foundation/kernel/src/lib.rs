//! The words that every floor of the house shares: ids, times, units, batches, signals, commands and facts. No I/O, no async.
//!
//! **Invariant:** nothing here opens a file, a socket or a thread, and nothing here reads a clock: time comes in through [`clock::Clock`].
//! A change in this crate rebuilds everything, so it stays small (< 2,500 lines) and quiet.

pub mod actor;
pub mod area;
pub mod batch;
pub mod block;
pub mod classification;
pub mod clock;
pub mod command;
pub mod error;
pub mod fact;
pub mod id;
pub mod place;
pub mod position;
pub mod quality;
pub mod reject;
pub mod series;
pub mod severity;
pub mod signal;
pub mod submission;
pub mod text;
pub mod time;
pub mod unit;
pub mod value;
