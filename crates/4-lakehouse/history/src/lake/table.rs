//! One Delta table: opened or made, committed to, with its files and the log position that it has reached.
//!
//! Only one writer exists per tenant, so a commit never has to argue with another one. After a failed commit nothing is
//! known about it: the table is opened again, and its position tells.

use super::file::LakeFile;
use super::schema::{observations_schema, pack, rollup_schema, series_schema, unpack};
use super::store::LakeStore;
use crate::error::{HistoryError, Result};
use crate::model::{TableName, TableStatus};
use arrow::datatypes::{Field, SchemaRef};
use deltalake::DeltaTable;
use deltalake::kernel::engine::arrow_conversion::TryIntoKernel;
use deltalake::kernel::transaction::CommitBuilder;
use deltalake::kernel::{Action, StructField, Transaction};
use deltalake::logstore::{LogStoreRef, StorageConfig, default_logstore};
use deltalake::operations::create::CreateBuilder;
use deltalake::protocol::{DeltaOperation, SaveMode};
use kernel::position::Position;
use kernel::time::Timestamp;
use object_store::ObjectStore;
use object_store::prefix::PrefixStore;
use std::collections::BTreeMap;
use std::sync::Arc;
use url::Url;

/// The folder of all tables among the objects of a tenant.
pub const FOLDER: &str = "lake";

/// A change of a table's files, all of it or nothing.
#[derive(Debug, Default)]
pub struct Change {
    /// Files that are added; they are durable already.
    pub add: Vec<LakeFile>,
    /// Files that are taken away.
    pub remove: Vec<LakeFile>,
    /// The position that the table has reached with it; absent: it stays.
    pub position: Option<Position>,
    /// Whether the rows are the same as before, in other files.
    pub repacked: bool,
}

/// A version of a table, as queries see it. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct TableState {
    /// Which one.
    pub name: TableName,
    /// The table at this version.
    pub delta: DeltaTable,
    /// Its files by path.
    pub files: Arc<BTreeMap<String, LakeFile>>,
    /// All rows of the log up to here are in it.
    pub position: Position,
    /// Files that left the table since it was opened, and when, in milliseconds.
    pub(crate) gone: Arc<BTreeMap<String, i64>>,
}

impl TableState {
    /// Opens the table, or makes it.
    pub async fn open(store: &LakeStore, name: TableName) -> Result<Self> {
        let failed = |error: deltalake::DeltaTableError| HistoryError::table(name.as_str(), "cannot be opened", error);
        let log_store = log_store(store, name)?;
        let mut delta = DeltaTable::new(Arc::clone(&log_store));
        if log_store.is_delta_table_location().await.map_err(failed)? {
            delta.load().await.map_err(failed)?;
        } else {
            delta = create(log_store.clone(), name).await.map_err(failed)?;
        }
        let snapshot = delta.snapshot().map_err(failed)?;
        let packed = snapshot
            .transaction_version(log_store.as_ref(), name.as_str())
            .await
            .map_err(failed)?;
        let file = |view| LakeFile::from_view(&view, name.partition(), name.time_column());
        let log_data = snapshot.log_data();
        let files = log_data.iter().map(file);
        let files = files.map(|file| (file.path.clone(), file)).collect();
        Ok(Self {
            name,
            files: Arc::new(files),
            position: packed.map_or(Position::START, unpack),
            gone: Arc::default(),
            delta,
        })
    }

    /// The Delta version.
    pub fn version(&self) -> u64 {
        self.delta.version().unwrap_or(0)
    }

    /// Commits a change. On an error the table has to be opened again.
    pub async fn commit(&mut self, change: Change, now: Timestamp) -> Result<()> {
        let name = self.name;
        let failed = |error| HistoryError::table(name.as_str(), "a commit failed", error);
        let (partition, time) = (name.partition(), name.time_column());
        let mut actions = Vec::with_capacity(change.add.len() + change.remove.len());
        for file in &change.remove {
            actions.push(Action::Remove(file.remove(partition, !change.repacked, now)));
        }
        for file in &change.add {
            actions.push(Action::Add(file.add(partition, time, !change.repacked, now)));
        }
        if let Some(position) = change.position {
            actions.push(Action::Txn(Transaction::new(name.as_str(), pack(position))));
        }
        let operation = if change.repacked {
            DeltaOperation::Optimize {
                predicate: None,
                target_size: 0,
            }
        } else {
            DeltaOperation::Write {
                mode: SaveMode::Append,
                partition_by: partition.map(|column| vec![column.to_owned()]),
                predicate: None,
            }
        };
        let log_store = self.delta.log_store();
        let snapshot = self.delta.snapshot().map_err(failed)?.clone();
        let done = CommitBuilder::default()
            .with_actions(actions)
            .with_max_retries(0)
            .build(Some(&snapshot), log_store.clone(), operation)
            .await
            .map_err(failed)?;
        self.delta = DeltaTable::new(log_store);
        self.delta.state = Some(done.snapshot());
        let files = Arc::make_mut(&mut self.files);
        let gone = Arc::make_mut(&mut self.gone);
        for file in change.remove {
            files.remove(&file.path);
            gone.insert(file.path, now.millis());
        }
        for file in change.add {
            files.insert(file.path.clone(), file);
        }
        self.position = change.position.unwrap_or(self.position);
        Ok(())
    }

    /// Writes a checkpoint of this version.
    pub async fn checkpoint(&self) -> Result<()> {
        let failed = |error| HistoryError::table(self.name.as_str(), "a checkpoint failed", error);
        deltalake::checkpoints::create_checkpoint(&self.delta, None)
            .await
            .map_err(failed)
    }

    /// How it does.
    pub fn status(&self) -> TableStatus {
        TableStatus {
            name: self.name.as_str(),
            version: self.version(),
            files: self.files.len() as u64,
            bytes: self.files.values().map(|file| file.bytes).sum(),
            rows: self.files.values().map(|file| file.rows).sum(),
        }
    }
}

/// The columns of a table.
pub fn schema_of(name: TableName) -> SchemaRef {
    match name {
        TableName::Observations => observations_schema(),
        TableName::Rollup5m | TableName::Rollup1h => rollup_schema(name.partition().unwrap_or("day")),
        TableName::Series => series_schema(),
    }
}

/// The name of an object of a table.
pub fn object_name(name: TableName, path: &str) -> String {
    format!("{FOLDER}/{}/{path}", name.as_str())
}

fn log_store(store: &LakeStore, name: TableName) -> Result<LogStoreRef> {
    let wrong = |error| HistoryError::table(name.as_str(), "has no address", error);
    let location = Url::parse(&format!("lake:///{FOLDER}/{}/", name.as_str())).map_err(wrong)?;
    let root: Arc<dyn ObjectStore> = Arc::new(store.clone());
    let folder = format!("{FOLDER}/{}", name.as_str());
    let prefixed = Arc::new(PrefixStore::new(Arc::clone(&root), folder));
    Ok(default_logstore(prefixed, root, &location, &StorageConfig::default()))
}

async fn create(
    log_store: LogStoreRef,
    name: TableName,
) -> std::result::Result<DeltaTable, deltalake::DeltaTableError> {
    let schema = schema_of(name);
    let mut columns = Vec::with_capacity(schema.fields().len());
    for field in schema.fields() {
        let field: &Field = field;
        let column: StructField = field.try_into_kernel()?;
        columns.push(column);
    }
    CreateBuilder::new()
        .with_log_store(log_store)
        .with_table_name(name.as_str())
        .with_columns(columns)
        .with_partition_columns(name.partition())
        .with_save_mode(SaveMode::Ignore)
        .with_configuration([
            ("delta.enableExpiredLogCleanup".to_owned(), Some("false".to_owned())),
            ("delta.checkpoint.writeStatsAsJson".to_owned(), Some("true".to_owned())),
        ])
        .await
}
