//! rumqttc, both versions: publishes are acknowledged, messages from inside arrive.

use crate::house::{self, House, PATIENCE};
use bytes::Bytes;
use mqtt::DownMessage;
use rumqttc::v5::mqttbytes as bytes5;
use rumqttc::{QoS, v5};
use std::time::Duration;
use tokio::time::timeout;

const PUBLISHES: usize = 200;

fn command() -> DownMessage {
    DownMessage {
        payload: Bytes::from_static(b"open the gate"),
        content_type: Some("text/plain".into()),
        expiry: Some(Duration::from_secs(60)),
        correlation: Some(Bytes::from_static(b"7")),
    }
}

pub(crate) fn options_v4(house: &House) -> rumqttc::MqttOptions {
    let mut options = rumqttc::MqttOptions::new("gauge-v4", "localhost", house.address.port());
    options.set_credentials("gauge", "token-gauge").set_inflight(50);
    options
}

pub(crate) fn options_v5(house: &House) -> v5::MqttOptions {
    let mut options = v5::MqttOptions::new("gauge-v5", "localhost", house.address.port());
    options.set_credentials("gauge", "token-gauge").set_clean_start(true);
    options
}

/// Publishes, subscribes and receives with the 3.1.1 client.
pub(crate) async fn converse_v4(house: &House, options: rumqttc::MqttOptions) {
    use rumqttc::{Event, Packet};
    let (client, mut events) = rumqttc::AsyncClient::new(options, 10);
    let publisher = client.clone();
    let talk = tokio::spawn(async move {
        publisher
            .subscribe("devices/gauge/down", QoS::AtLeastOnce)
            .await
            .unwrap();
        for number in 0..PUBLISHES {
            let reading = format!("level value={number}");
            publisher
                .publish("devices/gauge/up", QoS::AtLeastOnce, false, reading)
                .await
                .unwrap();
        }
    });
    let (mut acks, mut told) = (Vec::new(), false);
    let listen = async {
        while acks.len() < PUBLISHES || !told {
            match events.poll().await.unwrap() {
                Event::Incoming(Packet::PubAck(ack)) => acks.push(ack.pkid),
                Event::Incoming(Packet::SubAck(_)) => assert_eq!(house.handle.publish_down("gauge", command()), Ok(1)),
                Event::Incoming(Packet::Publish(publish)) => {
                    assert_eq!(
                        (publish.topic.as_str(), &publish.payload[..]),
                        ("devices/gauge/down", &b"open the gate"[..])
                    );
                    told = true;
                }
                _ => {}
            }
        }
        client.disconnect().await.unwrap();
        while events.poll().await.is_ok() {}
    };
    timeout(PATIENCE, listen).await.unwrap();
    talk.await.unwrap();
    assert_eq!(house.store.readings().len(), PUBLISHES);
}

/// The same with the client of MQTT 5.
pub(crate) async fn converse_v5(house: &House, options: v5::MqttOptions) {
    use bytes5::QoS;
    use bytes5::v5::{Packet, PubAckReason, PublishProperties};
    let (client, mut events) = v5::AsyncClient::new(options, 10);
    let publisher = client.clone();
    let talk = tokio::spawn(async move {
        publisher.subscribe("devices/gauge/#", QoS::AtLeastOnce).await.unwrap();
        for number in 0..PUBLISHES {
            let senml = PublishProperties {
                content_type: Some("application/senml+json".into()),
                ..PublishProperties::default()
            };
            let name = if number == 7 { "bad" } else { "level" };
            let payload = format!("[{{\"n\":\"{name}\",\"u\":\"m\",\"v\":{number}}}]");
            let topic = "devices/gauge/up";
            publisher
                .publish_with_properties(topic, QoS::AtLeastOnce, false, payload, senml)
                .await
                .unwrap();
        }
    });
    let (mut acks, mut told) = (Vec::new(), false);
    let listen = async {
        while acks.len() < PUBLISHES || !told {
            match events.poll().await.unwrap() {
                v5::Event::Incoming(Packet::PubAck(ack)) => acks.push(ack),
                v5::Event::Incoming(Packet::SubAck(_)) => {
                    assert_eq!(house.handle.publish_down("gauge", command()), Ok(1));
                }
                v5::Event::Incoming(Packet::Publish(publish)) => {
                    let properties = publish.properties.unwrap();
                    assert_eq!(properties.content_type.as_deref(), Some("text/plain"));
                    assert_eq!(properties.correlation_data.as_deref(), Some(&b"7"[..]));
                    assert!(properties.message_expiry_interval.is_some());
                    told = true;
                }
                _ => {}
            }
        }
        client.disconnect().await.unwrap();
        while events.poll().await.is_ok() {}
    };
    timeout(PATIENCE, listen).await.unwrap();
    talk.await.unwrap();
    let bad: Vec<_> = acks
        .iter()
        .filter(|ack| ack.reason == PubAckReason::PayloadFormatInvalid)
        .collect();
    assert_eq!(bad.len(), 1);
    let said = bad[0]
        .properties
        .as_ref()
        .and_then(|it| it.reason_string.as_deref())
        .unwrap();
    assert!(said.starts_with("item 0: out_of_range"), "{said}");
    assert_eq!(house.store.readings().len(), PUBLISHES);
}

#[tokio::test]
async fn rumqttc_speaks_3_1_1_in_the_clear() {
    let house = house::plain().await;
    converse_v4(&house, options_v4(&house)).await;
}

#[tokio::test]
async fn rumqttc_speaks_5_in_the_clear() {
    let house = house::plain().await;
    converse_v5(&house, options_v5(&house)).await;
}
