//! What a device is told of its publishes: reason codes in MQTT 5, the `errors` topic in MQTT 3.1.1.

use anyhow::{Context, Result, bail};
use e2e::device::{Device, depth};
use e2e::moment::{now_s, until};
use e2e::server::Server;
use e2e::site::Site;
use rumqttc::v5::mqttbytes::v5::{ConnectReturnCode, Packet, PubAck, PubAckReason};
use std::time::Duration;
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(30);

/// An MQTT 5 connection of a device.
struct Five {
    client: rumqttc::v5::AsyncClient,
    turn: rumqttc::v5::EventLoop,
}

impl Five {
    async fn connect(server: &Server, device: &Device) -> Result<Self> {
        let door = server.addresses.mqtt;
        let mut options = rumqttc::v5::MqttOptions::new("five", door.ip().to_string(), door.port());
        options.set_credentials(&device.id, &device.token);
        let (client, turn) = rumqttc::v5::AsyncClient::new(options, 16);
        let mut five = Self { client, turn };
        match five.packet().await? {
            Packet::ConnAck(ack) if ack.code == ConnectReturnCode::Success => {
                let granted = ack.properties.context("a CONNACK without properties")?;
                // left out means that everything is there: QoS 2, retained messages, wildcards
                assert_eq!((granted.max_qos, granted.retain_available), (None, None));
                assert_eq!(granted.receive_max, Some(1_024));
                Ok(five)
            }
            other => bail!("no CONNACK of success but {other:?}"),
        }
    }

    async fn packet(&mut self) -> Result<Packet> {
        loop {
            let event = timeout(PATIENCE, self.turn.poll()).await.context("nothing came")??;
            if let rumqttc::v5::Event::Incoming(packet) = event {
                return Ok(packet);
            }
        }
    }

    async fn publish(&mut self, topic: &str, payload: &str) -> Result<PubAck> {
        let qos = rumqttc::v5::mqttbytes::QoS::AtLeastOnce;
        self.client.publish(topic, qos, false, payload.to_owned()).await?;
        loop {
            match self.packet().await? {
                Packet::PubAck(ack) => return Ok(ack),
                Packet::Disconnect(disconnect) => bail!("disconnected: {disconnect:?}"),
                _ => {}
            }
        }
    }
}

#[tokio::test]
async fn mqtt_5_says_what_became_of_each_publish() -> Result<()> {
    let site = Site::new()?;
    let server = site.start().await?;
    let person = server.first_person().await?;
    let gauge = site.gauge(&server, "gauge-1").await?;
    site.gauge(&server, "gauge-2").await?;
    let mut five = Five::connect(&server, &gauge).await?;
    let t = now_s() - 60;
    let (good, volts) = (depth(t, 0.1), r#"[{"n":"depth","u":"V","v":1}]"#);
    let half = format!(r#"[{{"n":"depth","u":"m","t":{t},"v":0.1}},{{"n":"depth","u":"V","v":1}}]"#);
    for (what, topic, payload, reason, words) in [
        ("good", "devices/gauge-1/up", good.as_str(), PubAckReason::Success, ""),
        (
            "another device",
            "devices/gauge-2/up",
            &good,
            PubAckReason::NotAuthorized,
            "this topic is not allowed",
        ),
        (
            "a device that is none",
            "devices/x/up",
            &good,
            PubAckReason::NotAuthorized,
            "this topic is not allowed",
        ),
        (
            "downward",
            "devices/gauge-1/down",
            &good,
            PubAckReason::NotAuthorized,
            "this topic is not allowed",
        ),
        (
            "no topic of ours",
            "city/gauge-1",
            &good,
            PubAckReason::NotAuthorized,
            "this topic is not allowed",
        ),
        (
            "all bad",
            "devices/gauge-1/up",
            volts,
            PubAckReason::PayloadFormatInvalid,
            "item 0: wrong_unit",
        ),
        (
            "unreadable",
            "devices/gauge-1/up",
            "[{",
            PubAckReason::PayloadFormatInvalid,
            "item 0: malformed",
        ),
        (
            "half bad",
            "devices/gauge-1/up",
            &half,
            PubAckReason::Success,
            "item 1: wrong_unit",
        ),
        ("and good again", "devices/gauge-1/up", &good, PubAckReason::Success, ""),
    ] {
        let ack = five.publish(topic, payload).await.context(what)?;
        assert_eq!(ack.reason, reason, "{what}: {ack:?}");
        let (said, named) = ack
            .properties
            .map_or((None, Vec::new()), |it| (it.reason_string, it.user_properties));
        let said = said.unwrap_or_default();
        assert!(
            said.starts_with(words) && said.is_empty() == words.is_empty(),
            "{what}: {said}"
        );
        let rejected = named.iter().find(|(name, _)| name == "rejected");
        assert_eq!(
            rejected.map(|(_, count)| count.as_str()),
            (what == "half bad").then_some("1"),
            "{what}"
        );
    }
    let reasons: Vec<_> = person
        .list("/api/v1/quarantine")
        .await?
        .iter()
        .map(|kept| kept["reason"].clone())
        .collect();
    assert_eq!(reasons, ["wrong_unit", "malformed", "wrong_unit"]);
    assert_eq!(server.metric("hanoi_ioc_observation_stored_total").await?, 1.0);
    assert_eq!(
        server
            .metric("hanoi_ioc_mqtt_refused_total{reason=\"publish_not_authorised\"}")
            .await?,
        4.0
    );
    assert!(person.latest("gauge-2", "depth").await?.is_none());
    Ok(())
}

#[tokio::test]
async fn mqtt_3_1_1_is_told_on_its_errors_topic_and_cut_off_elsewhere() -> Result<()> {
    use rumqttc::{Event, Packet, QoS};
    let site = Site::new()?;
    let server = site.start().await?;
    let person = server.first_person().await?;
    let gauge = site.gauge(&server, "gauge-1").await?;
    let door = server.addresses.mqtt;
    let mut options = rumqttc::MqttOptions::new("three", door.ip().to_string(), door.port());
    options.set_credentials(&gauge.id, &gauge.token);
    let (client, mut turn) = rumqttc::AsyncClient::new(options, 16);
    client.subscribe("devices/gauge-1/errors", QoS::AtLeastOnce).await?;
    let mut acknowledged = false;
    let message = loop {
        match timeout(PATIENCE, turn.poll()).await.context("nothing came")?? {
            Event::Incoming(Packet::SubAck(_)) => {
                let volts = r#"[{"n":"depth","u":"m","v":0.1},{"n":"depth","u":"V","v":1}]"#;
                client
                    .publish("devices/gauge-1/up", QoS::AtLeastOnce, false, volts)
                    .await?;
            }
            Event::Incoming(Packet::PubAck(_)) => acknowledged = true,
            Event::Incoming(Packet::Publish(message)) => break message,
            _ => {}
        }
    };
    assert!(acknowledged, "what is in quarantine is durable, so it is acknowledged");
    assert_eq!(message.topic, "devices/gauge-1/errors");
    let report: serde_json::Value = serde_json::from_slice(&message.payload)?;
    let items = report["items"].as_array().context("no items")?;
    assert_eq!(items.len(), 1, "{report}");
    assert_eq!(
        (&items[0]["item"], &items[0]["reason"]),
        (&1.into(), &"wrong_unit".into()),
        "{report}"
    );
    assert_eq!(person.list("/api/v1/quarantine").await?.len(), 1);

    // 3.1.1 has no word for "not allowed": the connection ends without PUBACK
    client
        .publish("devices/gauge-2/up", QoS::AtLeastOnce, false, "[]")
        .await?;
    let end = loop {
        match timeout(PATIENCE, turn.poll()).await.context("it stays connected")? {
            Err(end) => break end,
            Ok(Event::Incoming(Packet::PubAck(ack))) => bail!("acknowledged: {ack:?}"),
            Ok(_) => {}
        }
    };
    assert!(
        matches!(
            end,
            rumqttc::ConnectionError::MqttState(_) | rumqttc::ConnectionError::Io(_)
        ),
        "{end:?}"
    );
    let closed = "hanoi_ioc_mqtt_closed_total{reason=\"not_authorised\"}";
    until("the end is counted", async || {
        Ok((server.metric(closed).await? == 1.0).then_some(()))
    })
    .await?;
    Ok(())
}
