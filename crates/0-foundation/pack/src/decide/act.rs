//! What an upgrade or a person's act makes of an item: the item after it, and the version that tells of it. Pure.

use super::Outcome;
use crate::error::PackError;
use crate::model::{Change, Item, Origin, Overlay, State, Version, sha256};
use kernel::actor::ActorId;
use kernel::time::Timestamp;

/// Who acts, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deed {
    /// Who.
    pub by: ActorId,
    /// When.
    pub at: Timestamp,
}

/// An item after a change, with the version that the change made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// The item.
    pub item: Item,
    /// Its newest version.
    pub version: Version,
}

impl Deed {
    fn version(&self, item: &Item, change: Change, text: Option<&str>) -> Version {
        Version {
            number: item.latest + 1,
            change,
            text: text.map(str::to_owned),
            sha256: text.map(sha256),
            pack: None,
            on: None,
            by: self.by.clone(),
            at: self.at,
        }
    }
}

/// A pack brings another base, or none any more. The outcome is that of [`super::upgrade`]; an overlay only moves to the new
/// base where nothing is in doubt.
pub fn rebase(item: &Item, outcome: Outcome, new: Option<&str>, pack: &Origin, deed: &Deed) -> Done {
    let change = if new.is_some() { Change::Base } else { Change::BaseGone };
    let mut version = deed.version(item, change, new);
    version.pack = Some(pack.clone());
    let base = new.map(|_| version.number);
    let overlay = item.overlay.map(|overlay| match outcome {
        Outcome::Kept | Outcome::Same => Overlay { on: base, ..overlay },
        _ => overlay,
    });
    let item = Item {
        name: item.name.clone(),
        base,
        overlay,
        latest: version.number,
    };
    Done { item, version }
}

/// A person puts a text over the base. Who writes while a conflict waits has not chosen yet, unless it is the base's own text.
pub fn put(item: &Item, base: Option<&str>, text: &str, deed: &Deed) -> Done {
    let on = match item.overlay {
        Some(overlay) if item.state() == State::Conflict && base != Some(text) => overlay.on,
        _ => item.base,
    };
    over(item, on, text, deed)
}

/// A person settles a conflict with a text of their own.
pub fn settle(item: &Item, text: &str, deed: &Deed) -> Result<Done, PackError> {
    in_conflict(item)?;
    Ok(over(item, item.base, text, deed))
}

fn over(item: &Item, on: Option<u32>, text: &str, deed: &Deed) -> Done {
    let mut version = deed.version(item, Change::Overlay, Some(text));
    version.on = on;
    let overlay = Overlay {
        version: version.number,
        on,
    };
    let item = Item {
        overlay: Some(overlay),
        latest: version.number,
        ..item.clone()
    };
    Done { item, version }
}

/// A person settles a conflict for the overlay: it stands on the new base from now on.
pub fn keep(item: &Item, deed: &Deed) -> Result<Done, PackError> {
    in_conflict(item)?;
    let mut version = deed.version(item, Change::Kept, None);
    version.on = item.base;
    let item = Item {
        overlay: item.overlay.map(|overlay| Overlay {
            on: item.base,
            ..overlay
        }),
        latest: version.number,
        ..item.clone()
    };
    Ok(Done { item, version })
}

/// A person lets the base count again. The overlay stays among the versions.
pub fn lift(item: &Item, deed: &Deed) -> Result<Done, PackError> {
    if item.overlay.is_none() {
        return Err(PackError::WrongState {
            name: item.name.clone(),
            what: "has no overlay",
            advice: "its base counts already",
        });
    }
    let version = deed.version(item, Change::OverlayGone, None);
    let item = Item {
        overlay: None,
        latest: version.number,
        ..item.clone()
    };
    Ok(Done { item, version })
}

/// Refuses an item that is in no conflict.
pub fn in_conflict(item: &Item) -> Result<(), PackError> {
    if item.state() == State::Conflict {
        return Ok(());
    }
    Err(PackError::WrongState {
        name: item.name.clone(),
        what: "is in no conflict",
        advice: "somebody may have settled it already; read it again",
    })
}
