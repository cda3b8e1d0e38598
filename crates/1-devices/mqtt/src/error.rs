//! Why a message to a device could not be handed over, and why a connection ends.

use driver::gatekeeper::Refusal;
use kernel::error::{Classified, ErrorKind, Retry};
use rmqtt_codec::v5::DisconnectReasonCode;
use std::borrow::Cow;

/// Why the inside could not hand a message to a device.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MqttError {
    /// No session of that device, live or kept, listens to the topic.
    #[error("device {0} is not connected, or has not subscribed to devices/{0}/down; send it again when it is")]
    NotListening(String),
    /// The message does not fit.
    #[error("the message has {size} bytes; at most {max} are allowed")]
    TooLong {
        /// What was given, in bytes.
        size: usize,
        /// What is allowed, in bytes.
        max: usize,
    },
    /// The text is no device id.
    #[error("'{0}' is not a device id; use 1 to 64 letters a-z A-Z, digits and . _ -")]
    NotADevice(String),
    /// The queue of the device is full; if it was connected, it was disconnected.
    #[error("device {0} takes its messages too slowly, its queue is full; send it again when it is back")]
    TooSlow(String),
}

impl Classified for MqttError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NotListening(_) => ErrorKind::Unavailable,
            Self::TooLong { .. } | Self::NotADevice(_) => ErrorKind::Invalid,
            Self::TooSlow(_) => ErrorKind::Exhausted,
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::NotListening(_) => "device_not_listening",
            Self::TooLong { .. } => "message_too_long",
            Self::NotADevice(_) => "not_a_device",
            Self::TooSlow(_) => "device_too_slow",
        }
    }
    fn retry(&self) -> Retry {
        match self.kind() {
            ErrorKind::Invalid => Retry::Never,
            _ => Retry::AfterSeconds(10),
        }
    }
}

/// Why a connection ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Close {
    /// The client said DISCONNECT; `with_will` when it asked for its will to be published all the same.
    Client { with_will: bool },
    /// The connection broke or ended without DISCONNECT.
    Gone,
    /// Bytes that are no MQTT.
    Malformed(String),
    /// MQTT, and against its rules.
    Protocol(&'static str),
    /// A packet above the limit.
    TooLarge { size: u32, max: u32 },
    /// An answer above what the client takes.
    TooManyCodes,
    /// A topic or filter that this device may not use (3.1.1).
    NotAuthorised(Cow<'static, str>),
    /// The device may no longer speak: it was blocked, or what it had shown does not count any more.
    Withdrawn(Refusal),
    /// Nothing was heard for 1.5 times the Keep Alive.
    KeepAlive,
    /// The same client connected again.
    TakenOver,
    /// The program stops.
    ShuttingDown,
    /// More unacknowledged publishes than the Receive Maximum.
    ReceiveMaximum,
    /// A topic alias above the maximum.
    TopicAlias,
    /// A topic to publish to, or to answer on, that is a filter or holds U+0000.
    TopicName,
    /// Messages for this subscriber filled its queue.
    TooSlow,
    /// The peer did not take a byte for too long.
    Stalled,
    /// The log stayed full longer than publishes are held (3.1.1).
    Full,
    /// Storage does not answer.
    Unavailable,
}

impl Close {
    /// The label in metrics.
    pub(crate) fn label(&self) -> &'static str {
        match self {
            Self::Client { .. } => "client",
            Self::Gone => "gone",
            Self::Malformed(_) => "malformed",
            Self::Protocol(_) => "protocol",
            Self::TooLarge { .. } | Self::TooManyCodes => "too_large",
            Self::NotAuthorised(_) => "not_authorised",
            Self::Withdrawn(_) => "withdrawn",
            Self::KeepAlive => "keep_alive",
            Self::TakenOver => "taken_over",
            Self::ShuttingDown => "shutting_down",
            Self::ReceiveMaximum => "receive_maximum",
            Self::TopicAlias => "topic_alias",
            Self::TopicName => "topic_name",
            Self::TooSlow => "too_slow",
            Self::Stalled => "stalled",
            Self::Full => "log_full",
            Self::Unavailable => "storage_unavailable",
        }
    }

    /// The reason code of the DISCONNECT that an MQTT 5 client gets; `None` when nobody is there to read it.
    pub(crate) fn code(&self) -> Option<DisconnectReasonCode> {
        use DisconnectReasonCode as Code;
        Some(match self {
            Self::Client { .. } | Self::Gone | Self::Stalled => return None,
            Self::Malformed(_) => Code::MalformedPacket,
            Self::Protocol(_) => Code::ProtocolError,
            Self::TooLarge { .. } | Self::TooManyCodes => Code::PacketTooLarge,
            Self::NotAuthorised(_) | Self::Withdrawn(_) => Code::NotAuthorized,
            Self::KeepAlive => Code::KeepAliveTimeout,
            Self::TakenOver => Code::SessionTakenOver,
            Self::ShuttingDown => Code::ServerShuttingDown,
            Self::ReceiveMaximum => Code::ReceiveMaximumExceeded,
            Self::TopicAlias => Code::TopicAliasInvalid,
            Self::TopicName => Code::TopicNameInvalid,
            Self::TooSlow | Self::Full => Code::QuotaExceeded,
            Self::Unavailable => Code::ServerBusy,
        })
    }

    /// What the client is told beside the code, and what stands in the log.
    pub(crate) fn text(&self) -> Cow<'static, str> {
        match self {
            Self::Client { .. } => "the client disconnected".into(),
            Self::Gone => "the connection broke".into(),
            Self::Malformed(what) => format!("the packet cannot be read: {what}").into(),
            Self::Protocol(what) => (*what).into(),
            Self::TooLarge { size, max } => {
                format!("the packet has {size} bytes; at most {max} are allowed, send smaller ones").into()
            }
            Self::TooManyCodes => {
                "the answer would be longer than the Maximum Packet Size; ask for fewer filters at once".into()
            }
            Self::NotAuthorised(what) => what.clone(),
            Self::Withdrawn(refusal) => format!("the device may no longer speak: {refusal}").into(),
            Self::KeepAlive => "nothing was heard for 1.5 times the Keep Alive".into(),
            Self::TakenOver => "the same client id connected again".into(),
            Self::ShuttingDown => "the server stops; connect again later".into(),
            Self::ReceiveMaximum => {
                "more publishes wait for their PUBACK or PUBCOMP than the Receive Maximum allows".into()
            }
            Self::TopicName => "a topic name holds neither + nor # nor U+0000".into(),
            Self::TopicAlias => "this topic alias is above the Topic Alias Maximum".into(),
            Self::TooSlow => "messages are taken too slowly; the queue is full".into(),
            Self::Stalled => "nothing was taken for too long".into(),
            Self::Full => "the log is full; nothing of the publish was stored, send it again later".into(),
            Self::Unavailable => {
                "storage does not answer; what has no PUBACK may not be stored, send it again later".into()
            }
        }
    }

    /// Whether the client's will is published ([MQTT-3.1.2-8], [MQTT-3.14.4-3]).
    pub(crate) fn publishes_will(&self) -> bool {
        !matches!(self, Self::Client { with_will: false })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_clean_goodbye_discards_the_will() {
        assert!(!Close::Client { with_will: false }.publishes_will());
        for close in [
            Close::Client { with_will: true },
            Close::Gone,
            Close::KeepAlive,
            Close::TakenOver,
        ] {
            assert!(close.publishes_will(), "{close:?}");
        }
    }

    #[test]
    fn codes_are_those_of_the_standard() {
        for (close, code) in [
            (Close::TooLarge { size: 2, max: 1 }, 0x95),
            (Close::TooManyCodes, 0x95),
            (Close::TakenOver, 0x8e),
            (Close::ShuttingDown, 0x8b),
            (Close::KeepAlive, 0x8d),
            (Close::ReceiveMaximum, 0x93),
            (Close::NotAuthorised("x".into()), 0x87),
            (Close::Withdrawn(Refusal::BadToken), 0x87),
            (Close::Malformed("x".into()), 0x81),
        ] {
            assert_eq!(close.code().map(u8::from), Some(code), "{close:?}");
        }
    }
}
