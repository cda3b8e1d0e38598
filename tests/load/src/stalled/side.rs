//! One server under the load: messages, alerts and live values for subscribers that read.

use super::delays::{Delays, listen, raise, talk};
use super::{LIVE, SPACE, StalledArgs};
use crate::account::Person;
use crate::bench::body::Format;
use crate::fleet;
use crate::ingest::{Ingest, Offer};
use crate::latency::Latencies;
use crate::proc;
use crate::sensor::{Sensors, gauges};
use crate::server::{Server, Site};
use crate::soak::subscribe;
use crate::trend::Trend;
use anyhow::{Context, Result, ensure};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::sleep;

pub(super) struct Side {
    pub(super) server: Server,
    pub(super) person: Person,
    pub(super) token: String,
    ingest: Ingest,
    beside: JoinSet<Result<()>>,
    alerts: JoinHandle<Result<()>>,
    delays: Delays,
    _site: Site,
}

/// What was seen during a while.
pub(super) struct Seen {
    pub(super) messages: Latencies,
    pub(super) alerts: Latencies,
    /// Memory of the server by seconds, in MiB.
    pub(super) memory: Trend,
}

impl Side {
    pub(super) async fn start(args: &StalledArgs) -> Result<Self> {
        let site = Site::new(args.dir.as_deref())?
            .with("LOG_MAX_MIB", 512)
            .with("HISTORY_COMMIT_S", 5)
            .with("MQTT_NAMESPACES", format!("[\"{SPACE}\"]"));
        let server = site.start().await?;
        let at = server.addresses;
        let person = Person::first(at.http, &server.password.clone().context("no first password")?).await?;
        let (series, token) = fleet::settle(&site, 5_000).await?;
        let count = ((2 * args.alone + args.seconds + 10) * args.alerts) as usize;
        gauges(&site, count).await?;
        let offer = Offer {
            format: Format::Line,
            rate: 10_000,
            rows: 1_000,
            connections: 1,
        };
        let ingest = Ingest::start(at.http, &series, &token, offer)?;
        let (read, delays, mut beside) = (Arc::new(AtomicU64::new(0)), Delays::default(), JoinSet::new());
        beside.spawn(subscribe(at.http, person.clone(), LIVE, read));
        beside.spawn(listen(at, token.clone(), delays.clone()));
        sleep(Duration::from_millis(500)).await;
        beside.spawn(talk(at, token.clone(), args.rate));
        let sensors = Sensors::connect(at, &person, &token).await?;
        let alerts = tokio::spawn(raise(sensors, count, args.alerts, delays.clone()));
        Ok(Self {
            server,
            person,
            token,
            ingest,
            beside,
            alerts,
            delays,
            _site: site,
        })
    }

    /// Looks on for so many seconds.
    pub(super) async fn watch(&mut self, seconds: u64) -> Result<Seen> {
        self.delays.take();
        let (began, mut memory) = (Instant::now(), Trend::default());
        while began.elapsed() < Duration::from_secs(seconds) {
            sleep(Duration::from_millis(500)).await;
            self.ingest.check()?;
            if let Some(ended) = self.beside.try_join_next() {
                ended?.context("a subscriber that reads ended")?;
            }
            ensure!(!self.alerts.is_finished(), "the alerts ended");
            memory.add(began.elapsed().as_secs_f64(), proc::memory_mib(self.server.pid()?)?.0);
        }
        let (messages, alerts) = self.delays.take();
        Ok(Seen {
            messages,
            alerts,
            memory,
        })
    }

    /// Ends the load, then the server.
    pub(super) async fn stop(self) -> Result<()> {
        self.alerts.abort();
        drop(self.beside);
        drop(self.ingest);
        self.server.stop().await
    }
}
