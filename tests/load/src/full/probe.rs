//! One client that fills the log quickly and asks what it is told when there is no room.

use crate::check::{Record, Sent};
use crate::http::{Answer, Client};
use crate::mqtt::{self, Login, Publish, Version, publish};
use crate::senders::now;
use crate::server::{Addresses, Site};
use anyhow::{Result, bail, ensure};
use std::fmt::Write;
use std::time::Duration;
use tokio::time::timeout;

const DEVICE: &str = "probe";
const NAME: &str = "current";
/// How long a PUBACK is waited for that must not come.
const SILENCE: Duration = Duration::from_millis(500);
/// Reason code "quota exceeded" of MQTT 5.
const QUOTA: u8 = 0x97;

/// The client and what it has sent.
pub(crate) struct Probe {
    token: String,
    record: Record,
    last: i64,
}

impl Probe {
    /// Registers its device.
    pub(crate) async fn register(site: &Site) -> Result<Self> {
        let token = site.add_device(DEVICE, "power-meter", false).await?;
        Ok(Self { token, record: Record { devices: vec![DEVICE.to_owned()], rows: Vec::new() }, last: 0 })
    }

    /// Sends rows once; those that were taken count as acknowledged.
    pub(crate) async fn send(&mut self, at: Addresses, rows: usize) -> Result<Answer> {
        let begin = self.record.rows.len();
        let mut body = String::with_capacity(rows * 40);
        for _ in 0..rows {
            let row = self.row()?;
            let _ = writeln!(body, "{NAME} value={} {}", row.value(), row.time.unwrap_or_default());
        }
        let headers = format!("Authorization: Bearer {}\r\nContent-Type: text/plain\r\n", self.token);
        let mut client = Client::connect(at.http).await?;
        let answer = client.ask("POST", "/api/v1/observations?precision=us", &headers, body.as_bytes()).await?;
        for sent in self.record.rows.iter_mut().skip(begin) {
            sent.acknowledged = answer.status == 200;
        }
        Ok(answer)
    }

    fn row(&mut self) -> Result<Sent> {
        let index = self.record.rows.len();
        let number = u32::try_from(index).unwrap_or(u32::MAX);
        ensure!(number < 2_000 * 1_024, "the probe has no values left; run fewer cycles");
        self.last = self.last.saturating_add(1).max(now());
        let sent = Sent { device: 0, name: NAME, number, time: Some(self.last), acknowledged: false };
        self.record.rows.push(sent);
        Ok(sent)
    }

    /// While the disk is full, MQTT 3.1.1 gives no PUBACK and MQTT 5 one that says so.
    pub(crate) async fn is_not_acknowledged(&mut self, at: Addresses) -> Result<()> {
        for version in [Version::V311, Version::V5] {
            let row = self.row()?;
            let payload = format!("{NAME} value={} {}", row.value(), row.time.unwrap_or_default().saturating_mul(1_000));
            let login = Login { client: DEVICE, credential: Some((DEVICE, &self.token)) };
            let mut client = mqtt::Client::connect(at.mqtt, version, login).await?;
            let mut out = Vec::new();
            let message = Publish { packet: 1, again: false, topic: "devices/probe/up", payload: payload.as_bytes() };
            publish(&mut out, version, &message);
            client.write(&out).await?;
            let mut acks = Vec::new();
            let answer = timeout(SILENCE, client.acks(&mut acks)).await;
            match (version, answer, acks.first()) {
                (Version::V311, Err(_), None) => {}
                (Version::V5, Ok(Ok(())), Some(ack)) if ack.reason == QUOTA => {}
                (_, answer, ack) => bail!("{version:?}: {ack:?} ({answer:?}) while the disk was full"),
            }
        }
        Ok(())
    }

    /// Everything that was sent.
    pub(crate) fn into_record(self) -> Record {
        self.record
    }
}
