//! The registry of series as a view: read from memory as it is now, so that it is never older than the rows.

use super::visible::Visible;
use crate::lake::registry::batch;
use crate::lake::schema::series_schema;
use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::memory::MemorySourceConfig;
use datafusion::catalog::{Session, TableProvider};
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{Expr, TableType};
use datafusion::physical_plan::ExecutionPlan;
use kernel::series::SeriesInfo;
use observation::series::SeriesRegistry;
use std::fmt;
use std::sync::Arc;

/// Series that are turned to columns at once.
const CHUNK: usize = 8_192;

/// The series that an actor may see.
pub(crate) struct SeriesView {
    pub(crate) registry: Arc<SeriesRegistry>,
    pub(crate) visible: Arc<Visible>,
}

impl fmt::Debug for SeriesView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SeriesView")
    }
}

#[async_trait]
impl TableProvider for SeriesView {
    fn schema(&self) -> SchemaRef {
        series_schema()
    }
    fn table_type(&self) -> TableType {
        TableType::View
    }
    async fn scan(
        &self,
        _: &dyn Session,
        projection: Option<&Vec<usize>>,
        _: &[Expr],
        _: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let mut batches = Vec::new();
        let mut first = 0_u32;
        loop {
            let infos = self.registry.from(first, CHUNK);
            let full = infos.len() == CHUNK;
            first += infos.len() as u32;
            let seen: Vec<Arc<SeriesInfo>> = infos.into_iter().filter(|info| self.visible.holds(info.id.0)).collect();
            if !seen.is_empty() {
                let batch = batch(&seen).map_err(|error| DataFusionError::Execution(error.to_string()))?;
                batches.push(match projection {
                    Some(projection) => batch.project(projection)?,
                    None => batch,
                });
            }
            if !full {
                break;
            }
        }
        let schema = match projection {
            Some(projection) => Arc::new(series_schema().project(projection)?),
            None => series_schema(),
        };
        Ok(MemorySourceConfig::try_new_exec(&[batches], schema, None)?)
    }
}
