//! The facts about certificates. Each carries the certificate as the API shows it, never a key.

use super::SOURCE;
use crate::model::Device;
use crate::model::certificate::Certificate;
use crate::wire::certificate::CertificateView;
use kernel::actor::ActorId;
use kernel::classification::Classification;
use kernel::fact::Fact;
use kernel::id::{FactId, TenantId};
use kernel::time::Timestamp;

/// What happened to a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happened {
    /// It came into the register.
    Registered,
    /// It does not count any more.
    Revoked,
}

impl Happened {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Registered, Self::Revoked];

    /// The type of the fact, as it stands in the journal. A published version is never changed.
    pub const fn fact_type(self) -> &'static str {
        match self {
            Self::Registered => "certificate.registered.v1",
            Self::Revoked => "certificate.revoked.v1",
        }
    }

    /// What the fact means, for the contract.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Registered => {
                "A certificate came into the register: issued, enrolled, renewed or bound; from now on it opens the door for its device."
            }
            Self::Revoked => "A certificate does not count any more; `reason` says why.",
        }
    }

    /// Reads a type.
    pub fn parse(kind: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|happened| happened.fact_type() == kind)
    }
}

/// The fact. It counts where its device does; without one that is known, for the whole city.
pub fn fact(
    happened: Happened,
    certificate: &Certificate,
    device: Option<&Device>,
    actor: &ActorId,
    tenant: &TenantId,
    now: Timestamp,
) -> Fact {
    Fact {
        specversion: "1.0".to_owned(),
        id: FactId(uuid::Uuid::now_v7()),
        kind: happened.fact_type().to_owned(),
        source: format!("/{SOURCE}"),
        subject: certificate.device.to_string(),
        time: now,
        tenant: tenant.clone(),
        actor: actor.clone(),
        classification: device.map_or(Classification::Internal, |device| device.classification),
        areas: device.map(|device| device.areas.clone()).unwrap_or_default(),
        data: serde_json::to_value(CertificateView::new(certificate, None)).unwrap_or_default(),
    }
}
