//! The SQLite file: its tables, its format version, and how a connection to it is set up.

use super::failure::{of_read, open_error};
use ports::error::{PortError, Result};
use rusqlite::{Connection, OpenFlags};
use std::fs::File;
use std::path::Path;
use std::time::Duration;

/// The format that this program writes, in `PRAGMA user_version`. Older ones are upgraded, newer ones refused
/// (SEMANTICS 16).
pub const FORMAT: i64 = 1;

/// "HNIC" in `PRAGMA application_id`.
pub(super) const APPLICATION: i64 = 0x484e_4943;

/// `documents.words` holds what `words` indexes, so that one document can be tested without the index, and `entries` what
/// the other index tables hold of it, so that a change touches only what differs. Index numbers come from `names` and
/// belong to one collection. `places` is exact where `boxes`, in 32-bit floats, is only near.
const FORMAT_1: &str = "
CREATE TABLE names (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE documents (
  id INTEGER PRIMARY KEY, collection INTEGER NOT NULL, key TEXT NOT NULL, version INTEGER NOT NULL,
  entries TEXT NOT NULL, words TEXT NOT NULL, body BLOB NOT NULL
);
CREATE UNIQUE INDEX documents_key ON documents (collection, key);
CREATE TABLE equals (
  name INTEGER NOT NULL, value TEXT NOT NULL, document INTEGER NOT NULL, PRIMARY KEY (name, value, document)
) WITHOUT ROWID;
CREATE TABLE ranges (
  name INTEGER NOT NULL, document INTEGER NOT NULL, value INTEGER NOT NULL, key TEXT NOT NULL,
  PRIMARY KEY (name, document)
) WITHOUT ROWID;
CREATE INDEX ranges_order ON ranges (name, value, key);
CREATE TABLE places (
  id INTEGER PRIMARY KEY, name INTEGER NOT NULL, document INTEGER NOT NULL,
  west REAL NOT NULL, south REAL NOT NULL, east REAL NOT NULL, north REAL NOT NULL
);
CREATE INDEX places_document ON places (name, document);
CREATE VIRTUAL TABLE boxes USING rtree (id, west, east, south, north, first_name, last_name);
CREATE VIRTUAL TABLE words USING fts5 (
  tokens, content='', contentless_delete=1, detail='none', prefix='4 5 6 7', tokenize='ascii'
);
CREATE TABLE journal (
  number INTEGER PRIMARY KEY AUTOINCREMENT, id BLOB NOT NULL UNIQUE, kind TEXT NOT NULL, subject TEXT NOT NULL,
  body BLOB NOT NULL
);
CREATE INDEX journal_kind ON journal (kind);
CREATE TABLE cursors (consumer TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;
";

/// Opens the one connection that writes; makes or upgrades the file.
pub(super) fn open_writer(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(|error| open_error(path, &error))?;
    let format = format_of(path, &connection)?;
    let setup = || -> rusqlite::Result<()> {
        connection.busy_timeout(Duration::from_secs(10))?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.pragma_update(None, "synchronous", "full")?;
        // checkpoints are our own statements, so that their errors are seen
        connection.pragma_update(None, "wal_autocheckpoint", 0)?;
        connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
        connection.pragma_update(None, "cache_size", -16_384)?;
        connection.pragma_update(None, "temp_store", "memory")?;
        let begin = if format == 0 { FORMAT_1 } else { "" };
        connection.execute_batch(&format!(
            "BEGIN IMMEDIATE; {begin} PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {FORMAT}; COMMIT;"
        ))
    };
    setup().map_err(|error| open_error(path, &error))?;
    let mode: String = connection
        .pragma_query_value(None, "journal_mode", |row| row.get(0))
        .map_err(|e| open_error(path, &e))?;
    if mode != "wal" {
        return Err(PortError::Unavailable(format!(
            "{}: the file system does not allow SQLite's write-ahead log (mode '{mode}'); use a local disk",
            path.display()
        )));
    }
    // the names of the file and of its write-ahead log must survive a power cut as well
    let parent = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    File::open(parent)
        .and_then(|directory| directory.sync_all())
        .map_err(|error| PortError::Unavailable(format!("{}: {error}", parent.display())))?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// Opens a connection that only reads.
pub(super) fn open_reader(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(|error| open_error(path, &error))?;
    let setup = || -> rusqlite::Result<()> {
        connection.busy_timeout(Duration::from_secs(10))?;
        connection.pragma_update(None, "query_only", true)?;
        connection.pragma_update(None, "cache_size", -8_192)?;
        connection.pragma_update(None, "temp_store", "memory")
    };
    setup().map_err(|error| open_error(path, &error))?;
    connection.set_prepared_statement_cache_capacity(128);
    Ok(connection)
}

/// The format of the file; 0 when it is new. Refuses what is not ours or is too new, before anything is written.
pub(super) fn format_of(path: &Path, connection: &Connection) -> Result<i64> {
    let number = |pragma: &str| -> Result<i64> {
        connection
            .pragma_query_value(None, pragma, |row| row.get(0))
            .map_err(|error| open_error(path, &error))
    };
    let tables: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(|e| of_read(&e))?;
    let (application, format) = (number("application_id")?, number("user_version")?);
    if tables == 0 && application == 0 && format == 0 {
        return Ok(0);
    }
    if application != APPLICATION || format < 1 {
        return Err(PortError::Misuse(format!(
            "{} is a SQLite file of another program; point the data directory elsewhere or move this file away",
            path.display()
        )));
    }
    if format > FORMAT {
        return Err(PortError::Misuse(format!(
            "{} has format {format}, and this program reads up to {FORMAT}; run the newer program that wrote it, \
             or restore a backup made before the upgrade",
            path.display()
        )));
    }
    Ok(format)
}
