//! What is refused at the door: topics, sizes, QoS 2, broken packets. Nothing of it is stored and nothing panics.

use crate::house;
use crate::raw::{Raw, hello, packet, publish, publish_with, subscribe, text};
use mqtt::Limits;
use proptest::prelude::*;

#[tokio::test]
async fn foreign_topics_are_not_authorised_and_nothing_is_stored() {
    let house = house::plain().await;
    for topic in [
        "devices/other/up",
        "devices/gauge/down",
        "devices/gauge/errors",
        "other",
        "$SYS/x",
        "devices/+/up",
    ] {
        let mut raw = Raw::join(&house, &hello(true, "gauge")).await;
        raw.send(&publish(true, topic, 1, b"level value=1")).await;
        assert_eq!(raw.puback().await, (1, 0x87), "{topic}");
        raw.send(&publish(true, topic, 0, b"level value=1")).await;
        raw.nothing_came().await;
        let mut raw = Raw::join(&house, &hello(false, "gauge")).await;
        raw.send(&publish(false, topic, 1, b"level value=1")).await;
        raw.closed(false, 0).await;
    }
    assert_eq!(house.store.calls(), 0);
}

#[tokio::test]
async fn foreign_filters_are_refused_one_by_one() {
    let house = house::plain().await;
    let filters = [
        "devices/gauge/down",
        "devices/other/down",
        "#",
        "devices/gauge/#",
        "$share/g/devices/gauge/down",
        "a/#/b",
    ];
    for (v5, expected) in [
        (false, [1, 0x80, 0x80, 1, 0x80, 0x80]),
        (true, [1, 0x87, 0x87, 1, 0x9e, 0x8f]),
    ] {
        let mut raw = Raw::join(&house, &hello(v5, "gauge")).await;
        raw.send(&subscribe(v5, 9, &filters)).await;
        let (first, body) = raw.read().await;
        assert_eq!((first, &body[..2]), (0x90, &[0, 9][..]));
        assert_eq!(body[body.len() - 6..], expected);
    }
}

#[tokio::test]
async fn qos_2_is_refused() {
    for v5 in [false, true] {
        let house = house::plain().await;
        let mut raw = Raw::join(&house, &hello(v5, "gauge")).await;
        raw.send(&publish_with(v5, 0x34, "devices/gauge/up", 1, b"level value=1"))
            .await;
        raw.closed(v5, 0x9b).await;
        assert_eq!(house.store.calls(), 0);
    }
}

#[tokio::test]
async fn too_large_packets_are_refused_before_they_are_read() {
    for v5 in [false, true] {
        let house = house::plain().await;
        let mut raw = Raw::join(&house, &hello(v5, "gauge")).await;
        let large = publish(v5, "devices/gauge/up", 1, &vec![b'x'; 10_000_000]);
        raw.try_send(&large[..300_000]).await;
        raw.closed(v5, 0x95).await;
        let mut raw = Raw::join(&house, &hello(v5, "gauge")).await;
        let fits = publish(v5, "devices/gauge/up", 1, &vec![b'x'; 262_000]);
        raw.send(&fits).await;
        assert_eq!(raw.puback().await, (1, if v5 { 0x99 } else { 0 }));
        assert_eq!(house.store.calls(), 1);
    }
}

#[tokio::test]
async fn broken_packets_end_the_connection_with_a_reason() {
    let house = house::plain().await;
    let alias = {
        let mut body = text("devices/gauge/up");
        body.extend_from_slice(&[0, 1, 3, 0x23, 0, 1]);
        packet(0x32, &body)
    };
    let late_session = packet(0xe0, &[0, 5, 0x11, 0, 0, 0, 9]);
    for (v3, v5, bytes) in [
        (true, 0x81, vec![0x00, 0x00]),
        (true, 0x81, vec![0x36, 0x05, 0, 1, b'a', 0, 1]),
        (true, 0x81, vec![0x30, 0xff, 0xff, 0xff, 0xff]),
        (true, 0x82, hello(true, "gauge").bytes()),
        (true, 0x82, vec![0x50, 0x02, 0, 1]),
        (true, 0x81, vec![0x32, 0x03, 0, 9, b'a']),
        (true, 0x81, vec![0x80, 0x00]),
        (false, 0x82, vec![0xf0, 0x00]),
        (false, 0x94, alias),
        (false, 0x82, late_session),
        (false, 0x82, vec![0x30, 0x03, 0, 0, 0]),
    ] {
        let mut raw = Raw::join(&house, &hello(true, "gauge")).await;
        raw.send(&bytes).await;
        raw.closed(true, v5).await;
        if v3 {
            let mut raw = Raw::join(&house, &hello(false, "gauge")).await;
            raw.send(&bytes).await;
            raw.closed(false, 0).await;
        }
    }
    assert_eq!(house.store.calls(), 0);
}

#[tokio::test]
async fn what_came_before_a_broken_packet_is_stored_and_acknowledged() {
    let house = house::plain().await;
    let mut raw = Raw::join(&house, &hello(true, "gauge")).await;
    let mut bytes = publish(true, "devices/gauge/up", 1, b"level value=1");
    bytes.extend_from_slice(&[0x00, 0x00]);
    raw.send(&bytes).await;
    assert_eq!(raw.puback().await, (1, 0));
    raw.closed(true, 0x81).await;
}

#[tokio::test]
async fn more_publishes_than_the_receive_maximum_are_an_error_of_mqtt_5() {
    let limits = Limits {
        receive_maximum: 10,
        ..Limits::default()
    };
    let house = house::open(limits, None).await;
    house.store.set(house::Mode::Gated);
    let burst = |v5| {
        (1..=11)
            .flat_map(move |id| publish(v5, "devices/gauge/up", id, b"level value=1"))
            .collect::<Vec<_>>()
    };
    let mut raw = Raw::join(&house, &hello(true, "gauge")).await;
    raw.send(&burst(true)).await;
    house
        .store
        .until("the ten are on their way", |store| store.calls() > 0)
        .await;
    house.store.set(house::Mode::Store);
    (0..house.store.calls()).for_each(|call| house.store.release_if_gated(call));
    for id in 1..=10 {
        assert_eq!(raw.puback().await, (id, 0));
    }
    raw.closed(true, 0x93).await;
    let mut raw = Raw::join(&house, &hello(false, "gauge")).await;
    raw.send(&burst(false)).await;
    for id in 1..=11 {
        assert_eq!(
            raw.puback().await,
            (id, 0),
            "3.1.1 knows no maximum: it is read more slowly"
        );
    }
}

#[tokio::test]
async fn a_device_whose_rights_are_withdrawn_is_not_heard() {
    for v5 in [false, true] {
        let house = house::plain().await;
        let mut raw = Raw::join(&house, &hello(v5, "gauge")).await;
        house.gate.withdrawn.lock().unwrap().insert("gauge".into());
        raw.send(&publish(v5, "devices/gauge/up", 1, b"level value=1")).await;
        raw.closed(v5, 0x87).await;
        assert_eq!(house.store.calls(), 0);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// A task that panics would not answer; the listener would go on, so each case ends by asking this very connection.
    #[test]
    fn random_bytes_are_answered_or_closed(v5: bool, start in 0..4_usize, noise in prop::collection::vec(any::<u8>(), 1..400)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let house = house::plain().await;
            let mut raw = Raw::open(house.address).await;
            let mut bytes = if start > 0 { hello(v5, "gauge").bytes() } else { Vec::new() };
            match start {
                2 => bytes.push(0x32),
                3 => bytes.push(0x82),
                _ => {}
            }
            bytes.extend(noise);
            raw.send(&bytes).await;
            raw.finish_sending().await;
            while raw.next().await.is_some() {}
            house::eventually("the connection is gone", || house.handle.connections() == 0).await;
            assert_eq!(house.handle.sessions(), 0);
            let mut raw = Raw::join(&house, &hello(v5, "gauge")).await;
            raw.nothing_came().await;
            drop(raw);
            house.shutdown.cancel();
            house.server.await.unwrap();
        });
    }
}
