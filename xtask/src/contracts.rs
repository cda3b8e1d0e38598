//! `cargo xtask contracts`: the committed contracts are what the program says, and the console's client follows them.

use crate::repo::Repo;
use crate::run;
use crate::setup::{self, Need};
use anyhow::{Context, Result, bail};
use std::process::Command;
use std::{env, fs};

/// The HTTP API as the program describes it.
const OPENAPI: &str = "contracts/openapi.json";
/// What is generated from it for the console.
const CLIENT: &str = "web/src/api/schema.ts";
/// What to do when one of them is old.
const REMEDY: &str = "look at the difference, then run `cargo xtask contracts --write`";

/// Builds the program and what generates the client; then compares, or writes.
pub(crate) fn run(repo: &Repo, write: bool) -> Result<()> {
    setup::run(repo, Need::Console)?;
    run::run(run::cargo(repo).args(["build", "--package", "server", "--bin", "hanoi-ioc"]))?;
    if !write {
        return check(repo);
    }
    fs::write(repo.path(OPENAPI), spoken(repo)?).with_context(|| format!("cannot write {OPENAPI}"))?;
    run::run(&mut generator(repo))?;
    println!("wrote {OPENAPI} and {CLIENT}");
    Ok(())
}

/// Compares the contracts with the program that is built already.
pub(crate) fn check(repo: &Repo) -> Result<()> {
    let committed = fs::read_to_string(repo.path(OPENAPI)).with_context(|| format!("cannot read {OPENAPI}"))?;
    let spoken = spoken(repo)?;
    if committed != spoken {
        show_difference(repo, &spoken)?;
        bail!("{OPENAPI} is not what `hanoi-ioc openapi` says; {REMEDY}");
    }
    // The generator's own check says only that the file is old; its content follows from the contract.
    run::run(generator(repo).args(["--", "--check"]))
        .with_context(|| format!("{CLIENT} does not follow from {OPENAPI}; {REMEDY}"))?;
    println!("contracts: {OPENAPI} and {CLIENT} are up to date");
    Ok(())
}

/// What the program says of itself.
fn spoken(repo: &Repo) -> Result<String> {
    let binary = repo.target().join("debug/hanoi-ioc");
    let out = run::command(repo, &binary)
        .arg("openapi")
        .output()
        .with_context(|| format!("cannot start {}", binary.display()))?;
    if !out.status.success() {
        bail!(
            "`hanoi-ioc openapi` failed: {}",
            String::from_utf8_lossy(&out.stderr).trim()
        );
    }
    String::from_utf8(out.stdout).context("`hanoi-ioc openapi` is not UTF-8")
}

/// Prints from the committed contract to the new one, as git shows changes.
fn show_difference(repo: &Repo, spoken: &str) -> Result<()> {
    let new = env::temp_dir().join(format!("hanoi-ioc-openapi-{}.json", std::process::id()));
    fs::write(&new, spoken)?;
    // It ends with 1 when the files differ, which they do.
    let shown = run::command(repo, "git")
        .args(["--no-pager", "diff", "--no-index", "--unified=2", "--", OPENAPI])
        .arg(&new)
        .status();
    fs::remove_file(&new)?;
    shown.context("cannot start git")?;
    Ok(())
}

/// Writes the client's types; with `-- --check` it compares.
fn generator(repo: &Repo) -> Command {
    let mut npm = run::command(repo, "npm");
    npm.args(["run", "api", "--workspace", "generate"])
        .current_dir(repo.path("web"));
    npm
}
