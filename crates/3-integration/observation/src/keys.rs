//! Idempotency keys of the last 24 hours and the answers that they were given (SEMANTICS 8).

use kernel::submission::Receipt;
use kernel::time::Timestamp;
use rustc_hash::FxHashMap;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

/// How long a key is known.
const LIFE: Duration = Duration::from_secs(24 * 3_600);
/// Keys kept at once; beyond, the oldest go early.
const MAX_KEYS: usize = 500_000;

type Name = (Arc<str>, Arc<str>);

#[derive(Clone, Debug)]
struct Known {
    body: [u8; 32],
    receipt: Receipt,
    at: Timestamp,
}

/// The known keys.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    known: FxHashMap<Name, Known>,
    order: VecDeque<(Timestamp, Name)>,
}

/// What a key says.
#[derive(Clone, Debug, PartialEq)]
pub enum KeyVerdict {
    /// Not seen before.
    New,
    /// Seen with the same body: this was the answer.
    Repeated(Receipt),
    /// Seen with another body.
    Reused,
}

impl Keys {
    /// Judges a key of a sender.
    pub fn judge(&self, sender: &Arc<str>, key: &Arc<str>, body: &[u8; 32]) -> KeyVerdict {
        match self.known.get(&(Arc::clone(sender), Arc::clone(key))) {
            None => KeyVerdict::New,
            Some(known) if known.body == *body => KeyVerdict::Repeated(known.receipt.clone()),
            Some(_) => KeyVerdict::Reused,
        }
    }

    /// Remembers the answer to a key, and forgets what is too old.
    pub fn put(&mut self, sender: &Arc<str>, key: &Arc<str>, body: [u8; 32], receipt: Receipt, at: Timestamp) {
        let name = (Arc::clone(sender), Arc::clone(key));
        if self.known.insert(name.clone(), Known { body, receipt, at }).is_none() {
            self.order.push_back((at, name));
        }
        while self.order.front().is_some_and(|(since, _)| at.since(*since) > LIFE) || self.order.len() > MAX_KEYS {
            if let Some((_, oldest)) = self.order.pop_front() {
                self.known.remove(&oldest);
            }
        }
    }

    /// Forgets a key whose request was not stored after all.
    pub fn remove(&mut self, sender: &Arc<str>, key: &Arc<str>) {
        let name = (Arc::clone(sender), Arc::clone(key));
        self.known.remove(&name);
        self.order.retain(|(_, known)| *known != name);
    }

    /// Everything known, oldest first, for the snapshot.
    pub fn all(&self) -> impl Iterator<Item = (&str, &str, &[u8; 32], &Receipt, Timestamp)> {
        self.order.iter().filter_map(|(_, name)| {
            let known = self.known.get(name)?;
            Some((&*name.0, &*name.1, &known.body, &known.receipt, known.at))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_known_for_a_day_and_only_for_its_sender() {
        let (gauge, other, key): (Arc<str>, Arc<str>, Arc<str>) = ("gauge".into(), "other".into(), "k1".into());
        let mut keys = Keys::default();
        let receipt = Receipt {
            accepted: 3,
            ..Receipt::default()
        };
        keys.put(&gauge, &key, [1; 32], receipt.clone(), Timestamp::EPOCH);
        assert_eq!(
            keys.judge(&gauge, &key, &[1; 32]),
            KeyVerdict::Repeated(receipt.clone())
        );
        assert_eq!(keys.judge(&gauge, &key, &[2; 32]), KeyVerdict::Reused);
        assert_eq!(keys.judge(&other, &key, &[1; 32]), KeyVerdict::New);
        keys.put(&other, &key, [1; 32], receipt, Timestamp::from_seconds(25 * 3_600));
        assert_eq!(keys.judge(&gauge, &key, &[1; 32]), KeyVerdict::New);
        assert_eq!(keys.all().count(), 1);
    }
}
