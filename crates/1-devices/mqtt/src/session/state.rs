//! What a session is made of, and what outlives its connection ([MQTT-3.1.2-23], MQTT 5 §4.1).

use crate::filter;
use crate::session::{Delivery, Outgoing, Received, Subscription, Window};
use crate::will::Will;
use rmqtt_codec::types::QoS;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

/// The place of `devices/{own}/#` among the own subscriptions.
pub(super) const ALL: usize = 3;
/// Most subscriptions of one session besides those to its own topics.
pub(crate) const MAX_ENTRIES: usize = 64;

/// A subscription that is no plain one to an own topic: shared, or in a namespace.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// As the client wrote it; names the group of a shared one.
    pub(crate) name: Arc<str>,
    /// Name of the group.
    pub(crate) share: Option<Arc<str>>,
    /// The filter alone.
    pub(crate) filter: Arc<str>,
    pub(crate) subscription: Subscription,
    /// When it was its turn in its group the last time.
    pub(crate) served: u64,
}

impl Entry {
    /// Whether a topic matches.
    pub(crate) fn matches(&self, topic: &str) -> bool {
        filter::matches(&self.filter, topic)
    }
}

/// The state of one session.
pub(crate) struct State {
    pub(crate) queue: VecDeque<Delivery>,
    /// Bytes of the queue.
    pub(crate) bytes: usize,
    /// Down, errors, state, and all three.
    pub(crate) own: [Option<Subscription>; 4],
    /// All other subscriptions.
    pub(crate) entries: Vec<Entry>,
    /// Messages that the client has not acknowledged.
    pub(crate) window: Window,
    /// Publishes of the client with QoS 2 that are not done.
    pub(crate) received: Received,
    /// The will while it waits.
    pub(crate) will: Option<Will>,
    /// When its connection ended.
    pub(crate) since: Option<Instant>,
    /// Whether a connection has it.
    pub(crate) live: bool,
    /// Whether it outlives its connection.
    pub(crate) kept: bool,
}

impl State {
    pub(crate) fn new(live: bool, kept: bool) -> Self {
        Self {
            queue: VecDeque::new(),
            bytes: 0,
            own: [None; 4],
            entries: Vec::new(),
            window: Window::default(),
            received: Received::default(),
            will: None,
            since: None,
            live,
            kept,
        }
    }

    /// Messages that could be sent.
    pub(crate) fn waiting(&self) -> usize {
        self.queue.len() + self.window.unsent()
    }

    /// Sizes of everything that was charged.
    pub(crate) fn sizes(&self) -> impl Iterator<Item = usize> {
        let queued = self.queue.iter().map(|delivery| delivery.message.size());
        queued.chain(self.window.sizes())
    }

    /// Adds or replaces a subscription; `None` when there are too many, else whether it is new and whether it changed.
    pub(crate) fn add(&mut self, entry: Entry) -> Option<(bool, bool)> {
        if let Some(known) = self.entries.iter_mut().find(|known| known.name == entry.name) {
            let changed = known.subscription != entry.subscription;
            *known = entry;
            return Some((false, changed));
        }
        if self.entries.len() >= MAX_ENTRIES {
            return None;
        }
        self.entries.push(entry);
        Some((true, true))
    }

    /// Whether it has subscribed to the device's own `down`, given as a topic.
    pub(crate) fn hears(&self, down: &str) -> bool {
        let own = [self.own[0], self.own[ALL]];
        own.iter().any(Option::is_some) || self.entries.iter().any(|entry| entry.matches(down))
    }

    /// It was the turn of a shared subscription.
    pub(crate) fn serve(&mut self, name: &str, turn: u64) {
        if let Some(entry) = self.entries.iter_mut().find(|entry| &*entry.name == name) {
            entry.served = turn;
        }
    }

    /// Removes a subscription; says whether there was one.
    pub(crate) fn remove(&mut self, name: &str) -> bool {
        let before = self.entries.len();
        self.entries.retain(|entry| &*entry.name != name);
        self.entries.len() < before
    }

    /// The next packet to the client and the bytes that need no memory any more.
    pub(super) fn next(&mut self, client_window: usize) -> Option<(Outgoing, usize)> {
        if let Some(again) = self.window.again(client_window) {
            return Some((again, 0));
        }
        let room = self.window.has_room(client_window);
        if !self
            .queue
            .front()
            .is_some_and(|front| room || front.qos == QoS::AtMostOnce)
        {
            return None;
        }
        let delivery = self.queue.pop_front()?;
        let size = delivery.message.size();
        self.bytes -= size;
        let packet_id = match delivery.qos {
            QoS::AtMostOnce => None,
            qos => Some(self.window.open(qos, self.kept.then(|| delivery.clone()))),
        };
        let released = if packet_id.is_some() && self.kept { 0 } else { size };
        let outgoing = Outgoing::Publish {
            delivery,
            packet_id,
            again: false,
        };
        Some((outgoing, released))
    }

    /// Forgets queued messages that are past their time; their sizes.
    pub(super) fn drop_expired(&mut self) -> Vec<usize> {
        let now = Instant::now();
        self.drop_queued(|delivery| delivery.message.is_expired(now))
    }

    fn drop_queued(&mut self, goes: impl Fn(&Delivery) -> bool) -> Vec<usize> {
        let mut sizes = Vec::new();
        self.queue.retain(|delivery| {
            let stays = !goes(delivery);
            if !stays {
                sizes.push(delivery.message.size());
            }
            stays
        });
        self.bytes -= sizes.iter().sum::<usize>();
        sizes
    }

    /// The connection is gone: messages of QoS 0 go, what was sent is to be sent again; sizes of what went.
    pub(super) fn pause(&mut self) -> Vec<usize> {
        self.live = false;
        self.since = Some(Instant::now());
        self.window.rewind();
        self.received.rewind();
        self.drop_queued(|delivery| delivery.qos == QoS::AtMostOnce)
    }

    /// A new connection has it.
    pub(super) fn resume(&mut self) {
        self.live = true;
        self.since = None;
        self.will = None;
        self.window.rewind();
        self.received.rewind();
    }
}
