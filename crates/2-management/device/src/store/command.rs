//! Commands over the records port.

use crate::error::DeviceError;
use crate::fact::command::{Happened, Reach, fact};
use crate::record::command::{COMMANDS, Stored, indexes, read, write};
use kernel::id::{CommandId, DeviceId, TenantId};
use kernel::time::Timestamp;
use ports::query::{After, Condition, Order, Query};
use ports::records::{Change, Expect, Records, Transaction};
use std::sync::Arc;

/// Where the commands of one tenant live. Who may see one follows from its device: the service asks that first.
#[derive(Clone, Debug)]
pub struct CommandStore {
    records: Arc<dyn Records>,
    tenant: TenantId,
}

/// A command with what is to be told of it.
#[derive(Clone, Debug)]
pub struct Changed {
    /// As it is now, at the version it was loaded at (0: it is new).
    pub stored: Stored,
    /// What happened to it.
    pub told: Vec<Happened>,
    /// Where the facts count.
    pub reach: Reach,
}

impl CommandStore {
    /// Over the records of `tenant`.
    pub fn new(records: Arc<dyn Records>, tenant: TenantId) -> Self {
        Self { records, tenant }
    }

    /// The tenant.
    pub fn tenant(&self) -> &TenantId {
        &self.tenant
    }

    /// One command.
    pub async fn get(&self, id: CommandId) -> Result<Option<Stored>, DeviceError> {
        let document = self.records.get(COMMANDS, &id.to_string()).await?;
        document.as_ref().map(read).transpose()
    }

    /// The commands of a device, newest first.
    pub async fn page(
        &self,
        device: &DeviceId,
        after: Option<After>,
        limit: usize,
    ) -> Result<(Vec<Stored>, Option<After>), DeviceError> {
        let query = Query::all(limit)
            .with(Condition::AnyOf("device", vec![device.to_string()]))
            .by(Order::Descending("at"))
            .after(after);
        self.ask(query).await
    }

    /// Commands in these states, oldest first; of one device, or of all.
    pub async fn waiting(
        &self,
        states: &[&str],
        device: Option<&DeviceId>,
        limit: usize,
    ) -> Result<Vec<Stored>, DeviceError> {
        let states = states.iter().map(|state| (*state).to_owned()).collect();
        let mut query = Query::all(limit)
            .with(Condition::AnyOf("state", states))
            .by(Order::Ascending("at"));
        if let Some(device) = device {
            query = query.with(Condition::AnyOf("device", vec![device.to_string()]));
        }
        Ok(self.ask(query).await?.0)
    }

    /// Open commands whose deadline lies before `now`, the longest overdue first.
    pub async fn overdue(&self, now: Timestamp, limit: usize) -> Result<Vec<Stored>, DeviceError> {
        let query = Query::all(limit)
            .with(Condition::Between("due", None, Some(now.micros())))
            .by(Order::Ascending("due"));
        Ok(self.ask(query).await?.0)
    }

    /// Writes commands, each only if it is still at the version it was loaded at, with the facts of the change and the
    /// cursor of a consumer: all or nothing. Answers them at their new versions.
    pub async fn save(&self, changed: Vec<Changed>, cursor: Option<(String, u64)>) -> Result<Vec<Stored>, DeviceError> {
        let (mut changes, mut facts, mut saved) = (Vec::new(), Vec::new(), Vec::new());
        for Changed { stored, told, reach } in changed {
            let Stored { command, version } = stored;
            let new = version + 1;
            changes.push(Change::Put {
                collection: COMMANDS,
                key: command.id.to_string(),
                expect: Expect::since(version),
                body: write(&command)?,
                indexes: indexes(&command),
            });
            let told = told.into_iter();
            facts.extend(told.map(|happened| fact(happened, &command, new, &reach, &self.tenant)));
            saved.push(Stored { command, version: new });
        }
        let kinds: Vec<String> = facts.iter().map(|fact| fact.kind.clone()).collect();
        let transaction = Transaction { changes, facts, cursor };
        self.records.commit(transaction).await?;
        for kind in kinds {
            metrics::counter!("hanoi_ioc_device_command_facts_total", "type" => kind).increment(1);
        }
        Ok(saved)
    }

    async fn ask(&self, query: Query) -> Result<(Vec<Stored>, Option<After>), DeviceError> {
        let page = self.records.query(COMMANDS, query).await?;
        let commands = page.documents.iter().map(read).collect::<Result<_, DeviceError>>()?;
        Ok((commands, page.next))
    }
}
