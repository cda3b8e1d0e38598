//! The gatekeeper of all drivers: token or certificate in, verified sender out. Every refusal is audited.

use crate::model::{Device, DeviceState};
use crate::registry::Registry;
use crate::service::token_hash;
use async_trait::async_trait;
use audit::model::Outcome;
use audit::store::{Access, AuditLog};
use driver::gatekeeper::{Credential, Gatekeeper, Refusal};
use kernel::actor::{Actor, ActorId};
use kernel::clock::Clock;
use kernel::error::Classified;
use kernel::id::TenantId;
use kernel::submission::Sender;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use x509_parser::extensions::GeneralName;
use x509_parser::parse_x509_certificate;

/// Prefix of the URI in a device certificate's subject alternative name.
pub const DEVICE_URI: &str = "urn:hanoi-ioc:device:";

/// Most characters of what a stranger says about itself that are kept.
const MAX_NOTED: usize = 200;

/// Lets devices in. Certificates are judged by wall time (SEMANTICS 31).
#[derive(Clone, Debug)]
pub struct Gate {
    registry: Arc<Registry>,
    audit: AuditLog,
    tenant: TenantId,
    wall: Arc<dyn Clock>,
}

impl Gate {
    /// Over the registry of one tenant.
    pub fn new(registry: Arc<Registry>, audit: AuditLog, tenant: TenantId, wall: Arc<dyn Clock>) -> Self {
        Self {
            registry,
            audit,
            tenant,
            wall,
        }
    }

    fn judge(&self, credential: &Credential) -> Result<Arc<Device>, Refusal> {
        let device = match credential {
            Credential::Token { token, .. } if token.is_empty() => return Err(Refusal::Missing),
            Credential::Token { device, token } => {
                let found = self.registry.by_token(&token_hash(token)).ok_or(Refusal::BadToken)?;
                if device.as_ref().is_some_and(|said| said != found.id.as_str()) {
                    return Err(Refusal::BadToken);
                }
                found
            }
            Credential::Certificate(chain) => {
                let leaf = chain.first().ok_or(Refusal::Missing)?;
                let name = device_name(leaf, self.wall.now().micros().div_euclid(1_000_000))?;
                self.registry.device(&name).ok_or_else(|| {
                    Refusal::BadCertificate(format!(
                        "no device '{name}' is registered; register it, then connect again"
                    ))
                })?
            }
        };
        if device.state == DeviceState::Blocked {
            return Err(Refusal::Blocked(device.id.clone()));
        }
        Ok(device)
    }

    /// Writes a refusal down, then gives back what to say.
    async fn note(&self, refusal: Refusal, target: String, from: SocketAddr) -> Refusal {
        metrics::counter!("hanoi_ioc_device_refused_total", "reason" => refusal.code()).increment(1);
        let short = |text: String| text.chars().take(MAX_NOTED).collect();
        let access = Access {
            actor: ActorId::Anonymous,
            act: "device.refused".to_owned(),
            target: short(target),
            outcome: Outcome::Denied,
            from: from.to_string(),
            detail: BTreeMap::from([("reason".to_owned(), short(refusal.to_string()))]),
        };
        match self.audit.refused(access).await {
            Ok(()) => refusal,
            Err(_) => Refusal::Unavailable,
        }
    }
}

/// The device that a certificate speaks of, if the certificate is valid at `now_s` (seconds since the epoch) and made for
/// TLS clients (RFC 5280 4.2.1.12).
fn device_name(der: &[u8], now_s: i64) -> Result<String, Refusal> {
    let bad = |why: &str| Refusal::BadCertificate(why.to_owned());
    let (_, certificate) = parse_x509_certificate(der).map_err(|_| bad("it cannot be read"))?;
    let validity = certificate.validity();
    if now_s < validity.not_before.timestamp() {
        return Err(bad(&format!("it is valid only from {}", validity.not_before)));
    }
    if now_s > validity.not_after.timestamp() {
        return Err(bad(&format!("it expired at {}; renew it", validity.not_after)));
    }
    let purpose = certificate.extended_key_usage().ok().flatten();
    if !purpose.is_some_and(|usage| usage.value.client_auth) {
        return Err(bad("its extended key usage does not name clientAuth"));
    }
    let names = certificate.subject_alternative_name().ok().flatten();
    let uris = names
        .iter()
        .flat_map(|names| &names.value.general_names)
        .filter_map(|name| match name {
            GeneralName::URI(uri) => uri.strip_prefix(DEVICE_URI),
            _ => None,
        });
    uris.map(ToOwned::to_owned)
        .next()
        .ok_or_else(|| bad("its subject alternative name has no urn:hanoi-ioc:device:... URI"))
}

#[async_trait]
impl Gatekeeper for Gate {
    async fn admit(&self, credential: Credential, from: SocketAddr) -> Result<Sender, Refusal> {
        match self.judge(&credential) {
            Ok(device) => Ok(Sender {
                device: device.id.clone(),
                speaks_for: Arc::new(self.registry.speaks_for(&device)),
                actor: Arc::new(Actor::device(&device.id, &self.tenant)),
            }),
            Err(refusal) => Err(self.note(refusal, format!("{credential:?}"), from).await),
        }
    }

    async fn refused(&self, refusal: Refusal, from: SocketAddr) -> Refusal {
        let target = match &refusal {
            Refusal::Blocked(device) => device.to_string(),
            _ => String::new(),
        };
        self.note(refusal, target, from).await
    }

    fn still_admitted(&self, sender: &Sender) -> bool {
        self.registry
            .device(sender.device.as_str())
            .is_some_and(|device| device.state == DeviceState::Active)
    }
}
