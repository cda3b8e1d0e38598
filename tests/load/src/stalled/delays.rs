//! How long messages and alerts take for those that read.

use super::{MESSAGE, TOPIC};
use crate::fleet;
use crate::latency::Latencies;
use crate::mqtt::{self, Login, Publish, Version, publish};
use crate::senders::now;
use crate::sensor::Sensors;
use crate::server::Addresses;
use anyhow::Result;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval};

/// How long messages and alerts took.
#[derive(Clone, Default)]
pub(super) struct Delays(Arc<Mutex<(Latencies, Latencies)>>);

impl Delays {
    fn message(&self, took: Duration) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0.add(took);
    }

    fn alert(&self, took: Duration) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1.add(took);
    }

    /// What came since this was last asked.
    pub(super) fn take(&self) -> (Latencies, Latencies) {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
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
pub(super) async fn talk(at: Addresses, token: String, rate: u64) -> Result<()> {
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
pub(super) async fn listen(at: Addresses, token: String, delays: Delays) -> Result<()> {
    let mut client = connect(at, "listener", &token).await?;
    client.subscribe(TOPIC).await?;
    loop {
        let payload = client.delivered().await?;
        let sent: i64 = String::from_utf8_lossy(payload.get(..16).unwrap_or_default()).parse()?;
        delays.message(Duration::from_micros(u64::try_from(now() - sent).unwrap_or(0)));
    }
}

/// Raises so many alerts a second.
pub(super) async fn raise(mut sensors: Sensors, count: usize, rate: u64, delays: Delays) -> Result<()> {
    let mut beat = interval(Duration::from_secs_f64(1.0 / rate.max(1) as f64));
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for number in 0..count {
        beat.tick().await;
        sensors.prepare(number).await?;
        delays.alert(sensors.raise(number).await?);
    }
    std::future::pending().await
}
