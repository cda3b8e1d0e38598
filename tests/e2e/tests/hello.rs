//! TLS 1.3 begun wrongly in every way that one changed byte makes: our door beside one of OpenSSL.

use anyhow::{Context, Result, ensure};
use e2e::device::depth;
use e2e::moment::now_s;
use e2e::mosquitto::Mosquitto;
use e2e::relay::Relay;
use e2e::site::Site;
use e2e::tool::{Bench, word};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

/// How long a door may take to say anything; it has heard that nothing more comes.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a door answers to a hello: one of its own, an alert with this number, or nothing.
async fn answer(door: SocketAddr, hello: &[u8]) -> Result<String> {
    let exchange = async {
        let (mut stream, mut said) = (TcpStream::connect(door).await?, Vec::new());
        // a door that hangs up at once is no error
        if stream.write_all(hello).await.is_ok() && stream.shutdown().await.is_ok() {
            drop(stream.read_to_end(&mut said).await);
        }
        anyhow::Ok(said)
    };
    let said = timeout(PATIENCE, exchange).await.context("the door hangs")??;
    match said.as_slice() {
        [] => Ok("nothing".to_owned()),
        [22, 3, ..] => Ok("hello".to_owned()),
        [21, _, _, 0, 2, 2, number, ..] => Ok(format!("alert {number}")),
        other => anyhow::bail!("no answer of TLS: {:?}", &other[..other.len().min(16)]),
    }
}

/// The hello with one byte changed, at each place in three ways, and cut off there.
fn wrong(hello: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    (0..hello.len()).flat_map(|at| {
        let changed = [hello[at] ^ 1, hello[at] ^ 0x80, !hello[at]].map(|byte| {
            let mut other = hello.to_vec();
            other[at] = byte;
            other
        });
        changed.into_iter().chain([hello[..at].to_vec()])
    })
}

#[tokio::test]
async fn a_hello_with_a_wrong_byte_is_answered_and_good_clients_come_in() -> Result<()> {
    let mut site = Site::new()?;
    site.set("HTTP_TLS_ADDRESS", "127.0.0.1:0");
    let server = site.start().await?;
    site.gauge(&server, "gauge-1").await?;
    let folder = site.certificate("gauge-1").await?;
    let bench = Bench::new(folder.clone())?;
    let mqtts = server.addresses.mqtts;

    // what a client that others wrote begins with
    let relay = Relay::to(mqtts).await?;
    let line = format!("s_client -connect {} -tls1_3 -CAfile ca.crt", relay.address);
    drop(bench.openssl(&line).await?);
    let captured = relay.capture().await?;
    let size = captured.get(3..5).context("no record")?;
    let hello = &captured[..5 + usize::from(u16::from_be_bytes([size[0], size[1]]))];
    ensure!(hello[0] == 22 && hello.len() > 150, "no hello: {hello:?}");

    let free = TcpListener::bind("127.0.0.1:0").await?.local_addr()?;
    let line = format!(
        "s_server -accept {free} -tls1_3 -cert gauge-1.crt -key gauge-1.key -CAfile {}",
        word(&folder.join("ca.crt"))
    );
    let mut other = bench.hold("openssl", &line)?;
    other.hear("ACCEPT").await?;

    let (mut ours, mut theirs, mut looser) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for door in [mqtts, server.addresses.https.context("no HTTPS door")?, free] {
        assert_eq!(answer(door, hello).await?, "hello", "the unchanged one is good");
    }
    for (number, hello) in wrong(hello).enumerate() {
        let (we, they) = (answer(mqtts, &hello).await?, answer(free, &hello).await?);
        if we == "hello" && they != "hello" {
            *looser.entry((number / 4, they.clone())).or_insert(0) += 1;
        }
        *ours.entry(we).or_insert(0) += 1;
        *theirs.entry(they).or_insert(0) += 1;
    }
    println!("hello: ours {ours:?}; OpenSSL's {theirs:?}; taken here and refused there, by byte and alert: {looser:?}");
    let published = Mosquitto::up(mqtts, "5", "gauge-1", &depth(now_s(), 0.1))
        .trusting(&folder.join("ca.crt"))
        .showing(&folder, "gauge-1");
    assert!(published.publish().await?.good, "and good clients come in");
    assert!(
        ours.keys().any(|answer| answer != "hello"),
        "nothing was refused: {ours:?}"
    );
    Ok(())
}
