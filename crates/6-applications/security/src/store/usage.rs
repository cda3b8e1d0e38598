//! The use of clients by day.

use super::Store;
use crate::error::SecurityError;
use crate::model::usage::{Client, Day, Figures, Kind};
use crate::record::Stored;
use crate::record::usage::{USAGE, indexes, key, read, write};
use kernel::actor::Actor;
use kernel::time::Timestamp;
use ports::query::{After, Condition, Order, Query};
use ports::records::{Change, Expect};

/// Whose use, on which day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// The local day.
    pub day: i64,
    /// Kinds of clients; all when empty.
    pub kinds: Vec<Kind>,
    /// Beginnings of words.
    pub words: Option<String>,
}

/// Something to be added.
#[derive(Clone, Debug)]
pub struct More {
    /// On which day.
    pub day: i64,
    /// For whom.
    pub client: Client,
    /// How much.
    pub figures: Figures,
}

impl Store {
    /// What storage knows of a client on a day.
    pub async fn used(&self, actor: &Actor, day: i64, client: &Client) -> Result<Figures, SecurityError> {
        if actor.scope.tenant != self.tenant {
            return Ok(Figures::default());
        }
        let document = self.records.get(USAGE, &key(day, client)).await?;
        let stored = document.as_ref().map(read).transpose()?;
        Ok(stored.map_or_else(Figures::default, |stored| stored.thing.figures))
    }

    /// Adds to what is stored, all together. This program is the only writer.
    pub async fn add(&self, actor: &Actor, more: &[More], seen: Timestamp) -> Result<(), SecurityError> {
        let mut changes = Vec::with_capacity(more.len());
        for More { day, client, figures } in more {
            let key = key(*day, client);
            let stored = self.records.get(USAGE, &key).await?.as_ref().map(read).transpose()?;
            let (version, before) = stored.map_or((0, Figures::default()), |stored: Stored<Day>| {
                (stored.version, stored.thing.figures)
            });
            let (day, client, figures) = (*day, client.clone(), before.plus(*figures));
            let day = Day {
                day,
                client,
                figures,
                seen,
            };
            changes.push(Change::Put {
                collection: USAGE,
                key,
                expect: Expect::since(version),
                body: write(&day)?,
                indexes: indexes(&day),
            });
        }
        self.commit(actor, changes, Vec::new()).await
    }

    /// A page of a day, those that ask most first.
    pub async fn usage(
        &self,
        actor: &Actor,
        filter: &Filter,
        after: Option<After>,
        limit: usize,
    ) -> Result<(Vec<Day>, Option<After>), SecurityError> {
        let mut asked = vec![Condition::Between(
            "day",
            Some(filter.day),
            Some(filter.day.saturating_add(1)),
        )];
        if !filter.kinds.is_empty() {
            asked.push(Condition::any_of("kind", filter.kinds.iter().map(|kind| kind.code())));
        }
        asked.extend(
            filter
                .words
                .iter()
                .map(|words| Condition::Words("words", words.clone())),
        );
        let Some(query) = self.asked(actor, asked, limit) else {
            return Ok((Vec::new(), None));
        };
        let page = self
            .records
            .query(USAGE, query.by(Order::Descending("requests")).after(after))
            .await?;
        let days = page
            .documents
            .iter()
            .map(|document| read(document).map(|stored| stored.thing));
        Ok((days.collect::<Result<_, SecurityError>>()?, page.next))
    }

    /// Forgets days before `day`, at most `limit` of them; says how many.
    pub async fn forget_usage(&self, actor: &Actor, day: i64, limit: usize) -> Result<usize, SecurityError> {
        let query = Query::all(limit).with(Condition::Between("day", None, Some(day)));
        let page = self.records.query(USAGE, query).await?;
        let count = page.documents.len();
        let delete = |document: ports::records::Document| Change::Delete {
            collection: USAGE,
            key: document.key,
            expect: Expect::Any,
        };
        if count > 0 {
            let changes = page.documents.into_iter().map(delete).collect();
            self.commit(actor, changes, Vec::new()).await?;
        }
        Ok(count)
    }
}
