//! `cargo xtask new-slice NAME --floor N`: a small crate with the house's files, which compiles and passes its own tests.
//!
//! The texts stand in `xtask/templates/slice`; `__name__`, `__names__`, `__Name__`, `__Names__` and `__NAMES__` in them are
//! replaced.

mod plan;
mod register;
#[cfg(test)]
mod tests;

use crate::repo::Repo;
use crate::run::{cargo, run as start};
use crate::tidy::layers::Layers;
use crate::tidy::packages;
use anyhow::{Context, Result, bail};
use plan::Plan;
use std::fs;
use std::path::{Path, PathBuf};

/// Where the templates are.
const TEMPLATES: &str = "xtask/templates/slice";

/// Checks the wish, writes the crate, makes the workspace know it, and says what comes next.
pub(crate) fn run(repo: &Repo, name: &str, floor: u8) -> Result<()> {
    let layers = Layers::read(repo)?;
    let plan = Plan::new(name, floor, &layers, &packages::read(repo)?)?;
    let folder = repo.path(&plan.folder);
    if folder.exists() {
        bail!("{} exists already; remove it or take another name", plan.folder);
    }
    let files = files(&repo.path(TEMPLATES), &plan)?;
    let read = |path: &str| fs::read_to_string(repo.path(path)).with_context(|| format!("cannot read {path}"));
    let manifest = register::dependency(&read("Cargo.toml")?, &plan, &layers)?;
    let listed = match layers.place(name) {
        Some(_) => None,
        None => Some(register::place(&read("layers.toml")?, &plan)?),
    };
    for (path, text) in &files {
        write(&folder.join(path), text)?;
    }
    write(&repo.path("Cargo.toml"), &manifest)?;
    if let Some(listed) = listed {
        write(&repo.path("layers.toml"), &listed)?;
    }
    // Without --locked: the lock file learns of the new member, and of nothing else.
    start(
        cargo(repo)
            .args(["metadata", "--offline", "--format-version", "1"])
            .stdout(std::process::Stdio::null()),
    )?;
    start(cargo(repo).args(["fmt", "--package", name]))?;
    for (path, _) in &files {
        println!("{}/{}", plan.folder, path.display());
    }
    println!(
        "\nnext: cargo test -p {name}; cargo xtask tidy; change the nouns, bottom to top; then mount it in the server.\n\
         docs/add-a-slice.md goes through it."
    );
    Ok(())
}

/// The files of the new crate by their path inside it, with the names put in.
fn files(templates: &Path, plan: &Plan) -> Result<Vec<(PathBuf, String)>> {
    let mut paths = Vec::new();
    walk(templates, &mut paths)?;
    paths.sort();
    let mut files = Vec::new();
    for path in paths {
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let inside = path.strip_prefix(templates)?;
        // Under its own name cargo would take the template for a package.
        let target = if inside == Path::new("manifest.toml") {
            PathBuf::from("Cargo.toml")
        } else {
            inside.to_owned()
        };
        files.push((target, plan.fill(&text)));
    }
    if files.is_empty() {
        bail!("{TEMPLATES} is empty; put its files back from git");
    }
    Ok(files)
}

fn walk(folder: &Path, into: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            walk(&path, into)?;
        } else {
            into.push(path);
        }
    }
    Ok(())
}

fn write(path: &Path, text: &str) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}
