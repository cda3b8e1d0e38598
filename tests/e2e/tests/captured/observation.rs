//! Captured observations over HTTP and MQTT.

use super::{TIMES, again, field, only, through};
use anyhow::{Result, ensure};
use e2e::device::{SENML, depth};
use e2e::moment::{now_s, until};
use e2e::mosquitto::Mosquitto;
use e2e::packets::{AGAIN, PUBCOMP, PUBLISH, PUBREC, PUBREL, Packets};
use e2e::relay::{Relay, altered, replay};
use e2e::site::Site;
use rumqttc::{AsyncClient, Event, MqttOptions, Packet, QoS};

/// A value that only a key or a packet id can tell from a new one: it has no time.
const UNTIMED: &str = r#"[{"n":"depth","u":"m","v":0.1}]"#;

#[tokio::test]
async fn replayed_requests_are_stored_once() -> Result<()> {
    let site = Site::new()?;
    let server = site.start().await?;
    let gauge = site.gauge(&server, "gauge-1").await?;
    let (door, relay) = (server.addresses.http, Relay::to(server.addresses.http).await?);
    let stored = async || server.metric("hanoi_ioc_observation_stored_total").await;

    let request = gauge.request(SENML, UNTIMED).header("Idempotency-Key", "key-1");
    through(&relay, request).await?.json(200)?;
    let keyed = relay.capture().await?;
    only(&again(door, &keyed, field("repeated")).await?, "200 true");
    assert_eq!(stored().await?, 1.0, "the key makes it one");
    // the same bytes under another key are another observation, else nothing would be proven
    only(
        &again(door, &altered(&keyed, "key-1", "key-2")?, field("accepted")).await?,
        "200 1",
    );
    assert_eq!(stored().await?, 2.0);

    let t = now_s() - 60;
    through(&relay, gauge.request(SENML, depth(t, 0.2))).await?.json(200)?;
    let timed = relay.capture().await?;
    only(&again(door, &timed, field("duplicates")).await?, "200 1");
    assert_eq!(stored().await?, 3.0, "series and time make it one");
    let later = altered(&timed, &t.to_string(), &(t + 1).to_string())?;
    again(door, &later, field("duplicates")).await?;
    assert_eq!(stored().await?, 4.0, "another time is another one");
    println!("replay: HTTP observations: 4 captures x {TIMES}: 4 stored, the first of each");
    Ok(())
}

#[tokio::test]
async fn replayed_connections_of_mqtt_are_stored_once() -> Result<()> {
    let site = Site::new()?;
    let server = site.start().await?;
    let gauge = site.gauge(&server, "gauge-1").await?;
    let (door, relay) = (server.addresses.mqtt, Relay::to(server.addresses.mqtt).await?);
    let stored = async || server.metric("hanoi_ioc_observation_stored_total").await;
    let t = now_s() - 600;
    for (n, version) in [(0, "311"), (1, "5")] {
        let up = Mosquitto::up(relay.address, version, "gauge-1", &depth(t + n, 0.1));
        let published = up.named("gauge-1", &gauge.token).publish().await?;
        ensure!(published.good, "{}", published.said);
        let captured = relay.capture().await?;
        for _ in 0..TIMES {
            let said = replay(door, &captured).await?;
            ensure!(said.first() == Some(&0x20), "not let in: {said:?}");
        }
        assert_eq!(stored().await?, 1.0 + 2.0 * n as f64, "MQTT {version}");
        let other = altered(&captured, &(t + n).to_string(), &(t + 100 + n).to_string())?;
        replay(door, &other).await?;
        until("another one is stored", async || {
            Ok((stored().await? == 2.0 + 2.0 * n as f64).then_some(()))
        })
        .await?;
    }

    // QoS 2 to its end, in a session that is kept: CONNECT, PUBLISH, PUBREL
    let mut options = MqttOptions::new("two", relay.address.ip().to_string(), relay.address.port());
    options
        .set_credentials("gauge-1", &gauge.token)
        .set_clean_session(false);
    let (client, mut turn) = AsyncClient::new(options, 4);
    client
        .publish("devices/gauge-1/up", QoS::ExactlyOnce, false, depth(t + 50, 0.1))
        .await?;
    until("it is complete", async || {
        let complete = matches!(turn.poll().await?, Event::Incoming(Packet::PubComp(_)));
        Ok(complete.then_some(()))
    })
    .await?;
    client.disconnect().await?;
    while turn.poll().await.is_ok() {}
    let captured = relay.capture().await?;
    assert_eq!(stored().await?, 5.0);
    for _ in 0..TIMES {
        let said = replay(door, &captured).await?;
        ensure!(said.first() == Some(&0x20), "not let in: {said:?}");
    }
    assert_eq!(stored().await?, 5.0, "what was released is known by series and time");
    let duplicates = server.metric("hanoi_ioc_observation_duplicates_total").await?;
    println!("replay: MQTT connections: 3 captures x {TIMES}: 0 stored again, {duplicates} told as duplicates");
    assert!(duplicates >= 2.0 * TIMES as f64);
    Ok(())
}

#[tokio::test]
async fn replayed_packets_of_qos_2_are_stored_once_until_their_release() -> Result<()> {
    let site = Site::new()?;
    let server = site.start().await?;
    let gauge = site.gauge(&server, "gauge-1").await?;
    let (topic, id) = ("devices/gauge-1/up", 7);
    let stored = async || server.metric("hanoi_ioc_observation_stored_total").await;
    for (n, v5) in [(0.0, false), (1.0, true)] {
        let mut packets = Packets::connect(&server, &gauge, v5).await?;
        packets.publish(PUBLISH, topic, id, UNTIMED).await?;
        packets.hear(PUBREC, id).await?;
        for first in [AGAIN, PUBLISH] {
            for _ in 0..TIMES {
                packets.publish(first, topic, id, UNTIMED).await?;
                packets.hear(PUBREC, id).await?;
            }
        }
        assert_eq!(stored().await?, 1.0 + 2.0 * n, "within the connection");
        // another connection of the same session, every time
        for _ in 0..TIMES {
            packets = Packets::connect(&server, &gauge, v5).await?;
            ensure!(packets.present, "the session is gone");
            packets.publish(AGAIN, topic, id, UNTIMED).await?;
            packets.hear(PUBREC, id).await?;
        }
        assert_eq!(stored().await?, 1.0 + 2.0 * n, "over connections");
        for _ in 0..2 {
            packets.say(PUBREL, id).await?;
            packets.hear(PUBCOMP, id).await.or_else(|error| match v5 {
                // the second one is told that the id is unknown
                true => Ok(()),
                false => Err(error),
            })?;
        }
        packets.publish(PUBLISH, topic, id, UNTIMED).await?;
        packets.hear(PUBREC, id).await?;
        assert_eq!(
            stored().await?,
            2.0 + 2.0 * n,
            "after its release the id is a new message"
        );
        packets.say(PUBREL, id).await?;
        packets.hear(PUBCOMP, id).await?;
    }
    println!("replay: QoS 2 before PUBREL: 6 x {TIMES} in two versions: 0 stored again");
    Ok(())
}
