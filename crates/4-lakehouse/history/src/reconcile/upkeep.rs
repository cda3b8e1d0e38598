//! What is done now and then: table `series`, retention, packing, checkpoints, vacuum.

use super::Ground;
use crate::error::Result;
use crate::lake::compact::{self, Group};
use crate::lake::file::{day_of, month_of};
use crate::lake::retention::{self, Limits};
use crate::lake::{Lake, LakeState, registry, vacuum};
use crate::model::{Settings, TableName};
use kernel::time::Timestamp;
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

/// Tables whose small files are packed.
const PACKED: [TableName; 3] = [TableName::Observations, TableName::Rollup5m, TableName::Rollup1h];

/// How long replaced files are kept at most while the disk is full; questions of ours end after `sql.seconds`, 30 unless changed.
const FULL_VACUUM: Duration = Duration::from_secs(900);

/// What is remembered from one time to the next.
#[derive(Debug)]
pub(super) struct Upkeep {
    last: Option<Timestamp>,
    /// Files that shall be packed, and how many were packed in this round.
    waiting: VecDeque<(TableName, Group)>,
    packed: usize,
    /// Packing rests until then, so that it uses only its part of the processor.
    rest_until: Option<Instant>,
    /// Version of the last checkpoint.
    checkpoints: BTreeMap<TableName, u64>,
    /// What table `series` says.
    series: Option<[u8; 32]>,
    /// How many series it has.
    listed: usize,
    /// Files that retention has looked into.
    checked: FxHashMap<String, usize>,
}

impl Upkeep {
    pub(super) fn new(state: &LakeState, settings: &Settings) -> Self {
        let every = settings.checkpoint_commits.max(1);
        let before = |name| {
            let version = state.table(name).version();
            (name, version - version % every)
        };
        Self {
            last: None,
            waiting: VecDeque::new(),
            packed: 0,
            rest_until: None,
            checkpoints: TableName::ALL.map(before).into(),
            series: None,
            listed: 0,
            checked: FxHashMap::default(),
        }
    }

    /// What retention takes away in the round that is due; roll-ups have to know it before.
    pub(super) fn new_limits(&self, ground: &Ground, now: Timestamp) -> Option<Limits> {
        self.is_due(&ground.settings, now)
            .then(|| Limits::of(&ground.settings, &*ground.series, now))
    }

    fn is_due(&self, settings: &Settings, now: Timestamp) -> bool {
        let rested = self.last.is_none_or(|last| now.since(last) >= settings.upkeep_every);
        self.waiting.is_empty() && rested
    }

    /// One step; `true`: tables have changed.
    pub(super) async fn turn(
        &mut self,
        ground: &Ground,
        lake: &Lake,
        state: &mut LakeState,
        now: Timestamp,
    ) -> Result<bool> {
        self.checkpoint(ground, lake, state, now).await?;
        let settings = &ground.settings;
        let mut changed = false;
        if self.is_due(settings, now) {
            self.last = Some(now);
            changed |= self.write_series(ground, lake, state, now).await?;
            changed |= self.retain(ground, lake, state, now).await?;
            self.vacuum(ground, lake, state, settings.vacuum_after, now).await?;
            self.plan(settings, state, now);
        }
        Ok(changed | self.pack(ground, lake, state, now).await?)
    }

    async fn checkpoint(&mut self, ground: &Ground, lake: &Lake, state: &LakeState, now: Timestamp) -> Result<()> {
        for name in TableName::ALL {
            let table = state.table(name);
            let last = self.checkpoints.entry(name).or_default();
            if table.version() - (*last).min(table.version()) >= ground.settings.checkpoint_commits.max(1) {
                table.checkpoint().await?;
                *last = table.version();
                let detail = format!("{} at version {}", name.as_str(), table.version());
                lake.tell_job("checkpoint", now, Ok(detail));
            }
        }
        Ok(())
    }

    /// Rows of a series are in no table before the series itself is in its own.
    pub(super) async fn write_new_series(
        &mut self,
        ground: &Ground,
        lake: &Lake,
        state: &mut LakeState,
        now: Timestamp,
    ) -> Result<()> {
        if self.listed != ground.series.all().len() {
            self.write_series(ground, lake, state, now).await?;
        }
        Ok(())
    }

    async fn write_series(
        &mut self,
        ground: &Ground,
        lake: &Lake,
        state: &mut LakeState,
        now: Timestamp,
    ) -> Result<bool> {
        let series = ground.series.all();
        let mark = registry::write(&*ground.objects, &mut state.series, &series, self.series, now).await?;
        let changed = self.series != Some(mark);
        self.series = Some(mark);
        self.listed = series.len();
        lake.tell_job("series", now, Ok(format!("{} series", series.len())));
        Ok(changed)
    }

    async fn retain(&mut self, ground: &Ground, lake: &Lake, state: &mut LakeState, now: Timestamp) -> Result<bool> {
        let limits = Limits::of(&ground.settings, &*ground.series, now);
        let table = &mut state.observations;
        let gone = retention::apply(&*ground.objects, table, &limits, &mut self.checked, now).await?;
        lake.tell_job("retention", now, Ok(format!("{gone} rows")));
        Ok(gone > 0)
    }

    /// While the disk is full: nothing is written, and what was replaced goes earlier.
    pub(super) async fn give_room(
        &mut self,
        ground: &Ground,
        lake: &Lake,
        state: &mut LakeState,
        now: Timestamp,
    ) -> Result<()> {
        // what was planned would write
        self.waiting.clear();
        if self.is_due(&ground.settings, now) {
            self.last = Some(now);
            let after = ground.settings.vacuum_after.min(FULL_VACUUM);
            self.vacuum(ground, lake, state, after, now).await?;
        }
        Ok(())
    }

    async fn vacuum(
        &self,
        ground: &Ground,
        lake: &Lake,
        state: &mut LakeState,
        after: Duration,
        now: Timestamp,
    ) -> Result<()> {
        let (mut files, mut log_files) = (0, 0);
        for name in TableName::ALL {
            let table = state.table_mut(name);
            let done = vacuum::vacuum(&*ground.objects, table, after, now).await?;
            (files, log_files) = (files + done.files, log_files + done.log_files);
        }
        let detail = format!("{files} data files, {log_files} old commits");
        lake.tell_job("vacuum", now, Ok(detail));
        Ok(())
    }

    fn plan(&mut self, settings: &Settings, state: &LakeState, now: Timestamp) {
        let today = day_of(now.micros());
        for name in PACKED {
            let open = match name {
                TableName::Rollup1h => month_of(today),
                _ => today,
            };
            let groups = compact::plan(state.table(name), settings, open);
            self.waiting.extend(groups.into_iter().map(|group| (name, group)));
        }
        self.packed = 0;
    }

    /// One group; the next one after a rest.
    async fn pack(&mut self, ground: &Ground, lake: &Lake, state: &mut LakeState, now: Timestamp) -> Result<bool> {
        if self.waiting.is_empty() || self.rest_until.is_some_and(|until| Instant::now() < until) {
            return Ok(false);
        }
        let Some((name, group)) = self.waiting.pop_front() else {
            return Ok(false);
        };
        let table = state.table_mut(name);
        // A roll-up or a retention may have replaced a file since the plan.
        if group.iter().any(|file| !table.files.contains_key(&file.path)) {
            return Ok(false);
        }
        let began = Instant::now();
        compact::pack(&*ground.objects, table, group, now).await?;
        let share = ground.settings.cpu_percent.clamp(1, 100);
        let rest = began.elapsed() * (100 - share) / share;
        self.rest_until = Some(Instant::now() + rest);
        self.packed += 1;
        let detail = format!("{} groups packed, {} wait", self.packed, self.waiting.len());
        lake.tell_job("compact", now, Ok(detail));
        Ok(true)
    }
}
