//! `cargo xtask licences`: licences, banned crates and sources against `deny.toml`, npm packages against `web/licences.toml`.
//!
//! The own check needs nothing installed and always runs; `cargo deny` runs as well where it is installed.

pub(crate) mod expression;

use crate::repo::Repo;
use crate::run;
use crate::tidy::packages::{Metadata, metadata};
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;

/// The parts of `deny.toml` that both checks understand.
#[derive(Deserialize)]
struct Deny {
    licenses: Allowed,
    bans: Bans,
    sources: Sources,
}

#[derive(Deserialize)]
struct Allowed {
    allow: Vec<String>,
}

#[derive(Deserialize)]
struct Bans {
    deny: Vec<Ban>,
}

#[derive(Deserialize)]
struct Ban {
    #[serde(rename = "crate")]
    name: String,
    reason: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Sources {
    allow_registry: Vec<String>,
}

/// `web/licences.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Npm {
    allow: Vec<String>,
    #[serde(default)]
    excepted: BTreeMap<String, String>,
}

/// The parts of `package-lock.json` that matter.
#[derive(Deserialize)]
struct Lock {
    packages: BTreeMap<String, NpmPackage>,
}

#[derive(Deserialize)]
struct NpmPackage {
    license: Option<String>,
    #[serde(default)]
    link: bool,
}

/// Runs all checks; fails with one line per finding.
pub(crate) fn run(repo: &Repo) -> Result<()> {
    let metadata = metadata(repo)?;
    let deny = fs::read_to_string(repo.path("deny.toml")).context("cannot read deny.toml")?;
    let mut findings = crates(&toml::from_str(&deny).context("deny.toml")?, &metadata);
    let mut npm_packages = 0;
    if let Ok(lock) = fs::read_to_string(repo.path("web/package-lock.json")) {
        let rules = fs::read_to_string(repo.path("web/licences.toml")).context("cannot read web/licences.toml")?;
        let lock: Lock = serde_json::from_str(&lock).context("web/package-lock.json")?;
        npm_packages = lock.packages.len();
        findings.extend(npm(&toml::from_str(&rules).context("web/licences.toml")?, &lock));
    }
    for finding in &findings {
        println!("{finding}");
    }
    if !findings.is_empty() {
        bail!(
            "licences: {} finding(s); replace the package, or change the list with an ADR",
            findings.len()
        );
    }
    println!(
        "licences: {} crates and {npm_packages} npm packages, all allowed",
        metadata.packages.len()
    );
    if run::find(repo, "cargo-deny").is_some() {
        run::run(run::cargo(repo).args(["deny", "--offline", "check", "licenses", "bans", "sources"]))?;
    }
    Ok(())
}

/// Checks the crates of the build.
fn crates(deny: &Deny, metadata: &Metadata) -> Vec<String> {
    let mut findings = Vec::new();
    for package in &metadata.packages {
        let name = format!("{} {}", package.name, package.version);
        if let Some(ban) = deny.bans.deny.iter().find(|ban| ban.name == package.name) {
            findings.push(format!(
                "deny.toml:1: {name} is banned: {}; take another crate",
                ban.reason
            ));
        }
        let Some(source) = &package.source else { continue };
        let known = |url: &String| source.strip_prefix("registry+").is_some_and(|s| s == url);
        if !deny.sources.allow_registry.iter().any(known) {
            findings.push(format!(
                "Cargo.lock:1: {name} comes from {source}; take it from crates.io"
            ));
        }
        let licence = package.license.as_deref().unwrap_or("no licence");
        if !expression::allowed(licence, &deny.licenses.allow) {
            findings.push(format!(
                "deny.toml:1: {name} is under `{licence}`, which is not allowed; take another crate"
            ));
        }
    }
    findings
}

/// Checks the npm packages of the console.
fn npm(rules: &Npm, lock: &Lock) -> Vec<String> {
    let mut findings = Vec::new();
    for (path, package) in lock
        .packages
        .iter()
        .filter(|(path, package)| !path.is_empty() && !package.link)
    {
        let name = path.rsplit("node_modules/").next().unwrap_or(path);
        let excepted = rules
            .excepted
            .iter()
            .any(|(start, _)| name == start || name.starts_with(&format!("{start}-")));
        let licence = package.license.as_deref().unwrap_or("no licence");
        if !excepted && !expression::allowed(licence, &rules.allow) {
            findings.push(format!(
                "web/package-lock.json:1: {name} is under `{licence}`, which is not allowed; take another package"
            ));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::{Deny, Lock, Npm, crates, npm};

    fn deny() -> Deny {
        toml::from_str(include_str!("../../deny.toml")).unwrap()
    }

    fn planted(name: &str, licence: &str, source: &str) -> Vec<String> {
        let text = serde_json::json!({
            "packages": [{"name": name, "version": "1.0.0", "license": licence, "source": source,
                "manifest_path": "a/Cargo.toml", "dependencies": []}],
        });
        crates(&deny(), &serde_json::from_value(text).unwrap())
    }

    const CRATES: &str = "registry+https://github.com/rust-lang/crates.io-index";

    #[test]
    fn a_permissive_crate_is_quiet() {
        assert!(planted("a", "MIT OR GPL-3.0", CRATES).is_empty());
    }

    #[test]
    fn a_banned_crate_a_copyleft_one_and_a_foreign_source_are_found() {
        assert!(planted("openssl", "Apache-2.0", CRATES)[0].contains("openssl 1.0.0 is banned"));
        assert!(planted("a", "AGPL-3.0-only", CRATES)[0].contains("not allowed"));
        assert!(planted("a", "MIT", "git+https://example.org/a")[0].contains("comes from git"));
    }

    #[test]
    fn npm_packages_are_checked_too() {
        let rules: Npm = toml::from_str(include_str!("../../web/licences.toml")).unwrap();
        let lock =
            r#"{"packages": {"": {}, "node_modules/a": {"license": "GPL-3.0"}, "node_modules/b": {"license": "MIT"}}}"#;
        let lock: Lock = serde_json::from_str(lock).unwrap();
        assert_eq!(npm(&rules, &lock).len(), 1);
    }
}
