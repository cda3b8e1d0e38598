//! The embedded engine on real files: conformance, models, faults and crashes.

#[path = "main/backup.rs"]
mod backup;
#[path = "main/log.rs"]
mod log;
#[path = "main/log_damage.rs"]
mod log_damage;
#[path = "main/log_ground.rs"]
mod log_ground;
#[path = "main/log_power.rs"]
mod log_power;
#[path = "main/objects.rs"]
mod objects;
#[path = "main/records.rs"]
mod records;
#[path = "main/records_crash.rs"]
mod records_crash;
#[path = "main/records_model.rs"]
mod records_model;
