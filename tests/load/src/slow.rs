//! `load slow`: thousands of connections that send the head of a request byte by byte, or nothing, beside people who work.

use crate::account::Person;
use crate::http::Client;
use crate::latency::Latencies;
use crate::proc;
use crate::server::{Server, Site};
use anyhow::{Context, Result, ensure};
use clap::Args;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

#[derive(Args)]
pub(crate) struct SlowArgs {
    /// Slow connections
    #[arg(long, default_value_t = 5_000)]
    connections: usize,
    /// Seconds before they come and while they are there, each
    #[arg(long, default_value_t = 90)]
    seconds: u64,
    /// Folder below which the data lies
    #[arg(long)]
    dir: Option<PathBuf>,
}

/// What a slow connection begins with; every fourth one sends nothing at all.
const BEGINNINGS: [&str; 4] = [
    "",
    "GET /api/v1/status HTTP/1.1\r\nHost: x\r\nX-A: ",
    "POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{",
    "GET / HTTP/1.1\r\n",
];
/// Between two bytes of a slow connection.
const BETWEEN: Duration = Duration::from_secs(5);
/// Delay of people who work beside them (RELIABILITY S12).
const MOST: Duration = Duration::from_millis(500);

/// Runs and prints.
pub(crate) async fn run(args: SlowArgs) -> Result<()> {
    proc::raise_files()?;
    let site = Site::new(args.dir.as_deref())?;
    let server = site.start().await?;
    let at = server.addresses.http;
    let person = Person::first(at, &server.password.clone().context("no first password")?).await?;
    let length = Duration::from_secs(args.seconds);
    let mut alone = work(at, &person, length).await?;
    let before = proc::memory_mib(server.pid()?)?.0;
    let mut slow = JoinSet::new();
    for number in 0..args.connections {
        slow.spawn(drip(at, BEGINNINGS[number % BEGINNINGS.len()]));
        if number % 100 == 0 {
            sleep(Duration::from_millis(5)).await;
        }
    }
    let mut beside = work(at, &person, length).await?;
    let during = proc::memory_mib(server.pid()?)?.1;
    let mut cut = 0;
    while let Ok(Some(ended)) = timeout(Duration::from_secs(1), slow.join_next()).await {
        cut += usize::from(ended.is_ok());
    }
    println!(
        "slow: people alone {}; beside {} slow connections {}",
        alone.summary(),
        args.connections,
        beside.summary()
    );
    println!("slow: {cut} of them were cut by then; the server had {before:.0} MiB before and at most {during:.0}");
    told(&server).await?;
    slow.shutdown().await;
    ensure!(
        beside.quantile(0.99) <= MOST,
        "people waited {:?} (p99), more than {MOST:?}",
        beside.quantile(0.99)
    );
    ensure!(
        cut == args.connections || length < Duration::from_secs(80),
        "{} slow connections were not cut",
        args.connections - cut
    );
    server.stop().await
}

/// Somebody who reads, on a connection that stays and on new ones.
async fn work(at: SocketAddr, person: &Person, length: Duration) -> Result<Latencies> {
    let (mut latencies, until) = (Latencies::default(), Instant::now() + length);
    let mut steady = Client::connect(at).await?;
    while Instant::now() < until {
        let began = Instant::now();
        person.get(&mut steady, "/api/v1/status").await?;
        latencies.add(began.elapsed());
        let began = Instant::now();
        person.get(&mut Client::connect(at).await?, "/api/v1/alerts").await?;
        latencies.add(began.elapsed());
        sleep(Duration::from_millis(20)).await;
    }
    Ok(latencies)
}

/// One slow connection, until it is cut.
async fn drip(at: SocketAddr, beginning: &str) {
    let Ok(mut stream) = TcpStream::connect(at).await else {
        return;
    };
    if stream.write_all(beginning.as_bytes()).await.is_err() {
        return;
    }
    let mut heard = [0_u8; 512];
    loop {
        match timeout(BETWEEN, stream.read(&mut heard)).await {
            Ok(Ok(1..)) => {}
            Ok(_) => return,
            Err(_) if beginning.is_empty() => {}
            Err(_) => {
                if stream.write_all(b"a").await.is_err() {
                    return;
                }
            }
        }
    }
}

async fn told(server: &Server) -> Result<()> {
    for (labels, figure) in server.metrics("hanoi_ioc_http_cut_total").await? {
        println!("slow: hanoi_ioc_http_cut_total{labels} {figure}");
    }
    Ok(())
}
