//! A virtual environment in `.setup/venv`: clients that we did not write (paho-mqtt, deltalake, DuckDB), and Node where
//! apt's is too old.

use crate::repo::Repo;
use crate::run::{self, SETUP};
use crate::setup::system;
use anyhow::Result;
use std::path::PathBuf;

/// The MQTT client of the tests.
const PAHO: &str = "paho-mqtt==2.1.0";

/// Readers of the lake's tables that know nothing of us.
pub(crate) const READERS: [&str; 3] = ["deltalake==1.6.6", "duckdb==2.0.0", "pyarrow==26.0.1"];

/// Makes paho-mqtt, DuckDB and deltalake available to `.setup/venv/bin/python3`. Without the latter two their test skips.
pub(crate) fn install(repo: &Repo) -> Result<()> {
    paho(repo)?;
    let there = ["-c", "import deltalake, duckdb, pyarrow"];
    if run::output(run::command(repo, interpreter(repo)).args(there)).is_some() {
        println!("setup: deltalake, duckdb and pyarrow are there");
        return Ok(());
    }
    println!("setup: installing {} into {SETUP}/venv", READERS.join(", "));
    if let Err(error) = pip(repo, &READERS) {
        println!("setup: they could not be had ({error:#}); the test that reads the tables with them is skipped");
    }
    Ok(())
}

fn paho(repo: &Repo) -> Result<()> {
    if run::output(run::command(repo, interpreter(repo)).args(["-c", "import paho.mqtt.client"])).is_some() {
        println!("setup: paho-mqtt is there");
        return Ok(());
    }
    println!("setup: installing {PAHO} into {SETUP}/venv");
    pip(repo, &[PAHO])
}

/// The environment's Python.
pub(crate) fn interpreter(repo: &Repo) -> PathBuf {
    repo.path(SETUP).join("venv/bin/python3")
}

/// Installs packages into the environment, which is made first where needed.
pub(crate) fn pip(repo: &Repo, packages: &[&str]) -> Result<()> {
    if run::output(run::command(repo, interpreter(repo)).args(["-m", "pip", "--version"])).is_none() {
        if run::output(run::command(repo, "python3").args(["-c", "import venv, ensurepip"])).is_none() {
            system::apt(repo, &["python3", "python3-venv"])?;
        }
        let folder = repo.path(SETUP).join("venv");
        run::run(
            run::command(repo, "python3")
                .args(["-m", "venv", "--clear"])
                .arg(folder),
        )?;
    }
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    run::run(run::command(repo, interpreter(repo)).args(install).args(packages))
}
