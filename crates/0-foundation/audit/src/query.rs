//! Finding records: a filter, newest first, in pieces of bounded work.

use crate::model::{AuditRecord, Class, Outcome};
use crate::trail::{Entry, Trail};
use kernel::actor::ActorId;
use kernel::time::Timestamp;
use ports::error::Result;

/// Records that one question looks at, at most; the answer then says where to go on.
pub const LOOKED_AT: u64 = 200_000;
/// Records that are read at once.
const PIECE: u64 = 4_096;
const READ: usize = 8 << 20;

/// What is asked for; what is `None` or empty does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// At or after this time.
    pub from: Option<Timestamp>,
    /// Before this time.
    pub to: Option<Timestamp>,
    /// Who: `person:<id>`, `device:<id>`, `service:<name>`, `anonymous`, or the id alone.
    pub actors: Vec<String>,
    /// Part of what was done, such as `/api/v1/alerts` or `sql.`; upper and lower case are the same.
    pub act: Option<String>,
    /// Part of what it was done to.
    pub target: Option<String>,
    /// How it ended.
    pub outcomes: Vec<Outcome>,
    /// Beginning of the address that it came from.
    pub source: Option<String>,
    /// What kind of record.
    pub classes: Vec<Class>,
}

impl Filter {
    /// Whether a record is asked for.
    pub fn takes(&self, record: &AuditRecord) -> bool {
        let any =
            |list: &[String], text: &str, id: &str| list.is_empty() || list.iter().any(|one| one == text || one == id);
        let part = |wanted: &Option<String>, text: &str| {
            wanted
                .as_ref()
                .is_none_or(|wanted| text.to_lowercase().contains(&wanted.to_lowercase()))
        };
        self.from.is_none_or(|from| record.at >= from)
            && self.to.is_none_or(|to| record.at < to)
            && (self.outcomes.is_empty() || self.outcomes.contains(&record.outcome))
            && any(&self.actors, &record.actor.to_string(), &id_of(&record.actor))
            && part(&self.act, &record.act)
            && part(&self.target, &record.target)
            && self
                .source
                .as_ref()
                .is_none_or(|source| record.from.starts_with(source))
            && (self.classes.is_empty() || self.classes.contains(&record.class()))
    }

    fn may_be_in(&self, (earliest, latest): (Timestamp, Timestamp)) -> bool {
        self.from.is_none_or(|from| latest >= from) && self.to.is_none_or(|to| earliest < to)
    }
}

fn id_of(actor: &ActorId) -> String {
    match actor {
        ActorId::Person(id) => id.to_string(),
        ActorId::Device(id) => id.to_string(),
        ActorId::Service(name) => name.clone(),
        ActorId::Anonymous => "anonymous".to_owned(),
    }
}

/// A page of records.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Newest first.
    pub items: Vec<(Entry, AuditRecord)>,
    /// Go on before this number; `None` when the first record was reached.
    pub before: Option<u64>,
}

/// Looks through the records before number `before`, newest first, until `limit` are found or [`LOOKED_AT`] were looked at.
pub async fn find(trail: &Trail, filter: &Filter, before: Option<u64>, limit: usize) -> Result<Found> {
    let tree = trail.tree();
    let mut end = before.unwrap_or(u64::MAX).min(tree.size());
    let mut found = Found::default();
    let mut looked = 0;
    while end > 0 {
        let tile = (end - 1) >> tree.level();
        let begin = tile << tree.level();
        if tree.times(tile).is_some_and(|times| !filter.may_be_in(times)) {
            end = begin;
            continue;
        }
        let from = begin.max(end.saturating_sub(PIECE));
        let mut piece = Vec::new();
        let mut at = from;
        while at < end {
            let (entries, next) = trail.read(at, end, READ).await?;
            piece.extend(entries);
            at = next;
        }
        looked += end - from;
        end = from;
        for entry in piece.into_iter().rev() {
            let record = entry.record()?;
            if filter.takes(&record) {
                let index = entry.index;
                found.items.push((entry, record));
                if found.items.len() == limit {
                    found.before = (index > 0).then_some(index);
                    return Ok(found);
                }
            }
        }
        if looked >= LOOKED_AT {
            found.before = (end > 0).then_some(end);
            return Ok(found);
        }
    }
    Ok(found)
}
