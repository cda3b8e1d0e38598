//! A message on its way to subscribers.

use crate::acl::Channel;
use bytes::Bytes;
use rmqtt_codec::types::{Publish, QoS};
use rmqtt_codec::v5::PublishProperties;
use std::num::NonZeroU32;
use std::time::{Duration, Instant};

/// One message, shared by all queues that it stands in.
pub(crate) struct Message {
    /// What the topic carries.
    pub(crate) channel: Channel,
    /// Topic, payload, properties and the QoS that it was published with; neither packet id nor retain flag.
    pub(crate) publish: Publish,
    /// Whether it was published with the retain flag.
    pub(crate) retain: bool,
    /// Number of the session that published it; 0 for this program.
    pub(crate) publisher: u64,
    /// When it is no longer worth delivering (MQTT 5 Message Expiry Interval).
    pub(crate) expires: Option<Instant>,
}

/// A fixed cost that every queued message is charged beside its bytes.
const OVERHEAD: usize = 128;

impl Message {
    /// Keeps of the properties what is forwarded ([MQTT-3.3.2-4] and following).
    pub(crate) fn new(
        channel: Channel,
        topic: &str,
        payload: Bytes,
        qos: QoS,
        properties: Option<PublishProperties>,
    ) -> Self {
        let properties = properties.unwrap_or_default();
        let expiry = properties.message_expiry_interval;
        Self {
            channel,
            publish: Publish {
                dup: false,
                retain: false,
                qos,
                topic: topic.into(),
                packet_id: None,
                // a copy of its own, so that a kept message does not keep a whole read buffer
                payload: Bytes::copy_from_slice(&payload),
                properties: Some(PublishProperties {
                    topic_alias: None,
                    subscription_ids: Vec::new(),
                    correlation_data: properties.correlation_data.map(|data| Bytes::copy_from_slice(&data)),
                    content_type: properties.content_type.map(|text| own(&text).into()),
                    response_topic: properties.response_topic.map(|text| own(&text).into()),
                    user_properties: properties
                        .user_properties
                        .iter()
                        .map(|(key, value)| (own(key).into(), own(value).into()))
                        .collect(),
                    ..properties
                }),
            },
            retain: false,
            publisher: 0,
            expires: expiry.map(|seconds| Instant::now() + Duration::from_secs(u64::from(seconds.get()))),
        }
    }

    /// What it is charged in a queue, in bytes.
    pub(crate) fn size(&self) -> usize {
        let properties = self.publish.properties.as_ref().map_or(0, |properties| {
            let user: usize = properties
                .user_properties
                .iter()
                .map(|(key, value)| key.len() + value.len() + 8)
                .sum();
            user + properties.correlation_data.as_ref().map_or(0, Bytes::len)
                + properties.content_type.as_ref().map_or(0, |text| text.len())
                + properties.response_topic.as_ref().map_or(0, |text| text.len())
        });
        OVERHEAD + self.publish.topic.len() + self.publish.payload.len() + properties
    }

    /// Whether it is past its time.
    pub(crate) fn is_expired(&self, now: Instant) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }

    /// What is left of its time, in whole seconds ([MQTT-3.3.2-6]).
    pub(crate) fn seconds_left(&self, now: Instant) -> Option<NonZeroU32> {
        let left = self.expires?.saturating_duration_since(now).as_secs();
        NonZeroU32::new(u32::try_from(left).unwrap_or(u32::MAX).max(1))
    }
}

fn own(text: &str) -> String {
    text.to_owned()
}
