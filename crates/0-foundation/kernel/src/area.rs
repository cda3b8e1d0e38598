//! Places of administration, by the statistics office's commune code.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// A code of the statistics office: five digits for a commune or ward, two for the city (Hà Nội is `01`).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AreaCode(Arc<str>);

/// Why a text is not an area code.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("'{0}' is not an area code; it has two digits (province) or five (commune or ward), such as 01 or 00070")]
pub struct NotAnAreaCode(pub String);

impl AreaCode {
    /// Checks and takes a code.
    pub fn new(code: &str) -> Result<Self, NotAnAreaCode> {
        let digits = code.bytes().all(|b| b.is_ascii_digit());
        if digits && (code.len() == 2 || code.len() == 5) {
            Ok(Self(code.into()))
        } else {
            Err(NotAnAreaCode(code.to_owned()))
        }
    }
    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for AreaCode {
    type Error = NotAnAreaCode;
    fn try_from(code: String) -> Result<Self, NotAnAreaCode> {
        Self::new(&code)
    }
}

impl From<AreaCode> for String {
    fn from(code: AreaCode) -> String {
        code.0.as_ref().to_owned()
    }
}

impl fmt::Display for AreaCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for AreaCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
