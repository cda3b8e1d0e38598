//! Objects that fail on purpose: refuse, are full, lose an answer, or stop for good at a chosen write.

use crate::fault::CrashPoint;
use async_trait::async_trait;
use bytes::Bytes;
use parking_lot::Mutex;
use ports::error::{PortError, Result};
use ports::objects::Objects;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::ops::Range;
use std::sync::Arc;

/// What goes wrong, as probabilities from 0 to 1, and when.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ObjectsFaults {
    /// A write is answered with [`PortError::Unavailable`] and stores nothing.
    pub write_error: f64,
    /// A write is answered with [`PortError::Full`] and stores nothing.
    pub write_full: f64,
    /// A write is stored and answered with [`PortError::Unavailable`]: the caller cannot know.
    pub lost_answer: f64,
    /// A read fails.
    pub read_error: f64,
    /// The number (from 1) of the write at which the store stops for good, and how. Removing counts as writing.
    pub crash: Option<(u64, CrashPoint)>,
}

#[derive(Debug)]
struct State {
    random: StdRng,
    faults: ObjectsFaults,
    writes: u64,
    crashed: bool,
}

/// A decorator over any objects. Equal seeds and equal calls give equal faults.
#[derive(Clone, Debug)]
pub struct FaultyObjects {
    inner: Arc<dyn Objects>,
    state: Arc<Mutex<State>>,
}

/// What a write comes to: whether it is stored, and the error that is told instead of the answer.
struct Verdict {
    stores: bool,
    instead: Option<PortError>,
}

impl FaultyObjects {
    /// Stands before `inner`.
    pub fn new(inner: Arc<dyn Objects>, seed: u64, faults: ObjectsFaults) -> Self {
        let state = State {
            random: StdRng::seed_from_u64(seed),
            faults,
            writes: 0,
            crashed: false,
        };
        Self {
            inner,
            state: Arc::new(Mutex::new(state)),
        }
    }

    /// Changes what goes wrong from now on. A crash is not undone: begin anew over the same inner objects, as a restarted
    /// program does.
    pub fn set_faults(&self, faults: ObjectsFaults) {
        self.state.lock().faults = faults;
    }

    /// Whether the crash point was passed.
    pub fn has_crashed(&self) -> bool {
        self.state.lock().crashed
    }

    /// Writes that were asked for.
    pub fn writes(&self) -> u64 {
        self.state.lock().writes
    }

    fn judge(&self) -> Verdict {
        let mut state = self.state.lock();
        state.writes += 1;
        let unavailable = |why: &str| Some(PortError::Unavailable(format!("the faulty objects {why}")));
        let verdict = |stores, instead| Verdict { stores, instead };
        if state.crashed {
            return verdict(false, unavailable("have crashed"));
        }
        let (faults, writes) = (state.faults, state.writes);
        if let Some((_, point)) = faults.crash.filter(|(number, _)| *number == writes) {
            state.crashed = true;
            return verdict(point == CrashPoint::BeforeAnswering, unavailable("have crashed"));
        }
        let mut chance = |probability: f64| probability > 0.0 && state.random.random_bool(probability.min(1.0));
        if chance(faults.write_full) {
            let full = PortError::Full("the faulty objects were told to be full".to_owned());
            return verdict(false, Some(full));
        }
        if chance(faults.write_error) {
            return verdict(false, unavailable("were told to fail"));
        }
        let lost = chance(faults.lost_answer);
        verdict(true, lost.then(|| unavailable("lost the answer")).flatten())
    }

    fn may_read(&self) -> Result<()> {
        let mut state = self.state.lock();
        let (crashed, probability) = (state.crashed, state.faults.read_error);
        if crashed || (probability > 0.0 && state.random.random_bool(probability.min(1.0))) {
            return Err(PortError::Unavailable("the faulty objects do not read".to_owned()));
        }
        Ok(())
    }

    async fn write<T>(&self, store: impl Future<Output = Result<T>>) -> Result<T> {
        let verdict = self.judge();
        match (verdict.stores, verdict.instead) {
            (false, Some(error)) => Err(error),
            (_, None) => store.await,
            (true, Some(error)) => {
                store.await?;
                Err(error)
            }
        }
    }
}

#[async_trait]
impl Objects for FaultyObjects {
    async fn put_if_absent(&self, name: &str, bytes: Bytes) -> Result<bool> {
        self.write(self.inner.put_if_absent(name, bytes)).await
    }

    async fn replace(&self, name: &str, bytes: Bytes) -> Result<()> {
        self.write(self.inner.replace(name, bytes)).await
    }

    async fn size(&self, name: &str) -> Result<Option<u64>> {
        self.may_read()?;
        self.inner.size(name).await
    }

    async fn get(&self, name: &str) -> Result<Option<Bytes>> {
        self.may_read()?;
        self.inner.get(name).await
    }

    async fn get_range(&self, name: &str, range: Range<u64>) -> Result<Option<Bytes>> {
        self.may_read()?;
        self.inner.get_range(name, range).await
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>> {
        self.may_read()?;
        self.inner.list(prefix).await
    }

    async fn delete(&self, name: &str) -> Result<()> {
        self.write(self.inner.delete(name)).await
    }
}
