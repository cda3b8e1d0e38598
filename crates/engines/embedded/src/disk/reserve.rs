//! A file that only holds room, so that a full disk can still write what must be written.

use super::Disk;
use parking_lot::Mutex;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// Room that is kept free for bad times (SEMANTICS 15). One per tenant; the tenant's opener decides when to give it up
/// and when to take it back.
#[derive(Debug)]
pub struct Reserve {
    disk: Arc<dyn Disk>,
    path: PathBuf,
    bytes: u64,
    held: Mutex<bool>,
}

impl Reserve {
    /// The usual size.
    pub const BYTES: u64 = 64 << 20;

    /// Names the file; nothing is written before [`Reserve::take`].
    pub fn new(disk: Arc<dyn Disk>, path: PathBuf, bytes: u64) -> Self {
        Self {
            disk,
            path,
            bytes,
            held: Mutex::new(false),
        }
    }

    /// Makes sure that the room is held; called at start. A full disk is told as [`io::ErrorKind::StorageFull`] and leaves
    /// no file behind.
    pub fn take(&self) -> io::Result<()> {
        self.hold(self.bytes)
    }

    /// Takes the room back after it was given up, if twice as much is there: with less, the next writes would at once give
    /// it up again, and the answers would change from second to second.
    pub fn take_back(&self) -> io::Result<()> {
        self.hold(self.bytes.saturating_mul(2))
    }

    /// Holds the room if `there` bytes are free.
    fn hold(&self, there: u64) -> io::Result<()> {
        let mut held = self.held.lock();
        if *held {
            return Ok(());
        }
        let file = match self.disk.open(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => self.disk.create(&self.path),
            other => other,
        }?;
        let reserved = file
            .reserve(there)
            .and_then(|()| file.set_len(self.bytes))
            .and_then(|()| file.sync_data());
        drop(file);
        if let Err(error) = reserved {
            // The half reservation only takes room away; that it stays is no new harm.
            let _ = self.disk.remove(&self.path);
            return Err(error);
        }
        *held = true;
        Ok(())
    }

    /// Gives the room to whoever writes next. Returns the freed bytes; 0 when nothing was held.
    pub fn release(&self) -> io::Result<u64> {
        let mut held = self.held.lock();
        if !*held {
            return Ok(0);
        }
        self.disk.remove(&self.path)?;
        *held = false;
        Ok(self.bytes)
    }

    /// Whether the room is held now.
    pub fn is_held(&self) -> bool {
        *self.held.lock()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::SimDisk;
    use std::path::Path;

    #[test]
    fn the_room_is_there_when_it_is_needed_and_comes_back() {
        let disk = SimDisk::new(1);
        disk.set_capacity(Some(1_000));
        let reserve = Reserve::new(Arc::new(disk.clone()), PathBuf::from("/reserve"), 600);
        reserve.take().unwrap();
        let file = disk.create(Path::new("/data")).unwrap();
        assert_eq!(
            file.write_at(0, &[1; 500]).unwrap_err().kind(),
            io::ErrorKind::StorageFull
        );
        assert_eq!(reserve.release().unwrap(), 600);
        file.write_at(0, &[1; 500]).unwrap();
        assert_eq!(reserve.take_back().unwrap_err().kind(), io::ErrorKind::StorageFull);
        assert!(!reserve.is_held());
        disk.set_capacity(Some(500 + 1_199));
        assert_eq!(
            reserve.take_back().unwrap_err().kind(),
            io::ErrorKind::StorageFull,
            "the room alone is not enough"
        );
        disk.set_capacity(Some(500 + 1_200));
        reserve.take_back().unwrap();
        file.write_at(500, &[1; 600]).unwrap();
        assert_eq!(reserve.release().unwrap(), 600);
        disk.set_capacity(None);
        reserve.take().unwrap();
        assert!(reserve.is_held());
    }
}
