//! The command lines of the long proofs and the measurements, in one place.

use crate::repo::Repo;
use crate::run;
use anyhow::Result;
use std::process::Command;

/// A harness of `tests/load`, in the release profile because it measures.
pub(crate) fn load(repo: &Repo, args: &[&str]) -> Command {
    let mut command = run::cargo(repo);
    command.args(["run", "--release", "--package", "load", "--"]).args(args);
    command
}

/// Builds the release server that the harness starts, then runs the harness.
pub(crate) fn measured(repo: &Repo, args: &[&str]) -> Result<()> {
    run::run(run::cargo(repo).args(["build", "--release", "--package", "server", "--bin", "hanoi-ioc"]))?;
    let binary = repo.target().join("release/hanoi-ioc");
    run::run(load(repo, args).env("HANOI_IOC_BIN", binary))
}

/// `kill -9` during ingest by HTTP and MQTT, `kills` times.
pub(crate) fn crash(repo: &Repo, kills: u32) -> Result<()> {
    measured(repo, &["crash", "--kills", &kills.to_string()])
}

/// The figures of docs/performance.md.
pub(crate) fn bench(repo: &Repo, args: &[String]) -> Result<()> {
    let rest: Vec<&str> = std::iter::once("bench")
        .chain(args.iter().map(String::as_str))
        .collect();
    measured(repo, &rest)
}

/// Names of the proofs that a test run leaves out because they take long: ignored tests, with raised seeds.
pub(crate) fn ignored(repo: &Repo) -> Command {
    let mut command = run::cargo(repo);
    if run::find(repo, "cargo-nextest").is_some() {
        command.args([
            "nextest",
            "run",
            "--workspace",
            "--run-ignored",
            "all",
            "--no-fail-fast",
        ]);
    } else {
        command.args(["test", "--workspace", "--no-fail-fast", "--", "--include-ignored"]);
    }
    command.env("PROPTEST_CASES", "20000").env("HANOI_IOC_SEEDS", "2000");
    command
}
