//! Parts, advisories and flaws.

use super::Store;
use crate::error::SecurityError;
use crate::model::flaw::{Advisory, Flaw, Grade};
use crate::record::Stored;
use crate::record::flaw::{ADVISORIES, FLAWS, NEWEST, PARTS, Parts, indexes, packages, read, write};
use kernel::actor::Actor;
use kernel::fact::Fact;
use kernel::time::Timestamp;
use ports::query::{After, Condition, Order, Query};
use ports::records::{Change, Expect};
use uuid::Uuid;

/// Documents of one transaction or page.
const AT_ONCE: usize = 200;
/// Most pages that one look reads: a bound against what cannot be, not a limit of use.
const MAX_PAGES: usize = 10_000;

/// Which flaws; an empty list asks for no condition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// States.
    pub states: Vec<&'static str>,
    /// Grades.
    pub grades: Vec<Grade>,
    /// Beginnings of words.
    pub words: Option<String>,
    /// Only what is due before.
    pub due_before: Option<Timestamp>,
}

impl Store {
    /// The list of parts that was imported last.
    pub async fn parts(&self) -> Result<Option<Stored<Parts>>, SecurityError> {
        let document = self.records.get(PARTS, NEWEST).await?;
        document
            .as_ref()
            .map(|document| crate::record::read("list of parts", document))
            .transpose()
    }

    /// Keeps a list of parts in place of the one before.
    pub async fn save_parts(&self, actor: &Actor, parts: &Parts) -> Result<(), SecurityError> {
        let put = Change::Put {
            collection: PARTS,
            key: NEWEST.to_owned(),
            expect: Expect::Any,
            body: crate::record::write("list of parts", NEWEST, parts)?,
            indexes: Vec::new(),
        };
        self.commit(actor, vec![put], Vec::new()).await
    }

    /// Keeps advisories, each in place of what bore its id.
    pub async fn save_advisories(&self, actor: &Actor, advisories: &[Advisory]) -> Result<(), SecurityError> {
        for chunk in advisories.chunks(AT_ONCE) {
            let put = |advisory: &Advisory| {
                Ok(Change::Put {
                    collection: ADVISORIES,
                    key: advisory.id.clone(),
                    expect: Expect::Any,
                    body: crate::record::write("advisory", &advisory.id, advisory)?,
                    indexes: packages(advisory),
                })
            };
            let changes = chunk.iter().map(put).collect::<Result<_, SecurityError>>()?;
            self.commit(actor, changes, Vec::new()).await?;
        }
        Ok(())
    }

    /// All advisories that speak of one of these packages.
    pub async fn advisories_of(&self, mut names: Vec<String>) -> Result<Vec<Advisory>, SecurityError> {
        names.sort();
        names.dedup();
        let mut found = Vec::new();
        for chunk in names.chunks(AT_ONCE) {
            let mut after = None;
            for _ in 0..MAX_PAGES {
                let asked = Condition::AnyOf("package", chunk.to_vec());
                let page = self
                    .records
                    .query(ADVISORIES, Query::all(AT_ONCE).with(asked).after(after))
                    .await?;
                for document in &page.documents {
                    let stored: Stored<Advisory> = crate::record::read("advisory", document)?;
                    found.push(stored.thing);
                }
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
        }
        Ok(found)
    }

    /// One flaw, if the actor may see it. They are matters of the whole city.
    pub async fn flaw(&self, actor: &Actor, id: Uuid) -> Result<Option<Stored<Flaw>>, SecurityError> {
        if actor.scope.tenant != self.tenant || !actor.scope.sees(&[], crate::record::CLASSIFICATION) {
            return Ok(None);
        }
        let document = self.records.get(FLAWS, &id.to_string()).await?;
        document.as_ref().map(read).transpose()
    }

    /// A page of flaws, the soonest due first.
    pub async fn flaws(
        &self,
        actor: &Actor,
        filter: &Filter,
        after: Option<After>,
        limit: usize,
    ) -> Result<(Vec<Stored<Flaw>>, Option<After>), SecurityError> {
        let lists = [
            Condition::any_of("state", &filter.states),
            Condition::any_of("grade", filter.grades.iter().map(|grade| grade.code())),
        ];
        let lists = lists
            .into_iter()
            .filter(|list| !matches!(list, Condition::AnyOf(_, values) if values.is_empty()));
        let words = filter
            .words
            .iter()
            .map(|words| Condition::Words("words", words.clone()));
        let due = filter
            .due_before
            .map(|due| Condition::Between("due", None, Some(due.micros())));
        let Some(query) = self.asked(actor, lists.chain(words).chain(due).collect(), limit) else {
            return Ok((Vec::new(), None));
        };
        self.flaw_page(query.by(Order::Ascending("due")).after(after)).await
    }

    /// All flaws that were ever found.
    pub async fn all_flaws(&self) -> Result<Vec<Stored<Flaw>>, SecurityError> {
        let (mut all, mut after) = (Vec::new(), None);
        for _ in 0..MAX_PAGES {
            let (page, next) = self.flaw_page(Query::all(AT_ONCE).after(after)).await?;
            all.extend(page);
            after = next;
            if after.is_none() {
                break;
            }
        }
        Ok(all)
    }

    /// Flaws with which something happens by itself at `now`, the longest waiting first.
    pub async fn ripe(&self, now: Timestamp) -> Result<Vec<Stored<Flaw>>, SecurityError> {
        let asked = Condition::Between("next", None, Some(now.micros().saturating_add(1)));
        let query = Query::all(AT_ONCE).with(asked).by(Order::Ascending("next"));
        Ok(self.flaw_page(query).await?.0)
    }

    /// Writes flaws that are still at their versions, with their facts and signals: all or nothing for each two hundred.
    pub async fn save_flaws(&self, actor: &Actor, flaws: Vec<(Stored<Flaw>, Vec<Fact>)>) -> Result<(), SecurityError> {
        let mut flaws = flaws.into_iter().peekable();
        while flaws.peek().is_some() {
            let (mut changes, mut facts) = (Vec::new(), Vec::new());
            for (stored, told) in flaws.by_ref().take(AT_ONCE) {
                changes.push(Change::Put {
                    collection: FLAWS,
                    key: stored.thing.id.to_string(),
                    expect: Expect::since(stored.version),
                    body: write(&stored.thing)?,
                    indexes: indexes(&stored.thing),
                });
                facts.extend(told);
            }
            self.commit(actor, changes, facts).await?;
        }
        Ok(())
    }

    async fn flaw_page(&self, query: Query) -> Result<(Vec<Stored<Flaw>>, Option<After>), SecurityError> {
        let page = self.records.query(FLAWS, query).await?;
        let flaws = page.documents.iter().map(read).collect::<Result<_, SecurityError>>()?;
        Ok((flaws, page.next))
    }
}
