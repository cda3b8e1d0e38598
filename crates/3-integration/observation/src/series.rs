//! The registry of series: a name in a payload of a device becomes a number, once and durably (SEMANTICS 1).

use crate::derived::Derivation;
use crate::error::ObservationError;
use crate::store::Store;
use device::registry::Registry as Devices;
use kernel::id::DeviceId;
use kernel::reject::Reason;
use kernel::series::{SeriesId, SeriesInfo};
use parking_lot::RwLock;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use std::sync::Arc;

#[derive(Debug, Default)]
struct Tables {
    by_device: FxHashMap<DeviceId, SmallVec<[Arc<SeriesInfo>; 4]>>,
    by_number: Vec<Arc<SeriesInfo>>,
    /// The computed ones among them.
    derived: FxHashMap<SeriesId, Arc<Derivation>>,
}

/// All series of one tenant. Numbers are given without gaps, from 0.
#[derive(Debug)]
pub struct SeriesRegistry {
    tables: RwLock<Tables>,
    devices: Arc<Devices>,
    store: Store,
    /// One creation at a time, so that a number is given once.
    creating: tokio::sync::Mutex<()>,
    /// What waits for its turn; whoever has the turn creates all of it, so that a thousand devices that speak for the first
    /// time share a commit.
    waiting: parking_lot::Mutex<Vec<Wanted>>,
}

/// A name that waits for its series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Device id.
    pub device: String,
    /// Payload name.
    pub name: String,
}

impl SeriesRegistry {
    /// An empty registry; [`SeriesRegistry::load`] fills it.
    pub fn new(devices: Arc<Devices>, store: Store) -> Self {
        Self {
            tables: RwLock::default(),
            devices,
            store,
            creating: tokio::sync::Mutex::default(),
            waiting: parking_lot::Mutex::default(),
        }
    }

    /// Reads all series. The contract of today's profile counts, not the one of the day of creation.
    pub async fn load(&self) -> Result<usize, ObservationError> {
        let mut stored = self.store.series_with_lineage().await?;
        stored.sort_by_key(|(info, _)| info.id);
        for (number, (info, derivation)) in stored.iter_mut().enumerate() {
            if info.id.0 as usize != number {
                let why = format!("number {} stands in place {number}", info.id.0);
                return Err(ObservationError::Unreadable {
                    what: "the series registry".to_owned(),
                    why,
                });
            }
            if derivation.is_some() {
                continue; // whoever computes it says what it is
            }
            let registered = self.devices.find(info.device.as_str());
            if let Some((registered, binding)) = registered
                .as_ref()
                .and_then(|found| found.binding(&info.name).map(|binding| (found, binding)))
                && binding.kind == info.kind
                && binding.unit == info.unit.as_str()
            {
                *info = registered.series(binding, info.id);
            }
        }
        let count = stored.len();
        let (series, derivations): (Vec<SeriesInfo>, Vec<Option<Derivation>>) = stored.into_iter().unzip();
        let numbered = series.iter().map(|info| info.id).zip(derivations);
        let derived = numbered.filter_map(|(id, derivation)| Some((id, Arc::new(derivation?))));
        self.tables.write().derived = derived.collect();
        self.put(series);
        Ok(count)
    }

    /// The devices whose names become series.
    pub(crate) fn devices(&self) -> &Devices {
        &self.devices
    }

    /// Whether a series is computed by the house itself.
    pub fn is_derived(&self, series: SeriesId) -> bool {
        self.tables.read().derived.contains_key(&series)
    }

    /// What a computed series is made from.
    pub fn derivation(&self, series: SeriesId) -> Option<Arc<Derivation>> {
        self.tables.read().derived.get(&series).cloned()
    }

    /// The series that a device itself reports, in the order of their numbers.
    pub fn reported_by(&self, device: &str) -> Vec<Arc<SeriesInfo>> {
        let tables = self.tables.read();
        let series = tables.by_device.get(device).into_iter().flatten();
        series
            .filter(|info| !tables.derived.contains_key(&info.id))
            .cloned()
            .collect()
    }

    /// Makes computed series durably, or brings them up to date: what they are made from, their place and areas. The
    /// numbers in `wanted` are ignored.
    pub async fn derive(
        &self,
        wanted: Vec<(SeriesInfo, Derivation)>,
    ) -> Result<Vec<Arc<SeriesInfo>>, ObservationError> {
        let _one_at_a_time = self.creating.lock().await;
        let mut next = u32::try_from(self.len()).unwrap_or(u32::MAX);
        let names: Vec<(DeviceId, Arc<str>)> = wanted
            .iter()
            .map(|(info, _)| (info.device.clone(), Arc::clone(&info.name)))
            .collect();
        let mut changed: Vec<(SeriesInfo, Derivation)> = Vec::new();
        for (mut info, derivation) in wanted {
            match self.find(info.device.as_str(), &info.name) {
                None => {
                    info.id = SeriesId(next);
                    next = next.saturating_add(1);
                }
                Some(known) => {
                    let Some(before) = self.derivation(known.id) else {
                        return Err(ObservationError::NameTaken {
                            device: info.device.to_string(),
                            name: info.name.to_string(),
                        });
                    };
                    info.id = known.id;
                    if *known == info && *before == derivation {
                        continue;
                    }
                }
            }
            changed.push((info, derivation));
        }
        for chunk in changed.chunks(2_000) {
            self.store.put_derived(chunk).await?;
            self.put_derived(chunk);
        }
        let found = names
            .iter()
            .filter_map(|(device, name)| self.find(device.as_str(), name));
        Ok(found.collect())
    }

    fn put_derived(&self, series: &[(SeriesInfo, Derivation)]) {
        let mut tables = self.tables.write();
        for (info, derivation) in series {
            let info = Arc::new(info.clone());
            tables.derived.insert(info.id, Arc::new(derivation.clone()));
            let of_device = tables.by_device.entry(info.device.clone()).or_default();
            match of_device.iter_mut().find(|known| known.id == info.id) {
                Some(known) => *known = Arc::clone(&info),
                None => of_device.push(Arc::clone(&info)),
            }
            match tables.by_number.get_mut(info.id.0 as usize) {
                Some(known) => *known = info,
                None => tables.by_number.push(info),
            }
        }
    }

    fn put(&self, series: Vec<SeriesInfo>) {
        let mut tables = self.tables.write();
        for info in series {
            let info = Arc::new(info);
            tables
                .by_device
                .entry(info.device.clone())
                .or_default()
                .push(Arc::clone(&info));
            tables.by_number.push(info);
        }
    }

    /// A series by device and payload name.
    pub fn find(&self, device: &str, name: &str) -> Option<Arc<SeriesInfo>> {
        self.tables
            .read()
            .by_device
            .get(device)?
            .iter()
            .find(|info| &*info.name == name)
            .cloned()
    }

    /// Calls `visit` for each (device, name), under one lock. Computed series are passed over: no payload may name them.
    pub fn find_all<'a>(
        &self,
        names: impl Iterator<Item = (&'a str, &'a str)>,
        mut visit: impl FnMut(Option<&Arc<SeriesInfo>>),
    ) {
        let tables = self.tables.read();
        for (device, name) in names {
            let series = tables.by_device.get(device);
            let info = series.and_then(|series| series.iter().find(|info| &*info.name == name));
            visit(info.filter(|info| !tables.derived.contains_key(&info.id)));
        }
    }

    /// A series by number.
    pub fn info(&self, series: SeriesId) -> Option<Arc<SeriesInfo>> {
        self.tables.read().by_number.get(series.0 as usize).cloned()
    }

    /// All series of a device, in the order of their numbers.
    pub fn of_device(&self, device: &str) -> Vec<Arc<SeriesInfo>> {
        self.tables
            .read()
            .by_device
            .get(device)
            .map(|series| series.to_vec())
            .unwrap_or_default()
    }

    /// The series with numbers from `first`.
    pub fn from(&self, first: u32, limit: usize) -> Vec<Arc<SeriesInfo>> {
        let tables = self.tables.read();
        tables
            .by_number
            .iter()
            .skip(first as usize)
            .take(limit)
            .cloned()
            .collect()
    }

    /// How many series there are.
    pub fn len(&self) -> usize {
        self.tables.read().by_number.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Creates what is missing, durably; concurrent callers share a transaction. A name that cannot become a series is answered with its
    /// reason, in the order of `wanted`.
    pub async fn create(&self, wanted: &[Wanted]) -> Result<Vec<Result<Arc<SeriesInfo>, Reason>>, ObservationError> {
        self.waiting.lock().extend_from_slice(wanted);
        let _one_at_a_time = self.creating.lock().await;
        let mut all = std::mem::take(&mut *self.waiting.lock());
        // whoever took them first may have failed
        all.extend_from_slice(wanted);
        let mut next = u32::try_from(self.len()).unwrap_or(u32::MAX);
        let mut new: FxHashMap<(&str, &str), SeriesInfo> = FxHashMap::default();
        for Wanted { device, name } in &all {
            if self.find(device, name).is_some() || new.contains_key(&(device.as_str(), name.as_str())) {
                continue;
            }
            let Some(registered) = self.devices.find(device) else {
                continue;
            };
            let Some(binding) = registered.binding(name) else {
                continue;
            };
            new.insert((device, name), registered.series(binding, SeriesId(next)));
            next = next.saturating_add(1);
        }
        let mut new: Vec<SeriesInfo> = new.into_values().collect();
        new.sort_by_key(|info| info.id);
        for chunk in new.chunks(2_000) {
            self.store.put_series(chunk).await?;
            self.put(chunk.to_vec());
        }
        Ok(wanted
            .iter()
            .map(|wanted| {
                let found = self.find(&wanted.device, &wanted.name);
                found
                    .filter(|info| !self.is_derived(info.id))
                    .ok_or(self.why_not(wanted))
            })
            .collect())
    }

    fn why_not(&self, wanted: &Wanted) -> Reason {
        if self.devices.device(&wanted.device).is_none() {
            Reason::UnknownDevice
        } else {
            Reason::UnknownSeries
        }
    }

    /// The names that a device's profile binds, for error texts.
    pub fn names_of(&self, device: &str) -> Vec<String> {
        let registered = self.devices.find(device);
        registered
            .map(|found| found.profile.bindings.iter().map(|b| b.name.clone()).collect())
            .unwrap_or_default()
    }
}
