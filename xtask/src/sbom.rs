//! `cargo xtask sbom`: the parts of the program as CycloneDX 1.6 (ECMA-424), from `cargo metadata` and the console's lock file.

use crate::repo::Repo;
use crate::tidy::packages::{Metadata, metadata};
use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The parts of `package-lock.json` that matter.
#[derive(Deserialize)]
struct Lock {
    packages: BTreeMap<String, NpmPackage>,
}

#[derive(Deserialize)]
struct NpmPackage {
    version: Option<String>,
    license: Option<String>,
    #[serde(default)]
    link: bool,
    #[serde(default)]
    dev: bool,
}

/// Writes the list to `out`; the same sources give the same bytes.
pub(crate) fn run(repo: &Repo, out: &Path) -> Result<()> {
    let metadata = metadata(repo)?;
    let lock = fs::read_to_string(repo.path("web/package-lock.json")).context("cannot read web/package-lock.json")?;
    let list = list(
        &metadata,
        &serde_json::from_str(&lock).context("web/package-lock.json")?,
    );
    let count = list["components"].as_array().map_or(0, Vec::len);
    fs::write(out, format!("{list:#}\n")).with_context(|| format!("cannot write {}", out.display()))?;
    println!("sbom: {count} parts in {}", out.display());
    Ok(())
}

/// The document. Crates and packages of others only; those for building and testing are in it, too, marked as such where the
/// sources say so.
fn list(metadata: &Metadata, lock: &Lock) -> Value {
    let own = metadata.packages.iter().find(|package| package.name == "server");
    let version = own.map_or("0", |package| package.version.as_str());
    let crates = metadata.packages.iter().filter(|package| package.source.is_some());
    let crates = crates.map(|package| {
        let purl = format!("pkg:cargo/{}@{}", package.name, encoded(&package.version));
        component(
            &package.name,
            &package.version,
            &purl,
            package.license.as_deref(),
            false,
        )
    });
    let npm = lock
        .packages
        .iter()
        .filter(|(path, package)| !path.is_empty() && !package.link);
    let npm = npm.filter_map(|(path, package)| {
        let name = path.rsplit("node_modules/").next().unwrap_or(path);
        let version = package.version.as_deref()?;
        let purl = format!("pkg:npm/{}@{}", name.replace('@', "%40"), encoded(version));
        Some(component(name, version, &purl, package.license.as_deref(), package.dev))
    });
    let mut parts: BTreeMap<String, Value> = BTreeMap::new();
    for part in crates.chain(npm) {
        parts.insert(part["bom-ref"].as_str().unwrap_or_default().to_owned(), part);
    }
    json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": { "component": { "type": "application", "bom-ref": "hanoi-ioc", "name": "hanoi-ioc", "version": version } },
        "components": parts.into_values().collect::<Vec<_>>(),
    })
}

fn component(name: &str, version: &str, purl: &str, licence: Option<&str>, dev: bool) -> Value {
    let mut part = json!({
        "type": "library",
        "bom-ref": purl,
        "name": name,
        "version": version,
        "scope": if dev { "excluded" } else { "required" },
        "purl": purl,
    });
    if let Some(licence) = licence {
        part["licenses"] = json!([{ "expression": licence }]);
    }
    part
}

/// A version in a package address: the plus sign of a build is written out.
fn encoded(version: &str) -> String {
    version.replace('+', "%2B")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crates_and_packages_of_others_are_listed_by_their_address_each_once() {
        let package = |name: &str, version: &str, source: Option<&str>| {
            json!({ "name": name, "version": version, "license": "MIT", "source": source, "manifest_path": "a/Cargo.toml",
                "dependencies": [] })
        };
        let text = json!({ "packages": [
            package("server", "0.1.0", None),
            package("zstd-sys", "2.0.0+zstd.1.5", Some("registry+x")),
            package("serde", "1.0.0", Some("registry+x")),
        ]});
        let lock = r#"{"packages": {"": {}, "node_modules/a/node_modules/@s/b": {"version": "1.0.0", "license": "MIT"},
            "node_modules/@s/b": {"version": "1.0.0", "license": "MIT"}, "node_modules/c": {"version": "2.0.0", "dev": true},
            "node_modules/own": {"link": true}}}"#;
        let list = list(
            &serde_json::from_value(text).unwrap(),
            &serde_json::from_str(lock).unwrap(),
        );
        let of = |name: &str| -> Vec<&str> {
            let parts = list["components"].as_array().unwrap().iter();
            parts.map(|part| part[name].as_str().unwrap()).collect()
        };
        assert_eq!(
            of("purl"),
            [
                "pkg:cargo/serde@1.0.0",
                "pkg:cargo/zstd-sys@2.0.0%2Bzstd.1.5",
                "pkg:npm/%40s/b@1.0.0",
                "pkg:npm/c@2.0.0"
            ]
        );
        assert_eq!(of("scope"), ["required", "required", "required", "excluded"]);
        assert_eq!(list["metadata"]["component"]["version"], "0.1.0");
    }
}
