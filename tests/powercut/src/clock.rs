//! A clock of the machine that jumps: seconds that are added to the time of day, from a file that the harness writes.

use libc::{c_int, c_void};
use std::ffi::CString;
use std::os::unix::ffi::OsStringExt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicI64, Ordering};

/// Seconds to add; `None` when no file is named in `HANOI_IOC_POWERCUT_CLOCK`.
fn offset() -> Option<&'static AtomicI64> {
    static OFFSET: OnceLock<Option<&'static AtomicI64>> = OnceLock::new();
    *OFFSET.get_or_init(|| {
        let path = CString::new(std::env::var_os("HANOI_IOC_POWERCUT_CLOCK")?.into_vec()).ok()?;
        // SAFETY: the file has eight bytes, is mapped for ever, and is written as a whole number of that size.
        unsafe {
            let fd = libc::open(path.as_ptr(), libc::O_RDONLY);
            if fd < 0 {
                return None;
            }
            let size = size_of::<AtomicI64>();
            let found = libc::mmap(std::ptr::null_mut(), size, libc::PROT_READ, libc::MAP_SHARED, fd, 0);
            libc::close(fd);
            (found != libc::MAP_FAILED).then(|| &*found.cast::<c_void>().cast::<AtomicI64>())
        }
    })
}

/// How much a clock is wrong; only the time of day is, never a monotonic one.
pub(crate) fn wrong_by(clock: c_int) -> i64 {
    match clock {
        libc::CLOCK_REALTIME | libc::CLOCK_REALTIME_COARSE => {
            offset().map_or(0, |offset| offset.load(Ordering::Relaxed))
        }
        _ => 0,
    }
}
