//! Giving commands to devices and hearing their answers: authorised, held against the profile, durable, then on the way.

mod answer;

use super::Devices;
use crate::decide::command::{Deed, Wanted, hindrance, order};
use crate::error::DeviceError;
use crate::fact::SOURCE;
use crate::fact::command::Reach;
use crate::model::Device;
use crate::model::command::{Hindrance, Params};
use crate::profile::command::Reading;
use crate::record::command::Stored;
use crate::registry::Registered;
use crate::store::command::{Changed, CommandStore};
use kernel::actor::Actor;
use kernel::id::{CommandId, DeviceId, derived};
use kernel::time::Timestamp;
use parking_lot::Mutex;
use policy::action::Action;
use policy::compiled::permit;
use ports::error::PortError;
use ports::query::After;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use uuid::Uuid;

/// Open commands of one device; further ones are turned away until one is settled.
pub const MAX_OPEN: usize = 16;
/// Devices whose news may wait for the dispatcher; beyond it, its next look at everything finds them.
const MAX_NEWS: usize = 100_000;

/// Knows what devices reported last; the server joins it with `observation`.
pub trait Readings: Send + Sync {
    /// The newest value of a payload name, if there is one that is not bad.
    fn newest(&self, device: &str, name: &str) -> Option<Reading>;
}

/// What a person asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Name of the command in the profile.
    pub name: String,
    /// Arguments.
    pub params: Params,
    /// Seconds from now until the deadline.
    pub deadline_s: u32,
    /// An Idempotency-Key with a digest of what was asked.
    pub key: Option<(String, Uuid)>,
}

/// Why the dispatcher shall look at a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum News {
    /// It has a new command.
    Ordered,
    /// It listens from now on: what was sent before may be lost.
    Listening,
}

/// The commands of one tenant.
#[derive(Clone)]
pub struct Commands {
    store: CommandStore,
    devices: Devices,
    readings: Arc<dyn Readings>,
    news: Arc<Mutex<BTreeMap<DeviceId, News>>>,
    nudge: Arc<Notify>,
}

impl Commands {
    /// Time is that of `devices`: the instance's clock, which may be virtual.
    pub fn new(store: CommandStore, devices: Devices, readings: Arc<dyn Readings>) -> Self {
        Self {
            store,
            devices,
            readings,
            news: Arc::default(),
            nudge: Arc::default(),
        }
    }

    /// Told when the dispatcher has something to do.
    pub fn nudge(&self) -> Arc<Notify> {
        Arc::clone(&self.nudge)
    }

    /// Gives a command to a device and answers it as it waits for its way. With a key that was used before, the command that
    /// was given then.
    pub async fn order(&self, actor: &Actor, device: &str, request: Request) -> Result<Stored, DeviceError> {
        authorise(actor, Action::CommandGive)?;
        let device = self.devices.get(actor, device).await?;
        let id = match &request.key {
            Some((key, _)) => asked_id(actor, key),
            None => CommandId(Uuid::now_v7()),
        };
        if let Some((_, asked)) = &request.key
            && let Some(before) = self.before(id, *asked).await?
        {
            return Ok(before);
        }
        let open = self
            .store
            .waiting(&["queued", "sent"], Some(&device.id), MAX_OPEN)
            .await?;
        if open.len() >= MAX_OPEN {
            return Err(DeviceError::TooManyCommands(device.id, MAX_OPEN));
        }
        let now = self.now();
        let registered = self.registered(&device)?;
        let wanted = Wanted {
            id,
            name: request.name,
            params: request.params,
            deadline: now.plus(Duration::from_secs(u64::from(request.deadline_s))),
        };
        let deed = Deed {
            at: now,
            by: actor.id.clone(),
        };
        let (mut command, queued) = order(&device, &registered.profile, wanted, deed)?;
        if let Some(why) = self.hindrance(&registered, &command.name, &command.params) {
            return Err(DeviceError::Hindered { device: device.id, why });
        }
        command.asked = request.key.as_ref().map(|(_, asked)| *asked);
        let changed = Changed {
            stored: Stored { command, version: 0 },
            told: vec![queued],
            reach: reach(&device),
        };
        match self.store.save(vec![changed], None).await {
            Ok(mut saved) => {
                self.tell(&device.id, News::Ordered);
                saved.pop().ok_or(DeviceError::NoCommand)
            }
            // the same key came twice at once
            Err(DeviceError::Port(error @ PortError::Conflict { .. })) => match &request.key {
                Some((_, asked)) => self.before(id, *asked).await?.ok_or(error.into()),
                None => Err(error.into()),
            },
            Err(error) => Err(error),
        }
    }

    /// The commands of a device, newest first.
    pub async fn list(
        &self,
        actor: &Actor,
        device: &str,
        after: Option<After>,
        limit: usize,
    ) -> Result<(Vec<Stored>, Option<After>), DeviceError> {
        authorise(actor, Action::CommandRead)?;
        let device = self.devices.get(actor, device).await?;
        self.store.page(&device.id, after, limit).await
    }

    /// One command, if the actor may see its device.
    pub async fn one(&self, actor: &Actor, id: CommandId) -> Result<Stored, DeviceError> {
        authorise(actor, Action::CommandRead)?;
        let stored = self.store.get(id).await?.ok_or(DeviceError::NoCommand)?;
        match self.devices.get(actor, stored.command.device.as_str()).await {
            Ok(_) => Ok(stored),
            Err(DeviceError::NotFound(_)) => Err(DeviceError::NoCommand),
            Err(error) => Err(error),
        }
    }

    async fn before(&self, id: CommandId, asked: Uuid) -> Result<Option<Stored>, DeviceError> {
        match self.store.get(id).await? {
            Some(before) if before.command.asked == Some(asked) => Ok(Some(before)),
            Some(_) => Err(DeviceError::KeyReused(id)),
            None => Ok(None),
        }
    }

    fn registered(&self, device: &Device) -> Result<Registered, DeviceError> {
        let found = self.devices.registry().find(device.id.as_str());
        found.ok_or_else(|| DeviceError::Invalid {
            field: "profile",
            what: format!("the profile '{}' is not loaded; load the city pack", device.profile),
        })
    }

    /// What stands against a command now.
    pub(crate) fn hindrance(&self, registered: &Registered, name: &str, params: &Params) -> Option<Hindrance> {
        let device = &registered.device;
        let newest = |name: &str| self.readings.newest(device.id.as_str(), name);
        hindrance(device, &registered.profile, (name, params), &newest, self.now())
    }

    /// The present instant of the instance's clock.
    pub(crate) fn now(&self) -> Timestamp {
        self.devices.now()
    }

    pub(crate) fn store(&self) -> &CommandStore {
        &self.store
    }

    pub(crate) fn find(&self, device: &DeviceId) -> Option<Registered> {
        self.devices.registry().find(device.as_str())
    }

    /// Where facts about a device count.
    pub(crate) fn reach(&self, device: &DeviceId) -> Reach {
        let device = self.devices.registry().device(device.as_str());
        device.map(|device| reach(&device)).unwrap_or_default()
    }

    /// Leaves news for the dispatcher and wakes it.
    pub(crate) fn tell(&self, device: &DeviceId, what: News) {
        self.keep(device, what);
        self.nudge.notify_one();
    }

    /// For a turn that failed; the next one, which comes by itself, finds the news again.
    pub(crate) fn put_back(&self, news: &BTreeMap<DeviceId, News>) {
        news.iter().for_each(|(device, what)| self.keep(device, *what));
    }

    fn keep(&self, device: &DeviceId, what: News) {
        let mut news = self.news.lock();
        if news.len() < MAX_NEWS || news.contains_key(device) {
            let known = news.entry(device.clone()).or_insert(what);
            *known = what.max(*known);
        }
    }

    /// Takes all news.
    pub(crate) fn news(&self) -> BTreeMap<DeviceId, News> {
        std::mem::take(&mut *self.news.lock())
    }
}

fn reach(device: &Device) -> Reach {
    Reach {
        areas: device.areas.clone(),
        classification: device.classification,
    }
}

/// The id of a command that is given with an Idempotency-Key: it follows from person and key.
fn asked_id(actor: &Actor, key: &str) -> CommandId {
    let by = actor.id.to_string();
    CommandId(derived(&[
        SOURCE.as_bytes(),
        b"command asked",
        by.as_bytes(),
        key.as_bytes(),
    ]))
}

fn authorise(actor: &Actor, action: Action) -> Result<(), DeviceError> {
    permit(actor, action).map_err(|refused| DeviceError::WrongRole(refused.roles()))
}
