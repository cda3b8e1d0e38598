//! What can be looked at: the certificates of a device, how they stand, how many end soon, and the list of revoked ones.

use super::Certificates;
use crate::certificate::Entry;
use crate::decide::certificate::{counts, standing};
use crate::error::DeviceError;
use crate::model::certificate::{Certificate, Standing};
use kernel::actor::Actor;
use kernel::time::Timestamp;
use parking_lot::Mutex;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// How long a list of revoked certificates is given out unless something changes.
const FRESH: Duration = Duration::from_secs(3_600);

/// A list as DER, the state that it is of, and when it was made.
type Made = (u64, Timestamp, Arc<[u8]>);

/// The newest list.
#[derive(Debug, Default)]
pub(super) struct Cached(Mutex<Option<Made>>);

/// How many devices stand how, by the best certificate of each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Certificates that count.
    pub counting: usize,
    /// Devices whose last certificate should be renewed now.
    pub ending: usize,
    /// Devices whose last certificate ended within the last month.
    pub ended: usize,
    /// Certificates that were revoked before their end.
    pub revoked: usize,
}

impl Certificates {
    /// The certificates of a device that the actor may see, those that end last first.
    pub async fn list(&self, actor: &Actor, device: &str) -> Result<Vec<(Certificate, Standing)>, DeviceError> {
        let device = self.ground.devices.get(actor, device).await?.id;
        let stored = self.ground.store.of(device.as_str()).await?;
        let mut all: Vec<_> = stored
            .into_iter()
            .map(|stored| {
                let how = self.standing(&stored.one);
                (stored.one, how)
            })
            .collect();
        all.sort_by(|(one, _), (other, _)| {
            other
                .not_after
                .cmp(&one.not_after)
                .then_with(|| one.print.cmp(&other.print))
        });
        Ok(all)
    }

    /// How a certificate stands now.
    pub fn standing(&self, certificate: &Certificate) -> Standing {
        standing(certificate, self.ground.terms.renew_days, self.now())
    }

    /// The best certificate of a device: of those that stand best, the one that ends last. `None` when it has none.
    pub fn best(&self, device: &str) -> Option<(Arc<Certificate>, Standing)> {
        let held = self.registry().certificates().of(device);
        let held = held.into_iter().map(|held| {
            let how = self.standing(&held);
            (held, how)
        });
        held.min_by(|(one, how), (other, other_how)| {
            how.cmp(other_how).then_with(|| other.not_after.cmp(&one.not_after))
        })
    }

    /// Figures over all devices, for metrics.
    pub fn figures(&self) -> Figures {
        let now = self.now();
        let table = self.registry().certificates();
        let all = table.filtered(|_| true);
        let mut figures = Figures {
            counting: all.iter().filter(|certificate| counts(certificate, now)).count(),
            revoked: all
                .iter()
                .filter(|it| it.revoked.is_some() && it.not_after >= now)
                .count(),
            ..Figures::default()
        };
        let devices: BTreeSet<&str> = all.iter().map(|certificate| certificate.device.as_str()).collect();
        for device in devices {
            match self.best(device) {
                Some((_, Standing::Ending)) => figures.ending += 1,
                Some((_, Standing::Ended)) => figures.ended += 1,
                _ => {}
            }
        }
        figures
    }

    /// The list of revoked certificates of this authority (CRL, DER), signed anew when something changed or an hour passed.
    pub fn revocations(&self) -> Result<Arc<[u8]>, DeviceError> {
        let table = self.registry().certificates();
        let (version, now) = (table.version(), self.now());
        let mut newest = self.list.0.lock();
        if let Some((of, at, list)) = &*newest
            && *of == version
            && now.since(*at) < FRESH
        {
            return Ok(Arc::clone(list));
        }
        let issuer = &self.authority().authority().name;
        let revoked = table.filtered(|it| it.revoked.is_some() && it.issuer == *issuer && it.not_after >= now);
        let entries = revoked.iter().filter_map(|certificate| {
            let revoked = certificate.revoked.as_ref()?;
            Some(Entry {
                serial: certificate.serial.clone(),
                at: revoked.at,
                reason: revoked.reason,
            })
        });
        let mut entries: Vec<Entry> = entries.collect();
        entries.sort_by(|one, other| one.serial.cmp(&other.serial));
        let list: Arc<[u8]> = self.authority().revocations(&entries, now)?.into();
        *newest = Some((version, now, Arc::clone(&list)));
        Ok(list)
    }
}
