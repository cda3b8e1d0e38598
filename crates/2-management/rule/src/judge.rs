//! The state machine of one slot: a row or a timer comes, and perhaps something is said.

use crate::model::{Kind, WindowSpec};
use crate::select::Compiled;
use crate::state::{Manner, Slots};
use crate::transition::Transition;
use kernel::severity::Severity;
use kernel::signal::Change;
use kernel::time::Timestamp;
use std::sync::Arc;

impl Slots {
    /// Judges a row that the quick test could not pass over.
    pub(crate) fn row(
        &mut self,
        rule: &Compiled,
        slot: usize,
        raw: f64,
        time: Timestamp,
        now: Timestamp,
        out: &mut Vec<Transition>,
    ) {
        if self.hot[slot].manner == Manner::Silence {
            self.hot[slot].time = now;
            if self.hot[slot].level > 0 {
                self.say(rule, slot, Change::Cleared, now, now, out);
                self.hot[slot].level = 0;
                self.arm(rule, slot);
            }
            return;
        }
        let mut value = raw * self.hot[slot].factor + self.hot[slot].offset;
        if !value.is_finite() || rule.hours.is_some_and(|hours| !hours.hold(time)) {
            return;
        }
        if let (Some(window), Kind::Threshold(threshold)) = (&mut self.cold[slot].window, &rule.rule.kind) {
            window.insert(time, value);
            let number = |spec: WindowSpec| window.number(spec.function, spec.min_points, spec.min_span.micros());
            match threshold.window.and_then(number) {
                Some(number) => value = number,
                None => return,
            }
        }
        let hot = &mut self.hot[slot];
        if time < hot.time {
            return;
        }
        (hot.time, hot.value) = (time, value);
        if value < hot.low || value > hot.high {
            self.weigh(slot, now);
            self.settle(rule, slot, now, out);
        }
    }

    /// Finds which steps match the newest value, and since when.
    fn weigh(&mut self, slot: usize, now: Timestamp) {
        let value = self.hot[slot].value;
        let mut holding = 0u8;
        for step in 0..self.cold[slot].edges.len() {
            if self.cold[slot].edges[step].holds(value, self.relaxed(slot, step)) {
                holding |= 1 << step;
            }
        }
        let begun = holding & !self.hot[slot].holding;
        self.hot[slot].holding = holding;
        let time = self.hot[slot].time;
        if let Some(pending) = &mut self.cold[slot].pending {
            for step in (0..8).filter(|step| begun & (1 << step) != 0) {
                (pending.clock[step], pending.onset[step]) = (now, time);
            }
        }
    }

    /// Moves to the gravest step that matches and has held long enough, and says so.
    fn settle(&mut self, rule: &Compiled, slot: usize, now: Timestamp, out: &mut Vec<Transition>) {
        let (hot, cold) = (&self.hot[slot], &self.cold[slot]);
        let (old, holding) = (hot.level, hot.holding);
        let ripe = |step: &usize| {
            let held = cold
                .pending
                .as_ref()
                .is_none_or(|pending| pending.clock[*step].micros().saturating_add(rule.hold) <= now.micros());
            holding & (1 << step) != 0 && (held || step + 1 == usize::from(old))
        };
        let new = (0..cold.edges.len()).find(ripe).map_or(0, |step| step as u8 + 1);
        if new != old {
            let graver = new > 0 && (old == 0 || new < old);
            let at = match &cold.pending {
                Some(pending) if graver => pending.onset[usize::from(new) - 1],
                _ => hot.time,
            };
            if new == 0 {
                self.say(rule, slot, Change::Cleared, at, now, out);
                self.hot[slot].level = 0;
            } else {
                let before = self.severity(rule, slot);
                self.hot[slot].level = new;
                if old == 0 {
                    self.cold[slot].since = at;
                }
                if old == 0 || before != self.severity(rule, slot) {
                    self.say(rule, slot, Change::Raised, at, now, out);
                }
            }
        }
        self.fit_band(slot);
        self.arm(rule, slot);
    }

    /// The timer of this slot, set for `set`, is due.
    pub(crate) fn ring(
        &mut self,
        rule: &Compiled,
        slot: usize,
        set: Timestamp,
        now: Timestamp,
        out: &mut Vec<Transition>,
    ) {
        if self.hot[slot].manner == Manner::Silence {
            let due = Timestamp::from_micros(self.hot[slot].time.micros().saturating_add(self.cold[slot].after));
            // rows only move the time, never the timer: when it was set for earlier, it takes its place in the order again
            if self.hot[slot].level == 0 && due <= set {
                self.hot[slot].level = 1;
                self.cold[slot].since = due;
                self.say(rule, slot, Change::Raised, due, now, out);
            }
            self.arm(rule, slot);
            return;
        }
        self.settle(rule, slot, now, out);
        if self.hot[slot].level > 0 && self.cold[slot].renew_due <= now {
            if self.hot[slot].time > self.cold[slot].said {
                self.say(rule, slot, Change::Renewed, self.hot[slot].time, now, out);
            } else {
                self.cold[slot].renew_due = Timestamp::from_micros(now.micros().saturating_add(rule.renew));
            }
            self.arm(rule, slot);
        }
    }

    /// The severity of the present level; of the lightest step when calm.
    pub(crate) fn severity(&self, rule: &Compiled, slot: usize) -> Severity {
        match &rule.rule.kind {
            Kind::Silence(silence) => silence.severity,
            Kind::Threshold(_) => {
                let step = usize::from(self.hot[slot].level).saturating_sub(1);
                self.cold[slot]
                    .edges
                    .get(step)
                    .map_or(Severity::ONE, |edge| edge.severity)
            }
        }
    }

    /// Puts one word out and remembers that it was said. Called with the level that the word is about.
    pub(crate) fn say(
        &mut self,
        rule: &Compiled,
        slot: usize,
        change: Change,
        at: Timestamp,
        now: Timestamp,
        out: &mut Vec<Transition>,
    ) {
        let severity = self.severity(rule, slot);
        let (hot, cold) = (&self.hot[slot], &mut self.cold[slot]);
        let ordinal = if change == Change::Renewed {
            cold.renewals = cold.renewals.saturating_add(1);
            cold.renewals
        } else {
            cold.renewals = 0;
            cold.ordinal = if at == cold.last_at {
                cold.ordinal.saturating_add(1)
            } else {
                0
            };
            cold.last_at = at;
            cold.ordinal
        };
        let silence = hot.manner == Manner::Silence;
        cold.renew_due = if silence || change == Change::Cleared {
            Timestamp::MAX
        } else {
            Timestamp::from_micros(now.micros().saturating_add(rule.renew))
        };
        cold.said = hot.time;
        let step = usize::from(hot.level).saturating_sub(1);
        out.push(Transition {
            rule: Arc::clone(&rule.face),
            series: cold.series,
            change,
            severity,
            at,
            noticed: now,
            since: cold.since,
            value: (!silence).then_some(hot.value),
            limit: if silence {
                cold.after as f64 / 1e6
            } else {
                cold.edges.get(step).map_or(0.0, |edge| edge.limit)
            },
            ordinal,
        });
    }
}
