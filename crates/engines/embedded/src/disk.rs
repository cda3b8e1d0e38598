//! The disk as the engine sees it: few operations, each with a clear promise, so that a simulated disk can break them.
//!
//! What was written is durable after [`File::sync_data`]; a name is durable after [`Disk::sync_dir`] of its directory.
//! Nothing else is promised, and [`SimDisk`] takes away everything that was not promised.

use ports::error::PortError;
use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;

mod real;
mod reserve;
mod sim;
mod sim_file;
mod space;

pub use real::RealDisk;
pub use reserve::Reserve;
pub use sim::{Faults, SimDisk};
pub use space::total_bytes;

/// One name in a directory.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The last part of its path. Names that are not UTF-8 are not listed.
    pub name: String,
    /// Whether it is a directory.
    pub is_dir: bool,
}

/// Names and files. All calls block.
pub trait Disk: Send + Sync + fmt::Debug {
    /// Creates an empty file for reading and writing; [`io::ErrorKind::AlreadyExists`] if the name is taken.
    fn create(&self, path: &Path) -> io::Result<Arc<dyn File>>;
    /// Opens a file for reading and writing.
    fn open(&self, path: &Path) -> io::Result<Arc<dyn File>>;
    /// What lies in a directory, sorted by name.
    fn list(&self, dir: &Path) -> io::Result<Vec<Entry>>;
    /// Creates a directory and its parents, durably; existing ones are fine.
    fn create_dir_all(&self, dir: &Path) -> io::Result<()>;
    /// Removes a file.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Renames a file and replaces what bears the new name, at once for every reader.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Renames a file unless the new name is taken; then [`io::ErrorKind::AlreadyExists`].
    fn rename_new(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Makes all changes of names in a directory durable.
    fn sync_dir(&self, dir: &Path) -> io::Result<()>;
}

/// An open file. All calls block; positions are absolute, so that threads may share it.
pub trait File: Send + Sync + fmt::Debug {
    /// Its length in bytes.
    fn size(&self) -> io::Result<u64>;
    /// Reads up to `buffer.len()` bytes; fewer only at the end of the file.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;
    /// Writes all bytes or fails; what a failed call leaves in that range is not defined.
    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()>;
    /// Cuts the file, or lengthens it with zeros.
    fn set_len(&self, length: u64) -> io::Result<()>;
    /// Lengthens the file to `length` zeros that have their place on the disk; all or nothing.
    fn reserve(&self, length: u64) -> io::Result<()>;
    /// Makes the content and the length durable.
    fn sync_data(&self) -> io::Result<()>;
}

/// Whether an error says that there is no room: the only write error after which the engine goes on.
pub(crate) fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

/// What a caller of a port hears of a failed disk operation.
pub(crate) fn port_error(what: &str, path: &Path, error: &io::Error) -> PortError {
    let text = format!("{what} {}: {error}", path.display());
    if is_full(error) {
        PortError::Full(text)
    } else {
        PortError::Unavailable(text)
    }
}

/// Reads until the buffer is full or the file ends.
pub(crate) fn read_full(file: &dyn File, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
    let mut done = 0;
    while done < buffer.len() {
        let read = file.read_at(offset + done as u64, &mut buffer[done..])?;
        if read == 0 {
            break;
        }
        done += read;
    }
    Ok(done)
}

/// Writes a whole small file durably: temporary name, content, sync, rename, sync of the directory.
pub(crate) fn write_whole(disk: &dyn Disk, dir: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let temporary = dir.join(format!("{name}.tmp"));
    match disk.remove(&temporary) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let file = disk.create(&temporary)?;
    file.write_at(0, bytes)?;
    file.sync_data()?;
    disk.rename(&temporary, &dir.join(name))?;
    disk.sync_dir(dir)
}

/// Reads a whole file; absent is `None`.
pub(crate) fn read_whole(disk: &dyn Disk, path: &Path) -> io::Result<Option<Vec<u8>>> {
    let file = match disk.open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let length = usize::try_from(file.size()?).map_err(|_| io::Error::from(io::ErrorKind::FileTooLarge))?;
    let mut bytes = vec![0; length];
    let read = read_full(&*file, 0, &mut bytes)?;
    bytes.truncate(read);
    Ok(Some(bytes))
}
