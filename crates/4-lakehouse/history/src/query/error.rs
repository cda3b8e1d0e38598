//! Why a question to the past gets no answer, precisely enough to ask a better one.

use datafusion::common::SchemaError;
use datafusion::error::DataFusionError;
use kernel::error::{Classified, ErrorKind, Retry};
use ports::error::PortError;

/// Something wrong in a statement, with its place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mistake {
    /// What is wrong.
    pub detail: String,
    /// Line, from 1.
    pub line: Option<u64>,
    /// Column, from 1.
    pub column: Option<u64>,
    /// Names that exist and may have been meant.
    pub suggestions: Vec<String>,
}

impl Mistake {
    pub(crate) fn new(detail: impl Into<String>) -> Self {
        Self {
            detail: detail.into(),
            ..Self::default()
        }
    }
    pub(crate) fn at(mut self, line: u64, column: u64) -> Self {
        if line > 0 {
            (self.line, self.column) = (Some(line), Some(column));
        }
        self
    }
    pub(crate) fn into_error(self) -> QueryError {
        QueryError::Mistake(Box::new(self))
    }
}

/// The errors of reading.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The statement cannot be understood or fails on the data.
    #[error("{}", .0.detail)]
    Mistake(Box<Mistake>),
    /// The statement is understood and not let in.
    #[error("{0}")]
    Forbidden(String),
    /// A value of the question is wrong: which one, and what is allowed.
    #[error("{1}")]
    Invalid(&'static str, String),
    /// The answer would be larger than what is given at once.
    #[error("{0}")]
    TooLarge(String),
    /// It needs more memory than one question may use.
    #[error(
        "the question needs more memory than the {0} MiB that one may use; ask for a shorter time, fewer series, or a coarser view such as rollup_1h"
    )]
    Memory(usize),
    /// It ran longer than one question may.
    #[error(
        "the question ran longer than {0} s and was ended; ask for a shorter time, fewer series, or a coarser view such as rollup_1h"
    )]
    Time(u64),
    /// The one who asked has gone, or the program stops.
    #[error("the question was ended before its answer")]
    Ended,
    /// Too many questions wait already.
    #[error("{0} questions run and {1} wait already; ask again in a few seconds")]
    Busy(usize, usize),
    /// The actor has no role that may ask this.
    #[error("{0}")]
    Denied(String),
    /// No such series, or not for this actor.
    #[error("there is no series {0} here that you may see")]
    NoSeries(u32),
    /// Storage.
    #[error(transparent)]
    Port(#[from] PortError),
    /// The lake.
    #[error(transparent)]
    Lake(#[from] crate::error::HistoryError),
    /// The engine broke its own rules.
    #[error("the query engine failed: {0}")]
    Engine(String),
}

impl Classified for QueryError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Mistake(_) | Self::Forbidden(_) | Self::Invalid(..) | Self::TooLarge(_) => ErrorKind::Invalid,
            Self::Memory(_) | Self::Time(_) => ErrorKind::Invalid,
            Self::Busy(..) => ErrorKind::Exhausted,
            Self::Ended => ErrorKind::Unavailable,
            Self::Denied(_) => ErrorKind::Denied,
            Self::NoSeries(_) => ErrorKind::NotFound,
            Self::Port(error) => error.kind(),
            Self::Lake(error) => error.kind(),
            Self::Engine(_) => ErrorKind::Bug,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Mistake(_) => "sql_mistake",
            Self::Forbidden(_) => "sql_forbidden",
            Self::Invalid(..) => "invalid_value",
            Self::TooLarge(_) => "answer_too_large",
            Self::Memory(_) => "query_too_heavy",
            Self::Time(_) => "query_too_long",
            Self::Busy(..) => "query_busy",
            Self::Ended => "query_ended",
            Self::Denied(_) => "denied",
            Self::NoSeries(_) => "not_found",
            Self::Port(error) => error.code(),
            Self::Lake(error) => error.code(),
            Self::Engine(_) => "internal",
        }
    }

    fn retry(&self) -> Retry {
        match self {
            Self::Port(error) => error.retry(),
            Self::Lake(error) => error.retry(),
            Self::Busy(..) => Retry::AfterSeconds(5),
            Self::Ended => Retry::AfterSeconds(1),
            _ => Retry::Never,
        }
    }
}

/// Carried through the engine by what stops a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the question was stopped")]
pub(crate) struct Stopped;

/// Carried through the engine by what would grow beyond its bounds outside of the memory pool.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Unbounded(pub(crate) String);

impl QueryError {
    /// Sorts out what the engine says. Mistakes of the one who asks are told; the rest is ours.
    pub(crate) fn from_engine(error: DataFusionError) -> Self {
        let (mut line, mut column, mut suggestions, mut plain) = (None, None, Vec::new(), None);
        let mut below = &error;
        loop {
            match below {
                DataFusionError::Diagnostic(diagnostic, inner) => {
                    if let Some(span) = diagnostic.span {
                        (line, column) = (Some(span.start.line), Some(span.start.column));
                    }
                    suggestions.extend(diagnostic.helps.iter().map(|help| help.message.clone()));
                    plain = Some(diagnostic.message.clone());
                    below = inner;
                }
                DataFusionError::Context(_, inner) => below = inner,
                DataFusionError::Shared(inner) => below = inner,
                DataFusionError::Collection(errors) => match errors.first() {
                    Some(first) => below = first,
                    None => break,
                },
                DataFusionError::ArrowError(inner, _) => match &**inner {
                    arrow::error::ArrowError::ExternalError(external) => match external.downcast_ref() {
                        Some(inner) => below = inner,
                        None => return Self::external(external.as_ref()),
                    },
                    _ => break,
                },
                DataFusionError::External(external) => match external.downcast_ref::<DataFusionError>() {
                    Some(inner) => below = inner,
                    None => return Self::external(external.as_ref()),
                },
                _ => break,
            }
        }
        let mut mistake = match below {
            DataFusionError::SQL(parser, _) => {
                let text = parser.to_string();
                let text = text.trim_start_matches("sql parser error: ");
                let place = place_in(text);
                Mistake {
                    detail: text.to_owned(),
                    line: place.map(|(line, _)| line),
                    column: place.map(|(_, column)| column),
                    suggestions: Vec::new(),
                }
            }
            DataFusionError::SchemaError(schema, _) => {
                if let SchemaError::FieldNotFound { field, valid_fields } = &**schema {
                    let names = valid_fields.iter().map(|field| field.name.as_str());
                    suggestions = close_names(&field.name, names);
                }
                Mistake::new(schema.to_string())
            }
            DataFusionError::Plan(text)
            | DataFusionError::NotImplemented(text)
            | DataFusionError::Execution(text)
            | DataFusionError::Configuration(text) => Mistake::new(text.clone()),
            DataFusionError::ArrowError(error, _) => Mistake::new(error.to_string()),
            DataFusionError::ResourcesExhausted(text) => return Self::Engine(format!("memory: {text}")),
            other => return Self::Engine(other.to_string()),
        };
        if let Some(plain) = plain {
            mistake.detail = plain;
        }
        mistake.detail = mistake.detail.replace("datafusion.public.", "");
        mistake.line = line.or(mistake.line);
        mistake.column = column.or(mistake.column);
        mistake.suggestions.extend(suggestions);
        Self::Mistake(Box::new(mistake))
    }

    fn external(error: &(dyn std::error::Error + Send + Sync + 'static)) -> Self {
        if error.is::<Stopped>() {
            return Self::Ended;
        }
        match error.downcast_ref::<Unbounded>() {
            Some(unbounded) => Self::TooLarge(unbounded.0.clone()),
            None => Self::Engine(error.to_string()),
        }
    }

    /// Whether the engine ran out of its memory pool.
    pub(crate) fn is_memory(error: &DataFusionError) -> bool {
        matches!(error.find_root(), DataFusionError::ResourcesExhausted(_))
    }
}

/// The place in a text like `... at Line: 2, Column: 5`.
fn place_in(text: &str) -> Option<(u64, u64)> {
    let (_, rest) = text.rsplit_once("Line: ")?;
    let (line, rest) = rest.split_once(", Column: ")?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    Some((line.parse().ok()?, digits.parse().ok()?))
}

/// The names that are nearest to what was written, at most five.
pub(crate) fn close_names<'a>(written: &str, names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let written = written.to_lowercase();
    let mut found: Vec<(usize, &str)> = names
        .map(|name| (distance(&written, &name.to_lowercase()), name))
        .filter(|(distance, name)| *distance <= 2 + name.len() / 4 || name.to_lowercase().contains(&written))
        .collect();
    found.sort_unstable();
    found.dedup();
    found.into_iter().take(5).map(|(_, name)| name.to_owned()).collect()
}

/// Edits between two texts (Levenshtein 1966), on their first 64 characters.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().take(64).collect();
    let mut line: Vec<usize> = (0..=other.len()).collect();
    for (row, left) in one.chars().take(64).enumerate() {
        let mut diagonal = line[0];
        line[0] = row + 1;
        for (column, right) in other.iter().enumerate() {
            let replaced = diagonal + usize::from(left != *right);
            diagonal = line[column + 1];
            line[column + 1] = replaced.min(diagonal + 1).min(line[column] + 1);
        }
    }
    line[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_come_first() {
        let names = ["observations", "observation_values", "series", "rollup_5m"];
        assert_eq!(close_names("observation", names.into_iter())[0], "observations");
        assert_eq!(close_names("serie", names.into_iter()), ["series"]);
        assert!(close_names("zzzzzz", names.into_iter()).is_empty());
    }

    #[test]
    fn the_place_of_a_parser_error_is_read() {
        assert_eq!(
            place_in("Expected: x, found: y at Line: 12, Column: 34"),
            Some((12, 34))
        );
        assert_eq!(place_in("Expected: x"), None);
    }
}
