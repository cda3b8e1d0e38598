//! The server under test: a site (folder and settings), and a running process of it.

use crate::http::Client;
use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// Where the instance listens; its first line of output.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct Addresses {
    pub(crate) http: SocketAddr,
    pub(crate) https: Option<SocketAddr>,
    pub(crate) mqtt: SocketAddr,
    pub(crate) mqtts: Option<SocketAddr>,
}

/// A folder with settings, in which a server is started again and again.
pub(crate) struct Site {
    dir: TempDir,
    binary: PathBuf,
    settings: Vec<(String, String)>,
}

/// How long a start or a command may take before something is wrong.
const PATIENCE: Duration = Duration::from_secs(120);

impl Site {
    /// A new folder below `parent`, or below the system's temporary one. Every server of the site listens on free ports.
    pub(crate) fn new(parent: Option<&Path>) -> Result<Self> {
        let mut builder = tempfile::Builder::new();
        builder.prefix("hanoi-ioc-load-");
        let dir = match parent {
            Some(parent) => builder.tempdir_in(parent),
            None => builder.tempdir(),
        };
        let site = Self {
            dir: dir.context("no folder for the test")?,
            binary: binary()?,
            settings: Vec::new(),
        };
        let free = "127.0.0.1:0";
        let site = site
            .with("HTTP_ADDRESS", free)
            .with("MQTT_TLS_ADDRESS", "")
            .with("MQTT_ADDRESS", free);
        Ok(site.with("TELEMETRY_LEVEL", "warn"))
    }

    /// Sets one setting by the name of its environment variable without the prefix.
    pub(crate) fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.set(name, value);
        self
    }

    /// Sets one setting for the servers to come.
    pub(crate) fn set(&mut self, name: &str, value: impl ToString) {
        let name = format!("HANOI_IOC_{name}");
        self.settings.retain(|(known, _)| *known != name);
        self.settings.push((name, value.to_string()));
    }

    /// The folder of everything.
    pub(crate) fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// The server's data.
    pub(crate) fn data(&self) -> PathBuf {
        self.dir().join("data")
    }

    fn command<I: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = I>) -> Command {
        let mut command = Command::new(&self.binary);
        command.arg("--data-dir").arg(self.data()).args(args).kill_on_drop(true);
        command.envs(self.settings.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs one command of the program to its end and gives what it printed.
    pub(crate) async fn run<I: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = I>) -> Result<String> {
        let output = timeout(PATIENCE, self.command(args).stdin(Stdio::null()).output());
        let output = output.await.context("the command did not end")??;
        if !output.status.success() {
            bail!(
                "a command of hanoi-ioc failed: {}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Starts a server and waits until it is ready.
    pub(crate) async fn start(&self) -> Result<Server> {
        self.start_with(&[]).await
    }

    /// Starts a server with more variables in its environment.
    pub(crate) async fn start_with(&self, more: &[(&str, &OsStr)]) -> Result<Server> {
        self.launch(more)?.ready().await
    }

    /// Starts a server and does not wait.
    pub(crate) fn launch(&self, more: &[(&str, &OsStr)]) -> Result<Launched> {
        let log = self.dir().join("server.log");
        let errors = File::options().create(true).append(true).open(&log)?;
        let begin = errors.metadata()?.len() as usize;
        let mut command = self.command(["serve"]);
        command
            .envs(more.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(errors);
        let started = Instant::now();
        let child = command
            .spawn()
            .with_context(|| format!("cannot start {}", self.binary.display()))?;
        Ok(Launched {
            child,
            log,
            begin,
            started,
        })
    }

    /// Registers a device and gives it a token.
    pub(crate) async fn add_device(&self, id: &str, profile: &str, for_everyone: bool) -> Result<String> {
        let mut args = vec![
            "device",
            "add",
            id,
            "--profile",
            profile,
            "--title",
            id,
            "--area",
            "00097",
        ];
        if for_everyone {
            args.push("--speaks-for-everyone");
        }
        self.run(args).await?;
        self.token(id).await
    }

    /// Gives a device a new token.
    pub(crate) async fn token(&self, id: &str) -> Result<String> {
        let answer: serde_json::Value = serde_json::from_str(&self.run(["device", "token", id]).await?)?;
        Ok(answer["token"].as_str().context("no token in the answer")?.to_owned())
    }
}

/// The server's program.
fn binary() -> Result<PathBuf> {
    let path = match std::env::var_os("HANOI_IOC_BIN") {
        Some(path) => PathBuf::from(path),
        None => std::env::current_exe()?.with_file_name("hanoi-ioc"),
    };
    if !path.is_file() {
        bail!(
            "{} is no file; build the server first (cargo build -p server), or name it in HANOI_IOC_BIN",
            path.display()
        );
    }
    Ok(path)
}

/// A server that is starting.
pub(crate) struct Launched {
    child: Child,
    log: PathBuf,
    /// Where in the log file its own words begin.
    begin: usize,
    started: Instant,
}

impl Launched {
    /// Waits until it is ready.
    pub(crate) async fn ready(mut self) -> Result<Server> {
        let stdout = self.child.stdout.take().context("the server has no output")?;
        let mut lines = BufReader::new(stdout).lines();
        let (log, begin) = (self.log, self.begin);
        let said = || fs::read(&log).map(|all| String::from_utf8_lossy(all.get(begin..).unwrap_or(&[])).into_owned());
        let line = timeout(PATIENCE, lines.next_line()).await;
        let Some(line) = line.context("the server was not ready in time")?? else {
            bail!("the server ended before it was ready; it said:\n{}", said()?)
        };
        let took = self.started.elapsed();
        let addresses = serde_json::from_str(&line).with_context(|| format!("not a line of addresses: {line}"))?;
        let password = said()?.split("mật khẩu / password: ").nth(1).and_then(|rest| {
            let word = rest.split_whitespace().next();
            word.map(Into::into)
        });
        Ok(Server {
            child: self.child,
            addresses,
            took,
            password,
        })
    }

    /// Ends it with SIGKILL, ready or not.
    pub(crate) async fn kill(mut self) -> Result<()> {
        Ok(self.child.kill().await?)
    }
}

/// A running server.
pub(crate) struct Server {
    child: Child,
    pub(crate) addresses: Addresses,
    /// From the call to the ready line.
    pub(crate) took: Duration,
    /// Of the first account, at the first start.
    pub(crate) password: Option<String>,
}

impl Server {
    /// The process.
    pub(crate) fn pid(&self) -> Result<u32> {
        self.child.id().context("the server has ended")
    }

    /// The sum of all series of a metric; 0 when there is none yet.
    pub(crate) async fn metric(&self, name: &str) -> Result<f64> {
        Ok(self.metrics(name).await?.iter().map(|(_, figure)| figure).sum())
    }

    /// All series of a metric: labels and figure.
    pub(crate) async fn metrics(&self, name: &str) -> Result<Vec<(String, f64)>> {
        let mut client = Client::connect(self.addresses.http).await?;
        let answer = client.ask("GET", "/metrics", "", b"").await?;
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        let of = |line: &str| {
            let (key, figure) = line.rsplit_once(' ')?;
            let labels = key.strip_prefix(name)?;
            let alone = labels.is_empty() || labels.starts_with('{');
            alone.then(|| Some((labels.to_owned(), figure.parse().ok()?)))?
        };
        Ok(text.lines().filter_map(of).collect())
    }

    /// Ends it with SIGKILL, at once.
    pub(crate) async fn kill(mut self) -> Result<()> {
        if let Some(status) = self.child.try_wait()? {
            bail!("the server had ended by itself before it was killed: {status}");
        }
        Ok(self.child.kill().await?)
    }

    /// Waits until it ends by itself with a failure, and kills it when it does not; says whether it ended.
    pub(crate) async fn falls(mut self, patience: Duration) -> Result<bool> {
        match timeout(patience, self.child.wait()).await {
            Ok(status) => {
                let status = status?;
                ensure!(!status.success(), "the server ended as if all were well");
                Ok(true)
            }
            Err(_) => {
                self.child.kill().await?;
                Ok(false)
            }
        }
    }

    /// Ends it with SIGTERM and waits for the ordered end.
    pub(crate) async fn stop(mut self) -> Result<()> {
        let pid = self.pid()?.to_string();
        Command::new("kill")
            .arg(&pid)
            .status()
            .await
            .context("kill(1) is missing")?;
        let status = timeout(PATIENCE, self.child.wait())
            .await
            .context("the server did not end after SIGTERM")??;
        if !status.success() {
            bail!("the server did not end in good order: {status}");
        }
        Ok(())
    }
}
