//! Answers that wait until a change of the session is written down, and publishes whose keys depend on it.

use crate::connection::Connection;
use crate::version::Codec;
use bytes::BytesMut;
use rmqtt_codec::types::{Publish, QoS};

impl<S> Connection<'_, S> {
    /// Writes an answer, once a change of the session is written down if there is one.
    pub(crate) fn answer_after(&mut self, change: u64, write: impl FnOnce(&mut Codec, &mut BytesMut)) {
        if self.held.is_empty() && self.session().is_saved(change) {
            return write(&mut self.codec, &mut self.out);
        }
        let mut bytes = BytesMut::new();
        write(&mut self.codec, &mut bytes);
        self.held.push_back((change, bytes));
    }

    /// Whether a publish has to wait: the key of one with QoS 2 names the epoch of its id, which must be the one that a
    /// restart would find.
    pub(super) fn must_park(&self, publish: &Publish) -> bool {
        publish.qos == QoS::ExactlyOnce && !self.held.is_empty()
    }

    /// Lets publishes of QoS 2 wait until a change of the session is written down.
    pub(crate) fn wait_for(&mut self, change: u64) {
        if !self.session().is_saved(change) {
            self.held.push_back((change, BytesMut::new()));
        }
    }

    /// Says what was held and may be said now.
    pub(super) fn let_go(&mut self) {
        while let Some((change, _)) = self.held.front() {
            if !self.session().is_saved(*change) {
                return;
            }
            if let Some((_, bytes)) = self.held.pop_front() {
                self.out.extend_from_slice(&bytes);
            }
        }
    }
}
