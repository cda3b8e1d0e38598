//! The folder in which signed checkpoints are kept, apart from the log: `key`, and one file for each hour in which the
//! tree grew. A checkpoint is replaced only by one that extends it, so what was once signed stays as evidence.

use crate::note::{Checkpoint, NoteError, Verifier};
use kernel::time::Timestamp;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The file with the public key.
pub const KEY: &str = "key";
const ENDING: &str = ".checkpoint";
const HOUR: i64 = 3_600_000_000;

/// One folder of checkpoints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shelf(PathBuf);

/// What lies in a folder.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The text of the key file.
    pub key: Option<String>,
    /// Name and text of each checkpoint, oldest first.
    pub notes: Vec<(String, String)>,
    /// Files that are not ours.
    pub foreign: Vec<String>,
}

/// The hour of an instant, counted from 1970.
pub fn hour(at: Timestamp) -> i64 {
    at.micros().div_euclid(HOUR)
}

/// The name of the file of a checkpoint.
pub fn name(checkpoint: &Checkpoint) -> String {
    let begin = Timestamp::from_micros(hour(checkpoint.at) * HOUR).to_string();
    let digits = |range: std::ops::Range<usize>| begin.get(range).unwrap_or_default().to_owned();
    format!("{:012}-{}T{}{ENDING}", checkpoint.number, digits(0..10), digits(11..13))
}

impl Shelf {
    /// Names a folder; [`prepare`](Self::prepare) makes it.
    pub fn new(dir: &Path) -> Self {
        Self(dir.to_owned())
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.0
    }

    /// Makes the folder and puts the public key there; fails when there is another key.
    pub fn prepare(&self, key: &Verifier) -> io::Result<()> {
        fs::create_dir_all(&self.0)?;
        let text = format!("{}\n", key.to_text());
        match fs::read_to_string(self.0.join(KEY)) {
            Ok(found) if found == text => Ok(()),
            Ok(found) => Err(io::Error::new(
                io::ErrorKind::AlreadyExists,
                format!(
                    "{} holds checkpoints of the key {}, ours is {}; bring that key back, or name another folder and keep \
                     this one as evidence",
                    self.0.display(),
                    found.trim_end(),
                    key.to_text()
                ),
            )),
            Err(error) if error.kind() == io::ErrorKind::NotFound => self.write(KEY, &text),
            Err(error) => Err(error),
        }
    }

    /// Everything in the folder; an absent folder is empty.
    pub fn read(&self) -> io::Result<Found> {
        let mut found = Found::default();
        let entries = match fs::read_dir(&self.0) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(found),
            other => other?,
        };
        for entry in entries {
            let name = entry?.file_name().to_string_lossy().into_owned();
            let text = || fs::read(self.0.join(&name)).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
            if name == KEY {
                found.key = Some(text()?);
            } else if name.ends_with(ENDING) {
                let text = text()?;
                found.notes.push((name, text));
            } else if !name.ends_with(".new") {
                found.foreign.push(name);
            }
        }
        found.notes.sort();
        Ok(found)
    }

    /// The newest checkpoint, with its file. Others are not looked at.
    pub fn newest(&self, key: &Verifier) -> io::Result<Option<Checkpoint>> {
        let Some((name, text)) = self.read()?.notes.pop() else {
            return Ok(None);
        };
        let wrong = |error: NoteError| {
            let text = format!(
                "{}: {error}; run `hanoi-ioc verify audit`",
                self.0.join(&name).display()
            );
            io::Error::new(io::ErrorKind::InvalidData, text)
        };
        key.open(&text).map(Some).map_err(wrong)
    }

    /// Keeps a checkpoint durably, in place of an earlier one of the same file.
    pub fn keep(&self, checkpoint: &Checkpoint, note: &str) -> io::Result<()> {
        self.write(&name(checkpoint), note)
    }

    fn write(&self, name: &str, text: &str) -> io::Result<()> {
        let (temporary, path) = (self.0.join(format!("{name}.new")), self.0.join(name));
        let mut file = File::create(&temporary)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&temporary, &path)?;
        File::open(&self.0)?.sync_all()
    }
}
