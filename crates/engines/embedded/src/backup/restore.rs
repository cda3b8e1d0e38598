//! From a backup to a data directory.

use super::files::{Sink, create_dir_durably, io_error, must_be_empty, sync_dir, sync_dirs};
use super::{Manifest, verify};
use crate::disk::RealDisk;
use crate::log::{EmbeddedLog, LogOptions};
use ports::error::{PortError, Result};
use ports::log::Log;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Proves the backup and builds `target` from it, which must be absent or empty; it appears only when it is whole.
///
/// Every log begins a new epoch above those in the backup and above `epoch_above`: name there the highest epoch that
/// the lost instance may have reached, if it had been restored before, so that no position is ever given twice
/// (SEMANTICS 17). Blocks for a moment while the logs are opened.
pub async fn restore(backup: &Path, target: &Path, epoch_above: u32) -> Result<Manifest> {
    let (backup, target) = (backup.to_owned(), target.to_owned());
    let building = building_dir(&target)?;
    let (from, into) = (backup.clone(), building.clone());
    let last = target.clone();
    let task = tokio::task::spawn_blocking(move || {
        must_be_empty(&last)?;
        must_be_empty(&into)?;
        let manifest = verify(&from)?;
        copy(&manifest, &from, &into)?;
        Ok(manifest)
    });
    let stopped = |error| PortError::Unavailable(format!("the restore was stopped: {error}"));
    let manifest: Manifest = task.await.map_err(stopped)??;
    let above = manifest
        .logs
        .values()
        .map(|log| log.head.epoch)
        .fold(epoch_above, u32::max);
    for (name, copied) in &manifest.logs {
        let options = LogOptions {
            name: name.clone(),
            new_epoch_above: Some(above),
            ..LogOptions::default()
        };
        let (log, report) = EmbeddedLog::open(Arc::new(RealDisk), &building.join(name), options)?;
        if report.head < copied.head {
            return Err(PortError::Corrupt(format!(
                "log '{name}' of the backup ends at {} and should reach {}",
                report.head, copied.head
            )));
        }
        for (consumer, position) in &copied.pins {
            log.pin(consumer, *position).await?;
        }
    }
    sync_dirs(&building)?;
    std::fs::rename(&building, &target).map_err(|error| io_error("cannot name", &target, &error))?;
    sync_dir(parent_of(&target))?;
    Ok(manifest)
}

fn copy(manifest: &Manifest, from: &Path, into: &Path) -> Result<()> {
    create_dir_durably(into)?;
    for (name, expected) in &manifest.files {
        let path = from.join(name);
        if Path::new(name)
            .components()
            .any(|part| !matches!(part, std::path::Component::Normal(_)))
        {
            return Err(PortError::Corrupt(format!(
                "the backup names a file outside of itself: '{name}'"
            )));
        }
        let mut sink = Sink::create(into, name)?;
        sink.take_all(File::open(&path).map_err(|error| io_error("cannot read", &path, &error))?)?;
        let copied = sink.finish()?;
        if copied != *expected {
            return Err(PortError::Corrupt(format!(
                "{} changed while it was read",
                path.display()
            )));
        }
    }
    Ok(())
}

fn building_dir(target: &Path) -> Result<PathBuf> {
    let name = target.file_name().ok_or_else(|| {
        PortError::Misuse(format!(
            "'{}' is no name for a data directory; give its full path",
            target.display()
        ))
    })?;
    Ok(parent_of(target).join(format!("{}.restoring", name.to_string_lossy())))
}

fn parent_of(path: &Path) -> &Path {
    path.parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}
