//! Messages on their way to a client: packet ids, and what is sent again after the connection broke.

use crate::session::Delivery;
use rmqtt_codec::types::QoS;
use std::collections::VecDeque;
use std::num::NonZeroU16;

/// Most messages that may wait for the client's answer, whatever it allows.
const MAX_WINDOW: usize = 64;
/// Most bytes of messages that are kept in case they must be sent again.
const MAX_BYTES: usize = 1024 * 1024;

/// What the client has still to say of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// PUBACK.
    Acknowledge,
    /// PUBREC.
    Receive,
    /// PUBCOMP; PUBREL was said.
    Complete,
}

/// One message on its way.
pub(crate) struct InFlight {
    pub(crate) id: NonZeroU16,
    pub(crate) stage: Stage,
    /// Only where the session outlives its connection, and not once PUBREC came.
    pub(crate) delivery: Option<Delivery>,
    /// Whether this connection has sent it.
    sent: bool,
}

/// A packet for the client.
pub(crate) enum Outgoing {
    /// PUBLISH; `again` when an earlier connection sent it already.
    Publish {
        delivery: Delivery,
        packet_id: Option<NonZeroU16>,
        again: bool,
    },
    /// PUBREL of a message that an earlier connection sent.
    Release(NonZeroU16),
}

/// Messages that the client has not acknowledged, oldest first.
#[derive(Default)]
pub(crate) struct Window {
    flights: VecDeque<InFlight>,
    unsent: usize,
    pub(crate) last: u16,
}

impl InFlight {
    fn size(&self) -> usize {
        self.delivery.as_ref().map_or(0, |delivery| delivery.message.size())
    }
}

impl Window {
    /// Whether one more message may be sent.
    pub(super) fn has_room(&self, limit: usize) -> bool {
        self.flights.len() < limit.clamp(1, MAX_WINDOW) && self.sizes().sum::<usize>() < MAX_BYTES
    }

    pub(super) fn unsent(&self) -> usize {
        self.unsent
    }

    pub(super) fn sizes(&self) -> impl Iterator<Item = usize> {
        self.flights.iter().map(InFlight::size)
    }

    /// Everything on its way, oldest first.
    pub(crate) fn flights(&self) -> impl Iterator<Item = &InFlight> {
        self.flights.iter()
    }

    /// Puts back what was written down.
    pub(crate) fn restore(&mut self, id: NonZeroU16, stage: Stage, delivery: Option<Delivery>) {
        self.unsent += 1;
        self.flights.push_back(InFlight {
            id,
            stage,
            delivery,
            sent: false,
        });
    }

    /// An id that is not in use; there is one because the window is much smaller than the range of ids.
    pub(super) fn open(&mut self, qos: QoS, delivery: Option<Delivery>) -> NonZeroU16 {
        loop {
            self.last = self.last.wrapping_add(1);
            if let Some(id) = NonZeroU16::new(self.last)
                && !self.flights.iter().any(|flight| flight.id == id)
            {
                self.flights.push_back(InFlight {
                    id,
                    stage: match qos {
                        QoS::ExactlyOnce => Stage::Receive,
                        _ => Stage::Acknowledge,
                    },
                    delivery,
                    sent: true,
                });
                return id;
            }
        }
    }

    /// What an earlier connection sent and the client did not answer, in the order of then ([MQTT-4.4.0-1], [MQTT-4.6.0-1]).
    pub(super) fn again(&mut self, limit: usize) -> Option<Outgoing> {
        if self.unsent == 0 {
            return None;
        }
        let sent = self.flights.len() - self.unsent;
        let flight = self.flights.iter_mut().find(|flight| !flight.sent)?;
        if flight.stage != Stage::Complete && sent >= limit.clamp(1, MAX_WINDOW) {
            return None;
        }
        flight.sent = true;
        self.unsent -= 1;
        let (id, stage) = (flight.id, flight.stage);
        match (stage, flight.delivery.clone()) {
            (Stage::Complete, _) | (_, None) => Some(Outgoing::Release(id)),
            (_, Some(delivery)) => Some(Outgoing::Publish {
                delivery,
                packet_id: Some(id),
                again: true,
            }),
        }
    }

    /// Ends a message that waits for this answer; bytes that are free now. `None` for an unknown id.
    pub(super) fn finish(&mut self, id: NonZeroU16, by: Stage) -> Option<usize> {
        let at = self.flights.iter().position(|it| it.id == id && it.stage == by)?;
        self.remove(at)
    }

    /// Ends a message that cannot be sent; bytes that are free now.
    pub(super) fn abandon(&mut self, id: NonZeroU16) -> usize {
        let at = self.flights.iter().position(|flight| flight.id == id);
        at.and_then(|at| self.remove(at)).unwrap_or(0)
    }

    fn remove(&mut self, at: usize) -> Option<usize> {
        let flight = self.flights.remove(at)?;
        self.unsent -= usize::from(!flight.sent);
        Some(flight.size())
    }

    /// PUBREC came; bytes that are free now. `None` for an id that waits for none.
    pub(super) fn received(&mut self, id: NonZeroU16) -> Option<usize> {
        let waits = |flight: &&mut InFlight| flight.id == id && flight.stage != Stage::Acknowledge;
        let flight = self.flights.iter_mut().find(waits)?;
        flight.stage = Stage::Complete;
        let size = flight.size();
        flight.delivery = None;
        Some(size)
    }

    /// The next connection has sent nothing yet.
    pub(super) fn rewind(&mut self) {
        self.flights.iter_mut().for_each(|flight| flight.sent = false);
        self.unsent = self.flights.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_never_zero_and_never_in_use() {
        let mut window = Window::default();
        let mut in_use = VecDeque::new();
        for _ in 0..200_000 {
            if !window.has_room(50) {
                assert!(window.finish(in_use.pop_front().unwrap(), Stage::Acknowledge).is_some());
            }
            let id = window.open(QoS::AtLeastOnce, None);
            assert!(!in_use.contains(&id));
            in_use.push_back(id);
        }
        assert!(!window.has_room(0) && !window.has_room(1), "a window of nothing is one");
    }

    #[test]
    fn each_answer_ends_only_what_waits_for_it() {
        let mut window = Window::default();
        let (one, two) = (window.open(QoS::AtLeastOnce, None), window.open(QoS::ExactlyOnce, None));
        assert!(window.received(one).is_none() && window.finish(two, Stage::Acknowledge).is_none());
        assert!(window.finish(two, Stage::Complete).is_none(), "PUBCOMP before PUBREC");
        assert!(
            window.received(two).is_some() && window.received(two).is_some(),
            "PUBREC may come twice"
        );
        assert!(window.finish(two, Stage::Complete).is_some());
        assert!(window.finish(one, Stage::Acknowledge).is_some());
        assert_eq!(window.flights().count(), 0);
    }
}
