//! Devices over MQTT, by a client that others wrote: certificates and tokens, both versions of the protocol.

use anyhow::{Context, Result};
use e2e::device::depth;
use e2e::moment::{now_s, written};
use e2e::mosquitto::Mosquitto;
use e2e::site::Site;

#[tokio::test]
async fn a_certificate_opens_the_door_in_both_versions() -> Result<()> {
    let site = Site::new()?;
    let server = site.start().await?;
    let person = server.first_person().await?;
    site.gauge(&server, "gauge-1").await?;
    let folder = site.certificate("gauge-1").await?;
    let door = server.addresses.mqtts;
    let now = now_s() / 60 * 60;
    for (n, version, metres) in [(0, "5", 0.11), (1, "311", 0.12)] {
        let t = now - 300 + n * 60;
        let up = Mosquitto::up(door, version, "gauge-1", &depth(t, metres));
        let published = up
            .trusting(&folder.join("ca.crt"))
            .showing(&folder, "gauge-1")
            .publish()
            .await?;
        assert!(published.good, "{version}: {}", published.said);
        assert_eq!(published.said, "", "{version}");
        let latest = person.latest("gauge-1", "depth").await?.context(version)?;
        assert_eq!(
            (&latest["value"], &latest["time"]),
            (&metres.into(), &written(t)?.into()),
            "{version}"
        );
        assert_eq!(latest["quality"], "good", "{version}");
    }
    assert_eq!(server.metric("hanoi_ioc_mqtt_acks_total").await?, 2.0);
    let device = person.get("/api/v1/devices/gauge-1").await?;
    assert!(device["last_contact"].is_string());
    Ok(())
}

#[tokio::test]
async fn a_token_opens_the_door_and_a_wrong_one_does_not() -> Result<()> {
    let site = Site::new()?;
    let server = site.start().await?;
    let person = server.first_person().await?;
    let gauge = site.gauge(&server, "gauge-1").await?;
    let other = site.gauge(&server, "gauge-2").await?;
    let ca = site.data().join("keys/ca.crt");
    let (tls, plain) = (server.addresses.mqtts, server.addresses.mqtt);
    let t = now_s() - 60;
    for (what, version, user, token, good) in [
        ("its own", "5", "gauge-1", &gauge.token, true),
        ("its own", "311", "gauge-1", &gauge.token, true),
        ("a wrong one", "5", "gauge-1", &"0".repeat(64), false),
        ("a wrong one", "311", "gauge-1", &"0".repeat(64), false),
        ("somebody else's", "5", "gauge-1", &other.token, false),
        ("an empty one", "5", "gauge-1", &String::new(), false),
    ] {
        let over_tls = Mosquitto::up(tls, version, "gauge-1", &depth(t, 0.1)).trusting(&ca);
        let bare = Mosquitto::up(plain, version, "gauge-1", &depth(t, 0.1));
        for (how, up) in [("TLS", over_tls), ("plain", bare)] {
            let published = up.named(user, token).publish().await?;
            assert_eq!(
                published.good, good,
                "{what}, MQTT {version}, {how}: {}",
                published.said
            );
        }
    }
    for up in [
        Mosquitto::up(tls, "5", "gauge-1", "[]").trusting(&ca),
        Mosquitto::up(plain, "5", "gauge-1", "[]"),
    ] {
        let published = up.publish().await?;
        assert!(!published.good, "let in without any credential");
    }
    assert_eq!(server.metric("hanoi_ioc_observation_stored_total").await?, 1.0);
    assert_eq!(server.metric("hanoi_ioc_observation_duplicates_total").await?, 3.0);
    assert_eq!(server.metric("hanoi_ioc_mqtt_refused_total").await?, 10.0);
    assert!(person.list("/api/v1/quarantine").await?.is_empty());
    Ok(())
}
