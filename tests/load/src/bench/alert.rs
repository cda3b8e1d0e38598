//! Sensor to screen: from the PUBACK of a reading over its limit to the alert on the event stream, under load.

use super::body::{Body, Format};
use super::disk;
use crate::account::Person;
use crate::fleet;
use crate::http::Client;
use crate::latency::Latencies;
use crate::mqtt::{self, Login, Publish, Version, publish};
use crate::senders::{import, now};
use crate::server::{Addresses, Site};
use anyhow::{Context, Result, ensure};
use clap::Args;
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tokio::time::{interval, sleep, timeout};

#[derive(Args)]
pub(crate) struct AlertArgs {
    /// Alerts that are raised, each by a gauge of its own
    #[arg(long, default_value_t = 300)]
    samples: u32,
    /// Observations per second beside it
    #[arg(long, default_value_t = 20_000)]
    background: usize,
}

impl Default for AlertArgs {
    fn default() -> Self {
        Self {
            samples: 300,
            background: 20_000,
        }
    }
}

/// Bodies per second of the load beside it.
const BEATS: usize = 10;
/// How long an alert may take before it counts as missing.
const PATIENCE: Duration = Duration::from_secs(10);

/// Measures and prints. The rule is the city's own for rain: a ten-minute mean of two points or more, no holding time.
pub(crate) async fn run(args: &AlertArgs, dir: Option<&Path>) -> Result<()> {
    let site = Site::new(dir)?;
    let server = site.start().await?;
    let at = server.addresses;
    let person = Person::first(at.http, &server.password.clone().context("no first password")?).await?;
    let (series, token) = fleet::settle(&site, 20_000).await?;
    let gauge = |number: u32| format!("gauge-{number:04}");
    let mut lines = String::from("id,profile,title_vi,title_en,lon,lat,area,org\n");
    for number in 0..args.samples {
        lines.push_str(&format!(
            "{},rain-gauge,Mưa {number},Rain {number},105.85,21.03,00097,ioc\n",
            gauge(number)
        ));
    }
    import(&site, "gauges.csv", &lines).await?;

    let (seen, mut alerts) = mpsc::unbounded_channel();
    let stream = tokio::spawn(listen(at, person, seen));
    let rows = args.background.div_ceil(BEATS);
    let mut bodies = Vec::new();
    for number in 0..series.len().div_ceil(rows) {
        bodies.push(Body::new(Format::Line, &series, number * rows, rows)?);
    }
    let load = tokio::spawn(background(at, bodies, token.clone()));

    let login = Login {
        client: "sensor",
        credential: Some((fleet::LOADER, &token)),
        tls: None,
    };
    let mut client = mqtt::Client::connect(at.mqtt, Version::V311, login).await?;
    for number in 0..args.samples {
        report(&mut client, &gauge(number), now() - 60_000_000).await?;
    }
    sleep(Duration::from_secs(2)).await;
    let mut latencies = Latencies::default();
    for number in 0..args.samples {
        let device = gauge(number);
        report(&mut client, &device, now()).await?;
        let acknowledged = Instant::now();
        let seen = timeout(PATIENCE, async {
            loop {
                let (found, at): (String, Instant) = alerts.recv().await.context("the event stream ended")?;
                if found == device {
                    return anyhow::Ok(at);
                }
            }
        });
        let seen = seen.await.with_context(|| format!("no alert of {device}"))??;
        // an alert that overtakes its PUBACK took no time
        latencies.add(seen.saturating_duration_since(acknowledged));
        ensure!(!load.is_finished(), "the load beside it ended: {:?}", load.await);
        sleep(Duration::from_millis(5 + u64::from(number % 17))).await;
    }
    load.abort();
    stream.abort();
    println!(
        "alert: PUBACK to alert on the event stream {} ({} alerts, {} obs/s beside it); fdatasync beside it {}",
        latencies.summary(),
        args.samples,
        args.background,
        disk::sync_latency(dir)?.summary()
    );
    server.stop().await
}

/// Publishes a rain rate over the limit and waits for PUBACK.
async fn report(client: &mut mqtt::Client, device: &str, time: i64) -> Result<()> {
    let (topic, payload) = (
        format!("devices/{device}/up"),
        format!("rain value=150 {}", time * 1_000),
    );
    let mut out = Vec::new();
    publish(
        &mut out,
        Version::V311,
        &Publish {
            packet: 1,
            again: false,
            topic: &topic,
            payload: payload.as_bytes(),
        },
    );
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

/// Sends the bodies in turn, so many a second.
async fn background(at: Addresses, mut bodies: Vec<Body>, token: String) -> Result<()> {
    let mut client = Client::connect(at.http).await?;
    let headers = format!(
        "Authorization: Bearer {token}\r\nContent-Type: {}\r\n",
        Format::Line.media_type()
    );
    let mut beat = interval(Duration::from_secs(1) / BEATS as u32);
    let mut last = 0;
    loop {
        for body in &mut bodies {
            beat.tick().await;
            last = now().max(last + body.rows as i64);
            body.stamp(last);
            let answer = client
                .ask("POST", "/api/v1/observations?precision=us", &headers, &body.bytes)
                .await?;
            ensure!(answer.status == 200, "status {}", answer.status);
        }
    }
}
