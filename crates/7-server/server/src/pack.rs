//! The city pack: files of rules, profiles and areas, kept as versioned records; the server reads only the records.
//!
//! At each start the pack's files are laid over the records: a file whose text changed becomes a new version of its
//! document. What the pack no longer has stays in the records as it was, marked absent.

mod read;

pub(crate) use read::{Parsed, parse, read_devices};

use anyhow::{Context, Result, bail};
use observation::pipeline::Ask;
use ports::query::{After, Query};
use ports::records::{Change, Collection, Document, Expect, Records, Transaction};
use rust_embed::RustEmbed;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;
use tokio::sync::{mpsc, oneshot};

#[derive(RustEmbed)]
#[folder = "../../../city/hanoi"]
#[include = "*.yaml"]
#[include = "*.csv"]
#[include = "*.geojson"]
struct Inside;

/// Files of the pack by their path inside it.
pub(crate) type Files = BTreeMap<String, String>;

const FILES: Collection = Collection {
    name: "pack",
    indexes: &[],
};
const FORMAT: u32 = 1;

#[derive(Serialize, Deserialize)]
struct FileRecord {
    format: u32,
    text: String,
    present: bool,
}

/// The files of a folder, or those inside the program when the path is empty.
pub(crate) fn files(dir: &Path) -> Result<Files> {
    if dir.as_os_str().is_empty() {
        let inside = Inside::iter().filter_map(|name| {
            let file = Inside::get(&name)?;
            Some((name.into_owned(), String::from_utf8_lossy(&file.data).into_owned()))
        });
        return Ok(inside.collect());
    }
    let mut files = Files::new();
    collect(dir, dir, &mut files)?;
    Ok(files)
}

fn collect(root: &Path, dir: &Path, into: &mut Files) -> Result<()> {
    let entries = std::fs::read_dir(dir).with_context(|| format!("cannot read the pack folder {}", dir.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            collect(root, &path, into)?;
        } else if path
            .extension()
            .is_some_and(|ending| ["yaml", "csv", "geojson"].iter().any(|known| ending == *known))
        {
            let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
            into.insert(path.strip_prefix(root)?.display().to_string(), text);
        }
    }
    Ok(())
}

/// Lays the files over the records; answers how many changed.
pub(crate) async fn store(records: &dyn Records, files: &Files) -> Result<usize> {
    let known = stored(records).await?;
    let mut changes = Vec::new();
    for (name, text) in files {
        let (record, version) = known
            .get(name)
            .map_or((None, 0), |(record, version)| (Some(record), *version));
        if record.is_none_or(|record| !record.present || record.text != *text) {
            changes.push(put(
                name,
                FileRecord {
                    format: FORMAT,
                    text: text.clone(),
                    present: true,
                },
                version,
            ));
        }
    }
    for (name, (record, version)) in &known {
        if record.present && !files.contains_key(name) {
            changes.push(put(
                name,
                FileRecord {
                    format: FORMAT,
                    text: record.text.clone(),
                    present: false,
                },
                *version,
            ));
        }
    }
    let count = changes.len();
    if count > 0 {
        records
            .commit(Transaction {
                changes,
                ..Transaction::default()
            })
            .await?;
    }
    Ok(count)
}

/// Takes a pack folder while the instance runs: all files must be right, then profiles and rules count at once.
pub(crate) async fn reload(
    dir: &Path,
    records: &dyn Records,
    registry: &device::registry::Registry,
    asks: &mpsc::Sender<Ask>,
) -> Result<Parsed> {
    let files = files(dir)?;
    let parsed = parse(&files);
    if !parsed.mistakes.is_empty() {
        bail!(
            "nothing was loaded; mend these files first:\n{}",
            parsed.mistakes.join("\n")
        );
    }
    let (reply, answer) = oneshot::channel();
    asks.send(Ask::Rules(parsed.rules.clone(), reply))
        .await
        .context("the instance is ending")?;
    answer
        .await
        .context("the instance is ending")?
        .map_err(anyhow::Error::msg)?;
    store(records, &files).await?;
    registry.set_profiles(parsed.profiles.iter().cloned());
    Ok(parsed)
}

/// The files as the records have them.
pub(crate) async fn load(records: &dyn Records) -> Result<Files> {
    let stored = stored(records).await?;
    Ok(stored
        .into_iter()
        .filter(|(_, (record, _))| record.present)
        .map(|(name, (record, _))| (name, record.text))
        .collect())
}

async fn stored(records: &dyn Records) -> Result<BTreeMap<String, (FileRecord, u64)>> {
    let mut all = BTreeMap::new();
    let mut after: Option<After> = None;
    loop {
        let page = records.query(FILES, Query::all(1_000).after(after)).await?;
        for Document { key, version, body } in page.documents {
            let record =
                serde_json::from_slice(&body).with_context(|| format!("stored pack file {key} cannot be read"))?;
            all.insert(key, (record, version));
        }
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(all),
        }
    }
}

fn put(name: &str, record: FileRecord, version: u64) -> Change {
    Change::Put {
        collection: FILES,
        key: name.to_owned(),
        expect: if version == 0 {
            Expect::Absent
        } else {
            Expect::Version(version)
        },
        body: serde_json::to_vec(&record).unwrap_or_default(),
        indexes: Vec::new(),
    }
}
