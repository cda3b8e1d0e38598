//! The reports and answers of one connection that the server has not acknowledged yet.

use std::collections::VecDeque;

/// Reports that a device keeps while the server does not take them; beyond, the oldest that was not sent is forgotten.
pub(crate) const KEPT: usize = 32;
/// Reports that may be on their way at a time.
pub(crate) const WINDOW: usize = 8;

/// Reports in the order in which they were made. A server acknowledges in the order of publishing ([MQTT-4.6.0-2]); so the
/// first one is always the one that is acknowledged next.
#[derive(Debug)]
pub(crate) struct Outbox<T> {
    waiting: VecDeque<T>,
    /// How many of them, from the front, were sent over this connection.
    sent: usize,
    online: bool,
}

impl<T> Default for Outbox<T> {
    fn default() -> Self {
        Self {
            waiting: VecDeque::new(),
            sent: 0,
            online: false,
        }
    }
}

impl<T: Clone> Outbox<T> {
    /// Adds a report.
    pub(crate) fn push(&mut self, report: T) {
        if self.waiting.len() >= KEPT {
            self.waiting.remove(self.sent);
        }
        self.waiting.push_back(report);
    }

    /// A connection is there.
    pub(crate) fn online(&mut self) {
        self.online = true;
    }

    /// The connection is gone; what was not acknowledged will be sent again.
    pub(crate) fn offline(&mut self) {
        self.online = false;
        self.sent = 0;
    }

    /// The next report to send, if one may be sent now; it counts as sent.
    pub(crate) fn next(&mut self) -> Option<T> {
        if !self.online || self.sent >= WINDOW {
            return None;
        }
        let report = self.waiting.get(self.sent)?.clone();
        self.sent += 1;
        Some(report)
    }

    /// The report that [`Outbox::next`] gave last could not be sent after all.
    pub(crate) fn not_sent(&mut self) {
        self.sent = self.sent.saturating_sub(1);
    }

    /// The server has answered to the first report that was sent.
    pub(crate) fn acknowledged(&mut self) {
        // an answer to the last connection that is only read in this one acknowledges nothing
        if self.sent > 0 {
            self.sent -= 1;
            self.waiting.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Clone, Debug)]
    enum Act {
        Push,
        Send,
        Acknowledge,
        Break,
        Join,
        Fail,
    }

    fn acts() -> impl Strategy<Value = Vec<Act>> {
        let act = prop_oneof![
            4 => Just(Act::Push),
            4 => Just(Act::Send),
            3 => Just(Act::Acknowledge),
            1 => Just(Act::Break),
            1 => Just(Act::Join),
            1 => Just(Act::Fail),
        ];
        prop::collection::vec(act, 0..300)
    }

    #[test]
    fn a_long_outage_costs_the_oldest() {
        let mut outbox = Outbox::default();
        for number in 0..40_u8 {
            outbox.push(vec![number]);
        }
        assert_eq!(outbox.next(), None, "nothing is sent without a connection");
        outbox.online();
        for number in 8..16_u8 {
            assert_eq!(outbox.next(), Some(vec![number]));
        }
        assert_eq!(outbox.next(), None, "the window is full");
        outbox.push(vec![40]);
        outbox.acknowledged();
        assert_eq!(
            outbox.next(),
            Some(vec![17]),
            "16 was the oldest that was not on its way"
        );
        outbox.offline();
        outbox.online();
        assert_eq!(outbox.next(), Some(vec![9]), "what was not acknowledged is sent again");
    }

    proptest! {
        #[test]
        fn reports_leave_in_order_and_none_is_lost_that_was_sent(acts in acts()) {
            let mut outbox = Outbox::default();
            // what is on its way over the present connection, and the last one acknowledged
            let (mut made, mut flying, mut last) = (0_u32, VecDeque::<u32>::new(), 0_u32);
            for act in acts {
                match act {
                    Act::Push => {
                        made += 1;
                        outbox.push(made.to_le_bytes().to_vec());
                    }
                    Act::Send => if let Some(report) = outbox.next() {
                        let number = u32::from_le_bytes(report.try_into().unwrap());
                        prop_assert!(number > flying.back().copied().unwrap_or(last));
                        flying.push_back(number);
                    },
                    Act::Fail => if outbox.next().is_some() {
                        outbox.not_sent();
                    },
                    Act::Acknowledge => {
                        outbox.acknowledged();
                        last = flying.pop_front().unwrap_or(last);
                    }
                    Act::Break => {
                        outbox.offline();
                        flying.clear();
                    }
                    Act::Join => outbox.online(),
                }
                prop_assert!(outbox.waiting.len() <= KEPT && flying.len() <= WINDOW);
                prop_assert_eq!(outbox.sent, flying.len());
                for (waiting, number) in outbox.waiting.iter().zip(&flying) {
                    prop_assert_eq!(&number.to_le_bytes()[..], &waiting[..]);
                }
            }
        }
    }
}
