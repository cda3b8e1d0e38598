//! Why one item of a batch was not stored as an observation.

use serde::{Deserialize, Serialize};

/// The reason, stable across versions; its text stands in the resource files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The item cannot be read.
    Malformed,
    /// The bytes are not UTF-8.
    InvalidUtf8,
    /// No device of that name is registered.
    UnknownDevice,
    /// The sender does not speak for that device.
    NotSpokenFor,
    /// The device's profile binds no such name.
    UnknownSeries,
    /// The unit measures something else.
    WrongUnit,
    /// The value has another type than the series.
    WrongType,
    /// Not a number or infinite.
    NotFinite,
    /// Physically impossible by the series' contract.
    OutOfRange,
    /// Longer than allowed.
    TooLong,
    /// Older than the instance keeps.
    TimePast,
    /// Further in the future than a clock may be wrong.
    TimeFuture,
}

impl Reason {
    /// The code as it is written in JSON and metrics.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::InvalidUtf8 => "invalid_utf8",
            Self::UnknownDevice => "unknown_device",
            Self::NotSpokenFor => "not_spoken_for",
            Self::UnknownSeries => "unknown_series",
            Self::WrongUnit => "wrong_unit",
            Self::WrongType => "wrong_type",
            Self::NotFinite => "not_finite",
            Self::OutOfRange => "out_of_range",
            Self::TooLong => "too_long",
            Self::TimePast => "time_past",
            Self::TimeFuture => "time_future",
        }
    }
}

/// One item that was kept aside.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rejected {
    /// Number of the item in the payload, from 0: array index, or line number minus 1.
    pub item: u32,
    /// Why.
    pub reason: Reason,
    /// What was found and what is allowed, in English, at most 300 characters.
    pub detail: String,
    /// The item as it came, at most [`MAX_RAW`] bytes, for quarantine and replay.
    #[serde(skip)]
    pub raw: Vec<u8>,
    /// The device it speaks of, when that much could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
}

/// Longest kept piece of a rejected item, in bytes.
pub const MAX_RAW: usize = 1_024;
