//! The last retained state of each device, in memory and bounded.
//!
//! State is presence: a device tells it anew whenever it connects, so it is not made durable. Readings belong on `up`.

use crate::message::Message;
use parking_lot::RwLock;
use rustc_hash::FxHashMap;
use std::sync::Arc;
use std::time::Instant;

/// Retained messages by device.
pub(crate) struct Retained {
    limit: usize,
    kept: RwLock<Kept>,
}

#[derive(Default)]
struct Kept {
    messages: FxHashMap<Arc<str>, Arc<Message>>,
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

    /// Keeps a message in place of the earlier one; an empty payload forgets it ([MQTT-3.3.1-6]). `false` when there
    /// is no room: the earlier one stays.
    pub(crate) fn set(&self, device: &str, message: &Arc<Message>) -> bool {
        let mut kept = self.kept.write();
        let earlier = kept.messages.get(device).map_or(0, |message| message.size());
        if message.publish.payload.is_empty() {
            kept.messages.remove(device);
            kept.bytes -= earlier;
            return true;
        }
        let bytes = kept.bytes - earlier + message.size();
        if bytes > self.limit {
            return false;
        }
        kept.bytes = bytes;
        kept.messages.insert(device.into(), Arc::clone(message));
        true
    }

    /// The retained message of a device that is not past its time.
    pub(crate) fn get(&self, device: &str) -> Option<Arc<Message>> {
        let message = self.kept.read().messages.get(device).cloned()?;
        (!message.is_expired(Instant::now())).then_some(message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acl::Channel;
    use bytes::Bytes;
    use rmqtt_codec::types::QoS;

    fn state(payload: &'static str) -> Arc<Message> {
        let payload = Bytes::from_static(payload.as_bytes());
        Arc::new(Message::new(
            Channel::State,
            "devices/a/state",
            payload,
            QoS::AtMostOnce,
            None,
        ))
    }

    #[test]
    fn the_last_one_is_kept_and_an_empty_one_forgets() {
        let retained = Retained::new(1_000);
        assert!(retained.set("a", &state("on")));
        assert!(retained.set("a", &state("off")));
        assert_eq!(retained.get("a").unwrap().publish.payload, "off");
        assert!(retained.set("a", &state("")));
        assert!(retained.get("a").is_none());
        assert!(retained.set("a", &state("")));
        assert_eq!(retained.kept.read().bytes, 0);
    }

    #[test]
    fn what_does_not_fit_leaves_the_earlier_one() {
        let retained = Retained::new(200);
        assert!(retained.set("a", &state("on")));
        assert!(!retained.set("b", &state("on")));
        assert!(retained.set("a", &state("off")));
        assert_eq!(retained.get("a").unwrap().publish.payload, "off");
    }
}
