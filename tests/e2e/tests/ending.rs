//! An ordered end: what is open is closed, what was accepted is kept, and nobody waits long.

use anyhow::{Context, Result};
use e2e::device::{SENML, depth};
use e2e::moment::now_s;
use e2e::site::Site;
use std::time::{Duration, Instant};

#[tokio::test]
async fn sigterm_ends_in_order_although_streams_are_open() -> Result<()> {
    let site = Site::new()?;
    let server = site.start().await?;
    let person = server.first_person().await?;
    let gauge = site.gauge(&server, "gauge-1").await?;
    gauge.depth(now_s() - 60, 0.1).await?;
    let mut events = person.follow("/api/v1/events", None).await?;
    assert_eq!(events.next().await?.context("no event")?.kind, "open");
    let mut live = person.follow("/api/v1/observations/stream?device=gauge-1", None).await?;
    // an MQTT session that only listens
    let door = server.addresses.mqtt;
    let mut options = rumqttc::MqttOptions::new("idle", door.ip().to_string(), door.port());
    options.set_credentials(&gauge.id, &gauge.token);
    let (_client, mut idle) = rumqttc::AsyncClient::new(options, 4);
    assert!(matches!(idle.poll().await?, rumqttc::Event::Incoming(rumqttc::Packet::ConnAck(_))));
    // an HTTP request that never ends its body
    let endless = futures::stream::pending::<std::io::Result<Vec<u8>>>();
    let stuck = gauge.request(SENML, reqwest::Body::wrap_stream(endless));
    let stuck = tokio::spawn(stuck.send());

    let begin = Instant::now();
    let status = server.terminate().await?;
    assert!(status.success(), "{status}");
    // the settings give each of three stages 20 s; open streams must not use them up
    assert!(begin.elapsed() < Duration::from_secs(30), "it took {:?}", begin.elapsed());
    while events.next().await?.is_some() {}
    while live.next().await?.is_some() {}
    while idle.poll().await.is_ok() {}
    assert!(!stuck.await?.is_ok_and(|answer| answer.status() == 200));
    assert!(!site.data().join("control.sock").exists());

    let server = site.start().await?;
    assert!(server.password.is_none());
    let gauge = gauge.at(&server)?;
    let receipt = gauge.send(SENML, depth(now_s(), 0.1)).await?.json(200)?;
    assert_eq!(receipt["accepted"], 1);
    Ok(())
}
