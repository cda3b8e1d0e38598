//! The state that follows from the log: what was seen, keys, rules, and where it all stands.

use super::group::{Sent, Stored};
use super::spans::Spans;
use crate::keys::Keys;
use crate::latest::Latest;
use crate::seen::{Seen, fingerprint};
use crate::series::SeriesRegistry;
use kernel::batch::Batch;
use kernel::block::{Block, Mark};
use kernel::position::Position;
use kernel::series::SeriesId;
use kernel::submission::Receipt;
use kernel::time::Timestamp;
use kernel::value::ValueKind;
use rule::evaluate::Evaluator;
use rule::model::Rule;
use rule::transition::Transition;
use rustc_hash::FxHashSet;
use std::collections::{BTreeMap, VecDeque};

/// Rows about which the log is asked, and those of them that set out meanwhile.
#[derive(Default)]
pub(super) struct Watch {
    pub(super) wanted: FxHashSet<(SeriesId, Timestamp)>,
    pub(super) noted: Stored,
}

/// All state of the pipeline; owned by its thread.
pub(super) struct Fold {
    pub(super) seen: Seen,
    pub(super) keys: Keys,
    pub(super) spans: Spans,
    pub(super) rules: Evaluator,
    /// Series numbers below this are bound to the rules.
    pub(super) bound: u32,
    /// The last block that is in the state.
    pub(super) position: Position,
    /// Bytes of log since the last snapshot, estimated from the rows.
    pub(super) since_snapshot: u64,
    pub(super) snapshot_bytes: u64,
    /// While the log is asked about rows: what has set out since with the same names.
    pub(super) watch: Option<Watch>,
    /// Largest change per second by series number; infinite where nothing is promised.
    rates: Vec<f64>,
}

impl Fold {
    /// Largest change per second that is promised for a series.
    #[inline]
    pub(super) fn max_rate(&self, series: SeriesId) -> f64 {
        self.rates.get(series.0 as usize).copied().unwrap_or(f64::INFINITY)
    }

    pub(super) fn new(rules: Evaluator, snapshot_bytes: u64) -> Self {
        Self {
            seen: Seen::default(),
            keys: Keys::default(),
            spans: Spans::default(),
            rules,
            bound: 0,
            position: Position::START,
            since_snapshot: 0,
            snapshot_bytes,
            watch: None,
            rates: Vec::new(),
        }
    }

    pub(super) fn snapshot_due(&self) -> bool {
        self.since_snapshot >= self.snapshot_bytes
    }

    /// A row sets out for the disk, or was found in the log.
    #[inline]
    pub(super) fn note(&mut self, series: SeriesId, time: Timestamp, bits: u64, print: u64) {
        self.seen.note(series, time, bits, print);
        if let Some(watch) = &mut self.watch
            && watch.wanted.contains(&(series, time))
        {
            watch.noted.insert((series, time), print);
        }
    }

    /// A row did not arrive.
    pub(super) fn forget(&mut self, series: SeriesId, time: Timestamp) {
        self.seen.forget(series, time);
        if let Some(watch) = &mut self.watch {
            watch.noted.remove(&(series, time));
        }
    }

    /// Learns what is promised for series that were made since the last batch.
    #[inline]
    pub(super) fn know(&mut self, batch: &Batch, registry: &SeriesRegistry) {
        let highest = batch.series.iter().map(|series| series.0 as usize).max();
        if highest.is_some_and(|highest| highest >= self.rates.len()) {
            let new = registry.from(self.rates.len() as u32, usize::MAX);
            self.rates
                .extend(new.iter().map(|info| info.contract.max_rate.unwrap_or(f64::INFINITY)));
        }
    }

    /// Takes a durable block: what was seen, the latest values, the keys.
    pub(super) fn apply(&mut self, block: &Block, position: Position, latest: &Latest) {
        if block.runs.is_empty() {
            return;
        }
        let batch = &block.batch;
        let mut received = block
            .runs
            .iter()
            .flat_map(|run| std::iter::repeat_n(run.received, run.rows as usize));
        latest.apply(batch, &mut received, position);
        for run in &block.runs {
            if let Some(Mark::Key { key, body, answer }) = &run.mark
                && let Ok(mut receipt) = serde_json::from_slice::<Receipt>(answer)
            {
                receipt.position = (receipt.accepted > 0).then_some(position);
                self.keys.put(&run.sender, key, *body, receipt, run.received);
            }
        }
        self.spans.note(batch, position);
        self.position = position;
        self.since_snapshot += 64 * block.runs.len() as u64 + 16 * batch.len() as u64 + batch.heap.len() as u64;
        metrics::counter!("hanoi_ioc_observation_stored_total").increment(batch.len() as u64);
    }

    /// Feeds a durable block to the rules. The time is that of its arrival, so that a replay judges alike.
    pub(super) fn judge(&mut self, block: &Block, registry: &SeriesRegistry, out: &mut Vec<Transition>) {
        let Some(run) = block.runs.last() else { return };
        let highest = block.batch.series.iter().map(|series| series.0).max();
        if highest.is_some_and(|highest| highest >= self.bound) {
            self.bind(registry, run.received, out);
        }
        self.rules.apply(&block.batch, run.received, out);
    }

    /// Lets time pass for the rules.
    pub(super) fn tick(&mut self, now: Timestamp, registry: &SeriesRegistry, out: &mut Vec<Transition>) {
        if registry.len() as u32 > self.bound {
            self.bind(registry, now, out);
        }
        self.rules.tick(now, out);
    }

    pub(super) fn bind(&mut self, registry: &SeriesRegistry, now: Timestamp, out: &mut Vec<Transition>) {
        let mut apart = BTreeMap::new();
        for info in registry.from(self.bound, usize::MAX) {
            match self.rules.bind(&info, now, out) {
                Ok(binding) => apart.extend(binding.other_unit.into_iter().map(|rule| (rule, info.clone()))),
                Err(error) => {
                    tracing::warn!(series = info.id.0, device = %info.device, name = %info.name, %error, "a rule cannot watch this series");
                }
            }
            self.bound = info.id.0 + 1;
        }
        for (rule, info) in apart {
            tracing::warn!(%rule, series = info.id.0, device = %info.device, name = %info.name, unit = %info.unit, "a rule selects series whose unit cannot be turned into its own, and does not judge them; this is one of them");
        }
    }

    pub(super) fn replace_rules(
        &mut self,
        rules: Vec<Rule>,
        registry: &SeriesRegistry,
        now: Timestamp,
        out: &mut Vec<Transition>,
    ) -> Result<(), String> {
        let series = registry.from(0, usize::MAX);
        let done = self.rules.replace(rules, series.iter().map(AsRef::as_ref), now, out);
        self.bound = series.last().map_or(0, |info| info.id.0 + 1);
        let binding = done.map_err(|error| error.to_string())?;
        for rule in binding.other_unit {
            tracing::warn!(%rule, "a rule selects series whose unit cannot be turned into its own, and does not judge them");
        }
        Ok(())
    }

    /// A group failed: its rows did not arrive. Groups behind it that were judged by them are told so, too.
    pub(super) fn recall(&mut self, failed: &Sent, behind: &mut VecDeque<Sent>) {
        let batch = &failed.block.batch;
        for row in 0..batch.len() {
            self.forget(batch.series[row], batch.time[row]);
        }
        for run in &failed.block.runs {
            if let Some(Mark::Key { key, .. }) = &run.mark {
                self.keys.remove(&run.sender, key);
            }
        }
        for group in behind {
            group.doubtful |= group.leans;
        }
    }
}

/// What a row is compared by.
pub(super) fn print(batch: &Batch, row: usize) -> u64 {
    let long = matches!(batch.kind[row], ValueKind::Text | ValueKind::Json);
    fingerprint(batch.bits[row], long.then(|| batch.bytes(row)))
}
