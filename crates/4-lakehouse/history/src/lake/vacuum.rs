//! Taking away what no version needs any more: files that were replaced long ago, and files that no commit ever named.

use super::table::{TableState, object_name};
use crate::error::{HistoryError, Result};
use deltalake::kernel::Version;
use futures::TryStreamExt;
use kernel::time::Timestamp;
use ports::objects::Objects;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// What a vacuum did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Vacuumed {
    /// Data files.
    pub files: usize,
    /// Commits and checkpoints.
    pub log_files: usize,
}

/// Removes files that left the table more than `after` ago, and files of that age that were never in it: a crash between
/// a file and its commit leaves such. Only the one writer of the table may call it, between two commits.
pub(crate) async fn vacuum(
    objects: &dyn Objects,
    table: &mut TableState,
    after: Duration,
    now: Timestamp,
) -> Result<Vacuumed> {
    let failed = |error| HistoryError::table(table.name.as_str(), "its removed files cannot be listed", error);
    let limit = now.minus(after).millis();
    let log_store = table.delta.log_store();
    let snapshot = table.delta.snapshot().map_err(failed)?;
    let mut removed = BTreeMap::new();
    let mut tombstones = snapshot.all_tombstones(log_store.as_ref());
    while let Some(tombstone) = tombstones.try_next().await.map_err(failed)? {
        let at = tombstone.deletion_timestamp().unwrap_or(0);
        removed.insert(tombstone.path().into_owned(), at);
    }
    let folder = object_name(table.name, "");
    let mut done = Vacuumed::default();
    for name in objects.list(&folder).await? {
        let Some(path) = name.strip_prefix(&folder) else {
            continue;
        };
        let is_data = path.ends_with(".parquet") && !path.starts_with("_delta_log/");
        if !is_data || table.files.contains_key(path) {
            continue;
        }
        let left = table.gone.get(path).or_else(|| removed.get(path)).copied();
        if left.or_else(|| made(path)).is_some_and(|left| left < limit) {
            objects.delete(&name).await?;
            Arc::make_mut(&mut table.gone).remove(path);
            done.files += 1;
        }
    }
    done.log_files = forget_commits(objects, table).await?;
    Ok(done)
}

/// When a file was made, by its name, in milliseconds.
fn made(path: &str) -> Option<i64> {
    let name = path.rsplit('/').next()?.strip_suffix(".parquet")?;
    let id: Uuid = name.split_once('-')?.1.parse().ok()?;
    let (seconds, nanos) = id.get_timestamp()?.to_unix();
    i64::try_from(seconds * 1_000 + u64::from(nanos) / 1_000_000).ok()
}

/// Removes commits and checkpoints before the last checkpoint but one, which nobody reads any more.
async fn forget_commits(objects: &dyn Objects, table: &TableState) -> Result<usize> {
    let folder = object_name(table.name, "_delta_log/");
    let names = objects.list(&folder).await?;
    let version = |name: &str| -> Option<Version> { name.strip_prefix(&folder)?.split('.').next()?.parse().ok() };
    let checkpoints: Vec<Version> = names
        .iter()
        .filter(|name| name.contains(".checkpoint"))
        .filter_map(|name| version(name))
        .collect();
    let Some(keep) = checkpoints
        .len()
        .checked_sub(2)
        .and_then(|place| checkpoints.get(place))
    else {
        return Ok(0);
    };
    let mut done = 0;
    for name in names
        .iter()
        .filter(|name| version(name).is_some_and(|version| version < *keep))
    {
        objects.delete(name).await?;
        done += 1;
    }
    Ok(done)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lake::file::LakeFile;

    #[test]
    fn the_name_of_a_file_tells_its_age() {
        let now = Timestamp::parse("2026-01-01T07:00:00.123Z").unwrap();
        let path = LakeFile::new_path(Some("day"), 20_000, true, now);
        assert_eq!(made(&path), Some(now.millis()));
        assert_eq!(super::made("day=2026-01-01/part-other.parquet"), None);
    }
}
