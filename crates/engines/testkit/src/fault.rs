//! The core of engines that fail on purpose: what is drawn with a seed, and what one write comes to.

use parking_lot::Mutex;
use ports::error::PortError;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::sync::Arc;
use std::time::Duration;

/// Where in a write a crash happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CrashPoint {
    /// Nothing is stored.
    BeforeStoring,
    /// It is stored, and nobody hears of it.
    BeforeAnswering,
}

/// What may go wrong in a write, as probabilities from 0 to 1, and when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WriteFaults {
    /// Refused as unavailable.
    pub(crate) error: f64,
    /// Refused as full.
    pub(crate) full: f64,
    /// Stored, and answered as unavailable.
    pub(crate) lost_answer: f64,
    /// Answers come up to this much later.
    pub(crate) max_delay: Duration,
    /// The number (from 1) of the write at which the engine stops for good, and how.
    pub(crate) crash: Option<(u64, CrashPoint)>,
}

/// The faults of one kind of engine.
pub(crate) trait Faults: Copy {
    /// Who fails, and the words for it: singular or plural.
    const NAME: [&'static str; 3];
    /// Those of its writes.
    fn writes(&self) -> WriteFaults;
}

/// What is drawn, counted and remembered. Equal seeds and equal calls give equal faults.
#[derive(Debug)]
pub(crate) struct State<F> {
    random: StdRng,
    pub(crate) faults: F,
    pub(crate) writes: u64,
    pub(crate) crashed: bool,
    pub(crate) full: bool,
}

/// What one write comes to: whether it is stored, and the answer if it is not the inner engine's.
pub(crate) struct Verdict {
    pub(crate) stores: bool,
    pub(crate) instead: Option<PortError>,
}

impl<F: Faults> State<F> {
    pub(crate) fn shared(seed: u64, faults: F) -> Arc<Mutex<Self>> {
        Arc::new(Mutex::new(Self {
            random: StdRng::seed_from_u64(seed),
            faults,
            writes: 0,
            crashed: false,
            full: false,
        }))
    }

    /// Whether something of this probability happens now.
    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        probability > 0.0 && self.random.random_bool(probability.min(1.0))
    }

    /// How much later the next answer comes.
    pub(crate) fn delay(&mut self) -> Duration {
        let max_delay = self.faults.writes().max_delay;
        if max_delay.is_zero() {
            Duration::ZERO
        } else {
            max_delay.mul_f64(self.random.random())
        }
    }

    /// The answer of what has crashed or was told to fail.
    pub(crate) fn unavailable(&self) -> PortError {
        let [name, has, was] = F::NAME;
        PortError::Unavailable(if self.crashed {
            format!("{name} {has} crashed")
        } else {
            format!("{name} {was} told to fail")
        })
    }

    /// Judges the next write.
    pub(crate) fn judge(&mut self) -> Verdict {
        self.writes += 1;
        let refuse = |error| Verdict {
            stores: false,
            instead: Some(error),
        };
        if self.crashed {
            return refuse(self.unavailable());
        }
        let faults = self.faults.writes();
        if let Some((_, point)) = faults.crash.filter(|(number, _)| *number == self.writes) {
            self.crashed = true;
            return Verdict {
                stores: point == CrashPoint::BeforeAnswering,
                instead: Some(self.unavailable()),
            };
        }
        if self.full || self.chance(faults.full) {
            let [name, _, was] = F::NAME;
            return refuse(PortError::Full(format!("{name} {was} told to be full")));
        }
        if self.chance(faults.error) {
            return refuse(self.unavailable());
        }
        let lost = self.chance(faults.lost_answer);
        Verdict {
            stores: true,
            instead: lost.then(|| self.unavailable()),
        }
    }
}

/// Waits by tokio's clock.
pub(crate) async fn wait(delay: Duration) {
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
}
