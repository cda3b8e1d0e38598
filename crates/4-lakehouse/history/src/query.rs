//! Reading the past: pinned views of the lake, ranges for charts, and SQL for people, each within the actor's scope.

pub(crate) mod bound;
pub(crate) mod check;
pub mod error;
mod footer;
pub(crate) mod function;
pub(crate) mod ground;
pub(crate) mod overlay;
pub mod range;
pub(crate) mod registry;
pub mod rows;
pub(crate) mod scan;
pub mod sql;
pub mod tables;
pub(crate) mod tail;
pub(crate) mod texts;
pub(crate) mod view;
pub mod visible;
pub(crate) mod wanted;
pub(crate) mod watch;
