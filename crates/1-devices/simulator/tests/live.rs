//! Devices that connect with their own certificates, report, and come back after the server was away.

use crate::house::{self, Pki};
use mqtt::DownMessage;
use std::collections::BTreeSet;
use tokio_util::sync::CancellationToken;

#[tokio::test]
async fn each_device_reports_under_its_own_certificate() {
    let pki = Pki::new();
    let devices = vec![
        pki.device("air", "air-station"),
        pki.device("flood", "flood-gauge"),
        pki.device("lamp", "street-light"),
    ];
    let (listener, address) = house::port().await;
    let house = house::open(&pki, listener);
    let stop = CancellationToken::new();
    let running = tokio::spawn(simulator::run_until(
        pki.manifest(address, devices),
        stop.clone().cancelled_owned(),
    ));
    house
        .store
        .until("all have reported twice", |arrived| {
            ["air", "flood", "lamp"]
                .iter()
                .all(|id| arrived.iter().filter(|one| one.0 == *id).count() >= 16)
        })
        .await;
    let seen: BTreeSet<_> = house.store.arrived().into_iter().collect();
    for (sender, device, _, timed) in &seen {
        assert!(device == sender && *timed, "{seen:?}");
    }
    let names = |id: &str| {
        seen.iter()
            .filter(|one| one.0 == id)
            .map(|one| one.2.as_str())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        names("air"),
        ["co", "humidity", "no2", "o3", "pm10", "pm25", "so2", "temperature"]
    );
    assert_eq!(names("flood"), ["battery", "depth"]);
    assert_eq!(names("lamp"), ["lamp", "state"]);
    assert_eq!(house.store.rejected(), 0);
    stop.cancel();
    running.await.unwrap().unwrap();
    house.until_connected(0).await;
    house.close().await;
}

#[tokio::test]
async fn devices_wait_for_a_late_server_and_come_back_to_a_new_one() {
    let pki = Pki::new();
    let devices = vec![pki.device("one", "rain-gauge"), pki.device("two", "power-meter")];
    let (listener, address) = house::port().await;
    drop(listener);
    let stop = CancellationToken::new();
    let running = tokio::spawn(simulator::run_until(
        pki.manifest(address, devices),
        stop.clone().cancelled_owned(),
    ));
    for _ in 0..2 {
        let house = house::open(&pki, tokio::net::TcpListener::bind(address).await.unwrap());
        house.until_connected(2).await;
        house
            .store
            .until("both report", |arrived| {
                ["one", "two"].iter().all(|id| arrived.iter().any(|one| one.0 == *id))
            })
            .await;
        house.close().await;
    }
    stop.cancel();
    running.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_server_of_another_ca_or_name_is_not_spoken_to() {
    let (pki, foreign) = (Pki::new(), Pki::new());
    let [good, misled, deceived] = ["good", "misled", "deceived"].map(|id| pki.device(id, "rain-gauge"));
    let (listener, address) = house::port().await;
    let house = house::open(&pki, listener);
    let mut other_name = pki.manifest(address, vec![misled]);
    other_name.server_name = "elsewhere".to_owned();
    let other_ca = foreign.manifest(address, vec![deceived]);
    let stop = CancellationToken::new();
    let run = |manifest| tokio::spawn(simulator::run_until(manifest, stop.clone().cancelled_owned()));
    let cities = [other_name, other_ca, pki.manifest(address, vec![good])].map(run);
    // the others had as much time as the good one, which has reported twice
    house
        .store
        .until("the good one reports twice", |arrived| arrived.len() >= 4)
        .await;
    assert_eq!(house.handle.sessions(), 1);
    assert!(house.store.arrived().iter().all(|one| one.0 == "good"));
    stop.cancel();
    for city in cities {
        city.await.unwrap().unwrap();
    }
    house.close().await;
}

#[tokio::test]
async fn two_hundred_devices_share_one_thread() {
    let pki = Pki::new();
    let devices: Vec<_> = (0..200)
        .map(|number| pki.device(&format!("rain-{number}"), "rain-gauge"))
        .collect();
    let (listener, address) = house::port().await;
    let house = house::open(&pki, listener);
    let stop = CancellationToken::new();
    let running = tokio::spawn(simulator::run_until(
        pki.manifest(address, devices),
        stop.clone().cancelled_owned(),
    ));
    house.until_connected(200).await;
    let senders = |arrived: &[house::Arrived]| arrived.iter().map(|one| one.0.clone()).collect::<BTreeSet<_>>().len();
    house
        .store
        .until("each of them reports", |arrived| senders(arrived) == 200)
        .await;
    stop.cancel();
    running.await.unwrap().unwrap();
    house.close().await;
}

#[tokio::test]
async fn a_gateway_reports_for_devices_that_have_no_connection() {
    let pki = Pki::new();
    let mut devices = vec![pki.device("gateway-1", "gateway"), pki.device("lamp", "street-light")];
    devices[1].gateway = Some("gateway-1".to_owned());
    (devices[1].certificate, devices[1].key) = (None, None);
    let (listener, address) = house::port().await;
    let house = house::open(&pki, listener);
    let stop = CancellationToken::new();
    let running = tokio::spawn(simulator::run_until(
        pki.manifest(address, devices),
        stop.clone().cancelled_owned(),
    ));
    house
        .store
        .until("the lamp is heard through its gateway", |arrived| {
            let lamp = |one: &house::Arrived| one.0 == "gateway-1" && one.1 == "lamp" && one.2 == "state";
            arrived.iter().any(lamp)
        })
        .await;
    assert_eq!((house.handle.sessions(), house.store.rejected()), (1, 0));
    stop.cancel();
    running.await.unwrap().unwrap();
    house.close().await;
}

/// An hour passes in a second: times in the payload are virtual, and reports come sixty times as often.
#[tokio::test]
async fn a_city_in_virtual_time_reports_in_virtual_time() {
    let pki = Pki::new();
    let devices = vec![pki.device("rain", "rain-gauge")];
    let (listener, address) = house::port().await;
    let house = house::open(&pki, listener);
    let stop = CancellationToken::new();
    let mut manifest = pki.manifest(address, devices);
    let began = kernel::time::Timestamp::parse("2025-08-25T12:30:00Z").unwrap();
    manifest.time = Some(chassis::scaled::Scaling::from_now(began, 60.0).unwrap());
    manifest.interval_s = 60;
    let running = tokio::spawn(simulator::run_until(manifest, stop.clone().cancelled_owned()));
    house.store.until("three reports", |arrived| arrived.len() >= 6).await;
    stop.cancel();
    running.await.unwrap().unwrap();
    for time in house.store.times() {
        let after = time.since(began).as_secs();
        assert!(time > began && after < 86_400, "{time}");
    }
    house.close().await;
}

/// What the server publishes on `devices/pump/down` reaches the pump, and its next report says that it runs.
#[tokio::test]
async fn a_pump_takes_commands_over_its_connection() {
    let pki = Pki::new();
    let devices = vec![pki.device("pump", "pump")];
    let (listener, address) = house::port().await;
    let house = house::open(&pki, listener);
    let stop = CancellationToken::new();
    let running = tokio::spawn(simulator::run_until(
        pki.manifest(address, devices),
        stop.clone().cancelled_owned(),
    ));
    house
        .store
        .until("the first report", |arrived| !arrived.is_empty())
        .await;
    assert!(
        !house.store.flags().contains(&true),
        "it stands until it is told to run"
    );
    let send = |payload: &'static str| {
        let message = DownMessage {
            payload: payload.into(),
            ..DownMessage::default()
        };
        house.handle.publish_down("pump", message).unwrap()
    };
    // what cannot be read, and what it does not know, harm nothing
    assert_eq!(send("switch on, please"), 1);
    assert_eq!(send(r#"{"id":"0","name":"lamp.set","params":{"on":true}}"#), 1);
    assert_eq!(send(r#"{"id":"1","name":"pump.set","params":{"on":true}}"#), 1);
    house
        .store
        .until("it runs", |_| house.store.flags().contains(&true))
        .await;
    stop.cancel();
    running.await.unwrap().unwrap();
    house.close().await;
}
