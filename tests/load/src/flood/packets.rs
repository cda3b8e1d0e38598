//! Packets of MQTT that are longer than any, and QoS 2 that is never released.

use super::stage::{DEVICE, Stage};
use super::tally::Tally;
use crate::mqtt::{Client, Version, length, text};
use crate::senders::now;
use anyhow::Result;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// The largest length that four bytes can say.
const LONGEST: usize = 268_435_455;
/// Publishes that are sent before their answers are read.
const BATCH: u16 = 128;

/// Packets that say they are 256 MiB long, before and after CONNECT, and names as long as any.
pub(super) async fn large(stage: &Stage) -> Result<Tally> {
    stage
        .crowd(|stage, turn| async move {
            let (name, told) = match turn % 3 {
                0 => ("CONNECT of 256 MiB", stranger(&stage).await),
                1 => ("PUBLISH of 256 MiB", member(&stage, turn, LONGEST).await),
                _ => ("PUBLISH of 65,535 bytes of topic", member(&stage, turn, 65_539).await),
            };
            Tally::from(format!("{name} {}", told.unwrap_or_else(|error| error.to_string())))
        })
        .await
}

async fn stranger(stage: &Stage) -> Result<String> {
    let mut stream = TcpStream::connect(stage.mqtt).await?;
    let mut head = vec![0x10];
    length(&mut head, LONGEST);
    head.extend_from_slice(&[0, 4, b'M', b'Q', b'T', b'T', 5, 2, 0, 60]);
    let (mut hear, mut say) = stream.split();
    let writing = async {
        if say.write_all(&head).await.is_err() {
            return;
        }
        while say.write_all(&[b'a'; 64 << 10]).await.is_ok() {}
    };
    let mut heard = Vec::new();
    tokio::select! {
        _ = timeout(Duration::from_secs(60), hear.read_buf(&mut heard)) => {}
        () = writing => {}
    }
    Ok(match heard.as_slice() {
        [0x20, _, _, code, ..] => format!("CONNACK {code:#x}"),
        [] => "cut without an answer".to_owned(),
        [first, ..] => format!("packet {first:#x}"),
    })
}

async fn member(stage: &Stage, turn: usize, size: usize) -> Result<String> {
    let mut client = stage.connect(Version::V5, &format!("long-{turn}"), 0).await?;
    let mut packet = vec![0x32];
    length(&mut packet, size);
    packet.extend_from_slice(&65_535_u16.to_be_bytes());
    packet.resize(packet.len() + size.min(128 << 10) - 2, b'a');
    drop(client.write(&packet).await);
    Ok(end(&mut client).await)
}

/// How the server ends a connection.
async fn end(client: &mut Client) -> String {
    loop {
        match timeout(Duration::from_secs(60), client.packet()).await {
            Err(_) => return "still open after a minute".to_owned(),
            Ok(Err(_)) => return "closed".to_owned(),
            Ok(Ok((0xe0, body))) => return format!("DISCONNECT {:#x}", body.first().copied().unwrap_or(0)),
            Ok(Ok(_)) => {}
        }
    }
}

/// Publishes with QoS 2 under all packet ids, none of them released, in sessions that are kept and in others.
pub(super) async fn half_open(stage: &Stage) -> Result<Tally> {
    stage
        .crowd(|stage, turn| async move {
            let (version, keep) = ([Version::V311, Version::V5][turn % 2], [0, 3_600][turn / 2 % 2]);
            let name = format!("{version:?} {}", if keep > 0 { "kept" } else { "clean" });
            let mut tally = Tally::default();
            match stage.connect(version, &format!("half-{}", turn % 64), keep).await {
                Ok(mut client) => {
                    let (taken, told) = unreleased(&mut client, version).await;
                    tally.many(format!("{name} PUBREC"), taken);
                    tally.add(format!("{name} {told}"));
                }
                Err(error) => tally.add(format!("{name} {error}")),
            }
            tally
        })
        .await
}

async fn unreleased(client: &mut Client, version: Version) -> (u64, String) {
    let (topic, mut taken) = (format!("devices/{DEVICE}/up"), 0);
    // the same value every time: what is measured is what waits, and not what is stored
    let payload = format!("depth value=0.05 {}", now() / 60_000_000 * 60_000_000_000);
    for first in (1..=u16::MAX - BATCH).step_by(usize::from(BATCH)) {
        let mut out = Vec::new();
        for packet in first..first + BATCH {
            let properties = usize::from(version == Version::V5);
            out.push(0x34);
            length(&mut out, 2 + topic.len() + 2 + properties + payload.len());
            text(&mut out, &topic);
            out.extend_from_slice(&packet.to_be_bytes());
            out.resize(out.len() + properties, 0);
            out.extend_from_slice(payload.as_bytes());
        }
        if client.write(&out).await.is_err() {
            return (taken, end(client).await);
        }
        for _ in 0..BATCH {
            match timeout(Duration::from_secs(60), client.packet()).await {
                Err(_) => return (taken, "no PUBREC for a minute".to_owned()),
                Ok(Err(_)) => return (taken, "closed".to_owned()),
                Ok(Ok((0x50, _))) => taken += 1,
                Ok(Ok((0xe0, body))) => {
                    return (taken, format!("DISCONNECT {:#x}", body.first().copied().unwrap_or(0)));
                }
                Ok(Ok(_)) => {}
            }
        }
    }
    (taken, "took all ids".to_owned())
}
