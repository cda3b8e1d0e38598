//! From the queue of a session to its socket.

use crate::connection::{Connection, OUT_FULL};
use rmqtt_codec::types::QoS;
use std::num::NonZeroU16;

/// Most QoS 1 messages that may wait for the client's PUBACK, whatever it allows.
const MAX_WINDOW: usize = 64;

/// Packet ids of the messages that the client has not acknowledged.
#[derive(Default)]
pub(crate) struct Window {
    unacknowledged: Vec<NonZeroU16>,
    last: u16,
}

impl Window {
    fn has_room(&self, limit: usize) -> bool {
        self.unacknowledged.len() < limit.clamp(1, MAX_WINDOW)
    }

    /// An id that is not in use; there is one because the window is much smaller than the range of ids.
    fn next(&mut self) -> NonZeroU16 {
        loop {
            self.last = self.last.wrapping_add(1);
            if let Some(id) = NonZeroU16::new(self.last)
                && !self.unacknowledged.contains(&id)
            {
                self.unacknowledged.push(id);
                return id;
            }
        }
    }

    /// Gives an id back; an unknown one is ignored.
    pub(crate) fn acknowledge(&mut self, id: NonZeroU16) {
        self.unacknowledged.retain(|other| *other != id);
    }
}

impl<S> Connection<'_, S> {
    /// Moves what waits for this subscriber into the output, as far as it is taken.
    pub(crate) fn fetch(&mut self) {
        while self.out.len() < OUT_FULL {
            let room = self.window.has_room(self.client_window);
            let Some(delivery) = self.session().take(|front| room || front.qos == QoS::AtMostOnce) else {
                return;
            };
            let packet_id = (delivery.qos != QoS::AtMostOnce).then(|| self.window.next());
            if !self.codec.publish(&mut self.out, &delivery, packet_id)
                && let Some(id) = packet_id
            {
                self.window.acknowledge(id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_never_zero_and_never_in_use() {
        let mut window = Window::default();
        let mut in_use = std::collections::VecDeque::new();
        for _ in 0..200_000 {
            if !window.has_room(50) {
                window.acknowledge(in_use.pop_front().unwrap());
            }
            let id = window.next();
            assert!(!in_use.contains(&id));
            in_use.push_back(id);
        }
        assert!(!window.has_room(0) && !window.has_room(1), "a window of nothing is one");
    }
}
