//! Devices that connect with their own certificates, report, and come back after the server was away.

use crate::house::{self, Pki};
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
                .all(|id| arrived.iter().filter(|one| one.0 == *id).count() >= 8)
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
    assert_eq!(names("air"), ["humidity", "pm10", "pm25", "temperature"]);
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
