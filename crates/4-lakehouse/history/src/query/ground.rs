//! What all questions stand on: the newest version of the lake, the rows that it does not have yet, and who sees what.

use super::error::QueryError;
use super::scan;
use super::tail::{SharedTail, TailView};
use super::view::View;
use super::visible::Visible;
use crate::lake::{Lake, LakeState};
use crate::model::TableName;
use datafusion::error::DataFusionError;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::{GreedyMemoryPool, TrackConsumersPool};
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use kernel::actor::Scope;
use kernel::clock::Clock;
use kernel::position::Position;
use kernel::time::Timestamp;
use observation::series::SeriesRegistry;
use parking_lot::Mutex;
use ports::error::PortError;
use ports::series::SeriesLog;
use std::num::NonZeroUsize;
use std::sync::Arc;

/// Bytes of file footers that are kept in memory.
const FOOTER_BYTES: usize = 48 << 20;

/// Where questions read.
#[derive(Debug)]
pub(crate) struct Ground {
    pub(crate) lake: Lake,
    pub(crate) tail: SharedTail,
    pub(crate) log: SeriesLog,
    pub(crate) registry: Arc<SeriesRegistry>,
    pub(crate) clock: Arc<dyn Clock>,
    /// The engine's surroundings, made at the first question.
    runtime: Mutex<Option<Arc<RuntimeEnv>>>,
}

/// One consistent state of everything: all rows up to one position of the log, as one actor sees them.
#[derive(Debug)]
pub(crate) struct Pinned {
    pub(crate) state: Arc<LakeState>,
    pub(crate) tail: TailView,
    pub(crate) visible: Arc<Visible>,
    /// Everything that had arrived by then is in.
    pub(crate) known_to: Timestamp,
}

impl Ground {
    pub(crate) fn new(
        lake: Lake,
        tail: SharedTail,
        log: SeriesLog,
        registry: Arc<SeriesRegistry>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            lake,
            tail,
            log,
            registry,
            clock,
            runtime: Mutex::new(None),
        }
    }

    /// Takes the newest version, its rest of the log and the rights as they are now.
    pub(crate) async fn pin(&self, scope: &Scope) -> Result<Pinned, QueryError> {
        self.pin_for(Visible::of(&self.registry, scope)).await
    }

    /// The same with what may be seen.
    pub(crate) async fn pin_for(&self, visible: Visible) -> Result<Pinned, QueryError> {
        let now = self.clock.now();
        let state = self.lake.state().ok_or_else(|| {
            QueryError::Port(PortError::Unavailable(
                "the lake is being opened; ask again in a moment".to_owned(),
            ))
        })?;
        let tail = self.tail.after(state.observations.position).await?;
        let known_to = tail.cut.unwrap_or(now).min(now);
        Ok(Pinned {
            state,
            tail,
            visible: Arc::new(visible),
            known_to,
        })
    }

    /// When the first row after a position arrived: everything before is in a table that has reached the position.
    pub(crate) async fn arrived_after(&self, position: Position) -> Result<Option<Timestamp>, QueryError> {
        let blocks = self.log.read(position, 1).await?;
        Ok(blocks
            .first()
            .and_then(|(_, block)| block.runs.iter().map(|run| run.received).min()))
    }

    /// Surroundings for one question: a memory pool of its own, footers shared with all others.
    pub(crate) fn surroundings(&self, memory_bytes: usize) -> Result<Arc<RuntimeEnv>, QueryError> {
        let shared = {
            let mut kept = self.runtime.lock();
            match &*kept {
                Some(runtime) => Arc::clone(runtime),
                None => {
                    let runtime = RuntimeEnvBuilder::new()
                        .with_metadata_cache_limit(FOOTER_BYTES)
                        .with_disk_manager_builder(DiskManagerBuilder::default().with_mode(DiskManagerMode::Disabled))
                        .build_arc()
                        .map_err(QueryError::from_engine)?;
                    scan::register(&runtime, self.lake.store())?;
                    Arc::clone(kept.insert(runtime))
                }
            }
        };
        let pool = TrackConsumersPool::new(GreedyMemoryPool::new(memory_bytes), NonZeroUsize::MIN);
        let mut own = RuntimeEnv::clone(&shared);
        own.memory_pool = Arc::new(pool);
        Ok(Arc::new(own))
    }
}

impl Pinned {
    /// A table as the actor sees it.
    pub(crate) fn view(&self, table: TableName, columns: &[&str]) -> Result<View, DataFusionError> {
        let tail = match table {
            TableName::Observations => self.tail.parts.iter().map(|part| part.rows.clone()).collect(),
            _ => Vec::new(),
        };
        View::new(
            self.state.table(table).clone(),
            tail,
            Arc::clone(&self.visible),
            columns,
        )
    }
}
