//! The gatekeeper of all drivers: token or certificate in, verified sender out. Every refusal is audited.

use crate::certificate::read::{Read, read};
use crate::decide::certificate::counts;
use crate::model::certificate::{Certificate, Origin, Reason};
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
use kernel::id::{DeviceId, TenantId};
use kernel::submission::{Sender, Shown};
use kernel::time::Timestamp;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

/// Prefix of the URI in a device certificate's subject alternative name.
pub const DEVICE_URI: &str = "urn:hanoi-ioc:device:";

/// Most characters of what a stranger says about itself that are kept.
const MAX_NOTED: usize = 200;
/// How often a connection whose certificate nobody withdraws is looked at.
const SWEEP: Duration = Duration::from_secs(30);

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

    /// The device that a credential speaks for, with what it had shown.
    fn judge(&self, credential: &Credential) -> Result<(Arc<Device>, Shown), Refusal> {
        let (device, shown) = match credential {
            Credential::Token { token, .. } if token.is_empty() => return Err(Refusal::Missing),
            Credential::Token { device, token } => {
                let hash = token_hash(token);
                let found = self.registry.by_token(&hash).ok_or(Refusal::BadToken)?;
                if device.as_ref().is_some_and(|said| said != found.id.as_str()) {
                    return Err(Refusal::BadToken);
                }
                (found, Shown::Token(hash.into()))
            }
            Credential::Certificate(chain) => {
                let leaf = chain.first().ok_or(Refusal::Missing)?;
                let certificate = self.certificate(leaf).map_err(Refusal::BadCertificate)?;
                let device = self.known(certificate.device.as_str())?;
                if device.state == DeviceState::Active {
                    self.registry.show_certificate(&certificate, self.wall.now());
                }
                (device, Shown::Certificate(certificate.print.as_str().into()))
            }
        };
        if device.state == DeviceState::Blocked {
            return Err(Refusal::Blocked(device.id.clone()));
        }
        Ok((device, shown))
    }

    fn known(&self, name: &str) -> Result<Arc<Device>, Refusal> {
        let unknown = || Refusal::BadCertificate(no_device(name));
        self.registry.device(name).ok_or_else(unknown)
    }

    /// The registered certificate that these bytes are, if it counts now. TLS has verified its chain.
    fn certificate(&self, der: &[u8]) -> Result<Arc<Certificate>, String> {
        let (shown, now) = (read(der)?, self.wall.now());
        let registered = self.registry.certificates().find(&shown.print);
        let foreign = registered.as_ref().is_some_and(|it| it.origin == Origin::Bound);
        fits(&shown, foreign, now)?;
        // what is not registered gets the most exact reason that there is
        let Some(registered) = registered else {
            let named = shown.devices.first().map_or("", String::as_str);
            return Err(match self.registry.device(named) {
                None => no_device(named),
                Some(_) => {
                    "it is not in the register: it was not issued here, or long ago; enrol the device".to_owned()
                }
            });
        };
        if !foreign && shown.devices.first().map(String::as_str) != Some(registered.device.as_str()) {
            return Err("it names another device than the register".to_owned());
        }
        match &registered.revoked {
            None => Ok(registered),
            Some(revoked) if revoked.reason == Reason::Superseded => {
                Err("another certificate took its place; show that one, or enrol the device again".to_owned())
            }
            Some(_) => Err("it was revoked; ask an operator, who may let the device enrol again".to_owned()),
        }
    }

    /// Why what a sender had shown does not count any more.
    fn lost(&self, sender: &Sender) -> Option<Refusal> {
        let Some(device) = self.registry.device(sender.device.as_str()) else {
            return Some(Refusal::BadCertificate(no_device(sender.device.as_str())));
        };
        if device.state == DeviceState::Blocked {
            return Some(Refusal::Blocked(device.id.clone()));
        }
        match &sender.shown {
            Shown::Nothing => None,
            Shown::Token(hash) => {
                let same = device.token_hash.as_deref() == Some(&**hash);
                (!same).then_some(Refusal::BadToken)
            }
            Shown::Certificate(print) => {
                let certificate = self.registry.certificates().find(print);
                let good = certificate.is_some_and(|certificate| counts(&certificate, self.wall.now()));
                let why = "it was revoked, replaced or has ended; renew it or enrol the device again";
                (!good).then(|| Refusal::BadCertificate(why.to_owned()))
            }
        }
    }

    /// Waits until the certificate of a connection does not count any more, and writes that down; for doors that keep a
    /// connection open between two questions. One that does not count now is never waited for: its next question says why.
    pub async fn until_withdrawn(&self, chain: &[Vec<u8>], from: SocketAddr) {
        let mut withdrawals = self.registry.withdrawals();
        let Ok((device, shown)) = self.judge(&Credential::Certificate(chain.to_vec())) else {
            return std::future::pending().await;
        };
        let sender = self.sender(&device, shown);
        loop {
            if let Some(refusal) = self.lost(&sender) {
                self.cut(&sender, refusal, from).await;
                return;
            }
            // time alone may end it, too
            if let Ok(Err(RecvError::Closed)) = tokio::time::timeout(SWEEP, withdrawals.recv()).await {
                return std::future::pending().await;
            }
        }
    }

    fn sender(&self, device: &Device, shown: Shown) -> Sender {
        Sender {
            device: device.id.clone(),
            speaks_for: Arc::new(self.registry.speaks_for(device)),
            actor: Arc::new(Actor::device(&device.id, &self.tenant)),
            shown,
        }
    }

    /// Writes a refusal down, then gives back what to say. A stranger's is counted with others of its address and reason.
    async fn note(&self, refusal: Refusal, actor: ActorId, target: String, from: SocketAddr) -> Refusal {
        metrics::counter!("hanoi_ioc_device_refused_total", "reason" => refusal.code()).increment(1);
        let short = |text: String| text.chars().take(MAX_NOTED).collect();
        let known = actor != ActorId::Anonymous;
        let mut detail = BTreeMap::from([("reason".to_owned(), short(refusal.to_string()))]);
        if known {
            detail.insert("open".to_owned(), "cut".to_owned());
        }
        let access = Access {
            actor,
            act: "device.refused".to_owned(),
            target: short(target),
            outcome: Outcome::Denied,
            from: from.to_string(),
            detail,
        };
        let written = match known {
            true => self.audit.write(access).await.map(drop),
            false => self.audit.refused(access).await,
        };
        match written {
            Ok(()) => refusal,
            Err(_) => Refusal::Unavailable,
        }
    }
}

/// What of a certificate is wrong by itself. The order is that of RFC 5280 section 6.1.3, then what this house asks for.
fn fits(shown: &Read, foreign: bool, now: Timestamp) -> Result<(), String> {
    if now < shown.not_before {
        return Err(format!("it is valid only from {}; look at the clock", shown.not_before));
    }
    if now >= shown.not_after.plus(Duration::from_secs(1)) {
        return Err(format!(
            "it expired at {}; renew it, or enrol the device again",
            shown.not_after
        ));
    }
    if shown.authority {
        return Err("it is that of an authority; show the one of the device".to_owned());
    }
    if !shown.client {
        return Err("its extended key usage does not name clientAuth".to_owned());
    }
    if let Some(weakness) = &shown.weakness {
        return Err(weakness.clone());
    }
    match shown.devices.len() {
        1 => Ok(()),
        0 if foreign => Ok(()),
        0 => Err("its subject alternative name has no urn:hanoi-ioc:device:... URI".to_owned()),
        _ => Err("it names several devices; a certificate is for one".to_owned()),
    }
}

fn no_device(name: &str) -> String {
    let name: String = name.chars().take(64).collect();
    format!("no device '{name}' is registered; register it, then enrol it")
}

#[async_trait]
impl Gatekeeper for Gate {
    async fn admit(&self, credential: Credential, from: SocketAddr) -> Result<Sender, Refusal> {
        match self.judge(&credential) {
            Ok((device, shown)) => Ok(self.sender(&device, shown)),
            Err(refusal) => {
                let target = target(&credential);
                Err(self.note(refusal, ActorId::Anonymous, target, from).await)
            }
        }
    }

    async fn refused(&self, refusal: Refusal, from: SocketAddr) -> Refusal {
        let target = match &refusal {
            Refusal::Blocked(device) => device.to_string(),
            _ => String::new(),
        };
        self.note(refusal, ActorId::Anonymous, target, from).await
    }

    fn still_admitted(&self, sender: &Sender) -> bool {
        self.lost(sender).is_none()
    }

    fn standing(&self, sender: &Sender) -> Result<(), Refusal> {
        self.lost(sender).map_or(Ok(()), Err)
    }

    fn withdrawals(&self) -> Option<broadcast::Receiver<DeviceId>> {
        Some(self.registry.withdrawals())
    }

    async fn cut(&self, sender: &Sender, refusal: Refusal, from: SocketAddr) -> Refusal {
        let actor = ActorId::Device(sender.device.clone());
        self.note(refusal, actor, sender.device.to_string(), from).await
    }
}

/// What stands in the trace of somebody who was not let in: what it says to be, and never a secret.
fn target(credential: &Credential) -> String {
    match credential {
        Credential::Token { .. } => format!("{credential:?}"),
        Credential::Certificate(chain) => match chain.first().map(|leaf| read(leaf)) {
            Some(Ok(shown)) => format!("Certificate({}, serial {})", shown.devices.join(" "), shown.serial),
            _ => format!("{credential:?}"),
        },
    }
}
