//! The folder of the durable state.

use libc::c_int;
use std::ffi::OsString;
use std::fs::{self, File};
use std::mem::MaybeUninit;
use std::os::unix::fs::{DirEntryExt, FileExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Names of a folder: name, inode, whether it is a folder.
pub(crate) type Names = Vec<(OsString, u64, bool)>;

/// Where the durable state lies, and of what.
pub(crate) struct Side {
    pub(crate) root: PathBuf,
    pub(crate) lies: bool,
    pub(crate) dwell: Duration,
    /// Of a thousand syncs, so many fail while the side has a file `fail`.
    pub(crate) failing: u64,
    dir: PathBuf,
}

impl Side {
    /// From the environment; `None` when the shim shall do nothing.
    pub(crate) fn open() -> Option<Self> {
        let path = |name: &str| std::env::var_os(name).map(PathBuf::from);
        Some(Self {
            root: path("HANOI_IOC_POWERCUT_ROOT")?,
            dir: path("HANOI_IOC_POWERCUT_SIDE")?,
            dwell: Duration::from_micros(std::env::var("HANOI_IOC_POWERCUT_DWELL_US").ok()?.parse().ok()?),
            lies: std::env::var_os("HANOI_IOC_POWERCUT_LIE").is_some(),
            failing: std::env::var("HANOI_IOC_POWERCUT_FAIL")
                .ok()
                .and_then(|text| text.parse().ok())
                .unwrap_or(0),
        })
    }

    /// Inodes of the files that were there at the start.
    pub(crate) fn files(&self) -> Vec<u64> {
        let entries = fs::read_dir(self.dir.join("live")).into_iter().flatten().flatten();
        entries
            .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
            .collect()
    }

    /// Whether syncs may fail now.
    pub(crate) fn may_fail(&self) -> bool {
        self.failing > 0 && self.dir.join("fail").exists()
    }

    /// Gives a new file its second name.
    pub(crate) fn adopt(&self, path: &Path, inode: u64) -> bool {
        fs::hard_link(path, self.dir.join("live").join(inode.to_string())).is_ok()
    }

    /// Writes what is durable of a file.
    pub(crate) fn keep_content(&self, inode: u64, length: u64, pieces: &[(u64, Vec<u8>)]) -> bool {
        let path = self.dir.join("durable").join(inode.to_string());
        let write = || -> std::io::Result<()> {
            let file = File::options().create(true).truncate(false).write(true).open(path)?;
            for (offset, bytes) in pieces {
                file.write_all_at(bytes, *offset)?;
            }
            file.set_len(length)
        };
        write().is_ok()
    }

    /// Writes which names of a folder are durable: lines of inode, kind and name.
    pub(crate) fn keep_names(&self, inode: u64, names: &Names) -> bool {
        let mut text = String::new();
        for (name, inode, is_dir) in names {
            let kind = if *is_dir { 'd' } else { 'f' };
            text.push_str(&format!("{inode} {kind} {}\n", name.to_string_lossy()));
        }
        let dir = self.dir.join("names");
        // a name of its own per thread, so that two syncs of a folder do not meet
        // SAFETY: asks for the number of this thread.
        let thread = unsafe { libc::gettid() };
        let fresh = dir.join(format!("{inode}.{thread}"));
        fs::write(&fresh, text)
            .and_then(|()| fs::rename(&fresh, dir.join(inode.to_string())))
            .is_ok()
    }
}

/// Inode, whether it is a folder, and length; `None` for sockets, pipes and the like.
pub(crate) fn stat(fd: c_int) -> Option<(u64, bool, u64)> {
    let mut found = MaybeUninit::<libc::stat>::uninit();
    // SAFETY: the memory is as large as the structure, and is read only when the call filled it.
    let found = unsafe {
        if libc::fstat(fd, found.as_mut_ptr()) != 0 {
            return None;
        }
        found.assume_init()
    };
    match found.st_mode & libc::S_IFMT {
        libc::S_IFREG => Some((found.st_ino, false, u64::try_from(found.st_size).unwrap_or(0))),
        libc::S_IFDIR => Some((found.st_ino, true, 0)),
        _ => None,
    }
}

/// The path under which a descriptor was opened.
pub(crate) fn path(fd: c_int) -> Option<PathBuf> {
    fs::read_link(format!("/proc/self/fd/{fd}")).ok()
}

/// The names that a folder has now.
pub(crate) fn names(path: &Path) -> Option<Names> {
    let mut names = Names::new();
    for entry in fs::read_dir(path).ok()? {
        let entry = entry.ok()?;
        let kind = entry.file_type().ok()?;
        if kind.is_dir() || kind.is_file() {
            names.push((entry.file_name(), entry.ino(), kind.is_dir()));
        }
    }
    Some(names)
}

/// The changed bytes of a file as they are now.
pub(crate) fn pieces(fd: c_int, length: u64, changed: &[(u64, u64)]) -> Option<Vec<(u64, Vec<u8>)>> {
    // The program may have opened it for writing only: it is opened anew.
    let file = File::open(format!("/proc/self/fd/{fd}")).ok()?;
    let mut pieces = Vec::new();
    for &(start, end) in changed {
        let end = end.min(length);
        if start < end {
            let mut bytes = vec![0; (end - start) as usize];
            file.read_exact_at(&mut bytes, start).ok()?;
            pieces.push((start, bytes));
        }
    }
    Some(pieces)
}
