//! What has to be written down of a session, and how its connection is ended.

use crate::session::{Kick, Session};
use std::sync::atomic::Ordering;

impl Session {
    /// Notes that something changed that is to survive a restart; the number that [`Self::is_saved`] asks for.
    /// 0 when nothing is written down.
    pub(crate) fn touch(&self) -> u64 {
        let Some(saver) = &self.saver else { return 0 };
        let number = self.changed.fetch_add(1, Ordering::AcqRel) + 1;
        saver.ask(&self.device, &self.client_id);
        number
    }

    /// Whether a change is written down.
    pub(crate) fn is_saved(&self, change: u64) -> bool {
        self.saved.load(Ordering::Acquire) >= change
    }

    /// The number of the last change, to be given back when it is written down.
    pub(crate) fn last_change(&self) -> u64 {
        self.changed.load(Ordering::Acquire)
    }

    /// Everything up to this change is written down.
    pub(crate) fn set_saved(&self, change: u64) {
        self.saved.fetch_max(change, Ordering::AcqRel);
        self.waker.wake();
    }

    /// Whether it is written down at all.
    pub(crate) fn is_durable(&self) -> bool {
        self.saver.is_some()
    }

    /// Ends the connection; the first reason counts.
    pub(crate) fn end(&self, why: Kick) {
        let _ = self
            .kick
            .compare_exchange(0, why as u8, Ordering::AcqRel, Ordering::Acquire);
        self.waker.wake();
    }

    /// Makes its connection ask the gatekeeper at once whether it may go on.
    pub(crate) fn doubt(&self) {
        self.doubted.store(true, Ordering::Release);
        self.waker.wake();
    }

    /// Whether it has to be asked; once for each doubt.
    pub(crate) fn is_doubted(&self) -> bool {
        self.doubted.load(Ordering::Acquire) && self.doubted.swap(false, Ordering::AcqRel)
    }

    /// Whether and why somebody ended this connection.
    pub(crate) fn ended(&self) -> Option<Kick> {
        match self.kick.load(Ordering::Acquire) {
            1 => Some(Kick::TakenOver),
            2 => Some(Kick::TooSlow),
            3 => Some(Kick::ShuttingDown),
            _ => None,
        }
    }
}
