//! What the API takes and gives. The same form of a thing is the body of every fact.

pub mod flaw;
pub mod measure;
pub mod object;
pub mod report;
pub mod usage;
pub mod words;
