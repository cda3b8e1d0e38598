//! From deep water on the road to an incident, which a person works on and closes; the numbers survive a kill.

use anyhow::{Context, Result};
use e2e::device::depth;
use e2e::moment::now_s;
use e2e::mosquitto::Mosquitto;
use e2e::person::{PASSWORD, Person};
use e2e::site::Site;
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn deep_water_over_mqtt_opens_an_incident_that_a_person_closes() -> Result<()> {
    let site = Site::new()?;
    let server = site.start().await?;
    let person = server.first_person().await?;
    for gauge in ["gauge-1", "gauge-2"] {
        site.gauge(&server, gauge).await?;
        site.certificate(gauge).await?;
    }
    let folder = site.path("certificates");
    let mqtts = server.addresses.mqtts;
    let publish = async |gauge: &str, time_s: i64, metres: f64| {
        let up = Mosquitto::up(mqtts, "5", gauge, &depth(time_s, metres));
        let up = up.trusting(&folder.join("ca.crt")).showing(&folder, gauge);
        up.publish().await
    };
    let mut events = person.follow("/api/v1/events?types=incident.", None).await?;
    assert_eq!(events.next().await?.context("no event")?.kind, "open");
    let now = now_s();

    // 0.35 m is level 3: an alert, but no incident; then 0.6 m is level 4
    assert!(publish("gauge-1", now - 300, 0.35).await?.good);
    assert!(publish("gauge-1", now - 200, 0.6).await?.good);
    let opened = events.next().await?.context("no event")?;
    assert_eq!(opened.kind, "incident.opened.v1");
    let told = &opened.data["data"];
    let id = told["id"].as_str().context("no id")?.to_owned();
    let number = told["number"].as_str().context("no number")?.to_owned();
    assert!(number.starts_with("SC-") && number.ends_with("-00001"), "{number}");
    assert_eq!((&told["severity"], &told["kind"]), (&json!(4), &json!("flood_depth")));
    assert_eq!((&told["areas"], &told["state"]), (&json!(["00097"]), &json!("open")));
    let alerts = person.list("/api/v1/alerts").await?;
    assert_eq!(alerts.len(), 1);
    assert_eq!(told["alerts"][0]["id"], alerts[0]["id"]);

    // a second gauge of the ward joins
    assert!(publish("gauge-2", now - 190, 0.35).await?.good);
    let linked = events.next().await?.context("no event")?;
    assert_eq!(
        (linked.kind.as_str(), &linked.data["data"]["id"]),
        ("incident.linked.v1", &json!(id))
    );

    let path = format!("/api/v1/incidents/{id}");
    person
        .post(&format!("{path}/assign"), json!({ "org": "so-xay-dung" }))
        .await?;
    person.post(&format!("{path}/work"), json!({})).await?;
    let noted = person
        .post(&format!("{path}/note"), json!({ "text": "đã cử tổ bơm" }))
        .await?;
    let last = noted["timeline"]
        .as_array()
        .and_then(|lines| lines.last())
        .context("no line")?;
    assert_eq!(
        (&last["by"], &last["text"]),
        (&json!(person.id), &json!("đã cử tổ bơm"))
    );

    // the water falls at both gauges: a note, and it stays open
    assert!(publish("gauge-1", now - 100, 0.05).await?.good);
    assert!(publish("gauge-2", now - 90, 0.05).await?.good);
    for kind in [
        "incident.assigned.v1",
        "incident.started.v1",
        "incident.noted.v1",
        "incident.noted.v1",
    ] {
        assert_eq!(events.next().await?.context("no event")?.kind, kind);
    }
    let incident = person.get(&path).await?;
    assert_eq!(
        (&incident["state"], &incident["alerts_going_on"]),
        (&json!("in_progress"), &json!(0))
    );
    let last = incident["timeline"]
        .as_array()
        .and_then(|lines| lines.last())
        .context("no line")?;
    assert_eq!(
        (&last["act"], &last["by"]),
        (&json!("alerts_over"), &json!("service:incident"))
    );

    let close = json!({ "reason": "resolved", "text": "nước đã rút" });
    let closed = person.post(&format!("{path}/close"), close.clone()).await?;
    assert_eq!(
        (&closed["closed"]["by"], &closed["closed"]["reason"]),
        (&json!(person.id), &json!("resolved"))
    );
    let again = person.ask(Method::POST, &format!("{path}/close"), Some(close)).await?;
    assert_eq!(again.problem(409)?, "wrong_state");
    assert!(person.list("/api/v1/incidents?state=active").await?.is_empty());
    assert_eq!(person.list(&format!("/api/v1/incidents?q={number}")).await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn numbers_go_on_after_a_kill_without_gap_or_double() -> Result<()> {
    let site = Site::new()?;
    let server = site.start().await?;
    let person = server.first_person().await?;
    let gauge = site.gauge(&server, "gauge-1").await?;
    let call = |key: &str| {
        (
            key.to_owned(),
            json!({ "title": "Cháy nhà", "kind": "fire", "severity": 4, "areas": ["00097"] }),
        )
    };
    let open = async |person: &Person, (key, body): (String, Value)| -> Result<Value> {
        let request = person
            .request(Method::POST, "/api/v1/incidents")
            .header("Idempotency-Key", key);
        e2e::answer::Answer::of(request.json(&body)).await?.json(201)
    };
    let first = open(&person, call("a")).await?;
    gauge.depth(now_s() - 60, 0.7).await?;
    server.kill().await?;

    let server = site.start().await?;
    let person = Person::sign_in(&server, PASSWORD).await?;
    // the flood of before the kill is opened now at the latest; asking again with the old key opens nothing
    let mut events = person.follow("/api/v1/events?types=incident.", Some("0")).await?;
    let mut opened = 0;
    while opened < 2 {
        opened += u32::from(events.next().await?.context("no event")?.kind == "incident.opened.v1");
    }
    assert_eq!(open(&person, call("a")).await?["id"], first["id"]);
    open(&person, call("b")).await?;
    let mut numbers: Vec<String> = person
        .list("/api/v1/incidents")
        .await?
        .iter()
        .filter_map(|incident| incident["number"].as_str().map(Into::into))
        .collect();
    numbers.sort();
    let serials: Vec<&str> = numbers.iter().map(|number| &number[number.len() - 5..]).collect();
    assert_eq!(serials, ["00001", "00002", "00003"]);
    Ok(())
}
