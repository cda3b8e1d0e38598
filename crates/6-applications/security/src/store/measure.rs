//! Measures and holds.

use super::Store;
use crate::error::SecurityError;
use crate::model::measure::Measure;
use crate::record::Stored;
use crate::record::measure::{HOLDS, Hold, MEASURES, indexes, read, write};
use kernel::actor::Actor;
use kernel::fact::Fact;
use kernel::time::Timestamp;
use ports::query::{After, Condition, Order, Query};
use ports::records::{Change, Expect};
use uuid::Uuid;

/// Which measures; an empty list asks for no condition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Kinds.
    pub kinds: Vec<&'static str>,
    /// States.
    pub states: Vec<&'static str>,
    /// Beginnings of words.
    pub words: Option<String>,
}

impl Store {
    /// One measure, if the actor may see it.
    pub async fn measure(&self, actor: &Actor, id: Uuid) -> Result<Option<Stored<Measure>>, SecurityError> {
        if actor.scope.tenant != self.tenant {
            return Ok(None);
        }
        let Some(document) = self.records.get(MEASURES, &id.to_string()).await? else {
            return Ok(None);
        };
        let stored = read(&document)?;
        let seen = actor.scope.sees(&stored.thing.areas, crate::record::CLASSIFICATION);
        Ok(seen.then_some(stored))
    }

    /// A page of measures, newest first.
    pub async fn measures(
        &self,
        actor: &Actor,
        filter: &Filter,
        after: Option<After>,
        limit: usize,
    ) -> Result<(Vec<Stored<Measure>>, Option<After>), SecurityError> {
        let lists = [
            Condition::any_of("kind", &filter.kinds),
            Condition::any_of("state", &filter.states),
        ];
        let lists = lists
            .into_iter()
            .filter(|list| !matches!(list, Condition::AnyOf(_, values) if values.is_empty()));
        let words = filter
            .words
            .iter()
            .map(|words| Condition::Words("words", words.clone()));
        let Some(query) = self.asked(actor, lists.chain(words).collect(), limit) else {
            return Ok((Vec::new(), None));
        };
        self.measure_page(query.by(Order::Descending("at")).after(after)).await
    }

    /// What is still to be carried out, oldest first.
    pub async fn under_way(&self, actor: &Actor, limit: usize) -> Result<Vec<Stored<Measure>>, SecurityError> {
        let asked = vec![Condition::any_of("state", ["begun", "undoing"])];
        let Some(query) = self.asked(actor, asked, limit) else {
            return Ok(Vec::new());
        };
        Ok(self.measure_page(query.by(Order::Ascending("at"))).await?.0)
    }

    /// What is to be taken back by itself at `now`, the longest overdue first.
    pub async fn due(
        &self,
        actor: &Actor,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<Stored<Measure>>, SecurityError> {
        let asked = vec![Condition::Between("due", None, Some(now.micros().saturating_add(1)))];
        let Some(query) = self.asked(actor, asked, limit) else {
            return Ok(Vec::new());
        };
        Ok(self.measure_page(query.by(Order::Ascending("due"))).await?.0)
    }

    /// The measure that a target is under.
    pub async fn held_by(&self, target: &str) -> Result<Option<Uuid>, SecurityError> {
        let document = self.records.get(HOLDS, target).await?;
        let hold = document.map(|document| crate::record::read::<Hold>("hold", &document));
        Ok(hold.transpose()?.map(|hold| hold.thing.measure))
    }

    /// Writes a new measure and takes the hold on its target: both or nothing.
    pub async fn begin(&self, actor: &Actor, measure: &Measure) -> Result<(), SecurityError> {
        let hold = Hold { measure: measure.id };
        let target = measure.order.target();
        let changes = vec![
            put(measure, 0)?,
            Change::Put {
                collection: HOLDS,
                expect: Expect::Absent,
                body: crate::record::write("hold", &target, &hold)?,
                key: target,
                indexes: Vec::new(),
            },
        ];
        self.commit(actor, changes, Vec::new()).await
    }

    /// Writes a measure if it is still at its version, with its fact; what no longer holds gives its target free.
    pub async fn save(&self, actor: &Actor, stored: &Stored<Measure>, facts: Vec<Fact>) -> Result<(), SecurityError> {
        let Stored { thing, version } = stored;
        let mut changes = vec![put(thing, *version)?];
        if !thing.phase.holds() {
            changes.push(Change::Delete {
                collection: HOLDS,
                key: thing.order.target(),
                expect: Expect::Any,
            });
        }
        self.commit(actor, changes, facts).await
    }

    async fn measure_page(&self, query: Query) -> Result<(Vec<Stored<Measure>>, Option<After>), SecurityError> {
        let page = self.records.query(MEASURES, query).await?;
        let measures = page.documents.iter().map(read).collect::<Result<_, SecurityError>>()?;
        Ok((measures, page.next))
    }
}

fn put(measure: &Measure, version: u64) -> Result<Change, SecurityError> {
    Ok(Change::Put {
        collection: MEASURES,
        key: measure.id.to_string(),
        expect: Expect::since(version),
        body: write(measure)?,
        indexes: indexes(measure),
    })
}
