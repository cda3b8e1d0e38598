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

    /// The whole object.
    async fn get(&self, name: &str) -> Result<Option<Bytes>>;

    /// A part of the object, cut at its end.
    async fn get_range(&self, name: &str, range: Range<u64>) -> Result<Option<Bytes>>;

    /// All names that begin with `prefix`, sorted.
    async fn list(&self, prefix: &str) -> Result<Vec<String>>;

    /// Removes an object; absent is fine.
    async fn delete(&self, name: &str) -> Result<()>;
}
