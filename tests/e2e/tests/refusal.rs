//! Bad content is named, kept aside durably and counted, and costs its neighbours nothing.

use anyhow::{Context, Result};
use e2e::answer::Answer;
use e2e::device::{LINE, SENML, depth};
use e2e::moment::now_s;
use e2e::site::Site;
use serde_json::Value;
use std::collections::BTreeMap;

const JSON: &str = "application/json";

/// What, content type, body, status, code of the problem, reason in quarantine.
type Case = (
    &'static str,
    &'static str,
    &'static [u8],
    u16,
    &'static str,
    &'static str,
);

const ALL: &str = "all_items_rejected";
const CASES: [Case; 17] = [
    ("JSON that ends early", SENML, b"[{", 400, "malformed", "malformed"),
    ("no JSON at all", SENML, b"<xml/>", 400, "malformed", "malformed"),
    (
        "two values in one item",
        SENML,
        br#"[{"n":"depth","v":1,"vb":true}]"#,
        422,
        ALL,
        "malformed",
    ),
    ("a line without value", LINE, b"depth", 422, ALL, "malformed"),
    (
        "a unit of something else",
        JSON,
        br#"[{"n":"depth","u":"V","v":1}]"#,
        422,
        ALL,
        "wrong_unit",
    ),
    ("no number", LINE, b"depth value=NaN", 422, ALL, "not_finite"),
    ("infinity", LINE, b"depth value=-Inf", 422, ALL, "not_finite"),
    ("the year 1970", LINE, b"depth value=1 0", 422, ALL, "time_past"),
    (
        "the year 2099",
        LINE,
        b"depth value=1 4070908800000000000",
        422,
        ALL,
        "time_future",
    ),
    (
        "bytes that are no UTF-8, in JSON",
        SENML,
        b"[{\"n\":\"\xff\",\"v\":1}]",
        422,
        ALL,
        "invalid_utf8",
    ),
    (
        "bytes that are no UTF-8, in a line",
        LINE,
        b"depth,device=\xfe value=1",
        422,
        ALL,
        "invalid_utf8",
    ),
    (
        "a name that the profile does not bind",
        LINE,
        b"dept value=1",
        422,
        ALL,
        "unknown_series",
    ),
    (
        "a truth value for a number",
        LINE,
        b"depth value=true",
        422,
        ALL,
        "wrong_type",
    ),
    (
        "deeper than any street",
        LINE,
        b"depth value=10.5",
        422,
        ALL,
        "out_of_range",
    ),
    (
        "another device",
        LINE,
        b"depth,device=gauge-2 value=1",
        422,
        ALL,
        "not_spoken_for",
    ),
    (
        "a device that does not exist",
        LINE,
        b"depth,device=nobody value=1",
        422,
        ALL,
        "not_spoken_for",
    ),
    ("a name longer than any", LINE, &[b'x'; 300], 422, ALL, "malformed"),
];

#[tokio::test]
async fn bad_content_is_named_kept_aside_and_counted() -> Result<()> {
    let site = Site::new()?;
    let server = site.start().await?;
    let person = server.first_person().await?;
    let gauge = site.gauge(&server, "gauge-1").await?;
    site.gauge(&server, "gauge-2").await?;
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for (what, content_type, body, status, code, reason) in CASES {
        let answer = gauge.send(content_type, body).await?;
        assert_eq!(answer.problem(status).context(what)?, code, "{what}");
        let problem = answer.json(status)?;
        if code == ALL {
            assert_eq!(problem["rejected"], 1, "{what}");
            assert_eq!(problem["items"][0]["item"], 0, "{what}: {problem}");
            assert_eq!(problem["items"][0]["reason"], reason, "{what}: {problem}");
        } else {
            assert_eq!(
                (&problem["reason"], &problem["line"]),
                (&reason.into(), &1.into()),
                "{what}: {problem}"
            );
        }
        *reasons.entry(reason).or_default() += 1;

        let kept = person.list("/api/v1/quarantine?limit=1").await?;
        let kept = kept.first().context(what)?;
        assert_eq!(
            (&kept["reason"], &kept["sender"]),
            (&reason.into(), &"gauge-1".into()),
            "{what}: {kept}"
        );
        if let "malformed" | "invalid_utf8" = reason {
            // as it came; an item of an array without its array
            let raw = String::from_utf8_lossy(body);
            let raw = if code == ALL {
                raw.trim_matches(['[', ']'])
            } else {
                &raw
            };
            assert_eq!(kept["raw"].as_str(), Some(raw), "{what}");
        }
        assert!(
            kept["detail"].as_str().is_some_and(|detail| detail.len() > 10),
            "{what}: {kept}"
        );
    }
    for (reason, count) in &reasons {
        let listed = person.list(&format!("/api/v1/quarantine?reason={reason}")).await?;
        assert_eq!(listed.len(), *count, "{reason}");
        let counted = format!("hanoi_ioc_observation_rejected_total{{reason=\"{reason}\"}}");
        assert_eq!(server.metric(&counted).await?, *count as f64, "{reason}");
    }
    assert_eq!(person.list("/api/v1/quarantine").await?.len(), CASES.len());
    assert!(person.list("/api/v1/observations/latest").await?.is_empty());
    assert_eq!(server.metric("hanoi_ioc_observation_stored_total").await?, 0.0);
    assert_eq!(server.metric("hanoi_ioc_panics_total").await?, 0.0);
    // what was kept can be mended and sent again
    let kept = person.list("/api/v1/quarantine?reason=wrong_unit").await?;
    let mut item: Value = serde_json::from_str(kept[0]["raw"].as_str().context("no text")?)?;
    assert_eq!((&item["n"], &item["u"]), (&"gauge-1/depth".into(), &"V".into()));
    item["u"] = "m".into();
    assert_eq!(gauge.send(SENML, format!("[{item}]")).await?.json(200)?["accepted"], 1);
    let latest = person.latest("gauge-1", "depth").await?.context("no value")?;
    assert_eq!(latest["value"], 1.0);
    // and the sender is heard as before
    assert_eq!(gauge.depth(now_s(), 0.1).await?["accepted"], 1);
    Ok(())
}

#[tokio::test]
async fn a_loader_of_everyone_is_told_of_devices_that_do_not_exist() -> Result<()> {
    let site = Site::new()?;
    let server = site.start().await?;
    let person = server.first_person().await?;
    let args = ["--profile", "flood-gauge", "--speaks-for-everyone"];
    let loader = site.device(&server, "loader", &args).await?;
    site.gauge(&server, "gauge-1").await?;
    let now = now_s();
    let body = format!("depth,device=gauge-1 value=0.1 {now}\ndepth,device=nobody value=0.1 {now}");
    let url = server.url("/api/v1/observations?precision=s");
    let request = e2e::answer::client()?.post(url).bearer_auth(&loader.token);
    let answer = Answer::of(request.header("Content-Type", LINE).body(body)).await?;
    let receipt = answer.json(200)?;
    assert_eq!((&receipt["accepted"], &receipt["rejected"]), (&1.into(), &1.into()));
    let item = &receipt["items"][0];
    assert_eq!(
        (&item["item"], &item["reason"]),
        (&1.into(), &"unknown_device".into()),
        "{receipt}"
    );
    assert_eq!(item["device"], "nobody");
    let kept = person
        .list("/api/v1/quarantine?device=nobody&reason=unknown_device")
        .await?;
    assert_eq!(kept.len(), 1);
    assert_eq!((&kept[0]["sender"], &kept[0]["item"]), (&"loader".into(), &1.into()));
    assert!(person.latest("gauge-1", "depth").await?.is_some());
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_content_is_refused_at_the_door_and_not_kept() -> Result<()> {
    let site = Site::new()?;
    let server = site.start().await?;
    let person = server.first_person().await?;
    let gauge = site.gauge(&server, "gauge-1").await?;
    let good = depth(now_s(), 0.1);
    let with = |name: &'static str, value: &'static str| gauge.request(SENML, good.clone()).header(name, value);
    let url = server.url("/api/v1/observations");
    let bare = || e2e::answer::client().map(|client| client.post(&url).header("Content-Type", SENML));
    for (what, request, status, code) in [
        (
            "an unknown format",
            gauge.request("text/csv", "a,b"),
            415,
            "unknown_format",
        ),
        (
            "an unknown encoding",
            with("Content-Encoding", "br"),
            415,
            "unknown_format",
        ),
        ("nothing in it", gauge.request(SENML, "[]"), 400, "malformed"),
        (
            "a key with a space",
            with("Idempotency-Key", "a b"),
            400,
            "idempotency_key_invalid",
        ),
        ("no credential", bare()?.body(good.clone()), 401, "credential_missing"),
        (
            "a wrong token",
            bare()?.bearer_auth("0".repeat(64)).body(good.clone()),
            401,
            "token_invalid",
        ),
    ] {
        let answer = Answer::of(request).await.context(what)?;
        assert_eq!(answer.problem(status).context(what)?, code, "{what}");
    }
    assert!(person.list("/api/v1/quarantine").await?.is_empty());
    assert!(person.list("/api/v1/observations/latest").await?.is_empty());

    // a blocked device is no longer heard, and again when it is let in
    let state = |state: &str| Some(serde_json::json!({ "state": state }));
    let path = "/api/v1/devices/gauge-1/state";
    person
        .ask(reqwest::Method::PUT, path, state("blocked"))
        .await?
        .json(200)?;
    assert_eq!(gauge.send(SENML, good.clone()).await?.problem(403)?, "device_blocked");
    person
        .ask(reqwest::Method::PUT, path, state("active"))
        .await?
        .json(200)?;
    assert_eq!(gauge.send(SENML, good).await?.json(200)?["accepted"], 1);
    Ok(())
}
