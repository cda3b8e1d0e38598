//! What `cargo metadata` says about the workspace.

use crate::repo::Repo;
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

/// The workspace, as far as the rules need it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Packages {
    /// The project's own crates.
    pub(crate) members: Vec<Member>,
    /// Names of all other crates in the build.
    pub(crate) foreign: BTreeSet<String>,
}

/// One crate of the project.
#[derive(Debug, Clone, Default)]
pub(crate) struct Member {
    /// Its name.
    pub(crate) name: String,
    /// Its folder from the root, with forward slashes.
    pub(crate) folder: String,
    /// What it imports.
    pub(crate) imports: Vec<Import>,
}

/// One dependency.
#[derive(Debug, Clone)]
pub(crate) struct Import {
    /// Name of the imported crate.
    pub(crate) name: String,
    /// Only for tests.
    pub(crate) dev: bool,
    /// Where it stands in the crate's `Cargo.toml`.
    pub(crate) line: usize,
}

impl Packages {
    /// The project's crate of that name.
    pub(crate) fn member(&self, name: &str) -> Option<&Member> {
        self.members.iter().find(|m| m.name == name)
    }
}

/// The answer of `cargo metadata`, also for the check of licences.
#[derive(Deserialize)]
pub(crate) struct Metadata {
    /// Every crate of the build.
    pub(crate) packages: Vec<Package>,
}

/// One crate as cargo sees it.
#[derive(Deserialize)]
pub(crate) struct Package {
    /// Its name.
    pub(crate) name: String,
    /// Its version.
    pub(crate) version: String,
    /// SPDX expression.
    pub(crate) license: Option<String>,
    /// Where it comes from; none for a path.
    pub(crate) source: Option<String>,
    manifest_path: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    kind: Option<String>,
}

/// Asks cargo.
pub(crate) fn metadata(repo: &Repo) -> Result<Metadata> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let out = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--locked"])
        .current_dir(repo.root())
        .output()
        .context("cannot start cargo")?;
    if !out.status.success() {
        bail!("cargo metadata failed: {}", String::from_utf8_lossy(&out.stderr).trim());
    }
    serde_json::from_slice(&out.stdout).context("cargo metadata gave no JSON")
}

/// Reads the workspace.
pub(crate) fn read(repo: &Repo) -> Result<Packages> {
    let mut found = Packages::default();
    for package in metadata(repo)?.packages {
        if package.source.is_some() {
            found.foreign.insert(package.name);
            continue;
        }
        let manifest = std::path::PathBuf::from(&package.manifest_path);
        let text = fs::read_to_string(&manifest).with_context(|| package.manifest_path.clone())?;
        let folder = manifest.parent().and_then(|dir| dir.strip_prefix(repo.root()).ok());
        let folder = folder
            .map(|dir| dir.to_string_lossy().replace('\\', "/"))
            .unwrap_or_default();
        let imports = package.dependencies.iter().map(|dependency| {
            let dev = dependency.kind.as_deref() == Some("dev");
            Import {
                line: line_of(&text, &dependency.name, dev),
                name: dependency.name.clone(),
                dev,
            }
        });
        found.members.push(Member {
            imports: imports.collect(),
            name: package.name,
            folder,
        });
    }
    found.members.sort_by(|a, b| a.folder.cmp(&b.folder));
    Ok(found)
}

/// The line of a dependency in a `Cargo.toml`; 1 when it stands in an unusual form.
fn line_of(manifest: &str, name: &str, dev: bool) -> usize {
    let mut in_dev = false;
    for (at, line) in manifest.lines().enumerate() {
        if line.starts_with('[') {
            in_dev = line.contains("dev-dependencies");
        }
        let rest = line.strip_prefix(name);
        if in_dev == dev && rest.is_some_and(|rest| rest.starts_with(['.', ' ', '='])) {
            return at + 1;
        }
    }
    1
}

#[cfg(test)]
mod tests {
    use super::{line_of, read};
    use crate::repo::Repo;

    #[test]
    fn a_dependency_is_found_in_its_own_section() {
        let manifest = "[dependencies]\nserde.workspace = true\n\n[dev-dependencies]\nserde = \"1\"\n";
        assert_eq!(line_of(manifest, "serde", false), 2);
        assert_eq!(line_of(manifest, "serde", true), 5);
    }

    #[test]
    fn the_workspace_knows_its_kernel() {
        let packages = read(&Repo::find().unwrap()).unwrap();
        let kernel = packages.member("kernel").expect("the kernel exists");
        assert_eq!(kernel.folder, "crates/0-foundation/kernel");
        assert!(packages.foreign.contains("serde"));
    }
}
