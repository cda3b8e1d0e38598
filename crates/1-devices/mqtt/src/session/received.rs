//! Publishes of a client with QoS 2, from PUBLISH to PUBREL, so that none is stored twice (MQTT 5 §4.3.3, method A).
//!
//! In memory an id is known until PUBREL. For a kept session the submission also has an idempotency key of session, epoch and
//! packet id, which the log keeps together with the rows (SEMANTICS 8): a PUBLISH that comes again after a crash, or while
//! its first copy is on its way, is answered by the log. Each PUBREL begins an epoch of its id, which is written down before
//! PUBCOMP, so that a new message under an old id has a new key. It does not touch other ids: their first copies may be in the
//! log while nothing else is known of them.

use super::epochs::Epochs;
use rustc_hash::FxHashMap;
use std::num::NonZeroU16;

/// How far a publish came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// On its way to the intake from this connection.
    Underway,
    /// PUBREC was said, or could have been.
    Done,
    /// An earlier connection, or program, began with it; only the log knows its end.
    Unknown,
}

/// What a PUBLISH with QoS 2 is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// It must be stored, under this key if the session is kept.
    New(Option<String>),
    /// It was stored: PUBREC again, nothing else ([MQTT-4.3.3-10]).
    Done,
    /// Its first copy is on its way and will be answered.
    Underway,
}

/// Packet ids of the client that wait for PUBREL.
#[derive(Default)]
pub(crate) struct Received {
    /// Distinguishes this state from every earlier one of the same client.
    pub(crate) nonce: String,
    /// Of each id, one more at each PUBREL and at each refusal.
    pub(crate) epochs: Epochs,
    open: FxHashMap<NonZeroU16, (u64, Stage)>,
}

impl Received {
    /// A PUBLISH came.
    pub(crate) fn take(&mut self, id: NonZeroU16, kept: bool) -> Taken {
        let open = self.open.entry(id).or_insert((self.epochs.of(id), Stage::Unknown));
        match open.1 {
            Stage::Done => Taken::Done,
            Stage::Underway => Taken::Underway,
            Stage::Unknown => {
                open.1 = Stage::Underway;
                Taken::New(kept.then(|| format!("mqtt/{}/{}/{id}", self.nonce, open.0)))
            }
        }
    }

    /// It is stored; says whether that is new.
    pub(crate) fn done(&mut self, id: NonZeroU16) -> bool {
        let open = self.open.get_mut(&id);
        open.is_some_and(|open| std::mem::replace(&mut open.1, Stage::Done) != Stage::Done)
    }

    /// It was refused and the client was told so: the id is free ([MQTT-4.3.3-9] and the table of §4.3.3).
    pub(crate) fn refused(&mut self, id: NonZeroU16) {
        self.open.remove(&id);
        self.epochs.end(id);
    }

    /// PUBREL came; says whether the id was known.
    pub(crate) fn release(&mut self, id: NonZeroU16) -> bool {
        self.epochs.end(id);
        self.open.remove(&id).is_some()
    }

    /// Ids that wait for PUBREL or for the intake.
    pub(crate) fn len(&self) -> usize {
        self.open.len()
    }

    /// What is to be written down: ids and their epochs.
    pub(crate) fn open(&self) -> impl Iterator<Item = (NonZeroU16, u64)> {
        self.open.iter().map(|(id, (epoch, _))| (*id, *epoch))
    }

    /// Puts back what was written down; the log knows whether it is stored.
    pub(crate) fn restore(&mut self, id: NonZeroU16, epoch: u64) {
        self.open.insert(id, (epoch, Stage::Unknown));
    }

    /// The connection is gone.
    pub(super) fn rewind(&mut self) {
        for (_, stage) in self.open.values_mut() {
            if *stage == Stage::Underway {
                *stage = Stage::Unknown;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_keeps_its_key_when_others_are_released() {
        let mut received = Received::default();
        let id = |id| NonZeroU16::new(id).unwrap();
        let key = Taken::New(Some("mqtt//0/8".to_owned()));
        assert_eq!(received.take(id(8), true), key);
        // the power goes; nobody wrote the id down
        let mut received = Received::default();
        received.release(id(7));
        received.refused(id(9));
        assert_eq!(received.take(id(8), true), key);
    }

    #[test]
    fn an_id_is_taken_once_until_it_is_released() {
        let mut received = Received::default();
        let id = NonZeroU16::new(7).unwrap();
        let key = |epoch| Taken::New(Some(format!("mqtt//{epoch}/7")));
        assert_eq!(received.take(id, true), key(0));
        assert_eq!(received.take(id, true), Taken::Underway);
        received.rewind();
        assert_eq!(
            received.take(id, true),
            key(0),
            "the same key after the connection broke"
        );
        assert!(received.done(id) && !received.done(id));
        received.rewind();
        assert_eq!(received.take(id, true), Taken::Done);
        assert!(received.release(id) && !received.release(id));
        assert_eq!(received.take(id, true), key(2), "a new message under an old id");
        received.refused(id);
        assert_eq!(received.take(id, true), key(3), "and after a refusal");
        received.refused(id);
        assert_eq!(received.take(id, false), Taken::New(None));
        assert_eq!(received.len(), 1);
    }
}
