//! What follows from what, without storage, clock or network: presence of devices, how certificates stand, and the life of
//! commands.
//!
//! ```text
//!              handed over        ok: true
//!  Queued ───────────────▶ Sent ───────────▶ Done
//!    │  │                  │  │   ok: false
//!    │  │                  │  └────────────▶ Refused
//!    │  │ deadline         │ deadline
//!    │  └──────▶ Expired ◀─┘
//!    ├── blocked, interlock ──▶ Refused
//!    └── cannot be handed over ──▶ Failed
//! ```

pub mod certificate;
pub mod command;
pub mod presence;
