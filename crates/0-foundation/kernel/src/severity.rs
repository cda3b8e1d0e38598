//! How grave something is: 1 to 5, with the colours of Quyết định 18/2021/QĐ-TTg.

use serde::{Deserialize, Serialize};

/// Level 1 (lightest) to 5 (gravest); QĐ 18/2021/QĐ-TTg Điều 4 gives five levels and their colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Severity(u8);

/// A level outside 1 to 5.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("severity {0} is not one of 1, 2, 3, 4, 5")]
pub struct NotASeverity(pub u8);

impl Severity {
    /// Level 1, light blue.
    pub const ONE: Self = Self(1);
    /// Level 2, light yellow.
    pub const TWO: Self = Self(2);
    /// Level 3, orange.
    pub const THREE: Self = Self(3);
    /// Level 4, red.
    pub const FOUR: Self = Self(4);
    /// Level 5, violet.
    pub const FIVE: Self = Self(5);

    /// The level as a number.
    pub const fn level(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for Severity {
    type Error = NotASeverity;
    fn try_from(level: u8) -> Result<Self, NotASeverity> {
        if (1..=5).contains(&level) {
            Ok(Self(level))
        } else {
            Err(NotASeverity(level))
        }
    }
}

impl From<Severity> for u8 {
    fn from(severity: Severity) -> u8 {
        severity.0
    }
}
