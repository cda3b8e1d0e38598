//! Publishes of one connection that are stored together, and how the receipt is told apart again.

use crate::payload;
use crate::version::Verdict;
use kernel::reject::Rejected;
use kernel::submission::{MAX_LISTED, Receipt};
use rmqtt_codec::types::{Publish, QoS};
use std::num::NonZeroU16;
use uplink::Decoded;

/// How a publish is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ticket {
    /// QoS 0: not at all.
    None,
    /// QoS 1.
    Puback(NonZeroU16),
    /// QoS 2.
    Pubrec(NonZeroU16),
}

impl From<&Publish> for Ticket {
    fn from(publish: &Publish) -> Self {
        match (publish.packet_id, publish.qos) {
            (None, _) | (_, QoS::AtMostOnce) => Self::None,
            (Some(packet_id), QoS::AtLeastOnce) => Self::Puback(packet_id),
            (Some(packet_id), QoS::ExactlyOnce) => Self::Pubrec(packet_id),
        }
    }
}

impl Ticket {
    /// The packet id of the answer.
    pub(crate) fn id(self) -> Option<NonZeroU16> {
        match self {
            Self::None => None,
            Self::Puback(packet_id) | Self::Pubrec(packet_id) => Some(packet_id),
        }
    }
}

/// One publish that waits for its verdict.
#[derive(Debug)]
pub(crate) struct Waiting {
    pub(crate) ticket: Ticket,
    /// Its item numbers in the submission: `first..end`.
    pub(crate) first: u32,
    pub(crate) end: u32,
    /// Its readings and rejected items.
    entries: usize,
    /// Set when nothing of it goes to the intake.
    fixed: Option<Verdict>,
}

/// Consecutive publishes that share one submission.
#[derive(Default)]
pub(crate) struct Group {
    pub(crate) decoded: Decoded,
    pub(crate) waiting: Vec<Waiting>,
    /// Bytes that it takes while it waits.
    pub(crate) bytes: usize,
    next_item: u32,
    entries: usize,
    to_acknowledge: usize,
}

impl Waiting {
    /// Sets the verdict.
    pub(crate) fn decide(&mut self, verdict: Verdict) {
        self.fixed = Some(verdict);
    }
}

impl Group {
    /// Whether what was decoded fits in. A group of several publishes has at most as many items as a receipt lists, so
    /// that each rejected item can be told to the publish that it came with.
    pub(crate) fn has_room(&self, decoded: &Decoded) -> bool {
        self.entries == 0 || self.entries + entries(decoded) <= MAX_LISTED
    }

    /// Publishes that are answered.
    pub(crate) fn to_acknowledge(&self) -> usize {
        self.to_acknowledge
    }

    /// Takes what was decoded of one publish; `decoded` is emptied.
    pub(crate) fn add(&mut self, ticket: Ticket, decoded: &mut Decoded) {
        let (entries, items) = (entries(decoded), payload::items(decoded));
        let first = self.next_item;
        self.bytes += payload::weight(decoded);
        if self.entries == 0 && first == 0 {
            std::mem::swap(&mut self.decoded, decoded);
            decoded.clear();
        } else {
            payload::append(&mut self.decoded, decoded, first);
        }
        self.next_item = first.saturating_add(items);
        self.entries += entries;
        self.push(Waiting {
            ticket,
            first,
            end: self.next_item,
            entries,
            fixed: None,
        });
    }

    /// Takes a publish whose verdict is known already, so that its PUBACK keeps its turn.
    pub(crate) fn add_decided(&mut self, ticket: Ticket, verdict: Verdict) {
        self.push(Waiting {
            ticket,
            first: self.next_item,
            end: self.next_item,
            entries: 0,
            fixed: Some(verdict),
        });
    }

    fn push(&mut self, waiting: Waiting) {
        self.to_acknowledge += usize::from(waiting.ticket != Ticket::None);
        self.waiting.push(waiting);
    }
}

fn entries(decoded: &Decoded) -> usize {
    decoded.readings.len() + decoded.rejected.len()
}

/// The verdict on one publish of a group that was stored, or was not when there is no receipt. `alone` says that the
/// receipt is about this publish only.
pub(crate) fn judge(receipt: Option<&Receipt>, waiting: &Waiting, alone: bool) -> Verdict {
    if let Some(verdict) = &waiting.fixed {
        return verdict.clone();
    }
    let Some(receipt) = receipt else {
        return Verdict::Full;
    };
    if receipt.rejected == 0 {
        return Verdict::Stored;
    }
    let mut listed = rejected_of(receipt, waiting);
    let first = listed.next();
    let rejected = match (alone, first) {
        (true, _) => receipt.rejected,
        (false, None) => return Verdict::Stored,
        (false, Some(_)) => 1 + listed.count() as u32,
    };
    let everything = match alone {
        true => receipt.accepted == 0 && receipt.duplicates == 0,
        false => rejected as usize >= waiting.entries,
    };
    let mut text = match first {
        Some(item) => describe(item, waiting.first),
        None => "items were kept aside".to_owned(),
    };
    if rejected > 1 {
        text.push_str(&format!(" (and {} more)", rejected - 1));
    }
    match everything {
        true => Verdict::Bad { text },
        false => Verdict::Partly { rejected, text },
    }
}

/// The listed rejected items of one publish.
pub(crate) fn rejected_of<'r>(receipt: &'r Receipt, waiting: &Waiting) -> impl Iterator<Item = &'r Rejected> {
    let range = waiting.first..waiting.end;
    receipt.items.iter().filter(move |item| range.contains(&item.item))
}

fn describe(item: &Rejected, base: u32) -> String {
    format!(
        "item {}: {}: {}",
        item.item.saturating_sub(base),
        item.reason.code(),
        item.detail
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::reject::Reason;
    use kernel::value::ValueKind;

    fn rows(count: u32) -> Decoded {
        let mut decoded = Decoded::default();
        let key = decoded.readings.add_key("", "level", "");
        (0..count).for_each(|item| decoded.readings.push(key, None, ValueKind::Number, 0, item));
        decoded
    }

    fn puback(packet_id: u16) -> Ticket {
        Ticket::Puback(NonZeroU16::new(packet_id).unwrap())
    }

    fn bad(item: u32) -> Rejected {
        Rejected {
            item,
            reason: Reason::OutOfRange,
            detail: "d".into(),
            raw: Vec::new(),
            device: None,
        }
    }

    #[test]
    fn each_publish_gets_its_own_verdict() {
        let mut group = Group::default();
        for count in [1, 2, 2] {
            let mut decoded = rows(count);
            assert!(group.has_room(&decoded));
            group.add(puback(count as u16), &mut decoded);
        }
        group.add_decided(puback(9), Verdict::NotAuthorised);
        let receipt = Receipt {
            accepted: 2,
            rejected: 3,
            items: vec![bad(1), bad(2), bad(4)],
            ..Receipt::default()
        };
        let verdicts: Vec<_> = group
            .waiting
            .iter()
            .map(|waiting| judge(Some(&receipt), waiting, false))
            .collect();
        assert_eq!(
            verdicts,
            [
                Verdict::Stored,
                Verdict::Bad {
                    text: "item 0: out_of_range: d (and 1 more)".into()
                },
                Verdict::Partly {
                    rejected: 1,
                    text: "item 1: out_of_range: d".into()
                },
                Verdict::NotAuthorised,
            ]
        );
    }

    #[test]
    fn a_long_publish_stands_alone_and_is_judged_by_the_totals() {
        let mut group = Group::default();
        group.add(puback(1), &mut rows(1));
        let mut long = rows(10_000);
        assert!(!group.has_room(&long), "it does not share a submission");
        let mut own = Group::default();
        own.add(puback(2), &mut long);
        let receipt = |accepted, rejected| Receipt {
            accepted,
            rejected,
            items: (0..100).map(bad).collect(),
            ..Receipt::default()
        };
        let partly = judge(Some(&receipt(9_800, 200)), &own.waiting[0], true);
        assert!(matches!(partly, Verdict::Partly { rejected: 200, .. }), "{partly:?}");
        let all = judge(Some(&receipt(0, 10_000)), &own.waiting[0], true);
        assert!(matches!(all, Verdict::Bad { .. }), "{all:?}");
    }
}
