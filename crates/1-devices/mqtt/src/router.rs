//! Finds the sessions of a device, those that listen to topics of namespaces, and the members of shared subscriptions.

use crate::message::Message;
use crate::session::{Kick, Offer, Session, Share};
use crate::will::Will;
use parking_lot::RwLock;
use rustc_hash::FxHashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// All sessions by device. A client id is looked up among the sessions of the same device only, so that nobody can end or
/// take over the session of another device by taking its client id.
#[derive(Default)]
pub(crate) struct Router {
    seats: RwLock<Seats>,
    last: AtomicU64,
    turn: AtomicU64,
}

#[derive(Default)]
struct Seats {
    devices: FxHashMap<Arc<str>, Vec<Arc<Session>>>,
    /// Sessions with a subscription in a namespace.
    listeners: Vec<Arc<Session>>,
    /// Sessions that outlive their connection.
    lasting: usize,
}

/// A live session among the others. It leaves when this is dropped, however its task ends.
pub(crate) struct Seat<'a> {
    router: &'a Router,
    pub(crate) session: Arc<Session>,
}

impl Seat<'_> {
    /// Leaves now; whoever waits for the client id may go on. The will that is given waits with the session; what comes
    /// back is due at once, because the session ends.
    pub(crate) fn leave(&self, will: Option<Will>) -> Option<Will> {
        self.router.leave(&self.session, will)
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        self.leave(None);
    }
}

/// What became of an attempt to enter.
pub(crate) enum Entered<'a> {
    /// It is in.
    In {
        seat: Seat<'a>,
        /// Whether it has the state of an earlier connection.
        present: bool,
        /// The will of the session that a clean start ended.
        ended: Option<Will>,
    },
    /// A connection has this client id.
    Busy(Arc<Session>),
}

/// How many sessions got a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sent {
    pub(crate) queued: usize,
    pub(crate) full: usize,
}

impl Sent {
    fn count(&mut self, offer: Offer) {
        match offer {
            Offer::NotSubscribed => {}
            Offer::Queued => self.queued += 1,
            Offer::Full => self.full += 1,
        }
    }
}

impl Router {
    /// A number that no connection had before.
    pub(crate) fn next_number(&self) -> u64 {
        self.last.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Whether one more session of a device may outlive its connection; one that takes the place of its own may.
    pub(crate) fn may_last(&self, device: &str, client_id: &str, in_all: usize, of_device: usize) -> bool {
        let seats = self.seats.read();
        let mut others = 0;
        for session in seats.devices.get(device).into_iter().flatten() {
            if session.lasts() {
                if &*session.client_id == client_id {
                    return true;
                }
                others += 1;
            }
        }
        others < of_device && seats.lasting < in_all
    }

    /// Adds a session, which takes over or ends the one that was kept for its client id.
    pub(crate) fn enter(&self, session: &Arc<Session>, clean: bool) -> Entered<'_> {
        let mut seats = self.seats.write();
        let seats = &mut *seats;
        let sessions = seats.devices.entry(Arc::clone(&session.device)).or_default();
        let (mut present, mut ended) = (false, None);
        match sessions.iter_mut().find(|other| other.client_id == session.client_id) {
            Some(other) if other.is_live() => return Entered::Busy(Arc::clone(other)),
            Some(other) => {
                let earlier = std::mem::replace(other, Arc::clone(session));
                let listened = seats.listeners.iter().position(|it| Arc::ptr_eq(it, &earlier));
                if clean {
                    ended = earlier.take_will();
                    listened.map(|at| seats.listeners.swap_remove(at));
                } else {
                    present = true;
                    session.adopt(&earlier);
                    if let Some(at) = listened {
                        seats.listeners[at] = Arc::clone(session);
                    }
                }
                seats.lasting -= usize::from(earlier.lasts());
                earlier.over.cancel();
                // what is written of it is removed, or written anew
                earlier.touch();
            }
            None => sessions.push(Arc::clone(session)),
        }
        seats.lasting += usize::from(session.lasts());
        let seat = Seat {
            router: self,
            session: Arc::clone(session),
        };
        Entered::In { seat, present, ended }
    }

    /// Puts back a session that was written down, with its subscriptions in namespaces.
    pub(crate) fn put_back(&self, session: Arc<Session>) {
        let mut seats = self.seats.write();
        if session.with(|state| !state.entries.is_empty()) {
            seats.listeners.push(Arc::clone(&session));
        }
        seats.lasting += usize::from(session.lasts());
        let sessions = seats.devices.entry(Arc::clone(&session.device)).or_default();
        sessions.push(session);
    }

    /// The session of a client, live or kept.
    pub(crate) fn find(&self, device: &str, client_id: &str) -> Option<Arc<Session>> {
        let seats = self.seats.read();
        let mut sessions = seats.devices.get(device)?.iter();
        sessions.find(|session| &*session.client_id == client_id).cloned()
    }

    /// Notes whether a session has subscriptions in namespaces.
    pub(crate) fn listen(&self, session: &Arc<Session>, listens: bool) {
        let mut seats = self.seats.write();
        let at = seats.listeners.iter().position(|it| Arc::ptr_eq(it, session));
        match (at, listens) {
            (None, true) => seats.listeners.push(Arc::clone(session)),
            (Some(at), false) => {
                seats.listeners.swap_remove(at);
            }
            _ => {}
        }
    }

    fn leave(&self, session: &Arc<Session>, will: Option<Will>) -> Option<Will> {
        let mut seats = self.seats.write();
        if !session.is_live() {
            return will;
        }
        session.gone.cancel();
        if session.expiry() > 0 {
            session.rest(will);
            return None;
        }
        seats.remove(session);
        session.touch();
        will
    }

    /// Ends a kept session whose time is over; its will, if that still waits. Nothing happens to one that was taken over.
    pub(crate) fn expire(&self, session: &Arc<Session>) -> Option<Will> {
        let mut seats = self.seats.write();
        let will = session.take_will();
        if !session.is_live() {
            seats.remove(session);
            session.touch();
        }
        will
    }

    /// Offers a message to every session of a device.
    pub(crate) fn send(&self, device: &str, message: &Arc<Message>) -> Sent {
        let seats = self.seats.read();
        self.offer(seats.devices.get(device).into_iter().flatten(), message)
    }

    /// Offers a message of a namespace to everybody who listens.
    pub(crate) fn send_open(&self, message: &Arc<Message>) -> Sent {
        let seats = self.seats.read();
        self.offer(seats.listeners.iter(), message)
    }

    fn offer<'s>(&self, sessions: impl Iterator<Item = &'s Arc<Session>>, message: &Arc<Message>) -> Sent {
        let (mut sent, mut shares) = (Sent::default(), Vec::new());
        for session in sessions {
            sent.count(session.offer(message, &mut shares));
        }
        while let Some(first) = shares.first() {
            let name = Arc::clone(&first.name);
            let (members, others) = shares.into_iter().partition(|member| member.name == name);
            shares = others;
            sent.count(self.share_out(members, message));
        }
        sent
    }

    /// One member of a group gets the message: in turn, those that are connected first (MQTT 5 §4.8.2).
    fn share_out(&self, mut members: Vec<Share>, message: &Arc<Message>) -> Offer {
        members.sort_by_key(|member| (!member.session.is_live(), member.served));
        let mut outcome = Offer::NotSubscribed;
        for member in members {
            match member.session.offer_to(message, member.subscription, false) {
                Offer::Queued => {
                    let turn = self.turn.fetch_add(1, Ordering::Relaxed) + 1;
                    member.session.with(|state| state.serve(&member.name, turn));
                    return Offer::Queued;
                }
                Offer::Full => outcome = Offer::Full,
                Offer::NotSubscribed => {}
            }
        }
        outcome
    }

    /// Whether a device has a live session.
    pub(crate) fn has(&self, device: &str) -> bool {
        let seats = self.seats.read();
        let mut sessions = seats.devices.get(device).into_iter().flatten();
        sessions.any(|session| session.is_live())
    }

    /// Number of live and of kept sessions.
    pub(crate) fn count(&self) -> (usize, usize) {
        let seats = self.seats.read();
        let all = seats.devices.values().map(Vec::len).sum::<usize>();
        let live = seats
            .devices
            .values()
            .flatten()
            .filter(|session| session.is_live())
            .count();
        (live, all - live)
    }

    /// Makes the connections of a device, or all, ask whether they may go on.
    pub(crate) fn doubt(&self, device: Option<&str>) {
        let seats = self.seats.read();
        match device {
            Some(device) => seats
                .devices
                .get(device)
                .into_iter()
                .flatten()
                .for_each(|it| it.doubt()),
            None => seats.devices.values().flatten().for_each(|it| it.doubt()),
        }
    }

    /// Ends every connection.
    pub(crate) fn end_all(&self, why: Kick) {
        for session in self.seats.read().devices.values().flatten() {
            session.end(why);
        }
    }
}

impl Seats {
    fn remove(&mut self, session: &Arc<Session>) {
        let Some(sessions) = self.devices.get_mut(&session.device) else {
            return;
        };
        let before = sessions.len();
        sessions.retain(|other| !Arc::ptr_eq(other, session));
        let found = sessions.len() < before;
        if sessions.is_empty() {
            self.devices.remove(&session.device);
        }
        if found {
            self.listeners.retain(|other| !Arc::ptr_eq(other, session));
            self.lasting -= usize::from(session.lasts());
            session.over.cancel();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::Budget;
    use crate::session::Terms;

    fn session(router: &Router, device: &str, expiry: u32) -> Arc<Session> {
        Arc::new(Session::new(Terms {
            number: router.next_number(),
            device: device.into(),
            client_id: "c".into(),
            limit: 1_000,
            expiry,
            budget: Budget::new(10_000),
            saver: None,
        }))
    }

    fn enter<'a>(router: &'a Router, session: &Arc<Session>, clean: bool) -> (Seat<'a>, bool) {
        match router.enter(session, clean) {
            Entered::In { seat, present, .. } => (seat, present),
            Entered::Busy(_) => panic!("busy"),
        }
    }

    #[test]
    fn a_client_id_is_taken_over_within_its_device_only() {
        let router = Router::default();
        let first = session(&router, "a", 0);
        let (seat, _) = enter(&router, &first, true);
        let (_foreign, present) = enter(&router, &session(&router, "b", 0), false);
        assert!(!present);
        let second = session(&router, "a", 0);
        assert!(matches!(router.enter(&second, false), Entered::Busy(earlier) if Arc::ptr_eq(&earlier, &first)));
        drop(seat);
        assert!(!router.has("a"));
        let (seat, present) = enter(&router, &second, false);
        assert!(!present, "the first one asked for nothing to be kept");
        assert_eq!(router.count(), (2, 0));
        drop(seat);
        assert!(!router.has("a"));
    }

    #[test]
    fn kept_sessions_are_counted_taken_over_and_ended() {
        let router = Router::default();
        assert!(router.may_last("a", "c", 1, 1));
        let first = session(&router, "a", 60);
        drop(enter(&router, &first, false));
        assert_eq!(router.count(), (0, 1));
        assert!(!router.may_last("b", "c", 1, 1) && !router.may_last("a", "d", 9, 1));
        assert!(router.may_last("a", "c", 1, 1), "its own place");
        let second = session(&router, "a", 60);
        let (seat, present) = enter(&router, &second, false);
        assert!(present && first.over.is_cancelled());
        assert!(
            router.expire(&second).is_none() && router.has("a"),
            "a live one does not expire"
        );
        drop(seat);
        let (seat, present) = enter(&router, &session(&router, "a", 0), true);
        assert!(!present && second.over.is_cancelled());
        drop(seat);
        assert_eq!(router.count(), (0, 0));
        assert!(router.may_last("b", "c", 1, 1));
    }
}
