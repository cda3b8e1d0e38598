//! What a device asked to be said when its connection breaks.

use crate::acl::{Channel, may_publish};
use crate::message::Message;
use crate::version::{Answer, Testament};
use kernel::submission::Sender;
use rmqtt_codec::types::QoS;
use std::sync::Arc;

/// A checked will: a state message.
pub(crate) struct Will {
    pub(crate) device: Arc<str>,
    pub(crate) message: Arc<Message>,
}

/// Checks a will as if it were published now. Sessions end with their connection, so that a Will Delay Interval never
/// applies ([MQTT-3.1.2-8]: "or the Session ends, whichever happens first").
pub(crate) fn check(sender: &Sender, will: Testament, max_bytes: usize, publisher: u64) -> Result<Will, Answer> {
    if will.qos == QoS::ExactlyOnce {
        return Err(Answer::QosNotSupported);
    }
    let Some((device, Channel::State)) = may_publish(sender, &will.topic) else {
        return Err(Answer::NotAuthorised(format!(
            "the will topic '{}' is not allowed; use devices/{}/state",
            will.topic.chars().take(100).collect::<String>(),
            sender.device
        )));
    };
    if will.payload.len() > max_bytes {
        return Err(Answer::TooLarge(format!(
            "the will has {} bytes; at most {max_bytes} are allowed",
            will.payload.len()
        )));
    }
    let mut message = Message::new(Channel::State, &will.topic, will.payload, will.qos, will.properties);
    message.retain = will.retain;
    message.publisher = publisher;
    Ok(Will {
        device: device.into(),
        message: Arc::new(message),
    })
}
