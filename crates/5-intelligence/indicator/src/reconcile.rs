//! Background work: follows the log of observations, computes what its rows touch, and stores the results as computed
//! series.
//!
//! A row of an hour touches the index of that hour and of the eleven hours after it (Nowcast), of its day, and of the next
//! day when it lies within the last seven hours (8-hour means). Touched hours wait until they are over and settled. The
//! result of a repeated turn is the same rows again, which the intake takes as duplicates; after late data it is a
//! correction. Nothing that was acknowledged is missed: the log is pinned at the position up to which everything has been
//! computed, and a restart also looks again at the hours around the last saved instant.

mod judged;
mod outputs;
mod touched;
mod work;

use crate::decide::level::Standing;
use crate::error::IndicatorError;
use crate::model::Hour;
use crate::model::library::{Library, VN_AQI};
use crate::record::Progress;
use crate::service::Indicators;
use crate::store::Store;
use crate::store::ground::Outlet;
use kernel::actor::Actor;
use kernel::position::Position;
use kernel::time::Timestamp;
use outputs::Outputs;
use ports::series::SeriesLog;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use touched::{Reach, Touched};

/// How often to look, in wall time; the question is whether the log has grown or an hour has ended.
pub const PERIOD: Duration = Duration::from_secs(2);

/// The name under which the log is pinned.
pub const CONSUMER: &str = "indicator";
/// Bytes of log that are read at once, and how often in one turn.
const BYTES: usize = 4 << 20;
const READS: usize = 32;
/// Clock time between two savings of the progress when nothing was computed.
const SAVE_EVERY: Duration = Duration::from_secs(60);
/// After a longer rest only the last so many hours are looked at again by themselves; older ones when rows come.
const LOOK_BACK: i64 = 31 * 24;

/// What a turn has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Turned {
    /// Hours and days of stations that were computed.
    pub computed: usize,
    /// Rows that were new or corrected.
    pub stored: u32,
    /// Facts that were told.
    pub told: usize,
}

/// Computes the VN_AQI. One per tenant.
#[derive(Debug)]
pub struct Computing {
    indicators: Indicators,
    log: SeriesLog,
    outlet: Arc<dyn Outlet>,
    store: Store,
    actor: Actor,
    state: tokio::sync::Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    opened: bool,
    position: Position,
    saved: Option<Progress>,
    touched: Touched,
    outputs: Outputs,
    /// The newest levels, as they are stored; `None` for a station that has none.
    standings: HashMap<Arc<str>, Option<Standing>>,
}

impl Computing {
    /// Acts as the service `indicator` of the store's tenant.
    pub fn new(indicators: Indicators, log: SeriesLog, outlet: Arc<dyn Outlet>, store: Store) -> Self {
        let actor = Actor::service(crate::fact::SOURCE, store.tenant());
        Self {
            indicators,
            log,
            outlet,
            store,
            actor,
            state: tokio::sync::Mutex::default(),
        }
    }

    /// One turn. Safe to repeat: what fails is tried again with the next one.
    pub async fn turn(&self) -> Result<Turned, IndicatorError> {
        let library = self.indicators.library();
        let Ok(definition) = library.indicator(VN_AQI) else {
            return Ok(Turned::default()); // the pack has none
        };
        let now = self.indicators.clock.now();
        let reach = Reach {
            offset: definition.offset,
            after: library.air_index(definition, now)?.table.nowcast.hours as i64 - 1,
        };
        let mut guard = self.state.lock().await;
        let state = &mut *guard;
        self.indicators.stations.learn(&library, VN_AQI, now)?;
        if !state.opened {
            self.open(state, reach, now).await?;
        }
        let at_head = self.follow(state, &library, reach, now).await?;
        let mut turned = Turned::default();
        loop {
            let due = state.touched.due(definition, now);
            if due.is_empty() {
                break;
            }
            let done = self.compute(state, &library, definition, &due).await?;
            state.touched.remove(&due);
            turned.computed += done.computed;
            turned.stored += done.stored;
            turned.told += done.told;
        }
        if at_head {
            self.save(state, turned.computed > 0, now).await?;
        }
        Ok(turned)
    }

    /// Where the last life ended; the hours around that instant are looked at again.
    async fn open(&self, state: &mut State, reach: Reach, now: Timestamp) -> Result<(), IndicatorError> {
        let progress = self.store.progress(&self.actor, VN_AQI).await?;
        if let Some(progress) = progress {
            state.position = progress.position;
            let last = Hour::of(now);
            let from = Hour::of(progress.at).plus(-1).max(last.plus(-LOOK_BACK));
            for station in self.indicators.stations.all() {
                for hour in from.until(last.plus(1)) {
                    state.touched.touch(&station.entity, hour, reach);
                }
            }
        }
        state.saved = progress;
        state.opened = true;
        Ok(())
    }

    /// Notes which hours new rows touch; whether the head of the log was reached.
    async fn follow(
        &self,
        state: &mut State,
        library: &Arc<Library>,
        reach: Reach,
        now: Timestamp,
    ) -> Result<bool, IndicatorError> {
        for _ in 0..READS {
            let blocks = self.log.read(state.position, BYTES).await?;
            let Some((last, _)) = blocks.last() else {
                return Ok(true);
            };
            let last = *last;
            // a series exists before its first row is stored, so after the reading every row's series can be learned
            self.indicators.stations.learn(library, VN_AQI, now)?;
            for (_, block) in &blocks {
                state.touched.take(&block.batch, &self.indicators.stations, reach);
            }
            state.position = last;
        }
        Ok(false)
    }

    /// Everything up to the position is computed as far as it is over: say so durably.
    async fn save(&self, state: &mut State, computed: bool, now: Timestamp) -> Result<(), IndicatorError> {
        let old = state.saved.is_none_or(|saved| now.since(saved.at) >= SAVE_EVERY);
        if !computed && !old {
            return Ok(());
        }
        let progress = Progress {
            position: state.position,
            at: now,
        };
        self.store.put_progress(&self.actor, VN_AQI, &progress).await?;
        self.log.pin(CONSUMER, progress.position).await?;
        state.saved = Some(progress);
        Ok(())
    }
}
