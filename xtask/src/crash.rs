//! `cargo xtask crash --kills N`: kills the server while it takes in data and counts what was lost.

use crate::harness::{self, Build};
use crate::repo::Repo;
use anyhow::{Result, bail};

/// Runs the kills.
pub(crate) fn run(repo: &Repo, kills: u32) -> Result<()> {
    if kills == 0 {
        bail!("--kills is 0; give at least 1");
    }
    harness::crash(repo, Build::Release, kills)
}
