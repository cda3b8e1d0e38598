//! The checkpoints that may be believed, from all folders.

use super::Trust;
use super::report::{Fault, Report};
use crate::note::{Checkpoint, NoteError, Verifier};
use crate::shelf::{self, Found, Shelf};
use ports::error::{PortError, Result};
use std::collections::BTreeMap;

/// Checkpoints with right signatures.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// With where each lies; smallest first.
    pub(super) all: Vec<(String, Checkpoint)>,
    /// The one that an auditor brought.
    pub(super) from: Option<Checkpoint>,
}

impl Notes {
    /// The largest.
    pub(super) fn newest(&self) -> Option<&Checkpoint> {
        self.all.last().map(|(_, checkpoint)| checkpoint)
    }
}

/// What one folder holds, by number.
type Kept = BTreeMap<u64, (String, Checkpoint)>;

pub(super) fn read(trust: &Trust, report: &mut Report) -> Result<Notes> {
    let mut folders = Vec::new();
    for shelf in &trust.shelves {
        let found = shelf.read().map_err(|error| {
            PortError::Unavailable(format!(
                "checkpoints in {} cannot be read: {error}",
                shelf.dir().display()
            ))
        })?;
        folders.push((shelf, found));
    }
    let Some(key) = key(trust, &folders, report) else {
        return Ok(Notes::default());
    };
    let mut notes = Notes::default();
    let mut kept: Vec<Kept> = Vec::new();
    for (number, (shelf, found)) in folders.iter().enumerate() {
        let own = number == 0;
        kept.push(folder(shelf, found, &key, own, report));
    }
    compare(&folders, &kept, trust.running, report);
    for (_, found) in kept.into_iter().flatten() {
        notes.all.push(found);
    }
    if let Some(text) = &trust.from {
        match key.open(text) {
            Ok(checkpoint) => {
                notes
                    .all
                    .push(("the checkpoint of --from".to_owned(), checkpoint.clone()));
                notes.from = Some(checkpoint);
            }
            Err(error) => report.find(Fault::Checkpoint, "the checkpoint of --from", error.to_string()),
        }
    }
    notes
        .all
        .sort_by_key(|(_, checkpoint)| (checkpoint.size, checkpoint.number));
    if notes.all.is_empty() {
        let what = "no checkpoint can be believed, so nothing vouches for the records";
        report.find(Fault::Checkpoint, "the folders of checkpoints", what);
    }
    Ok(notes)
}

fn key(trust: &Trust, folders: &[(&Shelf, Found)], report: &mut Report) -> Option<Verifier> {
    let mut key = trust.key.clone();
    for (shelf, found) in folders {
        let place = shelf.dir().join(shelf::KEY).display().to_string();
        let exact = |text: &str| {
            let key = Verifier::parse(text)?;
            (text == format!("{}\n", key.to_text()))
                .then_some(key)
                .ok_or(NoteError::Key("it is not as we write it"))
        };
        match (found.key.as_deref().map(exact), &key) {
            (Some(Ok(own)), None) => key = Some(own),
            (Some(Ok(own)), Some(key)) if own == *key => {}
            (Some(Ok(_)), Some(key)) => {
                let what = format!("this is another key than {}, which is believed", key.to_text());
                report.find(Fault::Checkpoint, place, what);
            }
            (Some(Err(error)), _) => report.find(Fault::Checkpoint, place, error.to_string()),
            (None, _) => report.find(Fault::Checkpoint, place, "the public key is missing"),
        }
    }
    if key.is_none() {
        let what = "there is no key to check signatures with; give it with --key";
        report.find(Fault::Checkpoint, "the folders of checkpoints", what);
    }
    key
}

fn folder(shelf: &Shelf, found: &Found, key: &Verifier, own: bool, report: &mut Report) -> Kept {
    let mut kept = Kept::new();
    for (name, text) in &found.notes {
        let place = shelf.dir().join(name).display().to_string();
        match key.open(text) {
            Ok(checkpoint) if shelf::name(&checkpoint) != *name => {
                let what = format!("it is the checkpoint {} under another name", shelf::name(&checkpoint));
                report.find(Fault::Checkpoint, place, what);
            }
            Ok(checkpoint) => {
                kept.insert(checkpoint.number, (place, checkpoint));
            }
            Err(error) => report.find(Fault::Checkpoint, place, error.to_string()),
        }
    }
    // a mirror may have been begun later, the own folder begins with the first
    let first = if own {
        1
    } else {
        kept.keys().next().copied().unwrap_or(1)
    };
    let last = kept.keys().next_back().copied().unwrap_or(0);
    for number in (first..=last).filter(|number| !kept.contains_key(number)) {
        let what = format!("checkpoint {number} is missing");
        report.find(Fault::Checkpoint, shelf.dir().display().to_string(), what);
    }
    let all: Vec<_> = kept.values().collect();
    for two in all.windows(2) {
        let ((_, before), (place, after)) = (two[0], two[1]);
        if after.size < before.size || after.at < before.at {
            let what = format!(
                "it is younger and covers {} records, the one before {}",
                after.size, before.size
            );
            report.find(Fault::Checkpoint, place.clone(), what);
        }
    }
    if !found.foreign.is_empty() {
        let remark = format!(
            "{} holds further files: {}",
            shelf.dir().display(),
            found.foreign.join(", ")
        );
        report.remarks.push(remark);
    }
    kept
}

/// The own folder is written first, so it is never behind a mirror. A mirror behind by one writing is what a crash leaves.
fn compare(folders: &[(&Shelf, Found)], kept: &[Kept], running: bool, report: &mut Report) {
    let Some((own, mirrors)) = kept.split_first() else {
        return;
    };
    let own_last = own.keys().next_back().copied().unwrap_or(0);
    for (mirror, (shelf, _)) in mirrors.iter().zip(&folders[1..]) {
        let mirror_last = mirror.keys().next_back().copied().unwrap_or(0);
        for (number, (place, there)) in mirror {
            match own.get(number) {
                // while it runs, the own one may be newer than what was read of it
                None if running && *number > own_last => {}
                None => {
                    let what = format!("the own folder has no checkpoint {number}, its mirror has one");
                    report.find(Fault::Checkpoint, place.clone(), what);
                }
                Some((own_place, here)) if here.size < there.size && !running => {
                    let what = format!(
                        "it covers {} records, its mirror {place} covers {}",
                        here.size, there.size
                    );
                    report.find(Fault::Checkpoint, own_place.clone(), what);
                }
                Some((own_place, here)) if here.size == there.size && here.root != there.root => {
                    let what = format!("it and its mirror {place} sign two different trees of the same size");
                    report.find(Fault::Checkpoint, own_place.clone(), what);
                }
                Some(_) => {}
            }
        }
        if mirror_last + 1 < own_last || (mirror_last < own_last && mirror.is_empty() && !running) {
            let what = format!("its newest checkpoint is {mirror_last}, that of the own folder {own_last}");
            report.find(Fault::Checkpoint, shelf.dir().display().to_string(), what);
        }
    }
}
