//! Tests of ingest: each decoder by tables, all of them by chance, and the HTTP door with recording ports at its edge.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod arrow;
mod cbor;
mod chance;
mod door;
mod doors_refused;
mod json;
mod line;
mod ports;
mod rfc8428;
mod show;
