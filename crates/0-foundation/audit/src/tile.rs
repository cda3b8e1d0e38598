//! One stored tile of the tree: the hashes of its leaves, and where its records lie in the log.
//!
//! A tile holds `2^level` leaves, 65,536 unless a test wants fewer: the 256 full tiles of level 0 of C2SP tlog-tiles that
//! one full tile of level 1 covers, behind each other. It is written once, when it is full; what is not full yet follows
//! from the log. Tiles stay when the records have gone.

use crate::merkle::{Hash, root};
use bytes::Bytes;
use kernel::position::Position;
use kernel::time::Timestamp;
use ports::error::{PortError, Result};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Newest format that this program reads and the one that it writes.
pub const FORMAT: u32 = 1;
/// Where tiles lie among the objects.
pub const PREFIX: &str = "audit/tile/";
const MAGIC: [u8; 8] = *b"HIOCTILE";
const FIXED: usize = 16;
/// Bytes from the beginning in which the header of a usual tile lies.
pub(crate) const HEAD: u64 = 4_096;

/// From this leaf on, records lie one behind the other from this position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Number of the first leaf, from 0.
    pub index: u64,
    /// Its position in the log.
    pub at: Position,
}

/// What a tile says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TileHead {
    /// Which tile, from 0.
    pub number: u64,
    /// Logarithm of its leaves.
    pub level: u32,
    /// Places of its records; the first run begins with its first leaf.
    pub runs: Vec<Run>,
    /// Position of its last record.
    pub last: Position,
    /// Earliest and latest time of its records.
    pub from: Timestamp,
    /// See `from`.
    pub to: Timestamp,
    /// Root of its leaves.
    #[serde(with = "hex_hash")]
    pub root: Hash,
}

impl TileHead {
    /// Number of its first leaf.
    pub fn first(&self) -> u64 {
        self.number << self.level
    }
}

/// The object's name of a tile.
pub fn name(number: u64) -> String {
    format!("{PREFIX}{number:012}")
}

/// Header, leaves, and the SHA-256 of both, which tells an accident from a forgery.
pub fn encode(head: &TileHead, leaves: &[Hash]) -> Result<Bytes> {
    let json = serde_json::to_vec(head).map_err(|error| PortError::Misuse(error.to_string()))?;
    let mut bytes = Vec::with_capacity(FIXED + json.len() + leaves.len() * 32 + 32);
    bytes.extend_from_slice(&MAGIC);
    bytes.extend_from_slice(&FORMAT.to_le_bytes());
    bytes.extend_from_slice(&u32::try_from(json.len()).unwrap_or(u32::MAX).to_le_bytes());
    bytes.extend_from_slice(&json);
    leaves.iter().for_each(|leaf| bytes.extend_from_slice(leaf));
    let sum = Sha256::digest(&bytes);
    bytes.extend_from_slice(&sum);
    Ok(Bytes::from(bytes))
}

/// Length of the header with what stands before it, once 16 bytes are there.
pub(crate) fn head_length(bytes: &[u8]) -> Result<usize> {
    let Some((magic, rest)) = bytes.split_first_chunk::<8>() else {
        return Err(corrupt("is cut"));
    };
    let word = |at: usize| {
        rest.get(at..at + 4)
            .and_then(|word| word.try_into().ok())
            .map(u32::from_le_bytes)
    };
    let (Some(format), Some(length)) = (word(0), word(4)) else {
        return Err(corrupt("is cut"));
    };
    if *magic != MAGIC {
        return Err(corrupt("does not begin as a tile"));
    }
    if format > FORMAT {
        let text = format!("a tile of the audit log has format {format}, newer than {FORMAT}; upgrade hanoi-ioc");
        return Err(PortError::Corrupt(text));
    }
    Ok(FIXED + length as usize)
}

/// Reads the header from the beginning of a tile.
pub(crate) fn decode_head(number: u64, bytes: &[u8]) -> Result<TileHead> {
    let length = head_length(bytes)?;
    let json = bytes.get(FIXED..length).ok_or_else(|| corrupt("is cut"))?;
    let head: TileHead = serde_json::from_slice(json).map_err(|_| corrupt("has a header that cannot be read"))?;
    let begins = head.runs.first().is_some_and(|run| run.index == head.first());
    let ordered = head
        .runs
        .windows(2)
        .all(|two| two[0].index < two[1].index && two[0].at < two[1].at);
    if head.number != number || head.level > 20 || !begins || !ordered {
        return Err(corrupt("has a header that does not fit its name"));
    }
    Ok(head)
}

/// Reads a whole tile and checks it against itself.
pub fn decode(number: u64, bytes: &[u8]) -> Result<(TileHead, Vec<Hash>)> {
    let head = decode_head(number, bytes)?;
    let begin = head_length(bytes)?;
    let end = begin + (32 << head.level);
    let sum = bytes.get(end..).ok_or_else(|| corrupt("is cut"))?;
    if Sha256::digest(&bytes[..end]).as_slice() != sum {
        return Err(corrupt("does not fit its checksum"));
    }
    let leaves: Vec<Hash> = bytes[begin..end].as_chunks::<32>().0.to_vec();
    if root(&leaves) != head.root {
        return Err(corrupt("does not give the root in its header"));
    }
    Ok((head, leaves))
}

fn corrupt(what: &str) -> PortError {
    PortError::Corrupt(format!("a tile of the audit log {what}"))
}

/// Hashes as lower-case hex.
pub(crate) mod hex_hash {
    use super::Hash;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(hash: &Hash, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&to_hex(hash))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Hash, D::Error> {
        let text = String::deserialize(deserializer)?;
        from_hex(&text).ok_or_else(|| serde::de::Error::custom("64 hexadecimal digits are a hash"))
    }

    pub(crate) fn to_hex(hash: &[u8]) -> String {
        hash.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    pub(crate) fn from_hex(text: &str) -> Option<Hash> {
        let mut hash = [0; 32];
        let digits = text.as_bytes();
        let good = digits.len() == 64 && digits.iter().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
        for (byte, two) in hash.iter_mut().zip(digits.chunks(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok()?;
        }
        good.then_some(hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flipped_bit_of_a_tile_is_noticed() {
        let leaves: Vec<Hash> = (0..4_u8).map(|number| [number; 32]).collect();
        let head = TileHead {
            number: 5,
            level: 2,
            runs: vec![Run {
                index: 20,
                at: Position { epoch: 0, sequence: 21 },
            }],
            last: Position { epoch: 0, sequence: 24 },
            from: Timestamp::EPOCH,
            to: Timestamp::EPOCH,
            root: root(&leaves),
        };
        let bytes = encode(&head, &leaves).unwrap();
        assert_eq!(decode(5, &bytes).unwrap(), (head.clone(), leaves));
        assert_eq!(decode_head(5, &bytes[..300]).unwrap(), head);
        assert!(decode(6, &bytes).is_err(), "under another name");
        for bit in 0..bytes.len() * 8 {
            let mut bad = bytes.to_vec();
            bad[bit / 8] ^= 1 << (bit % 8);
            assert!(decode(5, &bad).is_err(), "bit {bit}");
        }
        for length in 0..bytes.len() {
            assert!(decode(5, &bytes[..length]).is_err(), "{length} bytes");
        }
    }
}
