//! Which bytes of which file were changed since its last sync.

use crate::side::{self, Names, Side};
use libc::{c_int, off_t, ssize_t};
use std::cell::Cell;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// Ranges of changed bytes; beyond this many they are joined.
const MOST: usize = 512;

thread_local! {
    /// Set while the shim itself uses files.
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// One file since its last sync.
#[derive(Default)]
struct File {
    changed: Vec<(u64, u64)>,
    /// One sync of a file at a time, so that an older state never replaces a newer one.
    syncing: Arc<Mutex<()>>,
}

struct State {
    side: Option<Side>,
    files: Mutex<HashMap<u64, File>>,
}

fn state() -> &'static State {
    static STATE: OnceLock<State> = OnceLock::new();
    STATE.get_or_init(|| {
        let side = Side::open();
        let known = side.as_ref().map(Side::files).unwrap_or_default();
        State {
            side,
            files: Mutex::new(known.into_iter().map(|inode| (inode, File::default())).collect()),
        }
    })
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Does the bookkeeping unless this thread is inside it already; `errno` stays as the program shall see it.
fn inside<T: Default>(work: impl FnOnce(&'static State, &'static Side) -> T) -> T {
    if INSIDE.try_with(|flag| flag.replace(true)).unwrap_or(true) {
        return T::default();
    }
    // SAFETY: errno of this thread.
    let errno = unsafe { *libc::__errno_location() };
    let state = state();
    let done = state.side.as_ref().map(|side| work(state, side)).unwrap_or_default();
    // SAFETY: errno of this thread.
    unsafe { *libc::__errno_location() = errno };
    let _ = INSIDE.try_with(|flag| flag.set(false));
    done
}

/// A file was opened; a new one below the root gets its second name and is watched from now on.
pub(crate) fn opened(fd: c_int, flags: c_int) {
    if fd < 0 || flags & libc::O_CREAT == 0 {
        return;
    }
    inside(|state, side| {
        let Some((inode, false, _)) = side::stat(fd) else {
            return;
        };
        let Some(path) = side::path(fd).filter(|path| path.starts_with(&side.root)) else {
            return;
        };
        let known = locked(&state.files).contains_key(&inode);
        if !known && side.adopt(&path, inode) {
            locked(&state.files).insert(inode, File::default());
        } else if flags & libc::O_TRUNC != 0 {
            note(state, inode, 0, u64::MAX);
        }
    });
}

/// Length of a watched file.
pub(crate) fn length(fd: c_int) -> u64 {
    inside(|_, _| side::stat(fd).map_or(0, |(_, _, length)| length))
}

/// Bytes were written where the descriptor's cursor was.
pub(crate) fn written_at_cursor(fd: c_int, done: ssize_t) {
    if done <= 0 || fd <= 2 {
        return;
    }
    inside(|state, _| {
        let Some((inode, false, _)) = side::stat(fd) else {
            return;
        };
        if locked(&state.files).contains_key(&inode) {
            // SAFETY: asks for the cursor, changes nothing.
            let end = unsafe { libc::lseek(fd, 0, libc::SEEK_CUR) };
            let start = u64::try_from(end - done as off_t).unwrap_or(0);
            note(state, inode, start, start + done as u64);
        }
    });
}

/// Bytes were written.
pub(crate) fn written(fd: c_int, offset: off_t, done: ssize_t) {
    if done <= 0 {
        return;
    }
    let start = u64::try_from(offset).unwrap_or(0);
    inside(|state, _| {
        if let Some((inode, false, _)) = side::stat(fd) {
            note(state, inode, start, start + done as u64);
        }
    });
}

/// The length was changed.
pub(crate) fn resized(fd: c_int, before: u64, length: off_t) {
    let length = u64::try_from(length).unwrap_or(0);
    inside(|state, _| {
        if let Some((inode, false, _)) = side::stat(fd) {
            note(state, inode, before.min(length), before.max(length));
        }
    });
}

fn note(state: &State, inode: u64, start: u64, end: u64) {
    let mut files = locked(&state.files);
    let Some(file) = files.get_mut(&inode) else { return };
    match file.changed.last_mut() {
        Some(last) if start <= last.1 && end >= last.0 => *last = (last.0.min(start), last.1.max(end)),
        _ => file.changed.push((start, end)),
    }
    if file.changed.len() > MOST {
        let all = file
            .changed
            .iter()
            .fold((u64::MAX, 0), |all, next| (all.0.min(next.0), all.1.max(next.1)));
        file.changed = vec![all];
    }
}

/// What a sync will have promised when it returns well; taken before it, so that later writes are not promised.
pub(crate) enum Promise {
    /// Content of a file: its inode, its length, its changed pieces.
    Content(u64, u64, Vec<(u64, Vec<u8>)>, Arc<Mutex<()>>),
    /// Names of a folder.
    Names(u64, Names),
    /// The state before the sync cannot be read.
    Unreadable,
}

/// The state of a file or folder before its sync; `None` when it is not watched, or the disk lies.
pub(crate) fn promise(fd: c_int) -> Option<Promise> {
    inside(|state, side| {
        if side.lies {
            return None;
        }
        let (inode, is_dir, length) = side::stat(fd)?;
        if is_dir {
            let path = side::path(fd).filter(|path| path.starts_with(&side.root))?;
            return Some(side::names(&path).map_or(Promise::Unreadable, |names| Promise::Names(inode, names)));
        }
        let (changed, syncing) = {
            let mut files = locked(&state.files);
            let file = files.get_mut(&inode)?;
            (std::mem::take(&mut file.changed), file.syncing.clone())
        };
        match side::pieces(fd, length, &changed) {
            Some(pieces) => Some(Promise::Content(inode, length, pieces, syncing)),
            None => Some(Promise::Unreadable),
        }
    })
}

/// Whether this sync shall fail. What it should have carried over then never will be: after a failed sync a system counts
/// the pages as clean, and no later one writes them.
pub(crate) fn fails(promise: Option<&Promise>) -> bool {
    static DRAWN: AtomicU64 = AtomicU64::new(0);
    promise.is_some()
        && inside(|_, side| {
            if !side.may_fail() {
                return false;
            }
            // SplitMix64 over a counter and the number of the process
            let drawn = DRAWN.fetch_add(1, Ordering::Relaxed) ^ u64::from(std::process::id()) << 32;
            let mut state = drawn.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            state = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            state = (state ^ state >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
            (state ^ state >> 31) % 1_000 < side.failing
        })
}

/// Makes a sync of a watched program take as long as on a slow disk, so that more is under way when the power goes.
pub(crate) fn dwell() {
    inside(|_, side| std::thread::sleep(side.dwell));
}

/// Carries a promise over to the durable state; `false` when that is not possible.
pub(crate) fn kept(promise: Option<Promise>) -> bool {
    let Some(promise) = promise else { return true };
    let mut kept = false;
    inside(|_, side| {
        kept = match &promise {
            Promise::Content(inode, length, pieces, syncing) => {
                let _alone = locked(syncing);
                side.keep_content(*inode, *length, pieces)
            }
            Promise::Names(inode, names) => side.keep_names(*inode, names),
            Promise::Unreadable => false,
        };
    });
    kept
}
