//! How far a stored value can be trusted, and why not further.

use serde::{Deserialize, Serialize};

/// The grade of an observation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// No doubt known.
    Good,
    /// Stored and shown, but something about it is unusual.
    Suspect,
    /// Stored for the record only; rules and indicators do not use it.
    Bad,
}

/// Why a value is less than good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// None.
    None,
    /// Outside the range that the contract expects, inside what is possible.
    Range,
    /// Changed faster than the contract allows.
    Rate,
    /// The sender's clock is ahead, within tolerance.
    Skew,
    /// The sender gave no time: arrival time was taken.
    Untimed,
    /// The sender itself marked it.
    Sender,
}

/// One byte: grade in the low two bits, doubt above.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Quality(u8);

const DOUBTS: [Doubt; 6] = [
    Doubt::None,
    Doubt::Range,
    Doubt::Rate,
    Doubt::Skew,
    Doubt::Untimed,
    Doubt::Sender,
];

impl Quality {
    /// Good, without doubt.
    pub const GOOD: Self = Self(0);

    /// A grade with its reason.
    pub const fn new(grade: Grade, doubt: Doubt) -> Self {
        Self(grade as u8 | (doubt as u8) << 2)
    }
    /// The grade.
    pub const fn grade(self) -> Grade {
        match self.0 & 3 {
            0 => Grade::Good,
            1 => Grade::Suspect,
            _ => Grade::Bad,
        }
    }
    /// The reason.
    pub fn doubt(self) -> Doubt {
        DOUBTS.get(usize::from(self.0 >> 2)).copied().unwrap_or(Doubt::None)
    }
    /// The byte that is stored.
    pub const fn byte(self) -> u8 {
        self.0
    }
    /// From the stored byte.
    pub const fn from_byte(byte: u8) -> Self {
        Self(byte)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_survives_its_byte() {
        for grade in [Grade::Good, Grade::Suspect, Grade::Bad] {
            for doubt in DOUBTS {
                let quality = Quality::from_byte(Quality::new(grade, doubt).byte());
                assert_eq!((quality.grade(), quality.doubt()), (grade, doubt));
            }
        }
    }
}
