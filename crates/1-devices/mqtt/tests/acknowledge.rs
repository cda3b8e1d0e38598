//! PUBACK: never before the data is durable, always in order, and with the right words.

use crate::house::{self, Mode, reading};
use crate::raw::{Raw, hello, publish};
use driver::intake::IntakeError;
use mqtt::Limits;
use proptest::prelude::*;
use std::time::Duration;

const UP: &str = "devices/gauge/up";

#[tokio::test]
async fn no_puback_before_the_intake_says_durable_and_all_in_order() {
    for v5 in [false, true] {
        let house = house::plain().await;
        house.store.set(Mode::Gated);
        let mut raw = Raw::join(&house, &hello(v5, "gauge")).await;
        for id in 1..=3 {
            raw.send(&publish(v5, UP, id, reading("level", id.into()).as_bytes()))
                .await;
            let calls = usize::from(id);
            house
                .store
                .until("the submission is on its way", |store| store.calls() == calls)
                .await;
        }
        raw.nothing_came().await;
        // the later ones are durable first, and wait for their turn
        house.store.release(2, Ok(()));
        house.store.release(1, Ok(()));
        house
            .store
            .until("two are stored", |store| store.stored().len() == 2)
            .await;
        raw.nothing_came().await;
        house.store.release(0, Ok(()));
        for id in 1..=3 {
            assert_eq!(raw.puback().await, (id, 0));
        }
    }
}

#[tokio::test]
async fn a_burst_shares_one_submission_and_keeps_its_order() {
    for v5 in [false, true] {
        let house = house::plain().await;
        house.store.set(Mode::Gated);
        let mut raw = Raw::join(&house, &hello(v5, "gauge")).await;
        // the first one holds nothing up; what comes in one write behind it is taken together
        let burst: Vec<u8> = (1..=50)
            .flat_map(|id| publish(v5, UP, id, reading("level", id.into()).as_bytes()))
            .collect();
        raw.send(&burst).await;
        house.store.until("a submission came", |store| store.calls() > 0).await;
        house.store.set(Mode::Store);
        raw.nothing_came().await;
        let calls = house.store.calls();
        assert!(calls <= 3, "{calls} submissions for one burst");
        for call in 0..calls {
            house.store.release_if_gated(call);
        }
        for id in 1..=50 {
            assert_eq!(raw.puback().await, (id, 0));
        }
        assert_eq!(house.store.readings().len(), 50);
    }
}

#[tokio::test]
async fn bad_items_are_named_to_mqtt_5_and_reported_to_3_1_1() {
    let house = house::plain().await;
    let payloads = [
        "level value=1",
        "bad value=1",
        "level value=1\nbad value=2",
        "level value=",
    ];
    let mut raw = Raw::join(&house, &hello(true, "gauge")).await;
    for (index, payload) in payloads.iter().enumerate() {
        raw.send(&publish(true, UP, index as u16 + 1, payload.as_bytes())).await;
        let (_, body) = raw.read().await;
        let words = String::from_utf8_lossy(&body);
        let (code, said) = match index {
            0 => (0, ""),
            1 => (0x99, "item 0: out_of_range: 1e9 m; allowed: -2 to 15 m"),
            2 => (0, "item 1: out_of_range"),
            _ => (0x99, "item 0: malformed"),
        };
        assert_eq!(body.get(2).copied().unwrap_or(0), code, "{payload}: {words}");
        assert!(words.contains(said), "{payload}: {words}");
        assert_eq!(words.contains("rejected"), index == 2, "{payload}: {words}");
    }
    let mut raw = Raw::join(&house, &hello(false, "gauge")).await;
    raw.send(&crate::raw::subscribe(false, 1, &["devices/gauge/errors"]))
        .await;
    assert_eq!(raw.read().await, (0x90, vec![0, 1, 1]));
    raw.send(&publish(false, UP, 7, payloads[2].as_bytes())).await;
    assert_eq!(raw.puback().await, (7, 0));
    let (first, body) = raw.read().await;
    assert_eq!(first, 0x32);
    let report: serde_json::Value = serde_json::from_slice(&body[2 + "devices/gauge/errors".len() + 2..]).unwrap();
    assert_eq!(report["packet_id"], 7);
    assert_eq!(report["items"][0]["item"], 1);
    assert_eq!(report["items"][0]["reason"], "out_of_range");
    assert_eq!(house.store.stored().len(), 5, "bad content is handed to quarantine");
}

#[tokio::test]
async fn neighbours_in_a_burst_are_told_apart() {
    let house = house::plain().await;
    let mut raw = Raw::join(&house, &hello(true, "gauge")).await;
    let names = ["level", "bad", "level", "bad", "level"];
    let burst: Vec<u8> = (0..5)
        .flat_map(|i| publish(true, UP, i + 1, reading(names[i as usize], 1).as_bytes()))
        .collect();
    raw.send(&burst).await;
    for (index, name) in names.iter().enumerate() {
        let code = if *name == "bad" { 0x99 } else { 0 };
        assert_eq!(raw.puback().await, (index as u16 + 1, code));
    }
}

#[tokio::test]
async fn a_full_log_is_never_acknowledged() {
    for error in [IntakeError::Full, IntakeError::Busy] {
        let limits = Limits {
            hold: Duration::from_millis(200),
            ..Limits::default()
        };
        let house = house::open(limits, None).await;
        house.store.set(Mode::Fail(error));
        let mut raw = Raw::join(&house, &hello(true, "gauge")).await;
        raw.send(&publish(true, UP, 1, b"level value=1")).await;
        assert_eq!(raw.puback().await, (1, 0x97));
        let mut raw = Raw::join(&house, &hello(false, "gauge")).await;
        raw.send(&publish(false, UP, 1, b"level value=1")).await;
        raw.closed(false, 0).await;
        assert!(house.store.calls() > 2, "it was tried again");
        assert!(house.store.stored().is_empty());
    }
}

#[tokio::test]
async fn a_held_publish_is_stored_when_there_is_room_again() {
    let house = house::plain().await;
    house.store.set(Mode::Fail(IntakeError::Full));
    let mut raw = Raw::join(&house, &hello(false, "gauge")).await;
    raw.send(&publish(false, UP, 1, b"level value=1")).await;
    house.store.until("it was tried", |store| store.calls() > 0).await;
    house.store.set(Mode::Store);
    assert_eq!(raw.puback().await, (1, 0));
    assert_eq!(house.store.stored().len(), 1);
}

#[tokio::test]
async fn silent_storage_ends_the_connection_without_puback() {
    for v5 in [false, true] {
        let house = house::plain().await;
        house.store.set(Mode::Gated);
        let mut raw = Raw::join(&house, &hello(v5, "gauge")).await;
        for id in [1, 2] {
            raw.send(&publish(v5, UP, id, b"level value=1")).await;
            house
                .store
                .until("it is on its way", |store| store.calls() == usize::from(id))
                .await;
        }
        house.store.release(0, Err(IntakeError::Unavailable));
        house.store.release(1, Ok(()));
        // the second one is stored, but may not be acknowledged before the first
        raw.closed(v5, 0x89).await;
    }
}

#[tokio::test]
async fn back_pressure_stops_reading_and_loses_nothing() {
    for v5 in [false, true] {
        let limits = Limits {
            in_flight_bytes: 4_000,
            ..Limits::default()
        };
        let house = house::open(limits, None).await;
        house.store.set(Mode::Gated);
        let mut raw = Raw::join(&house, &hello(v5, "gauge")).await;
        for id in 1..=500 {
            raw.send(&publish(v5, UP, id, reading("level", id.into()).as_bytes()))
                .await;
        }
        house
            .store
            .until("something is on its way", |store| store.calls() > 0)
            .await;
        let waiting: usize = (0..house.store.calls()).map(|call| house.store.rows_of(call)).sum();
        assert!(waiting < 50, "{waiting} publishes were taken at once");
        house.store.set(Mode::Store);
        (0..house.store.calls()).for_each(|call| house.store.release_if_gated(call));
        for id in 1..=500 {
            assert_eq!(raw.puback().await, (id, 0));
        }
        assert_eq!(house.store.readings().len(), 500);
    }
}

#[tokio::test]
async fn what_was_sent_before_a_goodbye_is_stored() {
    let house = house::plain().await;
    house.store.set(Mode::Gated);
    let mut raw = Raw::join(&house, &hello(false, "gauge")).await;
    let mut bytes = publish(false, UP, 0, b"level value=1");
    bytes.extend_from_slice(&[0xe0, 0]);
    raw.send(&bytes).await;
    drop(raw);
    house.store.until("it is on its way", |store| store.calls() == 1).await;
    house.store.release(0, Ok(()));
    house
        .store
        .until("it is stored", |store| store.stored().len() == 1)
        .await;
}

#[tokio::test]
async fn a_gateway_speaks_for_its_children() {
    let house = house::plain().await;
    let mut raw = Raw::join(&house, &hello(true, "gw")).await;
    raw.send(&publish(true, "devices/child/up", 1, b"level value=1")).await;
    assert_eq!(raw.puback().await, (1, 0));
    raw.send(&publish(true, "devices/gw/up", 2, b"level value=1")).await;
    assert_eq!(raw.puback().await, (2, 0));
    let readings = house.store.readings();
    assert_eq!(
        readings,
        [("child".into(), "level".into()), ("gw".into(), "level".into())]
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever the order in which submissions become durable: a PUBACK comes as soon as its own and all before it are, and never sooner.
    #[test]
    fn pubacks_follow_the_longest_durable_prefix(
        v5: bool,
        order in (1..9_usize).prop_flat_map(|count| Just((0..count).collect::<Vec<_>>()).prop_shuffle()),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let house = house::plain().await;
            house.store.set(Mode::Gated);
            let mut raw = Raw::join(&house, &hello(v5, "gauge")).await;
            for call in 0..order.len() {
                raw.send(&publish(v5, UP, call as u16 + 1, b"level value=1")).await;
                house.store.until("it is on its way", |store| store.calls() == call + 1).await;
            }
            let (mut durable, mut acknowledged) = (vec![false; order.len()], 0);
            for call in &order {
                house.store.release(*call, Ok(()));
                durable[*call] = true;
                while durable.get(acknowledged) == Some(&true) {
                    acknowledged += 1;
                    assert_eq!(raw.puback().await, (acknowledged as u16, 0));
                }
                raw.nothing_came().await;
            }
            assert_eq!(acknowledged, order.len());
        });
    }
}
