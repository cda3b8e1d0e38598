//! From the queue of a session to its socket, and what the client answers.

use crate::connection::{Connection, OUT_FULL};
use crate::metrics;
use crate::session::{Outgoing, Stage};
use std::num::NonZeroU16;

impl<S> Connection<'_, S> {
    /// Moves what waits for this subscriber into the output, as far as it is taken.
    pub(crate) fn fetch(&mut self) {
        while self.out.len() < OUT_FULL {
            let Some(outgoing) = self.session().take(self.client_window) else {
                return;
            };
            match outgoing {
                Outgoing::Release(packet_id) => self.codec.pubrel(&mut self.out, packet_id, true),
                Outgoing::Publish {
                    delivery,
                    packet_id,
                    again,
                } => {
                    let topic = &delivery.message.publish.topic;
                    let alias = self.told.of(topic);
                    if self.codec.publish(&mut self.out, &delivery, packet_id, again, alias) {
                        alias.into_iter().for_each(|alias| self.told.told(alias, topic));
                    } else {
                        metrics::undelivered("expired_or_too_long");
                        packet_id.into_iter().for_each(|id| self.session().abandon(id));
                    }
                }
            }
        }
    }

    /// PUBACK ([MQTT-4.3.2-3]).
    pub(crate) fn on_puback(&mut self, packet_id: NonZeroU16) {
        self.session().acknowledge(packet_id, Stage::Acknowledge);
    }

    /// PUBREC: the message is there, or refused for good ([MQTT-4.3.3-4], [MQTT-4.3.3-5]).
    pub(crate) fn on_pubrec(&mut self, packet_id: NonZeroU16, good: bool) {
        if good {
            let known = self.session().received(packet_id);
            self.codec.pubrel(&mut self.out, packet_id, known);
        } else {
            self.session().acknowledge(packet_id, Stage::Receive);
        }
    }

    /// PUBCOMP ([MQTT-4.3.3-6]).
    pub(crate) fn on_pubcomp(&mut self, packet_id: NonZeroU16) {
        self.session().acknowledge(packet_id, Stage::Complete);
    }
}
