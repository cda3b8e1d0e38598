//! The newest stretch of a series, kept in a bounded ring, and the number that a rule takes from it.

use crate::model::Function;
use kernel::time::Timestamp;
use std::collections::VecDeque;

/// A window keeps at most about this many cells; points that share a cell are folded into one.
pub(crate) const CELLS: i64 = 512;

/// One cell: usually one point; several when the series is denser than a 512th of the window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Cell {
    pub(crate) first_time: i64,
    pub(crate) last_time: i64,
    pub(crate) first: f64,
    pub(crate) last: f64,
    pub(crate) sum: f64,
    pub(crate) min: f64,
    pub(crate) max: f64,
    pub(crate) count: u32,
}

impl Cell {
    fn of(time: i64, value: f64) -> Self {
        Self {
            first_time: time,
            last_time: time,
            first: value,
            last: value,
            sum: value,
            min: value,
            max: value,
            count: 1,
        }
    }

    fn add(&mut self, time: i64, value: f64) {
        if self.count == 1 && time == self.first_time {
            *self = Self::of(time, value);
            return;
        }
        if time == self.last_time {
            // a correction of the cell's newest point: the sum stays exact, the extremes can only widen
            self.sum += value - self.last;
            self.last = value;
        } else {
            self.sum += value;
            self.count = self.count.saturating_add(1);
        }
        if time > self.last_time {
            (self.last_time, self.last) = (time, value);
        } else if time < self.first_time {
            (self.first_time, self.first) = (time, value);
        }
        self.min = self.min.min(value);
        self.max = self.max.max(value);
    }
}

/// Count, sum and extremes of some cells.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Totals {
    count: u64,
    sum: f64,
    min: f64,
    max: f64,
}

impl Totals {
    const NONE: Self = Self {
        count: 0,
        sum: 0.0,
        min: f64::INFINITY,
        max: f64::NEG_INFINITY,
    };

    fn with(self, cell: &Cell) -> Self {
        Self {
            count: self.count + u64::from(cell.count),
            sum: self.sum + cell.sum,
            min: self.min.min(cell.min),
            max: self.max.max(cell.max),
        }
    }
}

/// The points of one series with `newest - length < time <= newest`. Exact while the series is not denser than one point
/// per `length / 512`; else the far edge is rounded to that grain.
///
/// The totals of all cells but the newest are kept, always folded from the oldest on, so that a row in the newest cell costs
/// the same however long the window is, and a restored window gives the same bits.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Window {
    cells: VecDeque<Cell>,
    body: Totals,
    length: i64,
    grain: i64,
}

impl Window {
    /// An empty window of so many microseconds.
    pub(crate) fn new(length: i64) -> Self {
        Self {
            cells: VecDeque::new(),
            body: Totals::NONE,
            length,
            grain: (length / CELLS).max(1),
        }
    }

    /// The cells, oldest first.
    pub(crate) fn cells(&self) -> &VecDeque<Cell> {
        &self.cells
    }

    /// Takes stored cells over.
    pub(crate) fn refill(&mut self, cells: &[Cell]) {
        self.cells = cells.iter().copied().collect();
        self.total();
    }

    fn total(&mut self) {
        let body = self.cells.len().saturating_sub(1);
        self.body = self.cells.iter().take(body).fold(Totals::NONE, Totals::with);
    }

    /// Takes a point: new, late, or a correction of one that is there.
    pub(crate) fn insert(&mut self, time: Timestamp, value: f64) {
        let time = time.micros();
        let place = time.div_euclid(self.grain);
        let shares = |cell: &Cell| time <= cell.last_time || cell.first_time.div_euclid(self.grain) == place;
        if let Some(back) = self
            .cells
            .back_mut()
            .filter(|back| time >= back.first_time && shares(back))
        {
            back.add(time, value);
            if self.evict(time) {
                self.total();
            }
            return;
        }
        let newest = self.cells.back().map_or(i64::MIN, |cell| cell.last_time);
        if time <= newest.saturating_sub(self.length) {
            return;
        }
        let after = self.cells.partition_point(|cell| cell.first_time <= time);
        if let Some(cell) = after
            .checked_sub(1)
            .and_then(|at| self.cells.get_mut(at))
            .filter(|cell| shares(cell))
        {
            cell.add(time, value);
        } else if let Some(cell) = self
            .cells
            .get_mut(after)
            .filter(|cell| cell.first_time.div_euclid(self.grain) == place)
        {
            cell.add(time, value);
        } else {
            self.cells.insert(after, Cell::of(time, value));
        }
        self.evict(newest.max(time));
        self.total();
    }

    /// Drops what the window has left behind; whether there was any.
    fn evict(&mut self, newest: i64) -> bool {
        let (before, edge) = (self.cells.len(), newest.saturating_sub(self.length));
        while self.cells.front().is_some_and(|cell| cell.last_time <= edge) || self.cells.len() > CELLS as usize + 2 {
            self.cells.pop_front();
        }
        self.cells.len() != before
    }

    /// The number that `function` takes from the points; `None` with fewer than `least` of them, or when they span less than
    /// `span` microseconds.
    pub(crate) fn number(&self, function: Function, least: u32, span: i64) -> Option<f64> {
        let (first, last) = (self.cells.front()?, self.cells.back()?);
        let Totals { count, sum, min, max } = self.body.with(last);
        if count < u64::from(least) || last.last_time - first.first_time < span {
            return None;
        }
        let hours = (last.last_time - first.first_time) as f64 / 3_600e6;
        let number = match function {
            Function::Mean => sum / count as f64,
            Function::Min => min,
            Function::Max => max,
            Function::Sum => sum,
            Function::Last => last.last,
            Function::Count => count as f64,
            Function::Delta => last.last - first.first,
            Function::Spread => max - min,
            Function::Rate => (last.last - first.first) / hours,
        };
        number.is_finite().then_some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    const MINUTE: i64 = 60_000_000;

    #[test]
    fn each_function_takes_its_number() {
        let mut window = Window::new(10 * MINUTE);
        for (minute, value) in [(0, 100.0), (3, 4.0), (6, 1.0), (9, 7.0), (12, 4.0)] {
            window.insert(Timestamp::from_micros(minute * MINUTE), value);
        }
        for (function, number) in [
            (Function::Mean, 4.0),
            (Function::Min, 1.0),
            (Function::Max, 7.0),
            (Function::Sum, 16.0),
            (Function::Last, 4.0),
            (Function::Count, 4.0),
            (Function::Delta, 0.0),
            (Function::Spread, 6.0),
            (Function::Rate, 0.0),
        ] {
            assert_eq!(window.number(function, 1, 0), Some(number), "{function:?}");
        }
        assert_eq!(window.number(Function::Mean, 5, 0), None);
        assert_eq!(window.number(Function::Mean, 1, 10 * MINUTE), None);
    }

    #[test]
    fn a_dense_series_stays_bounded() {
        let mut window = Window::new(86_400_000_000);
        for second in 0..200_000 {
            window.insert(Timestamp::from_seconds(second), 2.0);
        }
        assert!(window.cells.len() <= CELLS as usize + 2);
        assert_eq!(window.number(Function::Mean, 1, 0), Some(2.0));
    }

    proptest! {
        #[test]
        fn points_in_any_order_with_corrections_give_the_plain_answer(
            points in prop::collection::vec((0i64..60, -100i32..100), 1..80)
        ) {
            let (mut window, mut model, mut newest) = (Window::new(20 * MINUTE), BTreeMap::new(), i64::MIN);
            for (minute, value) in points {
                window.insert(Timestamp::from_micros(minute * MINUTE), f64::from(value));
                if newest == i64::MIN || minute > newest - 20 {
                    model.insert(minute, f64::from(value));
                }
                newest = newest.max(minute);
                model.retain(|minute, _| *minute > newest - 20);
                let sum: f64 = model.values().sum();
                prop_assert_eq!(window.number(Function::Count, 1, 0), Some(model.len() as f64));
                prop_assert_eq!(window.number(Function::Sum, 1, 0), Some(sum));
                prop_assert_eq!(window.number(Function::Max, 1, 0), model.values().copied().reduce(f64::max));
                prop_assert_eq!(window.number(Function::Last, 1, 0), model.values().last().copied());
            }
        }
    }
}
