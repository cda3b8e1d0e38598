//! Files of a backup: written with their checksum, synced with their names.

use super::FileSum;
use crate::disk::{Disk, RealDisk, port_error};
use ports::error::{PortError, Result};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

pub(super) fn io_error(what: &str, path: &Path, error: &io::Error) -> PortError {
    port_error(what, path, error)
}

/// A new file that is summed while it is written.
#[derive(Debug)]
pub(super) struct Sink {
    path: PathBuf,
    file: File,
    hash: Sha256,
    bytes: u64,
}

impl Sink {
    /// Creates `name` below `dir`, with its folders.
    pub(super) fn create(dir: &Path, name: &str) -> Result<Self> {
        let path = dir.join(name);
        if let Some(parent) = path.parent() {
            create_dir_durably(parent)?;
        }
        let file = File::create_new(&path).map_err(|error| io_error("cannot create", &path, &error))?;
        Ok(Self {
            path,
            file,
            hash: Sha256::new(),
            bytes: 0,
        })
    }

    /// Appends a piece.
    pub(super) fn take(&mut self, piece: &[u8]) -> io::Result<()> {
        self.hash.update(piece);
        self.bytes += piece.len() as u64;
        self.file.write_all(piece)
    }

    /// Appends a whole file.
    pub(super) fn take_all(&mut self, from: File) -> Result<()> {
        let mut each = |piece: &[u8]| self.take(piece);
        pieces(from, &mut each).map_err(|error| io_error("cannot copy to", &self.path, &error))
    }

    /// Syncs the content; the name is durable after [`sync_dirs`].
    pub(super) fn finish(self) -> Result<FileSum> {
        self.file
            .sync_all()
            .map_err(|error| io_error("cannot sync", &self.path, &error))?;
        Ok(FileSum {
            bytes: self.bytes,
            sha256: hex(&self.hash.finalize()),
        })
    }

    /// Takes the file away again.
    pub(super) fn abandon(self) -> Result<()> {
        std::fs::remove_file(&self.path).map_err(|error| io_error("cannot remove", &self.path, &error))
    }
}

fn pieces(mut from: File, take: &mut dyn FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
    let mut piece = vec![0; 1 << 20];
    loop {
        match from.read(&mut piece) {
            Ok(0) => return Ok(()),
            Ok(read) => take(&piece[..read])?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Length and checksum of a file.
pub(super) fn sum(path: &Path) -> Result<FileSum> {
    let failed = |error: &io::Error| io_error("cannot read", path, error);
    let file = File::open(path).map_err(|error| failed(&error))?;
    let (mut hash, mut bytes) = (Sha256::new(), 0);
    let mut take = |piece: &[u8]| {
        hash.update(piece);
        bytes += piece.len() as u64;
        Ok(())
    };
    pieces(file, &mut take).map_err(|error| failed(&error))?;
    Ok(FileSum {
        bytes,
        sha256: hex(&hash.finalize()),
    })
}

/// The checksum of some bytes.
pub(super) fn hex_of(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// All files below a folder by their path with `/`, sorted; what begins with a dot is passed over.
pub(crate) fn all_files(dir: &Path) -> Result<Vec<String>> {
    let mut files = Vec::new();
    let mut open = vec![String::new()];
    while let Some(folder) = open.pop() {
        let path = dir.join(&folder);
        let entries = RealDisk
            .list(&path)
            .map_err(|error| io_error("cannot list", &path, &error))?;
        for entry in entries.into_iter().filter(|entry| !entry.name.starts_with('.')) {
            let name = if folder.is_empty() {
                entry.name
            } else {
                format!("{folder}/{}", entry.name)
            };
            if entry.is_dir { &mut open } else { &mut files }.push(name);
        }
    }
    files.sort();
    Ok(files)
}

/// Makes a folder and its parents.
pub(super) fn create_dir_durably(dir: &Path) -> Result<()> {
    RealDisk
        .create_dir_all(dir)
        .map_err(|error| io_error("cannot create", dir, &error))
}

/// Makes the names in one folder durable.
pub(super) fn sync_dir(dir: &Path) -> Result<()> {
    RealDisk
        .sync_dir(dir)
        .map_err(|error| io_error("cannot sync", dir, &error))
}

/// Makes all names below a folder durable.
pub(super) fn sync_dirs(dir: &Path) -> Result<()> {
    let mut open = vec![dir.to_owned()];
    while let Some(folder) = open.pop() {
        sync_dir(&folder)?;
        let entries = RealDisk
            .list(&folder)
            .map_err(|error| io_error("cannot list", &folder, &error))?;
        open.extend(
            entries
                .into_iter()
                .filter(|entry| entry.is_dir)
                .map(|entry| folder.join(entry.name)),
        );
    }
    Ok(())
}

/// Refuses a folder in which something lies.
pub(super) fn must_be_empty(dir: &Path) -> Result<()> {
    let entries = match std::fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(io_error("cannot read", dir, &error)),
    };
    if entries.into_iter().next().is_none() {
        return Ok(());
    }
    Err(PortError::Misuse(format!(
        "{} is not empty; name a new or an empty directory, nothing is ever overwritten",
        dir.display()
    )))
}
