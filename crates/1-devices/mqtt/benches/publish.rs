//! Publishes per second, server and generator on the same cores, over an intake that answers after a pretended commit.
//!
//! `cargo bench -p mqtt --bench publish -- [connections] [window] [seconds] [commit in microseconds] [3|5]`
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use async_trait::async_trait;
use driver::gatekeeper::{Credential, Gatekeeper, Refusal};
use driver::intake::{Intake, IntakeError};
use kernel::actor::Actor;
use kernel::clock::Clock;
use kernel::id::{DeviceId, TenantId};
use kernel::submission::{Receipt, Sender, SpeaksFor, Submission};
use kernel::time::Timestamp;
use mqtt::MqttSettings;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};

#[derive(Debug)]
struct Wall;

impl Clock for Wall {
    fn now(&self) -> Timestamp {
        let now = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap();
        Timestamp::from_micros(now.as_micros() as i64)
    }
}

struct Open;

#[async_trait]
impl Gatekeeper for Open {
    async fn admit(&self, credential: Credential, _: SocketAddr) -> Result<Sender, Refusal> {
        let Credential::Token {
            device: Some(device), ..
        } = credential
        else {
            return Err(Refusal::Missing);
        };
        let device = DeviceId::new(&device).unwrap();
        Ok(Sender {
            shown: kernel::submission::Shown::Nothing,
            speaks_for: Arc::new(SpeaksFor::Itself),
            actor: Arc::new(Actor::device(&device, &TenantId::new("hanoi").unwrap())),
            device,
        })
    }
    fn still_admitted(&self, _: &Sender) -> bool {
        true
    }
}

/// Commits whatever waits, all at once, and takes `commit` for it.
struct Grouped {
    queue: mpsc::UnboundedSender<(u32, oneshot::Sender<Receipt>)>,
}

impl Grouped {
    fn new(commit: Duration, submissions: Arc<AtomicU64>) -> Self {
        let (queue, mut waiting) = mpsc::unbounded_channel::<(u32, oneshot::Sender<Receipt>)>();
        std::thread::spawn(move || {
            let mut group = Vec::new();
            while let Some(first) = waiting.blocking_recv() {
                group.push(first);
                while let Ok(next) = waiting.try_recv() {
                    group.push(next);
                }
                std::thread::sleep(commit);
                submissions.fetch_add(group.len() as u64, Ordering::Relaxed);
                for (readings, done) in group.drain(..) {
                    let _ = done.send(Receipt {
                        accepted: readings,
                        ..Receipt::default()
                    });
                }
            }
        });
        Self { queue }
    }
}

#[async_trait]
impl Intake for Grouped {
    async fn accept(&self, submission: &Submission) -> Result<Receipt, IntakeError> {
        let (done, receipt) = oneshot::channel();
        self.queue
            .send((submission.readings.len() as u32, done))
            .map_err(|_| IntakeError::Unavailable)?;
        receipt.await.map_err(|_| IntakeError::Unavailable)
    }
}

fn text(text: &str) -> Vec<u8> {
    [&(text.len() as u16).to_be_bytes()[..], text.as_bytes()].concat()
}

fn packet(first: u8, body: &[u8]) -> Vec<u8> {
    assert!(body.len() < 16_384);
    let length = match body.len() {
        short @ 0..128 => vec![short as u8],
        long => vec![(long & 0x7f) as u8 | 0x80, (long >> 7) as u8],
    };
    [&[first][..], &length, body].concat()
}

/// Keeps `window` publishes on their way until told to stop.
async fn talk(
    address: SocketAddr,
    number: usize,
    window: usize,
    v5: bool,
    acks: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let device = format!("d{number}");
    let mut hello = text("MQTT");
    hello.extend_from_slice(&[if v5 { 5 } else { 4 }, 0xc2, 0, 60]);
    if v5 {
        hello.push(0);
    }
    for part in [&device, &device, "token"] {
        hello.extend(text(part));
    }
    stream.write_all(&packet(0x10, &hello)).await.unwrap();
    let mut buffer = vec![0; 64 * 1024];
    assert!(stream.read(&mut buffer).await.unwrap() > 3);
    let mut publish = text(&format!("devices/{device}/up"));
    let id_at = publish.len();
    publish.extend_from_slice(&[0, 1]);
    if v5 {
        publish.push(0);
    }
    publish.extend_from_slice(
        br#"[{"bn":"","n":"level","u":"m","v":1.2345,"t":1795000000.125},{"n":"battery","u":"V","v":3.71}]"#,
    );
    let body = publish.len();
    let publish = packet(0x32, &publish);
    let at = publish.len() - body + id_at;
    let (mut id, mut free, mut out) = (0_u16, window, Vec::new());
    while !stop.load(Ordering::Relaxed) {
        out.clear();
        for _ in 0..std::mem::take(&mut free) {
            id = id.wrapping_add(1).max(1);
            let start = out.len();
            out.extend_from_slice(&publish);
            out[start + at..start + at + 2].copy_from_slice(&id.to_be_bytes());
        }
        stream.write_all(&out).await.unwrap();
        let mut read = stream.read(&mut buffer).await.unwrap_or(0);
        if read == 0 {
            assert!(stop.load(Ordering::Relaxed), "the server closed the connection");
            return;
        }
        while read % 4 != 0 {
            read += stream.read(&mut buffer[read..]).await.unwrap();
        }
        assert_eq!(buffer[0], 0x40);
        free = read / 4;
        acks.fetch_add(free as u64, Ordering::Relaxed);
    }
}

fn main() {
    let arguments: Vec<usize> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let argument = |index: usize, default: usize| arguments.get(index).copied().unwrap_or(default);
    let (connections, window, seconds) = (argument(0, 1_000), argument(1, 1), argument(2, 5));
    let (commit, v5) = (Duration::from_micros(argument(3, 2_000) as u64), argument(4, 3) == 5);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let settings = MqttSettings {
            plain: Some(listener),
            ..MqttSettings::default()
        };
        let submissions = Arc::new(AtomicU64::new(0));
        let intake = Arc::new(Grouped::new(commit, Arc::clone(&submissions)));
        let (_handle, server) = mqtt::serve(settings, Arc::new(Open), intake, Arc::new(Wall), Default::default());
        tokio::spawn(server);
        let (acks, stop) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
        for number in 0..connections {
            tokio::spawn(talk(address, number, window, v5, Arc::clone(&acks), Arc::clone(&stop)));
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
        let (before, started) = (acks.load(Ordering::Relaxed), Instant::now());
        let submitted = submissions.load(Ordering::Relaxed);
        tokio::time::sleep(Duration::from_secs(seconds as u64)).await;
        let acknowledged = acks.load(Ordering::Relaxed) - before;
        let rate = acknowledged as f64 / started.elapsed().as_secs_f64();
        let each = acknowledged as f64 / (submissions.load(Ordering::Relaxed) - submitted).max(1) as f64;
        stop.store(true, Ordering::Relaxed);
        println!(
            "MQTT {}, {connections} connections, window {window}, commit {commit:?}: {rate:.0} publishes/s, {each:.1} a submission",
            if v5 { 5 } else { 3 }
        );
    });
}
