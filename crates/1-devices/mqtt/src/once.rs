//! QoS 2 from a client, from PUBLISH to PUBCOMP, and what it publishes to namespaces.

use crate::acl::Channel;
use crate::connection::Connection;
use crate::error::Close;
use crate::message::Message;
use crate::session::Taken;
use crate::version::Verdict;
use kernel::submission::IdempotencyKey;
use rmqtt_codec::types::Publish;
use sha2::{Digest, Sha256};
use std::num::NonZeroU16;
use std::sync::Arc;

/// Packet ids of QoS 2 that a client of 3.1.1, which knows no Receive Maximum, may leave without PUBREL.
const MAX_UNRELEASED: usize = 16 * 1024;

/// What a PUBLISH with QoS 2 is to this connection.
pub(crate) enum Once {
    /// It must be stored, under this key if the session is kept.
    New(Option<IdempotencyKey>),
    /// It was stored before: only PUBREC is said again ([MQTT-4.3.3-10]).
    Again,
}

impl<S> Connection<'_, S> {
    /// Looks a packet id up; `None` when its first copy is on its way and will be answered.
    pub(crate) fn take_once(&mut self, packet_id: NonZeroU16, payload: &[u8]) -> Result<Option<Once>, Close> {
        let (taken, open) = self.session().with(|state| {
            let kept = !state.received.nonce.is_empty();
            (state.received.take(packet_id, kept), state.received.len())
        });
        if open > MAX_UNRELEASED {
            return Err(Close::ReceiveMaximum);
        }
        Ok(match taken {
            Taken::New(key) => Some(Once::New(key.map(|key| IdempotencyKey {
                key: key.into(),
                body: Sha256::digest(payload).into(),
            }))),
            Taken::Done => Some(Once::Again),
            Taken::Underway => None,
        })
    }

    /// PUBREC is about to be said: the id stays taken until PUBREL, unless PUBREC refuses the message.
    pub(crate) fn taken_once(&mut self, packet_id: NonZeroU16, verdict: &Verdict) {
        let refused = self.codec.is_v5() && verdict.is_refusal();
        let newly = self.session().with(|state| match refused {
            true => {
                state.received.refused(packet_id);
                false
            }
            false => state.received.done(packet_id),
        });
        self.unreleased += usize::from(newly);
        if refused {
            let change = self.session().touch();
            self.wait_for(change);
        }
    }

    /// PUBREL: the id is free. PUBCOMP waits until that is written down, if the session is.
    pub(crate) fn on_release(&mut self, packet_id: NonZeroU16) {
        let known = self.session().with(|state| state.received.release(packet_id));
        self.unreleased = self.unreleased.saturating_sub(usize::from(known));
        let change = self.session().touch();
        self.answer_after(change, |codec, out| codec.pubcomp(out, packet_id, known));
    }

    /// What a client published, ready to be passed on.
    pub(crate) fn message_of(&self, channel: Channel, publish: &Publish) -> Arc<Message> {
        let (payload, properties) = (publish.payload.clone(), publish.properties.clone());
        let mut message = Message::new(channel, &publish.topic, payload, publish.qos, properties);
        message.retain = publish.retain;
        message.publisher = self.session().number;
        Arc::new(message)
    }

    /// Passes on what was published to a namespace.
    pub(crate) fn on_open(&mut self, publish: &Publish) -> Verdict {
        match self.shared.pass_on(&self.message_of(Channel::Open, publish)) {
            (false, _) => Verdict::NoRoom,
            (true, sent) if sent.queued == 0 => Verdict::Unheard,
            (true, _) => Verdict::Stored,
        }
    }
}
