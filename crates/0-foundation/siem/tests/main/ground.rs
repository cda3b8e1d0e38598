//! A trail on the embedded engine, and certificates for both ends.

use audit::model::Outcome;
use audit::store::{Access, AuditLog};
use audit::trail::Trail;
use audit::tree::Tree;
use embedded::tenant::{EmbeddedTenant, TenantOptions};
use kernel::actor::ActorId;
use kernel::id::TenantId;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use siem::export::{Export, Options};
use siem::format::Format;
use siem::format::syslog::Header;
use siem::sink::{Credentials, Target};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use testkit::clock::VirtualClock;

pub(crate) struct Ground {
    pub(crate) tenant: EmbeddedTenant,
    pub(crate) clock: VirtualClock,
    pub(crate) audit: AuditLog,
    pub(crate) trail: Trail,
}

pub(crate) fn access(number: u64) -> Access {
    Access {
        actor: ActorId::Service("test".to_owned()),
        act: "GET /api/v1/things/{id}".to_owned(),
        target: format!("/api/v1/things/{number}?name=\"một|hai\"]\\"),
        outcome: Outcome::Allowed,
        from: "10.1.2.3:4711".to_owned(),
        detail: BTreeMap::from([("status".to_owned(), "200".to_owned())]),
    }
}

impl Ground {
    pub(crate) async fn open(root: &Path) -> Self {
        let options = TenantOptions {
            reserve_bytes: 4_096,
            ..TenantOptions::default()
        };
        let tenant = EmbeddedTenant::open(root, options).unwrap();
        let clock = VirtualClock::default();
        let gov = TenantId::new("gov").unwrap();
        let audit = AuditLog::new(Arc::clone(&tenant.audit), gov, Arc::new(clock.clone()));
        let tree = Tree::open(Arc::clone(&tenant.audit), Arc::clone(&tenant.objects), 8)
            .await
            .unwrap();
        let trail = Trail::new(Arc::clone(&tenant.audit), Arc::clone(&tenant.objects), tree);
        trail.tree().catch_up().await.unwrap();
        Self {
            tenant,
            clock,
            audit,
            trail,
        }
    }

    /// Writes some records and takes them into the tree.
    pub(crate) async fn write(&self, count: u64) {
        let writes = (0..count).map(|number| self.audit.write(access(number)));
        for written in futures::future::join_all(writes).await {
            written.unwrap();
        }
        self.trail.tree().catch_up().await.unwrap();
    }

    pub(crate) fn export(&self, port: u16, papers: &Papers) -> Arc<Export> {
        self.export_with(port, papers, options())
    }

    pub(crate) fn export_with(&self, port: u16, papers: &Papers, options: Options) -> Arc<Export> {
        let wall = Arc::new(self.clock.clone());
        Arc::new(Export::new(self.trail.clone(), papers.target(port), options, wall))
    }
}

/// Quick, so that a test sees many connections.
pub(crate) fn options() -> Options {
    let header = Header {
        host: "ioc.test".to_owned(),
        version: "0.1.0".to_owned(),
    };
    Options {
        batch_bytes: 8 << 10,
        confirm_after: Duration::from_millis(20),
        confirm_messages: 500,
        settle: Duration::from_millis(40),
        first_pause: Duration::from_millis(1),
        longest_pause: Duration::from_millis(20),
        ..Options::new(Format::Ocsf, header)
    }
}

/// An authority and the SIEM's certificate, as PEM.
pub(crate) struct Papers {
    pub(crate) authority: String,
    pub(crate) certificate: String,
    pub(crate) key: String,
}

impl Papers {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec!["siem.test".to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &authority).unwrap();
        Self {
            authority: authority.pem(),
            certificate: certificate.pem(),
            key: key.serialize_pem(),
        }
    }
    /// The SIEM at a port of this machine, as it is recognised by these papers.
    pub(crate) fn target(&self, port: u16) -> Target {
        let credentials = Credentials {
            authorities: self.authority.clone().into_bytes(),
            ..Credentials::default()
        };
        let patience = Duration::from_secs(20);
        Target::new(&format!("127.0.0.1:{port}"), "siem.test", &credentials, patience).unwrap()
    }
}
