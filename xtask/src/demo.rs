//! `cargo xtask demo`: sets up, builds the console and the server with visible progress, and becomes the demo.

use crate::repo::Repo;
use crate::{run, web};
use anyhow::{Context, Result};
use std::os::unix::process::CommandExt;

/// Runs `hanoi-ioc demo` with the arguments given; comes back only when it cannot start.
pub(crate) fn run(repo: &Repo, args: &[String]) -> Result<()> {
    println!("[1/3] console");
    web::run(repo)?;
    println!("[2/3] server (the first build takes some minutes)");
    run::run(run::cargo(repo).args(["build", "--package", "server", "--bin", "hanoi-ioc"]))?;
    println!("[3/3] hanoi-ioc demo");
    let binary = repo.target().join("debug/hanoi-ioc");
    Err(run::command(repo, &binary).arg("demo").args(args).exec())
        .with_context(|| format!("cannot start {}", binary.display()))
}
