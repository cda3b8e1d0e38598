//! Background work without input.

pub mod measure;
pub mod usage;
