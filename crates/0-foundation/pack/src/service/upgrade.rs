//! An upgrade: the three-way comparison of all items, as a plan that can be looked at, and its writing.

use crate::decide::act::{Deed, rebase};
use crate::decide::{Outcome, Over, upgrade};
use crate::error::PackError;
use crate::fact::{conflict, item_changed};
use crate::merge::proposal;
use crate::model::name::{Kind, Name};
use crate::model::{Applies, Files, Incoming, Item, Origin};
use crate::record::Stored;
use crate::store::{Store, Writing};
use kernel::id::TenantId;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What an upgrade does to one item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Path of its file.
    pub file: String,
    /// What happens.
    pub outcome: Outcome,
    /// For a conflict: whether both changes touch different lines, so that there is a proposal.
    pub proposal: bool,
}

/// What an upgrade does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The pack.
    pub pack: Origin,
    /// All items, by path.
    pub lines: Vec<Line>,
}

impl Report {
    /// How many items have that outcome.
    pub fn count(&self, outcome: Outcome) -> usize {
        self.lines.iter().filter(|line| line.outcome == outcome).count()
    }
}

/// An upgrade before it is written.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) report: Report,
    pub(crate) writing: Writing,
    /// The files that count after it.
    pub(crate) files: Files,
}

/// All texts that a comparison needs.
struct Sides<'a> {
    stored: Stored,
    base: Option<String>,
    new: Option<&'a str>,
    overlay: Option<String>,
    on: Option<String>,
}

impl Sides<'_> {
    fn outcome(&self) -> Outcome {
        let overlay = self.overlay.as_deref().map(|text| Over {
            text,
            on: self.on.as_deref(),
        });
        upgrade(self.base.as_deref(), self.new, overlay)
    }

    fn proposal(&self) -> Option<String> {
        proposal(self.on.as_deref()?, self.new?, self.overlay.as_deref()?)
    }
}

/// Compares a pack with what is stored.
pub(crate) async fn plan(
    store: &Store,
    pack: &Incoming,
    deed: &Deed,
    tenant: &TenantId,
    applies: &(dyn Fn(Kind) -> Applies + Sync),
) -> Result<Plan, PackError> {
    let origin = pack.origin();
    let mut known = store.items().await?;
    // an instance without any item is filled, which changes nothing for anybody
    let silent = known.is_empty();
    let new = pack.items();
    let names: BTreeSet<Name> = known.keys().chain(new.keys()).cloned().collect();
    let mut plan = Plan {
        report: Report {
            pack: origin.clone(),
            lines: Vec::new(),
        },
        writing: Writing::default(),
        files: Files::new(),
    };
    for name in names {
        let stored = known.remove(&name).unwrap_or_else(|| absent(&name));
        let sides = sides(store, stored, new.get(&name).copied()).await?;
        let outcome = sides.outcome();
        let proposal = outcome == Outcome::Conflict && sides.proposal().is_some();
        if let Some(text) = sides.overlay.as_deref().or(sides.new) {
            plan.files.insert(name.path(), text.to_owned());
        }
        if sides.base.as_deref() != sides.new {
            let done = rebase(&sides.stored.item, outcome, sides.new, &origin, deed);
            if !silent {
                let effective = sides.overlay.as_deref().or(sides.new);
                let facts = &mut plan.writing.facts;
                facts.push(item_changed(&done, effective, applies(name.kind), tenant));
                if outcome == Outcome::Conflict {
                    facts.push(conflict(&done, proposal, tenant));
                }
            }
            plan.writing.done.push((done, sides.stored.document));
        } else if outcome == Outcome::Unchanged && sides.base.is_none() {
            continue;
        }
        plan.report.lines.push(Line {
            file: name.path(),
            outcome,
            proposal,
        });
    }
    plan.report.lines.sort_by(|a, b| a.file.cmp(&b.file));
    Ok(plan)
}

fn absent(name: &Name) -> Stored {
    Stored {
        item: Item {
            name: name.clone(),
            base: None,
            overlay: None,
            latest: 0,
        },
        document: 0,
    }
}

async fn sides<'a>(store: &Store, stored: Stored, new: Option<&'a str>) -> Result<Sides<'a>, PackError> {
    let Item {
        name, base, overlay, ..
    } = &stored.item;
    let base = store.text(name, *base).await?;
    let (text, on) = match overlay {
        Some(overlay) => (
            store.text(name, Some(overlay.version)).await?,
            store.text(name, overlay.on).await?,
        ),
        None => (None, None),
    };
    Ok(Sides {
        stored,
        base,
        new,
        overlay: text,
        on,
    })
}

/// Lays the pack of a start over what is stored, unless the start before brought the same one: then a pack that was loaded
/// in between stays. Answers what was done.
pub async fn at_start(
    store: &Store,
    pack: &Incoming,
    deed: &Deed,
    tenant: &TenantId,
) -> Result<Option<Report>, PackError> {
    take_over(store, deed, tenant).await?;
    let origin = pack.origin();
    let before = store.start().await?;
    if before.is_some_and(|before| before.sha256 == origin.sha256) {
        return Ok(None);
    }
    let Plan {
        report, mut writing, ..
    } = plan(store, pack, deed, tenant, &|_| Applies::Now).await?;
    writing.start = Some(origin);
    store.commit(writing).await?;
    Ok(Some(report))
}

/// Files of a build before this crate become the first versions of their items.
async fn take_over(store: &Store, deed: &Deed, tenant: &TenantId) -> Result<(), PackError> {
    let old = store.old_files().await?;
    if old.is_empty() {
        return Ok(());
    }
    let moved: Vec<String> = old.keys().cloned().collect();
    let present: BTreeMap<String, String> = old
        .into_iter()
        .filter(|(_, file)| file.present)
        .map(|(path, file)| (path, file.text))
        .collect();
    let pack = Incoming {
        name: "before versions".to_owned(),
        files: present,
    };
    let mut writing = match store.items().await?.is_empty() {
        true => plan(store, &pack, deed, tenant, &|_| Applies::Now).await?.writing,
        false => Writing::default(),
    };
    writing.moved = moved;
    store.commit(writing).await
}
