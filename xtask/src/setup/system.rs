//! Programs of the system that the tests use: Chromium, and mosquitto, rsyslog, OpenSSL and curl as what we did not write.

use crate::repo::Repo;
use crate::run;
use anyhow::{Result, bail};
use std::env;
use std::path::PathBuf;

/// Names under which distributions install Chromium.
const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
/// Program and the package that brings it.
const PROGRAMS: [(&str, &str); 6] = [
    ("mosquitto", "mosquitto"),
    ("mosquitto_pub", "mosquitto-clients"),
    ("mosquitto_sub", "mosquitto-clients"),
    ("rsyslogd", "rsyslog"),
    ("openssl", "openssl"),
    ("curl", "curl"),
];

/// Installs what is missing.
pub(crate) fn install(repo: &Repo) -> Result<()> {
    let mut missing: Vec<&str> = Vec::new();
    if chromium(repo).is_none() {
        missing.push("chromium");
    }
    let absent = PROGRAMS
        .iter()
        .filter(|(program, _)| run::find(repo, program).is_none());
    missing.extend(absent.map(|(_, package)| package));
    if run::find(repo, "rsyslogd").is_none() {
        // its TLS driver has no program of its own
        missing.push("rsyslog-gnutls");
    }
    missing.dedup();
    if missing.is_empty() {
        println!("setup: Chromium, mosquitto, rsyslog, OpenSSL and curl are there");
        return Ok(());
    }
    apt(repo, &missing)?;
    if chromium(repo).is_none() {
        bail!("no usable Chromium after installing it; install one and set HANOI_IOC_CHROMIUM to its path");
    }
    Ok(())
}

/// The browser: `HANOI_IOC_CHROMIUM`, else the first known name. Ubuntu's package of that name is only a stub that
/// asks for snap, so the program must answer.
pub(crate) fn chromium(repo: &Repo) -> Option<PathBuf> {
    let given = env::var_os("HANOI_IOC_CHROMIUM").map(PathBuf::from);
    let found = BROWSERS.iter().filter_map(|name| run::find(repo, name));
    given
        .into_iter()
        .chain(found)
        .find(|path| run::output(run::command(repo, path).arg("--version")).is_some())
}

/// Installs packages with apt-get, as root or through sudo, and says so first.
pub(crate) fn apt(repo: &Repo, packages: &[&str]) -> Result<()> {
    let list = packages.join(" ");
    let root = run::output(run::command(repo, "id").arg("-u")).as_deref() == Some("0");
    if run::find(repo, "apt-get").is_none() {
        bail!("this machine has no apt-get; install these yourself: {list}");
    }
    if !root && run::find(repo, "sudo").is_none() {
        bail!("needs root to install: {list}; run `apt-get install {list}` as root and try again");
    }
    println!("setup: installing with apt-get: {list}");
    let get = |args: &[&str]| {
        let mut command = run::command(repo, if root { "apt-get" } else { "sudo" });
        if !root {
            command.args(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
        }
        command.env("DEBIAN_FRONTEND", "noninteractive").args(args);
        run::run(&mut command)
    };
    get(&["update", "-q"])?;
    let install = ["install", "-q", "-y", "--no-install-recommends"];
    get(&install.iter().chain(packages).copied().collect::<Vec<_>>())
}
