//! `cargo xtask prove`: the long proofs, which a test run leaves out: more seeds, ignored tests, kills, power cuts.

use crate::harness;
use crate::repo::Repo;
use crate::run::run;
use crate::setup::{self, Need};
use crate::steps::Steps;
use crate::web;
use anyhow::Result;

/// Runs every long proof; fails when one fails.
pub(crate) fn run_all(repo: &Repo) -> Result<()> {
    let mut steps = Steps::default();
    steps.step("set-up", || setup::run(repo, Need::Tests));
    steps.step("console: build", || web::build(repo));
    steps.step("long proofs of the crates", || run(&mut harness::ignored(repo)));
    steps.step("200 kills", || harness::crash(repo, 200));
    steps.finish()
}
