//! Whether a client may ask once more: windows of a minute and of a local day, counted exactly.

use crate::model::usage::{Figures, Limits, Settings};
use kernel::time::Timestamp;

/// Days whose figures wait to be stored; more than one only while storage does not answer over midnight.
const MAX_PAST: usize = 8;

/// What memory knows of one client.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// The present minute.
    pub minute: i64,
    /// Requests let in during it.
    pub in_minute: u64,
    /// The present local day.
    pub day: i64,
    /// Requests of the day that storage knows of.
    pub stored: u64,
    /// What storage does not know yet.
    pub fresh: Figures,
    /// Earlier days of which storage does not know all yet.
    pub past: Vec<(i64, Figures)>,
    /// The last request.
    pub seen: Timestamp,
}

/// Which window is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// The minute.
    Minute,
    /// The local day.
    Day,
}

/// A limit was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Over {
    /// Which.
    pub window: Window,
    /// How many requests it takes.
    pub limit: u64,
    /// Seconds until the window is over.
    pub retry_after_s: u32,
}

/// What is left of the minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    /// How many requests a minute takes; 0: any number.
    pub limit: u64,
    /// How many of them are left.
    pub remaining: u64,
    /// Seconds until the next minute.
    pub reset_s: u32,
}

impl Tally {
    /// A client of which storage knows `stored` requests of this day.
    pub fn new(settings: &Settings, stored: u64, now: Timestamp) -> Self {
        Self {
            day: settings.day(now),
            stored,
            seen: now,
            ..Self::default()
        }
    }

    /// Counts a request, or says which limit was reached. A clock that was set back begins new windows.
    pub fn ask(&mut self, settings: &Settings, limits: Limits, now: Timestamp) -> Result<Left, Over> {
        let second = settings.local_s(now);
        let (minute, day) = (second.div_euclid(60), second.div_euclid(86_400));
        if minute != self.minute {
            (self.minute, self.in_minute) = (minute, 0);
        }
        if day != self.day {
            self.turn_over(day);
        }
        self.seen = now;
        let rest = |length: i64| u32::try_from(length - second.rem_euclid(length)).unwrap_or(1);
        let today = self.stored.saturating_add(self.fresh.requests);
        let full = |window, limit, retry_after_s| Over {
            window,
            limit,
            retry_after_s,
        };
        let over = if limits.per_day > 0 && today >= limits.per_day {
            Some(full(Window::Day, limits.per_day, rest(86_400)))
        } else if limits.per_minute > 0 && self.in_minute >= limits.per_minute {
            Some(full(Window::Minute, limits.per_minute, rest(60)))
        } else {
            None
        };
        if let Some(over) = over {
            self.fresh.refused = self.fresh.refused.saturating_add(1);
            return Err(over);
        }
        self.in_minute += 1;
        self.fresh.requests = self.fresh.requests.saturating_add(1);
        Ok(Left {
            limit: limits.per_minute,
            remaining: limits.per_minute.saturating_sub(self.in_minute),
            reset_s: rest(60),
        })
    }

    fn turn_over(&mut self, day: i64) {
        let fresh = std::mem::take(&mut self.fresh);
        if !fresh.is_empty() && self.past.len() < MAX_PAST {
            self.past.push((self.day, fresh));
        }
        (self.day, self.stored) = (day, 0);
    }

    /// Takes what storage does not know yet, by day.
    pub fn take(&mut self) -> Vec<(i64, Figures)> {
        let mut taken = std::mem::take(&mut self.past);
        let fresh = std::mem::take(&mut self.fresh);
        if !fresh.is_empty() {
            self.stored = self.stored.saturating_add(fresh.requests);
            taken.push((self.day, fresh));
        }
        taken
    }

    /// Gives back what could not be stored.
    pub fn give_back(&mut self, day: i64, figures: Figures) {
        if day == self.day {
            self.stored = self.stored.saturating_sub(figures.requests);
            self.fresh = self.fresh.plus(figures);
        } else if self.past.len() < MAX_PAST {
            self.past.push((day, figures));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HANOI: i64 = 25_200;

    fn settings() -> Settings {
        Settings {
            account: Limits::default(),
            token: Limits::default(),
            device: Limits::default(),
            max_clients: 10,
            keep_days: 1,
            zone_offset_s: HANOI,
        }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_seconds(second)
    }

    /// The minute is full at its limit, says when it is over, and the next one is empty.
    #[test]
    fn a_minute_takes_as_many_as_its_limit() {
        let limits = Limits {
            per_minute: 2,
            per_day: 0,
        };
        let mut tally = Tally::new(&settings(), 0, at(0));
        let left: Vec<_> = (0..2)
            .map(|_| tally.ask(&settings(), limits, at(45)).unwrap().remaining)
            .collect();
        assert_eq!(left, [1, 0]);
        let over = tally.ask(&settings(), limits, at(45)).unwrap_err();
        assert_eq!((over.window, over.limit, over.retry_after_s), (Window::Minute, 2, 15));
        assert!(tally.ask(&settings(), limits, at(60)).is_ok());
        assert_eq!((tally.fresh.requests, tally.fresh.refused), (3, 1));
    }

    /// The day is the local one: it ends at 17:00 UTC, and what storage knew of it counts.
    #[test]
    fn a_day_is_local_and_knows_what_was_before_a_restart() {
        let limits = Limits {
            per_minute: 0,
            per_day: 5,
        };
        let evening = at(17 * 3_600 - 60);
        let mut tally = Tally::new(&settings(), 4, evening);
        assert!(tally.ask(&settings(), limits, evening).is_ok());
        let over = tally.ask(&settings(), limits, evening).unwrap_err();
        assert_eq!((over.window, over.retry_after_s), (Window::Day, 60));
        assert!(tally.ask(&settings(), limits, at(17 * 3_600)).is_ok());
        let taken = tally.take();
        assert_eq!(taken.iter().map(|(day, _)| *day).collect::<Vec<_>>(), [0, 1]);
        assert_eq!(taken[0].1.requests + taken[1].1.requests, 2);
    }

    #[test]
    fn what_could_not_be_stored_counts_on() {
        let limits = Limits {
            per_minute: 0,
            per_day: 2,
        };
        let mut tally = Tally::new(&settings(), 0, at(0));
        tally.ask(&settings(), limits, at(0)).unwrap();
        for (day, figures) in tally.take() {
            tally.give_back(day, figures);
        }
        tally.ask(&settings(), limits, at(0)).unwrap();
        assert!(tally.ask(&settings(), limits, at(0)).is_err());
        assert_eq!(tally.take()[0].1.requests, 2);
    }

    #[test]
    fn without_limits_everything_is_counted_and_nothing_refused() {
        let mut tally = Tally::new(&settings(), 0, at(0));
        for _ in 0..1_000 {
            tally.ask(&settings(), Limits::default(), at(0)).unwrap();
        }
        assert_eq!(tally.fresh.requests, 1_000);
    }
}
