//! Finds the live sessions of a device.

use crate::message::Message;
use crate::session::{Kick, Offer, Session};
use parking_lot::RwLock;
use rustc_hash::FxHashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// All live sessions by device. A client id is looked up among the sessions of the same device only, so that nobody can
/// end the session of another device by taking its client id.
#[derive(Default)]
pub(crate) struct Router {
    devices: RwLock<FxHashMap<Arc<str>, Vec<Arc<Session>>>>,
    last: AtomicU64,
}

/// A session among the live ones. It leaves when this is dropped, however its task ends.
pub(crate) struct Seat<'a> {
    router: &'a Router,
    pub(crate) session: Arc<Session>,
}

impl Seat<'_> {
    /// Leaves now; the one that took over may go on.
    pub(crate) fn leave(&self) {
        self.router.leave(&self.session);
        self.session.gone.cancel();
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        self.leave();
    }
}

/// How many sessions got a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sent {
    pub(crate) queued: usize,
    pub(crate) too_slow: usize,
}

impl Router {
    /// A number that no session had before.
    pub(crate) fn next_number(&self) -> u64 {
        self.last.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Adds a session and returns the one with the same client id that it replaces.
    pub(crate) fn enter(&self, session: Arc<Session>) -> (Seat<'_>, Option<Arc<Session>>) {
        let mut devices = self.devices.write();
        let sessions = devices.entry(Arc::clone(&session.device)).or_default();
        let earlier = match sessions.iter_mut().find(|other| other.client_id == session.client_id) {
            Some(other) => Some(std::mem::replace(other, Arc::clone(&session))),
            None => {
                sessions.push(Arc::clone(&session));
                None
            }
        };
        (Seat { router: self, session }, earlier)
    }

    /// Removes a session; one that took its place stays.
    fn leave(&self, session: &Arc<Session>) {
        let mut devices = self.devices.write();
        if let Some(sessions) = devices.get_mut(&session.device) {
            sessions.retain(|other| !Arc::ptr_eq(other, session));
            if sessions.is_empty() {
                devices.remove(&session.device);
            }
        }
    }

    /// Offers a message to every session of a device.
    pub(crate) fn send(&self, device: &str, message: &Arc<Message>) -> Sent {
        let devices = self.devices.read();
        let mut sent = Sent::default();
        for session in devices.get(device).into_iter().flatten() {
            match session.offer(message) {
                Offer::NotSubscribed => {}
                Offer::Queued => sent.queued += 1,
                Offer::TooSlow => sent.too_slow += 1,
            }
        }
        sent
    }

    /// Whether a device has a live session.
    pub(crate) fn has(&self, device: &str) -> bool {
        self.devices.read().contains_key(device)
    }

    /// Number of live sessions.
    pub(crate) fn len(&self) -> usize {
        self.devices.read().values().map(Vec::len).sum()
    }

    /// Ends every session.
    pub(crate) fn end_all(&self, why: Kick) {
        for session in self.devices.read().values().flatten() {
            session.end(why);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_id_is_taken_over_within_its_device_only() {
        let router = Router::default();
        let new = |device: &str| Arc::new(Session::new(router.next_number(), device.into(), "c".into(), 1_000));
        let (first, earlier) = router.enter(new("a"));
        assert!(earlier.is_none());
        let (_foreign, earlier) = router.enter(new("b"));
        assert!(earlier.is_none());
        let (second, earlier) = router.enter(new("a"));
        assert!(Arc::ptr_eq(&earlier.unwrap(), &first.session));
        drop(first);
        assert!(router.has("a"), "the one that took over stays");
        assert_eq!(router.len(), 2);
        drop(second);
        assert!(!router.has("a"));
    }
}
