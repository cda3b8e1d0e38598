//! From YAML text to the written shape, with errors that help.

use crate::error::RuleError;
use crate::written::WrittenRule;
use chassis::yaml::{self, Mistake};
use serde_saphyr::Location;

/// Longest rule file, in bytes.
pub(crate) const MAX_BYTES: usize = 64 * 1_024;

/// A file being read: makes errors that name it.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) file: &'a str,
    pub(crate) text: &'a str,
}

impl Source<'_> {
    fn yaml(&self) -> yaml::Source<'_> {
        yaml::Source {
            file: self.file,
            text: self.text,
        }
    }

    /// An error at a place of the file.
    pub(crate) fn wrong(&self, at: Location, what: impl Into<String>, advice: impl Into<String>) -> RuleError {
        self.yaml().wrong(at, what, advice).into()
    }

    /// Reads the text strictly.
    pub(crate) fn read(&self) -> Result<WrittenRule, RuleError> {
        if self.text.len() > MAX_BYTES {
            let (file, bytes) = (self.file.to_owned(), self.text.len());
            return Err(RuleError::TooLong {
                file,
                bytes,
                limit: MAX_BYTES,
            });
        }
        Ok(self.yaml().read()?)
    }
}

impl From<Mistake> for RuleError {
    fn from(mistake: Mistake) -> Self {
        let Mistake {
            file,
            line,
            column,
            what,
            advice,
        } = mistake;
        Self::File {
            file,
            line,
            column,
            what,
            advice,
        }
    }
}
