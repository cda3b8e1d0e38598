//! What clients send, in one form for both versions.

use crate::error::Close;
use bytes::Bytes;
use rmqtt_codec::types::{Publish, QoS};
use rmqtt_codec::v5::{DisconnectReasonCode, PublishProperties, RetainHandling};
use rmqtt_codec::{v3, v5};
use std::num::{NonZeroU16, NonZeroU32};

/// A CONNECT.
pub(crate) struct Hello {
    /// 3, 4 or 5.
    pub(crate) level: u8,
    pub(crate) client_id: String,
    /// Whether an earlier session of the client is to be ended.
    pub(crate) clean: bool,
    /// Seconds; 0 for none.
    pub(crate) keep_alive: u16,
    pub(crate) user: Option<String>,
    pub(crate) password: Option<Bytes>,
    pub(crate) will: Option<Testament>,
    /// Seconds that the client asks its session to be kept.
    pub(crate) session_expiry: u32,
    /// Messages of QoS 1 and 2 that the client takes at once.
    pub(crate) receive_maximum: u16,
    /// Longest packet that the client takes, in bytes.
    pub(crate) max_packet: Option<u32>,
    /// Topic aliases that the client knows.
    pub(crate) alias_maximum: u16,
    /// Whether it wants an authentication exchange.
    pub(crate) wants_auth: bool,
}

/// A will, not yet checked.
pub(crate) struct Testament {
    pub(crate) topic: String,
    pub(crate) payload: Bytes,
    pub(crate) qos: QoS,
    pub(crate) retain: bool,
    /// Seconds.
    pub(crate) delay: u32,
    pub(crate) properties: Option<PublishProperties>,
}

/// One filter of a SUBSCRIBE.
pub(crate) struct Wanted {
    pub(crate) filter: String,
    pub(crate) qos: QoS,
    pub(crate) no_local: bool,
    pub(crate) retain_as_published: bool,
    pub(crate) retain_handling: RetainHandling,
}

/// A packet of a client that is connected.
pub(crate) enum Incoming {
    Publish(Box<Publish>),
    PublishAck(NonZeroU16),
    /// PUBREC; `good` unless it refuses the message.
    PublishReceived {
        packet_id: NonZeroU16,
        good: bool,
    },
    PublishRelease(NonZeroU16),
    PublishComplete(NonZeroU16),
    Subscribe {
        packet_id: NonZeroU16,
        id: Option<NonZeroU32>,
        filters: Vec<Wanted>,
    },
    Unsubscribe {
        packet_id: NonZeroU16,
        filters: Vec<String>,
    },
    Ping,
    Disconnect {
        with_will: bool,
        /// Session Expiry Interval, if given.
        session_expiry: Option<u32>,
    },
}

impl Incoming {
    /// How many filters are each answered by a code.
    pub(crate) fn filters(&self) -> Option<usize> {
        match self {
            Self::Subscribe { filters, .. } => Some(filters.len()),
            Self::Unsubscribe { filters, .. } => Some(filters.len()),
            _ => None,
        }
    }
}

impl From<v3::Connect> for Hello {
    fn from(connect: v3::Connect) -> Self {
        Self {
            level: connect.protocol.level(),
            client_id: connect.client_id.to_string(),
            clean: connect.clean_session,
            keep_alive: connect.keep_alive,
            user: connect.username.map(|name| name.to_string()),
            password: connect.password,
            will: connect.last_will.map(|will| Testament {
                topic: will.topic.to_string(),
                payload: will.message,
                qos: will.qos,
                retain: will.retain,
                delay: 0,
                properties: None,
            }),
            // as long as the server likes
            session_expiry: if connect.clean_session { 0 } else { u32::MAX },
            receive_maximum: u16::MAX,
            max_packet: None,
            alias_maximum: 0,
            wants_auth: false,
        }
    }
}

impl From<v5::Connect> for Hello {
    fn from(connect: v5::Connect) -> Self {
        Self {
            level: 5,
            client_id: connect.client_id.to_string(),
            clean: connect.clean_start,
            keep_alive: connect.keep_alive,
            user: connect.username.map(|name| name.to_string()),
            password: connect.password,
            will: connect.last_will.map(|will| Testament {
                topic: will.topic.to_string(),
                payload: will.message,
                qos: will.qos,
                retain: will.retain,
                delay: will.will_delay_interval_sec.unwrap_or(0),
                properties: Some(PublishProperties {
                    correlation_data: will.correlation_data,
                    message_expiry_interval: will.message_expiry_interval,
                    content_type: will.content_type,
                    user_properties: will.user_properties,
                    is_utf8_payload: will.is_utf8_payload.unwrap_or(false),
                    response_topic: will.response_topic,
                    ..PublishProperties::default()
                }),
            }),
            session_expiry: connect.session_expiry_interval_secs,
            receive_maximum: connect.receive_max.map_or(u16::MAX, NonZeroU16::get),
            max_packet: connect.max_packet_size.map(NonZeroU32::get),
            alias_maximum: connect.topic_alias_max,
            wants_auth: connect.auth_method.is_some() || connect.auth_data.is_some(),
        }
    }
}

/// Packets that only a server sends, or a second CONNECT ([MQTT-3.1.0-2]).
const OUT_OF_PLACE: Close = Close::Protocol("this packet may not be sent here");

pub(super) fn from_v3(packet: v3::Packet) -> Result<Incoming, Close> {
    Ok(match packet {
        v3::Packet::Publish(publish) => Incoming::Publish(publish),
        v3::Packet::PublishAck { packet_id } => Incoming::PublishAck(packet_id),
        v3::Packet::PublishReceived { packet_id } => Incoming::PublishReceived { packet_id, good: true },
        v3::Packet::PublishRelease { packet_id } => Incoming::PublishRelease(packet_id),
        v3::Packet::PublishComplete { packet_id } => Incoming::PublishComplete(packet_id),
        v3::Packet::Subscribe {
            packet_id,
            topic_filters,
        } => Incoming::Subscribe {
            packet_id,
            id: None,
            filters: topic_filters
                .into_iter()
                .map(|(filter, qos)| Wanted {
                    filter: filter.to_string(),
                    qos,
                    no_local: false,
                    retain_as_published: false,
                    retain_handling: RetainHandling::AtSubscribe,
                })
                .collect(),
        },
        v3::Packet::Unsubscribe {
            packet_id,
            topic_filters,
        } => Incoming::Unsubscribe {
            packet_id,
            filters: topic_filters.iter().map(ToString::to_string).collect(),
        },
        v3::Packet::PingRequest => Incoming::Ping,
        v3::Packet::Disconnect => Incoming::Disconnect {
            with_will: false,
            session_expiry: None,
        },
        v3::Packet::Connect(_)
        | v3::Packet::ConnectAck(_)
        | v3::Packet::SubscribeAck { .. }
        | v3::Packet::UnsubscribeAck { .. }
        | v3::Packet::PingResponse => return Err(OUT_OF_PLACE),
    })
}

pub(super) fn from_v5(packet: v5::Packet) -> Result<Incoming, Close> {
    Ok(match packet {
        v5::Packet::Publish(publish) => Incoming::Publish(publish),
        v5::Packet::PublishAck(ack) => Incoming::PublishAck(ack.packet_id),
        v5::Packet::PublishReceived(ack) => Incoming::PublishReceived {
            packet_id: ack.packet_id,
            good: u8::from(ack.reason_code) < 0x80,
        },
        v5::Packet::PublishRelease(ack) => Incoming::PublishRelease(ack.packet_id),
        v5::Packet::PublishComplete(ack) => Incoming::PublishComplete(ack.packet_id),
        v5::Packet::Subscribe(subscribe) => Incoming::Subscribe {
            packet_id: subscribe.packet_id,
            id: subscribe.id,
            filters: subscribe
                .topic_filters
                .into_iter()
                .map(|(filter, options)| Wanted {
                    filter: filter.to_string(),
                    qos: options.qos,
                    no_local: options.no_local,
                    retain_as_published: options.retain_as_published,
                    retain_handling: options.retain_handling,
                })
                .collect(),
        },
        v5::Packet::Unsubscribe(unsubscribe) => Incoming::Unsubscribe {
            packet_id: unsubscribe.packet_id,
            filters: unsubscribe.topic_filters.iter().map(ToString::to_string).collect(),
        },
        v5::Packet::PingRequest => Incoming::Ping,
        v5::Packet::Disconnect(disconnect) => Incoming::Disconnect {
            // every other code than 0x00 publishes the will ([MQTT-3.14.4-3])
            with_will: disconnect.reason_code != DisconnectReasonCode::NormalDisconnection,
            session_expiry: disconnect.session_expiry_interval_secs,
        },
        v5::Packet::Auth(_) => return Err(Close::Protocol("no authentication exchange was agreed")),
        v5::Packet::Connect(_)
        | v5::Packet::ConnectAck(_)
        | v5::Packet::SubscribeAck(_)
        | v5::Packet::UnsubscribeAck(_)
        | v5::Packet::PingResponse => return Err(OUT_OF_PLACE),
    })
}
