//! The evaluator: batches and time go in, transitions come out.

use crate::error::RuleError;
use crate::model::Rule;
use crate::select::Compiled;
use crate::state::{Manner, Slots};
use crate::transition::Transition;
use kernel::batch::Batch;
use kernel::quality::Grade;
use kernel::series::SeriesInfo;
use kernel::signal::{Change, Signal};
use kernel::time::Timestamp;
use kernel::value::ValueKind;
use metrics::{Counter, counter};
use smallvec::SmallVec;

/// Most rules of one evaluator.
pub const MAX_RULES: usize = 1_000;

/// Holds rules and the state of every (rule, series). Call [`Evaluator::bind`] for each series, then feed it.
///
/// Counts `hanoi_ioc_rule_rows_total` and `hanoi_ioc_rule_transitions_total{change}`.
pub struct Evaluator {
    pub(crate) rules: Vec<Compiled>,
    /// Slots by series number.
    pub(crate) bound: Vec<SmallVec<[u32; 4]>>,
    pub(crate) slots: Slots,
    /// The newest `now` that was seen; time never runs back.
    pub(crate) clock: Timestamp,
    rows: Counter,
    said: [Counter; 3],
}

impl std::fmt::Debug for Evaluator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Evaluator({} rules, {} slots, {})",
            self.rules.len(),
            self.slots.hot.len(),
            self.clock
        )
    }
}

/// Makes rules ready; refuses two of one name and more than [`MAX_RULES`].
pub(crate) fn compile(rules: Vec<Rule>) -> Result<Vec<Compiled>, RuleError> {
    if rules.len() > MAX_RULES {
        return Err(RuleError::TooMany {
            found: rules.len(),
            limit: MAX_RULES,
        });
    }
    let mut names = std::collections::BTreeSet::new();
    if let Some(twice) = rules.iter().find(|rule| !names.insert(rule.id.clone())) {
        return Err(RuleError::TwoAlike(twice.id.to_string()));
    }
    Ok(rules.into_iter().map(Compiled::new).collect())
}

impl Evaluator {
    /// An evaluator that watches no series yet.
    pub fn new(rules: Vec<Rule>) -> Result<Self, RuleError> {
        let said = |change: &'static str| counter!("hanoi_ioc_rule_transitions_total", "change" => change);
        Ok(Self {
            rules: compile(rules)?,
            bound: Vec::new(),
            slots: Slots::default(),
            clock: Timestamp::MIN,
            rows: counter!("hanoi_ioc_rule_rows_total"),
            said: [said("raised"), said("renewed"), said("cleared")],
        })
    }

    /// The rules, in the order given.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter().map(|compiled| &compiled.rule)
    }

    /// Judges rows in log order; `now` is the clock (on replay: the time at which the block was received). Timers that
    /// were due before are rung first, so it does not matter whether a tick came between. Bad rows are not used.
    pub fn apply(&mut self, batch: &Batch, now: Timestamp, out: &mut Vec<Transition>) {
        let before = out.len();
        let now = self.ring(now, out);
        let rows = batch
            .series
            .iter()
            .zip(&batch.time)
            .zip(&batch.kind)
            .zip(&batch.bits)
            .zip(&batch.quality);
        for ((((series, time), kind), bits), quality) in rows {
            let Some(bound) = self.bound.get(series.0 as usize) else {
                continue;
            };
            if quality.grade() == Grade::Bad {
                continue;
            }
            let raw = match kind {
                ValueKind::Number => f64::from_bits(*bits),
                ValueKind::Boolean => f64::from(u8::from(*bits != 0)),
                _ => f64::NAN,
            };
            for slot in bound {
                let slot = *slot as usize;
                let Some(hot) = self.slots.hot.get_mut(slot) else {
                    continue;
                };
                match hot.manner {
                    Manner::Plain => {
                        let value = raw * hot.factor + hot.offset;
                        if *time > hot.time && value >= hot.low && value <= hot.high {
                            (hot.time, hot.value) = (*time, value);
                            continue;
                        }
                    }
                    Manner::Silence if hot.level == 0 => {
                        hot.time = now;
                        continue;
                    }
                    Manner::Free => continue,
                    Manner::Careful | Manner::Silence => {}
                }
                let rule = &self.rules[usize::from(hot.rule)];
                self.slots.row(rule, slot, raw, *time, now, out);
            }
        }
        self.rows.increment(batch.len() as u64);
        self.count(&out[before..]);
    }

    /// Lets time pass: ripens `for:`, renews, notices silence. Costs only what is due.
    pub fn tick(&mut self, now: Timestamp, out: &mut Vec<Transition>) {
        let before = out.len();
        self.ring(now, out);
        self.count(&out[before..]);
    }

    /// When the next tick has something to do; the owner may sleep until then.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.slots.timers.next()
    }

    /// Begins live work at `now`, after restore and replay: the time in which nobody listened is not counted as silence.
    pub fn resume(&mut self, now: Timestamp) {
        if self.clock == Timestamp::MIN || now <= self.clock {
            return;
        }
        let gap = now.since(self.clock);
        for hot in self
            .slots
            .hot
            .iter_mut()
            .filter(|hot| hot.manner == Manner::Silence && hot.level == 0)
        {
            hot.time = hot.time.plus(gap).min(now);
        }
        self.clock = now;
    }

    /// The signal of a transition; `info` is the present entry of its series in the registry.
    pub fn signal(&self, transition: &Transition, info: &SeriesInfo) -> Signal {
        transition.signal(info)
    }

    /// How many (rule, series) stand raised now; walks over all of them.
    pub fn raised(&self) -> usize {
        self.slots.hot.iter().filter(|hot| hot.level > 0).count()
    }

    fn ring(&mut self, now: Timestamp, out: &mut Vec<Transition>) -> Timestamp {
        let now = now.max(self.clock);
        self.clock = now;
        while let Some((due, slot)) = self.slots.timers.pop(now) {
            let slot = slot as usize;
            let rule = &self.rules[usize::from(self.slots.hot[slot].rule)];
            self.slots.ring(rule, slot, due, now, out);
        }
        now
    }

    fn count(&self, said: &[Transition]) {
        for transition in said {
            let at = match transition.change {
                Change::Raised => 0,
                Change::Renewed => 1,
                Change::Cleared => 2,
            };
            self.said[at].increment(1);
        }
    }
}
