//! `cargo xtask prove`: the long proofs, which a test run leaves out: more seeds, ignored tests, kills, power cuts.

use crate::harness::{self, Build};
use crate::repo::Repo;
use crate::run::{cargo, run};
use crate::setup::{self, Need};
use crate::steps::Steps;
use crate::web;
use anyhow::Result;

/// Runs every long proof; fails when one fails.
pub(crate) fn run_all(repo: &Repo) -> Result<()> {
    let mut steps = Steps::default();
    steps.step("set-up", || setup::run(repo, Need::Tests));
    steps.step("console: build", || web::build(repo));
    // The end-to-end tests are among the proofs of the crates, and they start it.
    let server = ["build", "--package", "server", "--bin", "hanoi-ioc"];
    steps.step("server: build", || run(cargo(repo).args(server)));
    steps.step("long proofs of the crates", || run(&mut harness::ignored(repo)));
    steps.step("200 kills", || harness::crash(repo, Build::Release, 200));
    steps.step("100 power cuts", || harness::power(repo, Build::Release, 100));
    steps.step("50 full disks", || harness::full(repo, Build::Release, 50));
    steps.finish()
}
