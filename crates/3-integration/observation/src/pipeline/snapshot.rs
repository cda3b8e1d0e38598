//! The state of the pipeline as an object, so that a restart reads seconds of log and not days (SEMANTICS 14).

use super::Ground;
use super::fold::Fold;
use super::spans::{Span, Spans};
use crate::error::ObservationError;
use crate::keys::Keys;
use crate::latest::LatestRow;
use crate::seen::Seen;
use bytes::Bytes;
use kernel::position::Position;
use kernel::quality::Quality;
use kernel::submission::Receipt;
use kernel::time::Timestamp;
use kernel::value::ValueKind;
use serde::{Deserialize, Serialize};

/// Where snapshots lie; names sort by position.
const FOLDER: &str = "snapshots/observation/";
const MAGIC: &[u8; 8] = b"HIOCSNP\x01";
/// Good snapshots kept.
const KEPT: usize = 2;

/// The parts that are few and may be spelled out.
#[derive(Serialize, Deserialize)]
struct Small {
    position: Position,
    spans: Vec<(Position, Position, i64, i64, u32, u32)>,
    keys: Vec<(String, String, Vec<u8>, Receipt, Timestamp)>,
    latest: Vec<Option<Packed>>,
}

/// What a snapshot gives back.
pub(super) struct Restored {
    pub(super) position: Position,
    pub(super) seen: Seen,
    pub(super) keys: Keys,
    pub(super) spans: Spans,
    pub(super) latest: Vec<Option<LatestRow>>,
    pub(super) rules: Vec<u8>,
}

/// Writes a snapshot of the present state and drops the ones before the last two.
pub(super) async fn write(fold: &Fold, ground: &Ground) -> Result<(), ObservationError> {
    let mut bytes = MAGIC.to_vec();
    let small = Small {
        position: fold.position,
        spans: fold
            .spans
            .list
            .iter()
            .map(|s| (s.after, s.until, s.oldest.micros(), s.newest.micros(), s.blocks, s.rows))
            .collect(),
        keys: fold
            .keys
            .all()
            .map(|(s, k, body, r, at)| (s.to_owned(), k.to_owned(), body.to_vec(), r.clone(), at))
            .collect(),
        latest: ground.latest.all().into_iter().map(|row| row.map(pack)).collect(),
    };
    let small = serde_json::to_vec(&small).unwrap_or_default();
    let mut seen = Vec::new();
    fold.seen.write(&mut seen);
    for part in [small, seen, fold.rules.snapshot()] {
        bytes.extend_from_slice(&(part.len() as u64).to_le_bytes());
        bytes.extend_from_slice(&part);
    }
    let digest = <sha2::Sha256 as sha2::Digest>::digest(&bytes);
    bytes.extend_from_slice(&digest);
    let name = format!("{FOLDER}{:010}-{:020}", fold.position.epoch, fold.position.sequence);
    ground.objects.put_if_absent(&name, Bytes::from(bytes)).await?;
    let names = ground.objects.list(FOLDER).await?;
    let gone = names.len().saturating_sub(KEPT);
    for old in names.iter().take(gone) {
        ground.objects.delete(old).await?;
    }
    hold_log(ground, names.get(gone)).await;
    Ok(())
}

/// The name of this consumer's pin in the log.
pub const PIN: &str = "observation";

/// Keeps the log that a restart from the older snapshot needs; all of it while there is none.
pub(super) async fn hold_log(ground: &Ground, oldest: Option<&String>) {
    let position = oldest.and_then(|name| {
        let (epoch, sequence) = name.strip_prefix(FOLDER)?.split_once('-')?;
        Some(Position {
            epoch: epoch.parse().ok()?,
            sequence: sequence.parse().ok()?,
        })
    });
    // The pin before, which is lower, stays; and nothing is released while there is none.
    if let Err(error) = ground.log.pin(PIN, position.unwrap_or(Position::START)).await {
        tracing::warn!(%error, "the log is held longer than the snapshots need it");
    }
}

/// The newest snapshot that is whole; damaged ones are passed over and told of.
pub(super) async fn read(ground: &Ground) -> Result<Option<Restored>, ObservationError> {
    let names = ground.objects.list(FOLDER).await?;
    hold_log(ground, names.first()).await;
    for name in names.iter().rev() {
        let Some(bytes) = ground.objects.get(name).await? else {
            continue;
        };
        match parse(&bytes) {
            Some(restored) => return Ok(Some(restored)),
            None => tracing::warn!(
                name,
                "a snapshot is damaged or of another format; an older one or the log is used"
            ),
        }
    }
    Ok(None)
}

fn parse(bytes: &[u8]) -> Option<Restored> {
    let (body, digest) = bytes.split_last_chunk::<32>()?;
    if <sha2::Sha256 as sha2::Digest>::digest(body).as_slice() != digest {
        return None;
    }
    let mut rest = body.strip_prefix(MAGIC)?;
    let mut part = || {
        let (len, tail) = rest.split_first_chunk::<8>()?;
        let (part, tail) = tail.split_at_checked(u64::from_le_bytes(*len) as usize)?;
        rest = tail;
        Some(part)
    };
    let small: Small = serde_json::from_slice(part()?).ok()?;
    let seen = Seen::read(&mut part()?)?;
    let rules = part()?.to_vec();
    let mut keys = Keys::default();
    for (sender, key, body, receipt, at) in small.keys {
        keys.put(&sender.into(), &key.into(), body.try_into().ok()?, receipt, at);
    }
    let span = |(after, until, oldest, newest, blocks, rows)| Span {
        after,
        until,
        oldest: Timestamp::from_micros(oldest),
        newest: Timestamp::from_micros(newest),
        blocks,
        rows,
    };
    Some(Restored {
        position: small.position,
        seen,
        keys,
        spans: Spans {
            list: small.spans.into_iter().map(span).collect(),
        },
        latest: small.latest.into_iter().map(|row| row.and_then(unpack)).collect(),
        rules,
    })
}

type Packed = (i64, u8, u64, Option<Vec<u8>>, u8, i64, Position);

fn pack(row: LatestRow) -> Packed {
    let heap = row.heap.map(Vec::from);
    (
        row.time.micros(),
        row.kind as u8,
        row.bits,
        heap,
        row.quality.byte(),
        row.received.micros(),
        row.position,
    )
}

fn unpack((time, kind, bits, heap, quality, received, position): Packed) -> Option<LatestRow> {
    Some(LatestRow {
        time: Timestamp::from_micros(time),
        kind: ValueKind::from_byte(kind)?,
        bits,
        heap: heap.map(Vec::into_boxed_slice),
        quality: Quality::from_byte(quality),
        received: Timestamp::from_micros(received),
        position,
    })
}
