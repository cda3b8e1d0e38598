//! Devices that never give up: each sends rows, repeats what was not acknowledged, and remembers what was.

mod over_http;
mod over_mqtt;

use crate::check::{Record, Sent};
use crate::mqtt::Version;
use crate::server::{Addresses, Site};
use anyhow::Result;
use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Names of the numbers that a power meter reports.
const NAMES: [&str; 3] = ["voltage", "current", "power"];
/// Largest number whose value every one of these names takes.
const MOST: u32 = 500 * 1024;
/// Pause before the next try after a failed one.
const PAUSE: Duration = Duration::from_millis(5);
/// How long an answer may take before it counts as lost.
const PATIENCE: Duration = Duration::from_secs(20);

/// How a sender speaks.
#[derive(Clone, Copy, Debug)]
enum Manner {
    /// Line protocol with times.
    Line { rows: usize, keyed: bool },
    /// SenML with times; without times it needs a key, because arrival is not repeatable.
    Senml { rows: usize, timed: bool },
    /// Line protocol of a loader that speaks for ten devices.
    Bulk { rows: usize },
    /// One row per publish.
    Mqtt { version: Version, window: usize },
}

/// The senders: half of them over HTTP, half over MQTT, each with its own device.
const MANNERS: [(&str, Manner); 8] = [
    ("http-line", Manner::Line { rows: 50, keyed: false }),
    ("http-line-key", Manner::Line { rows: 20, keyed: true }),
    ("http-senml", Manner::Senml { rows: 6, timed: true }),
    ("http-senml-key", Manner::Senml { rows: 3, timed: false }),
    ("http-bulk", Manner::Bulk { rows: 1_000 }),
    (
        "mqtt-311",
        Manner::Mqtt {
            version: Version::V311,
            window: 1,
        },
    ),
    (
        "mqtt-311-many",
        Manner::Mqtt {
            version: Version::V311,
            window: 16,
        },
    ),
    (
        "mqtt-5-many",
        Manner::Mqtt {
            version: Version::V5,
            window: 16,
        },
    ),
];

const LOADED: usize = 10;
/// A clock that is so much behind the last row was set back, in microseconds.
const SET_BACK: i64 = 60_000_000;

/// A sender: its name, its token, how it speaks.
struct Plan {
    device: String,
    /// Of the devices that it speaks for.
    prefix: String,
    token: String,
    manner: Manner,
    seed: u64,
}

/// Time of the newest acknowledged row of each device.
pub(crate) type Newest = Arc<Mutex<HashMap<String, i64>>>;

/// What all senders see.
#[derive(Clone)]
struct Stage {
    /// Where the server is, while it runs.
    server: watch::Receiver<Option<Addresses>>,
    /// Finish what was begun, then end.
    stop: watch::Receiver<bool>,
    newest: Newest,
}

/// All senders, running.
pub(crate) struct Senders {
    server: watch::Sender<Option<Addresses>>,
    stop: watch::Sender<bool>,
    newest: Newest,
    running: JoinSet<Result<Record>>,
}

impl Senders {
    /// Registers their devices with a server that runs now; the senders wait for [`Senders::server_is`].
    pub(crate) async fn register(site: &Site, seed: u64) -> Result<Self> {
        Self::register_as(site, seed, "").await
    }

    /// The same with devices of other names, so that several such groups may speak one after the other.
    pub(crate) async fn register_as(site: &Site, seed: u64, prefix: &str) -> Result<Self> {
        let mut lines = String::from("id,profile,title_vi,title_en,lon,lat,area,org\n");
        for number in 0..LOADED {
            lines.push_str(&format!(
                "{prefix}loaded-{number},power-meter,Nạp {number},Loaded {number},105.85,21.03,00097,ioc\n"
            ));
        }
        import(site, "senders.csv", &lines).await?;
        let (server, stop, newest) = (watch::Sender::new(None), watch::Sender::new(false), Newest::default());
        let mut running = JoinSet::new();
        for (number, (name, manner)) in MANNERS.into_iter().enumerate() {
            let device = format!("{prefix}{name}");
            let token = site
                .add_device(&device, "power-meter", matches!(manner, Manner::Bulk { .. }))
                .await?;
            let plan = Plan {
                device,
                prefix: prefix.to_owned(),
                token,
                manner,
                seed: seed.wrapping_mul(31).wrapping_add(number as u64),
            };
            let stage = Stage {
                server: server.subscribe(),
                stop: stop.subscribe(),
                newest: newest.clone(),
            };
            match manner {
                Manner::Mqtt { version, window } => running.spawn(over_mqtt::run(plan, stage, version, window)),
                _ => running.spawn(over_http::run(plan, stage)),
            };
        }
        Ok(Self {
            server,
            stop,
            newest,
            running,
        })
    }

    /// Tells where the server is; `None` when it is gone.
    pub(crate) fn server_is(&self, at: Option<Addresses>) {
        self.server.send_replace(at);
    }

    /// Time of the newest acknowledged row of each device.
    pub(crate) fn newest(&self) -> HashMap<String, i64> {
        self.newest.lock().map(|newest| newest.clone()).unwrap_or_default()
    }

    /// A sender that ended before its time has met something that it must not meet; tells what.
    pub(crate) fn check(&mut self) -> Result<()> {
        match self.running.try_join_next() {
            Some(ended) => ended?.and_then(|_| anyhow::bail!("a sender ended before its time")),
            None => Ok(()),
        }
    }

    /// Lets every sender finish what it has begun; the server must be there.
    pub(crate) async fn finish(mut self) -> Result<Vec<Record>> {
        self.stop.send_replace(true);
        let mut records = Vec::new();
        while let Some(ended) = self.running.join_next().await {
            records.push(ended??);
        }
        Ok(records)
    }
}

impl Stage {
    /// Where the server is; waits while there is none.
    async fn server(&mut self) -> Result<Addresses> {
        loop {
            if let Some(addresses) = *self.server.borrow_and_update() {
                return Ok(addresses);
            }
            self.server.changed().await?;
        }
    }

    fn stops(&self) -> bool {
        *self.stop.borrow()
    }

    fn acknowledged(&self, record: &mut Record, rows: impl IntoIterator<Item = usize>) {
        let Ok(mut newest) = self.newest.lock() else { return };
        for row in rows {
            let Some(sent) = record.rows.get_mut(row) else { continue };
            sent.acknowledged = true;
            let device = record.devices.get(sent.device as usize);
            if let (Some(time), Some(device)) = (sent.time, device) {
                match newest.get_mut(device) {
                    Some(known) => *known = time.max(*known),
                    None => drop(newest.insert(device.clone(), time)),
                }
            }
        }
    }
}

/// Makes rows with values and times that do not repeat.
struct Maker {
    record: Record,
    last: i64,
}

impl Maker {
    fn new(devices: Vec<String>) -> Self {
        Self {
            record: Record {
                devices,
                rows: Vec::new(),
            },
            last: 0,
        }
    }

    /// The next row; gives its index.
    fn row(&mut self, timed: bool) -> Result<usize> {
        let (index, devices) = (self.record.rows.len(), self.record.devices.len());
        let number = u32::try_from(index / devices / NAMES.len()).unwrap_or(u32::MAX);
        anyhow::ensure!(number < MOST, "a sender has no values left; run for a shorter time");
        let now = now();
        // a clock that was set back goes on from there; its instants were used by nobody
        self.last = match self.last > now.saturating_add(SET_BACK) {
            true => now,
            false => self.last.saturating_add(1).max(now),
        };
        self.record.rows.push(Sent {
            device: (index % devices) as u32,
            name: NAMES[index / devices % NAMES.len()],
            number,
            time: timed.then_some(self.last),
            acknowledged: false,
        });
        Ok(index)
    }

    fn device(&self, sent: &Sent) -> &str {
        self.record.devices.get(sent.device as usize).map_or("", String::as_str)
    }
}

/// Seconds by which the clocks of all senders are wrong.
static WRONG_BY: AtomicI64 = AtomicI64::new(0);

/// Sets the clocks of all senders.
pub(crate) fn set_clocks(wrong_by_s: i64) {
    WRONG_BY.store(wrong_by_s, Ordering::Relaxed);
}

/// Microseconds since 1970, by the clock of the senders.
pub(crate) fn now() -> i64 {
    let wrong = WRONG_BY.load(Ordering::Relaxed).saturating_mul(1_000_000);
    let since = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_micros())
        .unwrap_or(i64::MAX)
        .saturating_add(wrong)
}

/// Registers the devices of a CSV text.
pub(crate) async fn import(site: &Site, name: &str, lines: &str) -> Result<()> {
    let file = site.dir().join(name);
    std::fs::write(&file, lines)?;
    site.run([Path::new("device"), Path::new("import"), &file]).await?;
    Ok(())
}
