//! From YAML text to the written shape, strictly; the parser's errors become sentences that help.

use crate::error::IndicatorError;
use serde::de::DeserializeOwned;
use serde_saphyr::{Error, Location};

/// Longest file of a standard or an indicator, in bytes.
const MAX_BYTES: usize = 256 * 1_024;
/// Deepest nesting.
const MAX_DEPTH: usize = 12;
/// Most values, keys included.
const MAX_NODES: usize = 50_000;

/// A file being read: makes errors that name it.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    file: &'a str,
    text: &'a str,
}

impl<'a> Source<'a> {
    pub(crate) fn new(file: &'a str, text: &'a str) -> Result<Self, IndicatorError> {
        if text.len() > MAX_BYTES {
            return Err(IndicatorError::Set {
                file: file.to_owned(),
                what: format!("the file has {} bytes", text.len()),
                advice: format!("at most {MAX_BYTES} are read; split it"),
            });
        }
        Ok(Self { file, text })
    }

    /// An error at a place of the file.
    pub(crate) fn wrong(&self, at: Location, what: impl Into<String>, advice: impl Into<String>) -> IndicatorError {
        IndicatorError::File {
            file: self.file.to_owned(),
            line: at.line(),
            column: at.column(),
            what: what.into(),
            advice: advice.into(),
        }
    }

    /// Reads the text: repeated keys, aliases, tags and guesses are refused, unknown keys as the shape says.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T, IndicatorError> {
        let options = serde_saphyr::options! {
            with_snippet: false,
            strict_booleans: true,
            reject_unsupported_tags: true,
            budget: serde_saphyr::budget! {
                max_depth: MAX_DEPTH,
                max_nodes: MAX_NODES,
                max_aliases: 0,
                max_anchors: 0,
                max_documents: 1,
            },
        };
        serde_saphyr::from_str_with_options(self.text, options).map_err(|error| self.explain(&error))
    }

    /// The written line at a place, for errors that do not say what stood there.
    fn line(&self, at: Location) -> String {
        let number = (at.line() as usize).checked_sub(1);
        let line = number.and_then(|number| self.text.lines().nth(number));
        line.unwrap_or("").trim().chars().take(80).collect()
    }

    fn explain(&self, error: &Error) -> IndicatorError {
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
            Error::SerdeInvalidType { expected, .. } | Error::SerdeInvalidValue { expected, .. } => (
                format!("the value in \"{}\" does not fit", self.line(at)),
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
                format!("write it plainly: at most {MAX_DEPTH} levels and {MAX_NODES} values, no & and *"),
            ),
            Error::Message { msg, .. } => match msg.split_once("; ") {
                Some((what, advice)) => (what.to_owned(), advice.to_owned()),
                None => (msg.clone(), format!("correct \"{}\"", self.line(at))),
            },
            other => {
                let text = other.render();
                let first = text.lines().next().unwrap_or("");
                let short = first.split(" at line ").next().unwrap_or("");
                (
                    format!("this is not YAML: {short}"),
                    format!("look at \"{}\" and the line before it", self.line(at)),
                )
            }
        };
        self.wrong(at, what, advice)
    }
}
