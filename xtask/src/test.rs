//! `cargo xtask test`: everything that must pass, with its own set-up, in one summary.

use crate::browser;
use crate::contracts;
use crate::repo::Repo;
use crate::run::{cargo, command, find, run};
use crate::setup::{self, Need, python, system};
use crate::steps::Steps;
use crate::{licences, tidy, web};
use anyhow::Result;
use std::process::Command;

/// Crates whose tests need the built server.
const END_TO_END: [&str; 2] = ["e2e", "load"];

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
        steps.step("contracts", || contracts::check(repo));
        steps.step("end to end: protocols", || run(&mut end_to_end(repo)));
        steps.step("end to end: browser", || browser::run(repo));
    } else {
        steps.skip("contracts", "the server does not build");
        steps.skip("end to end: protocols", "the server does not build");
        steps.skip("end to end: browser", "the server does not build");
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
    command
        .env("HANOI_IOC_BIN", repo.target().join("debug/hanoi-ioc"))
        .env("HANOI_IOC_PYTHON", python::interpreter(repo));
    if let Some(path) = system::chromium(repo) {
        command.env("HANOI_IOC_CHROMIUM", path);
    }
    command
}

/// `npm` in the console's folder.
fn npm(repo: &Repo) -> Command {
    let mut npm = command(repo, "npm");
    npm.current_dir(repo.path("web"));
    npm
}
