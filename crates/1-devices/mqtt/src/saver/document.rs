//! A kept session as it is written down.

use crate::acl::{self, Channel};
use crate::filter;
use crate::message::Message;
use crate::saver::Saver;
use crate::server::Shared;
use crate::session::{Delivery, Entry, Epochs, Session, Stage, State, Subscription, Terms};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use rmqtt_codec::types::QoS;
use rmqtt_codec::v5::PublishProperties;
use serde::{Deserialize, Serialize};
use std::num::{NonZeroU16, NonZeroU32};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The form that this program writes.
const FORMAT: u32 = 1;

/// Everything that a session needs to go on (MQTT 5 §4.1).
#[derive(Serialize, Deserialize)]
pub(super) struct Document {
    format: u32,
    pub(super) device: String,
    pub(super) client_id: String,
    /// Seconds that it is kept after its connection.
    expiry_s: u32,
    /// Wall clock, seconds: when its connection ended; absent while it had one.
    since: Option<u64>,
    /// Down, errors, state, and all three.
    own: [Option<Granted>; 4],
    entries: Vec<(String, Granted)>,
    queue: Vec<Queued>,
    window: Vec<Sent>,
    last_id: u16,
    nonce: String,
    /// Of the lowest packet ids, and where others begin.
    epoch: u64,
    #[serde(default)]
    epochs: Vec<(u16, u64)>,
    received: Vec<(u16, u64)>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
struct Granted {
    qos: u8,
    no_local: bool,
    as_published: bool,
    id: Option<u32>,
}

#[derive(Serialize, Deserialize)]
struct Sent {
    id: u16,
    /// `Complete`: PUBREC came.
    done: bool,
    message: Option<Queued>,
}

#[derive(Serialize, Deserialize)]
struct Queued {
    topic: String,
    payload: String,
    /// As published, and as granted.
    qos: (u8, u8),
    /// As published, and as to be sent.
    retain: (bool, bool),
    ids: Vec<u32>,
    /// Wall clock, seconds.
    until: Option<u64>,
    is_text: bool,
    content_type: Option<String>,
    response_topic: Option<String>,
    correlation: Option<String>,
    user: Vec<(String, String)>,
}

fn qos(level: u8) -> QoS {
    QoS::try_from(level.min(2)).unwrap_or(QoS::AtLeastOnce)
}

impl From<Subscription> for Granted {
    fn from(subscription: Subscription) -> Self {
        Self {
            qos: subscription.qos.value(),
            no_local: subscription.no_local,
            as_published: subscription.retain_as_published,
            id: subscription.id.map(NonZeroU32::get),
        }
    }
}

impl From<Granted> for Subscription {
    fn from(granted: Granted) -> Self {
        Self {
            qos: qos(granted.qos),
            no_local: granted.no_local,
            retain_as_published: granted.as_published,
            id: granted.id.and_then(NonZeroU32::new),
        }
    }
}

impl Queued {
    fn of(delivery: &Delivery, now: u64) -> Self {
        let message = &delivery.message;
        let properties = message.publish.properties.clone().unwrap_or_default();
        Self {
            topic: message.publish.topic.to_string(),
            payload: STANDARD.encode(&message.publish.payload),
            qos: (message.publish.qos.value(), delivery.qos.value()),
            retain: (message.retain, delivery.retain),
            ids: delivery.ids.iter().map(|id| id.get()).collect(),
            until: message
                .seconds_left(Instant::now())
                .map(|left| now + u64::from(left.get())),
            is_text: properties.is_utf8_payload,
            content_type: properties.content_type.map(|text| text.to_string()),
            response_topic: properties.response_topic.map(|text| text.to_string()),
            correlation: properties.correlation_data.map(|data| STANDARD.encode(data)),
            user: properties
                .user_properties
                .iter()
                .map(|(key, value)| (key.to_string(), value.to_string()))
                .collect(),
        }
    }

    fn delivery(self, now: u64) -> Delivery {
        let bytes = |text: &str| Bytes::from(STANDARD.decode(text).unwrap_or_default());
        let channel = acl::parse(&self.topic).map_or(Channel::Open, |(_, channel)| channel);
        let properties = PublishProperties {
            is_utf8_payload: self.is_text,
            content_type: self.content_type.map(Into::into),
            response_topic: self.response_topic.map(Into::into),
            correlation_data: self.correlation.as_deref().map(bytes),
            user_properties: self
                .user
                .into_iter()
                .map(|(key, value)| (key.into(), value.into()))
                .collect(),
            ..PublishProperties::default()
        };
        let payload = bytes(&self.payload);
        let mut message = Message::new(channel, &self.topic, payload, qos(self.qos.0), Some(properties));
        message.retain = self.retain.0;
        let left = self.until.map(|until| Duration::from_secs(until.saturating_sub(now)));
        message.expires = left.map(|left| Instant::now() + left);
        Delivery {
            message: Arc::new(message),
            qos: qos(self.qos.1),
            retain: self.retain.1,
            ids: self.ids.into_iter().filter_map(NonZeroU32::new).collect(),
        }
    }
}

impl Document {
    /// The session as it is.
    pub(super) fn of(session: &Session, now: u64) -> Self {
        session.with(|state| Self {
            format: FORMAT,
            device: session.device.to_string(),
            client_id: session.client_id.to_string(),
            expiry_s: session.expiry(),
            since: state.since.map(|since| now.saturating_sub(since.elapsed().as_secs())),
            own: state.own.map(|own| own.map(Into::into)),
            entries: state
                .entries
                .iter()
                .map(|entry| (entry.name.to_string(), entry.subscription.into()))
                .collect(),
            queue: state
                .queue
                .iter()
                .filter(|delivery| delivery.qos != QoS::AtMostOnce)
                .map(|delivery| Queued::of(delivery, now))
                .collect(),
            window: state
                .window
                .flights()
                .map(|flight| Sent {
                    id: flight.id.get(),
                    done: flight.stage == Stage::Complete,
                    message: flight.delivery.as_ref().map(|delivery| Queued::of(delivery, now)),
                })
                .collect(),
            last_id: state.window.last,
            nonce: state.received.nonce.clone(),
            epoch: state.received.epochs.first(),
            epochs: state.received.epochs.rest().to_vec(),
            received: state.received.open().map(|(id, epoch)| (id.get(), epoch)).collect(),
        })
    }

    /// JSON.
    pub(super) fn body(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Reads what an earlier program wrote.
    pub(super) fn read(body: &[u8]) -> Result<Self, String> {
        let document: Self = serde_json::from_slice(body).map_err(|error| error.to_string())?;
        match document.format {
            FORMAT => Ok(document),
            newer => Err(format!(
                "format {newer} is not known; this program reads format {FORMAT}"
            )),
        }
    }

    /// Seconds that are left of its time.
    pub(super) fn left(&self, now: u64) -> u32 {
        let end = self.since.unwrap_or(now).saturating_add(u64::from(self.expiry_s));
        u32::try_from(end.saturating_sub(now)).unwrap_or(u32::MAX)
    }

    /// The session, without a connection. Subscriptions that are not allowed any more are left out.
    pub(super) fn restore(self, shared: &Shared, saver: &Arc<Saver>) -> Session {
        let now = super::now();
        let mut state = State::new(false, true);
        state.own = self.own.map(|own| own.map(Into::into));
        for (name, granted) in self.entries {
            if let Some((share, wanted)) = filter::split(&name)
                && (acl::may_subscribe(&self.device, wanted).is_ok()
                    || shared.spaces.may_subscribe(&self.device, wanted))
            {
                state.add(Entry {
                    share: share.map(Into::into),
                    filter: wanted.into(),
                    name: name.as_str().into(),
                    subscription: granted.into(),
                    served: 0,
                });
            }
        }
        for queued in self.queue {
            let delivery = queued.delivery(now);
            state.bytes += delivery.message.size();
            state.queue.push_back(delivery);
        }
        for sent in self.window {
            let delivery = sent.message.map(|message| message.delivery(now));
            let stage = match delivery.as_ref().map(|delivery| delivery.qos) {
                _ if sent.done => Stage::Complete,
                Some(QoS::ExactlyOnce) => Stage::Receive,
                Some(_) => Stage::Acknowledge,
                None => continue,
            };
            if let Some(id) = NonZeroU16::new(sent.id) {
                state.window.restore(id, stage, delivery);
            }
        }
        state.window.last = self.last_id;
        state.received.nonce = self.nonce;
        state.received.epochs = Epochs::new(self.epoch, &self.epochs);
        for (id, epoch) in self.received {
            if let Some(id) = NonZeroU16::new(id) {
                state.received.restore(id, epoch);
            }
        }
        let terms = Terms {
            number: shared.router.next_number(),
            device: self.device.into(),
            client_id: self.client_id.into(),
            limit: shared.limits.outbound_bytes,
            expiry: self.expiry_s,
            budget: Arc::clone(&shared.budget),
            saver: Some(Arc::clone(saver)),
        };
        Session::restored(terms, state)
    }
}
