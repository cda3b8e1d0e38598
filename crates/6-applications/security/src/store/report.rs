//! Incidents of the SOC.

use super::Store;
use crate::decide::report::group;
use crate::error::SecurityError;
use crate::fact::SOURCE;
use crate::model::report::Report;
use crate::record::report::{ALERTS, REPORTS, Raised, indexes, read, write};
use crate::record::{CLASSIFICATION, Stored, equal};
use kernel::actor::Actor;
use kernel::fact::Fact;
use kernel::severity::Severity;
use ports::query::{After, Condition, Order, Query};
use ports::records::{Change, Expect};
use std::collections::HashMap;

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
        let found = document.as_ref().map(read).transpose()?;
        Ok(self.with_alerts(found.into_iter().collect()).await?.pop())
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
        Ok((self.with_alerts(reports).await?, page.next))
    }

    /// Says of each incident which alert is its newest.
    async fn with_alerts(&self, mut reports: Vec<Stored<Report>>) -> Result<Vec<Stored<Report>>, SecurityError> {
        if reports.is_empty() {
            return Ok(reports);
        }
        let groups: Vec<String> = reports.iter().map(|stored| group(&stored.thing.told.id)).collect();
        let query = Query::all(groups.len()).with(Condition::AnyOf("group", groups));
        let page = self.records.query(ALERTS, query).await?;
        let mut alerts = HashMap::new();
        for document in &page.documents {
            let stored: Stored<Raised> = crate::record::read("alert of an incident", document)?;
            alerts.insert(stored.thing.group, stored.thing.alert);
        }
        for stored in &mut reports {
            stored.thing.alert = alerts.get(&group(&stored.thing.told.id)).copied();
        }
        Ok(reports)
    }

    /// Remembers alerts of groups, with the place of the consumer that heard of them.
    pub async fn save_alerts(&self, actor: &Actor, raised: Vec<Raised>, heard: u64) -> Result<(), SecurityError> {
        let put = |raised: Raised| {
            Ok(Change::Put {
                collection: ALERTS,
                expect: Expect::Any,
                body: crate::record::write("alert of an incident", &raised.group, &raised)?,
                indexes: vec![equal("group", &raised.group)],
                key: raised.group,
            })
        };
        let changes = raised.into_iter().map(put).collect::<Result<_, SecurityError>>()?;
        let cursor = Some((SOURCE.to_owned(), heard));
        self.commit_at(actor, changes, Vec::new(), cursor).await
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
