//! All devices, profiles and certificates in memory, for questions that are asked per payload.

pub mod certificate;

use crate::model::certificate::Certificate;
use crate::model::{Device, Speaks};
use crate::profile::{Binding, Profile};
use crate::registry::certificate::CertificateTable;
use kernel::id::{DeviceId, ProfileId};
use kernel::series::{Contract, SeriesId, SeriesInfo};
use kernel::submission::SpeaksFor;
use kernel::time::Timestamp;
use kernel::unit::Unit;
use parking_lot::RwLock;
use rustc_hash::FxHashMap;
use std::sync::Arc;
use tokio::sync::broadcast;

/// Withdrawals that a listener may be behind before it has to look at everything.
const BEHIND: usize = 1_024;

/// A device together with its profile.
#[derive(Clone, Debug)]
pub struct Registered {
    /// The device.
    pub device: Arc<Device>,
    /// Its profile.
    pub profile: Arc<Profile>,
}

impl Registered {
    /// The meaning of a payload name.
    pub fn binding(&self, name: &str) -> Option<&Binding> {
        self.profile.bindings.iter().find(|binding| binding.name == name)
    }

    /// What a new series of this device is. The number is given by the series registry.
    pub fn series(&self, binding: &Binding, id: SeriesId) -> SeriesInfo {
        let (device, profile) = (&self.device, &self.profile);
        let interval_s = binding.contract.interval_s.or(profile.interval_s);
        SeriesInfo {
            id,
            entity: format!("urn:ngsi-ld:{}:hanoi:{}", profile.entity_type, device.id).into(),
            attribute: binding.attribute.as_str().into(),
            device: device.id.clone(),
            name: binding.name.as_str().into(),
            unit: Unit::new(&binding.unit),
            kind: binding.kind,
            contract: Contract {
                interval_s,
                ..binding.contract.clone()
            },
            profile: profile.profile.clone(),
            org: device.org.clone(),
            areas: device.areas.clone(),
            place: device.place,
            title: device.title.clone(),
            classification: device.classification,
        }
    }
}

#[derive(Debug, Default)]
struct Tables {
    devices: FxHashMap<DeviceId, Arc<Device>>,
    profiles: FxHashMap<ProfileId, Arc<Profile>>,
    tokens: FxHashMap<String, DeviceId>,
    children: FxHashMap<DeviceId, std::collections::BTreeSet<DeviceId>>,
}

/// The registry in memory; written by the service only, after the record is durable.
#[derive(Debug)]
pub struct Registry {
    tables: RwLock<Tables>,
    certificates: CertificateTable,
    withdrawals: broadcast::Sender<DeviceId>,
}

impl Default for Registry {
    fn default() -> Self {
        Self {
            tables: RwLock::default(),
            certificates: CertificateTable::default(),
            withdrawals: broadcast::channel(BEHIND).0,
        }
    }
}

/// Whether a device may have lost something that it had.
fn loses(before: &Device, after: &Device) -> bool {
    (before.state, &before.token_hash, before.speaks, &before.gateway)
        != (after.state, &after.token_hash, after.speaks, &after.gateway)
}

impl Registry {
    /// The certificates.
    pub fn certificates(&self) -> &CertificateTable {
        &self.certificates
    }

    /// Hears from now on of devices of which something is withdrawn: a state, a token, a certificate.
    pub fn withdrawals(&self) -> broadcast::Receiver<DeviceId> {
        self.withdrawals.subscribe()
    }

    fn withdraw(&self, device: DeviceId) {
        // nobody need listen
        let _ = self.withdrawals.send(device);
    }

    /// Takes the newest form of certificates.
    pub fn put_certificates(&self, certificates: impl IntoIterator<Item = Certificate>) {
        for certificate in certificates {
            let device = certificate.device.clone();
            if self.certificates.put(certificate) {
                self.withdraw(device);
            }
        }
    }

    /// Notes that a certificate was shown at a door; what it took the place of ends at once.
    pub fn show_certificate(&self, certificate: &Certificate, now: Timestamp) {
        if self.certificates.show(certificate, now) {
            self.withdraw(certificate.device.clone());
        }
    }

    /// A device with its profile; `None` when either is unknown.
    pub fn find(&self, device: &str) -> Option<Registered> {
        let tables = self.tables.read();
        let device = tables.devices.get(device)?;
        let profile = tables.profiles.get(&device.profile)?;
        Some(Registered {
            device: Arc::clone(device),
            profile: Arc::clone(profile),
        })
    }

    /// A device.
    pub fn device(&self, device: &str) -> Option<Arc<Device>> {
        self.tables.read().devices.get(device).cloned()
    }

    /// A profile.
    pub fn profile(&self, profile: &ProfileId) -> Option<Arc<Profile>> {
        self.tables.read().profiles.get(profile).cloned()
    }

    /// The device that holds a token, by the token's hash.
    pub fn by_token(&self, hash: &str) -> Option<Arc<Device>> {
        let tables = self.tables.read();
        tables.tokens.get(hash).and_then(|id| tables.devices.get(id)).cloned()
    }

    /// For whom a device speaks.
    pub fn speaks_for(&self, device: &Device) -> SpeaksFor {
        match device.speaks {
            Speaks::Itself => SpeaksFor::Itself,
            Speaks::Everyone => SpeaksFor::Everyone,
            Speaks::Children => {
                SpeaksFor::These(self.tables.read().children.get(&device.id).cloned().unwrap_or_default())
            }
        }
    }

    /// Number of devices.
    pub fn len(&self) -> usize {
        self.tables.read().devices.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes the newest form of devices.
    pub fn put(&self, devices: impl IntoIterator<Item = Device>) {
        let mut lost = Vec::new();
        let mut tables = self.tables.write();
        for device in devices {
            let device = Arc::new(device);
            if let Some(before) = tables.devices.insert(device.id.clone(), Arc::clone(&device)) {
                if loses(&before, &device) {
                    lost.push(device.id.clone());
                }
                before.token_hash.as_ref().and_then(|hash| tables.tokens.remove(hash));
                if let Some(gateway) = &before.gateway
                    && let Some(children) = tables.children.get_mut(gateway)
                {
                    children.remove(&before.id);
                }
            }
            if let Some(hash) = &device.token_hash {
                tables.tokens.insert(hash.clone(), device.id.clone());
            }
            if let Some(gateway) = &device.gateway {
                tables
                    .children
                    .entry(gateway.clone())
                    .or_default()
                    .insert(device.id.clone());
            }
        }
        // told when they can be looked up
        drop(tables);
        lost.into_iter().for_each(|device| self.withdraw(device));
    }

    /// Replaces all profiles.
    pub fn set_profiles(&self, profiles: impl IntoIterator<Item = Profile>) {
        let profiles = profiles
            .into_iter()
            .map(|profile| (profile.profile.clone(), Arc::new(profile)))
            .collect();
        self.tables.write().profiles = profiles;
    }
}
