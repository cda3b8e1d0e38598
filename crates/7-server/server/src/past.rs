//! Asking the past: the slice `history` over the lake and the log, with records and facts as further tables of SQL.

mod tables;

use crate::settings;
use audit::store::AuditLog;
use embedded::tenant::EmbeddedTenant;
use history::lake::Lake;
use history::query::sql::SqlLimits;
use history::query::tables::Tables;
use history::service::{History, Parts};
use kernel::clock::Clock;
use observation::series::SeriesRegistry;
use std::sync::Arc;
use std::time::Duration;

pub(crate) use tables::RecordTables;

/// Seconds by which Hà Nội is ahead of UTC; it has no summer time.
pub(crate) const ZONE_OFFSET_S: i32 = 7 * 3_600;

/// Nothing is read and no thread begins before the first question.
pub(crate) fn open(
    settings: &settings::Sql,
    engine: &EmbeddedTenant,
    lake: Lake,
    registry: Arc<SeriesRegistry>,
    clock: Arc<dyn Clock>,
    audit: AuditLog,
    records: RecordTables,
) -> History {
    let tables: Vec<Arc<dyn Tables>> = vec![Arc::new(records)];
    History::new(Parts {
        lake,
        log: engine.series.clone(),
        registry,
        clock,
        audit,
        tables,
        limits: SqlLimits {
            memory_mib: settings.memory_mib,
            time: Duration::from_secs(settings.seconds),
            at_once: settings.at_once,
            waiting: settings.waiting,
            max_rows: settings.max_rows,
            threads: settings.threads,
        },
    })
}
