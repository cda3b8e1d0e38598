//! Figures over time: what they were, and whether they grow.

/// Points in time (seconds) with a figure each.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trend(Vec<(f64, f64)>);

impl Trend {
    /// Adds one.
    pub(crate) fn add(&mut self, second: f64, figure: f64) {
        self.0.push((second, figure));
    }

    /// The part from `second` on.
    pub(crate) fn after(&self, second: f64) -> Self {
        Self(self.0.iter().copied().filter(|(at, _)| *at >= second).collect())
    }

    /// The part from `first` to before `last`.
    pub(crate) fn between(&self, first: f64, last: f64) -> Self {
        Self(
            self.0
                .iter()
                .copied()
                .filter(|(at, _)| (first..last).contains(at))
                .collect(),
        )
    }

    /// Growth per second of the straight line that fits best; 0 with fewer than two points.
    pub(crate) fn slope(&self) -> f64 {
        let count = self.0.len() as f64;
        let mean = |of: fn(&(f64, f64)) -> f64| self.0.iter().map(of).sum::<f64>() / count;
        let (time, figure) = (mean(|point| point.0), mean(|point| point.1));
        let both: f64 = self.0.iter().map(|(at, is)| (at - time) * (is - figure)).sum();
        let square: f64 = self.0.iter().map(|(at, _)| (at - time).powi(2)).sum();
        if square > 0.0 { both / square } else { 0.0 }
    }

    /// Smallest, middle and largest figure.
    pub(crate) fn range(&self) -> (f64, f64, f64) {
        let mut all: Vec<f64> = self.0.iter().map(|(_, figure)| *figure).collect();
        all.sort_unstable_by(f64::total_cmp);
        let at = |place: usize| all.get(place).copied().unwrap_or(0.0);
        (at(0), at(all.len() / 2), at(all.len().saturating_sub(1)))
    }
}

#[cfg(test)]
mod tests {
    use super::Trend;

    #[test]
    fn a_line_has_its_slope_and_a_flat_one_none() {
        let mut trend = Trend::default();
        assert_eq!(trend.slope(), 0.0);
        (0..10).for_each(|second| trend.add(f64::from(second), 5.0 + 2.0 * f64::from(second)));
        assert!((trend.slope() - 2.0).abs() < 1e-9);
        assert_eq!(trend.after(8.0).range(), (21.0, 23.0, 23.0));
        let mut flat = Trend::default();
        (0..10).for_each(|second| flat.add(f64::from(second), f64::from(second % 2)));
        assert!(flat.slope().abs() < 0.1);
    }
}
