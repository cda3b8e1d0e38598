//! From water on the road to an alert that somebody takes note of, and to its end.

use anyhow::{Context, Result};
use e2e::device::depth;
use e2e::moment::{now_s, read};
use e2e::mosquitto::Mosquitto;
use e2e::site::Site;
use serde_json::json;

#[tokio::test]
async fn a_flood_is_raised_acknowledged_and_cleared_before_everybodys_eyes() -> Result<()> {
    let site = Site::new()?;
    let server = site.start().await?;
    let person = server.first_person().await?;
    site.gauge(&server, "gauge-1").await?;
    let folder = site.certificate("gauge-1").await?;
    let publish = async |time_s: i64, metres: f64| {
        let up = Mosquitto::up(server.addresses.mqtts, "5", "gauge-1", &depth(time_s, metres));
        up.trusting(&folder.join("ca.crt"))
            .showing(&folder, "gauge-1")
            .publish()
            .await
    };
    let mut events = person.follow("/api/v1/events", None).await?;
    assert_eq!(events.next().await?.context("no event")?.kind, "open");
    let now = now_s();

    // below every limit: nothing
    assert!(publish(now - 300, 0.1).await?.good);
    assert!(person.list("/api/v1/alerts").await?.is_empty());

    assert!(publish(now - 200, 0.6).await?.good);
    let raised = events.next().await?.context("no event")?;
    assert_eq!(raised.kind, "alert.raised.v1");
    let alert = &raised.data["data"];
    let id = alert["id"].as_str().context("no id")?.to_owned();
    assert_eq!((&alert["code"], &alert["severity"]), (&"flood_depth".into(), &4.into()));
    assert_eq!(
        (&alert["device"], &alert["areas"]),
        (&"gauge-1".into(), &json!(["00097"]))
    );
    assert_eq!(
        (&alert["params"]["value"], &alert["params"]["limit"]),
        (&0.6.into(), &0.5.into())
    );
    let listed = person.list("/api/v1/alerts?state=raised&device=gauge-1").await?;
    assert_eq!(listed.len(), 1);
    assert_eq!(
        (&listed[0]["id"], &listed[0]["acknowledged"]),
        (&id.clone().into(), &json!(null))
    );
    assert_eq!(listed[0]["title"]["vi"], "Ngập sâu: gauge-1");

    // who and when
    let path = format!("/api/v1/alerts/{id}/acknowledge");
    let before = now_s();
    let acknowledged = person.post(&path, json!({ "comment": "đã cử tổ trực" })).await?;
    assert_eq!(acknowledged["state"], "acknowledged");
    assert_eq!(acknowledged["acknowledged"]["by"], person.id);
    let at = read(acknowledged["acknowledged"]["at"].as_str().context("no time")?)?;
    assert!((before..=now_s()).contains(&at), "{at} is not now");
    let timeline = acknowledged["timeline"].as_array().context("no timeline")?;
    let last = timeline.last().context("an empty timeline")?;
    assert_eq!(
        (&last["by"], &last["text"]),
        (&person.id.clone().into(), &"đã cử tổ trực".into()),
        "{last}"
    );
    let event = events.next().await?.context("no event")?;
    assert_eq!(event.kind, "alert.acknowledged.v1");
    assert_eq!(event.data["data"]["acknowledged"]["by"], person.id);
    let twice = person.ask(reqwest::Method::POST, &path, Some(json!({}))).await?;
    let problem = twice.json(409)?;
    assert_eq!(
        (&problem["state"], &problem["by"]),
        (&"acknowledged".into(), &person.id.clone().into()),
        "{problem}"
    );

    // the water falls below the limit by more than the hysteresis
    assert!(publish(now - 100, 0.05).await?.good);
    let cleared = events.next_of("alert.cleared.v1").await?;
    assert_eq!(cleared.data["data"]["id"], id);
    let alert = person.get(&format!("/api/v1/alerts/{id}")).await?;
    assert_eq!((&alert["state"], &alert["raises"]), (&"cleared".into(), &1.into()));
    assert!(alert["cleared_at"].is_string());
    assert!(person.list("/api/v1/alerts?state=open").await?.is_empty());
    assert_eq!(person.list("/api/v1/alerts?state=cleared").await?.len(), 1);

    // who was away resumes behind the last event that was seen
    let mut resumed = person.follow("/api/v1/events", Some(&raised.id)).await?;
    assert_eq!(resumed.next_of("alert.acknowledged.v1").await?.id, event.id);
    assert_eq!(resumed.next_of("alert.cleared.v1").await?.id, cleared.id);
    Ok(())
}

#[tokio::test]
async fn live_values_follow_one_device() -> Result<()> {
    let site = Site::new()?;
    let server = site.start().await?;
    let person = server.first_person().await?;
    let gauge = site.gauge(&server, "gauge-1").await?;
    let other = site.gauge(&server, "gauge-2").await?;
    let mut live = person
        .follow("/api/v1/observations/stream?device=gauge-1", None)
        .await?;
    // the first event is what there is already
    assert_eq!(live.next_of("observation").await?.data, json!([]));
    let now = now_s();
    other.depth(now, 0.11).await?;
    gauge.depth(now, 0.12).await?;
    let event = live.next_of("observation").await?;
    let items = event.data.as_array().context("no array")?;
    let seen: Vec<_> = items
        .iter()
        .map(|item| (item["device"].as_str(), item["value"].as_f64()))
        .collect();
    assert_eq!(seen, [(Some("gauge-1"), Some(0.12))]);
    Ok(())
}
