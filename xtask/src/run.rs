//! Starts other programs from the root of the repository, with the tools that `setup` found in front of the path.

use crate::repo::Repo;
use anyhow::{Context, Result, bail};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

/// The folder for what set-up installs; git ignores it.
pub(crate) const SETUP: &str = ".setup";

/// A command that runs in the root, sees the tools of `.setup` and inherits the terminal.
pub(crate) fn command(repo: &Repo, program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(repo.root()).env("PATH", path(repo));
    command
}

/// `cargo` as it was called, in the environment in which `cargo xtask` was called: what cargo told xtask about xtask, and
/// another search path, would make build scripts run anew (that of ring watches `CARGO_PKG_NAME` and others), and with
/// them half of the house would be built again at each change between `cargo xtask` and `cargo build`.
pub(crate) fn cargo(repo: &Repo) -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(repo.root());
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(about_xtask) {
            cargo.env_remove(name);
        }
    }
    cargo
}

/// Whether cargo sets this variable for the package that it runs.
fn about_xtask(name: &str) -> bool {
    name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
}

/// The search path: `.setup/bin` first.
fn path(repo: &Repo) -> std::ffi::OsString {
    let old = env::var_os("PATH").unwrap_or_default();
    let own = [repo.path(SETUP).join("bin")];
    env::join_paths(own.into_iter().chain(env::split_paths(&old))).unwrap_or(old)
}

/// Runs to the end; an error names the command when it fails.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let line = shown(command);
    println!("$ {line}");
    let status = command.status().with_context(|| format!("cannot start `{line}`"))?;
    if !status.success() {
        bail!("`{line}` failed ({status})");
    }
    Ok(())
}

/// What a command prints, trimmed; none when it cannot be started or fails.
pub(crate) fn output(command: &mut Command) -> Option<String> {
    let out = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    out.status
        .success()
        .then(|| String::from_utf8_lossy(&out.stdout).trim().to_owned())
}

/// Where a program lies on the search path.
pub(crate) fn find(repo: &Repo, program: &str) -> Option<PathBuf> {
    // System daemons lie in sbin, which is not on every user's path.
    let extra = ["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from);
    let candidates = env::split_paths(&path(repo)).chain(extra).collect::<Vec<_>>();
    candidates
        .into_iter()
        .map(|dir| dir.join(program))
        .find(|file| executable(file))
}

/// Whether a file may be run.
fn executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(file).is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

/// A command as one would type it.
fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program())
        .file_name()
        .unwrap_or(command.get_program());
    let words = std::iter::once(program).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy().into_owned())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::{about_xtask, cargo, command, find, output, run};
    use crate::repo::Repo;

    #[test]
    fn a_failing_command_is_named() {
        let repo = Repo::find().unwrap();
        let error = run(command(&repo, "sh").args(["-c", "exit 3"]))
            .unwrap_err()
            .to_string();
        assert!(error.contains("sh -c exit 3") && error.contains('3'), "{error}");
    }

    #[test]
    fn cargo_is_not_told_about_xtask() {
        let repo = Repo::find().unwrap();
        let cargo = cargo(&repo);
        let forgotten: Vec<_> = cargo.get_envs().filter(|(_, value)| value.is_none()).collect();
        assert!(
            forgotten.iter().any(|(name, _)| *name == "CARGO_PKG_NAME"),
            "{forgotten:?}"
        );
        assert!(!cargo.get_envs().any(|(name, _)| name == "PATH"));
        assert!(!about_xtask("CARGO_TARGET_DIR") && !about_xtask("CARGO_HOME"));
    }

    #[test]
    fn programs_are_found_or_not() {
        let repo = Repo::find().unwrap();
        assert!(find(&repo, "sh").is_some());
        assert!(find(&repo, "no-such-program-here").is_none());
        assert_eq!(
            output(command(&repo, "sh").args(["-c", "echo a"])).as_deref(),
            Some("a")
        );
    }
}
