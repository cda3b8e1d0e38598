//! Refusals of strangers, joined per address and reason, so that nobody fills the trace by knocking.

use crate::store::Access;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// Most pairs of address and reason that are told apart between two flushes; all others are joined as one.
const MAX: usize = 256;

/// Address, act, and the figures that say why.
type Key = (String, String, BTreeMap<String, String>);

/// What was refused since the last flush.
#[derive(Debug, Default)]
pub(crate) struct Strangers(Mutex<BTreeMap<Key, Joined>>);

/// Refusals that were counted and not written.
#[derive(Debug)]
struct Joined {
    more: u64,
    last: Access,
}

impl Strangers {
    /// Counts a refusal; the key when it is the first of its kind and must be written as it is.
    pub(crate) fn first(&self, access: &Access) -> Option<Key> {
        let mut all = self.0.lock();
        let mut key = (address(&access.from), access.act.clone(), access.detail.clone());
        if all.len() >= MAX && !all.contains_key(&key) {
            key = ("others".to_owned(), "others.refused".to_owned(), BTreeMap::new());
        }
        if let Some(joined) = all.get_mut(&key) {
            joined.more += 1;
            joined.last = access.clone();
            return None;
        }
        let (more, last) = (0, access.clone());
        all.insert(key.clone(), Joined { more, last });
        Some(key)
    }

    /// The first of its kind could not be written: the next one is the first.
    pub(crate) fn forget(&self, key: &Key) {
        self.0.lock().remove(key);
    }

    /// Everything that was joined, one access for each kind, and begins anew.
    pub(crate) fn take(&self) -> Vec<(Access, u64)> {
        let all = std::mem::take(&mut *self.0.lock());
        let joined = all.into_iter().filter(|(_, joined)| joined.more > 0);
        joined
            .map(|((from, act, detail), Joined { more, last })| {
                let access = Access {
                    from,
                    act,
                    detail,
                    ..last
                };
                (access, more)
            })
            .collect()
    }
}

/// The address without its port; of IPv6 the network of 64 bits, within which one stranger chooses freely.
fn address(from: &str) -> String {
    match from.parse::<SocketAddr>().map(|from| from.ip()) {
        Ok(IpAddr::V6(ip)) if ip.to_ipv4_mapped().is_none() && !ip.is_loopback() => {
            let [a, b, c, d, ..] = ip.segments();
            format!("{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        Ok(ip) => ip.to_string(),
        Err(_) => from.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Outcome;
    use kernel::actor::ActorId;

    fn refusal(from: &str, act: &str) -> Access {
        Access {
            actor: ActorId::Anonymous,
            act: act.to_owned(),
            target: from.to_owned(),
            outcome: Outcome::Denied,
            from: from.to_owned(),
            detail: BTreeMap::new(),
        }
    }

    #[test]
    fn one_address_is_one_stranger_whatever_its_port() {
        let strangers = Strangers::default();
        let written = [
            ("10.0.0.1:1", true),
            ("10.0.0.1:2", false),
            ("10.0.0.2:1", true),
            ("[2001:db8::1]:1", true),
            ("[2001:db8::2]:9", false),
            ("[2001:db8:0:1::1]:1", true),
        ];
        for (from, first) in written {
            assert_eq!(strangers.first(&refusal(from, "a")).is_some(), first, "{from}");
        }
        assert!(strangers.first(&refusal("10.0.0.1:3", "b")).is_some(), "another act");
        let joined = strangers.take();
        let joined: Vec<_> = joined
            .iter()
            .map(|(last, more)| (last.from.as_str(), last.target.as_str(), *more))
            .collect();
        assert_eq!(
            joined,
            [("10.0.0.1", "10.0.0.1:2", 1), ("2001:db8::/64", "[2001:db8::2]:9", 1)]
        );
        assert!(strangers.take().is_empty());
        assert!(
            strangers.first(&refusal("10.0.0.1:1", "a")).is_some(),
            "a flush begins anew"
        );
    }

    #[test]
    fn a_crowd_is_not_told_apart_without_bound() {
        let strangers = Strangers::default();
        let firsts = (0..100_000u32)
            .filter(|n| {
                strangers
                    .first(&refusal(&format!("{}:1", std::net::Ipv4Addr::from_bits(*n)), "a"))
                    .is_some()
            })
            .count();
        assert_eq!(firsts, MAX + 1);
        let joined = strangers.take();
        assert_eq!(joined.len(), 1);
        assert_eq!(
            (joined[0].0.from.as_str(), joined[0].1),
            ("others", 100_000 - MAX as u64 - 1)
        );
    }
}
