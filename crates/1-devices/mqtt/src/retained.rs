//! Retained messages by topic, in memory and bounded: the last state of each device, and what is kept in namespaces.
//!
//! State is presence: a device tells it anew whenever it connects, so it is not made durable. Readings belong on `up`.

use crate::filter;
use crate::message::Message;
use parking_lot::RwLock;
use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;
use std::time::Instant;

/// Topics that are compared for one SUBSCRIBE.
const STEPS: usize = 1_000_000;

/// Retained messages by topic.
pub(crate) struct Retained {
    limit: usize,
    kept: RwLock<Kept>,
}

/// What one SUBSCRIBE may still cost: it may name a filter thousands of times, and each could match everything.
#[derive(Debug)]
pub(crate) struct Left {
    /// Bytes that fit into the queue of its session.
    pub(crate) bytes: usize,
    /// Topics that are compared with its filters. A filter that was begun is compared to its end.
    pub(crate) steps: usize,
}

impl Left {
    /// At the beginning of a SUBSCRIBE.
    pub(crate) fn new(bytes: usize) -> Self {
        Self { bytes, steps: STEPS }
    }
}

#[derive(Default)]
struct Kept {
    messages: BTreeMap<Arc<str>, Arc<Message>>,
    bytes: usize,
}

impl Retained {
    /// Keeps at most `limit` bytes.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit,
            kept: RwLock::default(),
        }
    }

    /// Keeps a message in place of the earlier one of its topic; an empty payload forgets it ([MQTT-3.3.1-6],
    /// [MQTT-3.3.1-7]). `false` when there is no room: the earlier one stays.
    pub(crate) fn set(&self, message: &Arc<Message>) -> bool {
        let topic: &str = &message.publish.topic;
        let mut kept = self.kept.write();
        let earlier = kept.messages.get(topic).map_or(0, |message| message.size());
        if message.publish.payload.is_empty() {
            kept.messages.remove(topic);
            kept.bytes -= earlier;
            return true;
        }
        let bytes = kept.bytes - earlier + message.size();
        if bytes > self.limit {
            return false;
        }
        kept.bytes = bytes;
        kept.messages.insert(topic.into(), Arc::clone(message));
        true
    }

    /// The retained message of a topic that is not past its time.
    pub(crate) fn get(&self, topic: &str) -> Option<Arc<Message>> {
        let message = self.kept.read().messages.get(topic).cloned()?;
        (!message.is_expired(Instant::now())).then_some(message)
    }

    /// The retained messages that match a filter and are not past their time, as many as there is room for and one more, so
    /// that who is short of room can be told.
    pub(crate) fn matching(&self, wanted: &str, left: &mut Left) -> Vec<Arc<Message>> {
        let (now, begin, mut found) = (Instant::now(), filter::literal(wanted), Vec::new());
        let kept = self.kept.read();
        let from = (Bound::Included(begin), Bound::Unbounded);
        for (topic, message) in kept.messages.range::<str, _>(from) {
            if left.bytes == 0 || !topic.starts_with(begin) {
                break;
            }
            left.steps = left.steps.saturating_sub(1);
            if filter::matches(wanted, topic) && !message.is_expired(now) {
                left.bytes = left.bytes.saturating_sub(message.size());
                found.push(Arc::clone(message));
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acl::Channel;
    use bytes::Bytes;
    use rmqtt_codec::types::QoS;

    fn state(topic: &str, payload: &'static str) -> Arc<Message> {
        let payload = Bytes::from_static(payload.as_bytes());
        Arc::new(Message::new(Channel::State, topic, payload, QoS::AtMostOnce, None))
    }

    #[test]
    fn the_last_one_is_kept_and_an_empty_one_forgets() {
        let retained = Retained::new(1_000);
        assert!(retained.set(&state("a", "on")));
        assert!(retained.set(&state("a", "off")));
        assert_eq!(retained.get("a").unwrap().publish.payload, "off");
        assert!(retained.set(&state("a", "")));
        assert!(retained.get("a").is_none());
        assert!(retained.set(&state("a", "")));
        assert_eq!(retained.kept.read().bytes, 0);
    }

    #[test]
    fn what_does_not_fit_leaves_the_earlier_one() {
        let retained = Retained::new(200);
        assert!(retained.set(&state("a", "on")));
        assert!(!retained.set(&state("b", "on")));
        assert!(retained.set(&state("a", "off")));
        assert_eq!(retained.get("a").unwrap().publish.payload, "off");
    }

    #[test]
    fn a_filter_that_comes_again_and_again_finds_no_more_than_there_is_room_for() {
        let retained = Retained::new(1 << 20);
        for number in 0..1_000 {
            assert!(retained.set(&state(&format!("fleet/{number}"), "on")));
        }
        let size = state("fleet/1", "on").size();
        let mut left = Left::new(10 * size);
        let found: usize = (0..5_000).map(|_| retained.matching("fleet/#", &mut left).len()).sum();
        assert!((9..=12).contains(&found), "{found}");
        // filters that match nothing cost steps, until there are none
        let mut left = Left::new(10 * size);
        let asked = (0..5_000).take_while(|_| {
            retained.matching("fleet/+/x", &mut left);
            left.steps > 0
        });
        assert_eq!(asked.count(), STEPS / 1_000 - 1);
    }

    #[test]
    fn filters_find_what_is_below_them() {
        let retained = Retained::new(10_000);
        for topic in ["fleet", "fleet/a", "fleet/b", "fleet/a/x", "fleets/a", "flee"] {
            assert!(retained.set(&state(topic, "on")));
        }
        for (filter, expected) in [
            ("fleet/#", 4),
            ("fleet/+", 2),
            ("fleet/a", 1),
            ("fleet/+/x", 1),
            ("nothing/#", 0),
        ] {
            let found = retained.matching(filter, &mut Left::new(10_000));
            assert_eq!(found.len(), expected, "{filter}");
        }
    }
}
