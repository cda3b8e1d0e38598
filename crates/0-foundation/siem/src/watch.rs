//! Watching the trail and its export: what is nearly full or falls behind is told once when it begins and once when it ends.

use crate::export::Progress;
use async_trait::async_trait;
use ports::log::LogUsage;
use std::collections::BTreeSet;
use std::time::Duration;

/// What can be amiss.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trouble {
    /// The audit log is nearly full; when it is full, nothing is answered any more.
    NearFull,
    /// The SIEM has not confirmed records for long.
    Behind,
    /// What was signed before is not what is there.
    Inconsistent,
}

impl Trouble {
    /// The code of its signal.
    pub fn code(self) -> &'static str {
        match self {
            Self::NearFull => "audit_near_full",
            Self::Behind => "siem_behind",
            Self::Inconsistent => "audit_inconsistent",
        }
    }
}

/// From when on something is amiss.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Part of the audit log's room, in percent.
    pub near_full_percent: u64,
    /// Age of the oldest record that the SIEM has not confirmed.
    pub behind_for: Duration,
}

/// Who is told.
#[async_trait]
pub trait Alarm: Send + Sync {
    /// Something began or ended; an error leads to another try.
    async fn tell(&self, trouble: Trouble, begins: bool, figures: Figures) -> Result<(), String>;
}

/// The figures of the moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// How full the audit log is.
    pub usage: LogUsage,
    /// How far the export is; none when there is no export.
    pub progress: Option<Progress>,
    /// Whether the tree is not what was signed.
    pub inconsistent: bool,
}

/// What is amiss. Something that is amiss stays so until it is clearly over: below nine tenths of the limit.
pub fn judge(figures: &Figures, limits: &Limits, before: &BTreeSet<Trouble>) -> BTreeSet<Trouble> {
    let over = |trouble: Trouble, value: u128, limit: u128| {
        let limit = if before.contains(&trouble) {
            limit * 9 / 10
        } else {
            limit
        };
        value >= limit.max(1)
    };
    let mut troubles = BTreeSet::new();
    let percent = u128::from(figures.usage.bytes) * 100 / u128::from(figures.usage.max_bytes.max(1));
    if over(Trouble::NearFull, percent, u128::from(limits.near_full_percent)) {
        troubles.insert(Trouble::NearFull);
    }
    let behind = figures.progress.map_or(0, |progress| progress.behind_for.as_millis());
    if over(Trouble::Behind, behind, limits.behind_for.as_millis()) {
        troubles.insert(Trouble::Behind);
    }
    if figures.inconsistent {
        troubles.insert(Trouble::Inconsistent);
    }
    troubles
}

/// Remembers what was told.
#[derive(Debug, Default)]
pub struct Watch {
    told: BTreeSet<Trouble>,
}

impl Watch {
    /// Nobody remembers what was told before the start: what is well is told once, so that no alert stays open.
    pub fn after_start() -> Self {
        Self {
            told: BTreeSet::from([Trouble::NearFull, Trouble::Behind, Trouble::Inconsistent]),
        }
    }

    /// Looks once and tells what changed.
    pub async fn turn(&mut self, figures: Figures, limits: &Limits, alarm: &dyn Alarm) -> Result<(), String> {
        let now = judge(&figures, limits, &self.told);
        let changed: Vec<_> = now.symmetric_difference(&self.told).copied().collect();
        for trouble in changed {
            let begins = now.contains(&trouble);
            alarm.tell(trouble, begins, figures).await?;
            if begins {
                self.told.insert(trouble);
            } else {
                self.told.remove(&trouble);
            }
        }
        Ok(())
    }
}
