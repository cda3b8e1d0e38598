//! SUBSCRIBE with thousands of filters, a million different topics, and wildcards that each message is matched with.

use super::stage::Stage;
use super::tally::Tally;
use crate::mqtt::{Ack, Client, Publish, Version, length, publish, text};
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use tokio::time::timeout;

/// Filters of one SUBSCRIBE.
const FILTERS: usize = 5_000;
/// Publishes whose answers are awaited together; less than the server lets a client have.
const WINDOW: u16 = 1_000;
/// The same where each publish costs the server more.
const MATCHED: u16 = 50;
/// Subscribers with as many filters as a session may have.
const SUBSCRIBERS: usize = 200;
const ENTRIES: usize = 64;

/// QoS 1, and what is retained is wanted, or not.
const GIVEN: u8 = 1;
const NOT_GIVEN: u8 = 0x21;

/// Subscribes and waits for the SUBACK; gives its codes.
async fn subscribe(
    client: &mut Client,
    options: u8,
    filters: impl Iterator<Item = String>,
) -> Result<BTreeMap<u8, u64>> {
    let mut body = vec![0, 1, 0];
    for filter in filters {
        text(&mut body, &filter);
        body.push(options);
    }
    let mut packet = vec![0x82];
    length(&mut packet, body.len());
    packet.extend_from_slice(&body);
    client.write(&packet).await?;
    loop {
        match timeout(Duration::from_secs(60), client.packet())
            .await
            .context("no SUBACK")??
        {
            (0x90, answer) => {
                let mut codes = BTreeMap::new();
                for code in answer.iter().skip(3) {
                    *codes.entry(*code).or_default() += 1;
                }
                return Ok(codes);
            }
            (0xe0, body) => bail!("DISCONNECT {:#x}", body.first().copied().unwrap_or(0)),
            _ => {}
        }
    }
}

fn told(codes: Result<BTreeMap<u8, u64>>) -> Tally {
    let mut tally = Tally::default();
    match codes {
        Ok(codes) => codes
            .into_iter()
            .for_each(|(code, count)| tally.many(format!("SUBACK {code:#x}"), count)),
        Err(error) => tally.add(error.to_string()),
    }
    tally
}

/// Thousands of filters in each SUBSCRIBE: own, foreign, shared, invalid, and deep ones.
pub(super) async fn crowded(stage: &Stage) -> Result<Tally> {
    stage
        .crowd(|stage, turn| async move {
            let deep = "+/".repeat(30_000) + "#";
            let kind = move |number: usize| match (turn % 5, number) {
                (0, _) => format!("flood/{number}/#"),
                (1, _) => format!("devices/device-{number}/down"),
                (2, _) => format!("$share/group-{number}/flood/+/{number}"),
                (3, 0..2) => format!("flood/{deep}"),
                (3, _) => format!("flood/#/{number}"),
                _ => "devices/flooder/#".to_owned(),
            };
            let asking = async {
                let mut client = stage.connect(Version::V5, &format!("crowd-{turn}"), 0).await?;
                let mut tally = Tally::default();
                for _ in 0..10 {
                    tally.extend(told(subscribe(&mut client, GIVEN, (0..FILTERS).map(&kind)).await));
                }
                anyhow::Ok(tally)
            };
            asking.await.unwrap_or_else(|error| Tally::from(error.to_string()))
        })
        .await
}

/// A million different topics to subscribe to.
pub(super) async fn filters(stage: &Stage) -> Result<Tally> {
    let share = stage.topics.div_ceil(stage.clients);
    stage
        .each(stage.clients, move |stage, client| async move {
            let asking = async {
                let mut tally = Tally::default();
                let mut connection = stage.connect(Version::V5, &format!("filters-{client}"), 0).await?;
                for first in (0..share).step_by(FILTERS) {
                    let names = (first..(first + FILTERS).min(share)).map(|number| format!("flood/{client}/{number}"));
                    tally.extend(told(subscribe(&mut connection, GIVEN, names).await));
                }
                anyhow::Ok(tally)
            };
            asking.await.unwrap_or_else(|error| Tally::from(error.to_string()))
        })
        .await
}

/// A million different topics to publish to, each message retained; and as many that nobody opened.
pub(super) async fn topics(stage: &Stage) -> Result<Tally> {
    let share = stage.topics.div_ceil(stage.clients);
    stage
        .each(stage.clients, move |stage, client| async move {
            let mut tally = Tally::default();
            for space in ["flood", "elsewhere"] {
                let publishing = async {
                    let mut connection = stage.connect(Version::V5, &format!("topics-{client}"), 0).await?;
                    let name = |number| format!("{space}/{client}/{number}");
                    for first in (0..share).step_by(usize::from(WINDOW)) {
                        let count = WINDOW.min((share - first) as u16);
                        let acks = window(&mut connection, count, true, |number| name(first + number)).await?;
                        acks.iter()
                            .for_each(|ack| tally.add(format!("{space} PUBACK {:#x}", ack.reason)));
                    }
                    anyhow::Ok(())
                };
                if let Err(error) = publishing.await {
                    tally.add(format!("{space} {error}"));
                }
            }
            tally
        })
        .await
}

/// The same wildcard thousands of times in a SUBSCRIBE, over all that [`topics`] left: one that everything matches, and one
/// that nothing does.
pub(super) async fn retained(stage: &Stage) -> Result<Tally> {
    stage
        .crowd(|stage, turn| async move {
            let filter = ["flood/#", "flood/+/+/nothing"][turn % 2];
            let asking = async {
                let mut client = stage.connect(Version::V5, &format!("again-{turn}"), 0).await?;
                let filters = (0..FILTERS).map(|_| filter.to_owned());
                subscribe(&mut client, GIVEN, filters).await
            };
            told(asking.await)
        })
        .await
}

/// Publishes so many and waits for their answers.
async fn window(client: &mut Client, count: u16, retain: bool, topic: impl Fn(usize) -> String) -> Result<Vec<Ack>> {
    let (mut out, mut acks) = (Vec::new(), Vec::new());
    for packet in 1..=count {
        let begin = out.len();
        let message = Publish {
            packet,
            again: false,
            topic: &topic(usize::from(packet) - 1),
            payload: b"a",
        };
        publish(&mut out, Version::V5, &message);
        out[begin] |= u8::from(retain);
    }
    client.write(&out).await?;
    while acks.len() < usize::from(count) {
        let mut some = Vec::new();
        timeout(Duration::from_secs(60), client.acks(&mut some))
            .await
            .context("no PUBACK for a minute")??;
        acks.extend(some);
    }
    Ok(acks)
}

/// Hundreds of subscribers with as many wildcards as they may have, none of which fits, while others publish.
pub(super) async fn matching(stage: &Stage) -> Result<Tally> {
    let mut held = Vec::new();
    let mut tally = Tally::default();
    for number in 0..SUBSCRIBERS {
        let mut client = stage.connect(Version::V5, &format!("wild-{number}"), 0).await?;
        let filters = (0..ENTRIES).map(|entry| format!("flood/+/+/+/+/{number}/{entry}/#"));
        tally.extend(told(subscribe(&mut client, NOT_GIVEN, filters).await));
        held.push(client);
    }
    let until = Instant::now() + stage.length;
    let published = stage
        .each(stage.clients, move |stage, client| async move {
            let mut tally = Tally::default();
            let publishing = async {
                let mut connection = stage.connect(Version::V5, &format!("many-{client}"), 0).await?;
                while Instant::now() < until {
                    let topic = |number| format!("flood/a/b/c/d/e/{number}/f");
                    let acks = window(&mut connection, MATCHED, false, topic).await?;
                    acks.iter()
                        .for_each(|ack| tally.add(format!("PUBACK {:#x}", ack.reason)));
                }
                anyhow::Ok(())
            };
            if let Err(error) = publishing.await {
                tally.add(error.to_string());
            }
            tally
        })
        .await?;
    tally.extend(published);
    Ok(tally)
}
