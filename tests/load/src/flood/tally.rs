//! What the server answered, counted.

use std::collections::BTreeMap;
use std::fmt;

/// Answers and how often each came.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally(BTreeMap<String, u64>);

impl Tally {
    /// Counts one.
    pub(super) fn add(&mut self, answer: impl Into<String>) {
        self.many(answer, 1);
    }

    /// Counts several of the same.
    pub(super) fn many(&mut self, answer: impl Into<String>, count: u64) {
        if count > 0 {
            *self.0.entry(answer.into()).or_default() += count;
        }
    }

    /// Adds those of another.
    pub(super) fn extend(&mut self, other: Self) {
        for (answer, count) in other.0 {
            self.many(answer, count);
        }
    }
}

impl From<String> for Tally {
    fn from(answer: String) -> Self {
        let mut tally = Self::default();
        tally.add(answer);
        tally
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut all: Vec<_> = self.0.iter().collect();
        all.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        for (number, (answer, count)) in all.into_iter().enumerate() {
            let between = if number > 0 { ", " } else { "" };
            write!(f, "{between}{answer} x {count}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Tally;

    #[test]
    fn the_most_frequent_comes_first() {
        let mut tally = Tally::from("a".to_owned());
        tally.many("b", 2);
        tally.many("c", 0);
        tally.extend(Tally::from("b".to_owned()));
        assert_eq!(tally.to_string(), "b x 3, a x 1");
    }
}
