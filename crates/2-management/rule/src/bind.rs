//! Which rules watch which series: at start, when a series is new or changed, and when the rules are replaced.

use crate::error::RuleError;
use crate::evaluate::{Evaluator, compile};
use crate::model::Rule;
use crate::select::Watch;
use crate::transition::Transition;
use kernel::id::RuleId;
use kernel::series::{SeriesId, SeriesInfo};
use kernel::time::Timestamp;
use smallvec::SmallVec;

/// Largest series number plus one.
pub const MAX_SERIES: u32 = 1 << 25;

/// What came of binding a series.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Binding {
    /// How many rules watch it.
    pub rules: usize,
    /// Rules that would, but their unit and the series' cannot be converted; worth a warning to the operator.
    pub other_unit: Vec<RuleId>,
}

impl Evaluator {
    /// Binds a series, or binds it again after its registry entry changed. The state of rules that watch it as before
    /// stays; a rule that no longer does is cleared through `out`. Silence of a new series counts from `now`.
    pub fn bind(&mut self, info: &SeriesInfo, now: Timestamp, out: &mut Vec<Transition>) -> Result<Binding, RuleError> {
        if info.id.0 >= MAX_SERIES {
            return Err(RuleError::SeriesNumber(info.id.0, MAX_SERIES));
        }
        let at = info.id.0 as usize;
        if self.bound.len() <= at {
            self.bound.resize_with(at + 1, SmallVec::new);
        }
        let mut old = std::mem::take(&mut self.bound[at]);
        let mut new = SmallVec::new();
        let mut binding = Binding::default();
        for (index, rule) in self.rules.iter().enumerate() {
            let fit = match rule.watch(info) {
                Watch::Yes(fit) => fit,
                Watch::No => continue,
                Watch::OtherUnit => {
                    binding.other_unit.push(rule.rule.id.clone());
                    continue;
                }
            };
            let same = |slot: &u32| {
                usize::from(self.slots.hot[*slot as usize].rule) == index && self.slots.fits(*slot as usize, &fit)
            };
            match old.iter().position(same) {
                Some(kept) => new.push(old.remove(kept)),
                None => new.push(self.slots.create(info.id, index as u16, rule, fit, now)),
            }
        }
        for slot in old {
            let rule = &self.rules[usize::from(self.slots.hot[slot as usize].rule)];
            self.slots.release(slot, rule, now, out);
        }
        binding.rules = new.len();
        self.bound[at] = new;
        Ok(binding)
    }

    /// Forgets a series; what stood raised about it is cleared through `out`.
    pub fn unbind(&mut self, series: SeriesId, now: Timestamp, out: &mut Vec<Transition>) {
        let Some(bound) = self.bound.get_mut(series.0 as usize) else {
            return;
        };
        for slot in std::mem::take(bound) {
            let rule = &self.rules[usize::from(self.slots.hot[slot as usize].rule)];
            self.slots.release(slot, rule, now, out);
        }
    }

    /// Replaces the rules without a restart. `series` is the whole registry. Unchanged rules keep their state; whatever
    /// stood raised by a removed or changed rule is cleared through `out`, and a changed one judges anew from the next
    /// row on. On an error nothing changes. The answer counts for all series together and names each rule once.
    pub fn replace<'a>(
        &mut self,
        rules: Vec<Rule>,
        series: impl IntoIterator<Item = &'a SeriesInfo>,
        now: Timestamp,
        out: &mut Vec<Transition>,
    ) -> Result<Binding, RuleError> {
        let fresh = compile(rules)?;
        let place = |old: &crate::select::Compiled| fresh.iter().position(|new| new.fingerprint == old.fingerprint);
        let moved: Vec<Option<usize>> = self.rules.iter().map(place).collect();
        let (rules, slots) = (&self.rules, &mut self.slots);
        for bound in &mut self.bound {
            bound.retain(|slot| {
                let old = usize::from(slots.hot[*slot as usize].rule);
                match moved[old] {
                    Some(new) => slots.hot[*slot as usize].rule = new as u16,
                    None => slots.release(*slot, &rules[old], now, out),
                }
                moved[old].is_some()
            });
        }
        self.rules = fresh;
        let mut all = Binding::default();
        for info in series {
            let binding = self.bind(info, now, out)?;
            all.rules += binding.rules;
            for rule in binding.other_unit {
                if !all.other_unit.contains(&rule) {
                    all.other_unit.push(rule);
                }
            }
        }
        Ok(all)
    }
}
