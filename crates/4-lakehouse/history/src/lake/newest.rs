//! The newest time of each series in the lake: a row that is newer cannot replace anything.
//!
//! It is a fold over the rows that were committed (SEMANTICS 14): a snapshot now and then, and after a restart the files
//! that came since. Where nothing is known, the newest time of all is taken for every series, which is safe and only means
//! that more rows count as late.

use super::file::{ANY, LakeFile};
use super::read::{Wanted, open};
use super::schema::{pack, unpack};
use crate::error::{HistoryError, Result};
use crate::model::TableName;
use arrow::array::AsArray;
use arrow::datatypes::{Int32Type, TimestampMicrosecondType};
use bytes::Bytes;
use kernel::position::Position;
use ports::objects::Objects;
use sha2::{Digest, Sha256};

const FOLDER: &str = "lake-state/newest/";
const MAGIC: &[u8; 8] = b"HIOCNEW\x01";
/// Good snapshots kept.
const KEPT: usize = 2;

/// Newest times by series.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Newest {
    /// At least this for every series.
    floor: i64,
    times: Vec<i64>,
}

impl Default for Newest {
    fn default() -> Self {
        Self {
            floor: i64::MIN,
            times: Vec::new(),
        }
    }
}

impl Newest {
    /// The newest time of a series, or later.
    pub(crate) fn of(&self, series: u32) -> i64 {
        self.times
            .get(series as usize)
            .map_or(self.floor, |time| *time.max(&self.floor))
    }

    /// A row is in the lake.
    pub(crate) fn note(&mut self, series: u32, time: i64) {
        let place = series as usize;
        if place >= self.times.len() {
            self.times.resize(place + 1, i64::MIN);
        }
        self.times[place] = self.times[place].max(time);
    }

    /// What holds after the rows of these files, which are all that the table has, up to `position`.
    pub(crate) async fn recover<'a>(
        objects: &dyn Objects,
        files: impl Iterator<Item = &'a LakeFile> + Clone,
        position: Position,
    ) -> Result<Self> {
        let (mut newest, known) = match read(objects, position).await? {
            Some(found) => found,
            None => {
                let all = files.clone().map(|file| match file.time {
                    ANY => i64::MAX,
                    (_, last) => last,
                });
                let floor = all.max().unwrap_or(i64::MIN);
                return Ok(Self {
                    floor,
                    times: Vec::new(),
                });
            }
        };
        for file in files.filter(|file| file.position.1 > pack(known)) {
            newest.note_file(objects, file).await?;
        }
        Ok(newest)
    }

    async fn note_file(&mut self, objects: &dyn Objects, file: &LakeFile) -> Result<()> {
        let failed = |error| HistoryError::table("observations", "a file cannot be read", error);
        let wanted = Wanted {
            columns: &["series", "time"],
            ..Wanted::ALL
        };
        for batch in open(objects, TableName::Observations, file, wanted).await? {
            let batch = batch.map_err(failed)?;
            let series = batch.column(0).as_primitive::<Int32Type>().values();
            let times = batch.column(1).as_primitive::<TimestampMicrosecondType>().values();
            for (series, time) in series.iter().zip(times) {
                self.note(*series as u32, *time);
            }
        }
        Ok(())
    }

    /// Writes a snapshot for the state of `position` and drops the ones before the last two.
    pub(crate) async fn store(&self, objects: &dyn Objects, position: Position) -> Result<()> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&pack(position).to_le_bytes());
        bytes.extend_from_slice(&self.floor.to_le_bytes());
        for time in &self.times {
            bytes.extend_from_slice(&time.to_le_bytes());
        }
        let digest = Sha256::digest(&bytes);
        bytes.extend_from_slice(&digest);
        let name = format!("{FOLDER}{:010}-{:020}", position.epoch, position.sequence);
        objects.put_if_absent(&name, Bytes::from(bytes)).await?;
        let names = objects.list(FOLDER).await?;
        for old in names.iter().take(names.len().saturating_sub(KEPT)) {
            objects.delete(old).await?;
        }
        Ok(())
    }
}

/// The newest whole snapshot that is not ahead of `position`.
async fn read(objects: &dyn Objects, position: Position) -> Result<Option<(Newest, Position)>> {
    for name in objects.list(FOLDER).await?.iter().rev() {
        let Some(bytes) = objects.get(name).await? else {
            continue;
        };
        match parse(&bytes) {
            Some((newest, at)) if at <= position => return Ok(Some((newest, at))),
            Some(_) => {}
            None => tracing::warn!(
                name,
                "a snapshot of the lake's newest times is damaged; another one is taken"
            ),
        }
    }
    Ok(None)
}

fn parse(bytes: &[u8]) -> Option<(Newest, Position)> {
    let (body, digest) = bytes.split_last_chunk::<32>()?;
    if Sha256::digest(body).as_slice() != digest {
        return None;
    }
    let numbers = body.strip_prefix(MAGIC)?.chunks_exact(8);
    let mut numbers = numbers.filter_map(|chunk| Some(i64::from_le_bytes(chunk.try_into().ok()?)));
    let position = unpack(numbers.next()?);
    let floor = numbers.next()?;
    let times = numbers.collect();
    Some((Newest { floor, times }, position))
}
