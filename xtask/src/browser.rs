//! The console in a real browser: starts the demo on free ports, gives its address to Playwright, ends it.

use crate::repo::Repo;
use crate::run;
use crate::setup::system;
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;
use std::{env, fs, thread};

/// How long the demo may take to start.
const PATIENCE: Duration = Duration::from_secs(120);

/// The line of JSON that `hanoi-ioc demo` prints when it is ready.
#[derive(Debug, Deserialize, PartialEq)]
struct Ready {
    url: String,
    account: String,
    password: String,
}

/// The demo, ended together with this value.
struct Demo(Child);

impl Drop for Demo {
    fn drop(&mut self) {
        // SIGTERM lets the demo end its simulator too; after ten seconds there is no more asking.
        let _ = Command::new("kill").arg(self.0.id().to_string()).status();
        for _ in 0..100 {
            if self.0.try_wait().is_ok_and(|ended| ended.is_some()) {
                return;
            }
            thread::sleep(Duration::from_millis(100));
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs the browser tests.
pub(crate) fn run(repo: &Repo) -> Result<()> {
    if !repo.paths()?.iter().any(|path| path.starts_with("web/e2e/")) {
        bail!("web/e2e has no tests; the console must be proven in a browser");
    }
    let folder = env::temp_dir().join(format!("hanoi-ioc-browser-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let result = with_demo(repo, &folder);
    let _ = fs::remove_dir_all(&folder);
    result
}

/// The tests against a demo whose data lives in the folder.
fn with_demo(repo: &Repo, folder: &std::path::Path) -> Result<()> {
    let binary = repo.target().join("debug/hanoi-ioc");
    let mut demo = run::command(repo, &binary);
    demo.args(["demo", "--any-port", "--data-dir"]).arg(folder);
    let child = demo
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {}", binary.display()))?;
    let mut demo = Demo(child);
    let mut lines = BufReader::new(demo.0.stdout.take().context("the demo has no output")?);
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        let _ = tell.send(ready(&mut lines));
        // Keep reading, or the demo would stop at a full pipe.
        lines.read_to_end(&mut Vec::new())
    });
    let ready = told
        .recv_timeout(PATIENCE)
        .with_context(|| format!("the demo was not ready within {} s", PATIENCE.as_secs()))??;
    let mut playwright = run::command(repo, "npm");
    playwright.args(["run", "e2e"]).current_dir(repo.path("web"));
    // The tests start a second server of their own, which they may stop.
    playwright
        .env("HANOI_IOC_BIN", &binary)
        .env("HANOI_IOC_URL", &ready.url);
    playwright
        .env("HANOI_IOC_ACCOUNT", &ready.account)
        .env("HANOI_IOC_PASSWORD", &ready.password);
    if let Some(path) = system::chromium(repo) {
        playwright.env("HANOI_IOC_CHROMIUM", path);
    }
    run::run(&mut playwright)
}

/// Reads until the demo says where it is.
fn ready(lines: &mut impl BufRead) -> Result<Ready> {
    let mut seen = String::new();
    for line in lines.lines() {
        let line = line.context("the demo's output broke off")?;
        if let Ok(ready) = serde_json::from_str(&line) {
            return Ok(ready);
        }
        seen.push_str(&line);
        seen.push('\n');
    }
    bail!("the demo ended before it was ready; it said:\n{seen}")
}

#[cfg(test)]
mod tests {
    use super::{Ready, ready};

    #[test]
    fn the_ready_line_is_found_among_others() {
        let out =
            "starting\n{\"level\":\"info\"}\n{\"url\":\"http://a\",\"account\":\"b\",\"password\":\"c\",\"mqtts\":1}\n";
        let expected = Ready {
            url: "http://a".into(),
            account: "b".into(),
            password: "c".into(),
        };
        assert_eq!(ready(&mut out.as_bytes()).unwrap(), expected);
        let error = ready(&mut "port in use\n".as_bytes()).unwrap_err().to_string();
        assert!(error.contains("port in use"), "{error}");
    }
}
