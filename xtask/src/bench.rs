//! `cargo xtask bench`: measures what docs/performance.md reports; arguments go to the harness.

use crate::harness;
use crate::repo::Repo;
use anyhow::Result;

/// Runs the measurements.
pub(crate) fn run(repo: &Repo, args: &[String]) -> Result<()> {
    harness::bench(repo, args)
}
