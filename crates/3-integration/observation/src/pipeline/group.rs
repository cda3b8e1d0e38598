//! Submissions that share a block: rows are told apart from duplicates, receipts wait for the block to be durable.

use super::fold::{Fold, print};
use crate::decide::too_fast;
use crate::error::IntakeFailure;
use crate::keys::KeyVerdict;
use crate::model::Checked;
use crate::seen::Verdict;
use kernel::batch::Batch;
use kernel::block::{Block, Mark, Run};
use kernel::position::Position;
use kernel::quality::{Doubt, Grade, Quality};
use kernel::series::SeriesId;
use kernel::submission::Receipt;
use kernel::time::Timestamp;
use kernel::value::ValueKind;
use rustc_hash::FxHashMap;
use std::collections::VecDeque;
use tokio::sync::oneshot;

/// What the log holds at some (series, time): the fingerprint of the value.
pub(super) type Stored = FxHashMap<(SeriesId, Timestamp), u64>;

type Reply = oneshot::Sender<Result<Receipt, IntakeFailure>>;

/// A group that is being gathered.
#[derive(Default)]
pub(super) struct Group {
    block: Block,
    answers: Vec<(Reply, Receipt)>,
    leans: bool,
    pub(super) is_late: bool,
}

/// A group on its way to the disk.
pub(super) struct Sent {
    pub(super) block: Block,
    answers: Vec<(Reply, Receipt)>,
    /// Something in it was judged by rows that were still on their way.
    pub(super) leans: bool,
    /// ... and those rows failed: its senders must send again.
    pub(super) doubtful: bool,
    pub(super) is_late: bool,
}

impl Group {
    pub(super) fn rows(&self) -> usize {
        self.block.batch.len()
    }

    /// Takes a submission, or gives it back when the log must be asked first. `stored` is what the log answered.
    pub(super) fn take(
        &mut self,
        job: Checked,
        fold: &mut Fold,
        flying: &VecDeque<Sent>,
        mut stored: Option<Stored>,
    ) -> Option<Checked> {
        if let Some(key) = &job.key {
            match fold.keys.judge(&job.sender, &key.key, &key.body) {
                KeyVerdict::New => {}
                KeyVerdict::Reused => {
                    let _ = job.reply.send(Err(IntakeFailure::KeyReused));
                    return None;
                }
                KeyVerdict::Repeated(receipt) => {
                    self.leans = true;
                    self.answers.push((
                        job.reply,
                        Receipt {
                            repeated: true,
                            ..receipt
                        },
                    ));
                    return None;
                }
            }
        }
        let before = self.rows();
        let mut receipt = job.receipt.clone();
        for row in 0..job.batch.len() {
            match self.judge(&job.batch, row, fold, flying, &mut stored) {
                Verdict::New => receipt.accepted += 1,
                Verdict::Correction => {
                    receipt.accepted += 1;
                    receipt.corrections += 1;
                }
                Verdict::Duplicate => {
                    receipt.duplicates += 1;
                    continue;
                }
                Verdict::Unknown => {
                    self.undo(before, fold);
                    return Some(job);
                }
            }
            self.push(&job.batch, row, fold);
        }
        if receipt.duplicates > 0 {
            metrics::counter!("hanoi_ioc_observation_duplicates_total").increment(u64::from(receipt.duplicates));
        }
        self.close(job, receipt, before, fold);
        None
    }

    fn close(&mut self, job: Checked, receipt: Receipt, before: usize, fold: &mut Fold) {
        let rows = (self.rows() - before) as u32;
        if rows > 0 || job.key.is_some() {
            let mark = job.key.as_ref().map(|key| Mark::Key {
                key: key.key.clone(),
                body: key.body,
                answer: serde_json::to_vec(&receipt).unwrap_or_default(),
            });
            if let Some(key) = &job.key {
                fold.keys
                    .put(&job.sender, &key.key, key.body, receipt.clone(), job.received);
            }
            self.block.runs.push(Run {
                sender: job.sender,
                received: job.received,
                rows,
                mark,
            });
        }
        self.answers.push((job.reply, receipt));
    }

    fn judge(
        &mut self,
        batch: &Batch,
        row: usize,
        fold: &mut Fold,
        flying: &VecDeque<Sent>,
        stored: &mut Option<Stored>,
    ) -> Verdict {
        let (series, time, print) = (batch.series[row], batch.time[row], print(batch, row));
        let mut verdict = fold.seen.judge(series, time, print);
        if let Some(stored) = stored {
            // what this payload itself brings counts for its later rows, also when memory has forgotten it by then
            let before = stored.insert((series, time), print);
            if verdict == Verdict::Unknown {
                verdict = match before {
                    None => Verdict::New,
                    Some(found) if found == print => Verdict::Duplicate,
                    Some(_) => Verdict::Correction,
                };
            }
        }
        if verdict == Verdict::New {
            return verdict;
        }
        self.leans |= !flying.is_empty() || !self.block.batch.is_empty();
        verdict
    }

    fn push(&mut self, batch: &Batch, row: usize, fold: &mut Fold) {
        let (series, time, kind, bits) = (batch.series[row], batch.time[row], batch.kind[row], batch.bits[row]);
        let mut quality = batch.quality[row];
        if kind == ValueKind::Number && quality == Quality::GOOD {
            let max_rate = fold.max_rate(series);
            if max_rate.is_finite()
                && let Some((last, last_bits)) = fold.seen.newest(series)
                && too_fast(
                    (last, f64::from_bits(last_bits)),
                    (time, f64::from_bits(bits)),
                    max_rate,
                )
            {
                quality = Quality::new(Grade::Suspect, Doubt::Rate);
            }
        }
        match kind {
            ValueKind::Text | ValueKind::Json => {
                self.block
                    .batch
                    .push_bytes(series, time, kind, batch.bytes(row), quality);
            }
            _ => self.block.batch.push_bits(series, time, kind, bits, quality),
        }
        fold.note(series, time, bits, print(batch, row));
    }

    /// Takes back the rows from `before` on.
    fn undo(&mut self, before: usize, fold: &mut Fold) {
        let batch = &mut self.block.batch;
        for row in before..batch.len() {
            fold.forget(batch.series[row], batch.time[row]);
        }
        batch.series.truncate(before);
        batch.time.truncate(before);
        batch.kind.truncate(before);
        batch.bits.truncate(before);
        batch.quality.truncate(before);
    }

    /// What must be appended, if anything.
    pub(super) fn block(&mut self) -> Option<&Block> {
        (!self.block.runs.is_empty()).then_some(&self.block)
    }

    pub(super) fn sent(self) -> Sent {
        Sent {
            block: self.block,
            answers: self.answers,
            leans: self.leans,
            doubtful: false,
            is_late: self.is_late,
        }
    }
}

impl Sent {
    /// Everything before and in this group is durable: tell the senders.
    pub(super) fn answer(&mut self, position: Position) {
        for (reply, mut receipt) in self.answers.drain(..) {
            if receipt.accepted > 0 && !receipt.repeated {
                receipt.position = Some(position);
            }
            let answer = if self.doubtful {
                Err(IntakeFailure::Unavailable)
            } else {
                Ok(receipt)
            };
            let _ = reply.send(answer);
        }
    }

    /// Nothing of this group was stored: tell the senders.
    pub(super) fn fail(&mut self, failure: &IntakeFailure) {
        for (reply, _) in self.answers.drain(..) {
            let _ = reply.send(Err(failure.clone()));
        }
    }
}
