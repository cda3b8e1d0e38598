//! SQL for people: one SELECT or EXPLAIN over the views, within memory, time, rows and the actor's scope (SEMANTICS 28).

use super::bound::Threads;
use super::check::{Checked, check};
use super::error::{QueryError, close_names};
use super::function::scalar_functions;
use super::ground::{Ground, Pinned};
use super::registry::SeriesView;
use super::rows::{Column, Format, Rows};
use super::tables::{Described, MAX_ROWS, Tables};
use super::watch::Watch;
use crate::model::TableName;
use datafusion::catalog::TableProvider;
use datafusion::datasource::{MemTable, ViewTable};
use datafusion::error::DataFusionError;
use datafusion::execution::SessionStateBuilder;
use datafusion::execution::context::SessionConfig;
use datafusion::execution::context::{SQLOptions, SessionContext, SessionState};
use datafusion::functions::core::planner::CoreFunctionPlanner;
use datafusion::functions::datetime::planner::DatetimeFunctionPlanner;
use datafusion::functions::unicode::planner::UnicodeFunctionPlanner;
use datafusion::logical_expr::LogicalPlanBuilder;
use datafusion::physical_plan::execute_stream;
use futures::StreamExt;
use kernel::actor::Actor;
use kernel::time::Timestamp;
use std::collections::BTreeSet;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// What one statement may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SqlLimits {
    /// Memory of one question, in MiB.
    pub memory_mib: usize,
    /// Longest time of one question.
    pub time: Duration,
    /// Questions at once.
    pub at_once: usize,
    /// Questions that wait; beyond, they are refused at once.
    pub waiting: usize,
    /// Rows of an answer at most.
    pub max_rows: usize,
    /// Threads that compute.
    pub threads: usize,
}

impl Default for SqlLimits {
    fn default() -> Self {
        Self {
            memory_mib: 256,
            time: Duration::from_secs(30),
            at_once: 2,
            waiting: 8,
            max_rows: 10_000,
            threads: 2,
        }
    }
}

/// Bytes of an answer at most.
const MAX_ANSWER_BYTES: usize = 32 << 20;

/// A question.
#[derive(Clone, Debug)]
pub struct Statement {
    /// The SQL.
    pub sql: String,
    /// Rows that are wanted at most.
    pub limit: usize,
    /// How the rows are written.
    pub format: Format,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// Its columns.
    pub columns: Vec<Column>,
    /// The rows in the format that was asked for.
    pub rows: Vec<u8>,
    /// How many.
    pub count: usize,
    /// Whether there were more.
    pub more: bool,
    /// Everything that had arrived by then was looked at.
    pub known_to: Timestamp,
    /// How long it took.
    pub took: Duration,
}

/// Columns of `observations` that are shown.
pub(crate) const OBSERVATION_COLUMNS: [&str; 9] = [
    "series", "time", "kind", "number", "text", "quality", "doubt", "received", "position",
];
/// Columns of the roll-ups that are shown.
pub(crate) const ROLLUP_COLUMNS: [&str; 11] = [
    "series",
    "bucket",
    "count",
    "good",
    "min",
    "max",
    "sum",
    "first",
    "last",
    "first_time",
    "last_time",
];
/// Observations with the words of their series.
const VALUES: &str = "SELECT o.time, s.device, s.entity, s.attribute, s.name, o.number AS value, o.text, s.unit, \
    CASE o.quality WHEN 0 THEN 'good' WHEN 1 THEN 'suspect' ELSE 'bad' END AS quality, \
    o.received, s.areas, s.title_vi, s.title_en, o.series \
    FROM observations o JOIN series s ON o.series = s.series";

/// Answers statements.
#[derive(Debug)]
pub struct Sql {
    ground: Arc<Ground>,
    tables: Vec<Arc<dyn Tables>>,
    limits: SqlLimits,
    threads: Threads,
}

impl Sql {
    pub(crate) fn new(ground: Arc<Ground>, tables: Vec<Arc<dyn Tables>>, limits: SqlLimits) -> Self {
        Self {
            ground,
            tables,
            limits,
            threads: Threads::new(limits.threads, limits.at_once, limits.waiting),
        }
    }

    /// The limits.
    pub fn limits(&self) -> SqlLimits {
        self.limits
    }

    /// How many statements run now.
    pub fn running(&self) -> usize {
        self.threads.running()
    }

    /// Tables of other slices.
    pub(crate) fn described(&self) -> Vec<Described> {
        self.tables.iter().flat_map(|tables| tables.describe()).collect()
    }

    /// Answers, or says why not, at the latest when `end` resolves.
    pub(crate) async fn ask(
        &self,
        actor: &Actor,
        statement: Statement,
        end: impl Future<Output = ()>,
    ) -> Result<Answer, QueryError> {
        let begun = Instant::now();
        let Checked {
            statement: parsed,
            explain,
            runs,
        } = check(&statement.sql)?;
        let names = names_in(&statement.sql, &parsed, &self.described())?;
        let mut others = Vec::new();
        for tables in &self.tables {
            for described in tables.describe() {
                if names.contains(described.name) {
                    let rows = tables.rows(actor, described.name, MAX_ROWS).await?;
                    others.push((described.clone(), described.batch(&rows)?));
                }
            }
        }
        let (ground, scope) = (Arc::clone(&self.ground), actor.scope.clone());
        let (limits, limit, format) = (
            self.limits,
            statement.limit.clamp(1, self.limits.max_rows),
            statement.format,
        );
        let late = move || QueryError::Time(limits.time.as_secs());
        let work = |stop: CancellationToken| async move {
            let memory = limits.memory_mib << 20;
            let heavy = |error: DataFusionError| {
                if QueryError::is_memory(&error) {
                    QueryError::Memory(limits.memory_mib)
                } else {
                    QueryError::from_engine(error)
                }
            };
            let pinned = ground.pin(&scope).await?;
            let known_to = known_to(&ground, &pinned, &names).await?;
            let surroundings = ground.surroundings(memory)?;
            let mut builder = SessionStateBuilder::new_with_default_features()
                .with_config(config(limits.threads))
                .with_runtime_env(surroundings)
                .with_scalar_functions(scalar_functions())
                .with_higher_order_functions(Vec::new())
                .with_table_functions(Default::default())
                .with_expr_planners(vec![
                    Arc::new(CoreFunctionPlanner::default()),
                    Arc::new(DatetimeFunctionPlanner),
                    Arc::new(UnicodeFunctionPlanner),
                    Arc::new(datafusion::functions_aggregate::planner::AggregateFunctionPlanner),
                    Arc::new(datafusion::functions_window::planner::WindowFunctionPlanner),
                ]);
            if runs {
                builder = builder.with_physical_optimizer_rule(Arc::new(Watch(stop)));
            }
            let context = SessionContext::new_with_state(builder.build());
            register(&context, &pinned, &ground, others).await.map_err(heavy)?;
            let mut state = context.state();
            set_now(&mut state, ground.clock.now());
            let plan = state.statement_to_plan(parsed).await.map_err(heavy)?;
            SQLOptions::new()
                .with_allow_ddl(false)
                .with_allow_dml(false)
                .with_allow_statements(false)
                .verify_plan(&plan)
                .map_err(|error| QueryError::Forbidden(error.strip_backtrace()))?;
            let plan = if explain {
                plan
            } else {
                let limited = LogicalPlanBuilder::from(plan)
                    .limit(0, Some(limit + 1))
                    .and_then(LogicalPlanBuilder::build);
                limited.map_err(heavy)?
            };
            let physical = state.create_physical_plan(&plan).await.map_err(heavy)?;
            let columns = physical
                .schema()
                .fields()
                .iter()
                .map(|field| Column::of(field))
                .collect();
            let mut stream = execute_stream(physical, state.task_ctx()).map_err(heavy)?;
            let mut rows = Rows::new(format, limit, MAX_ANSWER_BYTES);
            while let Some(batch) = stream.next().await {
                if !rows.take(&batch.map_err(heavy)?)? {
                    break;
                }
            }
            Ok(Answer {
                columns,
                rows: rows.bytes,
                count: rows.count,
                more: rows.more,
                known_to,
                took: begun.elapsed(),
            })
        };
        self.threads.run(end, late, work).await
    }
}

/// Everything that had arrived by then was looked at: roll-ups are behind the rows.
async fn known_to(ground: &Ground, pinned: &Pinned, names: &BTreeSet<String>) -> Result<Timestamp, QueryError> {
    let mut known_to = pinned.known_to;
    for rollup in [TableName::Rollup5m, TableName::Rollup1h] {
        if names.contains(rollup.as_str()) {
            let after = ground.arrived_after(pinned.state.table(rollup).position).await?;
            known_to = after.map_or(known_to, |after| known_to.min(after));
        }
    }
    Ok(known_to)
}

fn config(threads: usize) -> SessionConfig {
    let mut config = SessionConfig::new()
        .with_target_partitions(threads)
        .with_information_schema(false)
        .with_batch_size(8_192);
    let options = config.options_mut();
    options.sql_parser.collect_spans = true;
    // a view is split already as it is read
    options.optimizer.enable_round_robin_repartition = false;
    config
}

/// `now()` is the clock of the instance, which may be virtual.
fn set_now(state: &mut SessionState, now: Timestamp) {
    state.mark_start_execution();
    if let Some(now) = chrono::DateTime::from_timestamp_micros(now.micros()) {
        state.execution_props_mut().query_execution_start_time = Some(now);
    }
}

async fn register(
    context: &SessionContext,
    pinned: &Pinned,
    ground: &Ground,
    others: Vec<(Described, datafusion::arrow::array::RecordBatch)>,
) -> Result<(), DataFusionError> {
    let observations = pinned.view(TableName::Observations, &OBSERVATION_COLUMNS)?;
    context.register_table(TableName::Observations.as_str(), Arc::new(observations))?;
    for rollup in [TableName::Rollup5m, TableName::Rollup1h] {
        context.register_table(rollup.as_str(), Arc::new(pinned.view(rollup, &ROLLUP_COLUMNS)?))?;
    }
    let series = SeriesView {
        registry: Arc::clone(&ground.registry),
        visible: Arc::clone(&pinned.visible),
    };
    context.register_table(TableName::Series.as_str(), Arc::new(series))?;
    let values = context.state().create_logical_plan(VALUES).await?;
    context.register_table("observation_values", Arc::new(ViewTable::new(values, None)))?;
    for (described, batch) in others {
        let table: Arc<dyn TableProvider> = Arc::new(MemTable::try_new(described.schema(), vec![vec![batch]])?);
        context.register_table(described.name, table)?;
    }
    Ok(())
}

/// The views and tables that a statement names; one that does not exist is a mistake with what was perhaps meant.
fn names_in(
    sql: &str,
    statement: &datafusion::sql::parser::Statement,
    own: &[Described],
) -> Result<BTreeSet<String>, QueryError> {
    let (references, _) =
        datafusion::sql::resolve::resolve_table_references(statement, true).map_err(QueryError::from_engine)?;
    let known: Vec<&str> = TableName::ALL
        .iter()
        .map(|table| table.as_str())
        .chain(["observation_values"])
        .chain(own.iter().map(|described| described.name))
        .collect();
    let mut names = BTreeSet::new();
    for reference in references {
        let name = reference.table();
        if !known.contains(&name) || reference.schema().is_some_and(|schema| schema != "public") {
            let mut mistake =
                super::error::Mistake::new(format!("there is no table {reference}; there are {}", known.join(", ")));
            mistake.suggestions = close_names(name, known.iter().copied());
            if let Some((line, column)) = place_of(sql, name) {
                mistake = mistake.at(line, column);
            }
            return Err(mistake.into_error());
        }
        names.insert(name.to_owned());
    }
    Ok(names)
}

/// Line and column at which a name stands as a word of its own.
fn place_of(sql: &str, name: &str) -> Option<(u64, u64)> {
    let lower = sql.to_ascii_lowercase();
    let name = name.to_ascii_lowercase();
    let part_of_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let found = lower.match_indices(&name).find(|(at, _)| {
        !part_of_word(lower[..*at].chars().next_back()) && !part_of_word(lower[at + name.len()..].chars().next())
    });
    let (at, _) = found?;
    let before = &lower[..at];
    let line = before.matches('\n').count() as u64 + 1;
    let column = before.rsplit('\n').next().unwrap_or(before).chars().count() as u64 + 1;
    Some((line, column))
}

#[cfg(test)]
mod tests {
    use super::place_of;

    #[test]
    fn a_name_is_found_as_a_word() {
        assert_eq!(place_of("select series\n from  Serie s", "serie"), Some((2, 8)));
        assert_eq!(place_of("select 1", "x"), None);
    }
}
