//! The VN_AQI through the built program: hourly values in over HTTP, the index of the decision's example out, a signal
//! when the air is bad, a correction when a late value comes.

use anyhow::{Context, Result};
use e2e::device::{Device, SENML};
use e2e::moment::{now_s, until, written};
use e2e::person::{PASSWORD, Person};
use e2e::site::Site;
use serde_json::{Value, json};

/// PM2.5 of twelve hours, the newest last, as QĐ 1459/QĐ-TCMT 2.3 a prints them.
const PM25: [f64; 12] = [26.9, 24.7, 20.5, 23.5, 19.5, 16.5, 19.0, 16.5, 20.3, 22.4, 19.6, 20.6];

/// Start of an hour that is over and settled, also when the clock strikes during the test.
fn newest_hour() -> i64 {
    (now_s() - 120) / 3_600 * 3_600 - 3_600
}

/// One value in the middle of each hour, the last one in `newest`.
fn hourly(name: &str, newest: i64, values: &[f64]) -> Vec<Value> {
    let first = newest - 3_600 * (values.len() as i64 - 1);
    let hours = (0..).map(|hour| first + 3_600 * hour + 1_800);
    let rows = hours.zip(values);
    rows.map(|(time, value)| json!({ "n": name, "u": "ug/m3", "t": time, "v": value }))
        .collect()
}

async fn send(device: &Device, rows: Vec<Value>) -> Result<Value> {
    device.send(SENML, Value::from(rows).to_string()).await?.json(200)
}

async fn index(person: &Person, station: &str, newest: i64, wanted: u64) -> Result<Value> {
    until(&format!("the index of {station} is {wanted}"), async || {
        let latest = person.latest(station, "vn-aqi.hour").await?;
        let time = written(newest)?;
        Ok(latest.filter(|latest| latest["time"] == time && latest["value"].as_f64() == Some(wanted as f64)))
    })
    .await
}

#[tokio::test]
async fn the_example_of_the_decision_comes_out_and_is_corrected_by_late_data() -> Result<()> {
    let site = Site::new()?;
    let server = site.start().await?;
    let person = server.first_person().await?;
    let station = site.device(&server, "air-1", &["--profile", "air-station"]).await?;
    let newest = newest_hour();
    let mut rows = hourly("pm25", newest, &PM25);
    rows.extend(hourly("o3", newest, &[136.1]));
    rows.extend(hourly("no2", newest, &[118.7]));
    assert_eq!(send(&station, rows).await?["accepted"], 14);

    let latest = index(&person, "air-1", newest, 59).await?;
    assert_eq!(
        (&latest["attribute"], &latest["source"], &latest["entity"]),
        (
            &json!("airQualityIndex"),
            &json!("derived"),
            &json!("urn:ngsi-ld:AirQualityObserved:hanoi:air-1")
        )
    );
    let level = person.latest("air-1", "vn-aqi.level").await?.context("no level")?;
    assert_eq!(level["value"], "trung_binh");
    let ward = person.latest("area-00097", "vn-aqi.hour").await?.context("no ward")?;
    assert_eq!((&ward["value"], &ward["time"]), (&latest["value"], &latest["time"]));

    let at = written(newest + 3_600)?;
    let answer = person
        .get(&format!("/api/v1/indicators/vn-aqi?station=air-1&at={at}"))
        .await?;
    let value = &answer["items"][0];
    let parts = &value["parts"];
    assert_eq!(
        (&value["index"], &value["main"], &value["level"]["title"]["vi"]),
        (&json!(59), &json!("no2"), &json!("Trung bình"))
    );
    assert_eq!(
        (&parts["o3"]["index"], &parts["pm25"]["index"], &parts["no2"]["index"]),
        (&json!(43), &json!(41), &json!(59))
    );
    let nowcast = parts["pm25"]["concentration"].as_f64().context("no Nowcast")?;
    assert_eq!((nowcast * 10.0).round(), 203.0, "{nowcast}");
    let series = person.list("/api/v1/observations/latest?device=air-1").await?;
    let number = |name: &str| {
        series
            .iter()
            .find(|item| item["name"] == name)
            .map(|item| item["series"].clone())
    };
    let mut inputs = ["pm25", "o3", "no2"].map(|name| number(name).and_then(|id| id.as_u64()));
    inputs.sort_unstable();
    assert_eq!(value["inputs"], json!(inputs));

    // nobody but the house writes a computed value
    let forged = json!([{ "n": "vn-aqi.hour", "t": newest, "v": 1 }]).to_string();
    let problem = station.send(SENML, forged).await?.json(422)?;
    assert_eq!(problem["items"][0]["reason"], "unknown_series", "{problem}");

    // the newest hour is corrected, an earlier one comes late
    send(&station, hourly("no2", newest, &[10.0])).await?;
    index(&person, "air-1", newest, 43).await?;
    send(&station, hourly("o3", newest, &[700.0])).await?;
    index(&person, "air-1", newest, 275).await?;
    Ok(())
}

#[tokio::test]
async fn bad_air_is_an_alert_once_also_over_a_restart_and_ends() -> Result<()> {
    let site = Site::new()?;
    let server = site.start().await?;
    let person = server.first_person().await?;
    let station = site.device(&server, "air-1", &["--profile", "air-station"]).await?;
    let mut events = person.follow("/api/v1/events", None).await?;
    let newest = newest_hour();
    send(&station, hourly("pm25", newest, &[200.0; 12])).await?;
    index(&person, "air-1", newest, 250).await?;
    let raised = loop {
        let raised = events.next_of("alert.raised.v1").await?;
        if raised.data["data"]["code"] == "vn_aqi" {
            break raised;
        }
    };
    let alert = &raised.data["data"];
    assert_eq!(
        (&alert["device"], &alert["areas"], &alert["params"]["level"]),
        (&json!("air-1"), &json!(["00097"]), &json!("rat_xau"))
    );
    assert!(server.terminate().await?.success());
    let server = site.start().await?;
    let person = Person::sign_in(&server, PASSWORD).await?;
    let station = station.at(&server)?;
    index(&person, "air-1", newest, 250).await?;
    let of_air = async || -> Result<Vec<Value>> {
        let all = person.list("/api/v1/alerts").await?;
        Ok(all.into_iter().filter(|alert| alert["code"] == "vn_aqi").collect())
    };
    let before = of_air().await?;
    assert_eq!((before.len(), &before[0]["raises"]), (1, &json!(1)));

    // the values are corrected: the air was good
    send(&station, hourly("pm25", newest, &[10.0; 12])).await?;
    index(&person, "air-1", newest, 20).await?;
    until("the alert is cleared", async || {
        let now = of_air().await?;
        Ok((now.len() == 1 && now[0]["state"] == "cleared").then_some(()))
    })
    .await
}

#[tokio::test]
async fn the_pack_says_where_the_figures_come_from() -> Result<()> {
    let site = Site::new()?;
    let server = site.start().await?;
    let person = server.first_person().await?;
    let list = person.list("/api/v1/indicators").await?;
    let one = list.first().context("no indicator")?;
    assert_eq!(
        (&one["id"], &one["standard"]["edition"]),
        (&json!("vn-aqi"), &json!("1459/QĐ-TCMT"))
    );
    assert_eq!(one["bands"].as_array().map(Vec::len), Some(6));
    let empty = person.get("/api/v1/indicators/vn-aqi?by=area").await?;
    assert_eq!(empty["items"], json!([]));
    Ok(())
}
