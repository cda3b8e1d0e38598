//! The rules that are data: `layers.toml`.

use crate::repo::Repo;
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;

/// The whole file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Layers {
    /// The floors, from the foundation up.
    pub(crate) floor: Vec<Floor>,
    /// The crates that implement the ports.
    pub(crate) engines: Engines,
    /// Arrows longer than one floor.
    #[serde(default)]
    pub(crate) arrow: Vec<Arrow>,
    /// Which crates are slices and what their files are called.
    pub(crate) slices: Slices,
    /// How small and quiet the kernel is.
    pub(crate) kernel: Kernel,
    /// Files that nobody writes by hand.
    pub(crate) generated: Generated,
}

/// One floor of the house.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Floor {
    /// 0 is the foundation.
    pub(crate) number: u8,
    /// Folder below `crates/`.
    pub(crate) folder: String,
    /// Its crates; each may import those before it.
    pub(crate) crates: Vec<String>,
}

/// The engines and their neighbours.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Engines {
    /// Folder below `crates/`.
    pub(crate) folder: String,
    /// The engine crates.
    pub(crate) crates: Vec<String>,
    /// What an engine may import.
    pub(crate) may_import: Vec<String>,
    /// Who may import an engine outside tests.
    pub(crate) imported_by: Vec<String>,
}

/// One import over more than one floor.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arrow {
    /// The importing crate.
    pub(crate) from: String,
    /// The imported crate.
    pub(crate) to: String,
    /// Why it must be.
    pub(crate) reason: String,
}

/// The shape of a slice.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Slices {
    /// The floors whose crates are slices.
    pub(crate) floors: Vec<u8>,
    /// Names of files and folders in `src/`, without ending.
    pub(crate) files: Vec<String>,
    /// Further names by crate.
    #[serde(default)]
    pub(crate) more: BTreeMap<String, More>,
}

/// Further names for one crate; `*` allows any.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct More {
    /// The names.
    pub(crate) files: Vec<String>,
    /// Why they are needed.
    pub(crate) reason: String,
}

/// Limits of the kernel.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Kernel {
    /// Lines of `src/`, tests included, must stay below.
    pub(crate) max_lines: usize,
    /// Crates that bring I/O or async.
    pub(crate) forbidden_crates: Vec<String>,
}

/// Generated files.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Generated {
    /// Paths.
    pub(crate) files: Vec<String>,
    /// Endings of paths.
    pub(crate) endings: Vec<String>,
}

impl Generated {
    /// Whether a path is one of them.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.files.iter().any(|f| f == path) || self.endings.iter().any(|e| path.ends_with(e.as_str()))
    }
}

impl Layers {
    /// Reads `layers.toml`.
    pub(crate) fn read(repo: &Repo) -> Result<Self> {
        let text = fs::read_to_string(repo.path("layers.toml")).context("cannot read layers.toml")?;
        Self::parse(&text)
    }

    /// Reads the text and refuses arrows that no reason can excuse.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let layers: Self = toml::from_str(text).context("layers.toml")?;
        for arrow in &layers.arrow {
            let ends = (layers.place(&arrow.from), layers.place(&arrow.to));
            let (Some((from, _)), Some((to, _))) = ends else {
                bail!(
                    "layers.toml: arrow {} -> {} names a crate of no floor; list both crates",
                    arrow.from,
                    arrow.to
                );
            };
            if !matches!((from, to), (6, 4) | (6, 3) | (5, 3)) {
                bail!(
                    "layers.toml: arrow {} -> {} runs {from} -> {to}; only 6 -> 4, 6 -> 3 and 5 -> 3 are possible",
                    arrow.from,
                    arrow.to
                );
            }
            if arrow.reason.trim().is_empty() {
                bail!(
                    "layers.toml: arrow {} -> {} has no reason; give one",
                    arrow.from,
                    arrow.to
                );
            }
        }
        if let Some((name, _)) = layers
            .slices
            .more
            .iter()
            .find(|(_, more)| more.reason.trim().is_empty())
        {
            bail!("layers.toml: slices.more.{name} has no reason; give one");
        }
        Ok(layers)
    }

    /// Floor and position on it.
    pub(crate) fn place(&self, name: &str) -> Option<(u8, usize)> {
        let on = |floor: &Floor| floor.crates.iter().position(|c| c == name).map(|at| (floor.number, at));
        self.floor.iter().find_map(on)
    }

    /// Whether the crate is an engine.
    pub(crate) fn is_engine(&self, name: &str) -> bool {
        self.engines.crates.iter().any(|c| c == name)
    }

    /// The folder where the crate must live.
    pub(crate) fn folder(&self, name: &str) -> Option<String> {
        if self.is_engine(name) {
            return Some(format!("crates/{}/{name}", self.engines.folder));
        }
        let floor = self.floor.iter().find(|f| f.crates.iter().any(|c| c == name))?;
        Some(format!("crates/{}/{name}", floor.folder))
    }
}

/// The project's own rules, for the tests of the other files.
#[cfg(test)]
pub(crate) fn own() -> Layers {
    Layers::parse(include_str!("../../../layers.toml")).expect("layers.toml reads")
}

#[cfg(test)]
mod tests {
    use super::{Layers, own};

    #[test]
    fn the_projects_own_file_reads_and_knows_every_folder() {
        assert_eq!(own().folder("alert").as_deref(), Some("crates/6-applications/alert"));
        assert_eq!(own().folder("embedded").as_deref(), Some("crates/engines/embedded"));
        assert_eq!(own().folder("serde"), None);
    }

    #[test]
    fn an_impossible_arrow_is_refused() {
        let text = format!(
            "{}\n[[arrow]]\nfrom = \"alert\"\nto = \"driver\"\nreason = \"no reason is good enough\"\n",
            include_str!("../../../layers.toml")
        );
        let error = Layers::parse(&text).unwrap_err().to_string();
        assert!(error.contains("alert -> driver runs 6 -> 1"), "{error}");
    }
}
