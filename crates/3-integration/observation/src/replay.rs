//! Sending an item of quarantine in again: the same checks, in the name of its sender, once.
//!
//! First the rows become durable; then the item gets its mark and what was wrong again becomes new items, in one transaction;
//! then comes the answer. A crash in between leaves the item unmarked, and nothing is stored twice: whoever sends it again is told
//! of duplicates, because the rows have the times that the content brings, or else the one of its arrival.

mod content;
mod error;
mod turn;

pub use content::{Decode, Decoded, MAX_BYTES, MAX_ITEMS, Mended};
pub use error::ReplayError;
pub(crate) use turn::UnderWay;

use crate::quarantine::{count, record};
use crate::record::{QuarantineRecord, Replayed};
use crate::service::{Observations, listed};
use device::model::DeviceState;
use kernel::actor::Actor;
use kernel::id::QuarantineId;
use kernel::reject::Rejected;
use kernel::submission::{Receipt, Sender, Submission};
use kernel::time::Timestamp;
use policy::action::Action;
use policy::compiled::permits;
use std::sync::Arc;

impl Observations {
    /// Sends an item in again, as it came or mended. It goes in as its sender with the rights that this one has now, and
    /// arrives now. An item of which something was taken is marked and cannot be sent again; one of which nothing was taken
    /// stays as it is. What is wrong again is kept as new items, which count for nobody's quota.
    pub async fn replay(
        &self,
        actor: &Actor,
        id: QuarantineId,
        mended: Option<Mended<'_>>,
        now: Timestamp,
    ) -> Result<Replayed, ReplayError> {
        if !permits(actor, Action::QuarantineReplay) {
            return Err(ReplayError::Denied);
        }
        let _turn = self.under_way.begin(id).ok_or(ReplayError::UnderWay)?;
        let (item, version) = self.store.quarantined(id).await?.ok_or(ReplayError::NotFound)?;
        if let Some(Replayed { at, by, .. }) = &item.replayed {
            let (at, by) = (*at, by.clone());
            return Err(ReplayError::Already { at, by });
        }
        let (readings, unread) = match &mended {
            None => (content::as_it_came(&item)?, Vec::new()),
            Some(mended) => content::mended(&item, mended)?,
        };
        let submission = Submission {
            sender: self.sender_of(&item, actor)?,
            received: now,
            readings,
            rejected: unread,
            key: None,
        };
        let (receipt, rejected) = self.take(&submission, item.at).await?;

        let sender = &submission.sender.device;
        let again = |bad: &Rejected| QuarantineRecord {
            replay_of: Some(id),
            ..record(sender, now, bad)
        };
        let kept: Vec<QuarantineRecord> = rejected.iter().map(again).collect();
        let replayed = Replayed {
            at: now,
            by: actor.id.clone(),
            mended: mended.is_some(),
            receipt,
            kept: kept.iter().map(|item| item.id).collect(),
        };
        let taken = replayed.receipt.accepted + replayed.receipt.duplicates > 0;
        let marked = taken.then(|| QuarantineRecord {
            replayed: Some(replayed.clone()),
            ..item
        });
        self.store
            .settle(marked.as_ref().map(|item| (item, version)), &kept)
            .await?;
        count(&rejected);
        let outcome = if taken { "taken" } else { "wrong_again" };
        metrics::counter!("hanoi_ioc_quarantine_replayed_total", "outcome" => outcome).increment(1);
        Ok(replayed)
    }

    /// The rows into the log; answers with the receipt and what was wrong. Rows without a time stand at `arrival`.
    async fn take(&self, submission: &Submission, arrival: Timestamp) -> Result<(Receipt, Vec<Rejected>), ReplayError> {
        let _place = self.room(submission.readings.len()).await?;
        let (batch, mut rejected, _) = self.judge(submission, arrival).await?;
        rejected.extend_from_slice(&submission.rejected);
        rejected.sort_by_key(|item| item.item);
        let receipt = Receipt {
            rejected: rejected.len() as u32,
            items: listed(rejected.clone()),
            ..Receipt::default()
        };
        Ok((self.append(submission, batch, receipt).await?, rejected))
    }

    /// The one that sent the item, with what it may speak for now.
    fn sender_of(&self, item: &QuarantineRecord, actor: &Actor) -> Result<Sender, ReplayError> {
        let devices = self.registry.devices();
        let device = devices
            .device(&item.sender)
            .ok_or_else(|| ReplayError::SenderGone(item.sender.clone()))?;
        if device.state != DeviceState::Active {
            return Err(ReplayError::SenderBlocked(item.sender.clone()));
        }
        Ok(Sender {
            device: device.id.clone(),
            speaks_for: Arc::new(devices.speaks_for(&device)),
            actor: Arc::new(Actor::device(&device.id, &actor.scope.tenant)),
            shown: kernel::submission::Shown::Nothing,
        })
    }
}
