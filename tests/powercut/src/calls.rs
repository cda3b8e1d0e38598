//! The functions of the C library that change files, each passed on to the real one and noted.
//!
//! SAFETY, for all of them: the signatures are those of the C library, so that what the caller promised about its pointers
//! and descriptors is passed on unchanged; the real function is looked up once by `dlsym(RTLD_NEXT)`, and exists because
//! the program was linked with it. Nothing here unwinds: the bookkeeping answers errors and never panics.

use crate::{clock, track};
use libc::{c_char, c_int, c_uint, c_void, iovec, mode_t, off_t, size_t, ssize_t, timespec};
use std::sync::atomic::{AtomicPtr, Ordering};

/// Looks up the next function of a name.
fn next(cell: &AtomicPtr<c_void>, name: &'static std::ffi::CStr) -> *mut c_void {
    let known = cell.load(Ordering::Relaxed);
    if !known.is_null() {
        return known;
    }
    // SAFETY: the name is a C string.
    let found = unsafe { libc::dlsym(libc::RTLD_NEXT, name.as_ptr()) };
    cell.store(found, Ordering::Relaxed);
    found
}

/// Defines an exported function: its real counterpart is in scope as `real`, `body` says what is done.
macro_rules! pass {
    ($name:ident($($arg:ident: $kind:ty),*) -> $answer:ty, |$real:ident| $body:expr) => {
        /// As in the C library.
        ///
        /// # Safety
        /// As in the C library.
        #[unsafe(no_mangle)]
        pub(crate) unsafe extern "C" fn $name($($arg: $kind),*) -> $answer {
            static CELL: AtomicPtr<c_void> = AtomicPtr::new(std::ptr::null_mut());
            let found = next(&CELL, const {
                match std::ffi::CStr::from_bytes_with_nul(concat!(stringify!($name), "\0").as_bytes()) {
                    Ok(name) => name,
                    Err(_) => c"",
                }
            });
            if found.is_null() {
                // SAFETY: errno of this thread.
                unsafe { *libc::__errno_location() = libc::ENOSYS };
                return -1;
            }
            // SAFETY: the symbol of this name has this signature.
            let $real: unsafe extern "C" fn($($kind),*) -> $answer = unsafe { std::mem::transmute(found) };
            $body
        }
    };
}

// `open` and its kin take a variable number of arguments; on the platforms that we test, an integer argument that is not
// read does no harm, so they are declared with their longest form.
macro_rules! opening {
    ($name:ident) => {
        pass!($name(path: *const c_char, flags: c_int, mode: mode_t) -> c_int, |real| {
            // SAFETY: see the head of the file.
            let fd = unsafe { real(path, flags, mode) };
            track::opened(fd, flags);
            fd
        });
    };
}
macro_rules! opening_at {
    ($name:ident) => {
        pass!($name(dir: c_int, path: *const c_char, flags: c_int, mode: mode_t) -> c_int, |real| {
            // SAFETY: see the head of the file.
            let fd = unsafe { real(dir, path, flags, mode) };
            track::opened(fd, flags);
            fd
        });
    };
}
macro_rules! creating {
    ($name:ident) => {
        pass!($name(path: *const c_char, mode: mode_t) -> c_int, |real| {
            // SAFETY: see the head of the file.
            let fd = unsafe { real(path, mode) };
            track::opened(fd, libc::O_CREAT | libc::O_TRUNC);
            fd
        });
    };
}
opening!(open);
opening!(open64);
opening_at!(openat);
opening_at!(openat64);
creating!(creat);
creating!(creat64);

pass!(write(fd: c_int, bytes: *const c_void, count: size_t) -> ssize_t, |real| {
    // SAFETY: see the head of the file.
    let done = unsafe { real(fd, bytes, count) };
    track::written_at_cursor(fd, done);
    done
});
pass!(writev(fd: c_int, parts: *const iovec, count: c_int) -> ssize_t, |real| {
    // SAFETY: see the head of the file.
    let done = unsafe { real(fd, parts, count) };
    track::written_at_cursor(fd, done);
    done
});
macro_rules! writing_at {
    ($name:ident, $bytes:ty, $count:ty) => {
        pass!($name(fd: c_int, bytes: $bytes, count: $count, offset: off_t) -> ssize_t, |real| {
            // SAFETY: see the head of the file.
            let done = unsafe { real(fd, bytes, count, offset) };
            track::written(fd, offset, done);
            done
        });
    };
}
writing_at!(pwrite, *const c_void, size_t);
writing_at!(pwrite64, *const c_void, size_t);
writing_at!(pwritev, *const iovec, c_int);
writing_at!(pwritev64, *const iovec, c_int);

// Cutting and lengthening: what lies between the old and the new length changes.
macro_rules! resizing {
    ($name:ident) => {
        pass!($name(fd: c_int, length: off_t) -> c_int, |real| {
            let before = track::length(fd);
            // SAFETY: see the head of the file.
            let done = unsafe { real(fd, length) };
            if done == 0 {
                track::resized(fd, before, length);
            }
            done
        });
    };
}
resizing!(ftruncate);
resizing!(ftruncate64);
macro_rules! reserving {
    ($name:ident) => {
        pass!($name(fd: c_int, mode: c_int, offset: off_t, length: off_t) -> c_int, |real| {
            // SAFETY: see the head of the file.
            let done = unsafe { real(fd, mode, offset, length) };
            if done == 0 && mode != 0 {
                track::written(fd, offset, length as ssize_t);
            }
            done
        });
    };
}
reserving!(fallocate);
reserving!(fallocate64);

// A range sync promises neither length nor names (sync_file_range(2)): it is passed on and promises nothing.
pass!(sync_file_range(fd: c_int, offset: off_t, count: off_t, flags: c_uint) -> c_int, |real| {
    // SAFETY: see the head of the file.
    unsafe { real(fd, offset, count, flags) }
});
macro_rules! syncing {
    ($name:ident) => {
        pass!($name(fd: c_int) -> c_int, |real| {
            let promise = track::promise(fd);
            track::dwell();
            if track::fails(promise.as_ref()) {
                // SAFETY: errno of this thread.
                unsafe { *libc::__errno_location() = libc::EIO };
                return -1;
            }
            // SAFETY: see the head of the file.
            let done = unsafe { real(fd) };
            if done == 0 && !track::kept(promise) {
                // The side cannot be written: then the test must not go on as if all were well.
                // SAFETY: errno of this thread.
                unsafe { *libc::__errno_location() = libc::EIO };
                return -1;
            }
            done
        });
    };
}
syncing!(fsync);
syncing!(fdatasync);

pass!(clock_gettime(clock: c_int, time: *mut timespec) -> c_int, |real| {
    // SAFETY: see the head of the file.
    let done = unsafe { real(clock, time) };
    let wrong = clock::wrong_by(clock);
    if done == 0 && wrong != 0 {
        // SAFETY: the call has just filled it.
        unsafe { (*time).tv_sec += wrong };
    }
    done
});
