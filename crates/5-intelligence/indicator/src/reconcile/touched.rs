//! Which hours and days of which stations must be computed (again).

use crate::decide::daily;
use crate::model::Hour;
use crate::model::definition::Definition;
use crate::service::Span;
use crate::standard::legal::Offset;
use crate::store::stations::Stations;
use kernel::batch::Batch;
use kernel::quality::Grade;
use kernel::time::Timestamp;
use kernel::value::ValueKind;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// Hours and days that are computed together.
const AT_ONCE: usize = 2_000;

/// How far a value reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reach {
    /// Where days begin.
    pub(super) offset: Offset,
    /// So many hours after its own hour it still counts: those of a Nowcast.
    pub(super) after: i64,
}

/// What is to be done, oldest first.
#[derive(Debug, Default)]
pub(super) struct Touched {
    hours: BTreeSet<(Hour, Arc<str>)>,
    days: BTreeSet<(Hour, Arc<str>)>,
}

/// One piece of work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Due {
    pub(super) span: Span,
    pub(super) entity: Arc<str>,
}

impl Touched {
    /// Notes the hours that rows touch. Rows graded bad do not count.
    pub(super) fn take(&mut self, batch: &Batch, stations: &Stations, reach: Reach) {
        let mut last: Option<(Arc<str>, Hour)> = None;
        stations.of_series(batch.series.iter().copied(), |row, entity| {
            if batch.kind[row] != ValueKind::Number || batch.quality[row].grade() == Grade::Bad {
                return;
            }
            let hour = Hour::of(batch.time[row]);
            if last
                .as_ref()
                .is_some_and(|(known, at)| *at == hour && Arc::ptr_eq(known, entity))
            {
                return;
            }
            self.touch(entity, hour, reach);
            last = Some((Arc::clone(entity), hour));
        });
    }

    /// A value of this hour is new or another one.
    pub(super) fn touch(&mut self, entity: &str, hour: Hour, reach: Reach) {
        let entity: Arc<str> = entity.into();
        for after in 0..=reach.after {
            self.hours.insert((hour.plus(after), Arc::clone(&entity)));
        }
        for hour in [hour, hour.plus(daily::REACH)] {
            let first = Hour::of(reach.offset.day_start(hour.start()));
            self.days.insert((first, Arc::clone(&entity)));
        }
    }

    /// What is over and settled, oldest first; a part of it when there is much.
    pub(super) fn due(&self, definition: &Definition, now: Timestamp) -> Vec<Due> {
        let settled = now.minus(Duration::from_secs(u64::from(definition.settle_s)));
        let hours = self.hours.iter().map(|(hour, entity)| (Span::Hour(*hour), entity));
        let days = self.days.iter().map(|(first, entity)| (Span::Day(*first), entity));
        let over = |(span, _): &(Span, &Arc<str>)| span.end() <= settled;
        let due = hours.take_while(over).chain(days.take_while(over)).take(AT_ONCE);
        due.map(|(span, entity)| Due {
            span,
            entity: Arc::clone(entity),
        })
        .collect()
    }

    /// It is done.
    pub(super) fn remove(&mut self, done: &[Due]) {
        for due in done {
            match due.span {
                Span::Hour(hour) => self.hours.remove(&(hour, Arc::clone(&due.entity))),
                Span::Day(first) => self.days.remove(&(first, Arc::clone(&due.entity))),
            };
        }
    }
}
