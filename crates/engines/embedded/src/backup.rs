//! A consistent copy of one tenant while it works, its proof, and its way back.
//!
//! Order (SEMANTICS 17): hold the logs, SQLite snapshot, objects, logs up to now. So every log position that a document
//! of the copy names is in the copy. A backup without `manifest.json` is unfinished; the manifest is written last.

mod files;
mod restore;

pub(crate) use files::all_files as files_below;
pub use restore::restore;

use crate::disk::port_error;
use crate::log::EmbeddedLog;
use crate::records::EmbeddedRecords;
use crate::tenant::EmbeddedTenant;
use files::{Sink, all_files, create_dir_durably, io_error};
use kernel::position::Position;
use kernel::time::Timestamp;
use ports::error::{PortError, Result};
use ports::log::Log;
use ports::objects::is_hint;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The format that this program writes; older ones are read, newer ones refused.
pub const FORMAT: u32 = 1;
/// The name of the manifest; the one beside it holds the manifest's own checksum.
pub const MANIFEST: &str = "manifest.json";
const MANIFEST_SUM: &str = "manifest.sha256";
const RECORDS: &str = "records.sqlite";
const OBJECTS: &str = "objects";

/// What a backup says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Format of the backup.
    pub format: u32,
    /// Name of the tenant.
    pub tenant: String,
    /// When it was begun.
    pub created: Timestamp,
    /// The logs by folder.
    pub logs: BTreeMap<String, LogCopy>,
    /// Every other file of the backup by its path, with `/`.
    pub files: BTreeMap<String, FileSum>,
}

/// What a backup holds of one log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogCopy {
    /// The last position that is surely inside.
    pub head: Position,
    /// Who needed what when the backup began.
    pub pins: BTreeMap<String, Position>,
}

/// Length and checksum of one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileSum {
    /// Length in bytes.
    pub bytes: u64,
    /// SHA-256 in lower-case hex.
    pub sha256: String,
}

impl EmbeddedTenant {
    /// Copies everything of the tenant into `out_dir`, which must be absent or empty. The tenant goes on working.
    ///
    /// Durable on return. After a failure `out_dir` has no manifest and [`verify`] refuses it.
    pub async fn backup(&self, tenant: &str, created: Timestamp, out_dir: &Path) -> Result<Manifest> {
        let mut logs = Vec::new();
        for (name, log) in &self.logs {
            let pins = log.pins().await?.into_iter().collect();
            logs.push(Source {
                name,
                log: Arc::clone(log),
                pins,
            });
        }
        let source = (logs, self.sqlite.clone(), self.dir.join(OBJECTS));
        let manifest = Manifest {
            format: FORMAT,
            tenant: tenant.to_owned(),
            created,
            logs: BTreeMap::new(),
            files: BTreeMap::new(),
        };
        let out_dir = out_dir.to_owned();
        let task = tokio::task::spawn_blocking(move || {
            let (logs, records, objects) = source;
            copy(manifest, &logs, &records, &objects, &out_dir)
        });
        task.await
            .map_err(|error| PortError::Unavailable(format!("the backup was stopped: {error}")))?
    }
}

struct Source {
    name: &'static str,
    log: Arc<EmbeddedLog>,
    pins: BTreeMap<String, Position>,
}

fn copy(
    mut manifest: Manifest,
    logs: &[Source],
    records: &EmbeddedRecords,
    objects: &Path,
    out_dir: &Path,
) -> Result<Manifest> {
    files::must_be_empty(out_dir)?;
    create_dir_durably(out_dir)?;
    let held: Vec<_> = logs.iter().map(|source| source.log.hold()).collect();
    let snapshot = out_dir.join(RECORDS);
    records.snapshot(&snapshot)?;
    manifest.files.insert(RECORDS.to_owned(), files::sum(&snapshot)?);
    if objects.is_dir() {
        for name in settled(objects)? {
            let name_in_backup = format!("{OBJECTS}/{name}");
            let mut sink = Sink::create(out_dir, &name_in_backup)?;
            match std::fs::File::open(objects.join(&name)) {
                Ok(file) => sink.take_all(file)?,
                // deleted meanwhile, so nothing in the snapshot can need it
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                    sink.abandon()?;
                    continue;
                }
                Err(error) => return Err(port_error("cannot read", &objects.join(&name), &error)),
            }
            manifest.files.insert(name_in_backup, sink.finish()?);
        }
    }
    for (source, first) in logs.iter().zip(held) {
        let head = *source.log.head().borrow();
        let mut segments: BTreeMap<_, _> = first.into_iter().map(|held| (held.name(), held)).collect();
        segments.extend(source.log.hold().into_iter().map(|held| (held.name(), held)));
        for (name, segment) in segments {
            let name_in_backup = format!("{}/{name}", source.name);
            let mut sink = Sink::create(out_dir, &name_in_backup)?;
            segment
                .read(|piece| sink.take(piece))
                .map_err(|error| port_error("cannot copy", Path::new(&name), &error))?;
            manifest.files.insert(name_in_backup, sink.finish()?);
        }
        manifest.logs.insert(
            source.name.to_owned(),
            LogCopy {
                head,
                pins: source.pins.clone(),
            },
        );
    }
    files::sync_dirs(out_dir)?;
    write_manifest(&manifest, out_dir)?;
    Ok(manifest)
}

/// How often the objects are listed before a backup gives up.
const MAX_LISTINGS: usize = 1_000;

/// The objects at one moment. An object may name others that were stored before it, as a commit of a table names its
/// files; listing takes a while, so it is repeated until nothing has come meanwhile. Hints are left out.
fn settled(objects: &Path) -> Result<Vec<String>> {
    let list = || -> Result<Vec<String>> {
        let mut names = all_files(objects)?;
        names.retain(|name| !is_hint(name));
        Ok(names)
    };
    let mut before = list()?;
    for _ in 0..MAX_LISTINGS {
        let now = list()?;
        let nothing_new = now.iter().all(|name| before.binary_search(name).is_ok());
        if nothing_new {
            return Ok(before);
        }
        before = now;
    }
    Err(PortError::Unavailable(format!(
        "the objects in {} change faster than they can be listed; try again when less is going on",
        objects.display()
    )))
}

fn write_manifest(manifest: &Manifest, out_dir: &Path) -> Result<()> {
    let text = serde_json::to_vec_pretty(manifest)
        .map_err(|error| PortError::Misuse(format!("the manifest cannot be written: {error}")))?;
    let mut sum = Sink::create(out_dir, MANIFEST_SUM)?;
    sum.take(files::hex_of(&text).as_bytes())
        .map_err(|error| io_error("cannot write", out_dir, &error))?;
    sum.finish()?;
    let mut sink = Sink::create(out_dir, "manifest.tmp")?;
    sink.take(&text)
        .map_err(|error| io_error("cannot write", out_dir, &error))?;
    sink.finish()?;
    let (from, to) = (out_dir.join("manifest.tmp"), out_dir.join(MANIFEST));
    std::fs::rename(&from, &to).map_err(|error| io_error("cannot name", &to, &error))?;
    files::sync_dir(out_dir)
}

/// Reads the whole backup and compares it with its manifest. Blocks.
///
/// A flipped byte, a missing, cut or foreign file is [`PortError::Corrupt`] and named; a newer format is
/// [`PortError::Misuse`].
pub fn verify(dir: &Path) -> Result<Manifest> {
    let corrupt = |text: String| PortError::Corrupt(format!("the backup in {} {text}", dir.display()));
    let read = |name: &str| -> Result<Vec<u8>> {
        let path: PathBuf = dir.join(name);
        match std::fs::read(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Err(corrupt(format!("has no {name}: it is unfinished or not a backup")))
            }
            other => other.map_err(|error| io_error("cannot read", &path, &error)),
        }
    };
    let text = read(MANIFEST)?;
    if read(MANIFEST_SUM)? != files::hex_of(&text).as_bytes() {
        return Err(corrupt("has a manifest that does not fit its checksum".to_owned()));
    }
    let known: serde_json::Value =
        serde_json::from_slice(&text).map_err(|error| corrupt(format!("has an unreadable manifest: {error}")))?;
    let format = known.get("format").and_then(serde_json::Value::as_u64).unwrap_or(0);
    if format > u64::from(FORMAT) {
        return Err(PortError::Misuse(format!(
            "the backup in {} has format {format}, and this program reads up to {FORMAT}; use the newer program",
            dir.display()
        )));
    }
    let manifest: Manifest =
        serde_json::from_value(known).map_err(|error| corrupt(format!("has an unreadable manifest: {error}")))?;
    let mut wrong = Vec::new();
    let mut present = all_files(dir)?;
    present.retain(|name| name != MANIFEST && name != MANIFEST_SUM);
    wrong.extend(
        present
            .iter()
            .filter(|name| !manifest.files.contains_key(*name))
            .map(|name| format!("{name} (unknown)")),
    );
    for (name, expected) in &manifest.files {
        if !present.contains(name) {
            wrong.push(format!("{name} (missing)"));
        } else if files::sum(&dir.join(name))? != *expected {
            wrong.push(format!("{name} (changed)"));
        }
    }
    if wrong.is_empty() {
        return Ok(manifest);
    }
    let count = wrong.len();
    wrong.truncate(10);
    Err(corrupt(format!("has {count} damaged files: {}", wrong.join(", "))))
}
