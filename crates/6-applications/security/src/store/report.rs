//! Incidents of the SOC.

use super::Store;
use crate::error::SecurityError;
use crate::model::report::Report;
use crate::record::report::{REPORTS, indexes, read, write};
use crate::record::{CLASSIFICATION, Stored};
use kernel::actor::Actor;
use kernel::fact::Fact;
use kernel::severity::Severity;
use ports::query::{After, Condition, Order};
use ports::records::{Change, Expect};

/// Which incidents; an empty list asks for no condition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// `open` or `closed`.
    pub states: Vec<&'static str>,
    /// Severities.
    pub severities: Vec<Severity>,
    /// Beginnings of words.
    pub words: Option<String>,
}

impl Store {
    /// One incident by the SOC's id, if the actor may see it. They are matters of the whole city.
    pub async fn report(&self, actor: &Actor, id: &str) -> Result<Option<Stored<Report>>, SecurityError> {
        if actor.scope.tenant != self.tenant || !actor.scope.sees(&[], CLASSIFICATION) {
            return Ok(None);
        }
        let document = self.records.get(REPORTS, id).await?;
        document.as_ref().map(read).transpose()
    }

    /// A page of incidents, the newest word first.
    pub async fn reports(
        &self,
        actor: &Actor,
        filter: &Filter,
        after: Option<After>,
        limit: usize,
    ) -> Result<(Vec<Stored<Report>>, Option<After>), SecurityError> {
        let lists = [
            Condition::any_of("state", &filter.states),
            Condition::any_of("severity", filter.severities.iter().map(|severity| severity.level())),
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
        let query = query.by(Order::Descending("last")).after(after);
        let page = self.records.query(REPORTS, query).await?;
        let reports = page.documents.iter().map(read).collect::<Result<_, SecurityError>>()?;
        Ok((reports, page.next))
    }

    /// Writes an incident if it is still at its version, with its fact and its signal: all or nothing.
    pub async fn save_report(
        &self,
        actor: &Actor,
        stored: &Stored<Report>,
        facts: Vec<Fact>,
    ) -> Result<(), SecurityError> {
        let put = Change::Put {
            collection: REPORTS,
            key: stored.thing.told.id.clone(),
            expect: Expect::since(stored.version),
            body: write(&stored.thing)?,
            indexes: indexes(&stored.thing),
        };
        self.commit(actor, vec![put], facts).await
    }
}
