//! Bulk ingest that goes on beside something else: at a given rate, or as fast as the server takes it.

use crate::bench::body::{Body, Format};
use crate::fleet::Series;
use crate::http::Client;
use crate::latency::Latencies;
use crate::senders::now;
use anyhow::{Result, bail};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, sleep};

/// What is offered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Offer {
    pub(crate) format: Format,
    /// Observations per second in all; 0: as many as are taken.
    pub(crate) rate: u64,
    /// Rows of a body.
    pub(crate) rows: usize,
    pub(crate) connections: usize,
}

/// How it went so far.
#[derive(Default)]
struct Tally {
    rows: AtomicU64,
    refused: AtomicU64,
    answers: Mutex<Latencies>,
}

/// Ingest under way; it ends with this value.
pub(crate) struct Ingest {
    tally: Arc<Tally>,
    running: JoinSet<Result<()>>,
}

impl Ingest {
    /// Begins. Each connection has series of its own, so that their times grow.
    pub(crate) fn start(at: SocketAddr, series: &[Series], token: &str, offer: Offer) -> Result<Self> {
        let (tally, mut running) = (Arc::new(Tally::default()), JoinSet::new());
        let share = series.len().div_ceil(offer.connections.max(1)).max(1);
        for series in series.chunks(share) {
            let count = series.len().div_ceil(offer.rows);
            let bodies: Result<Vec<Body>> = (0..count)
                .map(|number| Body::new(offer.format, series, number * offer.rows, offer.rows))
                .collect();
            running.spawn(send(at, bodies?, token.to_owned(), offer, Arc::clone(&tally)));
        }
        Ok(Self { tally, running })
    }

    /// Observations that were acknowledged so far.
    pub(crate) fn rows(&self) -> u64 {
        self.tally.rows.load(Ordering::Relaxed)
    }

    /// Bodies that were refused for want of room so far; each was sent again.
    pub(crate) fn refused(&self) -> u64 {
        self.tally.refused.load(Ordering::Relaxed)
    }

    /// How long the answers took since this was last asked.
    pub(crate) fn answers(&self) -> Latencies {
        std::mem::take(&mut *self.tally.answers.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Fails when a connection has ended.
    pub(crate) fn check(&mut self) -> Result<()> {
        match self.running.try_join_next() {
            Some(ended) => ended?.and_then(|()| bail!("the ingest ended before its time")),
            None => Ok(()),
        }
    }
}

async fn send(at: SocketAddr, mut bodies: Vec<Body>, token: String, offer: Offer, tally: Arc<Tally>) -> Result<()> {
    let mut client = Client::connect(at).await?;
    let headers = format!(
        "Authorization: Bearer {token}\r\nContent-Type: {}\r\n",
        offer.format.media_type()
    );
    let beat = (offer.rows * offer.connections) as f64 / offer.rate.max(1) as f64;
    let mut beat = interval(Duration::from_secs_f64(beat.max(1e-6)));
    // what was missed while an answer was slow is sent at once: what is offered is offered
    beat.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut last = 0;
    loop {
        for body in &mut bodies {
            if offer.rate > 0 {
                beat.tick().await;
            }
            last = now().max(last + body.rows as i64);
            body.stamp(last);
            loop {
                let began = Instant::now();
                let path = "/api/v1/observations?precision=us";
                let answer = client.ask("POST", path, &headers, &body.bytes).await?;
                match answer.status {
                    200 => {
                        tally.rows.fetch_add(body.rows as u64, Ordering::Relaxed);
                        let mut answers = tally.answers.lock().unwrap_or_else(PoisonError::into_inner);
                        answers.add(began.elapsed());
                        break;
                    }
                    429 | 503 | 507 => {
                        tally.refused.fetch_add(1, Ordering::Relaxed);
                        sleep(Duration::from_millis(100)).await;
                    }
                    status => bail!("status {status}: {}", String::from_utf8_lossy(&answer.body)),
                }
            }
        }
    }
}
