//! Why a whole payload cannot be read; single bad items are listed as rejected instead.

use kernel::error::{Classified, ErrorKind};
use kernel::reject::Reason;
use std::fmt;

/// A place in a payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Line, from 1.
    pub line: u32,
    /// Byte within the line, from 1.
    pub column: u32,
    /// Byte within the payload after decompression, from 0.
    pub offset: u64,
}

impl Place {
    /// The place of a byte of `body`.
    pub fn of(body: &[u8], offset: usize) -> Self {
        let before = body.get(..offset).unwrap_or(body);
        let line_start = before
            .iter()
            .rposition(|&byte| byte == b'\n')
            .map_or(0, |newline| newline + 1);
        Self {
            line: before.iter().filter(|&&byte| byte == b'\n').count() as u32 + 1,
            column: (before.len() - line_start) as u32 + 1,
            offset: before.len() as u64,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {} (byte {})", self.line, self.column, self.offset)
    }
}

/// Why nothing of a payload can be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The text or its structure is broken, so that its items cannot be told apart.
    #[error("{format} cannot be read at {at}: {what}")]
    Malformed {
        /// Name of the format.
        format: &'static str,
        /// Where reading stopped.
        at: Place,
        /// What was found and what is allowed there.
        what: String,
    },
    /// Binary structure is broken; lines mean nothing here.
    #[error("{format} cannot be read at byte {offset}: {what}")]
    Broken {
        /// Name of the format.
        format: &'static str,
        /// Byte within the payload after decompression, from 0.
        offset: u64,
        /// What was found and what is allowed there.
        what: String,
    },
    /// RFC 8428 section 4.4: a field whose label ends in `_` changes the meaning of the whole pack.
    #[error(
        "item {item} has the field '{label}'; a label that ends in '_' must be understood (RFC 8428 section 4.4) and this one is not known here: send the pack without it"
    )]
    MustUnderstand {
        /// Number of the item, from 0.
        item: u32,
        /// The label, cut at 64 characters.
        label: String,
    },
    /// RFC 8428 section 4.4: the pack is written in a later version of SenML, or its records name different ones.
    #[error(
        "item {item} says that the pack is SenML version {found}; one version up to 10, or 26 (RFC 9100), is understood here"
    )]
    Version {
        /// Number of the item, from 0.
        item: u32,
        /// What stands there.
        found: String,
    },
    /// A column of an Arrow table is missing or has a type that cannot be taken.
    #[error("column '{column}' {found}; allowed: {allowed}")]
    Column {
        /// Name of the column, cut at 64 characters.
        column: String,
        /// What was found.
        found: String,
        /// What is allowed.
        allowed: &'static str,
    },
    /// More items than one payload may have.
    #[error("the payload has more than {max} items; send it in several parts")]
    TooManyItems {
        /// The limit.
        max: usize,
    },
    /// The decoded names and texts take more room than one payload may.
    #[error("the names and texts of the payload take more than {max} bytes when decoded; send it in several parts")]
    TooMuchText {
        /// The limit.
        max: usize,
    },
    /// There is no item at all.
    #[error("the payload has no item; send at least one observation")]
    Empty,
}

impl DecodeError {
    /// The reason under which the payload is kept in quarantine.
    pub fn reason(&self) -> Reason {
        match self {
            Self::TooManyItems { .. } | Self::TooMuchText { .. } => Reason::TooLong,
            Self::Column { .. } => Reason::WrongType,
            _ => Reason::Malformed,
        }
    }

    /// Where reading stopped, when that is known: line and column only for formats that are text.
    pub fn place(&self) -> (Option<Place>, Option<u64>) {
        match self {
            Self::Malformed { at, .. } => (Some(*at), Some(at.offset)),
            Self::Broken { offset, .. } => (None, Some(*offset)),
            _ => (None, None),
        }
    }

    /// The number of the item that spoils the payload, when it is one.
    pub fn item(&self) -> Option<u32> {
        match self {
            Self::MustUnderstand { item, .. } | Self::Version { item, .. } => Some(*item),
            _ => None,
        }
    }
}

impl Classified for DecodeError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Invalid
    }
    fn code(&self) -> &'static str {
        match self {
            Self::TooManyItems { .. } | Self::TooMuchText { .. } => "too_large",
            Self::Column { .. } => "invalid_value",
            _ => "malformed",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_lines_and_columns_from_one() {
        for (offset, line, column) in [(0, 1, 1), (2, 1, 3), (3, 2, 1), (4, 2, 2), (99, 2, 4)] {
            let place = Place::of(b"ab\ncde", offset);
            assert_eq!((place.line, place.column), (line, column), "byte {offset}");
        }
    }
}
