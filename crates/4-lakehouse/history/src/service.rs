//! Who may ask the past what: ranges for everybody on duty, SQL for those who work with data, each within their scope.

use crate::lake::Lake;
use crate::model::LakeStatus;
use crate::query::error::QueryError;
use crate::query::ground::Ground;
use crate::query::range::{RangeAnswer, RangeAsk, Ranges};
use crate::query::sql::{Answer, Sql, SqlLimits, Statement};
use crate::query::tables::{Described, Tables};
use crate::query::tail::Tail;
use crate::query::visible::Visible;
use audit::model::Outcome;
use audit::store::{Access, AuditLog};
use kernel::actor::Actor;
use kernel::clock::Clock;
use kernel::error::Classified;
use observation::series::SeriesRegistry;
use policy::action::Action;
use policy::compiled::permit;
use ports::series::SeriesLog;
use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;

/// Signs of a statement that its audit record keeps.
const AUDITED_SIGNS: usize = 4_000;

/// What the service stands on.
#[derive(Debug)]
pub struct Parts {
    /// The lake, as its writer publishes it.
    pub lake: Lake,
    /// The hot log.
    pub log: SeriesLog,
    /// All series.
    pub registry: Arc<SeriesRegistry>,
    /// The clock of the instance.
    pub clock: Arc<dyn Clock>,
    /// Where each statement is written down.
    pub audit: AuditLog,
    /// Tables of other slices.
    pub tables: Vec<Arc<dyn Tables>>,
    /// What one statement may use.
    pub limits: SqlLimits,
}

/// Asks the past. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct History {
    ground: Arc<Ground>,
    ranges: Arc<Ranges>,
    sql: Arc<Sql>,
    audit: AuditLog,
}

/// A table that SQL can ask.
#[derive(Debug)]
pub(crate) struct KnownTables {
    /// Views over the lake.
    pub(crate) views: Vec<crate::query::texts::Shown>,
    /// Tables of other slices.
    pub(crate) others: Vec<Described>,
    /// Rows of views that the actor sees in full.
    pub(crate) rows: BTreeMap<&'static str, u64>,
}

impl History {
    /// Nothing runs and nothing is read before the first question.
    pub fn new(parts: Parts) -> Self {
        let tail = Arc::new(Tail::new(parts.log.clone()));
        let ground = Arc::new(Ground::new(parts.lake, tail, parts.log, parts.registry, parts.clock));
        Self {
            ranges: Arc::new(Ranges::new(Arc::clone(&ground), parts.limits.threads)),
            sql: Arc::new(Sql::new(Arc::clone(&ground), parts.tables, parts.limits)),
            ground,
            audit: parts.audit,
        }
    }

    /// Ranges of series.
    pub async fn range(&self, actor: &Actor, ask: RangeAsk) -> Result<RangeAnswer, QueryError> {
        allow(actor, Action::HistoryRead)?;
        self.ranges.ask(actor, ask).await
    }

    /// Answers a statement within its time. It stops when the future is dropped.
    pub async fn sql(&self, actor: &Actor, statement: Statement) -> Result<Answer, QueryError> {
        let end = tokio::time::sleep(self.sql.limits().time);
        self.sql_until(actor, statement, end).await
    }

    /// Answers a statement unless `end` comes first.
    pub async fn sql_until(
        &self,
        actor: &Actor,
        statement: Statement,
        end: impl Future<Output = ()>,
    ) -> Result<Answer, QueryError> {
        if let Err(denied) = allow(actor, Action::SqlAsk) {
            self.write(actor, "sql.asked", &statement.sql, Outcome::Denied, BTreeMap::new())
                .await?;
            return Err(denied);
        }
        // written before it runs, so that a question whose asker went away is on record, too
        self.write(actor, "sql.asked", &statement.sql, Outcome::Allowed, BTreeMap::new())
            .await?;
        let sql = statement.sql.clone();
        let answer = self.sql.ask(actor, statement, end).await;
        let (outcome, detail) = match &answer {
            Ok(answer) => {
                let detail = [
                    ("rows", answer.count.to_string()),
                    ("took_ms", answer.took.as_millis().to_string()),
                ];
                (Outcome::Allowed, detail.to_vec())
            }
            Err(error) => (Outcome::Failed, vec![("code", error.code().to_owned())]),
        };
        let detail = detail
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        self.write(actor, "sql.answered", &sql, outcome, detail).await?;
        metrics::counter!("hanoi_ioc_history_sql_total", "outcome" => if answer.is_ok() { "answered" } else { "failed" })
            .increment(1);
        answer
    }

    async fn write(
        &self,
        actor: &Actor,
        act: &str,
        sql: &str,
        outcome: Outcome,
        detail: BTreeMap<String, String>,
    ) -> Result<(), QueryError> {
        let access = Access {
            actor: actor.id.clone(),
            act: act.to_owned(),
            target: sql.chars().take(AUDITED_SIGNS).collect(),
            outcome,
            from: String::new(),
            detail,
        };
        self.audit.write(access).await?;
        Ok(())
    }

    /// Rows of an answer at most.
    pub(crate) fn max_rows(&self) -> usize {
        self.sql.limits().max_rows
    }

    /// How many statements run now.
    pub fn running(&self) -> usize {
        self.sql.running()
    }

    /// What SQL can ask.
    pub(crate) fn tables(&self, actor: &Actor) -> Result<KnownTables, QueryError> {
        allow(actor, Action::SqlAsk)?;
        let mut rows = BTreeMap::new();
        let visible = Visible::of(&self.ground.registry, &actor.scope);
        rows.insert("series", u64::from(visible.count()));
        // a count of all rows would tell of hidden ones
        if let Some(state) = self.ground.lake.state().filter(|_| visible.is_all()) {
            for table in [&state.observations, &state.rollup_5m, &state.rollup_1h] {
                rows.insert(table.name.as_str(), table.status().rows);
            }
        }
        Ok(KnownTables {
            views: crate::query::texts::views(),
            others: self.sql.described(),
            rows,
        })
    }

    /// How the lake does.
    pub fn status(&self, actor: &Actor) -> Result<LakeStatus, QueryError> {
        allow(actor, Action::LakeRead)?;
        Ok(self.ground.lake.status(self.ground.clock.now()))
    }

    /// The instance's clock.
    pub(crate) fn clock(&self) -> &dyn Clock {
        self.ground.clock.as_ref()
    }
}

fn allow(actor: &Actor, action: Action) -> Result<(), QueryError> {
    permit(actor, action).map_err(|refused| QueryError::Denied(refused.to_string()))
}
