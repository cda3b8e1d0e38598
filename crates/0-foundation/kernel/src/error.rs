//! How every error of the house is classified, so that one place can turn any of them into an answer.

use serde::Serialize;

/// What went wrong, from the point of view of the one who asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// The request itself is wrong; sending it again unchanged cannot help.
    Invalid,
    /// The caller is unknown or may not do this.
    Denied,
    /// The thing does not exist, or not for this caller.
    NotFound,
    /// Somebody else was faster, or the state does not allow it.
    Conflict,
    /// A limit was reached: queue, disk, quota or rate.
    Exhausted,
    /// A part that is needed does not answer now.
    Unavailable,
    /// Stored bytes are not what was written.
    Corrupt,
    /// We broke our own rule.
    Bug,
}

/// Whether trying again can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// It cannot.
    Never,
    /// At once, after reading the newest state.
    AfterReload,
    /// After at least this many seconds.
    AfterSeconds(u32),
}

/// An error that knows its class. Each crate has one enum that implements this.
pub trait Classified: std::error::Error {
    /// The class of the error.
    fn kind(&self) -> ErrorKind;
    /// A stable code in snake_case, the key of its text in the resource files.
    fn code(&self) -> &'static str;
    /// Whether trying again can help. The default follows from the class.
    fn retry(&self) -> Retry {
        match self.kind() {
            ErrorKind::Conflict => Retry::AfterReload,
            ErrorKind::Exhausted => Retry::AfterSeconds(5),
            ErrorKind::Unavailable => Retry::AfterSeconds(1),
            _ => Retry::Never,
        }
    }
}
