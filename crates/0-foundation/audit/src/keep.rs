//! Retention: records go by class and age, tile by tile, and the tree stays. What outlives its neighbours moves from the
//! log to an object; what goes is written down, and signed, before it goes.

use crate::model::{AuditRecord, Class, Outcome};
use crate::seal::Seals;
use crate::store::{Access, AuditLog};
use crate::tile::hex_hash::to_hex;
use crate::trail::Trail;
use bytes::Bytes;
use kernel::actor::ActorId;
use kernel::clock::Clock;
use kernel::time::Timestamp;
use ports::error::{PortError, Result};
use ports::objects::Objects;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// Where kept records lie among the objects.
pub const PREFIX: &str = "audit/kept/";
/// The act of the record that says what went.
pub const RELEASED: &str = "audit.released";
const READ: usize = 4 << 20;

/// How long records are kept; `None` is for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Of [`Class::Read`].
    pub read: Option<Duration>,
    /// Of [`Class::Change`].
    pub change: Option<Duration>,
    /// Of [`Class::Security`].
    pub security: Option<Duration>,
}

impl Terms {
    fn of(&self, class: Class) -> Option<Duration> {
        match class {
            Class::Read => self.read,
            Class::Change => self.change,
            Class::Security => self.security,
        }
    }

    fn shortest(&self) -> Option<Duration> {
        [self.read, self.change, self.security].into_iter().flatten().min()
    }

    fn outlives(&self, record: &AuditRecord, now: Timestamp) -> bool {
        self.of(record.class()).is_none_or(|term| record.at.plus(term) > now)
    }
}

/// What is kept of one tile.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// 1.
    pub format: u32,
    /// Which tile.
    pub tile: u64,
    /// Number and bytes of each record.
    pub items: Vec<(u64, String)>,
}

impl Kept {
    /// Reads what [`name`] names.
    pub fn decode(bytes: &[u8]) -> Result<Self> {
        let kept: Self = serde_json::from_slice(bytes)
            .map_err(|error| PortError::Corrupt(format!("kept records of the audit log: {error}")))?;
        match kept.format {
            1 => Ok(kept),
            newer => Err(PortError::Corrupt(format!(
                "kept records of the audit log have format {newer}, newer than 1; upgrade hanoi-ioc"
            ))),
        }
    }
}

/// The object's name of what is kept of a tile; it is written anew, under a new turn, when more of it goes.
pub fn name(tile: u64, turn: u64) -> String {
    format!("{PREFIX}{tile:012}-{turn:06}")
}

/// Tile and turn of a name.
pub fn parse(name: &str) -> Option<(u64, u64)> {
    let (tile, turn) = name.strip_prefix(PREFIX)?.split_once('-')?;
    Some((tile.parse().ok()?, turn.parse().ok()?))
}

/// The newest of a tile, with its turn.
pub(crate) async fn newest(objects: &dyn Objects, tile: u64) -> Result<Option<(u64, Bytes)>> {
    let names = objects.list(&format!("{PREFIX}{tile:012}-")).await?;
    let Some((turn, name)) = names.last().and_then(|name| Some((parse(name)?.1, name))) else {
        return Ok(None);
    };
    Ok(objects.get(name).await?.map(|bytes| (turn, bytes)))
}

/// Drops what is old.
#[derive(Debug)]
pub struct Retention {
    /// Where it is written down.
    pub audit: AuditLog,
    /// Where records are read.
    pub trail: Trail,
    /// What signs it before it goes.
    pub seals: Arc<Seals>,
    /// Where kept records lie.
    pub objects: Arc<dyn Objects>,
    /// Real time.
    pub wall: Arc<dyn Clock>,
    /// How long.
    pub terms: Terms,
}

impl Retention {
    /// Drops everything whose time is over; answers how many records went.
    pub async fn turn(&self) -> Result<u64> {
        let Some(shortest) = self.terms.shortest() else {
            return Ok(0);
        };
        let now = self.wall.now();
        let mut gone = 0;
        for (tile, info) in (0..).zip(self.trail.tree().tiles()) {
            if info.to.plus(shortest) > now {
                break;
            }
            gone += self.drop_from(tile, info.end, now).await?;
            self.trail.log().release(info.last).await?;
        }
        Ok(gone)
    }

    async fn drop_from(&self, tile: u64, end: u64, now: Timestamp) -> Result<u64> {
        let before = newest(&*self.objects, tile).await?;
        let (mut items, mut seen) = (Vec::new(), 0);
        let mut at = end - (1 << self.trail.tree().level());
        if let Some((_, bytes)) = &before {
            for (index, text) in Kept::decode(bytes)?.items {
                seen += 1;
                // what cannot be read is not dropped
                let stays = serde_json::from_str(&text).map_or(true, |record| self.terms.outlives(&record, now));
                if stays {
                    items.push((index, text));
                }
            }
        } else {
            while at < end {
                let (entries, next) = self.trail.read(at, end, READ).await?;
                for entry in entries {
                    seen += 1;
                    let stays = entry.record().map_or(true, |record| self.terms.outlives(&record, now));
                    if stays {
                        items.push((entry.index, String::from_utf8_lossy(&entry.bytes).into_owned()));
                    }
                }
                at = next;
            }
        }
        let went = seen - items.len() as u64;
        if before.is_some() && went == 0 {
            return Ok(0);
        }
        let turn = before.as_ref().map_or(0, |(turn, _)| turn + 1);
        let count = items.len();
        let kept = Kept { format: 1, tile, items };
        let bytes = serde_json::to_vec(&kept).map_err(|error| PortError::Misuse(error.to_string()))?;
        let digest = to_hex(&Sha256::digest(&bytes));
        let name = name(tile, turn);
        let detail = [
            ("up_to", end.to_string()),
            ("kept", count.to_string()),
            ("dropped", went.to_string()),
            ("sha256", digest),
        ];
        // first the word, signed; a crash behind it costs a second record, never one that goes unsaid
        self.audit
            .write(Access {
                actor: ActorId::Service("audit".to_owned()),
                act: RELEASED.to_owned(),
                target: name.clone(),
                outcome: Outcome::Allowed,
                from: String::new(),
                detail: BTreeMap::from(detail.map(|(name, value)| (name.to_owned(), value))),
            })
            .await?;
        self.seals.turn().await?;
        if !self.objects.put_if_absent(&name, Bytes::from(bytes)).await? {
            return Err(PortError::Corrupt(format!("{name} exists; it was not written by us")));
        }
        self.trail.give_back(tile).await?;
        if let Some((turn, _)) = before {
            self.objects.delete(&self::name(tile, turn)).await?;
        }
        metrics::counter!("hanoi_ioc_audit_dropped_total").increment(went);
        Ok(went)
    }
}
