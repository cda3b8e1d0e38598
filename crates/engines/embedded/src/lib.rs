//! The engine behind the ports for one machine: log segments, SQLite and plain files, nothing else to install.

pub mod backup;
pub mod disk;
pub mod journal;
pub mod log;
pub mod objects;
pub mod records;
pub mod tenant;
