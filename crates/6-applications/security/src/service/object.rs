//! The inventory: one list over all sources, and reviews with who and when.

use super::authorise;
use super::ground::Catalogue;
use crate::decide::object::{Narrow, check, review};
use crate::error::SecurityError;
use crate::fact::{Kind as FactKind, fact};
use crate::model::object::{Finding, Kind, Listed, Object, Review};
use crate::record::Stored;
use crate::record::object::key;
use crate::store::Store;
use crate::wire;
use access::service::Accounts;
use access::session::Live;
use kernel::actor::Actor;
use kernel::clock::Clock;
use kernel::id::OrgId;
use policy::action::Action;
use ports::error::PortError;
use ports::query::After;
use std::collections::HashMap;
use std::sync::Arc;

/// How often a review is decided anew when several look at the same object at once.
const TRIES: usize = 8;
/// Pages of sources that one page of the list looks at.
const MAX_ASKS: usize = 12;
/// Objects of a page of a source when words are looked for; as many as their reviews are found for at once.
const MOST: usize = 1_000;

/// What somebody found.
#[derive(Clone, Debug)]
pub struct Look {
    /// What.
    pub finding: Finding,
    /// In words.
    pub note: String,
    /// Who answers for it from now on; as before when absent.
    pub owner: Option<OrgId>,
}

/// The inventory of one tenant.
#[derive(Clone, Debug)]
pub struct Inventory {
    store: Store,
    accounts: Accounts,
    catalogue: Arc<dyn Catalogue>,
    wall: Arc<dyn Clock>,
}

impl Inventory {
    /// Over the sources; the accounts know which organisations there are.
    pub fn new(store: Store, accounts: Accounts, catalogue: Arc<dyn Catalogue>, wall: Arc<dyn Clock>) -> Self {
        Self {
            store,
            accounts,
            catalogue,
            wall,
        }
    }

    /// A page of what the one who asks may see, by kind and id. It may have fewer than `limit`, also none, and say where to
    /// go on.
    pub async fn list(
        &self,
        by: &Live,
        kinds: &[Kind],
        narrow: &Narrow,
        after: Option<After>,
        limit: usize,
    ) -> Result<(Vec<Listed>, Option<After>), SecurityError> {
        authorise(&by.actor, Action::SecurityRead)?;
        let (first, mut from) = after.map_or((0, None), |after| (after.value, Some(after.key)));
        let name = |org: &OrgId| self.catalogue.name_of(org);
        let mut found: Vec<Listed> = Vec::new();
        let mut asks = 0;
        let numbered = Kind::ALL.into_iter().zip(0_i64..);
        let wanted = numbered.filter(|(kind, number)| *number >= first && (kinds.is_empty() || kinds.contains(kind)));
        for (kind, number) in wanted {
            // a place within another kind than this one is the beginning of this one
            let mut place = from.take().filter(|place| number == first && !place.is_empty());
            loop {
                let room = limit.saturating_sub(found.len());
                if room == 0 || asks >= MAX_ASKS {
                    let key = place.unwrap_or_default();
                    return Ok((found, Some(After { value: number, key })));
                }
                asks += 1;
                // words are looked for here, where the owner that a review gave is known; so many are asked for at once
                let wanted = if narrow.words.is_some() { MOST } else { room };
                let (objects, next) = self.catalogue.page(by, kind, narrow, place, wanted).await?;
                let listed = self.reviewed(&by.actor, objects).await?.into_iter();
                let mut fits = listed.filter(|listed| narrow.means(&listed.object) && narrow.speaks_of(listed, &name));
                found.extend(fits.by_ref().take(room));
                if let Some((key, _)) = found.last().map(|last| last.object.id.clone()).zip(fits.next()) {
                    return Ok((found, Some(After { value: number, key })));
                }
                if next.is_none() {
                    break;
                }
                place = next;
            }
        }
        Ok((found, None))
    }

    /// Writes down that somebody has looked at an object. With `judged`, only if that is still the newest version.
    pub async fn review(
        &self,
        by: &Live,
        kind: Kind,
        id: &str,
        look: Look,
        judged: Option<u64>,
    ) -> Result<Listed, SecurityError> {
        authorise(&by.actor, Action::SecurityReview)?;
        check(&look.note)?;
        let orgs = &self.accounts.engine().ground().orgs;
        if let Some(org) = look.owner.as_ref().filter(|org| !orgs.holds(org)) {
            let what = format!("'{org}' is not an organisation of this instance; GET /api/v1/orgs lists them");
            return Err(SecurityError::invalid("owner", what));
        }
        let object = self.catalogue.one(by, kind, id).await?;
        let object = object.ok_or(SecurityError::NotFound("object"))?;
        let mut conflict = SecurityError::NotFound("object");
        for _ in 0..TRIES {
            let known = self.store.reviews(&by.actor, vec![key(kind, id)]).await?.pop();
            let (version, known) = known.map_or((0, None), |stored| (stored.version, Some(stored.thing)));
            if let Some(expected) = judged.filter(|expected| *expected != version) {
                let last = known.as_ref().and_then(|known| known.reviews.last());
                return Err(SecurityError::Changed {
                    what: "object",
                    state: last.map_or("new", |last| last.finding.code()),
                    found: version,
                    expected,
                });
            }
            let now = self.wall.now();
            let one = Review {
                by: by.actor.id.clone(),
                at: now,
                finding: look.finding,
                note: look.note.clone(),
            };
            let thing = review(&object, known, look.owner.clone(), one);
            let listed = Listed {
                object: object.clone(),
                reviewed: Some(thing.clone()),
                version: version + 1,
            };
            let (view, tenant) = (wire::object::InventoryObject::from(&listed), self.store.tenant());
            let told = fact(
                FactKind::ObjectReviewed,
                key(kind, id),
                &by.actor.id,
                &view,
                tenant,
                now,
            );
            match self
                .store
                .save_review(&by.actor, &Stored { thing, version }, told)
                .await
            {
                Ok(()) => return Ok(listed),
                Err(SecurityError::Port(error @ PortError::Conflict { .. })) => conflict = error.into(),
                Err(error) => return Err(error),
            }
        }
        Err(conflict)
    }

    async fn reviewed(&self, actor: &Actor, found: Vec<Object>) -> Result<Vec<Listed>, SecurityError> {
        let keys = found.iter().map(|object| key(object.kind, &object.id)).collect();
        let kept = self.store.reviews(actor, keys).await?;
        let mut kept: HashMap<String, _> = kept
            .into_iter()
            .map(|stored| (key(stored.thing.kind, &stored.thing.id), stored))
            .collect();
        let listed = found.into_iter().map(|object| {
            let stored = kept.remove(&key(object.kind, &object.id));
            Listed {
                version: stored.as_ref().map_or(0, |stored| stored.version),
                reviewed: stored.map(|stored| stored.thing),
                object,
            }
        });
        Ok(listed.collect())
    }
}
