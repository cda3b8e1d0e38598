//! Background work without input: hands waiting commands to devices that listen, and ends those whose deadline has passed.

pub mod certificate;

use crate::decide::command::{expire, fail, may_send, refuse, sent};
use crate::error::DeviceError;
use crate::fact::command::Happened;
use crate::model::command::{Command, Hindrance, Params};
use crate::record::command::Stored;
use crate::service::command::{Commands, News};
use crate::store::command::Changed;
use driver::command::{Downlink, NotHanded, Order};
use kernel::id::DeviceId;
use kernel::text::LangText;
use kernel::time::Timestamp;
use ports::error::PortError;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

/// How often to look, in wall time; also at each nudge.
pub const PERIOD: Duration = Duration::from_secs(1);

/// Commands looked at in one question; further ones come with the next turn.
const LIMIT: usize = 1_000;

/// The dispatcher of one tenant. One turn after another: there must be only one.
#[derive(Clone)]
pub struct Dispatch {
    commands: Commands,
    downlink: Arc<dyn Downlink>,
}

/// What a device gets on its `down` topic.
#[derive(Serialize)]
struct Payload<'a> {
    id: String,
    name: &'a str,
    params: &'a Params,
    deadline: Timestamp,
}

impl Dispatch {
    /// Commands go down by `downlink`.
    pub fn new(commands: Commands, downlink: Arc<dyn Downlink>) -> Self {
        Self { commands, downlink }
    }

    /// One turn; answers how many commands were handed over. Safe to repeat: a command that somebody changed meanwhile is
    /// left to the next turn.
    pub async fn turn(&self) -> Result<usize, DeviceError> {
        let news = self.commands.news();
        let turn = async {
            self.expire().await?;
            self.send(&news).await
        };
        let outcome = turn.await;
        if outcome.is_err() {
            self.commands.put_back(&news);
        }
        outcome
    }

    async fn expire(&self) -> Result<(), DeviceError> {
        let now = self.commands.now();
        for mut stored in self.commands.store().overdue(now, LIMIT).await? {
            if let Some(happened) = expire(&mut stored.command, now) {
                self.save(stored, happened).await?;
            }
        }
        Ok(())
    }

    async fn send(&self, news: &BTreeMap<DeviceId, News>) -> Result<usize, DeviceError> {
        let store = self.commands.store();
        let (mut count, mut away) = (0, BTreeSet::new());
        for (device, what) in news {
            let states: &[&str] = match what {
                News::Ordered => &["queued"],
                News::Listening => &["queued", "sent"],
            };
            for stored in store.waiting(states, Some(device), LIMIT).await? {
                count += self.hand_over(stored, &mut away).await?;
            }
        }
        for stored in store.waiting(&["queued"], None, LIMIT).await? {
            count += self.hand_over(stored, &mut away).await?;
        }
        Ok(count)
    }

    /// First to the connection, then into the record: after a crash in between the command goes again, and its device
    /// knows it by its id. `away` are devices that did not take an earlier one: the order of commands is kept.
    async fn hand_over(&self, mut stored: Stored, away: &mut BTreeSet<DeviceId>) -> Result<usize, DeviceError> {
        let (now, command) = (self.commands.now(), &mut stored.command);
        if away.contains(&command.device) || !may_send(command, now) {
            return Ok(0);
        }
        let hindrance = match self.commands.find(&command.device) {
            Some(registered) => self.commands.hindrance(&registered, &command.name, &command.params),
            None => Some(unknown()),
        };
        if let Some(why) = hindrance {
            let refused = refuse(command, why, now);
            return match refused {
                Some(happened) => self.save(stored, happened).await.map(|()| 0),
                None => Ok(0),
            };
        }
        match self.downlink.hand_over(&command.device, order(command, now)) {
            Ok(()) => match sent(command, now) {
                Some(happened) => self.save(stored, happened).await.map(|()| 1),
                None => Ok(0),
            },
            Err(NotHanded::Away | NotHanded::Busy) => {
                away.insert(command.device.clone());
                Ok(0)
            }
            Err(error @ NotHanded::TooLong { .. }) => {
                let why = Hindrance {
                    code: "message_too_long".to_owned(),
                    text: LangText::new(format!("Lệnh quá dài: {error}"), error.to_string()),
                };
                match fail(command, why, now) {
                    Some(happened) => self.save(stored, happened).await.map(|()| 0),
                    None => Ok(0),
                }
            }
        }
    }

    async fn save(&self, stored: Stored, happened: Happened) -> Result<(), DeviceError> {
        let reach = self.commands.reach(&stored.command.device);
        let changed = Changed {
            stored,
            told: vec![happened],
            reach,
        };
        match self.commands.store().save(vec![changed], None).await {
            Ok(_) => Ok(()),
            // it was answered meanwhile
            Err(DeviceError::Port(PortError::Conflict { .. })) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

fn order(command: &Command, now: Timestamp) -> Order {
    let payload = Payload {
        id: command.id.to_string(),
        name: &command.name,
        params: &command.params,
        deadline: command.deadline,
    };
    Order {
        id: command.id,
        payload: serde_json::to_vec(&payload).unwrap_or_default(),
        expires_in: command.deadline.since(now),
    }
}

fn unknown() -> Hindrance {
    Hindrance {
        code: "command_unknown".to_owned(),
        text: LangText::new(
            "Thiết bị hoặc hồ sơ của nó không còn nữa",
            "The device or its profile is there no more",
        ),
    }
}
