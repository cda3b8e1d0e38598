//! Registering devices, giving tokens, blocking: each act authorised, durable, then known to the gate at once.

pub mod certificate;
pub mod command;

use crate::error::DeviceError;
use crate::model::{Device, DeviceState};
use crate::record::classes_up_to;
use crate::registry::Registry;
use crate::store::Store;
use kernel::actor::{Actor, Grant};
use kernel::area::AreaCode;
use kernel::clock::Clock;
use kernel::id::{DeviceId, ProfileId};
use kernel::time::Timestamp;
use policy::action::Action;
use policy::compiled::permit;
use ports::error::PortError;
use ports::query::{After, Condition, Query};
use ports::records::{Expect, Records};
use rand::Rng;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::sync::{Mutex, OwnedMutexGuard};

/// The devices of one tenant.
#[derive(Clone, Debug)]
pub struct Devices {
    store: Store,
    registry: Arc<Registry>,
    clock: Arc<dyn Clock>,
    /// Held from the load of a device until the gate knows its new form.
    turn: Arc<Mutex<()>>,
}

type Turn = OwnedMutexGuard<()>;

/// Most characters of a title or a question.
const MAX_TEXT: usize = 200;
/// Devices that are looked at for one page of a list that is narrowed to presence.
pub const MAX_LOOKED: usize = 20_000;
/// Devices read at once for such a page.
const PAGE: usize = 1_000;
/// Most areas of one device.
const MAX_AREAS: usize = 32;

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
            turn: Arc::default(),
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
        authorise(actor, Action::DeviceRegister)?;
        self.check(actor, &device)?;
        let turn = Arc::clone(&self.turn).lock_owned().await;
        match self.save(turn, vec![(device.clone(), Expect::Absent)], actor).await {
            Err(DeviceError::Port(PortError::Conflict { .. })) => Err(DeviceError::Exists(device.id)),
            other => other.map(|()| device),
        }
    }

    /// Registers devices that do not exist yet and leaves the others as they are; answers how many are new. Nothing is
    /// registered unless all new ones fit.
    pub async fn import(&self, actor: &Actor, devices: Vec<Device>) -> Result<usize, DeviceError> {
        authorise(actor, Action::DeviceRegister)?;
        let mut ids = BTreeSet::new();
        for device in &devices {
            if self.registry.device(device.id.as_str()).is_none() {
                self.check(actor, device)?;
            }
            if !ids.insert(&device.id) {
                let what = format!("device '{}' stands twice in the list; keep one", device.id);
                return Err(DeviceError::Invalid { field: "id", what });
            }
        }
        let mut count = 0;
        for chunk in devices.chunks(500) {
            let turn = Arc::clone(&self.turn).lock_owned().await;
            let unknown = chunk
                .iter()
                .filter(|device| self.registry.device(device.id.as_str()).is_none());
            let new: Vec<_> = unknown.map(|device| (device.clone(), Expect::Absent)).collect();
            if !new.is_empty() {
                count += new.len();
                self.save(turn, new, actor).await?;
            }
        }
        Ok(count)
    }

    /// Gives a device a new token; the old one ends at once. The token exists only in the answer.
    pub async fn new_token(&self, actor: &Actor, id: &str) -> Result<String, DeviceError> {
        authorise(actor, Action::DeviceToken)?;
        let mut bytes = [0_u8; 32];
        rand::rng().fill(&mut bytes);
        let token = hex(&bytes);
        let hash = token_hash(&token);
        self.change(actor, id, |device| device.token_hash = Some(hash)).await?;
        Ok(token)
    }

    /// Blocks a device or lets it speak again.
    pub async fn set_state(&self, actor: &Actor, id: &str, state: DeviceState) -> Result<Device, DeviceError> {
        authorise(actor, Action::DeviceBlock)?;
        self.change(actor, id, |device| device.state = state).await
    }

    /// One device, if the actor may see it.
    pub async fn get(&self, actor: &Actor, id: &str) -> Result<Device, DeviceError> {
        self.find(actor, id).await.map(|(device, _)| device)
    }

    /// One page of what the actor may see, by id. Every page but the last is full.
    pub async fn list(
        &self,
        actor: &Actor,
        filter: &Filter,
        after: Option<After>,
        limit: usize,
    ) -> Result<(Vec<Device>, Option<After>), DeviceError> {
        let classes = classes_up_to(actor.scope.max_classification);
        let mut query = Query::all(limit)
            .after(after)
            .with(Condition::AnyOf("classification", classes));
        if let Grant::Only(areas) = &actor.scope.areas {
            query = query.with(Condition::AnyOf(
                "area",
                areas.iter().map(ToString::to_string).collect(),
            ));
        }
        if let Grant::Only(orgs) = &actor.scope.orgs {
            let orgs = orgs.iter().map(ToString::to_string).collect();
            query = query.with(Condition::AnyOf("org", orgs));
        }
        if let Some(area) = &filter.area {
            let area = AreaCode::new(area).map_err(|error| invalid("area", error))?;
            query = query.with(Condition::AnyOf("area", vec![area.to_string()]));
        }
        if let Some(profile) = &filter.profile {
            let profile = ProfileId::new(profile).map_err(|error| invalid("profile", error))?;
            query = query.with(Condition::AnyOf("profile", vec![profile.to_string()]));
        }
        if let Some(words) = &filter.words {
            if words.chars().count() > MAX_TEXT {
                return Err(invalid(
                    "q",
                    format!("q has more than {MAX_TEXT} characters; write a few words"),
                ));
            }
            query = query.with(Condition::Words("words", words.clone()));
        }
        self.store.page(query).await
    }

    /// One page of what the actor may see and `keep` wants, by id. At most [`MAX_LOOKED`] devices are looked at: a page may
    /// have fewer than `limit`, also none, and say where to go on.
    pub async fn list_kept(
        &self,
        actor: &Actor,
        filter: &Filter,
        mut after: Option<After>,
        limit: usize,
        keep: &(dyn Fn(&Device) -> bool + Sync),
    ) -> Result<(Vec<Device>, Option<After>), DeviceError> {
        let mut kept = Vec::new();
        for _ in 0..MAX_LOOKED / PAGE {
            let (page, next) = self.list(actor, filter, after, PAGE).await?;
            for device in page {
                if keep(&device) {
                    let key = device.id.to_string();
                    kept.push(device);
                    if kept.len() >= limit {
                        return Ok((kept, Some(After { value: 0, key })));
                    }
                }
            }
            after = next;
            if after.is_none() {
                break;
            }
        }
        Ok((kept, after))
    }

    /// The present instant of the instance's clock.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    async fn find(&self, actor: &Actor, id: &str) -> Result<(Device, u64), DeviceError> {
        let unknown = || DeviceError::NotFound(id.chars().take(80).collect());
        let id = DeviceId::new(id).map_err(|_| unknown())?;
        let found = self.store.get(id.as_str()).await?;
        found.filter(|(device, _)| sees(actor, device)).ok_or_else(unknown)
    }

    async fn change(&self, actor: &Actor, id: &str, change: impl FnOnce(&mut Device)) -> Result<Device, DeviceError> {
        let turn = Arc::clone(&self.turn).lock_owned().await;
        let (mut device, version) = self.find(actor, id).await?;
        change(&mut device);
        self.save(turn, vec![(device.clone(), Expect::Version(version))], actor)
            .await?;
        Ok(device)
    }

    /// Stores devices together, then makes them known to the gate: one save after another, and to its end also when the
    /// caller goes away. Otherwise a device could stay admitted that storage knows as blocked.
    async fn save(&self, turn: Turn, devices: Vec<(Device, Expect)>, actor: &Actor) -> Result<(), DeviceError> {
        let (this, actor) = (self.clone(), actor.clone());
        let act = async move {
            let _turn = turn;
            match this.store.put(&devices, &actor, this.clock.now()).await {
                Ok(()) => this.registry.put(devices.into_iter().map(|(device, _)| device)),
                Err(error @ DeviceError::Port(PortError::Conflict { .. })) => return Err(error),
                Err(error) => {
                    // it may be stored all the same: believe what storage says now
                    for (device, _) in devices {
                        if let Ok(Some((stored, _))) = this.store.get(device.id.as_str()).await {
                            this.registry.put([stored]);
                        }
                    }
                    return Err(error);
                }
            }
            Ok(())
        };
        let stopped = |error: tokio::task::JoinError| PortError::Unavailable(error.to_string());
        tokio::spawn(act).await.map_err(stopped)?
    }

    fn check(&self, actor: &Actor, device: &Device) -> Result<(), DeviceError> {
        if !sees(actor, device) {
            return Err(DeviceError::OutOfScope(device.id.clone()));
        }
        if self.registry.profile(&device.profile).is_none() {
            let what = format!(
                "there is no profile '{}'; load it with the city pack first",
                device.profile
            );
            return Err(invalid("profile", what));
        }
        if device.title.vi.trim().is_empty() {
            return Err(invalid("title", "title.vi is empty; write what people call the device"));
        }
        if [&device.title.vi, &device.title.en]
            .iter()
            .any(|title| title.chars().count() > MAX_TEXT)
        {
            return Err(invalid(
                "title",
                format!("title has more than {MAX_TEXT} characters; write a short name"),
            ));
        }
        if device.areas.len() > MAX_AREAS {
            return Err(invalid(
                "areas",
                format!("there are more than {MAX_AREAS} areas; name the most specific ones"),
            ));
        }
        if device.gateway.as_ref() == Some(&device.id) {
            return Err(invalid("gateway", "a device is not its own gateway; leave gateway out"));
        }
        Ok(())
    }
}

fn invalid(field: &'static str, what: impl ToString) -> DeviceError {
    DeviceError::Invalid {
        field,
        what: what.to_string(),
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
    actor.scope.sees_of(&device.org, &device.areas, device.classification)
}

fn authorise(actor: &Actor, action: Action) -> Result<(), DeviceError> {
    permit(actor, action).map_err(|refused| DeviceError::WrongRole(refused.roles()))
}
