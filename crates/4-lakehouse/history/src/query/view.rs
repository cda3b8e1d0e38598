//! The views that people ask: each a table with the filter of who asks inside, so that no hidden row is ever counted.
//!
//! A view is a leaf of the engine's plan. Nothing is pushed into it but series and time, so that no expression of a
//! statement is ever evaluated on a hidden row, not even to fail on it; and `EXPLAIN ANALYZE` counts what leaves it only.

use super::overlay::{Names, Overlay};
use super::scan;
use super::visible::Visible;
use super::wanted::Wanted;
use crate::lake::file::LakeFile;
use crate::lake::table::TableState;
use crate::model::TableName;
use async_trait::async_trait;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::buffer::BooleanBuffer;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryReservation};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_expr::{EquivalenceProperties, PhysicalExpr};
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, Partitioning, PlanProperties, ReplaceChildrenOptions, execute_stream,
};
use futures::StreamExt;
use parking_lot::Mutex;
use std::fmt;
use std::sync::Arc;

/// A table of the lake, as one actor sees it.
#[derive(Debug)]
pub(crate) struct View {
    /// The version that is read.
    pub(crate) table: TableState,
    /// Rows that the table does not have yet, in the columns of its files.
    pub(crate) tail: Vec<RecordBatch>,
    /// What may be seen.
    pub(crate) visible: Arc<Visible>,
    /// The columns that are shown: those of the files that mean something outside.
    pub(crate) shown: Vec<usize>,
    schema: SchemaRef,
    file_schema: SchemaRef,
}

impl View {
    /// Shows these columns of a table.
    pub(crate) fn new(
        table: TableState,
        tail: Vec<RecordBatch>,
        visible: Arc<Visible>,
        columns: &[&str],
    ) -> Result<Self> {
        let file_schema = crate::lake::encode::file_schema(table.name);
        let shown: std::result::Result<Vec<usize>, _> =
            columns.iter().map(|column| file_schema.index_of(column)).collect();
        let shown = shown?;
        let schema = Arc::new(file_schema.project(&shown)?);
        Ok(Self {
            table,
            tail,
            visible,
            shown,
            schema,
            file_schema,
        })
    }

    fn name(&self) -> TableName {
        self.table.name
    }

    /// The rows that may replace others: those of late files and those of the tail.
    async fn overlay(&self, session: &dyn Session, late: &[&LakeFile], wanted: &Wanted) -> Result<Overlay> {
        let mut batches: Vec<RecordBatch> = Vec::new();
        if !late.is_empty() {
            let all: Vec<usize> = (0..self.file_schema.fields().len()).collect();
            let plan = scan::plan(session, self.name(), late, &all, Some(wanted))?;
            let mut rows = execute_stream(plan, session.task_ctx())?;
            let mut count = 0;
            while let Some(batch) = rows.next().await {
                let batch = batch?;
                count += batch.num_rows();
                batches.push(batch);
                // beyond this the overlay itself says what to do
                if count > super::overlay::MAX_ROWS {
                    break;
                }
            }
        }
        batches.extend(self.tail.iter().cloned());
        Overlay::of(&self.file_schema, batches, wanted, &self.visible)
            .map_err(|error| DataFusionError::External(Box::new(super::error::Unbounded(error.to_string()))))
    }

    /// A plan with these columns of the files and all rows that are wanted, count and may be seen.
    pub(crate) async fn plan(
        &self,
        session: &dyn Session,
        columns: &[usize],
        wanted: &Wanted,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let (parts, late) = scan::files(&self.table, wanted);
        let overlay = self.overlay(session, &late, wanted).await?;
        let held =
            MemoryConsumer::new("rows that are late or not yet in files").register(&session.runtime_env().memory_pool);
        held.try_grow(overlay.bytes())?;
        let mut groups = Vec::new();
        for (covered, replaced) in [(true, false), (true, true), (false, false), (false, true)] {
            let files: Vec<&LakeFile> = parts
                .iter()
                .copied()
                .filter(|file| wanted.covers(file) == covered && overlay.meets(file.time) == replaced)
                .collect();
            if files.is_empty() {
                continue;
            }
            let mut read = columns.to_vec();
            let mut need = |column: &str| -> Result<()> {
                let index = self.file_schema.index_of(column)?;
                if !read.contains(&index) {
                    read.push(index);
                }
                Ok(())
            };
            if !covered || replaced {
                need("series")?;
                need(self.name().time_column())?;
            } else if !self.visible.is_all() {
                need("series")?;
            }
            let plan = scan::plan(session, self.name(), &files, &read, (!covered).then_some(wanted))?;
            groups.push(Group { plan, replaced });
        }
        let schema = Arc::new(self.file_schema.project(columns)?);
        Ok(Arc::new(ViewExec::new(
            self, schema, columns, groups, overlay, held, wanted,
        )?))
    }
}

#[async_trait]
impl TableProvider for View {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }
    fn table_type(&self) -> TableType {
        TableType::View
    }
    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        let time = self.name().time_column();
        let met = |filter: &&Expr| {
            if Wanted::ALL.clone().narrow(filter, time) {
                TableProviderFilterPushDown::Exact
            } else {
                TableProviderFilterPushDown::Unsupported
            }
        };
        Ok(filters.iter().map(met).collect())
    }
    async fn scan(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        _limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let mut wanted = Wanted::ALL;
        for filter in filters {
            if !wanted.narrow(filter, self.name().time_column()) {
                return Err(DataFusionError::Internal(format!("{filter} was not offered")));
            }
        }
        let columns: Vec<usize> = match projection {
            Some(projection) => projection
                .iter()
                .filter_map(|index| self.shown.get(*index).copied())
                .collect(),
            None => self.shown.clone(),
        };
        self.plan(session, &columns, &wanted).await
    }
}

/// Files that are read in the same way.
#[derive(Debug)]
struct Group {
    plan: Arc<dyn ExecutionPlan>,
    /// Whether rows of it may have been replaced.
    replaced: bool,
}

/// The leaf of the plan.
struct ViewExec {
    name: &'static str,
    wanted: String,
    columns: Vec<String>,
    time_column: &'static str,
    visible: Arc<Visible>,
    groups: Vec<Group>,
    overlay: Arc<Overlay>,
    properties: Arc<PlanProperties>,
    /// Memory of the overlay, given back with the plan.
    _held: Mutex<MemoryReservation>,
}

impl ViewExec {
    fn new(
        view: &View,
        schema: SchemaRef,
        columns: &[usize],
        groups: Vec<Group>,
        overlay: Overlay,
        held: MemoryReservation,
        wanted: &Wanted,
    ) -> Result<Self> {
        let widest = groups
            .iter()
            .map(|group| group.plan.properties().partitioning.partition_count());
        let partitions = widest.max().unwrap_or(1).max(1);
        let properties = PlanProperties::new(
            EquivalenceProperties::new(Arc::clone(&schema)),
            Partitioning::UnknownPartitioning(partitions),
            EmissionType::Incremental,
            Boundedness::Bounded,
        );
        let time_column = view.name().time_column();
        let names = columns
            .iter()
            .map(|index| view.file_schema.field(*index).name().clone());
        Ok(Self {
            name: view.name().as_str(),
            wanted: wanted
                .filter(time_column)
                .map_or_else(String::new, |filter| filter.to_string()),
            columns: names.collect(),
            time_column,
            visible: Arc::clone(&view.visible),
            groups,
            overlay: Arc::new(overlay),
            properties: Arc::new(properties),
            _held: Mutex::new(held),
        })
    }

    fn sieve(&self, replaced: bool) -> Sieve {
        Sieve {
            columns: self.columns.clone(),
            time_column: self.time_column,
            visible: (!self.visible.is_all()).then(|| Arc::clone(&self.visible)),
            overlay: replaced.then(|| Arc::clone(&self.overlay)),
        }
    }
}

impl fmt::Debug for ViewExec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ViewExec({})", self.name)
    }
}

impl DisplayAs for ViewExec {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "View {}: columns=[{}]", self.name, self.columns.join(", "))?;
        if !self.wanted.is_empty() {
            write!(f, " where {}", self.wanted)?;
        }
        Ok(())
    }
}

impl ExecutionPlan for ViewExec {
    fn name(&self) -> &'static str {
        "View"
    }
    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }
    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        Vec::new()
    }
    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }
    fn with_new_children(self: Arc<Self>, _: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }
    fn replace_children(
        self: Arc<Self>,
        _: Vec<Arc<dyn ExecutionPlan>>,
        _: ReplaceChildrenOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }
    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let mut streams = Vec::new();
        for group in &self.groups {
            if partition < group.plan.properties().partitioning.partition_count() {
                let sieve = self.sieve(group.replaced);
                let rows = group.plan.execute(partition, Arc::clone(&context))?;
                streams.push(rows.map(move |batch| sieve.pass(&batch?)).boxed());
            }
        }
        if partition == 0 {
            let sieve = self.sieve(false);
            let rows = self.overlay.rows.clone();
            let size = context.session_config().batch_size();
            let pieces = rows.into_iter().flat_map(move |rows| {
                let count = rows.num_rows();
                (0..count)
                    .step_by(size)
                    .map(move |from| rows.slice(from, size.min(count - from)))
            });
            streams.push(futures::stream::iter(pieces.map(move |batch| sieve.pass(&batch))).boxed());
        }
        let all = futures::stream::iter(streams).flatten();
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.schema(), all)))
    }
}

/// What lets through of a batch what counts and may be seen.
struct Sieve {
    columns: Vec<String>,
    time_column: &'static str,
    visible: Option<Arc<Visible>>,
    overlay: Option<Arc<Overlay>>,
}

impl Sieve {
    fn pass(&self, batch: &RecordBatch) -> Result<RecordBatch> {
        let mut mask: Option<BooleanBuffer> = None;
        let broken = || DataFusionError::Internal("rows without series and time".to_owned());
        if let Some(overlay) = &self.overlay {
            let names = Names::of(batch, self.time_column).ok_or_else(broken)?;
            mask = Some(BooleanBuffer::collect_bool(batch.num_rows(), |row| {
                !overlay.names.contains(&(names.series[row], names.time[row]))
            }));
        }
        if let Some(visible) = &self.visible {
            let series = batch.column_by_name("series").ok_or_else(broken)?;
            let series =
                datafusion::arrow::array::AsArray::as_primitive::<datafusion::arrow::datatypes::Int32Type>(series);
            let seen = BooleanBuffer::collect_bool(batch.num_rows(), |row| visible.holds(series.value(row) as u32));
            mask = Some(match mask {
                Some(mask) => &mask & &seen,
                None => seen,
            });
        }
        let indices: std::result::Result<Vec<usize>, _> = self
            .columns
            .iter()
            .map(|column| batch.schema_ref().index_of(column))
            .collect();
        let kept = batch.project(&indices?)?;
        match mask {
            Some(mask) if mask.count_set_bits() < kept.num_rows() => {
                super::overlay::filter(&kept, mask).map_err(|error| DataFusionError::Execution(error.to_string()))
            }
            _ => Ok(kept),
        }
    }
}
