//! The times at which a series may have rows, as a few stretches between the largest gaps.

use kernel::time::Timestamp;

/// Stretches kept per series.
const MAX: usize = 6;

/// Disjoint closed stretches, ascending. Every noted time lies in one; when there would be more than [`MAX`], the two with
/// the smallest gap between them become one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stretches {
    ends: [(i64, i64); MAX],
    count: u8,
}

impl Stretches {
    pub(super) const EMPTY: Self = Self {
        ends: [(0, 0); MAX],
        count: 0,
    };

    #[inline]
    fn all(&self) -> &[(i64, i64)] {
        &self.ends[..usize::from(self.count)]
    }

    /// Whether a row may be stored at this time.
    #[inline]
    pub(super) fn hold(&self, time: Timestamp) -> bool {
        let time = time.micros();
        self.all()
            .iter()
            .rev()
            .find(|(from, _)| *from <= time)
            .is_some_and(|(_, until)| time <= *until)
    }

    /// The newest noted time.
    #[inline]
    pub(super) fn newest(&self) -> Option<Timestamp> {
        self.all().last().map(|(_, until)| Timestamp::from_micros(*until))
    }

    /// Takes a time; `true` when it lay inside already.
    #[inline]
    pub(super) fn note(&mut self, time: Timestamp) -> bool {
        let time = time.micros();
        // the usual case: full, and the next step of the newest stretch, no longer than the smallest gap
        if usize::from(self.count) == MAX && time > self.ends[MAX - 1].1 {
            let step = time.saturating_sub(self.ends[MAX - 1].1);
            if self
                .ends
                .windows(2)
                .all(|pair| step <= pair[1].0.saturating_sub(pair[0].1))
            {
                self.ends[MAX - 1].1 = time;
                return false;
            }
        }
        let place = self.all().partition_point(|(from, _)| *from <= time);
        if place > 0 && time <= self.ends[place - 1].1 {
            return true;
        }
        let mut wide = [(0, 0); MAX + 1];
        let count = usize::from(self.count);
        wide[..place].copy_from_slice(&self.ends[..place]);
        wide[place] = (time, time);
        wide[place + 1..=count].copy_from_slice(&self.ends[place..count]);
        if count < MAX {
            self.ends[..=count].copy_from_slice(&wide[..=count]);
            self.count += 1;
            return false;
        }
        let gap = |at: &usize| wide[*at + 1].0.saturating_sub(wide[*at].1);
        let joined = (0..MAX).min_by_key(gap).unwrap_or(0);
        wide[joined].1 = wide[joined + 1].1;
        self.ends[..=joined].copy_from_slice(&wide[..=joined]);
        self.ends[joined + 1..].copy_from_slice(&wide[joined + 2..]);
        false
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        out.push(self.count);
        for (from, until) in self.all() {
            out.extend_from_slice(&from.to_le_bytes());
            out.extend_from_slice(&until.to_le_bytes());
        }
    }

    pub(super) fn read(bytes: &mut &[u8]) -> Option<Self> {
        let mut stretches = Self::EMPTY;
        let [count] = super::take(bytes)?;
        if usize::from(count) > MAX {
            return None;
        }
        stretches.count = count;
        for ends in &mut stretches.ends[..usize::from(count)] {
            *ends = (
                i64::from_le_bytes(super::take(bytes)?),
                i64::from_le_bytes(super::take(bytes)?),
            );
        }
        Some(stretches)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// What was noted is always held, whatever the order; stretches stay ascending and apart.
        #[test]
        fn nothing_noted_is_ever_lost(times in prop::collection::vec(-1_000i64..1_000, 1..200)) {
            let mut stretches = Stretches::EMPTY;
            for (done, time) in times.iter().enumerate() {
                stretches.note(Timestamp::from_micros(*time));
                for noted in &times[..=done] {
                    prop_assert!(stretches.hold(Timestamp::from_micros(*noted)));
                }
                prop_assert!(stretches.all().windows(2).all(|pair| pair[0].1 < pair[1].0));
                prop_assert_eq!(stretches.newest().map(Timestamp::micros), times[..=done].iter().copied().max());
            }
        }
    }

    #[test]
    fn the_largest_gaps_stay_open() {
        let mut stretches = Stretches::EMPTY;
        for time in (0..100).chain(1_000_000..1_000_100) {
            stretches.note(Timestamp::from_micros(time));
        }
        assert!(!stretches.hold(Timestamp::from_micros(500_000)));
        assert!(stretches.hold(Timestamp::from_micros(50)));
    }
}
