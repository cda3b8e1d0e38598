//! Writing the trace. A record is durable when `write` answers.

use crate::model::{AUDIT_FORMAT, AuditRecord, Outcome};
use crate::strangers::Strangers;
use bytes::Bytes;
use kernel::actor::ActorId;
use kernel::clock::Clock;
use kernel::id::{AuditId, TenantId};
use kernel::position::Position;
use ports::error::{PortError, Result};
use ports::log::Log;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long refusals of strangers are counted before they are written.
pub const FLUSH_EVERY: Duration = Duration::from_secs(60);

/// The audit log of one tenant. Its clock is the wall clock, also when the rest of the program runs on virtual time.
#[derive(Clone, Debug)]
pub struct AuditLog {
    log: Arc<dyn Log>,
    tenant: TenantId,
    wall: Arc<dyn Clock>,
    strangers: Arc<Strangers>,
    /// The last write failed.
    down: Arc<AtomicBool>,
}

/// What the caller knows of an access; the log adds id, time and tenant.
#[derive(Clone, Debug)]
pub struct Access {
    /// Who.
    pub actor: ActorId,
    /// What.
    pub act: String,
    /// On what.
    pub target: String,
    /// How it ended.
    pub outcome: Outcome,
    /// From where.
    pub from: String,
    /// Further figures.
    pub detail: BTreeMap<String, String>,
}

impl AuditLog {
    /// Stands on a log of its own, never on that of the observations.
    pub fn new(log: Arc<dyn Log>, tenant: TenantId, wall: Arc<dyn Clock>) -> Self {
        Self {
            log,
            tenant,
            wall,
            strangers: Arc::default(),
            down: Arc::default(),
        }
    }

    /// Writes one record; concurrent records share one fsync.
    pub async fn write(&self, access: Access) -> Result<AuditId> {
        let at = self.wall.now();
        let stamp = uuid::Timestamp::from_unix_time(
            at.micros().div_euclid(1_000_000).unsigned_abs(),
            at.micros().rem_euclid(1_000_000) as u32 * 1_000,
            0,
            0,
        );
        let id = AuditId(uuid::Uuid::new_v7(stamp));
        let record = AuditRecord {
            format: AUDIT_FORMAT,
            id,
            at,
            tenant: self.tenant.clone(),
            actor: access.actor,
            act: access.act,
            target: access.target,
            outcome: access.outcome,
            from: access.from,
            detail: access.detail,
        };
        let bytes = serde_json::to_vec(&record).map_err(|error| PortError::Misuse(error.to_string()))?;
        let written = self.log.append(Bytes::from(bytes)).await;
        self.down.store(written.is_err(), Ordering::Relaxed);
        written?;
        metrics::counter!("hanoi_ioc_audit_records_total").increment(1);
        Ok(id)
    }

    /// To be called before something is changed: when the last record could not be written, another one must be written
    /// first, so that nothing is changed without a trace while the log is away.
    pub async fn ready(&self) -> Result<()> {
        if !self.down.load(Ordering::Relaxed) {
            return Ok(());
        }
        let access = Access {
            actor: ActorId::Service("audit".to_owned()),
            act: "audit.resumed".to_owned(),
            target: String::new(),
            outcome: Outcome::Allowed,
            from: String::new(),
            detail: BTreeMap::new(),
        };
        self.write(access).await.map(drop)
    }

    /// Writes the refusal of somebody unknown, or counts it when the same address was refused for the same reason (`act` and
    /// `detail`) since the last [`flush`](Self::flush).
    pub async fn refused(&self, access: Access) -> Result<()> {
        let Some(first) = self.strangers.first(&access) else {
            metrics::counter!("hanoi_ioc_audit_joined_total").increment(1);
            return Ok(());
        };
        let written = self.write(access).await;
        if written.is_err() {
            self.strangers.forget(&first);
        }
        written.map(drop)
    }

    /// Writes what was counted of strangers, one record for each address and reason, its `more` saying how many refusals it
    /// stands for. To be called every [`FLUSH_EVERY`] and at the end.
    pub async fn flush(&self) -> Result<()> {
        for (mut access, more) in self.strangers.take() {
            access.detail.insert("more".to_owned(), more.to_string());
            self.write(access).await?;
        }
        Ok(())
    }

    /// Flushes every [`FLUSH_EVERY`] until `stop`, then a last time.
    pub async fn keep_flushing(&self, stop: CancellationToken) {
        loop {
            let ends = tokio::time::timeout(FLUSH_EVERY, stop.cancelled()).await.is_ok();
            if let Err(error) = self.flush().await {
                tracing::error!(%error, "counted refusals of strangers cannot be written to the audit log");
            }
            if ends {
                return;
            }
        }
    }

    /// Records after a position, oldest first, with where to go on; empty at the end.
    pub async fn read(&self, after: Position, max_bytes: usize) -> Result<Vec<(Position, AuditRecord)>> {
        let frames = self.log.read(after, max_bytes).await?;
        frames
            .into_iter()
            .map(|frame| Ok((frame.position, read(frame.position, &frame.bytes)?)))
            .collect()
    }
}

#[derive(Deserialize)]
struct Format {
    format: u32,
}

/// The format is looked at first: a newer record need not have the fields of this one.
pub(crate) fn read(position: Position, bytes: &[u8]) -> Result<AuditRecord> {
    let corrupt = |error: serde_json::Error| PortError::Corrupt(format!("audit record {position}: {error}"));
    let Format { format } = serde_json::from_slice(bytes).map_err(corrupt)?;
    if format > AUDIT_FORMAT {
        let what = format!("audit record {position} has format {format}, newer than {AUDIT_FORMAT}; upgrade hanoi-ioc");
        return Err(PortError::Corrupt(what));
    }
    serde_json::from_slice(bytes).map_err(corrupt)
}
