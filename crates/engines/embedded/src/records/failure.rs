//! What an error of SQLite means for those behind the port, and whether the engine may go on.

use ports::error::PortError;
use rusqlite::ErrorCode;
use std::path::Path;

/// Growing the shared-memory file failed: the disk is full, nothing is damaged.
const SHM_SIZE: i32 = rusqlite::ffi::SQLITE_IOERR_SHMSIZE;
/// Memory ran out inside a file operation: nothing is damaged.
const IO_MEMORY: i32 = rusqlite::ffi::SQLITE_IOERR_NOMEM;

/// An error of a read.
pub(crate) fn of_read(error: &rusqlite::Error) -> PortError {
    let Some(failure) = error.sqlite_error() else {
        return match error {
            rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..) => PortError::Corrupt(error.to_string()),
            _ => PortError::Unavailable(error.to_string()),
        };
    };
    let text = format!("{error} (SQLite code {})", failure.extended_code);
    match failure.code {
        ErrorCode::DiskFull => PortError::Full(text),
        ErrorCode::SystemIoFailure if failure.extended_code == SHM_SIZE => PortError::Full(text),
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => PortError::Corrupt(text),
        _ => PortError::Unavailable(text),
    }
}

/// An error of a write, and whether it forbids every later write: after a failed fsync or on a damaged file nobody
/// knows what is stored (SEMANTICS 15).
pub(super) fn of_write(error: &rusqlite::Error) -> (PortError, bool) {
    let fatal = error.sqlite_error().is_some_and(|failure| match failure.code {
        ErrorCode::SystemIoFailure => !matches!(failure.extended_code, SHM_SIZE | IO_MEMORY),
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => true,
        _ => false,
    });
    (of_read(error), fatal)
}

/// An error while a file is opened.
pub(super) fn open_error(path: &Path, error: &rusqlite::Error) -> PortError {
    let with_path = |text: String| format!("{}: {text}", path.display());
    match of_read(error) {
        PortError::Full(text) => PortError::Full(with_path(text)),
        PortError::Corrupt(text) => PortError::Corrupt(with_path(text)),
        other => PortError::Unavailable(with_path(other.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::error::Classified;
    use rusqlite::ffi;

    #[test]
    fn every_code_has_its_class() {
        for (code, class, fatal) in [
            (ffi::SQLITE_FULL, "storage_full", false),
            (ffi::SQLITE_IOERR_SHMSIZE, "storage_full", false),
            (ffi::SQLITE_IOERR_NOMEM, "storage_unavailable", false),
            (ffi::SQLITE_IOERR_FSYNC, "storage_unavailable", true),
            (ffi::SQLITE_IOERR_WRITE, "storage_unavailable", true),
            (ffi::SQLITE_CORRUPT, "storage_corrupt", true),
            (ffi::SQLITE_NOTADB, "storage_corrupt", true),
            (ffi::SQLITE_BUSY, "storage_unavailable", false),
        ] {
            let (error, stop) = of_write(&rusqlite::Error::SqliteFailure(ffi::Error::new(code), None));
            assert_eq!((error.code(), stop), (class, fatal), "{code}: {error}");
        }
    }
}
