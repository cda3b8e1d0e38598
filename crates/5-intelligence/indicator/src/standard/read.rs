//! From YAML text to the written shape, with errors that help.

use crate::error::IndicatorError;
use chassis::yaml;
use serde::de::DeserializeOwned;
use serde_saphyr::Location;

/// Longest file of a standard or an indicator, in bytes.
const MAX_BYTES: usize = 256 * 1_024;
/// Most values, keys included.
const MAX_NODES: usize = 50_000;

/// A file being read: makes errors that name it.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a>(yaml::Source<'a>);

impl<'a> Source<'a> {
    pub(crate) fn new(file: &'a str, text: &'a str) -> Result<Self, IndicatorError> {
        if text.len() > MAX_BYTES {
            return Err(IndicatorError::Set {
                file: file.to_owned(),
                what: format!("the file has {} bytes", text.len()),
                advice: format!("at most {MAX_BYTES} are read; split it"),
            });
        }
        Ok(Self(yaml::Source { file, text }))
    }

    /// An error at a place of the file.
    pub(crate) fn wrong(&self, at: Location, what: impl Into<String>, advice: impl Into<String>) -> IndicatorError {
        self.0.wrong(at, what, advice).into()
    }

    /// Reads the text strictly.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T, IndicatorError> {
        Ok(self.0.read_within(MAX_NODES)?)
    }
}
