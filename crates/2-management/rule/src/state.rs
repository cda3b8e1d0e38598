//! The state of every slot, a slot being one rule on one series: what each row touches packed together, the rest apart.

use crate::select::{Compiled, Edge, Fit};
use crate::timer::Timers;
use crate::transition::Transition;
use crate::window::Window;
use kernel::series::SeriesId;
use kernel::signal::Change;
use kernel::time::Timestamp;
use std::sync::Arc;

/// How a row is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Manner {
    /// The value against the calm band, nothing else.
    Plain,
    /// With a window or hours of the day.
    Careful,
    /// Any usable row is a sign of life.
    Silence,
    /// Nobody's; waits to be used again.
    Free,
}

/// What every row reads: one cache line.
#[derive(Clone, Debug)]
#[repr(align(64))]
pub(crate) struct Hot {
    /// Newest phenomenon time judged; of silence: the clock at the newest row.
    pub(crate) time: Timestamp,
    /// Newest value judged, in the rule's unit.
    pub(crate) value: f64,
    /// Nothing changes while `low <= value <= high`.
    pub(crate) low: f64,
    pub(crate) high: f64,
    pub(crate) factor: f64,
    pub(crate) offset: f64,
    pub(crate) rule: u16,
    pub(crate) manner: Manner,
    /// 0 when calm, else 1 + index of the raised step.
    pub(crate) level: u8,
    /// Steps that match now, one bit each.
    pub(crate) holding: u8,
}

/// What only changes read.
#[derive(Clone, Debug)]
pub(crate) struct Cold {
    pub(crate) series: SeriesId,
    pub(crate) edges: Arc<[Edge]>,
    pub(crate) window: Option<Box<Window>>,
    pub(crate) pending: Option<Box<Pending>>,
    /// Microseconds of silence that are too long.
    pub(crate) after: i64,
    /// `at` of the first raise of the episode.
    pub(crate) since: Timestamp,
    /// `at` of the newest raise or clear, and how many before it had the same.
    pub(crate) last_at: Timestamp,
    pub(crate) ordinal: u32,
    /// When to renew, how often it was done, and the newest row when a word was last said.
    pub(crate) renew_due: Timestamp,
    pub(crate) renewals: u32,
    pub(crate) said: Timestamp,
}

/// Since when each step matches (rules with `for:` only): by the clock, and by phenomenon time.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Pending {
    pub(crate) clock: [Timestamp; 8],
    pub(crate) onset: [Timestamp; 8],
}

/// All slots.
#[derive(Debug, Default)]
pub(crate) struct Slots {
    pub(crate) hot: Vec<Hot>,
    pub(crate) cold: Vec<Cold>,
    pub(crate) timers: Timers,
    free: Vec<u32>,
}

impl Slots {
    /// Makes a calm slot; a silence begins to count at `now`.
    pub(crate) fn create(&mut self, series: SeriesId, index: u16, rule: &Compiled, fit: Fit, now: Timestamp) -> u32 {
        let none = [Timestamp::MAX; 8];
        let manner = match (fit.after > 0, fit.window.is_some() || rule.hours.is_some()) {
            (true, _) => Manner::Silence,
            (false, true) => Manner::Careful,
            (false, false) => Manner::Plain,
        };
        let hot = Hot {
            time: if manner == Manner::Silence { now } else { Timestamp::MIN },
            value: 0.0,
            low: f64::MIN,
            high: f64::MAX,
            factor: fit.conversion.factor,
            offset: fit.conversion.offset,
            rule: index,
            manner,
            level: 0,
            holding: 0,
        };
        let cold = Cold {
            series,
            edges: fit.edges,
            window: fit.window.map(|length| Box::new(Window::new(length))),
            pending: (rule.hold > 0).then(|| {
                Box::new(Pending {
                    clock: none,
                    onset: none,
                })
            }),
            after: fit.after,
            since: Timestamp::MIN,
            last_at: Timestamp::MIN,
            ordinal: 0,
            renew_due: Timestamp::MAX,
            renewals: 0,
            said: Timestamp::MIN,
        };
        let slot = match self.free.pop() {
            Some(slot) => {
                (self.hot[slot as usize], self.cold[slot as usize]) = (hot, cold);
                slot
            }
            None => {
                self.hot.push(hot);
                self.cold.push(cold);
                (self.hot.len() - 1) as u32
            }
        };
        self.fit_band(slot as usize);
        self.arm(rule, slot as usize);
        slot
    }

    /// Gives a slot up; what was raised is cleared.
    pub(crate) fn release(&mut self, slot: u32, rule: &Compiled, now: Timestamp, out: &mut Vec<Transition>) {
        let at = slot as usize;
        if self.hot[at].level > 0 {
            let time = if self.hot[at].manner == Manner::Silence {
                now
            } else {
                self.hot[at].time
            };
            self.say(rule, at, Change::Cleared, time, now, out);
        }
        self.timers.cancel(slot);
        self.hot[at].manner = Manner::Free;
        self.hot[at].level = 0;
        self.cold[at].window = None;
        self.cold[at].pending = None;
        self.free.push(slot);
    }

    /// Whether a slot already is what `fit` asks for, so that its state may stay.
    pub(crate) fn fits(&self, slot: usize, fit: &Fit) -> bool {
        let (hot, cold) = (&self.hot[slot], &self.cold[slot]);
        cold.edges == fit.edges
            && cold.after == fit.after
            && (hot.factor, hot.offset) == (fit.conversion.factor, fit.conversion.offset)
    }

    /// Whether a step is judged by its `leave` bound: it is raised, or lighter than the raised one on the same side.
    pub(crate) fn relaxed(&self, slot: usize, step: usize) -> bool {
        let edges = &self.cold[slot].edges;
        let raised = usize::from(self.hot[slot].level);
        raised > 0 && step + 1 >= raised && edges[step].upward == edges[raised - 1].upward
    }

    /// Computes the band in which nothing changes.
    pub(crate) fn fit_band(&mut self, slot: usize) {
        let (mut low, mut high) = (f64::MIN, f64::MAX);
        for step in 0..self.cold[slot].edges.len() {
            let bound = self.cold[slot].edges[step].bound(self.relaxed(slot, step));
            let holds = self.hot[slot].holding & (1 << step) != 0;
            match (self.cold[slot].edges[step].upward, holds) {
                (true, true) => low = low.max(bound),
                (true, false) => high = high.min(bound.next_down()),
                (false, true) => high = high.min(bound),
                (false, false) => low = low.max(bound.next_up()),
            }
        }
        (self.hot[slot].low, self.hot[slot].high) = (low, high);
    }

    /// Sets the slot's timer to whatever comes first: a step that ripens, a renewal, a silence.
    pub(crate) fn arm(&mut self, rule: &Compiled, slot: usize) {
        let (hot, cold) = (&self.hot[slot], &self.cold[slot]);
        let mut due = cold.renew_due;
        if hot.manner == Manner::Silence && hot.level == 0 {
            due = due.min(Timestamp::from_micros(hot.time.micros().saturating_add(cold.after)));
        }
        if let Some(pending) = &cold.pending {
            let graver = if hot.level == 0 {
                cold.edges.len()
            } else {
                usize::from(hot.level) - 1
            };
            for step in (0..graver).filter(|step| hot.holding & (1 << step) != 0) {
                due = due.min(Timestamp::from_micros(
                    pending.clock[step].micros().saturating_add(rule.hold),
                ));
            }
        }
        if due == Timestamp::MAX {
            self.timers.cancel(slot as u32);
        } else {
            self.timers.set(slot as u32, due);
        }
    }
}
