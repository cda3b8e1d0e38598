//! An ordered end: what is open is closed, what was accepted is kept, and nobody waits long.

use anyhow::{Context, Result};
use e2e::device::{SENML, depth};
use e2e::moment::{now_s, until};
use e2e::site::Site;
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt;

/// Each of the three stages of an end may take 20 s by default; what is open must not use them up.
const SECONDS: Duration = Duration::from_secs(15);

#[tokio::test]
async fn sigterm_ends_in_order_although_streams_are_open() -> Result<()> {
    let site = Site::new()?;
    let server = site.start().await?;
    let person = server.first_person().await?;
    let gauge = site.gauge(&server, "gauge-1").await?;
    let t = now_s() - 60;
    gauge.depth(t, 0.1).await?;
    let mut events = person.follow("/api/v1/events", None).await?;
    assert_eq!(events.next().await?.context("no event")?.kind, "open");
    let mut live = person
        .follow("/api/v1/observations/stream?device=gauge-1", None)
        .await?;
    assert_eq!(live.next().await?.context("no event")?.kind, "observation");
    // an MQTT session that only listens, and an HTTP connection that asks nothing
    let door = server.addresses.mqtt;
    let mut options = rumqttc::MqttOptions::new("idle", door.ip().to_string(), door.port());
    options.set_credentials(&gauge.id, &gauge.token);
    let (_client, mut idle) = rumqttc::AsyncClient::new(options, 4);
    let greeting = idle.poll().await?;
    assert!(matches!(
        greeting,
        rumqttc::Event::Incoming(rumqttc::Packet::ConnAck(_))
    ));
    let _silent = tokio::net::TcpStream::connect(server.addresses.http).await?;

    let begin = Instant::now();
    let status = server.terminate().await?;
    assert!(status.success(), "{status}");
    assert!(begin.elapsed() < SECONDS, "it took {:?}", begin.elapsed());
    while events.next().await?.is_some() {}
    while live.next().await?.is_some() {}
    while idle.poll().await.is_ok() {}
    assert!(!site.data().join("control.sock").exists());

    let server = site.start().await?;
    assert_eq!(server.password, None, "the accounts of before are there");
    let gauge = gauge.at(&server)?;
    assert_eq!(gauge.depth(t, 0.1).await?["duplicates"], 1);
    let receipt = gauge.send(SENML, depth(now_s(), 0.1)).await?.json(200)?;
    assert_eq!(receipt["accepted"], 1);
    Ok(())
}

/// What a client may be waited for that has not finished asking; far below the 20 s of a stage.
const SHORT: Duration = Duration::from_secs(10);

#[tokio::test]
async fn who_has_not_finished_asking_is_not_waited_for() -> Result<()> {
    let site = Site::new()?;
    let server = site.start().await?;
    let gauge = site.gauge(&server, "gauge-1").await?;
    let t = now_s() - 60;
    gauge.depth(t, 0.1).await?;
    let mut stuck = tokio::net::TcpStream::connect(server.addresses.http).await?;
    let token = &gauge.token;
    let head = format!(
        "POST /api/v1/observations HTTP/1.1\r\nHost: x\r\nContent-Type: {SENML}\r\nContent-Length: 1000\r\n\
         Expect: 100-continue\r\nAuthorization: Bearer {token}\r\n\r\n"
    );
    stuck.write_all(head.as_bytes()).await?;
    // "100 Continue" comes when the body is waited for
    until("the server waits for the body", async || {
        let mut seen = [0; 12];
        let count = stuck.peek(&mut seen).await?;
        Ok(seen[..count].starts_with(b"HTTP/1.1 100").then_some(()))
    })
    .await?;
    // and one that stops in the middle of the head
    let mut half = tokio::net::TcpStream::connect(server.addresses.http).await?;
    half.write_all(b"GET /healthz HTTP/1.1\r\nHos").await?;

    let begin = Instant::now();
    let status = server.terminate().await?;
    assert!(status.success(), "{status}");
    assert!(begin.elapsed() < SHORT, "it took {:?}", begin.elapsed());
    let server = site.start().await?;
    assert_eq!(gauge.at(&server)?.depth(t, 0.1).await?["duplicates"], 1);
    Ok(())
}
