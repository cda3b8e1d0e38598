//! What a device asked to be said when its connection breaks.

use crate::acl::{Channel, may_publish};
use crate::filter;
use crate::message::Message;
use crate::space::Spaces;
use crate::version::{Answer, Testament};
use kernel::submission::Sender;
use std::sync::Arc;

/// A checked will: a message on the state topic, or in a namespace where the device may publish.
pub(crate) struct Will {
    pub(crate) message: Arc<Message>,
    /// Seconds that it waits for the client to come back, or for the end of the session, whichever is first.
    pub(crate) delay: u32,
}

/// Checks a will as if it were published now.
pub(crate) fn check(
    sender: &Sender,
    spaces: &Spaces,
    will: Testament,
    max_bytes: usize,
    publisher: u64,
) -> Result<Will, Answer> {
    let answer_to = will.properties.as_ref().and_then(|it| it.response_topic.as_deref());
    if filter::is_pattern(&will.topic) || answer_to.is_some_and(filter::is_pattern) {
        return Err(Answer::TopicName);
    }
    let channel = match may_publish(sender, &will.topic) {
        Some((_, Channel::State)) => Channel::State,
        None if spaces.may_publish(sender.device.as_str(), &will.topic) => Channel::Open,
        _ => {
            return Err(Answer::NotAuthorised(format!(
                "the will topic '{}' is not allowed; use devices/{}/state",
                will.topic.chars().take(100).collect::<String>(),
                sender.device
            )));
        }
    };
    if will.payload.len() > max_bytes {
        return Err(Answer::TooLarge(format!(
            "the will has {} bytes; at most {max_bytes} are allowed",
            will.payload.len()
        )));
    }
    let mut message = Message::new(channel, &will.topic, will.payload, will.qos, will.properties);
    message.retain = will.retain;
    message.publisher = publisher;
    Ok(Will {
        message: Arc::new(message),
        delay: will.delay,
    })
}
