//! `cargo xtask tidy`: the house rules that a compiler does not check, each in a file of its own.

pub(crate) mod controls;
pub(crate) mod finding;
pub(crate) mod floors;
pub(crate) mod globs;
pub(crate) mod heads;
pub(crate) mod kernel;
pub(crate) mod layers;
pub(crate) mod links;
pub(crate) mod machine;
pub(crate) mod mission;
pub(crate) mod names;
pub(crate) mod packages;
pub(crate) mod secrets;
pub(crate) mod slices;
pub(crate) mod texts;
pub(crate) mod trace;
pub(crate) mod words;

use crate::repo::Repo;
use anyhow::{Result, bail};
use finding::Finding;
use layers::Layers;

/// What was looked at, and everything that breaks a rule, sorted by file and line.
pub(crate) struct Looked {
    files: usize,
    crates: usize,
    pub(crate) findings: Vec<Finding>,
}

/// Checks everything and prints one line per finding; fails when there is any.
pub(crate) fn run(repo: &Repo) -> Result<()> {
    let Looked {
        files,
        crates,
        findings,
    } = look(repo)?;
    for finding in &findings {
        println!("{finding}");
    }
    match findings.len() {
        0 => {
            println!("tidy: {files} files, {crates} crates, no finding");
            Ok(())
        }
        count => bail!("tidy: {count} finding(s); each line above says where and what to do"),
    }
}

/// Checks everything.
pub(crate) fn look(repo: &Repo) -> Result<Looked> {
    let layers = Layers::read(repo)?;
    let packages = packages::read(repo)?;
    let sources = repo.sources()?;
    let paths = repo.paths()?;
    let ids = trace::ids(repo)?;
    let mut findings: Vec<Finding> = Vec::new();
    findings.extend(floors::check(&layers, &packages));
    findings.extend(names::check(&packages, &paths));
    findings.extend(slices::check(&layers, &packages, &paths));
    findings.extend(kernel::check(&layers, &packages, &sources));
    findings.extend(trace::check(&ids, &packages, &sources));
    findings.extend(controls::check(&paths, &sources));
    findings.extend(texts::check(&sources));
    findings.extend(links::check(&paths, &sources));
    for source in &sources {
        findings.extend(heads::check(&layers, source));
        findings.extend(globs::check(source));
        findings.extend(words::check(source));
        findings.extend(mission::check(source));
        findings.extend(machine::check(source));
        findings.extend(secrets::check(source));
    }
    findings.sort();
    Ok(Looked {
        files: sources.len(),
        crates: packages.members.len(),
        findings,
    })
}
