//! An audit log in a temporary folder whose faults a test chooses.

use audit::model::{AuditRecord, Outcome};
use audit::store::{Access, AuditLog};
use embedded::tenant::{EmbeddedTenant, TenantOptions};
use kernel::actor::ActorId;
use kernel::id::TenantId;
use kernel::position::Position;
use ports::log::Log;
use std::collections::BTreeMap;
use std::sync::Arc;
use testkit::clock::VirtualClock;
use testkit::faulty_log::{FaultyLog, LogFaults};

pub(crate) struct Ground {
    pub(crate) tenant: EmbeddedTenant,
    pub(crate) faulty: FaultyLog,
    pub(crate) clock: VirtualClock,
    pub(crate) audit: AuditLog,
    _dir: tempfile::TempDir,
}

impl Ground {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let options = TenantOptions {
            reserve_bytes: 4_096,
            ..TenantOptions::default()
        };
        let tenant = EmbeddedTenant::open(dir.path(), options).unwrap();
        let faulty = FaultyLog::new(Arc::clone(&tenant.audit), 1, LogFaults::default());
        let clock = VirtualClock::default();
        let log: Arc<dyn Log> = Arc::new(faulty.clone());
        let audit = AuditLog::new(log, TenantId::new("gov").unwrap(), Arc::new(clock.clone()));
        Self {
            tenant,
            faulty,
            clock,
            audit,
            _dir: dir,
        }
    }

    /// Everything that is durable, oldest first.
    pub(crate) async fn records(&self) -> Vec<AuditRecord> {
        let (mut records, mut after) = (Vec::new(), Position::START);
        loop {
            let page = self.audit.read(after, 1_000).await.unwrap();
            let Some((last, _)) = page.last() else { return records };
            after = *last;
            records.extend(page.into_iter().map(|(_, record)| record));
        }
    }
}

pub(crate) fn access(target: &str) -> Access {
    Access {
        actor: ActorId::Service("test".into()),
        act: "thing.done".into(),
        target: target.into(),
        outcome: Outcome::Allowed,
        from: "127.0.0.1:1".into(),
        detail: BTreeMap::new(),
    }
}
