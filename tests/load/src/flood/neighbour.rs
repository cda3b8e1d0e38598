//! The client that behaves well: a person who reads, and a device that sends over HTTP and MQTT.

use crate::account::Person;
use crate::http::Client;
use crate::latency::Latencies;
use crate::mqtt::{self, Login, Publish, Version, publish};
use crate::senders::now;
use crate::server::Addresses;
use anyhow::{Result, bail, ensure};
use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// Its device.
pub(super) const DEVICE: &str = "neighbour";
/// Between two requests.
const PAUSE: Duration = Duration::from_millis(20);
/// How long an answer may take before the request counts as failed.
const PATIENCE: Duration = Duration::from_secs(30);

/// What it saw during a while.
#[derive(Default)]
pub(super) struct Seen {
    web: Latencies,
    devices: Latencies,
    failures: Vec<String>,
}

impl Seen {
    /// Whether everything was answered.
    pub(super) fn sound(&mut self) -> Result<()> {
        match self.failures.first() {
            Some(first) => bail!("{} requests failed, the first one: {first}", self.failures.len()),
            None => {
                ensure!(self.web.len() > 0 && self.devices.len() > 0, "it got no answer at all");
                Ok(())
            }
        }
    }

    /// The delays below which 99 % lie, over HTTP and MQTT.
    pub(super) fn slowest(&mut self) -> (Duration, Duration) {
        (self.web.quantile(0.99), self.devices.quantile(0.99))
    }

    /// Requests in all.
    pub(super) fn asked(&self) -> usize {
        self.web.len() + self.devices.len() + self.failures.len()
    }

    /// What is said of it.
    fn summary(&mut self) -> String {
        format!(
            "HTTP {} of {}, MQTT {} of {}, {} failed",
            self.web.summary(),
            self.web.len(),
            self.devices.summary(),
            self.devices.len(),
            self.failures.len()
        )
    }
}

/// The running client; ends when dropped.
pub(super) struct Neighbour {
    seen: Arc<Mutex<Seen>>,
    _tasks: JoinSet<()>,
}

impl Neighbour {
    pub(super) fn start(at: Addresses, person: Person, token: String) -> Self {
        let (seen, mut tasks) = (Arc::new(Mutex::new(Seen::default())), JoinSet::new());
        let web = Web {
            at: at.http,
            person,
            token: token.clone(),
        };
        tasks.spawn(read(web, Arc::clone(&seen)));
        tasks.spawn(speak(at.mqtt, token, Arc::clone(&seen)));
        Self { seen, _tasks: tasks }
    }

    /// What it saw since this was last asked.
    pub(super) fn take(&self) -> Seen {
        std::mem::take(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn note(seen: &Mutex<Seen>, add: impl FnOnce(&mut Seen)) {
    add(&mut seen.lock().unwrap_or_else(PoisonError::into_inner));
}

struct Web {
    at: SocketAddr,
    person: Person,
    token: String,
}

impl Web {
    async fn ask(&self, turn: usize) -> Result<()> {
        let mut client = Client::connect(self.at).await?;
        match turn % 3 {
            0 => drop(self.person.get(&mut client, "/api/v1/status").await?),
            1 => drop(self.person.get(&mut client, "/api/v1/alerts").await?),
            _ => {
                let headers = format!("Authorization: Bearer {}\r\nContent-Type: text/plain\r\n", self.token);
                let body = format!("depth value=0.05 {}", now() * 1_000);
                let path = "/api/v1/observations";
                let answer = client.ask("POST", path, &headers, body.as_bytes()).await?;
                let said = || String::from_utf8_lossy(&answer.body).into_owned();
                ensure!(answer.status == 200, "POST {path}: {} {}", answer.status, said());
            }
        }
        Ok(())
    }
}

/// Reads and sends over HTTP, each time on a new connection.
async fn read(web: Web, seen: Arc<Mutex<Seen>>) {
    for turn in 0.. {
        let began = Instant::now();
        match timeout(PATIENCE, web.ask(turn)).await {
            Ok(Ok(())) => note(&seen, |seen| seen.web.add(began.elapsed())),
            Ok(Err(error)) => note(&seen, |seen| seen.failures.push(format!("HTTP: {error:#}"))),
            Err(_) => note(&seen, |seen| seen.failures.push("HTTP: no answer".to_owned())),
        }
        sleep(PAUSE).await;
    }
}

/// Publishes with QoS 1 on a connection that stays, and on a new one every hundredth time.
async fn speak(at: SocketAddr, token: String, seen: Arc<Mutex<Seen>>) {
    loop {
        if let Err(error) = stay(at, &token, &seen).await {
            note(&seen, |seen| seen.failures.push(format!("MQTT: {error:#}")));
            sleep(PAUSE).await;
        }
    }
}

async fn stay(at: SocketAddr, token: &str, seen: &Mutex<Seen>) -> Result<()> {
    let login = Login {
        client: DEVICE,
        credential: Some((DEVICE, token)),
        ..Login::default()
    };
    let topic = format!("devices/{DEVICE}/up");
    let mut client = timeout(PATIENCE, mqtt::Client::connect(at, Version::V5, login)).await??;
    for packet in 1..=100 {
        let (mut out, mut acks, payload) = (Vec::new(), Vec::new(), format!("depth value=0.05 {}", now() * 1_000));
        let message = Publish {
            packet,
            again: false,
            topic: &topic,
            payload: payload.as_bytes(),
        };
        publish(&mut out, Version::V5, &message);
        let began = Instant::now();
        timeout(PATIENCE, async {
            client.write(&out).await?;
            client.acks(&mut acks).await
        })
        .await??;
        let took = began.elapsed();
        ensure!(
            acks.iter().all(|ack| ack.reason < 0x80),
            "a good publish was refused: {acks:?}"
        );
        note(seen, |seen| seen.devices.add(took));
        sleep(PAUSE).await;
    }
    Ok(())
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut all = Self {
            web: self.web.clone(),
            devices: self.devices.clone(),
            failures: self.failures.clone(),
        };
        f.write_str(&all.summary())
    }
}
