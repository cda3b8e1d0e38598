//! What somebody on the wire captured of TLS: it opens no door.

use super::TIMES;
use anyhow::{Context, Result, ensure};
use e2e::answer::{self, Answer};
use e2e::device::{SENML, depth};
use e2e::moment::now_s;
use e2e::mosquitto::Mosquitto;
use e2e::relay::{Relay, replay};
use e2e::site::Site;

/// First byte of a record of TLS that carries the handshake.
const HANDSHAKE: u8 = 22;

#[tokio::test]
async fn replayed_tls_opens_no_door() -> Result<()> {
    let mut site = Site::new()?;
    site.set("HTTP_TLS_ADDRESS", "127.0.0.1:0");
    let server = site.start().await?;
    site.gauge(&server, "gauge-1").await?;
    let folder = site.certificate("gauge-1").await?;
    let https = server.addresses.https.context("no HTTPS door")?;
    let stored = async || server.metric("hanoi_ioc_observation_stored_total").await;
    let duplicates = async || server.metric("hanoi_ioc_observation_duplicates_total").await;

    let mut captures = Vec::new();
    for (version, late) in [("311", 20), ("5", 10)] {
        let relay = Relay::to(server.addresses.mqtts).await?;
        let up = Mosquitto::up(relay.address, version, "gauge-1", &depth(now_s() - late, 0.1));
        let known = up.trusting(&folder.join("ca.crt")).showing(&folder, "gauge-1");
        let published = known.publish().await?;
        ensure!(published.good, "{}", published.said);
        captures.push((server.addresses.mqtts, relay.capture().await?));
    }
    let relay = Relay::to(https).await?;
    let read = |name: &str| std::fs::read(folder.join(name));
    let root = reqwest::Certificate::from_pem(&read("ca.crt")?)?;
    let identity = reqwest::Identity::from_pem(&[read("gauge-1.crt")?, read("gauge-1.key")?].concat())?;
    let url = format!("https://localhost:{}/api/v1/observations", relay.address.port());
    let body = depth(now_s() - 5, 0.1);
    // a client of its own each time, so that its connection ends with it
    let send = async || {
        let known = reqwest::Client::builder().add_root_certificate(root.clone());
        let client = answer::with_tls(known.identity(identity.clone()))?;
        let request = client.post(&url).header("Content-Type", SENML);
        Answer::of(request.body(body.clone())).await?.json(200)
    };
    assert_eq!(send().await?["accepted"], 1);
    captures.push((https, relay.capture().await?));
    assert_eq!((stored().await?, duplicates().await?), (3.0, 0.0));

    let let_in = server.metric("hanoi_ioc_mqtt_acks_total").await?;
    for (door, capture) in &captures {
        for _ in 0..TIMES {
            let said = replay(*door, capture).await?;
            // the server answers the old hello with new keys, cannot read what follows, and hangs up
            ensure!(said.first() == Some(&HANDSHAKE), "no handshake: {said:?}");
        }
    }
    assert_eq!((stored().await?, duplicates().await?), (3.0, 0.0));
    assert_eq!(server.metric("hanoi_ioc_mqtt_acks_total").await?, let_in);
    // had anybody read one of them, it would be told as this duplicate of their owner is
    send().await?;
    assert_eq!((stored().await?, duplicates().await?), (3.0, 1.0));
    println!("replay: TLS: 3 captures x {TIMES}: 0 let in");
    Ok(())
}
