//! The pack of bad certificates: each is shown by clients that we did not write, refused for its own fault, and written down. One
//! that was made by the same hands and lacks nothing comes in.

use crate::certificates::{Made, Maker};
use anyhow::{Context, Result};
use e2e::device::depth;
use e2e::moment::{now_s, until};
use e2e::mosquitto::Mosquitto;
use e2e::person::Person;
use e2e::site::Site;
use serde_json::Value;
use std::time::Instant;

/// Where a certificate is refused: in the handshake, or by the gatekeeper behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    Tls,
    Gate,
}

/// Name of the file, where it is refused, and what the trace says of it.
const PACK: [(&str, At, &str); 21] = [
    ("expired", At::Tls, "it expired"),
    ("early", At::Tls, "not valid yet"),
    ("self-signed", At::Tls, "no authority of this server"),
    ("foreign", At::Tls, "no authority of this server"),
    ("impostor", At::Tls, "a signature does not fit"),
    ("server-only", At::Tls, "must name clientAuth"),
    ("no-purpose", At::Gate, "does not name clientAuth"),
    ("authority", At::Tls, "that of an authority"),
    ("rsa-1024", At::Tls, "2048 bits"),
    ("sha-1", At::Tls, "signed in a way that is not taken"),
    ("tampered", At::Tls, "a signature does not fit"),
    ("critical", At::Tls, "critical extension"),
    ("no-ca-flag", At::Tls, "is not that of an authority"),
    ("too-long", At::Tls, "longer than its authority allows"),
    ("below", At::Gate, "not in the register"),
    ("stolen-key", At::Gate, "not in the register"),
    ("unknown", At::Gate, "no device 'nobody'"),
    ("nameless", At::Gate, "subject alternative name"),
    ("two-names", At::Gate, "names several devices"),
    ("revoked", At::Gate, "was revoked"),
    ("replaced", At::Gate, "took its place"),
];

/// What the trace says of a source address.
async fn record(auditor: &Person, source: &str) -> Result<Value> {
    let path = format!("/api/v1/audit?act=device.refused&source={source}%3A");
    until("the refusal is in the trace", async || {
        Ok(auditor.list(&path).await?.pop())
    })
    .await
}

#[tokio::test]
async fn bad_certificates_are_refused_each_for_its_fault_and_written_down() -> Result<()> {
    let begin = Instant::now();
    let mut site = Site::new()?;
    site.set("HTTP_TLS_ADDRESS", "127.0.0.1:0");
    let server = site.start().await?;
    let person = server.first_person().await?;
    let auditor = person.another(&server, "kiem-toan", "auditor").await?;
    site.gauge(&server, "gauge-1").await?;
    let Made { bench, folder } = Maker::new(&site, &server).await?.everything().await?;
    let ca = folder.join("ca.crt");
    let (door, payload) = (server.addresses.mqtts, depth(now_s(), 0.1));
    let mut tried = 0;
    for (number, (name, at, says)) in PACK.into_iter().enumerate() {
        for (round, version) in ["5", "311"].into_iter().enumerate() {
            let source = format!("127.0.{}.{}", round + 1, number + 1);
            let up = Mosquitto::up(door, version, "gauge-1", &payload).coming_from(&source);
            let up = up.trusting(&ca).showing(&folder, name).configured(bench.weak());
            let published = up.publish().await?;
            tried += 1;
            assert!(!published.good, "{name} was let in: {}", published.said);
            let record = record(&auditor, &source)
                .await
                .with_context(|| format!("{name}: {}", published.said))?;
            let reason = record["detail"]["reason"].as_str().context("no reason")?;
            assert!(reason.contains(says), "{name}: {reason}");
            assert_eq!(
                (&record["outcome"], &record["class"]),
                (&"denied".into(), &"security".into()),
                "{name}"
            );
        }
        // the same by the reference client of TLS: it hears an alert, or is let talk and gets no word
        let source = format!("127.0.3.{}", number + 1);
        let line = format!(
            "s_client -connect {door} -bind {source}:0 -tls1_3 -ign_eof -CAfile {0}/ca.crt -cert {0}/{name}.crt -key {0}/{name}.key \
             -cert_chain {0}/{name}.crt",
            folder.display()
        );
        if at == At::Tls {
            let shaken = bench.openssl(&line).await?;
            tried += 1;
            assert!(shaken.all().contains("alert"), "{name}: {}", shaken.all());
            let record = record(&auditor, &source).await.context(name)?;
            let reason = record["detail"]["reason"].as_str().context("no reason")?;
            assert!(reason.contains(says), "{name}: {reason}");
        }
    }
    assert!(person.list("/api/v1/observations/latest").await?.is_empty());
    assert_eq!(server.metric("hanoi_ioc_mqtt_publishes_total").await?, 0.0);

    // made by the same hands and in the register: the others failed for what they lack
    for (name, version) in [("right", "5"), ("right", "311"), ("renewed", "5")] {
        let up = Mosquitto::up(door, version, "gauge-1", &payload).configured(bench.weak());
        let published = up.trusting(&ca).showing(&folder, name).publish().await?;
        assert!(published.good, "{name}: {}", published.said);
    }
    // nothing of any key stands in the log of the program
    let said = server.said()?;
    for file in [site.data().join("keys/ca.key"), folder.join("gauge-1.key")] {
        let key = std::fs::read_to_string(file)?;
        assert!(!said.contains(key.lines().nth(1).context("no key")?));
    }
    println!(
        "certificates: {} bad ones, {tried} connections refused and written down, 3 good ones let in, {:.1} s",
        PACK.len(),
        begin.elapsed().as_secs_f64()
    );
    Ok(())
}
