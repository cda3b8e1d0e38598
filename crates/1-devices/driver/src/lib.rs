//! The contract between code that speaks a protocol and the house: who is that (Gatekeeper), and please keep this (Intake).
//!
//! **Invariant:** no protocol, no storage and no slice is named here. `device` implements [`gatekeeper::Gatekeeper`],
//! the server joins [`intake::Intake`] with `observation`.

pub mod gatekeeper;
pub mod intake;
