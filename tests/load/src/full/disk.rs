//! A small disk of our own (tmpfs) where the system lets us make one, else only a limit of the log.

use anyhow::{Context, Result, bail};
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use tokio::process::Command;

/// What becomes full.
pub(crate) enum Disk {
    /// A file system in memory.
    Own(Own),
    /// `log.max_mib`; recovery then needs a restart with a larger one.
    Limit,
}

/// A mounted file system, unmounted together with this value.
pub(crate) struct Own {
    dir: PathBuf,
}

impl Disk {
    /// Makes a disk of so many MiB.
    pub(crate) async fn new(mib: u64) -> Result<Self> {
        let dir = tempfile::Builder::new().prefix("hanoi-ioc-disk-").tempdir()?.keep();
        let size = format!("size={mib}m");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(&dir)
            .output()
            .await;
        if mounted.is_ok_and(|output| output.status.success()) {
            return Ok(Self::Own(Own { dir }));
        }
        println!("a disk of our own needs root (mount -t tmpfs); instead the log's limit becomes full");
        fs::remove_dir(&dir)?;
        Ok(Self::Limit)
    }

    /// Where the site shall lie.
    pub(crate) fn folder(&self) -> Option<&Path> {
        match self {
            Self::Own(own) => Some(&own.dir),
            Self::Limit => None,
        }
    }

    /// Fills or empties the disk, if it is one, until so many bytes are free.
    pub(crate) async fn leave(&self, bytes: u64) -> Result<()> {
        match self {
            Self::Own(own) => own.leave(bytes).await,
            Self::Limit => Ok(()),
        }
    }

    /// What is said of it.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Own(_) => "disk",
            Self::Limit => "limit of the log",
        }
    }
}

impl Own {
    /// Fills or empties the disk with a file of ours until so many bytes are free. Fails when our file is too small to make
    /// that room.
    pub(crate) async fn leave(&self, bytes: u64) -> Result<()> {
        let path = self.dir.join("ballast");
        let mut file = File::options().create(true).append(true).open(&path)?;
        let (free, held) = (self.free().await?, file.metadata()?.len());
        if free <= bytes {
            let Some(left) = held.checked_sub(bytes - free) else {
                bail!(
                    "the server holds all but {} KiB of the disk, no room can be made",
                    (free + held) >> 10
                );
            };
            return Ok(file.set_len(left)?);
        }
        let piece = vec![1; 64 << 10];
        let mut more = free - bytes;
        while more > 0 {
            let now = piece.len().min(usize::try_from(more).unwrap_or(usize::MAX));
            match file.write_all(&piece[..now]) {
                Ok(()) => more -= now as u64,
                // the server took the room first
                Err(error) if error.kind() == std::io::ErrorKind::StorageFull => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    async fn free(&self) -> Result<u64> {
        let output = Command::new("df")
            .args(["--block-size=1", "--output=avail"])
            .arg(&self.dir)
            .output()
            .await?;
        if !output.status.success() {
            bail!("df failed: {}", String::from_utf8_lossy(&output.stderr));
        }
        let text = String::from_utf8_lossy(&output.stdout);
        text.lines()
            .nth(1)
            .and_then(|line| line.trim().parse().ok())
            .context("df said nothing")
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        // lazily: the folder of the site may go a moment later
        let _ = std::process::Command::new("umount")
            .arg("--lazy")
            .arg(&self.dir)
            .status();
        let _ = fs::remove_dir(&self.dir);
    }
}
