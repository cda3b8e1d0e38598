//! Where the repository is and which files belong to it.

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// The folder that holds the workspace.
#[derive(Debug, Clone)]
pub(crate) struct Repo {
    root: PathBuf,
}

/// One text file of the repository.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    /// Path from the root, with forward slashes.
    pub(crate) path: String,
    /// The whole text.
    pub(crate) text: String,
}

impl Repo {
    /// The workspace that `cargo xtask` was called in.
    pub(crate) fn find() -> Result<Self> {
        let own = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let root = match own.as_deref().and_then(Path::parent) {
            Some(root) => root.to_owned(),
            None => env::current_dir()?,
        };
        if !root.join("layers.toml").is_file() {
            bail!(
                "{} is not the repository (no layers.toml); call `cargo xtask` inside it",
                root.display()
            );
        }
        Ok(Self { root })
    }

    /// A copy of the repository that stands somewhere else.
    #[cfg(test)]
    pub(crate) fn at(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// The root folder.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A path below the root.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// The build directory that cargo uses.
    pub(crate) fn target(&self) -> PathBuf {
        env::var_os("CARGO_TARGET_DIR").map_or_else(|| self.path("target"), |dir| self.root.join(dir))
    }

    /// The paths that git tracks or would add, sorted, as far as they exist.
    pub(crate) fn paths(&self) -> Result<Vec<String>> {
        let out = Command::new("git")
            .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .current_dir(&self.root)
            .output()
            .context("cannot start git; install it")?;
        if !out.status.success() {
            bail!("git ls-files failed: {}", String::from_utf8_lossy(&out.stderr).trim());
        }
        let listed = String::from_utf8_lossy(&out.stdout);
        let mut paths: Vec<String> = listed
            .split('\0')
            .filter(|p| !p.is_empty())
            .map(str::to_owned)
            .collect();
        paths.retain(|p| self.path(p).is_file());
        paths.sort();
        paths.dedup();
        Ok(paths)
    }

    /// All text files of the repository; files that are not UTF-8 (pictures, fonts) are left out.
    pub(crate) fn sources(&self) -> Result<Vec<Source>> {
        let mut sources = Vec::new();
        for path in self.paths()? {
            let bytes = fs::read(self.path(&path)).with_context(|| format!("cannot read {path}"))?;
            if let Ok(text) = String::from_utf8(bytes) {
                sources.push(Source { path, text });
            }
        }
        Ok(sources)
    }
}
