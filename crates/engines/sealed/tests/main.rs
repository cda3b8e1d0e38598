//! A sealed tenant over the embedded engine: conformance, what lies on the disk, keys, rotation, faults.

#[path = "main/conform.rs"]
mod conform;
#[path = "main/disk.rs"]
mod disk;
#[path = "main/ground.rs"]
mod ground;
#[path = "main/keys.rs"]
mod keys;
#[path = "main/rotation.rs"]
mod rotation;
