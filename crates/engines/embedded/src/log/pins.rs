//! Who still needs which part of a log: a small file that is replaced as a whole.

use super::format::check;
use crate::disk::{Disk, port_error, read_whole, write_whole};
use kernel::position::Position;
use ports::error::{PortError, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

/// How many consumers may pin one log.
const MAX_PINS: usize = 1_000;
const MAX_NAME: usize = 128;
const FILE: &str = "pins";
const FORMAT: u32 = 1;

/// All pins of a log.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pins {
    pins: BTreeMap<String, Position>,
    /// The file was damaged: somebody's pin is unknown, so nothing may be released.
    lost: bool,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    format: u32,
    pins: BTreeMap<String, Position>,
}

fn decode(bytes: &[u8], path: &Path) -> Result<Option<BTreeMap<String, Position>>> {
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    let Some((json, sum)) = text.trim_end().rsplit_once('\n') else {
        return Ok(None);
    };
    if sum != format!("{:016x}", check(json.as_bytes(), 0)) {
        return Ok(None);
    }
    match serde_json::from_str::<Stored>(json) {
        Ok(stored) if stored.format > FORMAT => Err(PortError::Misuse(format!(
            "{} has format {}, this program reads up to {FORMAT}; start a newer version of the program",
            path.display(),
            stored.format
        ))),
        Ok(stored) => Ok(Some(stored.pins)),
        Err(_) => Ok(None),
    }
}

impl Pins {
    /// Reads the pins of a log. A damaged file is set aside as `pins.damaged`, and nothing is released in this run.
    pub(crate) fn load(disk: &dyn Disk, dir: &Path) -> Result<Self> {
        let path = dir.join(FILE);
        let stored = read_whole(disk, &path).map_err(|error| port_error("cannot read", &path, &error))?;
        let Some(bytes) = stored else {
            return Ok(Self::default());
        };
        if let Some(pins) = decode(&bytes, &path)? {
            return Ok(Self { pins, lost: false });
        }
        tracing::error!(path = %path.display(), "the pins of a log are damaged; nothing is released until the next start");
        let aside = disk
            .rename(&path, &dir.join("pins.damaged"))
            .and_then(|()| disk.sync_dir(dir));
        aside.map_err(|error| port_error("cannot set aside", &path, &error))?;
        Ok(Self {
            pins: BTreeMap::new(),
            lost: true,
        })
    }

    /// Whether the pins of an earlier run are unknown.
    pub(crate) fn lost(&self) -> bool {
        self.lost
    }

    /// These pins with one changed; refuses names that are empty or long, and too many.
    pub(crate) fn with(&self, consumer: &str, position: Position) -> Result<Self> {
        if consumer.is_empty() || consumer.len() > MAX_NAME {
            return Err(PortError::Misuse(format!(
                "a pin of a log needs a name of 1 to {MAX_NAME} bytes, '{consumer}' is not one"
            )));
        }
        if self.pins.len() >= MAX_PINS && !self.pins.contains_key(consumer) {
            return Err(PortError::Misuse(format!(
                "a log holds at most {MAX_PINS} pins; '{consumer}' was refused"
            )));
        }
        let mut changed = self.clone();
        changed.pins.insert(consumer.to_owned(), position);
        Ok(changed)
    }

    /// Writes them durably.
    pub(crate) fn store(&self, disk: &dyn Disk, dir: &Path) -> io::Result<()> {
        let json = serde_json::to_string(&Stored {
            format: FORMAT,
            pins: self.pins.clone(),
        })?;
        let text = format!("{json}\n{:016x}\n", check(json.as_bytes(), 0));
        write_whole(disk, dir, FILE, text.as_bytes())
    }

    /// All of them, by name.
    pub(crate) fn list(&self) -> Vec<(String, Position)> {
        self.pins
            .iter()
            .map(|(consumer, position)| (consumer.clone(), *position))
            .collect()
    }

    /// The highest position up to which release is allowed when `asked` is asked for; `None` when nothing is.
    pub(crate) fn limit(&self, asked: Position) -> Option<Position> {
        (!self.lost).then(|| self.pins.values().copied().fold(asked, Position::min))
    }

    /// The highest pinned position.
    pub(crate) fn highest(&self) -> Option<Position> {
        self.pins.values().copied().max()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::SimDisk;

    fn at(sequence: u64) -> Position {
        Position { epoch: 0, sequence }
    }

    #[test]
    fn pins_survive_and_a_damaged_file_forbids_release() {
        let disk = SimDisk::new(1);
        let root = Path::new("/");
        let pins = Pins::default()
            .with("fold", at(7))
            .unwrap()
            .with("lake", at(3))
            .unwrap();
        pins.store(&disk, root).unwrap();
        disk.power_cut(1);
        let loaded = Pins::load(&disk, root).unwrap();
        assert_eq!(loaded.list(), pins.list());
        assert_eq!(loaded.limit(at(9)), Some(at(3)));
        let length = disk.open(Path::new("/pins")).unwrap().size().unwrap();
        let mut byte = [0];
        for offset in 0..length - 1 {
            let file = disk.open(Path::new("/pins")).unwrap();
            file.read_at(offset, &mut byte).unwrap();
            file.write_at(offset, &[byte[0] ^ 1]).unwrap();
            let damaged = Pins::load(&disk, root).unwrap();
            assert!(damaged.lost() && damaged.limit(at(9)).is_none(), "byte {offset}");
            assert!(damaged.list().is_empty());
            pins.store(&disk, root).unwrap();
        }
    }

    #[test]
    fn names_are_checked() {
        assert!(Pins::default().with("", at(1)).is_err());
        assert!(Pins::default().with(&"x".repeat(129), at(1)).is_err());
    }
}
