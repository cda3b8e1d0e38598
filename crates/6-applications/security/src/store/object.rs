//! Reviews of objects. Whether the object may be seen was asked of its source.

use super::Store;
use crate::error::SecurityError;
use crate::model::object::Reviewed;
use crate::record::Stored;
use crate::record::object::{REVIEWS, indexes, key, read, write};
use kernel::actor::Actor;
use kernel::fact::Fact;
use ports::query::{Condition, Query};
use ports::records::{Change, Expect};

impl Store {
    /// The reviews of these objects, by key; at most 1,000.
    pub async fn reviews(&self, actor: &Actor, keys: Vec<String>) -> Result<Vec<Stored<Reviewed>>, SecurityError> {
        if keys.is_empty() || actor.scope.tenant != self.tenant {
            return Ok(Vec::new());
        }
        let query = Query::all(keys.len()).with(Condition::AnyOf("object", keys));
        let page = self.records.query(REVIEWS, query).await?;
        page.documents.iter().map(read).collect()
    }

    /// Writes reviews if they are still at their version, with the fact.
    pub async fn save_review(&self, actor: &Actor, stored: &Stored<Reviewed>, fact: Fact) -> Result<(), SecurityError> {
        let put = Change::Put {
            collection: REVIEWS,
            key: key(stored.thing.kind, &stored.thing.id),
            expect: Expect::since(stored.version),
            body: write(&stored.thing)?,
            indexes: indexes(&stored.thing),
        };
        self.commit(actor, vec![put], vec![fact]).await
    }
}
