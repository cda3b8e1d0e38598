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
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
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
    /// TLS 1.3 instead of plain TCP
    #[arg(long, requires = "window")]
    tls: bool,
}

impl Default for MqttArgs {
    fn default() -> Self {
        Self {
            seconds: 15,
            connections: None,
            window: None,
            tls: false,
        }
    }
}

const MOSQUITTO: &str = "/usr/sbin/mosquitto";
/// Bytes of a payload.
const PAYLOAD: usize = 100;

/// Measures and prints.
pub(crate) async fn run(args: &MqttArgs, dir: Option<&Path>) -> Result<()> {
    let shapes = match (args.connections, args.window) {
        (Some(connections), Some(window)) => vec![(connections, window, args.tls)],
        _ => vec![(1_000, 1, false), (50, 16, false), (50, 16, true)],
    };
    for (connections, window, tls) in shapes {
        let shape = Shape {
            connections,
            window,
            tls,
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
    tls: bool,
    seconds: u64,
}

/// Who is measured, and what a client must show and trust.
struct Target<'a> {
    at: SocketAddr,
    pid: u32,
    credential: Option<(&'a str, &'a str)>,
    tls: Option<Arc<ClientConfig>>,
}

async fn ours(shape: Shape, dir: Option<&Path>) -> Result<()> {
    let mut site = Site::new(dir)?;
    if shape.tls {
        site.set("MQTT_TLS_ADDRESS", "127.0.0.1:0");
    }
    let server = site.start().await?;
    // one token for all, because a token per device would only prolong the preparation
    let (devices, token) = fleet::meters(&site, shape.connections).await?;
    let device = |number: usize| devices[number].clone();
    let secure = server.addresses.mqtts.filter(|_| shape.tls);
    let target = Target {
        at: secure.unwrap_or(server.addresses.mqtt),
        pid: server.pid()?,
        credential: Some((fleet::LOADER, &token)),
        tls: secure.map(|_| trusting(&site.data().join("keys/ca.crt"))).transpose()?,
    };
    let found = measure(&target, shape, &device).await?;
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
    let mut text =
        format!("listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\nlog_dest none\nuser root\n");
    let mut tls = None;
    if shape.tls {
        let own = rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
        let (certificate, key) = (dir.path().join("server.crt"), dir.path().join("server.key"));
        std::fs::write(&certificate, own.cert.pem())?;
        std::fs::write(&key, own.signing_key.serialize_pem())?;
        text.push_str(&format!(
            "certfile {}\nkeyfile {}\ntls_version tlsv1.3\n",
            certificate.display(),
            key.display()
        ));
        tls = Some(trusting(&certificate)?);
    }
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
    let target = Target {
        at,
        pid,
        credential: None,
        tls,
    };
    let found = measure(&target, shape, &|number| format!("bench-{number:05}")).await?;
    println!("mqtt mosquitto (not durable): {found}");
    Ok(broker.kill().await?)
}

/// TLS 1.3 to whoever shows a certificate of `authority`.
fn trusting(authority: &Path) -> Result<Arc<ClientConfig>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(authority)?)?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

async fn measure(target: &Target<'_>, shape: Shape, device: &dyn Fn(usize) -> String) -> Result<String> {
    let pid = target.pid;
    let mut joining = JoinSet::new();
    for number in 0..shape.connections {
        let login = Login {
            client: &format!("load-{number}"),
            credential: target.credential,
            tls: target.tls.as_ref(),
            ..Login::default()
        };
        let client = Client::connect(target.at, Version::V311, login).await?;
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
        "{:.0} QoS 1 publishes/s acknowledged ({}, {} connections, window {}, {PAYLOAD} B); PUBACK {}; server {cpu:.1} s of processor \
         in {} s, {memory:.0} MiB",
        latencies.len() as f64 / shape.seconds as f64,
        if shape.tls { "TLS 1.3" } else { "plain TCP" },
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
