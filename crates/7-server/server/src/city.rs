//! The city pack: what its files mean to the parts of the house. The crate `pack` keeps their versions; the server reads only
//! what it has stored.

pub(crate) mod check;
pub(crate) mod live;
pub(crate) mod load;
mod place;
mod read;
mod table;

#[cfg(test)]
mod tests;

pub(crate) use read::{Parsed, parse, read_devices};

use anyhow::{Context, Result};
use chassis::yaml::Mistake;
use kernel::actor::ActorId;
use kernel::clock::Clock;
use kernel::id::TenantId;
use pack::decide::Outcome;
use pack::decide::act::Deed;
use pack::model::name::{Kind, Name};
use pack::model::{Files, Incoming, MAX_TEXT};
use pack::store::Store;
use rust_embed::RustEmbed;
use std::path::Path;

#[derive(RustEmbed)]
#[folder = "../../../city/hanoi"]
#[include = "*.yaml"]
#[include = "*.csv"]
#[include = "*.geojson"]
struct Inside;

/// Deepest folder of a pack.
const MAX_DEPTH: usize = 4;

/// A pack as it stands in a folder, and what of it cannot be read or belongs to no pack.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) pack: Incoming,
    pub(crate) mistakes: Vec<Mistake>,
}

/// The pack of a folder, or the one inside the program when the path is empty. Pages for people (`.md`) and hidden files are
/// passed over.
pub(crate) fn find(dir: &Path) -> Result<Found> {
    let mut found = Found {
        pack: Incoming {
            name: format!("hanoi-ioc {}", env!("CARGO_PKG_VERSION")),
            files: Files::new(),
        },
        mistakes: Vec::new(),
    };
    if dir.as_os_str().is_empty() {
        let inside = Inside::iter().filter_map(|name| {
            let file = Inside::get(&name)?;
            Some((name.into_owned(), String::from_utf8_lossy(&file.data).into_owned()))
        });
        found.pack.files.extend(inside);
        return Ok(found);
    }
    let absolute = std::path::absolute(dir)?;
    if let Some(name) = absolute.file_name() {
        found.pack.name = name.to_string_lossy().into_owned();
    }
    collect(dir, dir, MAX_DEPTH, &mut found)?;
    Ok(found)
}

fn collect(root: &Path, dir: &Path, depth: usize, into: &mut Found) -> Result<()> {
    let entries = std::fs::read_dir(dir).with_context(|| format!("cannot read the pack folder {}", dir.display()))?;
    let mut paths = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<std::io::Result<Vec<_>>>()?;
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let for_people = path.extension().is_some_and(|ending| ending == "md");
        if name.starts_with('.') || for_people {
            continue;
        }
        if path.is_dir() && depth > 0 {
            collect(root, &path, depth - 1, into)?;
            continue;
        }
        let file = path.strip_prefix(root)?.to_string_lossy().replace('\\', "/");
        match text(&path, &file) {
            Ok(text) => {
                into.pack.files.insert(file, text);
            }
            Err(mistake) => into.mistakes.push(mistake),
        }
    }
    Ok(())
}

/// What stands in a file of a pack, if it is one.
fn text(path: &Path, file: &str) -> std::result::Result<String, Mistake> {
    let wrong = |what: String, advice: String| place::mistake(file, place::BEGIN, what, advice);
    if Name::of_path(file).is_none() {
        return Err(unknown(file));
    }
    let cannot = |error: std::io::Error| wrong(format!("cannot be read: {error}"), "look at its rights".to_owned());
    let size = path.metadata().map_err(cannot)?.len();
    if size > MAX_TEXT as u64 {
        return Err(wrong(
            format!("it has {size} bytes"),
            format!("at most {MAX_TEXT} are taken; split it"),
        ));
    }
    let bytes = std::fs::read(path).map_err(cannot)?;
    String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let before = String::from_utf8_lossy(&error.as_bytes()[..good]).into_owned();
        let at = place::end_of(&before);
        place::mistake(file, at, "a byte that is not UTF-8", "save the file as UTF-8")
    })
}

fn unknown(file: &str) -> Mistake {
    let renamed = file.strip_suffix(".yml").map(|stem| format!("{stem}.yaml"));
    let advice = match renamed.filter(|renamed| Name::of_path(renamed).is_some()) {
        Some(renamed) => format!("rename it to {renamed}"),
        None => {
            let patterns = Kind::ALL.map(Kind::pattern).join(", ");
            format!("remove it, or put it where it belongs: {patterns}")
        }
    };
    place::mistake(file, place::BEGIN, "this file is no part of a pack", advice)
}

/// Lays the pack of this start over the stored one, and answers the files that count.
pub(crate) async fn lay(store: &Store, dir: &Path, tenant: &TenantId, wall: &dyn Clock) -> Result<Files> {
    let found = find(dir)?;
    for mistake in &found.mistakes {
        tracing::warn!(%mistake, "a file of the city pack is passed over");
    }
    let deed = Deed {
        by: ActorId::Service("pack".to_owned()),
        at: wall.now(),
    };
    match pack::service::upgrade::at_start(store, &found.pack, &deed, tenant).await {
        Ok(None) => tracing::info!("the city pack is the one of the last start"),
        Ok(Some(report)) => {
            let changed = [Outcome::Added, Outcome::Taken, Outcome::Removed].map(|outcome| report.count(outcome));
            tracing::info!(
                items = report.lines.len(),
                changed = changed.iter().sum::<usize>(),
                "city pack"
            );
            for line in report.lines.iter().filter(|line| line.outcome == Outcome::Conflict) {
                tracing::warn!(
                    file = line.file,
                    "this pack changes what somebody has changed here, too; their text goes on counting until you choose"
                );
            }
        }
        Err(error) => tracing::warn!(%error, "the city pack could not be stored; the stored one is used"),
    }
    Ok(store.files().await?)
}
