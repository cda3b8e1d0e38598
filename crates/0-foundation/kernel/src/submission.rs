//! What a driver hands over and what it gets back: readings by name, not yet resolved to series.

use crate::actor::Actor;
use crate::id::DeviceId;
use crate::position::Position;
use crate::reject::Rejected;
use crate::time::Timestamp;
use crate::value::ValueKind;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A sender whose identity was verified: a device, or a gateway with the devices that it speaks for.
#[derive(Clone, Debug)]
pub struct Sender {
    /// Its own device id; readings without a device are its own.
    pub device: DeviceId,
    /// The other devices that it may speak for (SEMANTICS 3), itself excluded.
    pub speaks_for: Arc<SpeaksFor>,
    /// The actor for audit and rights.
    pub actor: Arc<Actor>,
    /// With what it was let in; what it has open ends when this does not count any more.
    pub shown: Shown,
}

/// With what a sender showed who it is.
#[derive(Clone, Default, PartialEq, Eq)]
pub enum Shown {
    /// Nothing that could be taken back: the program itself.
    #[default]
    Nothing,
    /// A token, by its SHA-256 in hex; never printed.
    Token(Arc<str>),
    /// A certificate, by the SHA-256 of its DER in hex.
    Certificate(Arc<str>),
}

impl std::fmt::Debug for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Nothing => f.write_str("Nothing"),
            Self::Token(_) => f.write_str("Token(...)"),
            Self::Certificate(print) => write!(f, "Certificate({print})"),
        }
    }
}

/// Whom a sender may speak for besides itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SpeaksFor {
    /// Nobody.
    Itself,
    /// These devices.
    These(std::collections::BTreeSet<DeviceId>),
    /// Every device of its tenant: bulk loaders.
    Everyone,
}

impl Sender {
    /// Whether this sender may report for `device`.
    pub fn may_speak_for(&self, device: &str) -> bool {
        device == self.device.as_str()
            || match &*self.speaks_for {
                SpeaksFor::Itself => false,
                SpeaksFor::These(devices) => devices.contains(device),
                SpeaksFor::Everyone => true,
            }
    }
}

/// A part of the readings' heap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// Number of bytes.
    pub len: u32,
}

/// One name that occurs in a payload: device (empty: the sender itself), payload name, unit (empty: the series' own).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReadingKey {
    /// Device id.
    pub device: Span,
    /// Name of the value.
    pub name: Span,
    /// UCUM unit.
    pub unit: Span,
}

/// Decoded readings as columns. Rows point into `keys`; names, units, text and JSON values lie in `heap`.
#[derive(Clone, Debug, Default)]
pub struct Readings {
    /// Distinct names in order of first use (a decoder may repeat one; it costs a look-up, nothing else).
    pub keys: Vec<ReadingKey>,
    /// Index into `keys`.
    pub key: Vec<u32>,
    /// Phenomenon time; [`Timestamp::MIN`] when the payload gave none.
    pub time: Vec<Timestamp>,
    /// Type of the value.
    pub kind: Vec<ValueKind>,
    /// The value as in [`crate::batch::Batch`].
    pub bits: Vec<u64>,
    /// Item number in the payload, from 0.
    pub item: Vec<u32>,
    /// Names, units and long values.
    pub heap: Vec<u8>,
}

impl Readings {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.key.len()
    }
    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.key.is_empty()
    }
    /// Copies bytes into the heap.
    pub fn keep(&mut self, bytes: &[u8]) -> Span {
        let start = self.heap.len() as u32;
        self.heap.extend_from_slice(bytes);
        Span {
            start,
            len: bytes.len() as u32,
        }
    }
    /// The bytes of a span.
    pub fn bytes(&self, span: Span) -> &[u8] {
        let start = span.start as usize;
        self.heap
            .get(start..start.saturating_add(span.len as usize))
            .unwrap_or(&[])
    }
    /// The text of a span; empty when it is not UTF-8 (decoders check before they keep).
    pub fn text(&self, span: Span) -> &str {
        std::str::from_utf8(self.bytes(span)).unwrap_or("")
    }
    /// Appends a key and returns its index.
    pub fn add_key(&mut self, device: &str, name: &str, unit: &str) -> u32 {
        let key = ReadingKey {
            device: self.keep(device.as_bytes()),
            name: self.keep(name.as_bytes()),
            unit: self.keep(unit.as_bytes()),
        };
        self.keys.push(key);
        (self.keys.len() - 1) as u32
    }
    /// Appends a row whose value fits into 64 bits.
    pub fn push(&mut self, key: u32, time: Option<Timestamp>, kind: ValueKind, bits: u64, item: u32) {
        self.key.push(key);
        self.time.push(time.unwrap_or(Timestamp::MIN));
        self.kind.push(kind);
        self.bits.push(bits);
        self.item.push(item);
    }
    /// Appends a text or JSON row.
    pub fn push_bytes(&mut self, key: u32, time: Option<Timestamp>, kind: ValueKind, value: &[u8], item: u32) {
        let span = self.keep(value);
        self.push(key, time, kind, u64::from(span.start) << 32 | u64::from(span.len), item);
    }
}

/// The client's own name for a request, so that a retry is answered instead of repeated (SEMANTICS 8).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// 1 to 128 visible ASCII characters.
    pub key: Arc<str>,
    /// SHA-256 of the body as received.
    pub body: [u8; 32],
}

/// One payload from one sender.
#[derive(Clone, Debug)]
pub struct Submission {
    /// Who sent it.
    pub sender: Sender,
    /// When it arrived, by the instance's clock.
    pub received: Timestamp,
    /// What could be read.
    pub readings: Readings,
    /// What could not be read.
    pub rejected: Vec<Rejected>,
    /// The client's name for the request, if it gave one.
    pub key: Option<IdempotencyKey>,
}

/// The answer to a submission; it exists only when everything in it is durable.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Receipt {
    /// Where the rows lie in the log; absent when nothing new was stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// Rows stored, corrections included.
    pub accepted: u32,
    /// Rows that were there already with the same value.
    pub duplicates: u32,
    /// Rows that replace an earlier value of the same time.
    pub corrections: u32,
    /// Number of items kept aside, listed or not.
    pub rejected: u32,
    /// The first [`MAX_LISTED`] of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Rejected>,
    /// Whether this answer was given before and is repeated for the same Idempotency-Key.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub repeated: bool,
}

/// At most this many rejected items are listed in one answer.
pub const MAX_LISTED: usize = 100;
