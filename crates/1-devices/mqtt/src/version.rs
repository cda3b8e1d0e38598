//! Where MQTT 3.1.1 and 5.0 differ, and nowhere else: reading packets into one form, and writing answers in the right one.

mod answer;
mod incoming;
mod strict;

pub(crate) use answer::{Answer, Verdict, Welcome};
pub(crate) use incoming::{Hello, Incoming, Testament, Wanted};

use crate::acl::Forbidden;
use crate::alias::Alias;
use crate::error::Close;
use crate::group::Ticket;
use crate::session::Delivery;
use bytes::{BufMut, BytesMut};
use bytestring::ByteString;
use rmqtt_codec::error::DecodeError;
use rmqtt_codec::types::QoS;
use rmqtt_codec::v3;
use rmqtt_codec::v5::{self, PublishAck2Reason, SubscribeAckReason, UnsubscribeAckReason};
use rmqtt_codec::version::{ProtocolVersion, VersionCodec};
use std::num::NonZeroU16;
use std::time::Instant;
use tokio_util::codec::{Decoder, Encoder};

/// The wire format of one connection.
pub(crate) enum Codec {
    /// MQTT 3.1.1, and the longest packet that is read.
    V3 { codec: v3::Codec, max_in: u32 },
    /// MQTT 5.0, and the longest packet that the client takes.
    V5 { codec: v5::Codec, max_out: usize },
}

/// Bytes of the longest CONNACK that lets a client in, without the id that it is given: no client takes less.
pub(crate) const WELCOME: usize = 24;

/// First bytes of the answers to PUBLISH.
const PUBACK: u8 = 0x40;
const PUBREC: u8 = 0x50;
const PUBREL: u8 = 0x62;
const PUBCOMP: u8 = 0x70;

/// Looks for the protocol version at the start of a CONNECT packet; `None` when more bytes are needed.
pub(crate) fn negotiate(bytes: &mut BytesMut, max_bytes: u32) -> Result<Option<Codec>, DecodeError> {
    Ok(VersionCodec.decode(bytes)?.map(|version| match version {
        ProtocolVersion::MQTT3 => Codec::V3 {
            codec: v3::Codec::new(max_bytes),
            max_in: max_bytes,
        },
        ProtocolVersion::MQTT5 => Codec::V5 {
            codec: v5::Codec::new(max_bytes, 0),
            max_out: usize::MAX,
        },
    }))
}

/// Whether these are the first bytes of a CONNECT whose protocol level is neither 3.1, 3.1.1 nor 5.0 ([MQTT-3.1.2-2]).
pub(crate) fn is_unknown_level(bytes: &[u8]) -> bool {
    let Some((0x10, rest)) = bytes.split_first().map(|(first, rest)| (*first, rest)) else {
        return false;
    };
    let length_bytes = rest.iter().take(4).take_while(|byte| **byte & 0x80 != 0).count() + 1;
    rest.get(length_bytes..length_bytes + 6) == Some(b"\0\x04MQTT")
}

impl Codec {
    /// Whether the client speaks MQTT 5.
    pub(crate) fn is_v5(&self) -> bool {
        matches!(self, Self::V5 { .. })
    }

    /// Sets the longest packet that is read, in bytes, and the longest that the client takes.
    pub(crate) fn set_limits(&mut self, inward: u32, outward: Option<u32>) {
        match self {
            Self::V3 { codec, max_in } => {
                codec.set_max_size(inward);
                *max_in = inward;
            }
            Self::V5 { codec, max_out } => {
                codec.set_max_inbound_size(inward);
                *max_out = outward.map_or(usize::MAX, |bytes| bytes as usize);
            }
        }
    }

    /// Reads the CONNECT packet; `None` when more bytes are needed.
    pub(crate) fn hello(&mut self, bytes: &mut BytesMut) -> Result<Option<Hello>, DecodeError> {
        if !self.is_whole(bytes)? {
            return Ok(None);
        }
        match self {
            Self::V3 { codec, .. } => Ok(match codec.decode(bytes)? {
                Some((v3::Packet::Connect(connect), _)) => Some((*connect).into()),
                Some(_) => return Err(DecodeError::UnsupportedPacketType),
                None => None,
            }),
            Self::V5 { codec, .. } => {
                if let Some((start, end)) = strict::frame(bytes, codec.max_inbound_size())? {
                    strict::begin_nameless_anew(&mut bytes[start..end]);
                }
                Ok(match codec.decode(bytes)? {
                    Some((v5::Packet::Connect(connect), _)) => Some((*connect).into()),
                    Some(_) => return Err(DecodeError::UnsupportedPacketType),
                    None => None,
                })
            }
        }
    }

    /// Whether the next packet is here as a whole; the codec sees it only then.
    fn is_whole(&self, bytes: &BytesMut) -> Result<bool, DecodeError> {
        let max = match self {
            Self::V3 { max_in, .. } => *max_in,
            Self::V5 { codec, .. } => codec.max_inbound_size(),
        };
        let Some((start, end)) = strict::frame(bytes, max)? else {
            return Ok(false);
        };
        strict::check(self.is_v5(), bytes[0], &bytes[start..end])?;
        Ok(true)
    }

    /// Reads the next packet; `None` when more bytes are needed.
    pub(crate) fn read(&mut self, bytes: &mut BytesMut) -> Result<Option<Incoming>, Close> {
        let packet = match (self.is_whole(bytes), self) {
            (Ok(false), _) => Ok(None),
            (Err(error), _) => Err(error),
            (_, Self::V3 { codec, .. }) => codec
                .decode(bytes)
                .map(|packet| packet.map(|(packet, _)| incoming::from_v3(packet))),
            (_, Self::V5 { codec, .. }) => codec
                .decode(bytes)
                .map(|packet| packet.map(|(packet, _)| incoming::from_v5(packet))),
        };
        match packet {
            Ok(Some(Ok(packet))) => Ok(Some(packet)),
            Ok(Some(Err(close))) => Err(close),
            Ok(None) => Ok(None),
            Err(DecodeError::MaxSizeExceeded { size, max }) => Err(Close::TooLarge { size, max }),
            Err(error) => Err(Close::Malformed(error.to_string())),
        }
    }

    /// Writes a PUBACK, or a PUBREC for QoS 2. Success without a remark is the same four bytes in both versions.
    pub(crate) fn puback(&mut self, out: &mut BytesMut, ticket: Ticket, verdict: &Verdict) {
        let (first, packet_id) = match ticket {
            Ticket::None => return,
            Ticket::Puback(packet_id) => (PUBACK, packet_id),
            Ticket::Pubrec(packet_id) => (PUBREC, packet_id),
        };
        let wrap = |ack| match ticket {
            Ticket::Pubrec(_) => v5::Packet::PublishReceived(ack),
            _ => v5::Packet::PublishAck(ack),
        };
        match (self, verdict.puback(packet_id)) {
            (Self::V5 { codec, max_out }, Some(ack)) => {
                let bare = v5::PublishAck {
                    reason_string: None,
                    properties: Vec::new(),
                    ..ack.clone()
                };
                // words that the client does not take are left out; the code never is
                if !put_v5(codec, *max_out, out, wrap(ack)) {
                    put_v5(codec, usize::MAX, out, wrap(bare));
                }
            }
            _ => {
                out.put_slice(&[first, 0x02]);
                out.put_u16(packet_id.get());
            }
        }
    }

    /// Writes a PUBREL; `known` says whether the message was on its way (MQTT 5: else 0x92).
    pub(crate) fn pubrel(&self, out: &mut BytesMut, packet_id: NonZeroU16, known: bool) {
        self.acknowledge(out, PUBREL, packet_id, known);
    }

    /// Writes a PUBCOMP; `known` says whether the message was on its way (MQTT 5: else 0x92).
    pub(crate) fn pubcomp(&self, out: &mut BytesMut, packet_id: NonZeroU16, known: bool) {
        self.acknowledge(out, PUBCOMP, packet_id, known);
    }

    fn acknowledge(&self, out: &mut BytesMut, first: u8, packet_id: NonZeroU16, known: bool) {
        let with_code = self.is_v5() && !known;
        out.put_slice(&[first, 2 + u8::from(with_code)]);
        out.put_u16(packet_id.get());
        if with_code {
            out.put_u8(PublishAck2Reason::PacketIdNotFound.into());
        }
    }

    /// Whether the client takes a SUBACK or UNSUBACK with so many codes.
    pub(crate) fn takes_codes(&self, count: usize) -> bool {
        let body = 3 + count;
        let length = [0x7f, 0x3fff, 0x1f_ffff].iter().filter(|most| body > **most).count() + 1;
        match self {
            Self::V3 { .. } => true,
            Self::V5 { max_out, .. } => 1 + length + body <= *max_out,
        }
    }

    /// Writes a SUBACK with one granted QoS or refusal per filter.
    pub(crate) fn suback(&mut self, out: &mut BytesMut, packet_id: NonZeroU16, grants: &[Result<QoS, Forbidden>]) {
        match self {
            Self::V3 { codec, .. } => {
                let status = grants
                    .iter()
                    .map(|grant| match grant {
                        Ok(qos) => v3::SubscribeReturnCode::Success(*qos),
                        Err(_) => v3::SubscribeReturnCode::Failure,
                    })
                    .collect();
                put_v3(codec, out, v3::Packet::SubscribeAck { packet_id, status });
            }
            Self::V5 { codec, max_out } => {
                let status = grants
                    .iter()
                    .map(|grant| match grant {
                        Ok(QoS::AtMostOnce) => SubscribeAckReason::GrantedQos0,
                        Ok(QoS::AtLeastOnce) => SubscribeAckReason::GrantedQos1,
                        Ok(QoS::ExactlyOnce) => SubscribeAckReason::GrantedQos2,
                        Err(Forbidden::Invalid) => SubscribeAckReason::TopicFilterInvalid,
                        Err(Forbidden::TooMany) => SubscribeAckReason::QuotaExceeded,
                        Err(Forbidden::NotAuthorised) => SubscribeAckReason::NotAuthorized,
                    })
                    .collect();
                let ack = v5::SubscribeAck {
                    packet_id,
                    properties: Vec::new(),
                    reason_string: None,
                    status,
                };
                put_v5(codec, *max_out, out, v5::Packet::SubscribeAck(ack));
            }
        }
    }

    /// Writes an UNSUBACK; `existed` says per filter whether there was such a subscription.
    pub(crate) fn unsuback(&mut self, out: &mut BytesMut, packet_id: NonZeroU16, existed: &[bool]) {
        match self {
            Self::V3 { codec, .. } => put_v3(codec, out, v3::Packet::UnsubscribeAck { packet_id }),
            Self::V5 { codec, max_out } => {
                let status = existed
                    .iter()
                    .map(|existed| match existed {
                        true => UnsubscribeAckReason::Success,
                        false => UnsubscribeAckReason::NoSubscriptionExisted,
                    })
                    .collect();
                let ack = v5::UnsubscribeAck {
                    packet_id,
                    properties: Vec::new(),
                    reason_string: None,
                    status,
                };
                put_v5(codec, *max_out, out, v5::Packet::UnsubscribeAck(ack));
            }
        }
    }

    /// Writes a PUBLISH; `false` when the client cannot take it: too long ([MQTT-3.1.2-25]: left out) or, unless it was
    /// sent before, too old ([MQTT-3.3.2-5]).
    pub(crate) fn publish(
        &mut self,
        out: &mut BytesMut,
        delivery: &Delivery,
        packet_id: Option<NonZeroU16>,
        again: bool,
        alias: Option<Alias>,
    ) -> bool {
        let now = Instant::now();
        if delivery.message.is_expired(now) && !again {
            return false;
        }
        let mut publish = delivery.message.publish.clone();
        publish.qos = delivery.qos;
        publish.retain = delivery.retain;
        publish.packet_id = packet_id;
        publish.dup = again;
        match self {
            Self::V3 { codec, .. } => {
                publish.properties = None;
                let before = out.len();
                put_v3(codec, out, v3::Packet::Publish(Box::new(publish)));
                out.len() > before
            }
            Self::V5 { codec, max_out } => {
                if let Some(properties) = &mut publish.properties {
                    properties.subscription_ids = delivery.ids.clone();
                    properties.topic_alias = alias.map(|alias| alias.number);
                    properties.message_expiry_interval = delivery.message.seconds_left(now);
                }
                if alias.is_some_and(|alias| alias.known) {
                    publish.topic = ByteString::new();
                }
                put_v5(codec, *max_out, out, v5::Packet::Publish(Box::new(publish)))
            }
        }
    }

    /// Writes the DISCONNECT of MQTT 5; 3.1.1 has none from the server.
    pub(crate) fn disconnect(&mut self, out: &mut BytesMut, close: &Close) {
        let (Self::V5 { codec, max_out }, Some(code)) = (self, close.code()) else {
            return;
        };
        let mut disconnect = v5::Disconnect::new(code);
        disconnect.reason_string = Some(cut(&close.text()).into());
        if !put_v5(codec, *max_out, out, v5::Packet::Disconnect(disconnect)) {
            put_v5(codec, *max_out, out, v5::Packet::Disconnect(v5::Disconnect::new(code)));
        }
    }
}

/// Texts for clients are cut here, so that no answer grows with what was sent.
fn cut(text: &str) -> String {
    text.chars().take(500).collect()
}

fn put_v3(codec: &mut v3::Codec, out: &mut BytesMut, packet: v3::Packet) {
    let before = out.len();
    if codec.encode(packet, out).is_err() {
        out.truncate(before);
    }
}

/// Writes a packet unless it is longer than the client takes.
fn put_v5(codec: &mut v5::Codec, max: usize, out: &mut BytesMut, packet: v5::Packet) -> bool {
    let before = out.len();
    let written = codec.encode(packet, out).is_ok() && out.len() - before <= max;
    if !written {
        out.truncate(before);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    fn v5(max_out: usize) -> Codec {
        Codec::V5 {
            codec: v5::Codec::new(0, 0),
            max_out,
        }
    }

    #[test]
    fn a_puback_shrinks_to_what_the_client_takes() {
        let id = NonZeroU16::new(7).unwrap();
        let bad = Verdict::Bad {
            text: "item 0: malformed: x".into(),
        };
        for (max_out, length) in [(1_000, 29), (29, 29), (28, 6), (1, 6)] {
            let mut out = BytesMut::new();
            v5(max_out).puback(&mut out, Ticket::Puback(id), &bad);
            assert_eq!(out.len(), length, "{max_out}");
            assert_eq!(out[4], 0x99, "{max_out}");
        }
        for mut codec in [
            v5(1_000),
            Codec::V3 {
                codec: v3::Codec::new(0),
                max_in: 0,
            },
        ] {
            let mut out = BytesMut::new();
            codec.puback(&mut out, Ticket::Puback(id), &Verdict::Stored);
            codec.puback(&mut out, Ticket::Pubrec(id), &Verdict::Stored);
            assert_eq!(out.as_ref(), b"\x40\x02\x00\x07\x50\x02\x00\x07");
        }
    }

    #[test]
    fn other_protocol_levels_are_recognised() {
        for (bytes, unknown) in [
            (&b"\x10\x10\x00\x04MQTT\x06"[..], true),
            (b"\x10\x90\x01\x00\x04MQTT\x63", true),
            (b"\x10\x10\x00\x04HTTP\x06", false),
            (b"GET / HTTP/1.1", false),
            (b"", false),
        ] {
            assert_eq!(is_unknown_level(bytes), unknown);
        }
    }
}
