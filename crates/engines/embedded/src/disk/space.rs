//! How large the disk is.

use std::io;
use std::path::Path;

/// Size in bytes of the file system that holds `path`, which must exist.
pub fn total_bytes(path: &Path) -> io::Result<u64> {
    let figures = rustix::fs::statvfs(path)?;
    Ok(figures.f_frsize.saturating_mul(figures.f_blocks))
}
