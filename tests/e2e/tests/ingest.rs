//! What devices send over HTTP is the latest value as soon as it is acknowledged, whatever its format.

use anyhow::{Context, Result};
use e2e::answer::{self, Answer};
use e2e::device::{LINE, SENML, depth};
use e2e::moment::{now_s, written};
use e2e::site::Site;
use std::io::Write;

/// SenML in CBOR (RFC 8428 section 6: labels are numbers) of one depth in centimetres.
fn cbor(device: &str, time_s: i64, centimetres: f64) -> Result<Vec<u8>> {
    use ciborium::Value;
    let label = |label: i64, value: Value| (Value::from(label), value);
    let record = Value::Map(vec![
        label(-2, format!("{device}/").into()),
        label(0, "depth".into()),
        label(1, "cm".into()),
        label(2, centimetres.into()),
        label(6, time_s.into()),
    ]);
    let mut bytes = Vec::new();
    ciborium::into_writer(&Value::Array(vec![record]), &mut bytes)?;
    Ok(bytes)
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

#[tokio::test]
async fn every_format_and_encoding_becomes_the_latest_value() -> Result<()> {
    let site = Site::new()?;
    let server = site.start().await?;
    let person = server.first_person().await?;
    let gauge = site.gauge(&server, "gauge-1").await?;
    assert!(person.latest("gauge-1", "depth").await?.is_none());

    let t = |n: i64| now_s() / 60 * 60 - 600 + n * 60;
    let named = format!(r#"[{{"bn":"gauge-1/","n":"depth","u":"cm","t":{},"v":11}}]"#, t(1));
    let line = |n: i64, metres: f64| format!("depth,device=gauge-1 value={metres} {}", t(n));
    let nanos = format!("depth value=0.17 {}000000000", t(7));
    let seconds = "?precision=s";
    for (n, what, content_type, encoding, query, body, metres) in [
        (0, "SenML JSON", SENML, "", "", depth(t(0), 0.1).into_bytes(), 0.1),
        (
            1,
            "its other name, another unit",
            "application/json",
            "",
            "",
            named.into_bytes(),
            0.11,
        ),
        (
            2,
            "SenML CBOR",
            "application/senml+cbor",
            "",
            "",
            cbor("gauge-1", t(2), 12.0)?,
            0.12,
        ),
        (3, "line protocol", LINE, "", seconds, line(3, 0.13).into_bytes(), 0.13),
        (
            4,
            "line protocol by its name",
            "application/vnd.influx.line",
            "",
            seconds,
            line(4, 0.14).into_bytes(),
            0.14,
        ),
        (5, "gzip", SENML, "gzip", "", gzip(depth(t(5), 0.15).as_bytes())?, 0.15),
        (
            6,
            "zstd",
            LINE,
            "zstd",
            seconds,
            zstd::encode_all(line(6, 0.16).as_bytes(), 3)?,
            0.16,
        ),
        (7, "nanoseconds", LINE, "", "", nanos.into_bytes(), 0.17),
    ] {
        let url = server.url(&format!("/api/v1/observations{query}"));
        let mut request = answer::client()?.post(url).bearer_auth(&gauge.token).body(body);
        request = request.header("Content-Type", content_type);
        if !encoding.is_empty() {
            request = request.header("Content-Encoding", encoding);
        }
        let receipt = Answer::of(request).await?.json(200).context(what)?;
        assert_eq!(
            (&receipt["accepted"], &receipt["rejected"]),
            (&1.into(), &0.into()),
            "{what}"
        );
        assert!(receipt["position"]["sequence"].is_u64(), "{what}: {receipt}");

        let latest = person.latest("gauge-1", "depth").await?.context(what)?;
        assert!(
            (latest["value"].as_f64().context(what)? - metres).abs() < 1e-9,
            "{what}: {latest}"
        );
        assert_eq!(latest["time"], written(t(n))?, "{what}");
        assert_eq!(
            (&latest["unit"], &latest["attribute"]),
            (&"m".into(), &"waterDepth".into()),
            "{what}"
        );
        assert_eq!(
            (&latest["quality"], &latest["doubt"]),
            (&"good".into(), &"none".into()),
            "{what}"
        );
        assert_eq!(latest["entity"], "urn:ngsi-ld:WaterObserved:hanoi:gauge-1", "{what}");
    }
    assert_eq!(server.metric("hanoi_ioc_observation_stored_total").await?, 8.0);
    assert_eq!(server.metric("hanoi_ioc_uplink_payloads_total").await?, 8.0);
    assert_eq!(server.metric("hanoi_ioc_observation_rejected_total").await?, 0.0);
    Ok(())
}

#[tokio::test]
async fn an_older_value_is_stored_and_does_not_become_the_latest() -> Result<()> {
    let site = Site::new()?;
    let server = site.start().await?;
    let person = server.first_person().await?;
    let gauge = site.gauge(&server, "gauge-1").await?;
    let now = now_s();
    gauge.depth(now - 60, 0.12).await?;
    let receipt = gauge.depth(now - 120, 0.11).await?;
    assert_eq!(receipt["accepted"], 1);
    let latest = person.latest("gauge-1", "depth").await?.context("no value")?;
    assert_eq!(
        (&latest["value"], &latest["time"]),
        (&0.12.into(), &written(now - 60)?.into())
    );

    // without a time it gets that of its arrival, and says so
    let receipt = gauge
        .send(SENML, r#"[{"n":"battery","u":"%EL","v":80}]"#)
        .await?
        .json(200)?;
    assert_eq!(receipt["accepted"], 1);
    let latest = person.latest("gauge-1", "battery").await?.context("no value")?;
    assert_eq!(latest["time"], latest["received"]);
    assert_eq!(
        (&latest["quality"], &latest["doubt"]),
        (&"good".into(), &"untimed".into())
    );
    Ok(())
}

#[tokio::test]
async fn a_client_certificate_is_enough_over_https() -> Result<()> {
    let mut site = Site::new()?;
    site.set("HTTP_TLS_ADDRESS", "127.0.0.1:0");
    let server = site.start().await?;
    let person = server.first_person().await?;
    site.gauge(&server, "gauge-1").await?;
    let folder = site.certificate("gauge-1").await?;
    let read = |name: &str| std::fs::read(folder.join(name));
    let root = reqwest::Certificate::from_pem(&read("ca.crt")?)?;
    let identity = reqwest::Identity::from_pem(&[read("gauge-1.crt")?, read("gauge-1.key")?].concat())?;
    let door = server.addresses.https.context("no HTTPS door")?;
    let url = format!("https://localhost:{}/api/v1/observations", door.port());
    let known = || reqwest::Client::builder().add_root_certificate(root.clone());
    let ask = |client: reqwest::Client| {
        let request = client.post(&url).header("Content-Type", SENML);
        Answer::of(request.body(depth(now_s(), 0.1)))
    };

    let receipt = ask(answer::with_tls(known().identity(identity))?).await?.json(200)?;
    assert_eq!(receipt["accepted"], 1);
    assert!(person.latest("gauge-1", "depth").await?.is_some());
    assert_eq!(
        ask(answer::with_tls(known())?).await?.problem(401)?,
        "credential_missing"
    );
    // a client that does not know our authority does not believe the server
    assert!(ask(answer::client()?).await.is_err());
    Ok(())
}
