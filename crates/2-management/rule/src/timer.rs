//! Timers of slots: at most one each, so the heap never outgrows the slots and a tick costs only what is due.

use kernel::time::Timestamp;

const NOWHERE: u32 = u32::MAX;

/// A binary heap that knows where each slot stands, ordered by (due, slot).
#[derive(Debug, Default)]
pub(crate) struct Timers {
    heap: Vec<(Timestamp, u32)>,
    place: Vec<u32>,
}

impl Timers {
    /// Sets or moves the timer of a slot.
    pub(crate) fn set(&mut self, slot: u32, due: Timestamp) {
        if self.place.len() <= slot as usize {
            self.place.resize(slot as usize + 1, NOWHERE);
        }
        let at = self.place[slot as usize];
        let at = if at == NOWHERE {
            self.heap.push((due, slot));
            self.heap.len() - 1
        } else {
            self.heap[at as usize].0 = due;
            at as usize
        };
        let at = self.rise(at);
        self.sink(at);
    }

    /// Takes the timer of a slot away, if it has one.
    pub(crate) fn cancel(&mut self, slot: u32) {
        let at = self.place.get(slot as usize).copied().unwrap_or(NOWHERE);
        if at == NOWHERE {
            return;
        }
        self.place[slot as usize] = NOWHERE;
        let at = at as usize;
        if let Some(last) = self.heap.pop().filter(|_| at < self.heap.len()) {
            self.heap[at] = last;
            let at = self.rise(at);
            self.sink(at);
        }
    }

    /// Takes out the first slot whose timer is due, with the time for which it was set.
    pub(crate) fn pop(&mut self, now: Timestamp) -> Option<(Timestamp, u32)> {
        let (due, slot) = *self.heap.first()?;
        (due <= now).then(|| {
            self.cancel(slot);
            (due, slot)
        })
    }

    /// When the next timer is due.
    pub(crate) fn next(&self) -> Option<Timestamp> {
        self.heap.first().map(|(due, _)| *due)
    }

    fn rise(&mut self, mut at: usize) -> usize {
        while at > 0 && self.heap[at] < self.heap[(at - 1) / 2] {
            self.heap.swap(at, (at - 1) / 2);
            self.place[self.heap[at].1 as usize] = at as u32;
            at = (at - 1) / 2;
        }
        self.place[self.heap[at].1 as usize] = at as u32;
        at
    }

    fn sink(&mut self, mut at: usize) {
        loop {
            let children = [2 * at + 1, 2 * at + 2];
            let least = children
                .into_iter()
                .filter(|child| *child < self.heap.len())
                .min_by_key(|child| self.heap[*child]);
            let Some(child) = least.filter(|child| self.heap[*child] < self.heap[at]) else {
                break;
            };
            self.heap.swap(at, child);
            self.place[self.heap[at].1 as usize] = at as u32;
            at = child;
        }
        if let Some((_, slot)) = self.heap.get(at) {
            self.place[*slot as usize] = at as u32;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn timers_behave_as_a_sorted_map(steps in prop::collection::vec((0u32..20, 0i64..50, 0u8..3), 1..200)) {
            let (mut timers, mut model) = (Timers::default(), BTreeMap::<u32, i64>::new());
            for (slot, due, act) in steps {
                match act {
                    0 => { timers.set(slot, Timestamp::from_micros(due)); model.insert(slot, due); }
                    1 => { timers.cancel(slot); model.remove(&slot); }
                    _ => {
                        let first = model.iter().map(|(slot, at)| (*at, *slot)).min().filter(|(at, _)| *at <= due);
                        prop_assert_eq!(timers.pop(Timestamp::from_micros(due)), first.map(|(at, slot)| (Timestamp::from_micros(at), slot)));
                        if let Some((_, slot)) = first { model.remove(&slot); }
                    }
                }
                prop_assert_eq!(timers.next(), model.values().min().map(|at| Timestamp::from_micros(*at)));
            }
        }
    }
}
