//! The pure rules: state, deed and time in; what follows out.

pub mod flaw;
pub mod measure;
pub mod object;
pub mod report;
pub mod usage;
