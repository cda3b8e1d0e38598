//! Files that people write in YAML: read strictly, and every mistake said with its place, what is allowed and what to do.

use serde::de::DeserializeOwned;
use serde_saphyr::{Error, Location};

pub use serde_saphyr::Spanned;

/// Deepest nesting of a file (SEMANTICS 23).
const MAX_DEPTH: usize = 12;
/// Most values of a file, keys included, where no other limit is said.
const MAX_NODES: usize = 20_000;

/// What is wrong with a file, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}:{column}: {what}; {advice}")]
pub struct Mistake {
    /// Name of the file as the caller gave it.
    pub file: String,
    /// Line, from 1; 0 when the place is not known.
    pub line: u64,
    /// Column, from 1; 0 when the place is not known.
    pub column: u64,
    /// The wrong key or value.
    pub what: String,
    /// What is allowed, and what to do.
    pub advice: String,
}

/// A file being read: makes mistakes that name it.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// Its name for people.
    pub file: &'a str,
    /// What stands in it.
    pub text: &'a str,
}

impl Source<'_> {
    /// A mistake at a place of the file.
    pub fn wrong(&self, at: Location, what: impl Into<String>, advice: impl Into<String>) -> Mistake {
        Mistake {
            file: self.file.to_owned(),
            line: at.line(),
            column: at.column(),
            what: what.into(),
            advice: advice.into(),
        }
    }

    /// The written line at a place, for errors that do not say what stood there.
    fn line(&self, at: Location) -> String {
        let line = (at.line() as usize)
            .checked_sub(1)
            .and_then(|number| self.text.lines().nth(number));
        line.unwrap_or("").trim().chars().take(80).collect()
    }

    /// Reads the text strictly: repeated keys, aliases, tags and guesses are refused, unknown keys as the shape says.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Mistake> {
        self.read_within(MAX_NODES)
    }

    /// The same with a limit of its own for the number of values, keys included.
    pub fn read_within<T: DeserializeOwned>(&self, max_nodes: usize) -> Result<T, Mistake> {
        let options = serde_saphyr::options! {
            with_snippet: false,
            strict_booleans: true,
            reject_unsupported_tags: true,
            budget: serde_saphyr::budget! {
                max_depth: MAX_DEPTH,
                max_nodes: max_nodes,
                max_aliases: 0,
                max_anchors: 0,
                max_documents: 1,
            },
        };
        serde_saphyr::from_str_with_options(self.text, options).map_err(|error| self.explain(&error, max_nodes))
    }

    fn explain(&self, error: &Error, max_nodes: usize) -> Mistake {
        let error = error.without_snippet();
        let at = error.location().unwrap_or(Location::UNKNOWN);
        let (what, advice) = match error {
            Error::SerdeUnknownField { field, expected, .. } => (
                format!("unknown key '{field}'"),
                format!("correct or remove it; keys allowed here: {}", expected.join(", ")),
            ),
            Error::SerdeMissingField { field, .. } => (
                format!("the key '{field}' is missing"),
                format!("add '{field}:' to this part"),
            ),
            Error::SerdeUnknownVariant { variant, expected, .. } => (
                format!("'{variant}' is not known here"),
                format!("write one of: {}", expected.join(", ")),
            ),
            Error::DuplicateMappingKey { key, .. } => {
                let key = key.as_deref().unwrap_or("a key");
                (format!("'{key}' stands here twice"), "keep one of the two".to_owned())
            }
            Error::SerdeInvalidType {
                unexpected, expected, ..
            }
            | Error::SerdeInvalidValue {
                unexpected, expected, ..
            } => (
                format!("found {unexpected} in \"{}\"", self.line(at)),
                format!("write {expected}"),
            ),
            Error::InvalidScalar { ty, .. } => {
                let wanted = if ty.starts_with('f') {
                    "a number"
                } else {
                    "a whole number"
                };
                (
                    format!("the value in \"{}\" does not fit", self.line(at)),
                    format!("write {wanted}"),
                )
            }
            Error::Unexpected { expected, .. } => {
                let wanted = match *expected {
                    "mapping start" => "keys and values, such as {key: value}",
                    "sequence start" => "a list, such as [one, two]",
                    other => other,
                };
                (
                    format!("the shape of \"{}\" does not fit", self.line(at)),
                    format!("write {wanted}"),
                )
            }
            Error::NonFiniteFloat { value, .. } => {
                (format!("'{value}' is no number"), "write a finite number".to_owned())
            }
            Error::InvalidBooleanStrict { .. } => (
                format!("the value in \"{}\" does not fit", self.line(at)),
                "write true or false".to_owned(),
            ),
            Error::Budget { .. } => (
                "the file is nested too deeply, is too large, or uses anchors and aliases".to_owned(),
                format!("write it plainly: at most {MAX_DEPTH} levels and {max_nodes} values, no & and *"),
            ),
            Error::Message { msg, .. } => match msg.split_once("; ") {
                Some((what, advice)) => (what.to_owned(), advice.to_owned()),
                None => (msg.clone(), format!("correct \"{}\"", self.line(at))),
            },
            other => {
                let text = other.render();
                let text = text
                    .lines()
                    .next()
                    .and_then(|line| line.split(" at line ").next())
                    .unwrap_or("");
                (
                    format!("this is not YAML: {text}"),
                    format!("look at \"{}\" and the line before it", self.line(at)),
                )
            }
        };
        self.wrong(at, what, advice)
    }
}
