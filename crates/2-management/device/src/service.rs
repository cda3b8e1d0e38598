//! Registering devices, giving tokens, blocking: each act authorised, durable, then known to the gate at once.

use crate::error::DeviceError;
use crate::model::{Device, DeviceState};
use crate::registry::Registry;
use crate::store::Store;
use kernel::actor::{Actor, Grant};
use kernel::clock::Clock;
use ports::error::PortError;
use ports::query::{After, Condition, Query};
use ports::records::{Expect, Records};
use rand::Rng;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// The devices of one tenant.
#[derive(Clone, Debug)]
pub struct Devices {
    store: Store,
    registry: Arc<Registry>,
    clock: Arc<dyn Clock>,
}

/// What a list of devices is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Area codes.
    pub area: Option<String>,
    /// Profile.
    pub profile: Option<String>,
    /// Words of id and title, with or without accents.
    pub words: Option<String>,
}

impl Devices {
    /// Over the records of one tenant; [`Devices::load`] fills the registry.
    pub fn new(records: Arc<dyn Records>, registry: Arc<Registry>, clock: Arc<dyn Clock>) -> Self {
        Self {
            store: Store::new(records),
            registry,
            clock,
        }
    }

    /// The registry that this service keeps true.
    pub fn registry(&self) -> &Arc<Registry> {
        &self.registry
    }

    /// Reads all devices into the registry; answers how many.
    pub async fn load(&self) -> Result<usize, DeviceError> {
        let devices = self.store.all().await?;
        let count = devices.len();
        self.registry.put(devices);
        Ok(count)
    }

    /// Registers a new device.
    pub async fn register(&self, actor: &Actor, device: Device) -> Result<Device, DeviceError> {
        authorise(actor, "register devices")?;
        self.check(&device)?;
        let id = device.id.clone();
        match self
            .store
            .put(&[(device.clone(), Expect::Absent)], actor, self.clock.now())
            .await
        {
            Err(DeviceError::Port(PortError::Conflict { .. })) => return Err(DeviceError::Exists(id)),
            other => other?,
        }
        self.registry.put([device.clone()]);
        Ok(device)
    }

    /// Registers devices that do not exist yet and leaves the others as they are; answers how many are new.
    pub async fn import(&self, actor: &Actor, devices: Vec<Device>) -> Result<usize, DeviceError> {
        authorise(actor, "import devices")?;
        let new: Vec<(Device, Expect)> = devices
            .into_iter()
            .filter(|device| self.registry.device(device.id.as_str()).is_none())
            .map(|device| (device, Expect::Absent))
            .collect();
        for (device, _) in &new {
            self.check(device)?;
        }
        for chunk in new.chunks(500) {
            self.store.put(chunk, actor, self.clock.now()).await?;
            self.registry.put(chunk.iter().map(|(device, _)| device.clone()));
        }
        Ok(new.len())
    }

    /// Gives a device a new token; the old one ends at once. The token exists only in the answer.
    pub async fn new_token(&self, actor: &Actor, id: &str) -> Result<String, DeviceError> {
        authorise(actor, "give tokens")?;
        let mut bytes = [0_u8; 32];
        rand::rng().fill(&mut bytes);
        let token = hex(&bytes);
        let hash = token_hash(&token);
        self.change(actor, id, |device| device.token_hash = Some(hash)).await?;
        Ok(token)
    }

    /// Blocks a device or lets it speak again.
    pub async fn set_state(&self, actor: &Actor, id: &str, state: DeviceState) -> Result<Device, DeviceError> {
        authorise(actor, "block devices")?;
        self.change(actor, id, |device| device.state = state).await
    }

    /// One device, if the actor may see it.
    pub async fn get(&self, actor: &Actor, id: &str) -> Result<Device, DeviceError> {
        let found = self.store.get(id).await?.map(|(device, _)| device);
        let seen = found.filter(|device| sees(actor, device));
        seen.ok_or_else(|| DeviceError::NotFound(id.chars().take(80).collect()))
    }

    /// One page of what the actor may see, by id.
    pub async fn list(
        &self,
        actor: &Actor,
        filter: &Filter,
        after: Option<After>,
        limit: usize,
    ) -> Result<(Vec<Device>, Option<After>), DeviceError> {
        let mut query = Query::all(limit).after(after);
        let areas = match (&filter.area, &actor.scope.areas) {
            (Some(area), _) => Some(vec![area.clone()]),
            (None, Grant::Only(areas)) => Some(areas.iter().map(ToString::to_string).collect()),
            (None, Grant::All) => None,
        };
        if let Some(areas) = areas {
            query = query.with(Condition::AnyOf("area", areas));
        }
        if let Some(profile) = &filter.profile {
            query = query.with(Condition::AnyOf("profile", vec![profile.clone()]));
        }
        if let Some(words) = filter.words.as_ref().filter(|words| !words.trim().is_empty()) {
            query = query.with(Condition::Words("words", words.clone()));
        }
        let (mut devices, next) = self.store.page(query).await?;
        devices.retain(|device| sees(actor, device));
        Ok((devices, next))
    }

    async fn change(&self, actor: &Actor, id: &str, change: impl FnOnce(&mut Device)) -> Result<Device, DeviceError> {
        let found = self.store.get(id).await?.filter(|(device, _)| sees(actor, device));
        let (mut device, version) = found.ok_or_else(|| DeviceError::NotFound(id.chars().take(80).collect()))?;
        change(&mut device);
        self.store
            .put(&[(device.clone(), Expect::Version(version))], actor, self.clock.now())
            .await?;
        self.registry.put([device.clone()]);
        Ok(device)
    }

    fn check(&self, device: &Device) -> Result<(), DeviceError> {
        if self.registry.profile(&device.profile).is_none() {
            let what = format!(
                "there is no profile '{}'; load it with the city pack first",
                device.profile
            );
            return Err(DeviceError::Invalid { field: "profile", what });
        }
        if device.title.vi.trim().is_empty() {
            let what = "title.vi is empty; write what people call the device".to_owned();
            return Err(DeviceError::Invalid { field: "title", what });
        }
        Ok(())
    }
}

/// What is kept of a token.
pub fn token_hash(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn sees(actor: &Actor, device: &Device) -> bool {
    actor.scope.sees(&device.areas, device.classification)
}

fn authorise(actor: &Actor, act: &'static str) -> Result<(), DeviceError> {
    let may = actor.has_role("administrator") || actor.has_role("service");
    may.then_some(()).ok_or(DeviceError::Denied(act))
}
