//! What can be wrong with a rule file, a set of rules, or a stored state.

use kernel::error::{Classified, ErrorKind};

/// Everything that this crate refuses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// The file cannot be read as a rule.
    #[error("{file}:{line}:{column}: {what}; {advice}")]
    File {
        /// Name of the file as the caller gave it.
        file: String,
        /// Line, from 1; 0 when the place is not known.
        line: u64,
        /// Column, from 1; 0 when the place is not known.
        column: u64,
        /// The wrong key or value.
        what: String,
        /// What is allowed, and what to do.
        advice: String,
    },
    /// The file is longer than a rule may be.
    #[error("{file}: the file has {bytes} bytes; a rule has at most {limit}, split it")]
    TooLong {
        /// Name of the file.
        file: String,
        /// Its length.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// Two rules have one id.
    #[error("two rules are called '{0}'; give one of them another name")]
    TwoAlike(String),
    /// More rules than one evaluator holds.
    #[error("{found} rules were given; at most {limit} can be loaded, join or remove some")]
    TooMany {
        /// How many were given.
        found: usize,
        /// The limit.
        limit: usize,
    },
    /// A series number beyond what one evaluator holds.
    #[error("series number {0} is too large; at most {1} series can be watched by one evaluator")]
    SeriesNumber(u32, u32),
    /// The stored state was written by a newer program.
    #[error("the stored state of the rules has format {found}; this program reads up to {known}, start a newer one")]
    NewerFormat {
        /// Format of the stored state.
        found: u16,
        /// Newest format that can be read.
        known: u16,
    },
    /// The stored state is damaged.
    #[error("the stored state of the rules is damaged at byte {0}; drop it and rebuild it from the log")]
    Damaged(usize),
}

impl Classified for RuleError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::File { .. } | Self::TooLong { .. } | Self::TwoAlike(_) => ErrorKind::Invalid,
            Self::TooMany { .. } | Self::SeriesNumber(..) => ErrorKind::Exhausted,
            Self::NewerFormat { .. } | Self::Damaged(_) => ErrorKind::Corrupt,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::File { .. } => "rule_file_invalid",
            Self::TooLong { .. } => "rule_file_too_long",
            Self::TwoAlike(_) => "rule_name_taken",
            Self::TooMany { .. } => "rules_too_many",
            Self::SeriesNumber(..) => "rule_series_too_many",
            Self::NewerFormat { .. } => "rule_state_newer",
            Self::Damaged(_) => "rule_state_damaged",
        }
    }
}
