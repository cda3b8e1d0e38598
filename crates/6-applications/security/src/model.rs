//! The nouns of this slice. Pure data.

pub mod flaw;
pub mod measure;
pub mod object;
pub mod report;
pub mod usage;
