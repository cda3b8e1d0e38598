//! What others know of a session: its subscriptions, its queue, and how to end its connection.
//!
//! A session belongs to a device and a client id. It is live while a connection has it. Afterwards it is kept for as long as
//! was agreed, and the next connection of the same client takes over its state, or ends it by a clean start.

mod ending;
mod epochs;
mod received;
mod state;
mod window;

pub(crate) use epochs::Epochs;
pub(crate) use received::{Received, Taken};
pub(crate) use state::{Entry, State};
pub(crate) use window::{Outgoing, Stage, Window};

use crate::acl::{Channel, Filter};
use crate::budget::Budget;
use crate::message::Message;
use crate::saver::Saver;
use crate::will::Will;
use futures::task::AtomicWaker;
use parking_lot::Mutex;
use rmqtt_codec::types::QoS;
use std::num::{NonZeroU16, NonZeroU32};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use tokio_util::sync::CancellationToken;

/// One subscription of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Subscription {
    pub(crate) qos: QoS,
    pub(crate) no_local: bool,
    pub(crate) retain_as_published: bool,
    pub(crate) id: Option<NonZeroU32>,
}

/// One message in the queue of a session.
#[derive(Clone)]
pub(crate) struct Delivery {
    pub(crate) message: Arc<Message>,
    pub(crate) qos: QoS,
    pub(crate) retain: bool,
    /// Subscription identifiers of the filters that matched.
    pub(crate) ids: Vec<NonZeroU32>,
}

/// What became of a message that was offered to a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Offer {
    NotSubscribed,
    Queued,
    /// The queue is full; a live session is ended by that.
    Full,
}

/// A member of a shared subscription that a message matches.
pub(crate) struct Share {
    /// The group, as the clients wrote it.
    pub(crate) name: Arc<str>,
    pub(crate) session: Arc<Session>,
    pub(crate) subscription: Subscription,
    /// When it was its turn the last time.
    pub(crate) served: u64,
}

/// Why somebody else ends a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kick {
    TakenOver = 1,
    TooSlow = 2,
    ShuttingDown = 3,
}

/// What a session is opened with.
pub(crate) struct Terms {
    /// Counts connections from 1.
    pub(crate) number: u64,
    pub(crate) device: Arc<str>,
    pub(crate) client_id: Arc<str>,
    /// Bytes that its queue holds.
    pub(crate) limit: usize,
    /// Seconds that it is kept after its connection.
    pub(crate) expiry: u32,
    /// What all queues together may take.
    pub(crate) budget: Arc<Budget>,
    /// Writes kept sessions down; absent where they live in memory only.
    pub(crate) saver: Option<Arc<Saver>>,
}

/// The shared part of a session.
pub(crate) struct Session {
    pub(crate) number: u64,
    pub(crate) device: Arc<str>,
    pub(crate) client_id: Arc<str>,
    /// Cancelled when the connection has left and its will is published or waits.
    pub(crate) gone: CancellationToken,
    /// Cancelled when another connection has the state, or nobody will.
    pub(crate) over: CancellationToken,
    /// Woken when the queue or the kick changes, or something was written down.
    pub(crate) waker: AtomicWaker,
    limit: usize,
    budget: Arc<Budget>,
    saver: Option<Arc<Saver>>,
    lasts: bool,
    expiry: AtomicU32,
    waiting: AtomicUsize,
    kick: AtomicU8,
    /// Something of the device was withdrawn; its connection asks whether it may go on.
    doubted: AtomicBool,
    /// Changes that are to be written down, and how many of them are.
    changed: AtomicU64,
    saved: AtomicU64,
    state: Mutex<State>,
}

fn slot(filter: Filter) -> Option<usize> {
    match filter {
        Filter::One(channel) => slot_of(channel),
        Filter::All => Some(state::ALL),
    }
}

fn slot_of(channel: Channel) -> Option<usize> {
    match channel {
        Channel::Down => Some(0),
        Channel::Errors => Some(1),
        Channel::State => Some(2),
        _ => None,
    }
}

impl Session {
    /// A live session with nothing in it.
    pub(crate) fn new(terms: Terms) -> Self {
        Self {
            number: terms.number,
            device: terms.device,
            client_id: terms.client_id,
            gone: CancellationToken::new(),
            over: CancellationToken::new(),
            waker: AtomicWaker::new(),
            limit: terms.limit,
            budget: terms.budget,
            saver: terms.saver.filter(|_| terms.expiry > 0),
            lasts: terms.expiry > 0,
            expiry: AtomicU32::new(terms.expiry),
            waiting: AtomicUsize::new(0),
            kick: AtomicU8::new(0),
            doubted: AtomicBool::new(false),
            changed: AtomicU64::new(0),
            saved: AtomicU64::new(0),
            state: Mutex::new(State::new(true, terms.expiry > 0)),
        }
    }

    /// Sets what distinguishes its publishes of QoS 2 from those of every earlier session of the client.
    pub(crate) fn set_nonce(&self, nonce: String) {
        self.state.lock().received.nonce = nonce;
    }

    /// A kept session as it was written down.
    pub(crate) fn restored(terms: Terms, state: State) -> Self {
        let session = Self::new(terms);
        for size in state.sizes() {
            session.budget.charge_anyway(size);
        }
        session.waiting.store(state.waiting(), Ordering::Release);
        *session.state.lock() = state;
        session.gone.cancel();
        session
    }

    /// Seconds that it is kept after its connection.
    pub(crate) fn expiry(&self) -> u32 {
        self.expiry.load(Ordering::Relaxed)
    }

    /// What DISCONNECT says of it; 0 ends it with its connection.
    pub(crate) fn set_expiry(&self, seconds: u32) {
        self.expiry.store(seconds, Ordering::Relaxed);
    }

    /// Whether it was opened to outlive its connection.
    pub(crate) fn lasts(&self) -> bool {
        self.lasts
    }

    /// Whether a connection has it.
    pub(crate) fn is_live(&self) -> bool {
        !self.gone.is_cancelled()
    }

    /// Works on the state.
    pub(crate) fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.state.lock();
        let outcome = work(&mut state);
        self.waiting.store(state.waiting(), Ordering::Release);
        outcome
    }

    /// Takes over what an earlier connection of the same client left.
    pub(crate) fn adopt(&self, earlier: &Self) {
        let mut state = std::mem::replace(&mut *earlier.state.lock(), State::new(false, false));
        earlier.waiting.store(0, Ordering::Release);
        state.resume();
        state.kept = self.expiry() > 0;
        self.with(|mine| *mine = state);
    }

    /// The connection is gone and the session is kept.
    pub(crate) fn rest(&self, will: Option<Will>) {
        let dropped = self.with(|state| {
            state.will = will;
            state.pause()
        });
        dropped.into_iter().for_each(|size| self.budget.release(size));
        self.touch();
    }

    /// The will that waits for its delay.
    pub(crate) fn take_will(&self) -> Option<Will> {
        self.state.lock().will.take()
    }

    /// Adds or replaces a subscription to an own topic; says whether it is new, and whether anything changed.
    pub(crate) fn subscribe(&self, filter: Filter, subscription: Subscription) -> (bool, bool) {
        let Some(slot) = slot(filter) else {
            return (false, false);
        };
        let earlier = self.state.lock().own[slot].replace(subscription);
        (earlier.is_none(), earlier != Some(subscription))
    }

    /// Removes a subscription to an own topic; says whether there was one.
    pub(crate) fn unsubscribe(&self, filter: Filter) -> bool {
        slot(filter).is_some_and(|slot| self.state.lock().own[slot].take().is_some())
    }

    /// Queues a message if a subscription matches; shared ones are named in `shares` and decided by who asks.
    pub(crate) fn offer(self: &Arc<Self>, message: &Arc<Message>, shares: &mut Vec<Share>) -> Offer {
        let mut state = self.state.lock();
        let mut granted = None;
        let mut retain = false;
        let mut ids = Vec::new();
        let mut matches = |subscription: &Subscription| {
            if !(subscription.no_local && message.publisher == self.number) {
                granted = granted.max(Some(subscription.qos));
                retain |= message.retain && subscription.retain_as_published;
                ids.extend(subscription.id);
            }
        };
        if let Some(slot) = slot_of(message.channel) {
            [slot, state::ALL]
                .iter()
                .filter_map(|slot| state.own[*slot].as_ref())
                .for_each(&mut matches);
        }
        for entry in &state.entries {
            if entry.matches(&message.publish.topic) {
                match &entry.share {
                    None => matches(&entry.subscription),
                    Some(_) => shares.push(Share {
                        name: Arc::clone(&entry.name),
                        session: Arc::clone(self),
                        subscription: entry.subscription,
                        served: entry.served,
                    }),
                }
            }
        }
        let Some(granted) = granted else {
            return Offer::NotSubscribed;
        };
        let delivery = Delivery {
            message: Arc::clone(message),
            qos: granted.min(message.publish.qos),
            retain,
            ids,
        };
        self.push(&mut state, delivery)
    }

    /// Queues a message for one subscription: a retained one, or one of a shared subscription.
    pub(crate) fn offer_to(&self, message: &Arc<Message>, subscription: Subscription, retained: bool) -> Offer {
        let delivery = Delivery {
            message: Arc::clone(message),
            qos: subscription.qos.min(message.publish.qos),
            retain: retained || (message.retain && subscription.retain_as_published),
            ids: subscription.id.into_iter().collect(),
        };
        self.push(&mut self.state.lock(), delivery)
    }

    /// Whether a message of this size may still be queued, so that a long list can be ended before it ends the session.
    pub(crate) fn has_room_for(&self, message: &Message) -> bool {
        self.state.lock().bytes + message.size() <= self.limit
    }

    fn push(&self, state: &mut State, delivery: Delivery) -> Offer {
        if !state.live && delivery.qos == QoS::AtMostOnce {
            // not kept for who is away ([MQTT-3.1.2-5] leaves the choice)
            return Offer::NotSubscribed;
        }
        let size = delivery.message.size();
        if state.bytes + size > self.limit {
            let expired = state.drop_expired();
            expired.into_iter().for_each(|size| self.budget.release(size));
        }
        if state.bytes + size > self.limit || !self.budget.charge(size) {
            if state.live {
                self.end(Kick::TooSlow);
            }
            self.waiting.store(state.waiting(), Ordering::Release);
            return Offer::Full;
        }
        let lasting = delivery.qos != QoS::AtMostOnce;
        state.bytes += size;
        state.queue.push_back(delivery);
        self.waiting.store(state.waiting(), Ordering::Release);
        self.waker.wake();
        if lasting && state.kept {
            self.touch();
        }
        Offer::Queued
    }

    /// Takes what is to be sent next, if the client takes it now. Costs one atomic load when nothing waits.
    pub(crate) fn take(&self, client_window: usize) -> Option<Outgoing> {
        if self.waiting.load(Ordering::Acquire) == 0 {
            return None;
        }
        let mut state = self.state.lock();
        let (outgoing, released) = state.next(client_window)?;
        self.waiting.store(state.waiting(), Ordering::Release);
        drop(state);
        self.budget.release(released);
        Some(outgoing)
    }

    /// PUBACK, PUBREC with an error or PUBCOMP: the message is done. An unknown id is ignored.
    pub(crate) fn acknowledge(&self, id: NonZeroU16, by: Stage) -> bool {
        let mut state = self.state.lock();
        let Some(size) = state.window.finish(id, by) else {
            return false;
        };
        let kept = state.kept;
        drop(state);
        self.budget.release(size);
        if kept {
            self.touch();
        }
        true
    }

    /// A message that the client cannot take: it leaves the window.
    pub(crate) fn abandon(&self, id: NonZeroU16) {
        let size = self.state.lock().window.abandon(id);
        self.budget.release(size);
    }

    /// PUBREC: PUBREL follows, the message itself is not needed any more; `false` for an unknown id.
    pub(crate) fn received(&self, id: NonZeroU16) -> bool {
        let mut state = self.state.lock();
        let Some(size) = state.window.received(id) else {
            return false;
        };
        let kept = state.kept;
        drop(state);
        self.budget.release(size);
        if kept {
            self.touch();
        }
        true
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        for size in self.state.get_mut().sizes() {
            self.budget.release(size);
        }
    }
}

#[cfg(test)]
mod tests;
