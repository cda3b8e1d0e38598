//! Whole objects by name: written once, durable on return.

use crate::error::Result;
use async_trait::async_trait;
use bytes::Bytes;
use std::fmt;
use std::ops::Range;

/// Objects of one tenant. A name is `/`-separated parts of letters, digits, `.`, `_`, `-` and `=`; no part is empty or
/// begins with a dot.
#[async_trait]
pub trait Objects: Send + Sync + fmt::Debug {
    /// Stores an object unless the name is taken; `false` means that it was. Durable when it answers, the name included.
    async fn put_if_absent(&self, name: &str, bytes: Bytes) -> Result<bool>;

    /// Stores an object in place of what bears the name, at once for every reader; durable when it answers. Only for hints:
    /// the last part of the name begins with `_last`. A backup leaves hints out, so whoever reads one must bear that it is
    /// absent or old.
    async fn replace(&self, name: &str, bytes: Bytes) -> Result<()>;

    /// Length of an object in bytes.
    async fn size(&self, name: &str) -> Result<Option<u64>>;

    /// The whole object.
    async fn get(&self, name: &str) -> Result<Option<Bytes>>;

    /// A part of the object, cut at its end.
    async fn get_range(&self, name: &str, range: Range<u64>) -> Result<Option<Bytes>>;

    /// All names that begin with `prefix`, sorted.
    async fn list(&self, prefix: &str) -> Result<Vec<String>>;

    /// Removes an object; absent is fine.
    async fn delete(&self, name: &str) -> Result<()>;
}

/// Whether a name is that of a hint, which [`Objects::replace`] takes and a backup leaves out.
pub fn is_hint(name: &str) -> bool {
    name.rsplit('/').next().is_some_and(|last| last.starts_with("_last"))
}
