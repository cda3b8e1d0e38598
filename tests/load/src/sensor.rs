//! Flood gauges that raise one alert each, and who waits for it on the stream of events.
//!
//! The rule is the city's own for water on the road: no window, no holding time, and every gauge its own alert.

use crate::account::Person;
use crate::fleet;
use crate::http::Client;
use crate::mqtt::{self, Login, Publish, Version, publish};
use crate::senders::{import, now};
use crate::server::{Addresses, Site};
use anyhow::{Context, Result, ensure};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tokio::time::timeout;

/// How long an alert may take before it counts as missing.
const PATIENCE: Duration = Duration::from_secs(10);

/// The name of a gauge.
pub(crate) fn gauge(number: usize) -> String {
    format!("gauge-{number:05}")
}

/// Registers so many of them.
pub(crate) async fn gauges(site: &Site, count: usize) -> Result<()> {
    let mut lines = String::from("id,profile,title_vi,title_en,lon,lat,area,org\n");
    for number in 0..count {
        lines.push_str(&format!(
            "{},flood-gauge,Ngập {number},Flood {number},105.85,21.03,00097,ioc\n",
            gauge(number)
        ));
    }
    import(site, "gauges.csv", &lines).await
}

/// A connection that speaks for them all.
pub(crate) struct Sensors {
    client: mqtt::Client,
    told: mpsc::UnboundedReceiver<(String, Instant)>,
    listening: tokio::task::JoinHandle<Result<()>>,
}

impl Sensors {
    /// Connects, and listens to the alerts.
    pub(crate) async fn connect(at: Addresses, person: &Person, token: &str) -> Result<Self> {
        let (seen, told) = mpsc::unbounded_channel();
        let listening = tokio::spawn(listen(at, person.clone(), seen));
        let login = Login {
            client: "sensor",
            credential: Some((fleet::LOADER, token)),
            ..Login::default()
        };
        let client = mqtt::Client::connect(at.mqtt, Version::V311, login).await?;
        Ok(Self {
            client,
            told,
            listening,
        })
    }

    /// A wet road, which is no alert.
    pub(crate) async fn prepare(&mut self, number: usize) -> Result<()> {
        report(&mut self.client, &gauge(number), 0.05, now() - 60_000_000).await
    }

    /// Water over the limit; gives the time from its PUBACK to the alert on the stream.
    pub(crate) async fn raise(&mut self, number: usize) -> Result<Duration> {
        let device = gauge(number);
        report(&mut self.client, &device, 0.2, now()).await?;
        let acknowledged = Instant::now();
        let seen = timeout(PATIENCE, async {
            loop {
                let (found, at) = self.told.recv().await.context("the event stream ended")?;
                if found == device {
                    return anyhow::Ok(at);
                }
            }
        });
        let seen = seen.await.with_context(|| format!("no alert of {device}"))??;
        // an alert that overtakes its PUBACK took no time
        Ok(seen.saturating_duration_since(acknowledged))
    }
}

impl Drop for Sensors {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

/// Publishes a depth in metres and waits for PUBACK.
async fn report(client: &mut mqtt::Client, device: &str, depth: f64, time: i64) -> Result<()> {
    let (topic, payload) = (
        format!("devices/{device}/up"),
        format!("depth value={depth} {}", time * 1_000),
    );
    let mut out = Vec::new();
    let message = Publish {
        packet: 1,
        again: false,
        topic: &topic,
        payload: payload.as_bytes(),
    };
    publish(&mut out, Version::V311, &message);
    client.write(&out).await?;
    client.acks(&mut Vec::new()).await
}

/// Tells of each raised alert: its device and when it was seen.
async fn listen(at: Addresses, person: Person, seen: mpsc::UnboundedSender<(String, Instant)>) -> Result<()> {
    let mut client = Client::connect(at.http).await?;
    client
        .send("GET", "/api/v1/events?types=alert.raised.", person.headers(), b"")
        .await?;
    let (status, head) = client.head().await?;
    ensure!(status == 200, "the event stream: {head}");
    let mut text = String::new();
    while let Some(chunk) = client.chunk().await? {
        let at = Instant::now();
        text.push_str(&String::from_utf8_lossy(&chunk));
        while let Some(end) = text.find("\n\n") {
            let event: String = text.drain(..end + 2).collect();
            let data = event.lines().find_map(|line| line.strip_prefix("data:")).unwrap_or("");
            let fact: serde_json::Value = serde_json::from_str(data.trim()).unwrap_or_default();
            if let Some(device) = fact["data"]["device"].as_str() {
                seen.send((device.to_owned(), at))?;
            }
        }
    }
    Ok(())
}
