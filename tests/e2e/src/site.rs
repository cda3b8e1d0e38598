//! A folder with data and settings, in which the program is run as an operator runs it.

use crate::device::Device;
use crate::server::Server;
use anyhow::{Context, Result, bail};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use tokio::process::Command;
use tokio::time::timeout;

/// How long a command or a start may take before something is wrong.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// One place of operation; gone with everything in it when dropped.
#[derive(Debug)]
pub struct Site {
    dir: TempDir,
    settings: Vec<(String, String)>,
}

/// What a command of the program did.
#[derive(Clone, Debug)]
pub struct Done {
    /// How it ended.
    pub status: ExitStatus,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Done {
    /// Standard output, if the command succeeded.
    pub fn good(self) -> Result<String> {
        if !self.status.success() {
            bail!("a command failed ({}): {}", self.status, self.err);
        }
        Ok(self.out)
    }

    /// Standard error, if the command failed in its own words: an exit code and no panic.
    pub fn refused(self) -> Result<String> {
        if self.status.code() != Some(1) || self.err.contains("panicked") {
            bail!("not refused but {}: {}{}", self.status, self.out, self.err);
        }
        Ok(self.err)
    }
}

impl Site {
    /// A new folder. Servers in it take free ports of the loopback address for HTTP, MQTT and MQTT over TLS.
    pub fn new() -> Result<Self> {
        let dir = tempfile::Builder::new().prefix("hanoi-ioc-e2e-").tempdir()?;
        let mut site = Self {
            dir,
            settings: Vec::new(),
        };
        for door in ["HTTP_ADDRESS", "MQTT_TLS_ADDRESS", "MQTT_ADDRESS"] {
            site.set(door, "127.0.0.1:0");
        }
        Ok(site)
    }

    /// Sets one setting for all commands to come, by the name of its environment variable without the prefix.
    pub fn set(&mut self, name: &str, value: &str) {
        let name = format!("HANOI_IOC_{name}");
        self.settings.retain(|(known, _)| *known != name);
        self.settings.push((name, value.to_owned()));
    }

    /// A path in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// The data directory.
    pub fn data(&self) -> PathBuf {
        self.path("data")
    }

    /// Writes a file below the folder and gives its path.
    pub fn write(&self, name: &str, text: &str) -> Result<PathBuf> {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
        std::fs::write(&path, text)?;
        Ok(path)
    }

    pub(crate) fn command<I: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = I>) -> Result<Command> {
        let mut command = Command::new(binary()?);
        command.arg("--data-dir").arg(self.data()).args(args);
        command.envs(self.settings.iter().map(|(name, value)| (name, value)));
        command
            .current_dir(self.dir.path())
            .stdin(Stdio::null())
            .kill_on_drop(true);
        Ok(command)
    }

    /// Runs a command of the program to its end.
    pub async fn run<I: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = I>) -> Result<Done> {
        let output = timeout(PATIENCE, self.command(args)?.output()).await;
        let output = output.context("the command did not end")??;
        Ok(Done {
            status: output.status,
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        })
    }

    /// Starts a server and waits until it is ready.
    pub async fn start(&self) -> Result<Server> {
        Server::start(self, &["serve"]).await
    }

    /// Starts a demo with these arguments and waits until it is ready.
    pub async fn demo(&self, args: &[&str]) -> Result<Server> {
        Server::start(self, &[&["demo"], args].concat()).await
    }

    /// Registers a flood gauge that speaks for itself, and gives it a token.
    pub async fn gauge(&self, server: &Server, id: &str) -> Result<Device> {
        self.device(server, id, &["--profile", "flood-gauge"]).await
    }

    /// Registers a device with these arguments of `device add`, and gives it a token.
    pub async fn device(&self, server: &Server, id: &str, args: &[&str]) -> Result<Device> {
        let fixed = ["device", "add", id, "--title", id, "--area", "00097"];
        self.run(fixed.iter().chain(args)).await?.good()?;
        let answer: serde_json::Value = serde_json::from_str(&self.run(["device", "token", id]).await?.good()?)?;
        let token = answer["token"].as_str().context("no token in the answer")?;
        Device::new(server, id, token)
    }

    /// A client certificate of the platform CA for a device: the folder with ID.crt, ID.key and ca.crt.
    pub async fn certificate(&self, id: &str) -> Result<PathBuf> {
        let out = self.path("certificates");
        let args = [
            "device".as_ref(),
            "certificate".as_ref(),
            id.as_ref(),
            "--out".as_ref(),
            out.as_os_str(),
        ];
        self.run(args).await?.good()?;
        Ok(out)
    }
}

/// The program: `HANOI_IOC_BIN`, or the one beside the tests.
fn binary() -> Result<PathBuf> {
    let path = match std::env::var_os("HANOI_IOC_BIN") {
        Some(path) => PathBuf::from(path),
        None => {
            let here = std::env::current_exe()?;
            let beside = here
                .ancestors()
                .nth(2)
                .context("the tests are not in a target folder")?;
            beside.join("hanoi-ioc")
        }
    };
    if !path.is_file() {
        bail!(
            "{} is no file; build the server first (cargo build -p server), or name it in HANOI_IOC_BIN",
            path.display()
        );
    }
    Ok(path)
}
