//! What others know of a live session: its subscriptions, its queue, and how to end it.

use crate::acl::{Channel, Filter};
use crate::message::Message;
use futures::task::AtomicWaker;
use parking_lot::Mutex;
use rmqtt_codec::types::QoS;
use std::collections::VecDeque;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use tokio_util::sync::CancellationToken;

/// One subscription of a session.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subscription {
    pub(crate) qos: QoS,
    pub(crate) no_local: bool,
    pub(crate) retain_as_published: bool,
    pub(crate) id: Option<NonZeroU32>,
}

/// One message in the queue of a session.
pub(crate) struct Delivery {
    pub(crate) message: Arc<Message>,
    pub(crate) qos: QoS,
    pub(crate) retain: bool,
    /// Subscription identifiers of the filters that matched; at most two can.
    pub(crate) ids: [Option<NonZeroU32>; 2],
}

/// What became of a message that was offered to a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Offer {
    NotSubscribed,
    Queued,
    TooSlow,
}

/// Why somebody else ends a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kick {
    TakenOver = 1,
    TooSlow = 2,
    ShuttingDown = 3,
}

#[derive(Default)]
struct Outbox {
    queue: VecDeque<Delivery>,
    bytes: usize,
    /// Down, errors, state, and all three.
    subscriptions: [Option<Subscription>; 4],
}

/// The shared part of a session.
pub(crate) struct Session {
    /// Counts sessions from 1.
    pub(crate) number: u64,
    pub(crate) device: Arc<str>,
    pub(crate) client_id: Arc<str>,
    /// Cancelled when the session has ended and its will is published.
    pub(crate) gone: CancellationToken,
    /// Woken when the queue or the kick changes.
    pub(crate) waker: AtomicWaker,
    limit: usize,
    waiting: AtomicUsize,
    kick: AtomicU8,
    outbox: Mutex<Outbox>,
}

fn slot(filter: Filter) -> Option<usize> {
    match filter {
        Filter::One(Channel::Down) => Some(0),
        Filter::One(Channel::Errors) => Some(1),
        Filter::One(Channel::State) => Some(2),
        Filter::One(Channel::Up | Channel::Answers) => None,
        Filter::All => Some(3),
    }
}

impl Session {
    /// A session whose queue holds `limit` bytes.
    pub(crate) fn new(number: u64, device: Arc<str>, client_id: Arc<str>, limit: usize) -> Self {
        Self {
            number,
            device,
            client_id,
            gone: CancellationToken::new(),
            waker: AtomicWaker::new(),
            limit,
            waiting: AtomicUsize::new(0),
            kick: AtomicU8::new(0),
            outbox: Mutex::new(Outbox::default()),
        }
    }

    /// Adds or replaces a subscription; says whether it is new.
    pub(crate) fn subscribe(&self, filter: Filter, subscription: Subscription) -> bool {
        let Some(slot) = slot(filter) else { return false };
        self.outbox.lock().subscriptions[slot].replace(subscription).is_none()
    }

    /// Removes a subscription; says whether there was one.
    pub(crate) fn unsubscribe(&self, filter: Filter) -> bool {
        slot(filter).is_some_and(|slot| self.outbox.lock().subscriptions[slot].take().is_some())
    }

    /// Queues a message if a subscription matches; a full queue ends the session.
    pub(crate) fn offer(&self, message: &Arc<Message>) -> Offer {
        let mut outbox = self.outbox.lock();
        let one = slot(Filter::One(message.channel)).and_then(|slot| outbox.subscriptions[slot]);
        let mut matched = [one, outbox.subscriptions[3]];
        for subscription in &mut matched {
            if subscription.is_some_and(|it| it.no_local && it.publisher_is(self.number, message)) {
                *subscription = None;
            }
        }
        let granted = matched.iter().flatten().map(|it| it.qos).max();
        let Some(granted) = granted else {
            return Offer::NotSubscribed;
        };
        let delivery = Delivery {
            message: Arc::clone(message),
            qos: granted.min(message.publish.qos),
            retain: message.retain && matched.iter().flatten().any(|it| it.retain_as_published),
            ids: matched.map(|it| it.and_then(|it| it.id)),
        };
        self.push(&mut outbox, delivery)
    }

    /// Queues a retained message for one new subscription.
    pub(crate) fn offer_retained(&self, message: &Arc<Message>, subscription: Subscription) -> Offer {
        let delivery = Delivery {
            message: Arc::clone(message),
            qos: subscription.qos.min(message.publish.qos),
            retain: true,
            ids: [subscription.id, None],
        };
        self.push(&mut self.outbox.lock(), delivery)
    }

    fn push(&self, outbox: &mut Outbox, delivery: Delivery) -> Offer {
        let size = delivery.message.size();
        if outbox.bytes + size > self.limit {
            self.end(Kick::TooSlow);
            return Offer::TooSlow;
        }
        outbox.bytes += size;
        outbox.queue.push_back(delivery);
        self.waiting.store(outbox.queue.len(), Ordering::Release);
        self.waker.wake();
        Offer::Queued
    }

    /// Takes the oldest message if `fits` says so. Costs one atomic load when nothing waits.
    pub(crate) fn take(&self, fits: impl FnOnce(&Delivery) -> bool) -> Option<Delivery> {
        if self.waiting.load(Ordering::Acquire) == 0 {
            return None;
        }
        let mut outbox = self.outbox.lock();
        if !outbox.queue.front().is_some_and(fits) {
            return None;
        }
        let delivery = outbox.queue.pop_front()?;
        outbox.bytes -= delivery.message.size();
        self.waiting.store(outbox.queue.len(), Ordering::Release);
        Some(delivery)
    }

    /// Ends the session; the first reason counts.
    pub(crate) fn end(&self, why: Kick) {
        let _ = self
            .kick
            .compare_exchange(0, why as u8, Ordering::AcqRel, Ordering::Acquire);
        self.waker.wake();
    }

    /// Whether and why somebody ended this session.
    pub(crate) fn ended(&self) -> Option<Kick> {
        match self.kick.load(Ordering::Acquire) {
            1 => Some(Kick::TakenOver),
            2 => Some(Kick::TooSlow),
            3 => Some(Kick::ShuttingDown),
            _ => None,
        }
    }
}

impl Subscription {
    fn publisher_is(&self, session: u64, message: &Message) -> bool {
        message.publisher == session
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    fn message(channel: Channel, bytes: usize) -> Arc<Message> {
        Arc::new(Message::new(
            channel,
            "devices/a/x",
            Bytes::from(vec![0; bytes]),
            QoS::AtLeastOnce,
            None,
        ))
    }

    fn plain(qos: QoS) -> Subscription {
        Subscription {
            qos,
            no_local: false,
            retain_as_published: false,
            id: None,
        }
    }

    #[test]
    fn overlapping_filters_give_one_copy_with_the_higher_qos() {
        let session = Session::new(1, "a".into(), "c".into(), 10_000);
        assert_eq!(session.offer(&message(Channel::Down, 1)), Offer::NotSubscribed);
        assert!(session.subscribe(Filter::One(Channel::Down), plain(QoS::AtMostOnce)));
        assert!(session.subscribe(Filter::All, plain(QoS::AtLeastOnce)));
        assert!(!session.subscribe(Filter::All, plain(QoS::AtLeastOnce)));
        assert_eq!(session.offer(&message(Channel::Down, 1)), Offer::Queued);
        assert_eq!(session.take(|_| true).unwrap().qos, QoS::AtLeastOnce);
        assert!(session.take(|_| true).is_none());
        assert!(session.unsubscribe(Filter::All));
        assert_eq!(session.offer(&message(Channel::State, 1)), Offer::NotSubscribed);
    }

    #[test]
    fn a_full_queue_ends_the_session_and_keeps_its_bound() {
        let session = Session::new(1, "a".into(), "c".into(), 1_000);
        session.subscribe(Filter::All, plain(QoS::AtLeastOnce));
        assert_eq!(session.offer(&message(Channel::Down, 700)), Offer::Queued);
        assert_eq!(session.offer(&message(Channel::Down, 700)), Offer::TooSlow);
        assert_eq!(session.ended(), Some(Kick::TooSlow));
        session.end(Kick::TakenOver);
        assert_eq!(session.ended(), Some(Kick::TooSlow), "the first reason counts");
    }

    #[test]
    fn a_publisher_that_asked_for_it_does_not_hear_itself() {
        let session = Session::new(7, "a".into(), "c".into(), 1_000);
        let local = Subscription {
            no_local: true,
            ..plain(QoS::AtMostOnce)
        };
        session.subscribe(Filter::One(Channel::State), local);
        let mut own = Message::new(Channel::State, "devices/a/state", Bytes::new(), QoS::AtMostOnce, None);
        own.publisher = 7;
        assert_eq!(session.offer(&Arc::new(own)), Offer::NotSubscribed);
        assert_eq!(session.offer(&message(Channel::State, 1)), Offer::Queued);
    }
}
