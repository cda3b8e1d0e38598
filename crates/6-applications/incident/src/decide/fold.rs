//! Many facts of alerts at once: folds them into incidents and leaves one write per incident, however many facts touched it.

use super::hear::{Heard, News, follow, is_known, join};
use super::join::{choose, places};
use super::open::by_alert;
use crate::fact::{Happened, fact};
use crate::model::number::Register;
use crate::model::{Incident, Settings};
use crate::record::Stored;
use kernel::fact::Fact;
use kernel::id::{AlertId, TenantId};
use std::collections::{BTreeSet, HashMap};

/// Incidents in memory between one load and one commit.
#[derive(Debug)]
pub struct Fold<'a> {
    slots: Vec<Slot>,
    /// Places in `slots` by what a fact can ask for: alert, group, kind and commune.
    found: HashMap<Key, BTreeSet<usize>>,
    register: Register,
    binds: bool,
    facts: Vec<Fact>,
    tenant: &'a TenantId,
    settings: &'a Settings,
}

#[derive(Debug)]
struct Slot {
    stored: Stored,
    touched: bool,
}

#[derive(Debug, PartialEq, Eq, Hash)]
enum Key {
    Alert(AlertId),
    Group(String),
    Nearby(String),
}

/// What came of a batch.
#[derive(Debug)]
pub struct Folded {
    /// The incidents to write, each with the version it was loaded at.
    pub incidents: Vec<Stored>,
    /// The register, if any alert was bound to an incident: then nobody else may have bound one meanwhile.
    pub register: Option<Register>,
    /// The facts in their order.
    pub facts: Vec<Fact>,
}

impl<'a> Fold<'a> {
    /// Begins with every incident that the facts may concern: those that link their alerts, and the active ones with their
    /// groups or their kind and communes.
    pub fn new(concerned: Vec<Stored>, register: Register, tenant: &'a TenantId, settings: &'a Settings) -> Self {
        let mut fold = Self {
            slots: Vec::new(),
            found: HashMap::new(),
            register,
            binds: false,
            facts: Vec::new(),
            tenant,
            settings,
        };
        for stored in concerned {
            fold.slots.push(Slot { stored, touched: false });
            fold.file(fold.slots.len() - 1);
        }
        fold
    }

    /// Takes one fact; facts come in the order of the journal.
    pub fn take(&mut self, heard: &Heard) {
        let holders = self.at(&Key::Alert(heard.seen.alert));
        let known = holders.iter().any(|at| {
            let linked = self.incident(*at).link_to(heard.seen.alert);
            linked.is_some_and(|linked| is_known(linked, heard))
        });
        if known {
            return;
        }
        let holds = holders.iter().any(|at| self.incident(*at).is_active());
        let speaks = !holds && self.speaks(&holders, heard);
        for at in holders {
            let happened = follow(&mut self.slots[at].stored.incident, heard);
            happened.into_iter().for_each(|happened| self.tell(at, happened));
        }
        if speaks {
            self.bind(heard);
        }
    }

    /// Whether news of an alert that no active incident holds is worth one: a beginning always, and of what a person has
    /// closed the case only what is graver than all that was known then.
    fn speaks(&self, closed: &BTreeSet<usize>, heard: &Heard) -> bool {
        let links = closed
            .iter()
            .filter_map(|at| self.incident(*at).link_to(heard.seen.alert));
        let judged = links.map(|linked| linked.severity).max();
        match heard.news {
            News::Raised | News::Reopened => true,
            News::Escalated => judged.is_none_or(|judged| heard.seen.severity > judged),
            News::Cleared => false,
        }
    }

    /// Lets the alert join an active incident, or opens one if it is grave enough.
    fn bind(&mut self, heard: &Heard) {
        let seen = &heard.seen;
        let mut near = self.at(&Key::Group(seen.group.clone()));
        for place in places(&seen.code, &seen.areas) {
            near.extend(self.at(&Key::Nearby(place)));
        }
        let chosen = choose(near.into_iter().map(|at| (at, self.incident(at))), seen);
        if let Some((at, why)) = chosen {
            // what an incident has passed over or only counted does not join it when it comes again
            if heard.number <= self.incident(at).heard {
                return;
            }
            let happened = join(&mut self.slots[at].stored.incident, heard, why);
            self.binds = true;
            self.tell(at, happened);
        } else if self.settings.opens_at.is_some_and(|least| seen.severity >= least) {
            let number = self.register.next(&self.settings.register, heard.at);
            let (incident, happened) = by_alert(heard, number);
            self.slots.push(Slot {
                stored: Stored { incident, version: 0 },
                touched: false,
            });
            self.binds = true;
            self.tell(self.slots.len() - 1, vec![happened]);
        }
    }

    fn tell(&mut self, at: usize, happened: Vec<Happened>) {
        self.slots[at].touched = true;
        self.file(at);
        let Stored { incident, version } = &self.slots[at].stored;
        let facts = happened
            .into_iter()
            .map(|happened| fact(happened, incident, version + 1, self.tenant));
        self.facts.extend(facts);
    }

    fn file(&mut self, at: usize) {
        let incident = self.incident(at);
        let nearby = places(&incident.kind, &incident.areas).map(Key::Nearby);
        let linked = incident.linked.iter();
        let linked = linked.flat_map(|linked| [Key::Alert(linked.alert), Key::Group(linked.group.clone())]);
        for key in nearby.chain(linked).collect::<Vec<_>>() {
            self.found.entry(key).or_default().insert(at);
        }
    }

    fn at(&self, key: &Key) -> BTreeSet<usize> {
        self.found.get(key).cloned().unwrap_or_default()
    }

    fn incident(&self, at: usize) -> &Incident {
        &self.slots[at].stored.incident
    }

    /// What to write and to tell.
    pub fn finish(self) -> Folded {
        let touched = self.slots.into_iter().filter(|slot| slot.touched);
        Folded {
            incidents: touched.map(|slot| slot.stored).collect(),
            register: self.binds.then_some(self.register),
            facts: self.facts,
        }
    }
}
