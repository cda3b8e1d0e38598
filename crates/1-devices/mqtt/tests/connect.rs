//! CONNECT: who is let in, under which terms, and takeover.

use crate::house;
use crate::raw::{Raw, hello, packet, publish, text};
use driver::gatekeeper::Refusal;
use mqtt::Limits;
use std::time::Duration;

#[tokio::test]
async fn refusals_carry_the_codes_of_both_versions() {
    let house = house::plain().await;
    for (device, token, in_v3, in_v5) in [
        ("gauge", "token-other", 4, 0x86),
        ("nobody", "token-nobody", 4, 0x86),
        ("blocked", "token-blocked", 5, 0x8a),
    ] {
        for v5 in [false, true] {
            let mut raw = Raw::open(house.address).await;
            let mut hello = hello(v5, device);
            hello.token = token.into();
            raw.send(&hello.bytes()).await;
            let (first, body) = raw.read().await;
            assert_eq!(
                (first, body[0], body[1]),
                (0x20, 0, if v5 { in_v5 } else { in_v3 }),
                "{device}"
            );
            assert_eq!(raw.next().await, None);
        }
    }
    *house.gate.unavailable.lock().unwrap() = true;
    let mut raw = Raw::open(house.address).await;
    raw.send(&hello(true, "gauge").bytes()).await;
    assert_eq!(raw.read().await.1[1], 0x88);
    assert_eq!(house.handle.sessions(), 0);
}

#[tokio::test]
async fn nobody_comes_in_without_a_credential() {
    let house = house::plain().await;
    for (level, code) in [(4, 5), (5, 0x87)] {
        let mut body = text("MQTT");
        body.extend_from_slice(&[level, 0x02, 0, 60]);
        if level == 5 {
            body.push(0);
        }
        body.extend(text("x"));
        let mut raw = Raw::open(house.address).await;
        raw.send(&packet(0x10, &body)).await;
        assert_eq!(raw.read().await.1[1], code);
    }
    let heard = house.gate.refused.lock().unwrap().clone();
    assert_eq!(heard, [Refusal::Missing, Refusal::Missing], "the trail hears of both");
}

#[tokio::test]
async fn other_versions_and_other_protocols_are_turned_away() {
    let house = house::plain().await;
    let mut old = text("MQIsdp");
    old.extend_from_slice(&[3, 0x02, 0, 60]);
    old.extend(text("x"));
    let mut young = text("MQTT");
    young.extend_from_slice(&[6, 0x02, 0, 60, 0]);
    young.extend(text("x"));
    for body in [old, young] {
        let mut raw = Raw::open(house.address).await;
        raw.send(&packet(0x10, &body)).await;
        assert_eq!(raw.read().await, (0x20, vec![0, 1]));
        assert_eq!(raw.next().await, None);
    }
    for bytes in [
        &b"GET / HTTP/1.1\r\n\r\n"[..],
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc",
        b"\x30\x05\x00\x01aXX",
        &[0; 64],
    ] {
        let mut raw = Raw::open(house.address).await;
        raw.send(bytes).await;
        assert_eq!(raw.next().await, None, "{bytes:?}");
    }
}

#[tokio::test]
async fn mqtt_5_is_told_the_terms() {
    let house = house::plain().await;
    let mut raw = Raw::open(house.address).await;
    let mut hello = hello(true, "gauge");
    hello.client_id = String::new();
    hello.keep_alive = 0;
    // Session Expiry Interval 3600
    hello.properties = vec![0x11, 0, 0, 0x0e, 0x10];
    raw.send(&hello.bytes()).await;
    let (_, body) = raw.read().await;
    assert_eq!(body[..2], [0, 0], "Session Present is 0");
    let has = |property: &[u8]| body.windows(property.len()).any(|window| window == property);
    assert!(!has(&[0x11]), "Session Expiry is granted as asked: {body:?}");
    assert!(has(&[0x22, 0, 16]), "Topic Alias Maximum 16");
    assert!(has(&[0x21, 0x04, 0x00]), "Receive Maximum 1024");
    assert!(has(&[0x27, 0, 4, 0, 0]), "Maximum Packet Size 256 KiB");
    assert!(has(&[0x13, 0x04, 0xb0]), "Server Keep Alive 1200");
    assert!(has(&[0x12]), "Assigned Client Identifier");
}

#[tokio::test]
async fn packets_that_come_together_with_connect_are_served() {
    let house = house::plain().await;
    let mut raw = Raw::open(house.address).await;
    let mut bytes = hello(false, "gauge").bytes();
    bytes.extend(publish(false, "devices/gauge/up", 1, b"level value=1"));
    bytes.extend_from_slice(&[0xe0, 0]);
    raw.send(&bytes).await;
    assert_eq!(raw.read().await.0, 0x20);
    assert_eq!(raw.puback().await, (1, 0));
    assert_eq!(raw.next().await, None);
}

#[tokio::test]
async fn the_same_client_takes_over_and_only_its_own() {
    for v5 in [false, true] {
        let house = house::plain().await;
        let mut first = Raw::join(&house, &hello(v5, "gauge")).await;
        let mut foreign = hello(v5, "other");
        foreign.client_id = "gauge-raw".into();
        let mut foreign = Raw::join(&house, &foreign).await;
        let mut second = Raw::join(&house, &hello(v5, "gauge")).await;
        first.closed(v5, 0x8e).await;
        second.nothing_came().await;
        foreign.nothing_came().await;
        assert_eq!(house.handle.sessions(), 2);
    }
}

#[tokio::test]
async fn silence_beyond_the_keep_alive_ends_the_connection() {
    for v5 in [false, true] {
        let house = house::plain().await;
        let mut hello = hello(v5, "gauge");
        hello.keep_alive = 1;
        let mut raw = Raw::join(&house, &hello).await;
        raw.nothing_came().await;
        raw.closed(v5, 0x8d).await;
    }
}

#[tokio::test]
async fn a_connect_that_never_comes_is_not_waited_for() {
    let limits = Limits {
        connect: Duration::from_millis(50),
        ..Limits::default()
    };
    let house = house::open(limits, None).await;
    for bytes in [&b""[..], b"\x10", b"\x10\x20\x00\x04MQTT\x04"] {
        let mut raw = Raw::open(house.address).await;
        raw.send(bytes).await;
        assert_eq!(raw.next().await, None);
    }
}

#[tokio::test]
async fn connections_are_limited_in_all_and_per_address() {
    for limits in [
        Limits {
            max_connections: 2,
            ..Limits::default()
        },
        Limits {
            max_connections_per_address: 2,
            ..Limits::default()
        },
    ] {
        let house = house::open(limits, None).await;
        let first = Raw::join(&house, &hello(false, "gauge")).await;
        let mut second = Raw::join(&house, &hello(false, "other")).await;
        let mut third = Raw::open(house.address).await;
        assert_eq!(third.next().await, None);
        drop(first);
        house::eventually("the place is free again", || house.handle.connections() == 1).await;
        Raw::join(&house, &hello(false, "gw")).await;
        second.nothing_came().await;
    }
}
