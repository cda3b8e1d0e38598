//! What can be asked of the pack. Every method takes the actor; what changes something is judged as a whole pack first, then
//! stored together with its fact, then made to count.

pub mod city;
pub mod upgrade;
pub mod view;

use crate::decide::act::{Deed, Done, keep, lift, put, settle};
use crate::error::PackError;
use crate::fact::item_changed;
use crate::model::name::{Kind, Name};
use crate::model::{Applies, Files, Incoming, Item, MAX_TEXT};
use crate::record::Stored;
use crate::store::{Store, Writing};
use chassis::yaml::Mistake;
use city::City;
use kernel::actor::Actor;
use kernel::clock::Clock;
use kernel::id::TenantId;
use policy::action::Action;
use policy::compiled::permit;
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::sync::Mutex;
use upgrade::{Plan, Report, plan};

/// Mistakes that an answer holds.
pub const MAX_MISTAKES: usize = 200;

/// The pack of one tenant. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Packs {
    pub(crate) store: Store,
    city: Arc<dyn City>,
    tenant: TenantId,
    clock: Arc<dyn Clock>,
    /// Changes come one after another, so that what counts follows the order of what is stored.
    turns: Arc<Mutex<()>>,
}

/// How a person settles a conflict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Take {
    /// The overlay goes on counting, on the new base.
    Overlay,
    /// The new base counts.
    Base,
    /// This text counts, such as the proposal.
    Text(String),
}

/// What became of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// The item after it.
    pub item: Item,
    /// When it counts.
    pub applies: Applies,
}

enum Act<'a> {
    Put(&'a str),
    Lift,
    Settle(&'a Take),
}

impl Packs {
    /// Time is the wall clock: when somebody changed something.
    pub fn new(store: Store, city: Arc<dyn City>, tenant: TenantId, clock: Arc<dyn Clock>) -> Self {
        Self {
            store,
            city,
            tenant,
            clock,
            turns: Arc::default(),
        }
    }

    /// When a change of that kind counts.
    pub fn applies(&self, kind: Kind) -> Applies {
        self.city.applies(kind)
    }

    /// Takes a pack: each item is compared in three ways. With `only_look` nothing is changed.
    ///
    /// A pack with a mistake is refused, and so is one with which an overlay would not fit any more.
    pub async fn upgrade(&self, actor: &Actor, pack: Incoming, only_look: bool) -> Result<Report, PackError> {
        self.authorise(actor, Action::PackKeep)?;
        let _turn = self.turns.lock().await;
        let wrong = self.judge(pack.files.clone()).await?;
        if !wrong.is_empty() {
            return Err(PackError::Unfit(wrong));
        }
        let deed = self.deed(actor);
        let applies = |kind| self.city.applies(kind);
        let Plan { report, writing, files } = plan(&self.store, &pack, &deed, &self.tenant, &applies).await?;
        self.refuse_new(&files, None).await?;
        if only_look {
            return Ok(report);
        }
        if !writing.is_empty() {
            self.store.commit(writing).await?;
        }
        if let Err(why) = self.city.apply(&files).await {
            tracing::error!(why, "the pack is stored and counts from the next start on");
        }
        Ok(report)
    }

    /// Puts a text over the base of an item, or makes an item that no pack has. With `judged`, only if that is still its
    /// newest version.
    pub async fn edit(
        &self,
        actor: &Actor,
        name: &Name,
        text: &str,
        judged: Option<u32>,
    ) -> Result<Changed, PackError> {
        if text.len() > MAX_TEXT {
            let what = format!("the text has {} bytes; at most {MAX_TEXT} are taken", text.len());
            return Err(PackError::Invalid { field: "text", what });
        }
        self.change(actor, name, judged, Act::Put(text)).await
    }

    /// Lets the base count again. The overlay stays among the versions.
    pub async fn lift(&self, actor: &Actor, name: &Name, judged: Option<u32>) -> Result<Changed, PackError> {
        self.change(actor, name, judged, Act::Lift).await
    }

    /// Settles a conflict.
    pub async fn resolve(
        &self,
        actor: &Actor,
        name: &Name,
        take: &Take,
        judged: Option<u32>,
    ) -> Result<Changed, PackError> {
        self.change(actor, name, judged, Act::Settle(take)).await
    }

    async fn change(
        &self,
        actor: &Actor,
        name: &Name,
        judged: Option<u32>,
        act: Act<'_>,
    ) -> Result<Changed, PackError> {
        self.authorise(actor, Action::PackKeep)?;
        let _turn = self.turns.lock().await;
        let known = self.store.item(name).await?;
        let Stored { item, document } = match known {
            Some(stored) => stored,
            None if matches!(act, Act::Put(_)) => Stored {
                item: Item {
                    name: name.clone(),
                    base: None,
                    overlay: None,
                    latest: 0,
                },
                document: 0,
            },
            None => return Err(PackError::NotFound(name.to_string())),
        };
        if let Some(expected) = judged.filter(|expected| *expected != item.latest) {
            return Err(PackError::Changed {
                name: name.clone(),
                expected,
                found: item.latest,
            });
        }
        let base = self.store.text(name, item.base).await?;
        let overlay = match item.overlay {
            Some(overlay) => self.store.text(name, Some(overlay.version)).await?,
            None => None,
        };
        let deed = self.deed(actor);
        let (done, effective) = match act {
            Act::Put(text) => (put(&item, base.as_deref(), text, &deed), Some(text.to_owned())),
            Act::Settle(Take::Text(text)) => (settle(&item, text, &deed)?, Some(text.clone())),
            Act::Settle(Take::Overlay) => (keep(&item, &deed)?, overlay),
            Act::Settle(Take::Base) => {
                crate::decide::act::in_conflict(&item)?;
                (lift(&item, &deed)?, base)
            }
            Act::Lift => (lift(&item, &deed)?, base),
        };
        self.make(done, document, effective).await
    }

    /// Judges, stores, and lets it count.
    async fn make(&self, done: Done, document: u64, effective: Option<String>) -> Result<Changed, PackError> {
        let (name, path) = (done.item.name.clone(), done.item.name.path());
        let mut files = self.store.files().await?;
        let before = files.get(&path) == effective.as_ref();
        match &effective {
            Some(text) => files.insert(path.clone(), text.clone()),
            None => files.remove(&path),
        };
        if !before {
            self.refuse_new(&files, Some(&path)).await?;
        }
        let mut applies = self.city.applies(name.kind);
        let fact = item_changed(&done, effective.as_deref(), applies, &self.tenant);
        let item = done.item.clone();
        let writing = Writing {
            done: vec![(done, document)],
            facts: vec![fact],
            ..Writing::default()
        };
        self.store.commit(writing).await?;
        if !before && let Err(why) = self.city.apply(&files).await {
            tracing::error!(%name, why, "a change of the pack is stored and counts from the next start on");
            applies = Applies::Restart;
        }
        Ok(Changed { item, applies })
    }

    /// Refuses files with a mistake that what counts now does not have, and any mistake in the one file that is written.
    async fn refuse_new(&self, files: &Files, written: Option<&str>) -> Result<(), PackError> {
        let wrong = self.judge(files.clone()).await?;
        if wrong.is_empty() {
            return Ok(());
        }
        let now = self.judge(self.store.files().await?).await?;
        let known: BTreeSet<(&str, &str)> = now
            .iter()
            .map(|known| (known.file.as_str(), known.what.as_str()))
            .collect();
        let new: Vec<Mistake> = wrong
            .into_iter()
            .filter(|found| {
                Some(found.file.as_str()) == written || !known.contains(&(found.file.as_str(), found.what.as_str()))
            })
            .collect();
        if new.is_empty() {
            Ok(())
        } else {
            Err(PackError::Unfit(new))
        }
    }

    /// Judging a whole pack takes long enough to stand in others' way.
    async fn judge(&self, files: Files) -> Result<Vec<Mistake>, PackError> {
        let city = Arc::clone(&self.city);
        let judged = tokio::task::spawn_blocking(move || city.check(&files)).await;
        judged.map_err(|error| PackError::Lost(error.to_string()))
    }

    fn deed(&self, actor: &Actor) -> Deed {
        Deed {
            by: actor.id.clone(),
            at: self.clock.now(),
        }
    }

    pub(crate) fn authorise(&self, actor: &Actor, action: Action) -> Result<(), PackError> {
        permit(actor, action).map_err(|refused| PackError::Denied(refused.roles()))?;
        if actor.scope.tenant == self.tenant {
            Ok(())
        } else {
            Err(PackError::Foreign)
        }
    }
}
