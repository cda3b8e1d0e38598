//! The command lines of the long proofs and the measurements, in one place.

use crate::repo::Repo;
use crate::run;
use crate::setup::python;
use anyhow::Result;
use std::process::Command;

/// How the server and its harness are built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Build {
    /// As for the demo and the tests: it is built already when tests run.
    Quick,
    /// As delivered.
    Release,
}

impl Build {
    /// What cargo is told, and the folder it builds in.
    fn parts(self) -> (&'static [&'static str], &'static str) {
        match self {
            Self::Quick => (&[], "debug"),
            Self::Release => (&["--release"], "release"),
        }
    }
}

/// Builds the server and the shim of the power cuts, then runs the harness of `tests/load` with the arguments.
pub(crate) fn load(repo: &Repo, build: Build, args: &[&str]) -> Result<()> {
    let (profile, folder) = build.parts();
    // Apart, so that the server is the one that is built alone: other packages beside it would bring other features.
    let server = ["--package", "server", "--bin", "hanoi-ioc"];
    run::run(run::cargo(repo).arg("build").args(profile).args(server))?;
    let harness = ["--package", "powercut", "--package", "load"];
    run::run(run::cargo(repo).arg("build").args(profile).args(harness))?;
    let built = repo.target().join(folder);
    run::run(
        run::command(repo, built.join("load"))
            .args(args)
            .env("HANOI_IOC_PYTHON", python::interpreter(repo))
            .env("HANOI_IOC_BIN", built.join("hanoi-ioc"))
            .env("HANOI_IOC_POWERCUT_LIB", built.join("libpowercut.so")),
    )
}

/// The figures of docs/performance.md.
pub(crate) fn bench(repo: &Repo, args: &[String]) -> Result<()> {
    if args.iter().any(|arg| arg == "lake") {
        // the peer that the lake is measured beside
        python::pip(repo, &python::READERS)?;
    }
    let rest: Vec<&str> = std::iter::once("bench")
        .chain(args.iter().map(String::as_str))
        .collect();
    load(repo, Build::Release, &rest)
}

/// `kill -9` during ingest by HTTP and MQTT, `kills` times: nothing acknowledged is lost or doubled.
pub(crate) fn crash(repo: &Repo, build: Build, kills: u32) -> Result<()> {
    load(repo, build, &["crash", "--kills", &kills.to_string(), "--self-test"])
}

/// Power cuts during ingest, `cuts` times; then with a disk that lies, which must be found out.
pub(crate) fn power(repo: &Repo, build: Build, cuts: u32) -> Result<()> {
    load(repo, build, &["power", "--cuts", &cuts.to_string()])?;
    load(repo, build, &["power", "--lie"])
}

/// A disk that becomes full during ingest, `cycles` times.
pub(crate) fn full(repo: &Repo, build: Build, cycles: u32) -> Result<()> {
    load(repo, build, &["full", "--cycles", &cycles.to_string()])
}

/// Names of the proofs that a test run leaves out because they take long: ignored tests, with raised seeds.
pub(crate) fn ignored(repo: &Repo) -> Command {
    let mut command = run::cargo(repo);
    if run::find(repo, "cargo-nextest").is_some() {
        command.args([
            "nextest",
            "run",
            "--workspace",
            "--profile",
            "proofs",
            "--run-ignored",
            "all",
            "--no-fail-fast",
        ]);
    } else {
        command.args(["test", "--workspace", "--no-fail-fast", "--", "--include-ignored"]);
    }
    command.env("PROPTEST_CASES", "10000").env("HANOI_IOC_SEEDS", "1000");
    programs(repo, &mut command);
    command
}

/// Tells end-to-end tests which server they start, and which Python has paho-mqtt.
pub(crate) fn programs(repo: &Repo, tests: &mut Command) {
    tests
        .env("HANOI_IOC_BIN", repo.target().join("debug/hanoi-ioc"))
        .env("HANOI_IOC_PYTHON", python::interpreter(repo));
}
