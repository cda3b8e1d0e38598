//! The nouns of this slice. Pure data.

pub mod measure;
pub mod report;
pub mod usage;
