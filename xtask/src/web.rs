//! `cargo xtask web`: builds the console into `web/dist` when its sources changed.

use crate::repo::Repo;
use crate::run;
use crate::setup::{self, Need, fingerprint, fresh, stamp};
use anyhow::Result;

/// Sets up Node and builds.
pub(crate) fn run(repo: &Repo) -> Result<()> {
    setup::run(repo, Need::Console)?;
    build(repo)
}

/// Builds when something that goes into the console changed since the last build.
pub(crate) fn build(repo: &Repo) -> Result<()> {
    let mut sources = repo.paths()?;
    sources.retain(|path| path.starts_with("web/") && !path.starts_with("web/e2e/") && !path.contains(".test."));
    let now = fingerprint(repo.root(), &sources)?;
    if repo.path("web/dist/index.html").is_file() && fresh(repo, "web.stamp", &now) {
        println!("web: dist is up to date");
        return Ok(());
    }
    println!("web: building the console from {} files", sources.len());
    run::run(
        run::command(repo, "npm")
            .args(["run", "build"])
            .current_dir(repo.path("web")),
    )?;
    stamp(repo, "web.stamp", &now)
}
