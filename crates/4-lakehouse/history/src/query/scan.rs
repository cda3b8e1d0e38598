//! Reading files of one version of a table with the engine: the fewest files, row groups, pages and columns that do.

use super::footer::Footers;
use super::wanted::Wanted;
use crate::error::HistoryError;
use crate::lake::encode::file_schema;
use crate::lake::file::LakeFile;
use crate::lake::store::LakeStore;
use crate::lake::table::{TableState, object_name};
use crate::model::TableName;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::Session;
use datafusion::common::DFSchema;
use datafusion::config::TableParquetOptions;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::parquet::CachedParquetFileReaderFactory;
use datafusion::datasource::physical_plan::{
    FileGroup, FileScanConfigBuilder, ParquetFileReaderFactory, ParquetSource,
};
use datafusion::datasource::source::DataSourceExec;
use datafusion::error::Result;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::execution::runtime_env::RuntimeEnv;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::filter::FilterExec;
use object_store::ObjectMeta;
use object_store::ObjectStore;
use object_store::path::Path;
use std::sync::Arc;

/// Under which address the engine finds the files.
const ADDRESS: &str = "lake://tenant";

/// Makes the files known to an engine.
pub(crate) fn register(runtime: &RuntimeEnv, store: &LakeStore) -> std::result::Result<(), HistoryError> {
    let wrong = |error: String| HistoryError::table("all", "have no address", error);
    let address = url::Url::parse(ADDRESS).map_err(|error| wrong(error.to_string()))?;
    runtime.register_object_store(&address, Arc::new(store.clone()));
    Ok(())
}

/// The files that can have wanted rows: those whose rows replace nothing, and those whose rows may.
pub(crate) fn files<'a>(table: &'a TableState, wanted: &Wanted) -> (Vec<&'a LakeFile>, Vec<&'a LakeFile>) {
    table
        .files
        .values()
        .filter(|file| wanted.touches(file))
        .partition(|file| !file.late)
}

/// A plan that gives the wanted rows of these files, exactly, with these columns of them.
pub(crate) fn plan(
    session: &dyn Session,
    table: TableName,
    files: &[&LakeFile],
    columns: &[usize],
    wanted: Option<&Wanted>,
) -> Result<Arc<dyn ExecutionPlan>> {
    let schema: SchemaRef = file_schema(table);
    let mut options = TableParquetOptions::default();
    options.global.pushdown_filters = true;
    options.global.enable_page_index = wanted.is_some();
    let runtime = session.runtime_env();
    let address = ObjectStoreUrl::parse(ADDRESS)?;
    let store: Arc<dyn ObjectStore> = runtime.object_store(&address)?;
    let reader = CachedParquetFileReaderFactory::new(store, runtime.cache_manager.get_file_metadata_cache());
    let reader: Arc<dyn ParquetFileReaderFactory> = match wanted {
        Some(_) => Arc::new(Footers(reader)),
        None => Arc::new(reader),
    };
    let mut source = ParquetSource::new(Arc::clone(&schema))
        .with_table_parquet_options(options)
        .with_metadata_size_hint(64 << 10)
        .with_parquet_file_reader_factory(reader);
    let known = DFSchema::try_from(Arc::clone(&schema))?;
    let filter = wanted.and_then(|wanted| wanted.filter(table.time_column()));
    if let Some(filter) = &filter {
        source = source.with_predicate(session.create_physical_expr(filter.clone(), &known)?);
    }
    let parts = files.iter().map(|file| part(table, file)).collect();
    let config = FileScanConfigBuilder::new(address, Arc::new(source))
        .with_file_groups(vec![FileGroup::new(parts)])
        .with_projection_indices(Some(columns.to_vec()))?
        .build();
    let plan: Arc<dyn ExecutionPlan> = DataSourceExec::from_data_source(config);
    let split = plan.repartitioned(session.config().target_partitions(), session.config_options())?;
    let plan = split.unwrap_or(plan);
    let Some(filter) = filter else { return Ok(plan) };
    // the reader passes over pages; what it leaves in is looked at row by row
    let kept = DFSchema::try_from(plan.schema())?;
    let filter = session.create_physical_expr(filter, &kept)?;
    Ok(Arc::new(FilterExec::try_new(filter, plan)?))
}

fn part(table: TableName, file: &LakeFile) -> PartitionedFile {
    PartitionedFile::from(ObjectMeta {
        location: Path::from(object_name(table, &file.path)),
        // files never change; their name is their version
        last_modified: chrono::DateTime::UNIX_EPOCH,
        size: file.bytes,
        e_tag: None,
        version: None,
    })
}
