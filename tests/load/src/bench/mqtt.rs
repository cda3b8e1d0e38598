//! MQTT QoS 1 of small messages, to our server and to mosquitto in the same run. Ours is durable before PUBACK, mosquitto not.

use super::disk;
use crate::fleet;
use crate::latency::Latencies;
use crate::mqtt::{Client, Login, Publish, Version, free_port, publish};
use crate::proc;
use crate::senders::now;
use crate::server::Site;
use anyhow::{Context, Result, ensure};
use clap::Args;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::task::JoinSet;
use tokio::time::sleep;

#[derive(Args)]
pub(crate) struct MqttArgs {
    /// Seconds that are measured, after a warm-up of a tenth of it
    #[arg(long, default_value_t = 15)]
    seconds: u64,
    /// Only this many connections (with --window)
    #[arg(long, requires = "window")]
    connections: Option<usize>,
    /// Publishes of a connection that wait for their PUBACK
    #[arg(long, requires = "connections")]
    window: Option<usize>,
}

impl Default for MqttArgs {
    fn default() -> Self {
        Self {
            seconds: 15,
            connections: None,
            window: None,
        }
    }
}

const MOSQUITTO: &str = "/usr/sbin/mosquitto";
/// Bytes of a payload.
const PAYLOAD: usize = 100;

/// Measures and prints.
pub(crate) async fn run(args: &MqttArgs, dir: Option<&Path>) -> Result<()> {
    let shapes = match (args.connections, args.window) {
        (Some(connections), Some(window)) => vec![(connections, window)],
        _ => vec![(1_000, 1), (50, 16)],
    };
    for (connections, window) in shapes {
        let shape = Shape {
            connections,
            window,
            seconds: args.seconds,
        };
        ours(shape, dir).await?;
        theirs(shape).await?;
    }
    Ok(())
}

#[derive(Clone, Copy)]
struct Shape {
    connections: usize,
    window: usize,
    seconds: u64,
}

async fn ours(shape: Shape, dir: Option<&Path>) -> Result<()> {
    let site = Site::new(dir)?;
    let server = site.start().await?;
    // one token for all, because a token per device would only prolong the preparation
    let (devices, token) = fleet::meters(&site, shape.connections).await?;
    let device = |number: usize| devices[number].clone();
    let found = measure(
        server.addresses.mqtt,
        shape,
        &device,
        Some((fleet::LOADER, &token)),
        server.pid()?,
    )
    .await?;
    println!(
        "mqtt hanoi-ioc: {found}; fdatasync beside it {}",
        disk::sync_latency(dir)?.summary()
    );
    server.stop().await
}

async fn theirs(shape: Shape) -> Result<()> {
    if !Path::new(MOSQUITTO).is_file() {
        println!("mqtt mosquitto: SKIPPED, {MOSQUITTO} is not there (Debian and Ubuntu: apt install mosquitto)");
        return Ok(());
    }
    let dir = tempfile::tempdir()?;
    let port = free_port()?;
    let config = dir.path().join("mosquitto.conf");
    let text =
        format!("listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\nlog_dest none\nuser root\n");
    std::fs::write(&config, text)?;
    let mut broker: Child = Command::new(MOSQUITTO)
        .arg("-c")
        .arg(&config)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    let at = SocketAddr::from(([127, 0, 0, 1], port));
    for _ in 0..500 {
        if TcpStream::connect(at).await.is_ok() {
            break;
        }
        sleep(Duration::from_millis(10)).await;
    }
    let pid = broker.id().context("mosquitto ended at once")?;
    let found = measure(at, shape, &|number| format!("bench-{number:05}"), None, pid).await?;
    println!("mqtt mosquitto (not durable): {found}");
    Ok(broker.kill().await?)
}

async fn measure(
    at: SocketAddr,
    shape: Shape,
    device: &dyn Fn(usize) -> String,
    credential: Option<(&str, &str)>,
    pid: u32,
) -> Result<String> {
    let mut joining = JoinSet::new();
    for number in 0..shape.connections {
        let login = Login {
            client: &format!("load-{number}"),
            credential,
        };
        let client = Client::connect(at, Version::V311, login).await?;
        // every series exists before the measurement, as in a city that has run for a while
        joining.spawn(connection(client, device(number), 1, Instant::now(), Instant::now()));
    }
    let mut clients = Vec::new();
    while let Some(joined) = joining.join_next().await {
        let (client, device, _) = joined??;
        clients.push((client, device));
    }
    let warm = Instant::now() + Duration::from_secs(shape.seconds.div_ceil(10));
    let until = warm + Duration::from_secs(shape.seconds);
    let mut running = JoinSet::new();
    for (client, device) in clients {
        running.spawn(connection(client, device, shape.window, warm, until));
    }
    tokio::time::sleep_until(warm.into()).await;
    let cpu = proc::cpu_seconds(pid)?;
    tokio::time::sleep_until(until.into()).await;
    let cpu = proc::cpu_seconds(pid)? - cpu;
    let mut latencies = Latencies::default();
    while let Some(ended) = running.join_next().await {
        latencies.extend(ended??.2);
    }
    let (memory, _) = proc::memory_mib(pid)?;
    Ok(format!(
        "{:.0} QoS 1 publishes/s acknowledged ({} connections, window {}, {PAYLOAD} B); PUBACK {}; server {cpu:.1} s of processor \
         in {} s, {memory:.0} MiB",
        latencies.len() as f64 / shape.seconds as f64,
        shape.connections,
        shape.window,
        latencies.summary(),
        shape.seconds
    ))
}

/// Keeps the window full; counts what is acknowledged between `warm` and `until`.
async fn connection(
    mut client: Client,
    device: String,
    window: usize,
    warm: Instant,
    until: Instant,
) -> Result<(Client, String, Latencies)> {
    let topic = format!("devices/{device}/up");
    let mut latencies = Latencies::default();
    let (mut out, mut acks, mut last) = (Vec::new(), Vec::new(), 0);
    let mut sent = vec![warm; window + 1];
    let mut send = |out: &mut Vec<u8>, packet: u16, sent: &mut [Instant]| {
        last = now().max(last + 1);
        let mut payload = format!("current value=10.{:03} {last}000", last % 1_000).into_bytes();
        let fill = PAYLOAD.saturating_sub(payload.len() + 6);
        payload.splice(7..7, b",note=".iter().copied().chain(std::iter::repeat_n(b'x', fill)));
        publish(
            out,
            Version::V311,
            &Publish {
                packet,
                again: false,
                topic: &topic,
                payload: &payload,
            },
        );
        sent[usize::from(packet)] = Instant::now();
    };
    for packet in 1..=window as u16 {
        send(&mut out, packet, &mut sent);
    }
    let mut open = window;
    while open > 0 {
        client.write(&out).await?;
        out.clear();
        client.acks(&mut acks).await?;
        let now = Instant::now();
        for ack in acks.drain(..) {
            ensure!(
                (1..=window).contains(&usize::from(ack.packet)),
                "PUBACK {} for nothing",
                ack.packet
            );
            if now >= warm && now < until {
                latencies.add(now - sent[usize::from(ack.packet)]);
            }
            if now < until {
                send(&mut out, ack.packet, &mut sent);
            } else {
                open -= 1;
            }
        }
    }
    Ok((client, device, latencies))
}
