//! A running server.

use crate::answer::{self, Answer};
use crate::person::Person;
use crate::site::{PATIENCE, Site};
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::fs::File;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

/// Where it can be reached: the line that it prints when it is ready.
#[derive(Clone, Debug, Deserialize)]
pub struct Addresses {
    /// Plain HTTP.
    pub http: SocketAddr,
    /// HTTP over TLS, if it was asked for.
    pub https: Option<SocketAddr>,
    /// MQTT over TLS.
    pub mqtts: SocketAddr,
    /// Plain MQTT.
    pub mqtt: SocketAddr,
}

/// The first line of a demo names the password, too.
#[derive(Debug, Deserialize)]
struct Ready {
    #[serde(flatten)]
    addresses: Addresses,
    password: Option<String>,
}

/// The process; killed when dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// Where it listens.
    pub addresses: Addresses,
    /// Password of the first account, at the first start.
    pub password: Option<String>,
    log: PathBuf,
    client: reqwest::Client,
    // open to the end, so that the server can write
    _out: Lines<BufReader<ChildStdout>>,
}

impl Server {
    pub(crate) async fn start(site: &Site, args: &[&str]) -> Result<Self> {
        let log = site.path("server.log");
        let begin = log.metadata().map_or(0, |known| known.len() as usize);
        let errors = File::options().create(true).append(true).open(&log)?;
        let mut command = site.command(args)?;
        let mut child = command.stdout(Stdio::piped()).stderr(errors).spawn()?;
        let mut out = BufReader::new(child.stdout.take().context("no output")?).lines();
        let line = timeout(PATIENCE, out.next_line())
            .await
            .context("the server was not ready in time")??;
        let all = std::fs::read(&log)?;
        let said = String::from_utf8_lossy(all.get(begin..).unwrap_or(&[])).into_owned();
        let Some(line) = line else {
            bail!("the server ended before it was ready; it said:\n{said}")
        };
        let ready: Ready = serde_json::from_str(&line).with_context(|| format!("no line of addresses: {line}"))?;
        // libraries write of passwords, too, in addresses that have none
        let printed = said.split("mật khẩu / password: ").nth(1);
        let printed = printed.and_then(|rest| rest.split_whitespace().next()).map(Into::into);
        Ok(Self {
            child,
            addresses: ready.addresses,
            password: ready.password.or(printed),
            log,
            client: answer::client()?,
            _out: out,
        })
    }

    /// The address of a path of the plain HTTP door.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.addresses.http)
    }

    /// The first account, after its password was changed from the printed one to [`crate::person::PASSWORD`].
    pub async fn first_person(&self) -> Result<Person> {
        let password = self.password.as_deref().context("no password was printed")?;
        let mut person = Person::sign_in(self, password).await?;
        person.change_password(password, crate::person::PASSWORD).await?;
        Ok(person)
    }

    /// The first account of a demo, whose password need not be changed.
    pub async fn visitor(&self) -> Result<Person> {
        let password = self.password.as_deref().context("no password was printed")?;
        Person::sign_in(self, password).await
    }

    /// The sum of a metric over all its labels; 0 when it was never counted. `name` may end in labels: `x{a="b"}`.
    pub async fn metric(&self, name: &str) -> Result<f64> {
        let answer = Answer::of(self.client.get(self.url("/metrics"))).await?;
        let mut sum = 0.0;
        for line in answer.text.lines().filter(|line| !line.starts_with('#')) {
            let Some(rest) = line.strip_prefix(name).filter(|rest| rest.starts_with([' ', '{'])) else {
                continue;
            };
            let value = rest.rsplit(' ').next().unwrap_or_default();
            sum += value.parse::<f64>().with_context(|| format!("no number: {line}"))?;
        }
        Ok(sum)
    }

    /// Everything that servers of this site have said on standard error.
    pub fn said(&self) -> Result<String> {
        Ok(String::from_utf8_lossy(&std::fs::read(&self.log)?).into_owned())
    }

    /// Ends it with SIGKILL, at once.
    pub async fn kill(mut self) -> Result<()> {
        if let Some(status) = self.child.try_wait()? {
            bail!("the server had ended by itself: {status}");
        }
        Ok(self.child.kill().await?)
    }

    /// Asks it with SIGTERM to end, and waits until it has.
    pub async fn terminate(mut self) -> Result<ExitStatus> {
        let pid = self.child.id().context("the server had ended by itself")?.to_string();
        let sent = Command::new("kill").arg(&pid).status().await?;
        if !sent.success() {
            bail!("no signal was sent");
        }
        let ended = timeout(PATIENCE, self.child.wait()).await;
        Ok(ended.context("the server did not end")??)
    }
}
