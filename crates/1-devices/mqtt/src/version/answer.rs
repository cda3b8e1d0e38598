//! What clients are told: the answer to CONNECT and the verdict on a publish, in the codes of both versions.

use super::{Codec, cut, put_v3, put_v5};
use bytes::BytesMut;
use driver::gatekeeper::Refusal;
use rmqtt_codec::v3;
use rmqtt_codec::v5::{self, ConnectAckReason, PublishAckReason};
use std::num::NonZeroU16;

/// Why a CONNECT is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Neither 3.1.1 nor 5.0.
    Version,
    /// The client id is too long, or absent where it must not be.
    ClientId(&'static str),
    /// User name or token wrong.
    Credentials(String),
    /// No or a wrong certificate, or a will that is not allowed.
    NotAuthorised(String),
    /// The device is switched off.
    Blocked(String),
    /// Devices cannot be checked now.
    Unavailable(String),
    /// An authentication exchange was asked for.
    AuthMethod,
    /// A topic of the will is a filter.
    TopicName,
    /// The CONNECT or its will is too long.
    TooLarge(String),
    /// The CONNECT cannot be read.
    Malformed(String),
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        let text = refusal.to_string();
        match refusal {
            Refusal::BadToken => Self::Credentials(text),
            Refusal::Missing | Refusal::BadCertificate(_) => Self::NotAuthorised(text),
            Refusal::Blocked(_) => Self::Blocked(text),
            Refusal::Unavailable => Self::Unavailable(text),
        }
    }
}

impl Answer {
    /// The label in metrics.
    pub(crate) fn label(&self) -> &'static str {
        match self {
            Self::Version => "version",
            Self::ClientId(_) => "client_id",
            Self::Credentials(_) => "credentials",
            Self::NotAuthorised(_) => "not_authorised",
            Self::Blocked(_) => "blocked",
            Self::Unavailable(_) => "unavailable",
            Self::AuthMethod => "auth_method",
            Self::TopicName => "topic_name",
            Self::TooLarge(_) => "too_large",
            Self::Malformed(_) => "malformed",
        }
    }

    fn v5(&self) -> ConnectAckReason {
        match self {
            Self::Version => ConnectAckReason::UnsupportedProtocolVersion,
            Self::ClientId(_) => ConnectAckReason::ClientIdentifierNotValid,
            Self::Credentials(_) => ConnectAckReason::BadUserNameOrPassword,
            Self::NotAuthorised(_) => ConnectAckReason::NotAuthorized,
            Self::Blocked(_) => ConnectAckReason::Banned,
            Self::Unavailable(_) => ConnectAckReason::ServerUnavailable,
            Self::AuthMethod => ConnectAckReason::BadAuthenticationMethod,
            Self::TopicName => ConnectAckReason::TopicNameInvalid,
            Self::TooLarge(_) => ConnectAckReason::PacketTooLarge,
            Self::Malformed(_) => ConnectAckReason::MalformedPacket,
        }
    }

    /// `None` where 3.1.1 closes without a word ([MQTT-3.1.4-1]).
    fn v3(&self) -> Option<v3::ConnectAckReason> {
        Some(match self {
            Self::Version => v3::ConnectAckReason::UnacceptableProtocolVersion,
            Self::ClientId(_) => v3::ConnectAckReason::IdentifierRejected,
            Self::Credentials(_) => v3::ConnectAckReason::BadUserNameOrPassword,
            Self::NotAuthorised(_) | Self::Blocked(_) => v3::ConnectAckReason::NotAuthorized,
            Self::Unavailable(_) => v3::ConnectAckReason::ServiceUnavailable,
            Self::AuthMethod | Self::TopicName | Self::TooLarge(_) | Self::Malformed(_) => return None,
        })
    }

    fn text(&self) -> String {
        match self {
            Self::Version => "use MQTT 3.1.1 or 5.0".to_owned(),
            Self::ClientId(text) => (*text).to_owned(),
            Self::AuthMethod => "authentication exchanges are not supported".to_owned(),
            Self::TopicName => "a topic of the will holds neither + nor # nor U+0000".to_owned(),
            Self::Credentials(text)
            | Self::NotAuthorised(text)
            | Self::Blocked(text)
            | Self::Unavailable(text)
            | Self::TooLarge(text)
            | Self::Malformed(text) => cut(text),
        }
    }
}

/// What an accepted client is told of the server (MQTT 5).
pub(crate) struct Welcome {
    pub(crate) receive_maximum: u16,
    pub(crate) max_packet: u32,
    /// Set when it differs from what the client asked for.
    pub(crate) keep_alive: Option<u16>,
    /// Set when the client left the choice to us.
    pub(crate) client_id: Option<String>,
    /// Whether the client has the state of an earlier connection ([MQTT-3.2.2-2], [MQTT-3.2.2-3]).
    pub(crate) present: bool,
    /// Seconds that the session is kept; set when it differs from what the client asked for.
    pub(crate) session_expiry: Option<u32>,
    pub(crate) alias_maximum: u16,
}

impl Codec {
    /// Writes the CONNACK that lets a client in.
    pub(crate) fn welcome(&mut self, out: &mut BytesMut, welcome: Welcome) {
        match self {
            Self::V3 { codec, .. } => {
                let ack = v3::ConnectAck {
                    return_code: v3::ConnectAckReason::ConnectionAccepted,
                    session_present: welcome.present,
                };
                put_v3(codec, out, v3::Packet::ConnectAck(ack));
            }
            Self::V5 { codec, max_out } => {
                let ack = v5::ConnectAck {
                    session_present: welcome.present,
                    session_expiry_interval_secs: welcome.session_expiry,
                    receive_max: NonZeroU16::new(welcome.receive_maximum).unwrap_or(NonZeroU16::MIN),
                    max_packet_size: Some(welcome.max_packet),
                    assigned_client_id: welcome.client_id.map(Into::into),
                    server_keepalive_sec: welcome.keep_alive,
                    topic_alias_max: welcome.alias_maximum,
                    ..v5::ConnectAck::default()
                };
                put_v5(codec, *max_out, out, v5::Packet::ConnectAck(Box::new(ack)));
            }
        }
    }

    /// Writes the CONNACK that refuses a client, if its version has one for this.
    pub(crate) fn refuse(&mut self, out: &mut BytesMut, answer: &Answer) {
        match self {
            Self::V3 { codec, .. } => {
                if let Some(return_code) = answer.v3() {
                    let ack = v3::ConnectAck {
                        return_code,
                        session_present: false,
                    };
                    put_v3(codec, out, v3::Packet::ConnectAck(ack));
                }
            }
            Self::V5 { codec, max_out } => {
                let ack = |reason_string| {
                    v5::Packet::ConnectAck(Box::new(v5::ConnectAck {
                        reason_code: answer.v5(),
                        reason_string,
                        ..v5::ConnectAck::default()
                    }))
                };
                if !put_v5(codec, *max_out, out, ack(Some(answer.text().into()))) {
                    put_v5(codec, *max_out, out, ack(None));
                }
            }
        }
    }
}

/// What became of one publish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Everything is durable.
    Stored,
    /// Everything is durable, some of it in quarantine.
    Partly { rejected: u32, text: String },
    /// Everything is durable, all of it in quarantine.
    Bad { text: String },
    /// Not this topic.
    NotAuthorised,
    /// The log is full or busy: nothing of it was stored.
    Full,
    /// No room for one more retained message.
    NoRoom,
    /// Passed on to nobody, because nobody has subscribed.
    Unheard,
    /// The packet id of QoS 2 came again with other content.
    InUse,
}

impl Verdict {
    /// Whether a PUBREC with it frees the packet id: MQTT 5 says so of every code from 0x80.
    pub(crate) fn is_refusal(&self) -> bool {
        !matches!(self, Self::Stored | Self::Partly { .. } | Self::Unheard)
    }

    /// The PUBACK or PUBREC of MQTT 5; `None` for plain success.
    pub(super) fn puback(&self, packet_id: NonZeroU16) -> Option<v5::PublishAck> {
        let (reason_code, text) = match self {
            Self::Stored => return None,
            Self::Partly { text, .. } => (PublishAckReason::Success, text.as_str()),
            Self::Bad { text } => (PublishAckReason::PayloadFormatInvalid, text.as_str()),
            Self::NotAuthorised => (
                PublishAckReason::NotAuthorized,
                "this topic is not allowed; publish to devices/{device}/up or state, for devices that you speak for",
            ),
            Self::Full => (
                PublishAckReason::QuotaExceeded,
                "the log is full or busy; nothing of this publish was stored, send it again later",
            ),
            Self::NoRoom => (
                PublishAckReason::QuotaExceeded,
                "no room for one more retained message; it was not kept",
            ),
            Self::Unheard => (PublishAckReason::NoMatchingSubscribers, "nobody has subscribed"),
            Self::InUse => (
                PublishAckReason::PacketIdentifierInUse,
                "this packet id came before with other content and was not released",
            ),
        };
        let properties = match self {
            Self::Partly { rejected, .. } => vec![("rejected".into(), rejected.to_string().into())],
            _ => Vec::new(),
        };
        Some(v5::PublishAck {
            packet_id,
            reason_code,
            properties,
            reason_string: Some(cut(text).into()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::id::DeviceId;

    #[test]
    fn refusals_have_their_codes_in_both_versions() {
        for (refusal, in_v5, in_v3) in [
            (Refusal::BadToken, 0x86, 4),
            (Refusal::Missing, 0x87, 5),
            (Refusal::BadCertificate("x".into()), 0x87, 5),
            (Refusal::Blocked(DeviceId::new("a").unwrap()), 0x8a, 5),
            (Refusal::Unavailable, 0x88, 3),
        ] {
            let answer = Answer::from(refusal.clone());
            assert_eq!(u8::from(answer.v5()), in_v5, "{refusal:?}");
            assert_eq!(answer.v3().map(u8::from), Some(in_v3), "{refusal:?}");
        }
    }

    #[test]
    fn verdicts_have_their_codes() {
        let id = NonZeroU16::MIN;
        for (verdict, code) in [
            (
                Verdict::Partly {
                    rejected: 2,
                    text: "x".into(),
                },
                0x00,
            ),
            (Verdict::Bad { text: "x".into() }, 0x99),
            (Verdict::NotAuthorised, 0x87),
            (Verdict::Full, 0x97),
            (Verdict::Unheard, 0x10),
            (Verdict::InUse, 0x91),
        ] {
            assert_eq!(
                verdict.puback(id).map(|ack| u8::from(ack.reason_code)),
                Some(code),
                "{verdict:?}"
            );
            assert_eq!(verdict.is_refusal(), code >= 0x80, "{verdict:?}");
        }
        assert_eq!(Verdict::Stored.puback(id), None);
    }
}
