//! `cargo xtask test`: everything that must pass, with its own set-up, in one summary.

use crate::browser;
use crate::contracts;
use crate::harness::{self, Build};
use crate::repo::Repo;
use crate::run::{cargo, command, find, run};
use crate::setup::{self, Need};
use crate::steps::Steps;
use crate::{licences, tidy, web};
use anyhow::Result;
use std::process::Command;

/// Crates whose tests need the built server.
const END_TO_END: [&str; 1] = ["e2e"];
/// What needs the built server.
const ON_THE_SERVER: [&str; 6] = [
    "contracts",
    "end to end: protocols",
    "end to end: browser",
    "20 kills",
    "5 power cuts",
    "2 full disks",
];

/// Runs all steps; fails when one fails.
pub(crate) fn run_all(repo: &Repo) -> Result<()> {
    let mut steps = Steps::default();
    steps.step("set-up", || setup::run(repo, Need::Tests));
    // The server embeds web/dist, so nothing compiles before it exists.
    steps.step("console: build", || web::build(repo));
    steps.step("format", || run(cargo(repo).args(["fmt", "--all", "--check"])));
    steps.step("tidy", || tidy::run(repo));
    steps.step("licences", || licences::run(repo));
    let clippy = [
        "clippy",
        "--workspace",
        "--all-targets",
        "--locked",
        "--",
        "-D",
        "warnings",
    ];
    steps.step("clippy", || run(cargo(repo).args(clippy)));
    steps.step("crates: tests", || run(&mut crates(repo)));
    steps.step("console: types", || run(npm(repo).args(["run", "types"])));
    steps.step("console: tests", || run(npm(repo).args(["run", "test"])));
    let server = ["build", "--locked", "--package", "server", "--bin", "hanoi-ioc"];
    if steps.step("server: build", || run(cargo(repo).args(server))) {
        let [contracts, protocols, browser, kills, cuts, full] = ON_THE_SERVER;
        steps.step(contracts, || contracts::check(repo));
        steps.step(protocols, || run(&mut end_to_end(repo)));
        steps.step(browser, || browser::run(repo));
        // `cargo xtask prove` does many more, on the release build.
        steps.step(kills, || harness::crash(repo, Build::Quick, 20));
        steps.step(cuts, || harness::power(repo, Build::Quick, 5));
        steps.step(full, || harness::full(repo, Build::Quick, 2));
    } else {
        for name in ON_THE_SERVER {
            steps.skip(name, "the server does not build");
        }
    }
    steps.finish()
}

/// The runner of Rust tests: nextest where it is installed.
fn runner(repo: &Repo) -> Command {
    let mut command = cargo(repo);
    if find(repo, "cargo-nextest").is_some() {
        command.args(["nextest", "run", "--no-fail-fast", "--no-tests", "pass"]);
    } else {
        command.args(["test", "--no-fail-fast"]);
    }
    command.arg("--locked");
    command
}

/// Tests of all crates that need no running server.
fn crates(repo: &Repo) -> Command {
    let mut command = runner(repo);
    command.arg("--workspace");
    for name in END_TO_END {
        command.args(["--exclude", name]);
    }
    command
}

/// Tests that start the server and speak to it as others would.
fn end_to_end(repo: &Repo) -> Command {
    let mut command = runner(repo);
    for name in END_TO_END {
        command.args(["--package", name]);
    }
    harness::programs(repo, &mut command);
    command
}

/// `npm` in the console's folder.
fn npm(repo: &Repo) -> Command {
    let mut npm = command(repo, "npm");
    npm.current_dir(repo.path("web"));
    npm
}
