//! Bulk ingest over HTTP: bodies of thousands of rows on a few connections, each answered when it is durable.

use super::body::{Body, Format};
use super::disk;
use crate::fleet::{self, Series};
use crate::http::Client;
use crate::latency::Latencies;
use crate::proc;
use crate::senders::now;
use crate::server::{Server, Site};
use anyhow::{Result, ensure};
use clap::Args;
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

#[derive(Args)]
pub(crate) struct HttpArgs {
    /// Seconds that are measured, after a warm-up of a tenth of it
    #[arg(long, default_value_t = 20)]
    seconds: u64,
    /// Connections that send at the same time
    #[arg(long, default_value_t = 8)]
    connections: usize,
    /// Series over which the rows are spread
    #[arg(long, default_value_t = 20_000)]
    series: usize,
    /// Rows of a body
    #[arg(long, default_value_t = 5_000)]
    rows: usize,
    /// How the bodies are written
    #[arg(long, value_enum, default_value_t = Format::Line)]
    format: Format,
}

impl Default for HttpArgs {
    fn default() -> Self {
        Self {
            seconds: 20,
            connections: 8,
            series: 20_000,
            rows: 5_000,
            format: Format::Line,
        }
    }
}

impl HttpArgs {
    /// The defaults with Arrow streams.
    pub(crate) fn arrow() -> Self {
        Self {
            format: Format::Arrow,
            ..Self::default()
        }
    }
}

/// Measures and prints.
pub(crate) async fn run(args: &HttpArgs, dir: Option<&Path>) -> Result<()> {
    let site = Site::new(dir)?;
    let server = site.start().await?;
    let (series, token) = fleet::settle(&site, args.series).await?;
    let shares = share(&series, args.connections);
    let mut warm = Run {
        format: args.format,
        rows: args.rows,
        until: Instant::now(),
    };
    // every series exists before the measurement, as in a city that has run for a while
    load(&server, &shares, &token, warm, true).await?;
    warm.until = Instant::now() + Duration::from_secs(args.seconds.div_ceil(10));
    load(&server, &shares, &token, warm, false).await?;

    let pid = server.pid()?;
    let (cpu, began) = (proc::cpu_seconds(pid)?, Instant::now());
    let measured = Run {
        until: began + Duration::from_secs(args.seconds),
        ..warm
    };
    let (rows, mut latencies) = load(&server, &shares, &token, measured, false).await?;
    let (took, cpu) = (began.elapsed().as_secs_f64(), proc::cpu_seconds(pid)? - cpu);
    let (memory, _) = proc::memory_mib(pid)?;
    println!(
        "http {:?}: {:.0} obs/s acknowledged ({rows} in {took:.1} s, {} series, bodies of {} rows, {} connections); answer {}; \
         server {cpu:.1} s of processor ({:.0} %), {memory:.0} MiB; fdatasync beside it {}",
        args.format,
        rows as f64 / took,
        args.series,
        args.rows,
        args.connections,
        latencies.summary(),
        100.0 * cpu / took,
        disk::sync_latency(dir)?.summary()
    );
    server.stop().await
}

/// One share of the series for each connection, so that the times of a series grow.
pub(crate) fn share(series: &[Series], connections: usize) -> Vec<Vec<Series>> {
    let size = series.len().div_ceil(connections.max(1)).max(1);
    series.chunks(size).map(<[Series]>::to_vec).collect()
}

/// What a connection does.
#[derive(Clone, Copy)]
struct Run {
    format: Format,
    rows: usize,
    until: Instant,
}

async fn load(server: &Server, shares: &[Vec<Series>], token: &str, run: Run, once: bool) -> Result<(u64, Latencies)> {
    let mut running = JoinSet::new();
    for series in shares {
        let at = server.addresses.http;
        running.spawn(connection(at, series.clone(), token.to_owned(), run, once));
    }
    let (mut rows, mut latencies) = (0, Latencies::default());
    while let Some(ended) = running.join_next().await {
        let (count, more) = ended??;
        rows += count;
        latencies.extend(more);
    }
    Ok((rows, latencies))
}

async fn connection(
    at: SocketAddr,
    series: Vec<Series>,
    token: String,
    run: Run,
    once: bool,
) -> Result<(u64, Latencies)> {
    let count = series.len().div_ceil(run.rows);
    let bodies: Result<Vec<Body>> = (0..count)
        .map(|number| Body::new(run.format, &series, number * run.rows, run.rows))
        .collect();
    let mut bodies = bodies?;
    let headers = format!(
        "Authorization: Bearer {token}\r\nContent-Type: {}\r\n",
        run.format.media_type()
    );
    let mut client = Client::connect(at).await?;
    let (mut rows, mut latencies, mut last) = (0, Latencies::default(), 0);
    loop {
        for body in &mut bodies {
            last = now().max(last + body.rows as i64);
            body.stamp(last);
            let began = Instant::now();
            let answer = client
                .ask("POST", "/api/v1/observations?precision=us", &headers, &body.bytes)
                .await?;
            latencies.add(began.elapsed());
            let text = || String::from_utf8_lossy(&answer.body).into_owned();
            ensure!(answer.status == 200, "status {}: {}", answer.status, text());
            ensure!(
                answer.json()?["accepted"] == body.rows,
                "not every row was taken: {}",
                text()
            );
            rows += body.rows as u64;
            if !once && Instant::now() >= run.until {
                return Ok((rows, latencies));
            }
        }
        if once {
            return Ok((rows, latencies));
        }
    }
}
