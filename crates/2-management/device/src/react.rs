//! The consumer of commands that descend through the journal: what a scenario asks for becomes a command here.

use crate::decide::command::{Deed, Wanted, order, turned_away};
use crate::error::DeviceError;
use crate::model::command::{Hindrance, Params};
use crate::record::command::Stored;
use crate::service::command::{Commands, News};
use crate::store::command::Changed;
use async_trait::async_trait;
use chassis::consumer::React;
use kernel::command::Command as Asked;
use kernel::fact::COMMAND;
use kernel::text::LangText;
use ports::error::PortError;
use ports::journal::Entry;
use serde_json::Value;
use std::collections::BTreeSet;

/// The name under which the cursor is kept.
pub const CONSUMER: &str = "device_commands";

/// Takes `command.requested.v1`.
#[derive(Clone)]
pub struct Requests {
    commands: Commands,
}

impl Requests {
    /// For the commands of one tenant.
    pub fn new(commands: Commands) -> Self {
        Self { commands }
    }

    /// What becomes of a request; nothing when it is known already or cannot be used.
    async fn take(&self, asked: Asked) -> Result<Option<Changed>, DeviceError> {
        if self.commands.store().get(asked.id).await?.is_some() {
            return Ok(None);
        }
        let Some(registered) = self.commands.find(&asked.device) else {
            tracing::warn!(command = %asked.id, device = %asked.device, "a command for an unknown device is passed over");
            return Ok(None);
        };
        let deed = Deed {
            at: self.commands.now(),
            by: asked.by,
        };
        let params: Option<Params> = match asked.arguments {
            Value::Object(members) => Some(members.into_iter().collect()),
            Value::Null => Some(Params::new()),
            _ => None,
        };
        let shapeless = params.is_none().then(|| unfit("arguments are no JSON object"));
        let wanted = Wanted {
            id: asked.id,
            name: asked.name,
            params: params.unwrap_or_default(),
            deadline: asked.deadline,
        };
        let device = &registered.device;
        let hindrance = || self.commands.hindrance(&registered, &wanted.name, &wanted.params);
        let (command, happened) = match shapeless.or_else(hindrance) {
            Some(why) => turned_away(device, wanted, why, deed),
            None => match order(device, &registered.profile, wanted.clone(), deed.clone()) {
                Ok(ordered) => ordered,
                Err(error) => turned_away(device, wanted, unfit(&error.to_string()), deed),
            },
        };
        Ok(Some(Changed {
            stored: Stored { command, version: 0 },
            told: vec![happened],
            reach: self.commands.reach(&asked.device),
        }))
    }

    async fn turn(&self, entries: Vec<Entry>, last: u64) -> Result<(), DeviceError> {
        let (mut changed, mut ids) = (Vec::new(), BTreeSet::new());
        for Entry { number, fact } in entries {
            let ours = fact.tenant == *self.commands.store().tenant();
            // who orders is who says so
            let asked = fact.command().filter(|asked| ours && asked.by == fact.actor);
            let outcome = if asked.is_some() { "taken" } else { "unusable" };
            metrics::counter!("hanoi_ioc_device_requests_total", "outcome" => outcome).increment(1);
            match asked {
                Some(asked) if ids.insert(asked.id) => changed.extend(self.take(asked).await?),
                Some(_) => {}
                None => tracing::warn!(number, fact = %fact.id, "a command cannot be used and is passed over"),
            }
        }
        let cursor = Some((CONSUMER.to_owned(), last));
        for stored in self.commands.store().save(changed, cursor).await? {
            if stored.command.is_open() {
                self.commands.tell(&stored.command.device, News::Ordered);
            }
        }
        Ok(())
    }
}

fn unfit(what: &str) -> Hindrance {
    Hindrance {
        code: "command_unfit".to_owned(),
        text: LangText::new(
            format!("Lệnh không hợp lệ: {what}"),
            format!("The command does not fit: {what}"),
        ),
    }
}

#[async_trait]
impl React for Requests {
    fn name(&self) -> &'static str {
        CONSUMER
    }

    fn kinds(&self) -> &'static [&'static str] {
        &[COMMAND]
    }

    async fn react(&self, entries: Vec<Entry>) -> Result<(), PortError> {
        let Some(last) = entries.last().map(|entry| entry.number) else {
            return Ok(());
        };
        self.turn(entries, last).await.map_err(PortError::from)
    }
}
