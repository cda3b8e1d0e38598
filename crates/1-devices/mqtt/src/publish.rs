//! PUBLISH: what came in one burst is stored together, and each PUBACK waits for its turn.

use crate::acl::{Channel, may_publish};
use crate::connection::Connection;
use crate::error::Close;
use crate::filter;
use crate::group::{Group, Ticket, Waiting, judge, rejected_of};
use crate::hold::hold;
use crate::message::Message;
use crate::metrics;
use crate::once::Once;
use crate::payload;
use crate::version::Verdict;
use bytes::Bytes;
use driver::intake::{Intake, IntakeError, PATIENCE};
use kernel::reject::Rejected;
use kernel::submission::{IdempotencyKey, Readings, Receipt, Submission};
use kernel::time::Timestamp;
use rmqtt_codec::types::{Publish, QoS};
use serde::Serialize;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::time::Instant;

/// What became of a submission, and its readings, whose memory serves the next ones.
pub(crate) type Outcome = (Result<Receipt, IntakeError>, Readings);

/// A submission on its way.
pub(crate) type Accepting<'a> = Pin<Box<dyn Future<Output = Outcome> + Send + 'a>>;

/// A fixed cost that every waiting publish is charged beside its readings, in bytes.
const OVERHEAD: usize = 256;
/// Most bytes of a finished submission's text that are kept for the next one.
const KEPT: usize = 4 * 1024;
/// Most rejected items in one message on `errors`.
const MAX_ERRORS: usize = 20;

/// The packets of one read.
pub(crate) struct Burst {
    /// When they came.
    pub(crate) now: Timestamp,
    /// Publishes that are being collected.
    pub(crate) group: Group,
    /// Publishes so far.
    pub(crate) publishes: u64,
    checked: bool,
}

/// Publishes whose submission is on its way.
pub(crate) struct Pending<'a> {
    waiting: Vec<Waiting>,
    bytes: usize,
    unacknowledged: usize,
    alone: bool,
    since: Instant,
    accepting: Accepting<'a>,
    outcome: Option<Outcome>,
}

impl Pending<'_> {
    /// Asks for the outcome, if it is not there yet; says whether it is.
    pub(crate) fn is_done(&mut self, cx: &mut Context<'_>) -> bool {
        if self.outcome.is_none()
            && let Poll::Ready(outcome) = self.accepting.as_mut().poll(cx)
        {
            self.outcome = Some(outcome);
        }
        self.outcome.is_some()
    }

    /// Whether storage has been silent for too long.
    pub(crate) fn is_overdue(&self, now: Instant) -> bool {
        now - self.since >= PATIENCE
    }
}

impl Burst {
    pub(crate) fn new(now: Timestamp) -> Self {
        Self {
            now,
            group: Group::default(),
            publishes: 0,
            checked: false,
        }
    }
}

/// What stands in a message on `devices/{device}/errors`.
#[derive(Serialize)]
struct Report<'a> {
    at: Timestamp,
    packet_id: Option<u16>,
    error: &'a str,
    items: Vec<ReportItem<'a>>,
}

#[derive(Serialize)]
struct ReportItem<'a> {
    item: u32,
    reason: &'static str,
    detail: &'a str,
    device: Option<&'a str>,
}

impl<'a, S> Connection<'a, S> {
    pub(crate) fn on_publish(&mut self, mut publish: Publish, burst: &mut Burst) -> Result<(), Close> {
        burst.publishes += 1;
        let is_v5 = self.codec.is_v5();
        let limits = &self.shared.limits;
        if let Some(properties) = &publish.properties {
            if !properties.subscription_ids.is_empty() {
                return Err(Close::Protocol("a client's PUBLISH has no Subscription Identifier"));
            }
            // [MQTT-3.3.4-9] as the server sees it
            let waiting = self.unacknowledged + burst.group.to_acknowledge() + self.unreleased;
            if publish.packet_id.is_some() && waiting >= usize::from(limits.receive_maximum) {
                return Err(Close::ReceiveMaximum);
            }
            if let Some(alias) = properties.topic_alias {
                self.aliases.resolve(alias, &mut publish.topic)?;
            }
            // [MQTT-3.3.2-14]
            if properties.response_topic.as_deref().is_some_and(filter::is_pattern) {
                return Err(Close::TopicName);
            }
        }
        if publish.topic.is_empty() {
            return Err(Close::Protocol("a topic has at least one character"));
        }
        if !burst.checked {
            self.check_admitted()?;
            burst.checked = true;
        }
        burst.group.bytes += OVERHEAD;
        let ticket = Ticket::from(&publish);
        let mut key = None;
        if let Ticket::Pubrec(packet_id) = ticket {
            match self.take_once(packet_id, &publish.payload)? {
                Some(Once::New(named)) => key = named,
                Some(Once::Again) => {
                    burst.group.add_decided(ticket, Verdict::Stored);
                    return Ok(());
                }
                None => return Ok(()),
            }
        }
        match may_publish(&self.sender, &publish.topic) {
            Some((device, Channel::Up)) => {
                let content_type = publish.properties.as_ref().and_then(|it| it.content_type.as_deref());
                payload::read(content_type, &publish.payload, burst.now, &mut self.scratch);
                if device != self.sender.device.as_str() {
                    payload::attribute(&mut self.scratch, device);
                }
                if key.is_some() || !burst.group.has_room(&self.scratch) {
                    self.submit(std::mem::take(&mut burst.group), burst.now, None);
                }
                burst.group.add(ticket, &mut self.scratch);
                if key.is_some() {
                    // one submission has one key
                    self.submit(std::mem::take(&mut burst.group), burst.now, key);
                }
            }
            Some((device, Channel::Answers)) if self.shared.answers.get().is_some() => {
                self.on_answer(device, &publish, burst);
            }
            Some((_, Channel::State)) => {
                let verdict = self.on_state(&publish);
                burst.group.add_decided(ticket, verdict);
            }
            None if self
                .shared
                .spaces
                .may_publish(self.sender.device.as_str(), &publish.topic) =>
            {
                let verdict = self.on_open(&publish);
                burst.group.add_decided(ticket, verdict);
            }
            // [MQTT-3.3.2-2], [MQTT-1.5.4-2]
            _ if filter::is_pattern(&publish.topic) => return Err(Close::TopicName),
            _ => {
                metrics::refused("publish_not_authorised");
                if !is_v5 {
                    let topic: String = publish.topic.chars().take(100).collect();
                    return Err(Close::NotAuthorised(
                        format!("publishing to '{topic}' is not allowed").into(),
                    ));
                }
                burst.group.add_decided(ticket, Verdict::NotAuthorised);
            }
        }
        Ok(())
    }

    fn on_state(&mut self, publish: &Publish) -> Verdict {
        let max = self.shared.limits.max_state_bytes;
        if publish.payload.len() > max {
            let size = publish.payload.len();
            return Verdict::Bad {
                text: format!("the state has {size} bytes; at most {max} are allowed, readings belong on up"),
            };
        }
        match self.shared.pass_on(&self.message_of(Channel::State, publish)) {
            (true, _) => Verdict::Stored,
            (false, _) => Verdict::NoRoom,
        }
    }

    /// Sends a group on its way to the intake.
    pub(crate) fn submit(&mut self, mut group: Group, received: Timestamp, key: Option<IdempotencyKey>) {
        if group.waiting.is_empty() {
            return;
        }
        let alone = group.waiting.len() == 1;
        let has_content = !group.decoded.readings.is_empty() || !group.decoded.rejected.is_empty();
        if !has_content && self.pending.is_empty() {
            // everything is decided and nothing is before it
            self.answer_all(&group.waiting, alone, Some(&Receipt::default()));
            return;
        }
        let intake: &'a dyn Intake = &*self.shared.intake;
        let accepting: Accepting<'a> = if !has_content {
            Box::pin(std::future::ready((Ok(Receipt::default()), Readings::default())))
        } else {
            self.shared.metrics.submissions.increment(1);
            let submission = Submission {
                sender: self.sender.clone(),
                received,
                readings: std::mem::take(&mut group.decoded.readings),
                rejected: std::mem::take(&mut group.decoded.rejected),
                key,
            };
            let hold_for = (!self.codec.is_v5()).then_some(self.shared.limits.hold);
            let holding = Arc::clone(&self.holding);
            let shutdown = &self.shared.shutdown;
            Box::pin(async move {
                let outcome = match hold_for {
                    None => intake.accept(&submission).await,
                    Some(limit) => hold(intake, &submission, limit, &holding, shutdown).await,
                };
                (outcome, submission.readings)
            })
        };
        self.await_outcome(group, accepting);
    }

    /// Keeps publishes in their turn until it is known what became of them.
    pub(crate) fn await_outcome(&mut self, group: Group, accepting: Accepting<'a>) {
        let (unacknowledged, alone) = (group.to_acknowledge(), group.waiting.len() == 1);
        self.unacknowledged += unacknowledged;
        self.in_flight_bytes += group.bytes;
        self.shared.metrics.in_flight.increment(group.waiting.len() as f64);
        self.pending.push_back(Pending {
            waiting: group.waiting,
            bytes: group.bytes,
            unacknowledged,
            alone,
            since: Instant::now(),
            accepting,
            outcome: None,
        });
    }

    /// Answers the publishes of the oldest submission, if it is done; `false` when it is not, or there is none.
    pub(crate) fn settle(&mut self) -> Result<bool, Close> {
        let Some((outcome, readings)) = self.pending.front_mut().and_then(|oldest| oldest.outcome.take()) else {
            return Ok(false);
        };
        let Some(pending) = self.pending.pop_front() else {
            return Ok(false);
        };
        self.forget(&pending);
        self.keep_memory(readings);
        match outcome {
            Ok(receipt) => {
                if receipt.rejected > 0 {
                    self.shared
                        .metrics
                        .rejected_items
                        .increment(u64::from(receipt.rejected));
                }
                self.answer_all(&pending.waiting, pending.alone, Some(&receipt));
                Ok(true)
            }
            Err(error) => {
                metrics::refused(match error {
                    IntakeError::Full => "log_full",
                    IntakeError::Busy => "intake_busy",
                    IntakeError::Unavailable | IntakeError::KeyReused => "storage_unavailable",
                });
                match error {
                    IntakeError::Full | IntakeError::Busy if self.codec.is_v5() => {
                        self.answer_all(&pending.waiting, pending.alone, None);
                        Ok(true)
                    }
                    IntakeError::KeyReused if self.codec.is_v5() => {
                        let mut waiting = pending.waiting;
                        waiting.iter_mut().for_each(|it| it.decide(Verdict::InUse));
                        self.answer_all(&waiting, true, None);
                        Ok(true)
                    }
                    IntakeError::Full | IntakeError::Busy => Err(Close::Full),
                    IntakeError::KeyReused => Err(Close::Protocol(
                        "a packet id came again with other content before its PUBREL",
                    )),
                    IntakeError::Unavailable => Err(Close::Unavailable),
                }
            }
        }
    }

    /// Decoding into memory that was used before costs no allocation; a large piece is given back.
    fn keep_memory(&mut self, readings: Readings) {
        if self.scratch.readings.heap.capacity() == 0 && readings.heap.capacity() <= KEPT {
            self.scratch.readings = readings;
            self.scratch.clear();
        }
    }

    fn forget(&mut self, pending: &Pending<'_>) {
        self.unacknowledged -= pending.unacknowledged;
        self.in_flight_bytes -= pending.bytes;
        self.shared.metrics.in_flight.decrement(pending.waiting.len() as f64);
    }

    /// Gives up what is still on its way; nothing of it is acknowledged.
    pub(crate) fn forget_pending(&mut self) {
        while let Some(pending) = self.pending.pop_front() {
            self.forget(&pending);
        }
    }

    fn answer_all(&mut self, answered: &[Waiting], alone: bool, receipt: Option<&Receipt>) {
        let mut acks = 0;
        for waiting in answered {
            let verdict = judge(receipt, waiting, alone);
            match waiting.ticket {
                Ticket::None => {}
                Ticket::Puback(_) => acks += 1,
                Ticket::Pubrec(packet_id) => {
                    acks += 1;
                    self.taken_once(packet_id, &verdict);
                }
            }
            self.codec.puback(&mut self.out, waiting.ticket, &verdict);
            if waiting.ticket == Ticket::None || !self.codec.is_v5() {
                self.report(waiting, &verdict, receipt);
            }
        }
        self.shared.metrics.acks.increment(acks);
    }

    /// Tells a client that cannot read it in a PUBACK what was wrong.
    fn report(&self, waiting: &Waiting, verdict: &Verdict, receipt: Option<&Receipt>) {
        let error = match verdict {
            Verdict::Stored | Verdict::NotAuthorised | Verdict::Unheard => return,
            Verdict::Partly { text, .. } | Verdict::Bad { text } => text.as_str(),
            Verdict::Full => "the log is full or busy; nothing of this publish was stored",
            Verdict::NoRoom => "no room for one more retained message; it was not kept",
            Verdict::InUse => "this packet id came before with other content and was not released",
        };
        let items: Vec<&Rejected> = receipt
            .into_iter()
            .flat_map(|receipt| rejected_of(receipt, waiting))
            .take(MAX_ERRORS)
            .collect();
        let report = Report {
            at: self.shared.clock.now(),
            packet_id: waiting.ticket.id().map(Into::into),
            error,
            items: items
                .iter()
                .map(|item| ReportItem {
                    item: item.item.saturating_sub(waiting.first),
                    reason: item.reason.code(),
                    detail: &item.detail,
                    device: item.device.as_deref(),
                })
                .collect(),
        };
        let Ok(payload) = serde_json::to_vec(&report) else {
            return;
        };
        let device = self.sender.device.as_str();
        let topic = format!("devices/{device}/errors");
        let message = Message::new(Channel::Errors, &topic, Bytes::from(payload), QoS::AtLeastOnce, None);
        self.shared.send(device, &Arc::new(message));
    }
}
