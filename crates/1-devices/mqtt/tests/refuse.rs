//! What is refused at the door: topics, sizes, broken packets. Nothing of it is stored and nothing panics.

use crate::house;
use crate::raw::{Raw, hello, packet, publish, publish_as, subscribe, subscribe_as, text};
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

/// [MQTT-3.3.2-2], [MQTT-3.3.2-14], [MQTT-1.5.4-2], 3.1.1 [MQTT-1.5.3-2]: a topic is no filter and holds no U+0000.
#[tokio::test]
async fn topics_that_are_none_end_the_connection() {
    let house = house::plain().await;
    for topic in ["devices/+/up", "devices/#", "devices/gauge/up\0"] {
        for v5 in [false, true] {
            let mut raw = Raw::join(&house, &hello(v5, "gauge")).await;
            raw.send(&publish(v5, topic, 1, b"level value=1")).await;
            raw.closed(v5, 0x90).await;
            // as the topic of a will
            let mut will = hello(v5, "gauge");
            will.will = Some((topic, "x", false));
            let mut raw = Raw::open(house.address).await;
            raw.send(&will.bytes()).await;
            if v5 {
                assert_eq!(raw.read().await.1[1], 0x90, "{topic}");
            }
            assert_eq!(raw.next().await, None, "{topic}");
        }
    }
    let mut raw = Raw::join(&house, &hello(true, "gauge")).await;
    let answer_to = [&[0x08][..], &text("fleet/+")].concat();
    raw.send(&publish_as(0x32, "devices/gauge/up", 1, &answer_to, b"level value=1"))
        .await;
    raw.closed(true, 0x90).await;
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
        (false, [1, 0x80, 0x80, 1, 1, 0x80]),
        (true, [1, 0x87, 0x87, 1, 1, 0x8f]),
    ] {
        let mut raw = Raw::join(&house, &hello(v5, "gauge")).await;
        raw.send(&subscribe(v5, 9, &filters)).await;
        let (first, body) = raw.read().await;
        assert_eq!((first, &body[..2]), (0x90, &[0, 9][..]));
        assert_eq!(body[body.len() - 6..], expected);
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
        body.extend_from_slice(&[0, 1, 3, 0x23, 0, 17]);
        packet(0x32, &body)
    };
    let late_session = packet(0xe0, &[0, 5, 0x11, 0, 0, 0, 9]);
    for (v3, v5, bytes) in [
        (true, 0x81, vec![0x00, 0x00]),
        (true, 0x81, vec![0x36, 0x05, 0, 1, b'a', 0, 1]),
        (true, 0x81, vec![0x30, 0xff, 0xff, 0xff, 0xff]),
        (true, 0x82, hello(true, "gauge").bytes()),
        (true, 0x82, vec![0xd0, 0x00]),
        (true, 0x81, vec![0x32, 0x03, 0, 9, b'a']),
        (true, 0x81, vec![0x80, 0x00]),
        (false, 0x82, vec![0xf0, 0x00]),
        (false, 0x94, alias),
        (false, 0x82, late_session),
        (false, 0x82, vec![0x30, 0x03, 0, 0, 0]),
        // DUP with QoS 0, PINGREQ with a body, flags of SUBSCRIBE, PUBREL and UNSUBSCRIBE, packet id 0, no filter at all
        (true, 0x81, vec![0x38, 0x03, 0, 1, b'a']),
        (true, 0x81, vec![0xc0, 0x01, 0]),
        (true, 0x81, vec![0x83, 0x00]),
        (true, 0x81, vec![0x60, 0x02, 0, 1]),
        (true, 0x81, vec![0xa0, 0x00]),
        (true, 0x81, vec![0x32, 0x06, 0, 1, b'a', 0, 0, 0]),
        (true, 0x81, vec![0x82, 0x03, 0, 1, 0]),
        (true, 0x81, vec![0x82, 0x02, 0, 1]),
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

/// What only one of the versions forbids: 3.1.1 [MQTT-3-8.3-4], [MQTT-2.2.2-2]; MQTT 5 [MQTT-3.8.3-5], [MQTT-3.1.2-11].
#[tokio::test]
async fn reserved_bits_are_zero() {
    let house = house::plain().await;
    for (v5, options) in [
        (false, 0x05),
        (false, 0x81),
        (true, 0x41),
        (true, 0x31),
        (true, 0x03),
        (false, 0x03),
    ] {
        let mut raw = Raw::join(&house, &hello(v5, "gauge")).await;
        raw.send(&subscribe_as(v5, 1, &[], &[("devices/gauge/down", options)]))
            .await;
        raw.closed(v5, 0x81).await;
    }
    let mut raw = Raw::join(&house, &hello(false, "gauge")).await;
    raw.send(&[0xe0, 0x01, 0x00]).await;
    raw.closed(false, 0).await;
    // flags of CONNECT: reserved, QoS 3 of a will, QoS and retain without a will; 3.1.1: a password without a user name
    for (level, flags) in [
        (4, 0x03),
        (5, 0x03),
        (4, 0x1e),
        (5, 0x1e),
        (4, 0x0a),
        (5, 0x0a),
        (4, 0x22),
        (5, 0x22),
        (4, 0x42),
    ] {
        let mut body = text("MQTT");
        body.extend_from_slice(&[level, flags, 0, 60]);
        if level == 5 {
            body.push(0);
        }
        body.extend(text("x"));
        body.extend(text("y"));
        body.extend(text("z"));
        let mut raw = Raw::open(house.address).await;
        raw.send(&packet(0x10, &body)).await;
        if level == 5 {
            assert_eq!(raw.read().await.1[1], 0x81, "{flags:x}");
        }
        assert_eq!(raw.next().await, None, "{level} {flags:x}");
    }
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
