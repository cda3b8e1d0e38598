//! One observed value, and how it fits into 64 bits of a column.

use crate::place::Point;
use serde::{Deserialize, Serialize};

/// The type of a series' values; fixed when the series is created.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum ValueKind {
    /// 64-bit floating point number.
    Number = 0,
    /// True or false.
    Boolean = 1,
    /// UTF-8 of at most [`MAX_TEXT`] bytes.
    Text = 2,
    /// WGS 84 point.
    Point = 3,
    /// A JSON document of at most [`MAX_JSON`] bytes.
    Json = 4,
}

/// Longest text value, in bytes.
pub const MAX_TEXT: usize = 1_024;
/// Longest JSON value, in bytes.
pub const MAX_JSON: usize = 16 * 1_024;

impl ValueKind {
    /// From its stored byte.
    pub const fn from_byte(byte: u8) -> Option<Self> {
        Some(match byte {
            0 => Self::Number,
            1 => Self::Boolean,
            2 => Self::Text,
            3 => Self::Point,
            4 => Self::Json,
            _ => return None,
        })
    }
}

/// A value outside a column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// A number.
    Number(f64),
    /// A truth value.
    Boolean(bool),
    /// A text.
    Text(String),
    /// A point.
    Point(Point),
    /// A JSON document.
    Json(serde_json::Value),
}
