//! `mosquitto_pub` and `mosquitto_sub`, clients that others wrote: they publish or hear one message with QoS 1.

use crate::site::PATIENCE;
use anyhow::{Context, Result};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
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
    /// Configuration of the OpenSSL inside.
    openssl: Option<PathBuf>,
}

impl Mosquitto {
    /// A publish to `devices/{device}/up`. `version` is `5` or `311`.
    pub fn up(address: SocketAddr, version: &str, device: &str, payload: &str) -> Self {
        Self::on(address, version, &format!("devices/{device}/up")).with(["-m", payload])
    }

    /// A publish to `devices/{device}/answers`.
    pub fn answer(address: SocketAddr, version: &str, device: &str, payload: &str) -> Self {
        Self::on(address, version, &format!("devices/{device}/answers")).with(["-m", payload])
    }

    /// A listener on `devices/{device}/down`.
    pub fn down(address: SocketAddr, version: &str, device: &str) -> Self {
        Self::on(address, version, &format!("devices/{device}/down"))
    }

    fn on(address: SocketAddr, version: &str, topic: &str) -> Self {
        let nothing = Self {
            args: Vec::new(),
            openssl: None,
        };
        nothing
            .with(["-h", &address.ip().to_string(), "-p", &address.port().to_string()])
            .with(["-V", version, "-q", "1", "-t", topic])
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

    /// From this address of the machine.
    #[must_use]
    pub fn coming_from(self, address: &str) -> Self {
        self.with(["-A", address])
    }

    /// With a configuration of OpenSSL, such as one that allows what is weak.
    #[must_use]
    pub fn configured(mut self, openssl: PathBuf) -> Self {
        self.openssl = Some(openssl);
        self
    }

    /// Publishes.
    pub async fn publish(&self) -> Result<Published> {
        self.run("mosquitto_pub", &[]).await
    }

    /// Says also which packets come and go.
    #[must_use]
    pub fn telling(self) -> Self {
        self.with(["-d"])
    }

    /// Connects, subscribes, and ends with the first message that comes, which is what it says.
    pub async fn listen(&self) -> Result<Published> {
        self.run("mosquitto_sub", &["-C", "1"]).await
    }

    async fn run(&self, program: &str, more: &[&str]) -> Result<Published> {
        let mut command = Command::new(program);
        command
            .args(&self.args)
            .args(more)
            .stdin(Stdio::null())
            .kill_on_drop(true);
        if let Some(openssl) = &self.openssl {
            command.env("OPENSSL_CONF", openssl);
        }
        let output = timeout(PATIENCE, command.output()).await;
        let output = output
            .with_context(|| format!("{program} did not end"))?
            .with_context(|| format!("{program} is missing; install mosquitto-clients"))?;
        let said = [output.stdout, output.stderr].concat();
        Ok(Published {
            good: output.status.success(),
            said: String::from_utf8_lossy(&said).into_owned(),
        })
    }
}
