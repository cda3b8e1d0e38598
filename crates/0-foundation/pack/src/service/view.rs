//! What people look at: all items, one with its texts and versions, and what waits for a choice.

use super::Packs;
use crate::error::PackError;
use crate::merge::{difference, proposal};
use crate::model::name::Name;
use crate::model::{Change, Item, Origin, State, Version};
use kernel::actor::Actor;
use policy::action::Action;
use std::collections::BTreeMap;

/// An item with what is told of it in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The item.
    pub item: Item,
    /// The version that brought its base.
    pub base: Option<Version>,
    /// The version that brought its overlay.
    pub overlay: Option<Version>,
    /// Its newest version.
    pub latest: Version,
}

/// What waits for a choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// What the newer pack changed, as a difference of texts.
    pub by_pack: String,
    /// What the person changed.
    pub by_person: String,
    /// Both in one, if they touch different lines.
    pub proposal: Option<String>,
}

/// Everything about one item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whole {
    /// As in a list.
    pub summary: Summary,
    /// If it is in conflict.
    pub conflict: Option<Conflict>,
    /// All versions, newest first, each with its difference to the text that it took the place of.
    pub versions: Vec<(Version, String)>,
}

impl Summary {
    /// The text that counts.
    pub fn text(&self) -> Option<&str> {
        self.overlay.as_ref().or(self.base.as_ref())?.text.as_deref()
    }
}

impl Packs {
    /// All items by name, with the pack of the newest start that brought another one.
    pub async fn list(&self, actor: &Actor) -> Result<(Option<Origin>, Vec<Summary>), PackError> {
        self.authorise(actor, Action::PackRead)?;
        let mut summaries = Vec::new();
        for (_, stored) in self.store.items().await? {
            summaries.push(self.summary(stored.item).await?);
        }
        Ok((self.store.start().await?, summaries))
    }

    /// The items that wait for a choice.
    pub async fn conflicts(&self, actor: &Actor) -> Result<Vec<(Summary, Conflict)>, PackError> {
        self.authorise(actor, Action::PackRead)?;
        let mut found = Vec::new();
        for (_, stored) in self.store.items().await? {
            if stored.item.state() == State::Conflict {
                let summary = self.summary(stored.item).await?;
                let conflict = self.conflict(&summary).await?;
                found.push((summary, conflict));
            }
        }
        Ok(found)
    }

    /// One item.
    pub async fn one(&self, actor: &Actor, name: &Name) -> Result<Whole, PackError> {
        self.authorise(actor, Action::PackRead)?;
        let stored = self.store.item(name).await?;
        let item = stored.ok_or_else(|| PackError::NotFound(name.to_string()))?.item;
        let summary = self.summary(item).await?;
        let conflict = match summary.item.state() {
            State::Conflict => Some(self.conflict(&summary).await?),
            _ => None,
        };
        let versions = told(self.store.versions(name).await?);
        Ok(Whole {
            summary,
            conflict,
            versions,
        })
    }

    /// One version of an item.
    pub async fn version(&self, actor: &Actor, name: &Name, number: u32) -> Result<Version, PackError> {
        self.authorise(actor, Action::PackRead)?;
        let version = self.store.version(name, number).await?;
        version.ok_or_else(|| PackError::NotFound(format!("version {number} of {name}")))
    }

    async fn summary(&self, item: Item) -> Result<Summary, PackError> {
        let missing = |number: u32| crate::record::unreadable(&format!("{}/{number}", item.name), "it is not there");
        let get = async |number: Option<u32>| -> Result<Option<Version>, PackError> {
            let Some(number) = number else { return Ok(None) };
            let version = self.store.version(&item.name, number).await?;
            version.map(Some).ok_or_else(|| missing(number))
        };
        let base = get(item.base).await?;
        let overlay = get(item.overlay.map(|overlay| overlay.version)).await?;
        let latest = get(Some(item.latest)).await?.ok_or_else(|| missing(item.latest))?;
        Ok(Summary {
            item,
            base,
            overlay,
            latest,
        })
    }

    async fn conflict(&self, summary: &Summary) -> Result<Conflict, PackError> {
        let Item { name, overlay, .. } = &summary.item;
        let on = self.store.text(name, overlay.and_then(|overlay| overlay.on)).await?;
        let text = |version: &Option<Version>| version.as_ref().and_then(|version| version.text.clone());
        let (base, over) = (text(&summary.base), text(&summary.overlay));
        let (on_or, base_or, over_or) = (
            on.as_deref().unwrap_or_default(),
            base.as_deref().unwrap_or_default(),
            over.as_deref().unwrap_or_default(),
        );
        Ok(Conflict {
            by_pack: difference(on_or, base_or),
            by_person: difference(on_or, over_or),
            proposal: match (&on, &base) {
                (Some(on), Some(base)) => proposal(on, base, over_or),
                _ => None,
            },
        })
    }
}

/// Versions, newest first, with what each changed: a base against the base before, an overlay against the overlay before or
/// the base on which it stands.
fn told(versions: Vec<Version>) -> Vec<(Version, String)> {
    let texts: BTreeMap<u32, String> = versions
        .iter()
        .filter_map(|version| Some((version.number, version.text.clone()?)))
        .collect();
    let text = |number: Option<u32>| number.and_then(|number| texts.get(&number)).map_or("", String::as_str);
    let (mut base, mut overlay): (Option<u32>, Option<u32>) = (None, None);
    let mut told: Vec<(Version, String)> = Vec::with_capacity(versions.len());
    for version in &versions {
        let new = version.text.as_deref().unwrap_or_default();
        let changed = match version.change {
            Change::Base | Change::BaseGone => difference(text(base), new),
            Change::Overlay => difference(text(overlay.or(version.on)), new),
            Change::OverlayGone => difference(text(overlay), text(base)),
            Change::Kept => String::new(),
        };
        match version.change {
            Change::Base => base = Some(version.number),
            Change::BaseGone => base = None,
            Change::Overlay => overlay = Some(version.number),
            Change::OverlayGone => overlay = None,
            Change::Kept => {}
        }
        told.push((version.clone(), changed));
    }
    told.reverse();
    told
}
