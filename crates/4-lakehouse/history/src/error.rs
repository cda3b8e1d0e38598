//! What can go wrong in `history`.

use kernel::error::{Classified, ErrorKind};
use ports::error::PortError;

/// The errors of this crate.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
    /// A table of the lake cannot be read or written.
    #[error("table '{table}': {what}: {why}")]
    Table {
        /// Which one.
        table: &'static str,
        /// What was tried.
        what: &'static str,
        /// What the layer below said.
        why: String,
    },
    /// Rows do not fit the lake.
    #[error("rows cannot be written to the lake: {0}")]
    Unfit(String),
}

impl HistoryError {
    /// A failure of a table, of whatever the layer below said.
    pub fn table(table: &'static str, what: &'static str, why: impl std::fmt::Display) -> Self {
        Self::Table {
            table,
            what,
            why: why.to_string(),
        }
    }
}

impl Classified for HistoryError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Port(error) => error.kind(),
            Self::Table { .. } => ErrorKind::Unavailable,
            Self::Unfit(_) => ErrorKind::Bug,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Port(error) => error.code(),
            Self::Table { .. } => "lake_unavailable",
            Self::Unfit(_) => "internal",
        }
    }
}

/// What this crate answers.
pub type Result<T> = std::result::Result<T, HistoryError>;
