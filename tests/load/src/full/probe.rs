//! One client that fills the log quickly and asks what it is told when there is no room.

use crate::check::{Record, Sent};
use crate::http::{Answer, Client};
use crate::mqtt::{self, Login, Publish, Version, publish};
use crate::senders::now;
use crate::server::{Addresses, Site};
use anyhow::{Result, bail};
use std::fmt::Write;
use std::path::PathBuf;
use std::time::Duration;
use tokio::time::timeout;

const DEVICE: &str = "probe";
const NAME: &str = "note";
/// Length of the texts; they fill the disk with few rows.
const LENGTH: usize = 900;
/// The profile of the device that the probe speaks for.
const PROFILE: &str = "profile: probe
version: 1
title: {vi: Que thử, en: Probe}
entity_type: Thing
bindings:
  - name: note
    attribute: note
    kind: text
    title: {vi: Ghi chú, en: Note}
assumed: true
source: for the proof only
";
const POWER_METER: &str = include_str!("../../../../city/hanoi/profiles/power-meter.yaml");
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
    /// A city pack with the profiles of the senders and of the probe, as a folder of the site.
    pub(crate) fn pack(site: &Site) -> Result<PathBuf> {
        let pack = site.dir().join("pack");
        std::fs::create_dir_all(pack.join("profiles"))?;
        std::fs::write(pack.join("profiles/probe.yaml"), PROFILE)?;
        std::fs::write(pack.join("profiles/power-meter.yaml"), POWER_METER)?;
        Ok(pack)
    }

    /// Registers its device.
    pub(crate) async fn register(site: &Site) -> Result<Self> {
        let token = site.add_device(DEVICE, "probe", false).await?;
        Ok(Self {
            token,
            record: Record {
                devices: vec![DEVICE.to_owned()],
                rows: Vec::new(),
            },
            last: 0,
        })
    }

    /// Sends rows once; those that were taken count as acknowledged.
    pub(crate) async fn send(&mut self, at: Addresses, rows: usize) -> Result<Answer> {
        let begin = self.record.rows.len();
        let mut body = String::with_capacity(rows * (LENGTH + 60));
        for _ in 0..rows {
            let row = self.row()?;
            let _ = writeln!(body, "{NAME} value=\"{}\" {}", text(&row), row.time.unwrap_or_default());
        }
        let headers = format!("Authorization: Bearer {}\r\nContent-Type: text/plain\r\n", self.token);
        let mut client = Client::connect(at.http).await?;
        let answer = client
            .ask("POST", "/api/v1/observations?precision=us", &headers, body.as_bytes())
            .await?;
        for sent in self.record.rows.iter_mut().skip(begin) {
            sent.acknowledged = answer.status == 200;
        }
        Ok(answer)
    }

    fn row(&mut self) -> Result<Sent> {
        let index = self.record.rows.len();
        let number = u32::try_from(index).unwrap_or(u32::MAX);
        self.last = self.last.saturating_add(1).max(now());
        let sent = Sent {
            device: 0,
            name: NAME,
            number,
            time: Some(self.last),
            acknowledged: false,
        };
        self.record.rows.push(sent);
        Ok(sent)
    }

    /// While the disk is full, MQTT 3.1.1 gives no PUBACK and MQTT 5 one that says so.
    pub(crate) async fn is_not_acknowledged(&mut self, at: Addresses) -> Result<()> {
        for version in [Version::V311, Version::V5] {
            let row = self.row()?;
            let payload = format!(
                "{NAME} value=\"{}\" {}",
                text(&row),
                row.time.unwrap_or_default().saturating_mul(1_000)
            );
            let login = Login {
                client: DEVICE,
                credential: Some((DEVICE, &self.token)),
                tls: None,
                ..Login::default()
            };
            let mut client = mqtt::Client::connect(at.mqtt, version, login).await?;
            let mut out = Vec::new();
            let message = Publish {
                packet: 1,
                again: false,
                topic: "devices/probe/up",
                payload: payload.as_bytes(),
            };
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

/// A text that begins with the row's number and cannot be packed.
fn text(row: &Sent) -> String {
    let mut text = format!("{}-", row.number);
    let mut state = u64::from(row.number).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    while text.len() < LENGTH {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let _ = write!(text, "{state:016x}");
    }
    text
}
