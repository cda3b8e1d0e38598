//! The contract between code that speaks a protocol and the house: who is that (Gatekeeper), please keep this (Intake), and
//! please tell the device (Downlink), which it answers (Answers).
//!
//! **Invariant:** no protocol, no storage and no slice is named here. `device` implements [`gatekeeper::Gatekeeper`]
//! and [`command::Answers`], a driver implements [`command::Downlink`], the server joins [`intake::Intake`] with `observation`.

pub mod command;
pub mod gatekeeper;
pub mod intake;
