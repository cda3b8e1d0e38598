//! Background work without input.

pub mod flaw;
pub mod measure;
pub mod usage;
