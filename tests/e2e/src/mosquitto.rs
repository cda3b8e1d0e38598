//! `mosquitto_pub`, a client that others wrote: publishes one message with QoS 1 and says how that ended.

use crate::site::PATIENCE;
use anyhow::{Context, Result};
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use tokio::process::Command;
use tokio::time::timeout;

/// What it did.
#[derive(Clone, Debug)]
pub struct Published {
    /// Whether it ended with success.
    pub good: bool,
    /// What it said.
    pub said: String,
}

/// A message to publish.
#[derive(Clone, Debug)]
pub struct Mosquitto {
    args: Vec<String>,
}

impl Mosquitto {
    /// A publish to `devices/{device}/up`. `version` is `5` or `311`.
    pub fn up(address: SocketAddr, version: &str, device: &str, payload: &str) -> Self {
        Self { args: Vec::new() }
            .with(["-h", &address.ip().to_string(), "-p", &address.port().to_string()])
            .with(["-V", version, "-q", "1"])
            .with(["-t", &format!("devices/{device}/up"), "-m", payload])
    }

    fn with<const N: usize>(mut self, args: [&str; N]) -> Self {
        self.args.extend(args.map(str::to_owned));
        self
    }

    /// Over TLS, with this authority for the server's certificate.
    #[must_use]
    pub fn trusting(self, ca: &Path) -> Self {
        self.with(["--cafile", &ca.display().to_string()])
    }

    /// With the client certificate `{folder}/{name}.crt` and its key.
    #[must_use]
    pub fn showing(self, folder: &Path, name: &str) -> Self {
        let file = |ending: &str| folder.join(format!("{name}.{ending}")).display().to_string();
        self.with(["--cert", &file("crt"), "--key", &file("key")])
    }

    /// With a user name and a password.
    #[must_use]
    pub fn named(self, user: &str, password: &str) -> Self {
        self.with(["-u", user, "-P", password])
    }

    /// Publishes.
    pub async fn publish(&self) -> Result<Published> {
        let mut command = Command::new("mosquitto_pub");
        command.args(&self.args).stdin(Stdio::null()).kill_on_drop(true);
        let output = timeout(PATIENCE, command.output()).await;
        let output = output
            .context("mosquitto_pub did not end")?
            .context("mosquitto_pub is missing; install mosquitto-clients")?;
        let said = [output.stdout, output.stderr].concat();
        Ok(Published {
            good: output.status.success(),
            said: String::from_utf8_lossy(&said).into_owned(),
        })
    }
}
