//! A log under a tree of small tiles, sealed hour by hour into two folders, for tests that look at it from outside.

use crate::ground::access;
use audit::keep::{Retention, Terms};
use audit::note::Signer;
use audit::seal::Seals;
use audit::shelf::Shelf;
use audit::store::AuditLog;
use audit::trail::Trail;
use audit::tree::Tree;
use audit::verify::{self, Evidence, Piece, Report, Trust};
use bytes::Bytes;
use embedded::disk::RealDisk;
use embedded::log::inspect::{self, Inspection};
use embedded::objects::look::ObjectFiles;
use embedded::tenant::{EmbeddedTenant, TenantOptions};
use kernel::id::TenantId;
use ports::error::Result;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use testkit::clock::VirtualClock;

/// Tiles of sixteen records.
pub(crate) const LEVEL: u32 = 4;

pub(crate) struct Sealed {
    pub(crate) tenant: EmbeddedTenant,
    pub(crate) clock: VirtualClock,
    pub(crate) audit: AuditLog,
    pub(crate) trail: Trail,
    pub(crate) seals: Arc<Seals>,
}

pub(crate) fn signer() -> Signer {
    Signer::new("hanoi-ioc/test/gov", &[7; 32]).unwrap()
}

/// The folders of checkpoints under a root.
pub(crate) fn shelves(root: &Path) -> Vec<Shelf> {
    ["own", "mirror"].map(|name| Shelf::new(&root.join(name))).to_vec()
}

impl Sealed {
    pub(crate) async fn open(root: &Path, clock: &VirtualClock) -> Self {
        let mut options = TenantOptions {
            reserve_bytes: 4_096,
            ..TenantOptions::default()
        };
        options.audit.segment_bytes = 8 << 10;
        let tenant = EmbeddedTenant::open(&root.join("data"), options).unwrap();
        let clock = clock.clone();
        let audit = AuditLog::new(
            Arc::clone(&tenant.audit),
            TenantId::new("gov").unwrap(),
            Arc::new(clock.clone()),
        );
        let tree = Tree::open(Arc::clone(&tenant.audit), Arc::clone(&tenant.objects), LEVEL)
            .await
            .unwrap();
        let trail = Trail::new(Arc::clone(&tenant.audit), Arc::clone(&tenant.objects), tree.clone());
        let seals = Seals::new(tree, signer(), Arc::new(clock.clone()), shelves(root));
        Self {
            tenant,
            clock,
            audit,
            trail,
            seals: Arc::new(seals),
        }
    }

    /// Writes records at once, so that they share their syncs.
    pub(crate) async fn write(&self, targets: impl IntoIterator<Item = u64>) {
        let writes = targets.into_iter().map(|number| {
            let mut access = access(&format!("/things/{number}"));
            if number % 3 == 0 {
                access.act = "GET /things/{id}".to_owned();
            }
            self.audit.write(access)
        });
        for written in futures::future::join_all(writes).await {
            written.unwrap();
        }
    }

    pub(crate) async fn seal(&self) {
        self.seals.turn().await.unwrap();
    }

    pub(crate) fn retention(&self, terms: Terms) -> Retention {
        Retention {
            audit: self.audit.clone(),
            trail: self.trail.clone(),
            seals: Arc::clone(&self.seals),
            objects: Arc::clone(&self.tenant.objects),
            wall: Arc::new(self.clock.clone()),
            terms,
        }
    }
}

/// Some hours of records, sealed four times an hour, closed in good order.
pub(crate) async fn hours(root: &Path, hours: u64, per_quarter: u64) {
    let clock = VirtualClock::default();
    for hour in 0..hours {
        let sealed = Sealed::open(root, &clock).await;
        for quarter in 0..4 {
            let begin = (hour * 4 + quarter) * per_quarter;
            sealed.write(begin..begin + per_quarter).await;
            sealed.seal().await;
            clock.advance(Duration::from_secs(900));
        }
    }
}

/// What lies on the disk.
pub(crate) struct Files<'a> {
    inspection: Inspection<'a>,
    objects: ObjectFiles,
}

impl Files<'_> {
    pub(crate) fn of(root: &Path) -> Self {
        let data: PathBuf = root.join("data");
        Self {
            inspection: Inspection::begin(&RealDisk, &data.join("audit")).unwrap(),
            objects: ObjectFiles::new(&data.join("objects")),
        }
    }
}

impl Evidence for Files<'_> {
    fn next_piece(&mut self) -> Result<Option<Piece>> {
        Ok(self.inspection.next_piece()?.map(|piece| match piece {
            inspect::Piece::Frame { file, frame } => Piece::Record {
                file,
                position: frame.position,
                bytes: frame.bytes,
            },
            inspect::Piece::Odd { file, from, to, what } => Piece::Odd { file, from, to, what },
        }))
    }

    fn names(&self, folder: &str) -> Result<Vec<String>> {
        self.objects.list(folder)
    }

    fn object(&self, name: &str) -> Result<Option<Bytes>> {
        self.objects.get(name)
    }
}

/// Verifies what lies under a root, while nothing runs.
pub(crate) fn verify(root: &Path) -> Report {
    let trust = Trust {
        shelves: shelves(root),
        ..Trust::default()
    };
    verify::verify(&mut Files::of(root), &trust).unwrap()
}
