//! How often each packet id was free again: neighbours with the same number are one run, so that ids in a row cost one entry.

use std::num::NonZeroU16;

/// Most runs. A client that takes its ids in turn, or the lowest free one, stays far below.
const MOST: usize = 256;

/// The epoch of every packet id. A message under an id has another epoch than each earlier one under the same id, and what
/// becomes of other ids does not change it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Epochs {
    /// First id and epoch of each run, in order; the first begins at 1.
    runs: Vec<(u16, u64)>,
}

impl Default for Epochs {
    fn default() -> Self {
        Self { runs: vec![(1, 0)] }
    }
}

impl Epochs {
    /// From what [`Epochs::first`] and [`Epochs::rest`] said; runs that are not in order are left out.
    pub(crate) fn new(first: u64, rest: &[(u16, u64)]) -> Self {
        let mut epochs = Self { runs: vec![(1, first)] };
        for run in rest.iter().take(MOST) {
            if epochs.runs.last().is_some_and(|last| last.0 < run.0) {
                epochs.runs.push(*run);
            }
        }
        epochs
    }

    /// The epoch of the lowest ids.
    pub(crate) fn first(&self) -> u64 {
        self.runs.first().map_or(0, |run| run.1)
    }

    /// Where other epochs begin, and which.
    pub(crate) fn rest(&self) -> &[(u16, u64)] {
        self.runs.get(1..).unwrap_or_default()
    }

    /// The epoch of an id.
    pub(crate) fn of(&self, id: NonZeroU16) -> u64 {
        let after = self.runs.partition_point(|run| run.0 <= id.get());
        self.runs.get(after.saturating_sub(1)).map_or(0, |(_, epoch)| *epoch)
    }

    /// The id is free again. With too many runs all ids begin the same new epoch; those that are in use keep theirs where
    /// they are kept.
    pub(crate) fn end(&mut self, id: NonZeroU16) {
        let (id, epoch) = (id.get(), self.of(id));
        let next = id.checked_add(1);
        let starts = self.runs.partition_point(|run| run.0 < id);
        let own = self.runs.get(starts).is_some_and(|run| run.0 == id);
        let follows = self.runs.get(starts + usize::from(own)).map(|run| run.0);
        let mut put = vec![(id, epoch + 1)];
        // the rest of the run that it was in
        put.extend(next.filter(|next| follows != Some(*next)).map(|next| (next, epoch)));
        self.runs.splice(starts..starts + usize::from(own), put);
        self.runs.dedup_by_key(|run| run.1);
        if self.runs.len() > MOST {
            let highest = self.runs.iter().map(|run| run.1).max().unwrap_or_default();
            self.runs = vec![(1, highest + 1)];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;

    fn id(id: u16) -> NonZeroU16 {
        NonZeroU16::new(id).unwrap()
    }

    #[test]
    fn ids_in_a_row_are_one_run() {
        let mut epochs = Epochs::default();
        for number in 1..=40_000 {
            epochs.end(id(number));
        }
        assert_eq!((epochs.first(), epochs.rest()), (1, &[(40_001, 0)][..]));
        for number in 40_001..=u16::MAX {
            epochs.end(id(number));
        }
        assert_eq!((epochs.first(), epochs.rest()), (1, &[][..]));
        epochs.end(id(u16::MAX));
        assert_eq!((epochs.first(), epochs.rest()), (1, &[(u16::MAX, 2)][..]));
    }

    #[test]
    fn too_many_runs_become_one_that_nobody_had() {
        let mut epochs = Epochs::default();
        let mut numbers = (1..).map(|number| id(number * 3));
        while epochs.first() == 0 {
            assert!(epochs.rest().len() < MOST);
            epochs.end(numbers.next().unwrap());
        }
        assert_eq!((epochs.first(), epochs.rest()), (2, &[][..]), "each had 0 or 1");
        epochs.end(id(9));
        let read = Epochs::new(epochs.first(), epochs.rest());
        assert_eq!(read, epochs);
        assert_eq!(Epochs::new(1, &[(9, 2), (4, 7)]).rest(), [(9, 2)], "only in order");
    }

    proptest! {
        /// As a counter for each id does, with so few ids that the runs suffice.
        #[test]
        fn each_id_has_its_own(ends in prop::collection::vec(prop_oneof![1_u16..60, 65_500..=u16::MAX], 0..400)) {
            let (mut epochs, mut counts) = (Epochs::default(), HashMap::new());
            for number in ends {
                epochs.end(id(number));
                *counts.entry(number).or_insert(0_u64) += 1;
            }
            for number in (1..=62).chain(65_499..=u16::MAX) {
                let count = counts.get(&number).copied().unwrap_or_default();
                prop_assert_eq!(epochs.of(id(number)), count, "{}", number);
            }
            prop_assert_eq!(&Epochs::new(epochs.first(), epochs.rest()), &epochs);
        }
    }
}
