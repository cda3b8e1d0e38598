//! A consistent copy of the file while it is written, through SQLite's backup interface.

use super::EmbeddedRecords;
use super::failure::{of_read, open_error};
use super::schema::open_reader;
use ports::error::{PortError, Result};
use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};
use std::fs::File;
use std::path::Path;

impl EmbeddedRecords {
    /// Copies everything that is committed now into a new file, durable on return except for its name. Blocks; commits
    /// go on meanwhile. A copy that SQLite finds damaged is [`PortError::Corrupt`].
    pub fn snapshot(&self, to: &Path) -> Result<()> {
        let source = open_reader(self.path())?;
        let mut target = Connection::open(to).map_err(|error| open_error(to, &error))?;
        let run = |target: &mut Connection| -> rusqlite::Result<StepResult> {
            let backup = Backup::new(&source, target)?;
            // in one step: several would begin anew after each commit in between
            backup.step(-1)
        };
        match run(&mut target).map_err(|error| of_read(&error))? {
            StepResult::Done => {}
            other => {
                return Err(PortError::Unavailable(format!(
                    "the snapshot of records did not finish: {other:?}"
                )));
            }
        }
        let check = || -> rusqlite::Result<String> {
            // one plain file, without a write-ahead log beside it
            target.pragma_update(None, "journal_mode", "delete")?;
            target.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        };
        let found = check().map_err(|error| open_error(to, &error))?;
        if found != "ok" {
            return Err(PortError::Corrupt(format!(
                "the snapshot of {} is damaged: {found}",
                self.path().display()
            )));
        }
        drop(target);
        let synced = File::open(to).and_then(|file| file.sync_all());
        synced.map_err(|error| crate::disk::port_error("cannot sync", to, &error))
    }
}
