//! `load stalled`: subscribers that stop reading. What do they cost, do the others notice, and are they cut with a reason?

use crate::account::Person;
use crate::bench::body::Format;
use crate::bench::disk;
use crate::fleet;
use crate::ingest::{Ingest, Offer};
use crate::latency::Latencies;
use crate::mqtt::{self, Login, Publish, Version, publish};
use crate::proc;
use crate::senders::now;
use crate::sensor::{Sensors, gauges};
use crate::server::{Addresses, Server, Site};
use crate::soak::subscribe;
use crate::trend::Trend;
use anyhow::{Context, Result, ensure};
use clap::Args;
use std::path::PathBuf;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{MissedTickBehavior, interval, sleep};

#[derive(Args)]
pub(crate) struct StalledArgs {
    /// Seconds with subscribers that do not read
    #[arg(long, default_value_t = 300)]
    seconds: u64,
    /// Seconds without them before, to compare with
    #[arg(long, default_value_t = 120)]
    alone: u64,
    /// Messages per second to the subscribers of MQTT
    #[arg(long, default_value_t = 1_000)]
    rate: u64,
    /// Alerts per second
    #[arg(long, default_value_t = 20)]
    alerts: u64,
    /// Subscribers of each kind that stop reading
    #[arg(long, default_value_t = 1)]
    stalled: usize,
    /// Folder below which the data lies
    #[arg(long)]
    dir: Option<PathBuf>,
}

/// What subscribers that do not read may cost, in MiB.
const MOST_MIB: f64 = 64.0;
/// Seconds in which the buffers of the kernel fill, and then some.
const LONG_ENOUGH: u64 = 240;
/// A topic outside `devices/#`, opened for this measurement.
const SPACE: &str = "load/# publish=* subscribe=*";
const TOPIC: &str = "load/tick";
/// Bytes of a message; its first 16 digits are the time of sending.
const MESSAGE: usize = 1_024;
/// What streams are subscribed to over HTTP.
const EVENTS: &str = "/api/v1/events?types=alert.,incident.,signal.";
const LIVE: &str = "/api/v1/observations/stream?device=bench-00000";

/// Runs and prints.
pub(crate) async fn run(args: StalledArgs) -> Result<()> {
    let site = Site::new(args.dir.as_deref())?
        .with("LOG_MAX_MIB", 512)
        .with("HISTORY_COMMIT_S", 5)
        .with("MQTT_NAMESPACES", format!("[\"{SPACE}\"]"));
    let server = site.start().await?;
    let at = server.addresses;
    let person = Person::first(at.http, &server.password.clone().context("no first password")?).await?;
    let (series, token) = fleet::settle(&site, 5_000).await?;
    let count = ((args.alone + args.seconds + 10) * args.alerts) as usize;
    gauges(&site, count).await?;
    let offer = Offer {
        format: Format::Line,
        rate: 10_000,
        rows: 1_000,
        connections: 1,
    };
    let mut ingest = Ingest::start(at.http, &series, &token, offer)?;
    let read = Arc::new(AtomicU64::new(0));
    let mut beside = JoinSet::new();
    beside.spawn(subscribe(at.http, person.clone(), LIVE, Arc::clone(&read)));
    let delays = Delays::default();
    beside.spawn(listen(at, token.clone(), delays.clone()));
    sleep(Duration::from_millis(500)).await;
    beside.spawn(talk(at, token.clone(), args.rate));
    let sensors = Sensors::connect(at, &person, &token).await?;
    let alerts: JoinHandle<Result<()>> = tokio::spawn(raise(sensors, count, args.alerts, delays.clone()));

    let mut watch = async |seconds: u64| -> Result<(Latencies, Latencies, Trend)> {
        delays.take();
        let (began, mut memory) = (Instant::now(), Trend::default());
        while began.elapsed() < Duration::from_secs(seconds) {
            sleep(Duration::from_millis(500)).await;
            ingest.check()?;
            if let Some(ended) = beside.try_join_next() {
                ended?.context("a subscriber that reads ended")?;
            }
            ensure!(!alerts.is_finished(), "the alerts ended");
            memory.add(began.elapsed().as_secs_f64(), proc::memory_mib(server.pid()?)?.0);
        }
        let (messages, alerts) = delays.take();
        Ok((messages, alerts, memory))
    };
    // caches fill, streams open
    watch(args.alone / 2).await?;
    let mut alone = watch(args.alone).await?;
    let mut held = Vec::new();
    for _ in 0..args.stalled {
        held.push(Stopped::http(at, &person, EVENTS).await?);
        held.push(Stopped::mqtt(at, &token).await?);
    }
    let mut with = watch(args.seconds).await?;
    let growth = with.2.range().2 - alone.2.range().2;
    println!(
        "stalled: without: MQTT messages {}, alerts {}; with {} that do not read: MQTT messages {}, alerts {}",
        alone.0.summary(),
        alone.1.summary(),
        held.len(),
        with.0.summary(),
        with.1.summary()
    );
    println!(
        "stalled: server at most {:.0} MiB before, at most {:.0} MiB with them: {growth:.1} MiB more; fdatasync beside it {}",
        alone.2.range().2,
        with.2.range().2,
        disk::sync_latency(args.dir.as_deref())?.summary()
    );
    cut(&server, &held).await?;
    ensure!(
        growth <= MOST_MIB,
        "stalled subscribers cost {growth:.1} MiB, more than {MOST_MIB}"
    );
    if args.seconds >= LONG_ENOUGH {
        let uncut = held.iter().find(|stopped| !stopped.is_cut());
        ensure!(
            uncut.is_none(),
            "not cut: {}",
            uncut.map_or("", |stopped| stopped.what.as_str())
        );
    }
    drop(held);
    drop(ingest);
    server.stop().await
}

/// Who was cut, and what the metrics say of it.
async fn cut(server: &Server, held: &[Stopped]) -> Result<()> {
    for stopped in held {
        let ended = stopped.is_cut();
        println!("stalled: {} was {}cut", stopped.what, if ended { "" } else { "not " });
    }
    for name in [
        "hanoi_ioc_http_cut_total",
        "hanoi_ioc_mqtt_closed_total",
        "hanoi_ioc_mqtt_undelivered_total",
    ] {
        for (labels, figure) in server.metrics(name).await? {
            println!("stalled: {name}{labels} {figure}");
        }
    }
    Ok(())
}

/// How long messages and alerts took.
#[derive(Clone, Default)]
struct Delays(Arc<Mutex<(Latencies, Latencies)>>);

impl Delays {
    fn message(&self, took: Duration) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0.add(took);
    }

    fn alert(&self, took: Duration) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1.add(took);
    }

    /// What came since this was last asked.
    fn take(&self) -> (Latencies, Latencies) {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A subscriber that has stopped reading.
struct Stopped {
    what: String,
    stream: TcpStream,
}

impl Stopped {
    /// Connects with a small buffer, so that it is full soon.
    async fn connect(to: std::net::SocketAddr) -> Result<TcpStream> {
        let socket = TcpSocket::new_v4()?;
        socket.set_recv_buffer_size(8 << 10)?;
        Ok(socket.connect(to).await?)
    }

    async fn http(at: Addresses, person: &Person, path: &str) -> Result<Self> {
        let mut stream = Self::connect(at.http).await?;
        // as a browser that was away: it asks for everything since the beginning
        let head = format!(
            "GET {path} HTTP/1.1\r\nHost: x\r\nLast-Event-ID: 0\r\n{}\r\n",
            person.headers()
        );
        stream.write_all(head.as_bytes()).await?;
        Ok(Self {
            what: path.to_owned(),
            stream,
        })
    }

    async fn mqtt(at: Addresses, token: &str) -> Result<Self> {
        let mut stream = Self::connect(at.mqtt).await?;
        let mut packets = mqtt::connect_packet("stalled", fleet::LOADER, token);
        packets.extend(mqtt::subscribe_packet(TOPIC));
        stream.write_all(&packets).await?;
        Ok(Self {
            what: format!("MQTT subscriber of {TOPIC}"),
            stream,
        })
    }

    /// Whether the server has ended the connection: what it sent before is still in the buffer, and then comes the end.
    fn is_cut(&self) -> bool {
        let mut rest = [0; 64 << 10];
        loop {
            match self.stream.try_read(&mut rest) {
                Ok(0) => return true,
                Ok(_) => {}
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => return false,
                Err(_) => return true,
            }
        }
    }
}

async fn connect(at: Addresses, client: &str, token: &str) -> Result<mqtt::Client> {
    let login = Login {
        client,
        credential: Some((fleet::LOADER, token)),
        ..Login::default()
    };
    mqtt::Client::connect(at.mqtt, Version::V311, login).await
}

/// Publishes so many messages a second.
async fn talk(at: Addresses, token: String, rate: u64) -> Result<()> {
    let beats = 100;
    let mut client = connect(at, "talker", &token).await?;
    let mut beat = interval(Duration::from_secs(1) / beats);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let share = rate.div_ceil(u64::from(beats)) as u16;
    loop {
        beat.tick().await;
        let mut out = Vec::new();
        for packet in 1..=share {
            let mut payload = format!("{:016}", now()).into_bytes();
            payload.resize(MESSAGE, b'.');
            let message = Publish {
                packet,
                again: false,
                topic: TOPIC,
                payload: &payload,
            };
            publish(&mut out, Version::V311, &message);
        }
        client.write(&out).await?;
        let mut waiting = usize::from(share);
        while waiting > 0 {
            let mut acks = Vec::new();
            client.acks(&mut acks).await?;
            waiting = waiting.saturating_sub(acks.len());
        }
    }
}

/// Reads all messages and says how long they took.
async fn listen(at: Addresses, token: String, delays: Delays) -> Result<()> {
    let mut client = connect(at, "listener", &token).await?;
    client.subscribe(TOPIC).await?;
    loop {
        let payload = client.delivered().await?;
        let sent: i64 = String::from_utf8_lossy(payload.get(..16).unwrap_or_default()).parse()?;
        delays.message(Duration::from_micros(u64::try_from(now() - sent).unwrap_or(0)));
    }
}

/// Raises so many alerts a second.
async fn raise(mut sensors: Sensors, count: usize, rate: u64, delays: Delays) -> Result<()> {
    let mut beat = interval(Duration::from_secs_f64(1.0 / rate.max(1) as f64));
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for number in 0..count {
        beat.tick().await;
        sensors.prepare(number).await?;
        delays.alert(sensors.raise(number).await?);
    }
    std::future::pending().await
}
