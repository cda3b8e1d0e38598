//! What can be asked of boundaries: bring a file, go back to the cells, and see what is in use.

use crate::check::check;
use crate::error::BoundaryError;
use crate::fact::replaced;
use crate::model::{Boundary, Finding, Origin, Report, Strictness};
use crate::store::Store;
use access::area::Areas;
use kernel::actor::Actor;
use kernel::clock::Clock;
use kernel::id::TenantId;
use parking_lot::RwLock;
use serde_json::{Value, json};
use std::sync::Arc;

/// Findings that a report holds; further ones are counted.
pub const MAX_FINDINGS: usize = 200;

/// The boundaries of one tenant.
#[derive(Clone, Debug)]
pub struct Boundaries {
    store: Store,
    areas: Arc<Areas>,
    tenant: TenantId,
    clock: Arc<dyn Clock>,
    /// What is in use, written out as GeoJSON; none while the cells are.
    written: Arc<RwLock<Option<Arc<str>>>>,
}

impl Boundaries {
    /// Reads what is stored. Time is the wall clock: when somebody brought a file.
    pub async fn open(
        store: Store,
        areas: Arc<Areas>,
        tenant: TenantId,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, BoundaryError> {
        let stored = store.load().await?;
        let written = stored.map(|(origin, boundaries)| collection(&origin, &boundaries, &areas));
        Ok(Self {
            store,
            areas,
            tenant,
            clock,
            written: Arc::new(RwLock::new(written)),
        })
    }

    /// The imported boundaries as a GeoJSON FeatureCollection; `None` while the cells of the pack are in use.
    pub fn collection(&self) -> Option<Arc<str>> {
        self.written.read().clone()
    }

    /// Judges a file and, unless something hinders or `only_check` is set, puts its boundaries in place of those in use.
    pub async fn import(
        &self,
        actor: &Actor,
        file: &str,
        text: String,
        strictness: Strictness,
        only_check: bool,
    ) -> Result<Report, BoundaryError> {
        self.authorise(actor)?;
        let areas = Arc::clone(&self.areas);
        let judged = tokio::task::spawn_blocking(move || check(&text, &areas, &strictness)).await;
        let (boundaries, findings) = judged.map_err(|error| BoundaryError::Lost(error.to_string()))?;
        let stored = !only_check && findings.iter().all(|finding| finding.warning);
        if stored {
            let origin = self.origin(actor, file);
            let fact = replaced(&origin, boundaries.len(), &self.tenant);
            self.store.replace(Some(&origin), &boundaries, fact).await?;
            *self.written.write() = Some(collection(&origin, &boundaries, &self.areas));
        }
        Ok(report(stored, boundaries.len(), findings))
    }

    /// Goes back to the approximate cells of the pack.
    pub async fn remove(&self, actor: &Actor) -> Result<(), BoundaryError> {
        self.authorise(actor)?;
        let fact = replaced(&self.origin(actor, ""), 0, &self.tenant);
        self.store.replace(None, &[], fact).await?;
        *self.written.write() = None;
        Ok(())
    }

    fn origin(&self, actor: &Actor, file: &str) -> Origin {
        Origin {
            file: file.to_owned(),
            by: actor.id.clone(),
            at: self.clock.now(),
        }
    }

    fn authorise(&self, actor: &Actor) -> Result<(), BoundaryError> {
        let may = policy::compiled::permits(actor, policy::action::Action::BoundaryKeep);
        (may && actor.scope.tenant == self.tenant)
            .then_some(())
            .ok_or(BoundaryError::Denied)
    }
}

/// What hinders comes first, then in the order of the file.
fn report(stored: bool, areas: usize, mut findings: Vec<Finding>) -> Report {
    findings.sort_by_key(|finding| finding.warning);
    let more = findings.len().saturating_sub(MAX_FINDINGS);
    findings.truncate(MAX_FINDINGS);
    Report {
        stored,
        areas,
        findings,
        more,
    }
}

fn collection(origin: &Origin, boundaries: &[Boundary], areas: &Areas) -> Arc<str> {
    let feature = |boundary: &Boundary| -> Value {
        let area = areas.get(&boundary.code);
        json!({
            "type": "Feature",
            "properties": {
                "code": boundary.code,
                "name": area.map(|area| area.name.as_str()).unwrap_or_default(),
                "kind": area.map(|area| area.kind.as_str()).unwrap_or_default(),
            },
            "geometry": { "type": "MultiPolygon", "coordinates": boundary.shape },
        })
    };
    let collection = json!({
        "type": "FeatureCollection",
        "source": { "file": origin.file, "imported_at": origin.at },
        "features": boundaries.iter().map(feature).collect::<Vec<_>>(),
    });
    collection.to_string().into()
}
