//! Large payloads: taken to the item, refused beyond the limits.

use anyhow::{Context, Result};
use e2e::device::{LINE, SENML};
use e2e::moment::{now_s, written};
use e2e::site::Site;
use std::io::Write;

const ITEMS: i64 = 10_000;

#[tokio::test]
async fn of_ten_thousand_items_the_three_bad_ones_are_named() -> Result<()> {
    let site = Site::new()?;
    let server = site.start().await?;
    let person = server.first_person().await?;
    let gauge = site.gauge(&server, "gauge-1").await?;
    let begin = now_s() - ITEMS;
    let body = |changed: i64| {
        let items = (0..ITEMS).map(|n| {
            let t = begin + n;
            match n {
                17 => format!(r#"{{"n":"depth","u":"V","t":{t},"v":0.1}}"#),
                5_000 => format!(r#"{{"n":"depth","u":"m","t":{t},"v":11}}"#),
                9_998 => format!(r#"{{"n":"width","u":"m","t":{t},"v":0.1}}"#),
                n if n == changed => format!(r#"{{"n":"depth","u":"m","t":{t},"v":0.12}}"#),
                _ => format!(r#"{{"n":"depth","u":"m","t":{t},"v":0.1}}"#),
            }
        });
        format!("[{}]", items.collect::<Vec<_>>().join(","))
    };
    // sent, sent again, and sent with one value corrected
    for (what, changed, accepted, duplicates, corrections) in [
        ("first", -1, 9_997, 0, 0),
        ("again", -1, 0, 9_997, 0),
        ("corrected", 9_999, 1, 9_996, 1),
    ] {
        let receipt = gauge.send(SENML, body(changed)).await?.json(200).context(what)?;
        let count = |name: &str| receipt[name].as_i64().unwrap_or(-1);
        assert_eq!(count("accepted"), accepted, "{what}: {receipt}");
        assert_eq!(count("duplicates"), duplicates, "{what}: {receipt}");
        assert_eq!(count("corrections"), corrections, "{what}: {receipt}");
        assert_eq!(count("rejected"), 3, "{what}: {receipt}");
        let items = receipt["items"].as_array().context("no items")?;
        let named: Vec<_> = items
            .iter()
            .map(|item| (item["item"].as_i64(), item["reason"].as_str()))
            .collect();
        let expected = [(17, "wrong_unit"), (5_000, "out_of_range"), (9_998, "unknown_series")];
        assert_eq!(
            named,
            expected.map(|(item, reason)| (Some(item), Some(reason))),
            "{what}"
        );
    }
    let latest = person.latest("gauge-1", "depth").await?.context("no value")?;
    assert_eq!(
        (&latest["value"], &latest["time"]),
        (&0.12.into(), &written(begin + 9_999)?.into())
    );
    assert_eq!(server.metric("hanoi_ioc_observation_stored_total").await?, 9_998.0);
    assert_eq!(
        server.metric("hanoi_ioc_observation_duplicates_total").await?,
        9_997.0 + 9_996.0
    );
    assert_eq!(person.list("/api/v1/quarantine").await?.len(), 9);
    Ok(())
}

#[tokio::test]
async fn what_is_too_large_is_refused_with_the_limit_and_leaves_nothing() -> Result<()> {
    let site = Site::new()?;
    let server = site.start().await?;
    let person = server.first_person().await?;
    let gauge = site.gauge(&server, "gauge-1").await?;
    let line = b"depth value=0.1\n";
    let body = line.repeat((10 << 20) / line.len() + 1);
    // several times: a server that closes while the client still sends is not always heard
    for _ in 0..4 {
        let answer = gauge.send(LINE, body.clone()).await?;
        assert_eq!(answer.problem(413)?, "too_large");
        assert_eq!(answer.json(413)?["limit"], 10 << 20);
    }

    // of unknown length
    let pieces: Vec<std::io::Result<Vec<u8>>> = body.chunks(1 << 20).map(|piece| Ok(piece.to_vec())).collect();
    let stream = reqwest::Body::wrap_stream(futures::stream::iter(pieces));
    assert_eq!(gauge.send(LINE, stream).await?.problem(413)?, "too_large");

    // small on the way, large at home
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let blank = vec![b' '; 1 << 20];
    for _ in 0..65 {
        encoder.write_all(&blank)?;
    }
    let bomb = encoder.finish()?;
    assert!(bomb.len() < 1 << 20);
    let request = gauge.request(LINE, bomb).header("Content-Encoding", "gzip");
    let answer = e2e::answer::Answer::of(request).await?;
    assert_eq!(answer.problem(413)?, "too_large");
    assert_eq!(answer.json(413)?["limit"], 64 << 20);

    assert!(person.list("/api/v1/quarantine").await?.is_empty());
    assert!(person.list("/api/v1/observations/latest").await?.is_empty());
    assert_eq!(gauge.depth(now_s(), 0.1).await?["accepted"], 1);
    Ok(())
}

#[tokio::test]
async fn whoever_is_refused_early_hears_why_although_still_sending() -> Result<()> {
    let site = Site::new()?;
    let server = site.start().await?;
    let gauge = site.gauge(&server, "gauge-1").await?;
    let body = vec![b' '; 9 << 20];
    let client = e2e::answer::client()?;
    let post = |path: &str| {
        client
            .post(server.url(path))
            .header("Content-Type", LINE)
            .body(body.clone())
    };
    // several times: a server that closes while the client still sends is not always heard
    for _ in 0..4 {
        let ingest = "/api/v1/observations";
        for (request, status, code) in [
            (post(ingest), 401, "credential_missing"),
            (post(ingest).bearer_auth("x"), 401, "token_invalid"),
            (gauge.request("text/csv", body.clone()), 415, "unknown_format"),
            (
                gauge.request(LINE, body.clone()).header("Content-Encoding", "br"),
                415,
                "unknown_format",
            ),
            (
                gauge.request(LINE, body.clone()).header("Idempotency-Key", "a b"),
                400,
                "idempotency_key_invalid",
            ),
            (post("/api/v1/devices"), 401, "not_signed_in"),
            (post("/api/v1/alerts"), 405, "method_not_allowed"),
        ] {
            let answer = e2e::answer::Answer::of(request).await.context(code)?;
            assert_eq!(answer.problem(status)?, code);
        }
    }
    Ok(())
}
