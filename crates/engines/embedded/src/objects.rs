//! Objects as files of one folder: written under a temporary name, synced, then named; the names are synced too.

pub mod look;

use crate::disk::{Disk, port_error, read_full, read_whole};
use crate::log::blocking;
use async_trait::async_trait;
use bytes::Bytes;
use ports::error::{PortError, Result};
use ports::objects::{Objects, is_hint};
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Where objects are written before they have their name; no part of a name begins with a dot.
const NURSERY: &str = ".new";
const MAX_NAME: usize = 1_024;
const MAX_PART: usize = 200;

/// The objects of one tenant in one folder. A name and a longer name that continues it with `/` exclude each other,
/// because one would be a file and the other its folder.
#[derive(Clone, Debug)]
pub struct EmbeddedObjects {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    disk: Arc<dyn Disk>,
    dir: PathBuf,
    next: AtomicU64,
}

impl EmbeddedObjects {
    /// Opens or creates the folder, which no other program may use, and removes what was never finished. Blocks.
    pub fn open(disk: Arc<dyn Disk>, dir: &Path) -> Result<Self> {
        let nursery = dir.join(NURSERY);
        disk.create_dir_all(&nursery)
            .map_err(|error| port_error("cannot create", &nursery, &error))?;
        let unfinished = disk
            .list(&nursery)
            .map_err(|error| port_error("cannot list", &nursery, &error))?;
        for entry in unfinished.into_iter().filter(|entry| !entry.is_dir) {
            let path = nursery.join(entry.name);
            disk.remove(&path)
                .map_err(|error| port_error("cannot remove", &path, &error))?;
        }
        Ok(Self {
            inner: Arc::new(Inner {
                disk,
                dir: dir.to_owned(),
                next: AtomicU64::new(0),
            }),
        })
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce(&Inner) -> Result<T> + Send + 'static) -> Result<T> {
        let inner = self.inner.clone();
        blocking(move || work(&inner)).await
    }
}

fn is_part(part: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-=".contains(&byte);
    !part.is_empty() && part.len() <= MAX_PART && !part.starts_with('.') && part.bytes().all(allowed)
}

/// Refuses what is not a name of an object.
fn checked(name: &str) -> Result<&str> {
    if name.len() <= MAX_NAME && name.split('/').all(is_part) {
        return Ok(name);
    }
    Err(PortError::Misuse(format!(
        "'{name}' is not the name of an object; write parts of letters a-z, digits, '.', '_', '-' and '=' (1 to {MAX_PART}, \
         not beginning with '.'), separated by '/', at most {MAX_NAME} bytes in all"
    )))
}

impl Inner {
    fn put(&self, name: &str, bytes: &[u8]) -> Result<bool> {
        let target = self.dir.join(checked(name)?);
        let parent = target.parent().unwrap_or(&self.dir);
        let taken = || -> Result<bool> {
            // Whoever took the name may not have made it durable yet.
            self.disk
                .sync_dir(parent)
                .map_err(|error| port_error("cannot sync", parent, &error))?;
            Ok(false)
        };
        match self.disk.open(&target) {
            Ok(_) => return taken(),
            Err(error) if is_absent(&error) => {}
            Err(error) if error.kind() == io::ErrorKind::IsADirectory => return Err(crossed(name)),
            Err(error) => return Err(port_error("cannot open", &target, &error)),
        }
        match self.disk.create_dir_all(parent) {
            Ok(()) => {}
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists
                ) =>
            {
                return Err(crossed(name));
            }
            Err(error) => return Err(port_error("cannot create", parent, &error)),
        }
        let unfinished = self.unfinished();
        let written = (self.disk.create(&unfinished))
            .and_then(|file| file.write_at(0, bytes).and_then(|()| file.sync_data()))
            .and_then(|()| self.disk.rename_new(&unfinished, &target));
        match written {
            Ok(()) => {
                self.disk
                    .sync_dir(parent)
                    .map_err(|error| port_error("cannot sync", parent, &error))?;
                Ok(true)
            }
            Err(error) => {
                // The next start removes it if this fails.
                let _ = self.disk.remove(&unfinished);
                if error.kind() == io::ErrorKind::AlreadyExists {
                    return taken();
                }
                Err(port_error("cannot write", &target, &error))
            }
        }
    }

    fn replace(&self, name: &str, bytes: &[u8]) -> Result<()> {
        let target = self.dir.join(checked(name)?);
        if !is_hint(name) {
            return Err(PortError::Misuse(format!(
                "'{name}' is no hint, so it is never replaced; a hint's last part begins with '_last'"
            )));
        }
        let parent = target.parent().unwrap_or(&self.dir);
        self.disk
            .create_dir_all(parent)
            .map_err(|error| port_error("cannot create", parent, &error))?;
        let unfinished = self.unfinished();
        let written = (self.disk.create(&unfinished))
            .and_then(|file| file.write_at(0, bytes).and_then(|()| file.sync_data()))
            .and_then(|()| self.disk.rename(&unfinished, &target));
        if let Err(error) = written {
            // The next start removes it if this fails.
            let _ = self.disk.remove(&unfinished);
            return Err(port_error("cannot write", &target, &error));
        }
        self.disk
            .sync_dir(parent)
            .map_err(|error| port_error("cannot sync", parent, &error))
    }

    fn unfinished(&self) -> PathBuf {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        self.dir.join(NURSERY).join(number.to_string())
    }

    fn size(&self, name: &str) -> Result<Option<u64>> {
        let path = self.dir.join(checked(name)?);
        match self.disk.open(&path).and_then(|file| file.size()) {
            Ok(size) => Ok(Some(size)),
            Err(error) if is_absent(&error) || error.kind() == io::ErrorKind::IsADirectory => Ok(None),
            Err(error) => Err(port_error("cannot open", &path, &error)),
        }
    }

    fn get(&self, name: &str) -> Result<Option<Bytes>> {
        let path = self.dir.join(checked(name)?);
        match read_whole(&*self.disk, &path) {
            Ok(bytes) => Ok(bytes.map(Bytes::from)),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(port_error("cannot read", &path, &error)),
        }
    }

    fn get_range(&self, name: &str, range: &Range<u64>) -> Result<Option<Bytes>> {
        let path = self.dir.join(checked(name)?);
        let read = || -> io::Result<Bytes> {
            let file = self.disk.open(&path)?;
            let end = range.end.min(file.size()?);
            let length = usize::try_from(end.saturating_sub(range.start)).map_err(io::Error::other)?;
            let mut bytes = vec![0; length];
            let read = read_full(&*file, range.start, &mut bytes)?;
            bytes.truncate(read);
            Ok(bytes.into())
        };
        match read() {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(port_error("cannot read", &path, &error)),
        }
    }

    fn list(&self, prefix: &str) -> Result<Vec<String>> {
        // Only the folder that the prefix names has to be walked.
        let folder = prefix.rsplit_once('/').map_or("", |(folder, _)| folder);
        if !folder.is_empty() && !folder.split('/').all(is_part) {
            return Ok(Vec::new());
        }
        let mut names = Vec::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(folder) = folders.pop() {
            let path = self.dir.join(&folder);
            let entries = match self.disk.list(&path) {
                Ok(entries) => entries,
                Err(error) if is_absent(&error) => continue,
                Err(error) => return Err(port_error("cannot list", &path, &error)),
            };
            for entry in entries.into_iter().filter(|entry| is_part(&entry.name)) {
                let name = if folder.is_empty() {
                    entry.name
                } else {
                    format!("{folder}/{}", entry.name)
                };
                if entry.is_dir {
                    folders.push(name);
                } else if name.starts_with(prefix) {
                    names.push(name);
                }
            }
        }
        names.sort();
        Ok(names)
    }

    fn delete(&self, name: &str) -> Result<()> {
        let path = self.dir.join(checked(name)?);
        match self.disk.remove(&path) {
            Ok(()) => {}
            Err(error) if is_absent(&error) || error.kind() == io::ErrorKind::IsADirectory => return Ok(()),
            Err(error) => return Err(port_error("cannot remove", &path, &error)),
        }
        let parent = path.parent().unwrap_or(&self.dir);
        self.disk
            .sync_dir(parent)
            .map_err(|error| port_error("cannot sync", parent, &error))
    }
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

fn crossed(name: &str) -> PortError {
    PortError::Misuse(format!(
        "'{name}' cannot be an object: a part of it, or a longer name, is one already"
    ))
}

#[async_trait]
impl Objects for EmbeddedObjects {
    async fn put_if_absent(&self, name: &str, bytes: Bytes) -> Result<bool> {
        let name = name.to_owned();
        self.run(move |inner| inner.put(&name, &bytes)).await
    }

    async fn replace(&self, name: &str, bytes: Bytes) -> Result<()> {
        let name = name.to_owned();
        self.run(move |inner| inner.replace(&name, &bytes)).await
    }

    async fn size(&self, name: &str) -> Result<Option<u64>> {
        let name = name.to_owned();
        self.run(move |inner| inner.size(&name)).await
    }

    async fn get(&self, name: &str) -> Result<Option<Bytes>> {
        let name = name.to_owned();
        self.run(move |inner| inner.get(&name)).await
    }

    async fn get_range(&self, name: &str, range: Range<u64>) -> Result<Option<Bytes>> {
        let name = name.to_owned();
        self.run(move |inner| inner.get_range(&name, &range)).await
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>> {
        let prefix = prefix.to_owned();
        self.run(move |inner| inner.list(&prefix)).await
    }

    async fn delete(&self, name: &str) -> Result<()> {
        let name = name.to_owned();
        self.run(move |inner| inner.delete(&name)).await
    }
}
