//! Everything of one tenant in one directory, which no other process can open meanwhile.
//!
//! `log/` the hot series log, `audit/` the audit log, `records.sqlite` documents and journal, `objects/`, `reserve` room
//! for bad times, `lock`.

mod guard;

use crate::disk::{Disk, RealDisk, Reserve};
use crate::log::{EmbeddedLog, LogOptions};
use crate::objects::EmbeddedObjects;
use crate::records::{EmbeddedRecords, RecordsOptions};
use guard::{GuardedLog, GuardedRecords, Room};
use ports::error::{PortError, Result};
use ports::journal::Journal;
use ports::log::Log;
use ports::objects::Objects;
use ports::records::Records;
use ports::series::SeriesLog;
use std::fs::{File, TryLockError};
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::watch;

/// How a tenant is opened.
#[derive(Clone, Debug)]
pub struct TenantOptions {
    /// The hot series log.
    pub log: LogOptions,
    /// The audit log.
    pub audit: LogOptions,
    /// Documents and journal.
    pub records: RecordsOptions,
    /// Bytes that are kept free for bad times (SEMANTICS 15).
    pub reserve_bytes: u64,
}

impl Default for TenantOptions {
    fn default() -> Self {
        Self {
            log: LogOptions {
                name: "series".to_owned(),
                ..LogOptions::default()
            },
            audit: LogOptions {
                name: "audit".to_owned(),
                ..LogOptions::default()
            },
            records: RecordsOptions::default(),
            reserve_bytes: Reserve::BYTES,
        }
    }
}

/// The ports of one tenant. Keep it as long as the ports are used: it holds the lock of the directory.
#[derive(Debug)]
pub struct EmbeddedTenant {
    /// The hot log of observations; refuses with [`PortError::Full`] while the disk is full.
    pub series: SeriesLog,
    /// The audit log; may use the reserved room.
    pub audit: Arc<dyn Log>,
    /// Documents; may use the reserved room.
    pub records: Arc<dyn Records>,
    /// Facts, signals and commands.
    pub journal: Arc<dyn Journal>,
    /// Whole objects.
    pub objects: Arc<dyn Objects>,
    pub(crate) dir: PathBuf,
    pub(crate) logs: [(&'static str, Arc<EmbeddedLog>); 2],
    pub(crate) sqlite: EmbeddedRecords,
    room: Arc<Room>,
    _lock: File,
}

impl EmbeddedTenant {
    /// Opens or makes everything in `dir`; blocks while the logs are checked.
    ///
    /// Fails with [`PortError::Unavailable`] when another process holds the directory. A full disk is no reason to fail.
    pub fn open(dir: &Path, options: TenantOptions) -> Result<Self> {
        let disk: Arc<dyn Disk> = Arc::new(RealDisk);
        disk.create_dir_all(dir)
            .map_err(|error| crate::disk::port_error("cannot create", dir, &error))?;
        let lock = lock(dir)?;
        let reserve = Reserve::new(Arc::clone(&disk), dir.join("reserve"), options.reserve_bytes);
        let room = Arc::new(Room::new(reserve));
        let open_log = |name: &'static str, options: LogOptions| -> Result<(&'static str, Arc<EmbeddedLog>)> {
            let (log, report) = EmbeddedLog::open(Arc::clone(&disk), &dir.join(name), options)?;
            tracing::info!(log = name, ?report, "a log is open");
            Ok((name, Arc::new(log)))
        };
        let logs = [open_log("log", options.log)?, open_log("audit", options.audit)?];
        let [(_, series), (_, audit)] = &logs;
        let series: Arc<dyn Log> = Arc::new(GuardedLog::refused_when_full(series.clone(), Arc::clone(&room)));
        let audit: Arc<dyn Log> = Arc::new(GuardedLog::with_reserve(audit.clone(), Arc::clone(&room)));
        let sqlite = EmbeddedRecords::open(dir.join("records.sqlite"), options.records)?;
        Ok(Self {
            series: SeriesLog::new(series),
            audit,
            records: Arc::new(GuardedRecords::new(sqlite.clone(), Arc::clone(&room))),
            journal: Arc::new(sqlite.clone()),
            objects: Arc::new(EmbeddedObjects::open(disk, &dir.join("objects"))?),
            dir: dir.to_owned(),
            logs,
            sqlite,
            room,
            _lock: lock,
        })
    }

    /// Resolves with the reason when a part has stopped for good; the program then marks itself unready and ends with a
    /// failure (SEMANTICS 15). Never resolves otherwise.
    pub fn failed(&self) -> impl Future<Output = String> + Send + use<> {
        let [(_, series), (_, audit)] = &self.logs;
        let (series, audit, records) = (series.failed(), audit.failed(), self.sqlite.failed());
        async move {
            tokio::select! {
                reason = reason(series, "series log") => reason,
                reason = reason(audit, "audit log") => reason,
                reason = reason(records, "records") => reason,
            }
        }
    }

    /// Whether the disk is full, so that observations are refused and only the reserved room is left; with news of every
    /// change. It ends by itself when there is room again and somebody tries to append.
    pub fn read_only(&self) -> watch::Receiver<bool> {
        self.room.read_only()
    }
}

async fn reason(mut failed: watch::Receiver<Option<String>>, part: &str) -> String {
    let found = failed
        .wait_for(Option::is_some)
        .await
        .ok()
        .and_then(|reason| reason.clone());
    match found {
        Some(reason) => format!("{part}: {reason}"),
        // the part was closed in good order
        None => std::future::pending().await,
    }
}

fn lock(dir: &Path) -> Result<File> {
    let path = dir.join("lock");
    let failed = |error: &std::io::Error| crate::disk::port_error("cannot lock", &path, error);
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|error| failed(&error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(PortError::Unavailable(format!(
            "{} is in use by another process; stop that one first or choose another data directory",
            dir.display()
        ))),
        Err(TryLockError::Error(error)) => Err(failed(&error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_directory_is_opened_once() {
        let directory = tempfile::tempdir().unwrap();
        let options = || TenantOptions {
            reserve_bytes: 4_096,
            ..TenantOptions::default()
        };
        let tenant = EmbeddedTenant::open(directory.path(), options()).unwrap();
        assert!(!*tenant.read_only().borrow());
        let error = EmbeddedTenant::open(directory.path(), options()).unwrap_err();
        assert!(
            matches!(&error, PortError::Unavailable(text) if text.contains("in use")),
            "{error}"
        );
        drop(tenant);
        EmbeddedTenant::open(directory.path(), options()).unwrap();
    }
}
