//! Certificates of devices: issuing, binding, inviting, revoking; asking and renewing are in `ask`, what is written down a moment
//! later in `settle`. Each act is authorised, durable, then known to the gate at once.

mod ask;
mod invite;
mod list;
mod settle;

use super::Devices;
use crate::certificate::read::{self, Read};
use crate::certificate::{Issued, PlatformCa, bundle};
use crate::decide::certificate::{MAX_HELD, counts, standing};
use crate::error::DeviceError;
use crate::fact::certificate::{Happened, fact};
use crate::model::certificate::{Certificate, Invitation, Origin, Reason, Revoked, Standing};
use crate::record::certificate::Stored;
use crate::store::certificate::{CertificateStore, Changes};
use audit::store::AuditLog;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kernel::actor::{Actor, ActorId};
use kernel::clock::Clock;
use kernel::id::{DeviceId, TenantId};
use kernel::time::Timestamp;
use policy::action::Action;
use policy::compiled::permit;
use ports::error::PortError;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, OwnedMutexGuard};

/// Certificates that are written in one transaction.
const CHUNK: usize = 500;
/// How long what has ended stays in memory, so that its holder is told why.
const REMEMBERED: Duration = Duration::from_secs(30 * 86_400);

/// For how long certificates are made, and when they should be renewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Days that a certificate is valid.
    pub days: u32,
    /// Days before the end from which on it should be renewed; in the last third of its life at the earliest.
    pub renew_days: u32,
}

/// What the certificates stand on.
#[derive(Clone, Debug)]
pub struct Ground {
    /// Where they are kept.
    pub store: CertificateStore,
    /// The devices that they are for.
    pub devices: Devices,
    /// Who signs them.
    pub authority: Arc<PlatformCa>,
    /// Where asking is written down; acts of people and operators are written down by their doors.
    pub audit: AuditLog,
    /// The tenant.
    pub tenant: TenantId,
    /// The time of the machine: certificates are never virtual (SEMANTICS 31).
    pub wall: Arc<dyn Clock>,
    /// For how long.
    pub terms: Terms,
}

/// The certificates of one tenant.
#[derive(Clone, Debug)]
pub struct Certificates {
    ground: Arc<Ground>,
    /// Held from the load of what is changed until the gate knows its new form.
    turn: Arc<Mutex<()>>,
    list: Arc<list::Cached>,
}

type Turn = OwnedMutexGuard<()>;

impl Certificates {
    /// Over what they stand on; [`Certificates::load`] fills the register.
    pub fn new(ground: Ground) -> Self {
        Self {
            ground: Arc::new(ground),
            turn: Arc::default(),
            list: Arc::default(),
        }
    }

    /// Reads all certificates that have not ended into the register; answers how many.
    pub async fn load(&self) -> Result<usize, DeviceError> {
        let since = self.now().minus(REMEMBERED);
        let certificates = self.ground.store.valid_since(since).await?;
        let count = certificates.len();
        self.registry().put_certificates(certificates);
        Ok(count)
    }

    /// Who signs.
    pub fn authority(&self) -> &PlatformCa {
        &self.ground.authority
    }

    /// Makes a key and a certificate for a device.
    pub async fn issue(&self, actor: &Actor, device: &str, days: Option<u32>) -> Result<Issued, DeviceError> {
        authorise(actor, Action::DeviceEnrol)?;
        let device = self.ground.devices.get(actor, device).await?.id;
        let turn = self.turn().await;
        self.has_room(&device)?;
        let now = self.now();
        let issued = self.authority().issue_device(&device, now, self.days(days))?;
        let entry = self.issued(&issued, &device, actor, now)?;
        self.keep(turn, vec![new(entry)], None).await?;
        Ok(issued)
    }

    /// Makes keys and certificates for many devices that exist, without asking for each whether it may have one more.
    pub async fn issue_all(&self, actor: &Actor, devices: &[DeviceId]) -> Result<Vec<Issued>, DeviceError> {
        authorise(actor, Action::DeviceEnrol)?;
        let mut all = Vec::with_capacity(devices.len());
        for chunk in devices.chunks(CHUNK) {
            let (turn, now) = (self.turn().await, self.now());
            let mut entries = Vec::with_capacity(chunk.len());
            for device in chunk {
                let issued = self.authority().issue_device(device, now, self.days(None))?;
                entries.push(new(self.issued(&issued, device, actor, now)?));
                all.push(issued);
            }
            self.keep(turn, entries, None).await?;
        }
        Ok(all)
    }

    /// Takes certificates that were made elsewhere into the register: all of a text in PEM, for the devices that they name, or one
    /// for a device that it does not name. Answers how many are new. Nothing is taken unless all fit.
    ///
    /// Who signed them is not asked here: a certificate whose authority is not trusted does not come through the door.
    pub async fn bind(&self, actor: &Actor, pem: &str, device: Option<&str>) -> Result<usize, DeviceError> {
        authorise(actor, Action::DeviceEnrol)?;
        let certificates = bundle::certificates(pem)?;
        if device.is_some() && certificates.len() > 1 {
            return Err(unfit(
                "certificate",
                "there are several certificates; name no device, or give one certificate",
            ));
        }
        let (turn, now) = (self.turn().await, self.now());
        let mut entries = Vec::new();
        for (number, der) in certificates.iter().enumerate() {
            let entry = self.bound(actor, der, device, now).await;
            let which = |why: String| unfit("certificate", &format!("certificate {}: {why}", number + 1));
            let entry = entry.map_err(|error| which(error.to_string()))?;
            match self.registry().certificates().find(&entry.print) {
                None => entries.push(new(entry)),
                Some(known) if known.device == entry.device && known.revoked.is_none() => {}
                Some(_) => {
                    return Err(which(
                        "it is known here and was revoked or belongs to another device".into(),
                    ));
                }
            }
        }
        let count = entries.len();
        let mut turn = Some(turn);
        for chunk in entries.chunks(CHUNK) {
            let turn = match turn.take() {
                Some(turn) => turn,
                None => self.turn().await,
            };
            self.keep(turn, chunk.to_vec(), None).await?;
        }
        Ok(count)
    }

    async fn bound(
        &self,
        actor: &Actor,
        der: &[u8],
        device: Option<&str>,
        now: Timestamp,
    ) -> Result<Certificate, DeviceError> {
        let read = read::read(der).map_err(|why| unfit("certificate", &why))?;
        let wrong = |why: &str| Err(unfit("certificate", why));
        if read.authority {
            return wrong("it is that of an authority; bind the one of the device");
        }
        if !read.client {
            return wrong("its extended key usage does not name clientAuth");
        }
        if let Some(weakness) = &read.weakness {
            return wrong(weakness);
        }
        let named = match (read.devices.as_slice(), device) {
            ([], Some(device)) => device.to_owned(),
            ([named], None) => named.clone(),
            ([named], Some(device)) if named == device => named.clone(),
            ([], None) => return wrong("it names no device; say for which device it is"),
            ([named], Some(_)) => return wrong(&format!("it names the device '{named}'")),
            _ => return wrong("it names several devices; a certificate is for one"),
        };
        let device = self.ground.devices.get(actor, &named).await?.id;
        let entry = self.entry(read, der, &device, Origin::Bound, actor.id.clone(), now);
        match standing(&entry, 0, now) {
            Standing::Ended => wrong("it has ended"),
            _ => Ok(entry),
        }
    }

    /// Revokes one certificate of a device, by fingerprint or serial number, or all that count. What the device has open by it ends
    /// at once. Answers what was revoked.
    pub async fn revoke(
        &self,
        actor: &Actor,
        device: &str,
        which: Option<&str>,
        reason: Reason,
    ) -> Result<Vec<Certificate>, DeviceError> {
        authorise(actor, Action::DeviceRevoke)?;
        let device = self.ground.devices.get(actor, device).await?.id;
        let (turn, now) = (self.turn().await, self.now());
        let wanted = which.map(|which| which.to_ascii_lowercase().replace(':', ""));
        let held = self.ground.store.of(device.as_str()).await?;
        let meant = held.into_iter().filter(|stored| {
            let named = wanted.as_ref();
            let named = named.is_none_or(|wanted| *wanted == stored.one.print || *wanted == stored.one.serial);
            named && stored.one.revoked.is_none() && (wanted.is_some() || stored.one.not_after >= now)
        });
        let meant: Vec<Stored<Certificate>> = meant
            .map(|stored| {
                let revoked = Revoked {
                    at: now,
                    by: actor.id.clone(),
                    reason,
                };
                Stored {
                    one: Certificate {
                        revoked: Some(revoked),
                        ..stored.one
                    },
                    version: stored.version,
                }
            })
            .collect();
        if meant.is_empty() && wanted.is_some() {
            return Err(unfit(
                "certificate",
                "the device has no certificate of this id or serial number that counts; GET /api/v1/devices/{id}/certificates lists them",
            ));
        }
        let revoked: Vec<Certificate> = meant.iter().map(|stored| stored.one.clone()).collect();
        if !meant.is_empty() {
            self.keep(turn, meant, None).await?;
        }
        Ok(revoked)
    }

    fn registry(&self) -> &crate::registry::Registry {
        self.ground.devices.registry()
    }

    fn now(&self) -> Timestamp {
        self.ground.wall.now()
    }

    fn days(&self, asked: Option<u32>) -> u32 {
        asked.unwrap_or(self.ground.terms.days)
    }

    async fn turn(&self) -> Turn {
        Arc::clone(&self.turn).lock_owned().await
    }

    /// Refuses a further certificate when the device has enough.
    fn has_room(&self, device: &DeviceId) -> Result<(), DeviceError> {
        let now = self.now();
        let held = self.registry().certificates().of(device.as_str());
        let held = held.iter().filter(|held| counts(held, now)).count();
        match held < MAX_HELD {
            true => Ok(()),
            false => Err(DeviceError::TooManyCertificates(device.clone(), held)),
        }
    }

    fn issued(
        &self,
        issued: &Issued,
        device: &DeviceId,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<Certificate, DeviceError> {
        let certificates = bundle::certificates(&issued.certificate)?;
        let der = certificates.first().map(Vec::as_slice).unwrap_or_default();
        let read = read::read(der).map_err(DeviceError::Certificate)?;
        Ok(self.entry(read, der, device, Origin::Issued, actor.id.clone(), now))
    }

    fn entry(
        &self,
        read: Read,
        der: &[u8],
        device: &DeviceId,
        origin: Origin,
        by: ActorId,
        at: Timestamp,
    ) -> Certificate {
        Certificate {
            print: read.print,
            serial: read.serial,
            issuer: read.issuer,
            key: read.key,
            device: device.clone(),
            not_before: read.not_before,
            not_after: read.not_after,
            origin,
            at,
            by,
            replaces: None,
            revoked: None,
            der: STANDARD.encode(der),
        }
    }

    /// Writes certificates and an invitation together, tells of it, then makes them known to the gate: to its end also when the
    /// caller goes away. Otherwise a certificate could stay good that storage knows as revoked.
    async fn keep(
        &self,
        turn: Turn,
        certificates: Vec<Stored<Certificate>>,
        invitation: Option<Stored<Invitation>>,
    ) -> Result<(), DeviceError> {
        let this = self.clone();
        let act = async move {
            let _turn = turn;
            let now = this.now();
            let facts = certificates.iter().filter_map(|Stored { one, version }| {
                let (happened, by) = match (version, &one.revoked) {
                    (0, _) => (Happened::Registered, &one.by),
                    (_, Some(revoked)) => (Happened::Revoked, &revoked.by),
                    (_, None) => return None,
                };
                let device = this.registry().device(one.device.as_str());
                Some(fact(happened, one, device.as_deref(), by, &this.ground.tenant, now))
            });
            let changes = Changes {
                facts: facts.collect(),
                certificates,
                invitation,
            };
            let certificates: Vec<Certificate> = changes.certificates.iter().map(|one| one.one.clone()).collect();
            let saved = this.ground.store.save(changes).await;
            let known = match &saved {
                Ok(()) => certificates,
                Err(DeviceError::Port(PortError::Conflict { .. })) => Vec::new(),
                // it may be stored all the same: believe what storage says now
                Err(_) => this.stored(&certificates).await,
            };
            this.registry().put_certificates(known);
            saved
        };
        let stopped = |error: tokio::task::JoinError| PortError::Unavailable(error.to_string());
        tokio::spawn(act).await.map_err(stopped)?
    }

    async fn stored(&self, certificates: &[Certificate]) -> Vec<Certificate> {
        let mut found = Vec::new();
        for certificate in certificates {
            if let Ok(Some(stored)) = self.ground.store.get(&certificate.print).await {
                found.push(stored.one);
            }
        }
        found
    }
}

fn new(one: Certificate) -> Stored<Certificate> {
    Stored { one, version: 0 }
}

fn unfit(field: &'static str, what: &str) -> DeviceError {
    DeviceError::Invalid {
        field,
        what: what.to_owned(),
    }
}

fn authorise(actor: &Actor, action: Action) -> Result<(), DeviceError> {
    permit(actor, action).map_err(|refused| DeviceError::WrongRole(refused.roles()))
}
