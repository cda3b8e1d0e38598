//! The lake on the real embedded engine: what is written, what survives, what is read.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "main/lake_backup.rs"]
mod lake_backup;
#[path = "main/lake_basic.rs"]
mod lake_basic;
#[path = "main/lake_crash.rs"]
mod lake_crash;
#[path = "main/lake_ground.rs"]
mod lake_ground;
#[path = "main/lake_property.rs"]
mod lake_property;
#[path = "main/lake_upkeep.rs"]
mod lake_upkeep;
#[path = "main/read_ground.rs"]
mod read_ground;
#[path = "main/read_http.rs"]
mod read_http;
#[path = "main/read_limits.rs"]
mod read_limits;
#[path = "main/read_scope.rs"]
mod read_scope;
#[path = "main/read_sql.rs"]
mod read_sql;
#[path = "main/read_union.rs"]
mod read_union;
