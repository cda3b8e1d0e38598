//! Durations, and what is said of them.

use std::fmt;
use std::time::Duration;

/// Many durations.
#[derive(Clone, Debug, Default)]
pub(crate) struct Latencies(Vec<u32>);

impl Latencies {
    /// Adds one, in microseconds.
    pub(crate) fn add(&mut self, took: Duration) {
        self.0.push(u32::try_from(took.as_micros()).unwrap_or(u32::MAX));
    }

    /// Adds those of another.
    pub(crate) fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// How many.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The value below which a share of all lies (nearest rank); zero when there is none.
    pub(crate) fn quantile(&mut self, share: f64) -> Duration {
        self.0.sort_unstable();
        let rank = (self.0.len() as f64 * share).ceil() as usize;
        let found = self.0.get(rank.saturating_sub(1)).or(self.0.last());
        Duration::from_micros(found.copied().unwrap_or(0).into())
    }

    /// `p50 …, p99 …, max …`.
    pub(crate) fn summary(&mut self) -> String {
        let [half, most, all] = [0.5, 0.99, 1.0].map(|share| Millis(self.quantile(share)));
        format!("p50 {half}, p99 {most}, max {all}")
    }
}

/// A duration in milliseconds.
pub(crate) struct Millis(pub(crate) Duration);

impl fmt::Display for Millis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2} ms", self.0.as_secs_f64() * 1e3)
    }
}

#[cfg(test)]
mod tests {
    use super::Latencies;
    use std::time::Duration;

    #[test]
    fn quantiles_are_values_that_occurred() {
        let mut all = Latencies::default();
        (1..=100).for_each(|n| all.add(Duration::from_millis(n)));
        assert_eq!(all.quantile(0.5), Duration::from_millis(50));
        assert_eq!(all.quantile(0.99), Duration::from_millis(99));
        assert_eq!(all.quantile(1.0), Duration::from_millis(100));
        assert_eq!(Latencies::default().quantile(0.5), Duration::ZERO);
    }
}
