//! Reading objects of a folder that another process may have open: nothing is made or removed.

use super::{checked, is_absent};
use crate::backup::files_below;
use crate::disk::port_error;
use bytes::Bytes;
use ports::error::Result;
use std::path::{Path, PathBuf};

/// The objects of one tenant as files. All calls block.
#[derive(Clone, Debug)]
pub struct ObjectFiles(PathBuf);

impl ObjectFiles {
    /// The folder that [`super::EmbeddedObjects`] uses.
    pub fn new(dir: &Path) -> Self {
        Self(dir.to_owned())
    }

    /// The whole object.
    pub fn get(&self, name: &str) -> Result<Option<Bytes>> {
        let path = self.0.join(checked(name)?);
        match std::fs::read(&path) {
            Ok(bytes) => Ok(Some(Bytes::from(bytes))),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(port_error("cannot read", &path, &error)),
        }
    }

    /// All names in one folder of names, sorted.
    pub fn list(&self, folder: &str) -> Result<Vec<String>> {
        let path = self.0.join(folder);
        if !path.is_dir() {
            return Ok(Vec::new());
        }
        let names = files_below(&path)?;
        Ok(names.into_iter().map(|name| format!("{folder}/{name}")).collect())
    }
}
