//! A shim for LD_PRELOAD that knows, at every instant, what a power cut would leave of a program's files.
//!
//! Beside the real folder (`HANOI_IOC_POWERCUT_ROOT`) lies the durable state (`HANOI_IOC_POWERCUT_SIDE`), which the harness
//! makes before the start: `durable/INODE` is what is surely on the disk of a file, `names/INODE` are the surely stored names
//! of a folder, `live/INODE` is one more name of the file itself, so that no inode number is used twice. The shim lets the
//! program write as it likes, and carries over what is promised: the bytes of a file when `fsync` or `fdatasync` of it has
//! returned, the names of a folder when its `fsync` has. Whoever then kills the program may replace everything else by
//! anything between the two states. Each sync takes `HANOI_IOC_POWERCUT_DWELL_US` longer. With `HANOI_IOC_POWERCUT_LIE` set it carries over nothing, like a disk that lies.
//! With `HANOI_IOC_POWERCUT_FAIL` so many of a thousand syncs fail with EIO while the side has a file `fail`.
//! The file `HANOI_IOC_POWERCUT_CLOCK` holds seconds by which the time of day is wrong, as eight bytes of the machine's order.
//!
//! Bytes that are written past the C library are seen when they are synced, as long as the file was lengthened by it
//! (fallocate); bytes that are written through a mapping are not, and nothing that must last is written so.
#![allow(unsafe_code)]

mod calls;
mod clock;
mod side;
mod track;
