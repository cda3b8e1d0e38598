//! One session of the lake: all that is remembered between two commits, and what is done in one turn.

use super::upkeep::Upkeep;
use super::{Ground, PIN};
use crate::error::Result;
use crate::lake::retention::Limits;
use crate::lake::rollup::Rollups;
use crate::lake::writer::Writer;
use crate::lake::{Lake, LakeState};
use crate::model::TableName;
use kernel::position::Position;
use kernel::time::Timestamp;
use std::collections::VecDeque;
use std::sync::Arc;

/// Commits that are remembered for the release of the log.
const MAX_REMEMBERED: usize = 4_096;

/// An open lake. After an error it is dropped, and a new one is opened.
#[derive(Debug)]
pub struct Keeper {
    ground: Arc<Ground>,
    lake: Lake,
    state: LakeState,
    writer: Writer,
    rollups: Rollups,
    upkeep: Upkeep,
    /// When which position was in the table, oldest first.
    reached: VecDeque<(Timestamp, Position)>,
    /// Blocks and rows that were read, for an estimate of what waits.
    seen: (u64, u64),
}

impl Keeper {
    /// Opens or makes the tables and resumes where they stand. The log is held from there on.
    pub async fn open(ground: Arc<Ground>, lake: Lake) -> Result<Self> {
        let state = LakeState::open(lake.store()).await?;
        let position = state.observations.position;
        ground.log.pin(PIN, position).await?;
        let writer = Writer::open(ground.log.clone(), Arc::clone(&ground.objects), &state.observations).await?;
        let rollups = Rollups::recover(
            Arc::clone(&ground.objects),
            &state,
            Limits::of(&ground.settings, &*ground.series, ground.clock.now()),
        )
        .await?;
        let upkeep = Upkeep::new(&state, &ground.settings);
        lake.publish(&state);
        Ok(Self {
            reached: VecDeque::from([(ground.clock.now(), position)]),
            seen: (0, 0),
            ground,
            lake,
            state,
            writer,
            rollups,
            upkeep,
        })
    }

    /// Everything that is due now. `true`: more may be waiting already.
    pub async fn turn(&mut self) -> Result<bool> {
        let now = self.ground.clock.now();
        if *self.ground.is_full.borrow() {
            self.give_room(now).await?;
            return Ok(false);
        }
        let settings = &self.ground.settings;
        let mut before = (self.writer.position(), self.writer.waiting().0);
        while self.writer.gather(settings, now).await? {
            let (position, rows) = (self.writer.position(), self.writer.waiting().0);
            // one reading brings many blocks
            let blocks = position.sequence.saturating_sub(before.0.sequence).max(1);
            self.seen = (self.seen.0 + blocks, self.seen.1 + rows.saturating_sub(before.1));
            before = (position, rows);
        }
        self.tell_lag();
        let full = self.writer.is_due(settings, now);
        if full {
            self.commit(now).await?;
        }
        let roll = self.rollups.is_due(&self.state, &self.ground.settings, now);
        if roll {
            let done = self.rollups.run(&mut self.state, &self.ground.settings, now).await?;
            self.lake.publish(&self.state);
            self.lake.tell_job("rollup", now, Ok(format!("{done} buckets")));
        }
        if let Some(limits) = self.upkeep.new_limits(&self.ground, now) {
            self.rollups.set_limits(limits);
        }
        let packed = self.upkeep.turn(&self.ground, &self.lake, &mut self.state, now).await?;
        if packed {
            self.lake.publish(&self.state);
        }
        Ok(full || roll || packed)
    }

    /// The disk is full. What room there is belongs to those who must write, first of all to the reserve: were the lake to
    /// take what somebody has just made free, observations could be refused for ever.
    async fn give_room(&mut self, now: Timestamp) -> Result<()> {
        self.tell_lag();
        self.let_go(self.state.observations.position).await?;
        self.upkeep
            .give_room(&self.ground, &self.lake, &mut self.state, now)
            .await
    }

    /// The last commit of an ordered end.
    pub async fn end(&mut self) -> Result<()> {
        let now = self.ground.clock.now();
        let head = *self.ground.log.head().borrow();
        loop {
            while self.writer.gather(&self.ground.settings, now).await? {}
            if !self.writer.is_waiting() {
                break;
            }
            self.commit(now).await?;
            if self.writer.position() >= head {
                break;
            }
        }
        self.writer.snapshot().await
    }

    /// What waits becomes a version of the table; only then the log may forget it.
    async fn commit(&mut self, now: Timestamp) -> Result<()> {
        let began = std::time::Instant::now();
        self.upkeep
            .write_new_series(&self.ground, &self.lake, &mut self.state, now)
            .await?;
        let flushed = self.writer.flush(&mut self.state.observations, now).await?;
        for (series, time, position) in flushed.rows.countable() {
            self.rollups.touch(series, time, position);
        }
        self.lake.publish(&self.state);
        let rows = flushed.rows.len();
        metrics::counter!("hanoi_ioc_history_rows_total").increment(rows as u64);
        metrics::histogram!("hanoi_ioc_history_commit_seconds").record(began.elapsed().as_secs_f64());
        for name in TableName::ALL {
            let table = self.state.table(name).status();
            metrics::gauge!("hanoi_ioc_history_files", "table" => table.name).set(table.files as f64);
            metrics::gauge!("hanoi_ioc_history_bytes", "table" => table.name).set(table.bytes as f64);
        }
        self.release(now).await?;
        self.tell_lag();
        let detail = format!(
            "{rows} rows in {} files, {} ms",
            flushed.files.len(),
            began.elapsed().as_millis()
        );
        self.lake.tell_job("commit", now, Ok(detail));
        Ok(())
    }

    /// Tables and their folders are durable: the log gives back what is older than the hot window, or all of it when the
    /// log is more than half full.
    async fn release(&mut self, now: Timestamp) -> Result<()> {
        let log = &self.ground.log;
        let reached = self.state.observations.position;
        log.pin(PIN, reached).await?;
        if self.reached.len() < MAX_REMEMBERED {
            self.reached.push_back((now, reached));
        } else if let Some(last) = self.reached.back_mut() {
            *last = (now, reached);
        }
        let usage = log.usage();
        let release = if usage.bytes > usage.max_bytes / 2 {
            Some(reached)
        } else {
            let limit = now.minus(self.ground.settings.hot_window);
            let mut old = None;
            while let Some((_, position)) = self.reached.pop_front_if(|(at, _)| *at < limit) {
                old = Some(position);
            }
            old
        };
        match release {
            Some(position) => self.let_go(position).await,
            None => Ok(()),
        }
    }

    /// The log may forget everything up to here, once all who read it are known.
    async fn let_go(&self, position: Position) -> Result<()> {
        let log = &self.ground.log;
        let pins = log.log().pins().await?;
        let all_here = |name: &&str| pins.iter().any(|(pinned, _)| pinned == *name);
        if self.ground.waits_for.iter().all(all_here) {
            let freed = log.release(position).await?;
            metrics::counter!("hanoi_ioc_history_released_bytes_total").increment(freed);
        }
        Ok(())
    }

    fn tell_lag(&self) {
        let (waiting, oldest) = self.writer.waiting();
        let (head, read) = (*self.ground.log.head().borrow(), self.writer.position());
        let blocks = match head.epoch == read.epoch {
            true => head.sequence.saturating_sub(read.sequence),
            false => head.sequence,
        };
        // Blocks that are not read yet are taken for as large as those before.
        let each = self.seen.1.checked_div(self.seen.0).unwrap_or(0).max(1);
        let rows = waiting + blocks * each;
        metrics::gauge!("hanoi_ioc_history_lag_rows").set(rows as f64);
        let age = oldest.map_or(0.0, |oldest| self.ground.clock.now().since(oldest).as_secs_f64());
        metrics::gauge!("hanoi_ioc_history_lag_seconds").set(age);
        self.lake.tell_lag(rows, oldest);
    }

    /// The tables as they are now.
    pub fn state(&self) -> &LakeState {
        &self.state
    }
}
