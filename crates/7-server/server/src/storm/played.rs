//! The storm in virtual time, without sockets and without waiting: simulated payloads through the real house, as far as alerts.

use crate::assemble::{self, House};
use crate::clocks::Clocks;
use crate::settings;
use chassis::shutdown::Shutdown;
use device::model::Device;
use kernel::actor::Actor;
use kernel::clock::Clock;
use kernel::id::DeviceId;
use kernel::submission::{Sender, SpeaksFor, Submission};
use kernel::time::Timestamp;
use serde_json::Value;
use simulator::city::{City, Measured};
use simulator::manifest::{Manifest, Simulated};
use simulator::moment::Moment;
use simulator::storm::Storm;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use testkit::clock::VirtualClock;

const MINUTE: Duration = Duration::from_secs(60);
/// From 15 o'clock, when only a drizzle has begun, until 23 o'clock.
const BEGIN: &str = "2025-08-25T15:00:00+07:00";
const MINUTES: u32 = 8 * 60;
/// So many flood gauges, with the rain gauges of the same numbers.
const GAUGES: usize = 24;

fn simulated(device: &Device) -> Simulated {
    let place = device.place.unwrap();
    Simulated {
        id: device.id.to_string(),
        profile: device.profile.to_string(),
        certificate: None,
        key: None,
        gateway: None,
        interval_s: Some(60),
        lon: place.lon,
        lat: place.lat,
    }
}

fn city(seed: u64, storm: Storm, devices: &[Device]) -> City {
    City::new(&Manifest {
        address: "127.0.0.1:1".to_owned(),
        server_name: "localhost".to_owned(),
        ca: "ca.crt".into(),
        seed,
        interval_s: 60,
        rate: 1.0,
        flood_after_s: None,
        unsteady: 0.0,
        time: None,
        storm: Some(storm),
        devices: devices.iter().map(simulated).collect(),
    })
    .unwrap()
}

/// All reports of a minute as one submission of somebody who may speak for everyone.
fn submission(house: &House, city: &City, start: Timestamp, now: Timestamp) -> Submission {
    let mut all = uplink::Decoded::default();
    let moment = Moment::new(start, now);
    let mut readings = Vec::new();
    for index in 0..city.len() {
        if let Some(report) = city.report(index, moment) {
            uplink::decode(uplink::Format::SenmlJson, &report, now, &mut all).unwrap();
            readings.push(std::mem::take(&mut all.readings));
        }
    }
    let mut joined = kernel::submission::Readings::default();
    for one in readings {
        for row in 0..one.len() {
            let key = one.keys[one.key[row] as usize];
            let key = joined.add_key(one.text(key.device), one.text(key.name), one.text(key.unit));
            joined.push(key, Some(one.time[row]), one.kind[row], one.bits[row], one.item[row]);
        }
    }
    let device = DeviceId::new("loader").unwrap();
    Submission {
        sender: Sender {
            shown: kernel::submission::Shown::Nothing,
            speaks_for: Arc::new(SpeaksFor::Everyone),
            actor: Arc::new(Actor::device(&device, &house.tenant)),
            device,
        },
        received: now,
        readings: joined,
        rejected: Vec::new(),
        key: None,
    }
}

/// The first time at which a device measured more than `above`.
type Firsts = BTreeMap<String, Timestamp>;

fn note(firsts: &mut Firsts, city: &City, index: usize, moment: Moment, above: f64) {
    let first = city
        .measure(index, moment)
        .and_then(|readings| readings.first().copied());
    if let Some(Measured::Number { value, .. }) = first.map(|reading| reading.value)
        && value > above
    {
        firsts.entry(city.id(index).to_owned()).or_insert(moment.at);
    }
}

/// All facts of alerts whose code begins so, in order, once so many have been raised.
async fn raised(house: &House, code: &str, at_least: usize) -> Vec<Value> {
    let mut head = house.engine.journal.head();
    loop {
        let mut found = Vec::new();
        let mut after = 0;
        loop {
            let page = house
                .engine
                .journal
                .read(after, &["alert.raised."], 1_000)
                .await
                .unwrap();
            let Some(last) = page.last() else { break };
            after = last.number;
            found.extend(
                page.into_iter()
                    .map(|entry| entry.fact.data)
                    .filter(|alert| alert["code"].as_str().is_some_and(|each| each.starts_with(code))),
            );
        }
        if found.len() >= at_least {
            return found;
        }
        head.changed().await.unwrap();
    }
}

fn time(alert: &Value) -> Timestamp {
    Timestamp::parse(alert["raised_at"].as_str().unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn rain_comes_before_water_and_water_before_alerts() {
    let dir = tempfile::tempdir().unwrap();
    let args = crate::cli::ConfigArgs {
        config: None,
        data_dir: Some(dir.path().to_owned()),
    };
    let settings = settings::load(&args).unwrap().settings;
    let start = Timestamp::parse(BEGIN).unwrap();
    let clock = Arc::new(VirtualClock::at(start));
    let clocks = Clocks {
        clock: Arc::clone(&clock) as Arc<dyn Clock>,
        ..Clocks::real()
    };
    let shutdown = Shutdown::default();
    let house = assemble::open(&settings, &clocks, &shutdown).await.unwrap();
    let storm = house.pack.storms[0].clone();
    let of = |profile: &str| {
        let some = house
            .pack
            .demo_devices
            .iter()
            .filter(|device| device.profile.as_str() == profile);
        some.take(GAUGES).cloned().collect::<Vec<_>>()
    };
    let (floods, rains) = (of("flood-gauge"), of("rain-gauge"));
    let devices: Vec<Device> = floods.iter().chain(&rains).cloned().collect();
    let actor = Actor::service("test", &house.tenant);
    house.devices.import(&actor, devices.clone()).await.unwrap();
    let city = city(2025, storm, &devices);

    let (mut wet, mut deep, mut flooded) = (Firsts::new(), Firsts::new(), Firsts::new());
    for minute in 0..MINUTES {
        let now = start.plus(MINUTE * minute);
        clock.set(now);
        let moment = Moment::new(start, now);
        for index in 0..city.len() {
            if index < GAUGES {
                note(&mut deep, &city, index, moment, 0.08);
                note(&mut flooded, &city, index, moment, 0.15);
            } else {
                note(&mut wet, &city, index, moment, 20.0);
            }
        }
        let receipt = house
            .observations
            .accept(&submission(&house, &city, start, now))
            .await
            .unwrap();
        // the last rain gauge overflows now and then: what is impossible is kept aside, the rest is taken
        assert!(receipt.accepted as usize >= 2 * city.len() - 2, "{receipt:?}");
    }
    assert!(flooded.len() >= 4, "too few black spots are flooded: {flooded:?}");
    let alerts = raised(&house, "flood_depth", flooded.len()).await;
    let first_rain = wet.values().min().unwrap();
    for alert in &alerts {
        let device = alert["device"].as_str().unwrap();
        let (water, alarm) = (deep[device], flooded[device]);
        assert!(
            *first_rain < water,
            "{device}: {water} is not after the rain, {first_rain}"
        );
        assert!(
            water < alarm && alarm <= time(alert),
            "{device}: {water}, {alarm}, {alert}"
        );
        assert!(
            time(alert).since(alarm) <= MINUTE,
            "{device}: the alert came late, {alert}"
        );
        assert!(
            alert["areas"].as_array().is_some_and(|areas| !areas.is_empty()),
            "no ward would be coloured: {alert}"
        );
    }
    let ids: std::collections::BTreeSet<_> = alerts.iter().map(|alert| alert["device"].as_str()).collect();
    assert_eq!(
        ids.len(),
        flooded.len(),
        "one alert for each flooded place and none elsewhere"
    );
    let rain_alerts = raised(&house, "rain_", 1).await;
    assert!(rain_alerts.iter().all(|alert| time(alert) > *first_rain));

    let mut ended = house.pipeline_ended.clone();
    shutdown
        .pipelines
        .spawn(async move { drop(ended.wait_for(|ended| *ended).await) });
    shutdown.run(Duration::from_secs(20)).await;
}
