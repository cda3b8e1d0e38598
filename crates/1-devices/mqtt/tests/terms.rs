//! Terms that MQTT 5 agrees on at CONNECT, as far as no other file has them: aliases, sizes, windows, words.

use crate::house;
use crate::raw::{Hello, Raw, heard, hello, lasting, packet, publish_as, publish_with, subscribe};
use mqtt::DownMessage;

const UP: &str = "devices/gauge/up";
const DOWN: &str = "devices/gauge/down";
const READING: &[u8] = b"level value=1";

fn down(payload: &str) -> DownMessage {
    DownMessage {
        payload: payload.to_owned().into(),
        ..DownMessage::default()
    }
}

/// [MQTT-3.3.2-7], [MQTT-3.3.2-9], [MQTT-3.3.2-12]; unknown alias: Protocol Error (§3.3.2.3.4).
#[tokio::test]
async fn a_client_may_use_topic_aliases() {
    let house = house::plain().await;
    let mut raw = Raw::join(&house, &hello(true, "gauge")).await;
    let alias = |number| [0x23, 0, number];
    raw.send(&publish_as(0x32, UP, 1, &alias(16), READING)).await;
    assert_eq!(raw.puback().await, (1, 0));
    raw.send(&publish_as(0x32, "", 2, &alias(16), READING)).await;
    assert_eq!(raw.puback().await, (2, 0));
    raw.send(&publish_as(0x32, "devices/other/up", 3, &alias(16), READING))
        .await;
    assert_eq!(raw.puback().await, (3, 0x87));
    raw.send(&publish_as(0x32, "", 4, &alias(16), READING)).await;
    assert_eq!(raw.puback().await, (4, 0x87), "an alias gives no rights");
    assert_eq!(house.store.readings().len(), 2);
    raw.send(&publish_as(0x32, "", 5, &alias(2), READING)).await;
    raw.closed(true, 0x82).await;
    let mut raw = Raw::join(&house, &hello(true, "gauge")).await;
    raw.send(&publish_as(0x32, "", 1, &alias(16), READING)).await;
    raw.closed(true, 0x82).await;
}

/// [MQTT-3.1.2-26], [MQTT-3.1.2-27]: aliases go to clients that know them, and no more than they know.
#[tokio::test]
async fn a_client_that_knows_aliases_is_sent_the_topic_once() {
    let house = house::plain().await;
    for (maximum, aliased) in [(0, false), (1, true)] {
        let mut knows = hello(true, "gauge");
        knows.properties = vec![0x22, 0, maximum];
        let mut raw = Raw::join(&house, &knows).await;
        raw.subscribed(&subscribe(true, 1, &["devices/gauge/#"]), 1).await;
        for number in 0..3 {
            assert_eq!(house.handle.publish_down("gauge", down("x")), Ok(1));
            let message = heard(true, raw.read().await);
            assert_eq!(message.has(&[0x23, 0, 1]), aliased, "{message:?}");
            assert_eq!(message.topic.is_empty(), aliased && number > 0, "{message:?}");
        }
        raw.send(&publish_with(true, 0x30, "devices/gauge/state", 0, b"on"))
            .await;
        let state = heard(true, raw.read().await);
        assert_eq!(
            (state.topic.as_str(), state.has(&[0x23])),
            ("devices/gauge/state", false)
        );
    }
}

/// [MQTT-3.1.2-24], [MQTT-3.1.2-25]: what is too long for a client is left out, and the next one comes.
#[tokio::test]
async fn no_packet_is_longer_than_the_client_takes() {
    let house = house::plain().await;
    let mut small = lasting(true, "gauge", 60);
    small.properties.extend([0x27, 0, 0, 1, 0]);
    let (mut raw, _) = Raw::resume(&house, &small).await;
    raw.subscribed(&subscribe(true, 1, &[DOWN]), 1).await;
    assert_eq!(house.handle.publish_down("gauge", down(&"x".repeat(300))), Ok(1));
    assert_eq!(house.handle.publish_down("gauge", down("short")), Ok(1));
    assert_eq!(heard(true, raw.read().await).payload, "short");
}

/// [MQTT-3.1.2-24]: whoever takes CONNACK is let in. What is longer than it takes is not sent, refusals included.
#[tokio::test]
async fn a_client_that_takes_little_is_served_with_what_fits() {
    let house = house::plain().await;
    let takes = |bytes| Hello {
        properties: vec![0x27, 0, 0, 0, bytes],
        keep_alive: 0,
        ..hello(true, "gauge")
    };
    for (bytes, codes) in [(64, 60), (24, 20)] {
        let mut raw = Raw::join(&house, &takes(bytes)).await;
        raw.subscribed(&subscribe(true, 1, &[DOWN]), 1).await;
        assert_eq!(house.handle.publish_down("gauge", down(&"x".repeat(64))), Ok(1));
        raw.nothing_came().await;
        raw.send(&subscribe(true, 2, &vec![DOWN; codes])).await;
        raw.closed(true, 0x95).await;
    }
    let mut nameless = takes(40);
    nameless.client_id = String::new();
    for hello in [takes(23), takes(5), nameless.clone()] {
        let most = usize::from(hello.properties[4]);
        let mut raw = Raw::open(house.address).await;
        raw.send(&hello.bytes()).await;
        let (first, body) = raw.read().await;
        assert_eq!((first, body[1]), (0x20, if most == 40 { 0 } else { 0x95 }), "{most}");
        assert!(body.len() + 2 <= most, "{most}: {body:?}");
    }
}

/// [MQTT-3.3.4-9], [MQTT-3.1.2-5]: the Receive Maximum of the new connection counts, for what is sent again too.
#[tokio::test]
async fn the_window_of_a_new_connection_counts_for_what_is_sent_again() {
    let house = house::plain().await;
    let (mut raw, _) = Raw::resume(&house, &lasting(true, "gauge", 60)).await;
    raw.subscribed(&subscribe(true, 1, &[DOWN]), 1).await;
    for number in 0..3 {
        assert_eq!(house.handle.publish_down("gauge", down(&number.to_string())), Ok(1));
        heard(true, raw.read().await);
    }
    let mut shy = lasting(true, "gauge", 60);
    shy.properties.extend([0x21, 0, 1]);
    let (mut raw, _) = Raw::resume(&house, &shy).await;
    for number in 0..3 {
        let message = heard(true, raw.read().await);
        assert_eq!((message.first, message.payload), (0x3a, number.to_string()));
        raw.nothing_came().await;
        raw.send(&packet(0x40, &message.id.to_be_bytes())).await;
    }
    raw.nothing_came().await;
}

/// [MQTT-3.1.2-29]: no words to a client that asked for none; the code stays.
#[tokio::test]
async fn a_client_that_wants_no_words_gets_none() {
    let house = house::plain().await;
    for (wants, words) in [(1, true), (0, false)] {
        let mut hello = hello(true, "gauge");
        hello.properties = vec![0x17, wants];
        let mut raw = Raw::join(&house, &hello).await;
        for first in [0x32, 0x34] {
            raw.send(&publish_with(true, first, UP, 1, b"bad value=1")).await;
            let (_, body) = raw.read().await;
            assert_eq!(body[2], 0x99);
            assert_eq!(
                body.windows(12).any(|window| window == b"out_of_range"),
                words,
                "{body:?}"
            );
        }
    }
}
