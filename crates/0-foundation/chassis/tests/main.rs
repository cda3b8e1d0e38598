//! What slices stand on, on the embedded engine and through real sockets.
#![allow(clippy::unwrap_used)]

#[path = "main/consumer.rs"]
mod consumer;
#[path = "main/pki.rs"]
mod pki;
#[path = "main/reconcile.rs"]
mod reconcile;
#[path = "main/rejections.rs"]
mod rejections;
#[path = "main/tls.rs"]
mod tls;
