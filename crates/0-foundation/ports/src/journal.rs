//! Facts, signals and commands in the order of their commits; never observations.

use crate::error::Result;
use async_trait::async_trait;
use kernel::fact::Fact;
use std::fmt;
use tokio::sync::watch;

/// A fact with its number. Numbers grow with the order of commits; a reader that has seen `n` never meets a smaller one
/// later.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// From 1, growing; gaps are possible.
    pub number: u64,
    /// The fact.
    pub fact: Fact,
}

/// The journal of one tenant. It is written through [`crate::records::Records::commit`] only, so that a fact and the
/// change that it tells of are one transaction.
#[async_trait]
pub trait Journal: Send + Sync + fmt::Debug {
    /// Entries after `after`, oldest first, whose type begins with one of `kinds` (all when empty).
    async fn read(&self, after: u64, kinds: &[&str], limit: usize) -> Result<Vec<Entry>>;

    /// The last number; changes are announced, never polled for.
    fn head(&self) -> watch::Receiver<u64>;

    /// The oldest number that is still kept; a reader that stands before it has a gap.
    async fn oldest(&self) -> Result<u64>;

    /// Where a consumer stands; 0 at first.
    async fn cursor(&self, consumer: &str) -> Result<u64>;

    /// Forgets entries up to `number` that every cursor has passed. Returns how many.
    async fn forget(&self, number: u64) -> Result<u64>;
}
