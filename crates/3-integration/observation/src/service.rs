//! Taking submissions: names to series, rows against contracts, bad items aside, the rest into the pipeline.

mod check;
mod resolve;

use crate::error::{IntakeFailure, ObservationError};
use crate::latest::{Latest, LatestRow};
use crate::model::{Checked, Limits};
use crate::quarantine::Quarantine;
use crate::record::QuarantineRecord;
use crate::replay::UnderWay;
use crate::series::SeriesRegistry;
use crate::store::Store;
use kernel::actor::Actor;
use kernel::batch::Batch;
use kernel::reject::Rejected;
use kernel::series::SeriesInfo;
use kernel::submission::{MAX_LISTED, Receipt, Submission};
use kernel::time::Timestamp;
use policy::action::Action;
use policy::compiled::permits;
use ports::query::After;
use std::sync::Arc;
use tokio::sync::{Semaphore, SemaphorePermit, mpsc, oneshot};

/// How long a sender waits for a place among the rows that are on their way before it is told to come again.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(5);

/// The main road of one tenant: intake, latest values, quarantine. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Observations {
    pub(crate) registry: Arc<SeriesRegistry>,
    pub(crate) latest: Arc<Latest>,
    quarantine: Arc<Quarantine>,
    /// Items of quarantine that are being sent again right now.
    pub(crate) under_way: Arc<UnderWay>,
    pub(crate) store: Store,
    limits: Limits,
    queue: mpsc::Sender<Checked>,
    rows: Arc<Semaphore>,
}

impl Observations {
    /// Joins the parts; the server starts the pipeline at the other end of `queue`.
    pub fn new(
        registry: Arc<SeriesRegistry>,
        latest: Arc<Latest>,
        store: Store,
        limits: Limits,
        queue: mpsc::Sender<Checked>,
    ) -> Self {
        let quarantine = Arc::new(Quarantine::new(store.clone(), limits.quarantine_per_hour));
        let rows = Arc::new(Semaphore::new(limits.rows));
        Self {
            registry,
            latest,
            quarantine,
            under_way: Arc::default(),
            store,
            limits,
            queue,
            rows,
        }
    }

    /// Takes one payload. The receipt exists only when its rows are in the log and its bad items in quarantine.
    pub async fn accept(&self, submission: &Submission) -> Result<Receipt, IntakeFailure> {
        let _place = self.room(submission.readings.len()).await?;
        let (batch, mut rejected, unlisted) = self.judge(submission, submission.received).await?;
        rejected.extend_from_slice(&submission.rejected);
        rejected.sort_by_key(|item| item.item);
        let sender = &submission.sender.device;
        if !rejected.is_empty() {
            self.quarantine.keep(sender, submission.received, &rejected).await?;
        }
        let receipt = Receipt {
            rejected: rejected.len() as u32 + unlisted,
            items: listed(rejected),
            ..Receipt::default()
        };
        self.append(submission, batch, receipt).await
    }

    /// The rows that may be stored, the others with their reasons, and how many more there are that nobody described. Rows
    /// without a time stand at `untimed`.
    pub(crate) async fn judge(
        &self,
        submission: &Submission,
        untimed: Timestamp,
    ) -> Result<(Batch, Vec<Rejected>, u32), IntakeFailure> {
        let resolved = resolve::resolve(&self.registry, submission)
            .await
            .map_err(|error| match error {
                ObservationError::Port(error) => error.into(),
                ObservationError::Unreadable { .. } | ObservationError::NameTaken { .. } => IntakeFailure::Unavailable,
            })?;
        Ok(check::check(submission, &resolved, self.limits, untimed))
    }

    /// Hands over the rows of a submission that fit; `receipt` has what was kept aside, the pipeline fills in the rest.
    pub(crate) async fn append(
        &self,
        submission: &Submission,
        batch: Batch,
        receipt: Receipt,
    ) -> Result<Receipt, IntakeFailure> {
        if batch.is_empty() && submission.key.is_none() {
            return Ok(receipt);
        }
        let checked = |reply| Checked {
            sender: submission.sender.device.shared(),
            received: submission.received,
            batch,
            receipt,
            key: submission.key.clone(),
            reply,
        };
        self.pass_on(checked).await
    }

    /// Waits for room among the rows that are on their way, but not for ever.
    pub(crate) async fn room(&self, rows: usize) -> Result<SemaphorePermit<'_>, IntakeFailure> {
        let wanted = rows.clamp(1, self.limits.rows) as u32;
        if let Ok(place) = self.rows.try_acquire_many(wanted) {
            return Ok(place);
        }
        tokio::time::timeout(PATIENCE, self.rows.acquire_many(wanted))
            .await
            .map_err(|_| IntakeFailure::Busy)?
            .map_err(|_| IntakeFailure::Unavailable)
    }

    /// Hands rows to the pipeline and waits until they are durable.
    async fn pass_on(
        &self,
        checked: impl FnOnce(oneshot::Sender<Result<Receipt, IntakeFailure>>) -> Checked,
    ) -> Result<Receipt, IntakeFailure> {
        let (reply, answer) = oneshot::channel();
        self.queue
            .send(checked(reply))
            .await
            .map_err(|_| IntakeFailure::Unavailable)?;
        answer.await.map_err(|_| IntakeFailure::Unavailable)?
    }

    /// Rows that are checked already: room, pipeline, answer.
    pub(crate) async fn hand_over(
        &self,
        rows: usize,
        checked: impl FnOnce(oneshot::Sender<Result<Receipt, IntakeFailure>>) -> Checked,
    ) -> Result<Receipt, IntakeFailure> {
        let _place = self.room(rows).await?;
        self.pass_on(checked).await
    }

    /// The newest rows of the series that the actor may see, from series number `first`, at most `limit` of them, and the
    /// number to go on with.
    pub fn latest(
        &self,
        actor: &Actor,
        device: Option<&str>,
        first: u32,
        limit: usize,
    ) -> (Vec<(Arc<SeriesInfo>, LatestRow)>, Option<u32>) {
        let series = match device {
            Some(device) => {
                let mut series = self.registry.of_device(device);
                series.retain(|info| info.id.0 >= first);
                series
            }
            None => self.registry.from(first, limit),
        };
        let full = series.len() >= limit;
        let series = &series[..series.len().min(limit)];
        let next = series.last().filter(|_| full).map(|info| info.id.0 + 1);
        let seen = series
            .iter()
            .filter(|info| actor.scope.sees_of(&info.org, &info.areas, info.classification));
        (
            seen.filter_map(|info| Some((Arc::clone(info), self.latest.get(info.id)?)))
                .collect(),
            next,
        )
    }

    /// The newest stored row of a payload name of a device; for the house itself, which has no scope.
    pub fn newest(&self, device: &str, name: &str) -> Option<LatestRow> {
        let info = self.registry.find(device, name)?;
        self.latest.get(info.id)
    }

    /// Up to where in the log the latest values are true, with news of every change.
    pub fn position(&self) -> tokio::sync::watch::Receiver<kernel::position::Position> {
        self.latest.position()
    }

    /// When something that a device reports was last stored, by arrival; what is computed about it is no sign of life.
    pub fn last_contact(&self, device: &str) -> Option<Timestamp> {
        self.registry
            .reported_by(device)
            .iter()
            .filter_map(|info| self.latest.received(info.id))
            .max()
    }

    /// Rows stored per second, over the last ten seconds.
    pub fn ingest_rate(&self) -> f64 {
        self.latest.rate()
    }

    /// How many series there are.
    pub fn series_count(&self) -> usize {
        self.registry.len()
    }

    /// One page of quarantine, newest first. Items show raw content, so they take a right of their own.
    pub async fn quarantined(
        &self,
        actor: &Actor,
        device: Option<String>,
        reason: Option<String>,
        after: Option<After>,
        limit: usize,
    ) -> Result<(Vec<QuarantineRecord>, Option<After>), ObservationError> {
        if !permits(actor, Action::QuarantineRead) {
            return Ok((Vec::new(), None));
        }
        self.store.quarantine(device, reason, after, limit).await
    }
}

/// What a receipt lists.
pub(crate) fn listed(mut rejected: Vec<Rejected>) -> Vec<Rejected> {
    rejected.truncate(MAX_LISTED);
    for item in &mut rejected {
        item.raw = Vec::new();
    }
    rejected
}
