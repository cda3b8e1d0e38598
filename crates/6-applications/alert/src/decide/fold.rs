//! Many signals at once: folds them into alerts and leaves one write per alert, however many signals touched it.

use super::hear::{Heard, Outcome, hear};
use crate::fact::{Happened, fact};
use crate::model::{Alert, Settings};
use crate::record::Stored;
use kernel::fact::Fact;
use kernel::id::TenantId;
use std::collections::HashMap;

/// Alerts in memory between one load and one commit.
#[derive(Debug)]
pub struct Fold<'a> {
    newest: HashMap<String, Slot>,
    superseded: Vec<Slot>,
    facts: Vec<Fact>,
    tenant: &'a TenantId,
    settings: &'a Settings,
}

#[derive(Debug)]
struct Slot {
    stored: Stored,
    touched: bool,
}

impl<'a> Fold<'a> {
    /// Begins with the newest alert of each group concerned, as far as there is one.
    pub fn new(newest: Vec<Stored>, tenant: &'a TenantId, settings: &'a Settings) -> Self {
        let slots = newest
            .into_iter()
            .map(|stored| (stored.alert.group.clone(), Slot { stored, touched: false }));
        Self {
            newest: slots.collect(),
            superseded: Vec::new(),
            facts: Vec::new(),
            tenant,
            settings,
        }
    }

    /// Takes one signal; signals come in the order of the journal.
    pub fn take(&mut self, heard: &Heard) {
        let slot = self.newest.get_mut(&heard.signal.group);
        let outcome = hear(slot.map(|slot| &mut slot.stored.alert), heard, self.settings);
        match outcome {
            Outcome::Nothing => {}
            Outcome::Kept(happened) => self.keep(&heard.signal.group, happened),
            Outcome::Begun(alert, happened) => self.begin(*alert, happened),
        }
    }

    fn keep(&mut self, group: &str, happened: Vec<Happened>) {
        let Some(slot) = self.newest.get_mut(group) else { return };
        slot.touched = true;
        let Stored { alert, version } = &slot.stored;
        self.facts.extend(
            happened
                .into_iter()
                .map(|happened| fact(happened, alert, version + 1, self.tenant)),
        );
    }

    fn begin(&mut self, alert: Alert, happened: Happened) {
        self.facts.push(fact(happened, &alert, 1, self.tenant));
        let group = alert.group.clone();
        let slot = Slot {
            stored: Stored { alert, version: 0 },
            touched: true,
        };
        if let Some(mut old) = self.newest.insert(group, slot) {
            old.stored.alert.superseded = true;
            old.touched = true;
            self.superseded.push(old);
        }
    }

    /// The alerts to write, each with the version it was loaded at, and the facts in their order.
    pub fn finish(self) -> (Vec<Stored>, Vec<Fact>) {
        let slots = self.superseded.into_iter().chain(self.newest.into_values());
        (
            slots.filter(|slot| slot.touched).map(|slot| slot.stored).collect(),
            self.facts,
        )
    }
}
