//! Senders over MQTT with QoS 1: a window of publishes, repeated with DUP after each new connection until acknowledged.

use super::{Maker, PATIENCE, PAUSE, Plan, Stage};
use crate::check::{Record, Sent};
use crate::mqtt::{Ack, Client, Login, Publish, Version, publish};
use anyhow::{Context, Result, ensure};
use std::collections::VecDeque;
use tokio::time::{sleep, timeout};

/// Reason code "quota exceeded": nothing was stored.
const QUOTA: u8 = 0x97;

/// A publish that waits for its PUBACK: packet id and row.
type Waiting = VecDeque<(u16, usize)>;

/// Sends until it is told to stop.
pub(super) async fn run(plan: Plan, mut stage: Stage, version: Version, window: usize) -> Result<Record> {
    let mut maker = Maker::new(vec![plan.device.clone()]);
    let mut waiting = Waiting::new();
    let mut packet = 0_u16;
    loop {
        let address = stage.server().await?.mqtt;
        let login = Login {
            client: &plan.device,
            credential: Some((&plan.device, &plan.token)),
            tls: None,
            ..Login::default()
        };
        let connecting = timeout(PATIENCE, Client::connect(address, version, login)).await;
        if let Ok(Ok(mut client)) = connecting {
            let talk = talk(
                &plan,
                &mut stage,
                &mut maker,
                &mut waiting,
                &mut packet,
                &mut client,
                window,
            )
            .await;
            match talk {
                Ok(Some(wrong)) => return Err(wrong),
                Ok(None) => return Ok(maker.record),
                Err(_) => {}
            }
        }
        sleep(PAUSE).await;
    }
}

/// `Ok(None)` when everything is done, `Ok(Some)` when the server did something wrong, `Err` when the connection ended.
async fn talk(
    plan: &Plan,
    stage: &mut Stage,
    maker: &mut Maker,
    waiting: &mut Waiting,
    packet: &mut u16,
    client: &mut Client,
    window: usize,
) -> Result<Option<anyhow::Error>> {
    let topic = format!("devices/{}/up", plan.device);
    let (mut out, mut acks) = (Vec::new(), Vec::new());
    let version = client.version();
    let put = |out: &mut Vec<u8>, row: &Sent, packet: u16, again: bool| {
        let payload = payload(row);
        publish(
            out,
            version,
            &Publish {
                packet,
                again,
                topic: &topic,
                payload: payload.as_bytes(),
            },
        );
    };
    for (packet, row) in waiting.iter() {
        put(&mut out, maker.record.rows.get(*row).context("no row")?, *packet, true);
    }
    loop {
        while waiting.len() < window && !stage.stops() {
            let row = match maker.row(true) {
                Ok(row) => row,
                Err(error) => return Ok(Some(error)),
            };
            *packet = packet.checked_add(1).unwrap_or(1);
            waiting.push_back((*packet, row));
            put(&mut out, maker.record.rows.get(row).context("no row")?, *packet, false);
        }
        if waiting.is_empty() {
            return Ok(None);
        }
        timeout(PATIENCE, async {
            client.write(&out).await?;
            client.acks(&mut acks).await
        })
        .await??;
        out.clear();
        let mut again = Vec::new();
        for Ack { packet, reason } in acks.drain(..) {
            let place = waiting.iter().position(|(waiting, _)| *waiting == packet);
            let Some((packet, row)) = place.and_then(|place| waiting.remove(place)) else {
                return Ok(ensure(false, &format!("{}: PUBACK {packet} for nothing", plan.device)).err());
            };
            match reason {
                0 => stage.acknowledged(&mut maker.record, [row]),
                QUOTA => again.push((packet, row)),
                _ => return Ok(ensure(false, &format!("{}: PUBACK with reason {reason:#x}", plan.device)).err()),
            }
        }
        for (packet, row) in again {
            put(&mut out, maker.record.rows.get(row).context("no row")?, packet, true);
            waiting.push_back((packet, row));
        }
    }
}

fn ensure(good: bool, what: &str) -> Result<()> {
    ensure!(good, "{what}");
    Ok(())
}

/// One row of line protocol; its times are in nanoseconds.
fn payload(row: &Sent) -> String {
    format!(
        "{} value={} {}",
        row.name,
        row.value(),
        row.time.unwrap_or_default().saturating_mul(1_000)
    )
}
