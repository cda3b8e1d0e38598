//! Messages to devices: subscriptions, retained state, wills, slow subscribers.

use crate::house;
use crate::raw::{Packet, Raw, hello, packet, publish_with, subscribe, text};
use mqtt::{DownMessage, Limits, MqttError};

fn down(payload: &str) -> DownMessage {
    DownMessage {
        payload: payload.to_owned().into(),
        ..DownMessage::default()
    }
}

/// Topic, packet id (0 for QoS 0) and payload of a PUBLISH.
fn opened(v5: bool, (first, body): &Packet) -> (String, u16, String) {
    assert_eq!(first & 0xf0, 0x30, "{body:?}");
    let length = usize::from(u16::from_be_bytes([body[0], body[1]]));
    let topic = String::from_utf8(body[2..2 + length].to_vec()).unwrap();
    let mut rest = &body[2 + length..];
    let mut id = 0;
    if first & 0x06 != 0 {
        id = u16::from_be_bytes([rest[0], rest[1]]);
        rest = &rest[2..];
    }
    if v5 {
        rest = &rest[1 + usize::from(rest[0])..];
    }
    (topic, id, String::from_utf8(rest.to_vec()).unwrap())
}

async fn listening(house: &house::House, v5: bool, filter: &str) -> Raw {
    let mut raw = Raw::join(house, &hello(v5, "gauge")).await;
    raw.send(&subscribe(v5, 1, &[filter])).await;
    assert_eq!(raw.read().await.0, 0x90);
    raw
}

#[tokio::test]
async fn a_message_from_inside_reaches_its_device_only() {
    for v5 in [false, true] {
        let house = house::plain().await;
        assert_eq!(
            house.handle.publish_down("gauge", down("a")),
            Err(MqttError::NotListening("gauge".into()))
        );
        let mut gauge = listening(&house, v5, "devices/gauge/down").await;
        let mut other = Raw::join(&house, &hello(v5, "other")).await;
        other.send(&subscribe(v5, 1, &["devices/other/#"])).await;
        assert_eq!(other.read().await.0, 0x90);
        assert_eq!(house.handle.publish_down("gauge", down("open")), Ok(1));
        let (topic, id, payload) = opened(v5, &gauge.read().await);
        assert_eq!((topic.as_str(), payload.as_str()), ("devices/gauge/down", "open"));
        assert!(id > 0, "QoS 1");
        gauge.send(&packet(0x40, &id.to_be_bytes())).await;
        other.nothing_came().await;
        gauge
            .send(&packet(
                0xa2,
                &[&[0, 2][..], if v5 { &[0] } else { &[] }, &text("devices/gauge/down")].concat(),
            ))
            .await;
        let (first, body) = gauge.read().await;
        assert_eq!((first, &body[..2]), (0xb0, &[0, 2][..]));
        assert_eq!(
            house.handle.publish_down("gauge", down("a")),
            Err(MqttError::NotListening("gauge".into()))
        );
        assert!(matches!(
            house.handle.publish_down("a/b", down("a")),
            Err(MqttError::NotADevice(_))
        ));
        let long = "x".repeat(300_000);
        assert!(matches!(
            house.handle.publish_down("gauge", down(&long)),
            Err(MqttError::TooLong { .. })
        ));
    }
}

#[tokio::test]
async fn no_more_messages_are_sent_than_the_client_takes_at_once() {
    let house = house::plain().await;
    let mut shy = hello(true, "gauge");
    // Receive Maximum 2
    shy.properties = vec![0x21, 0, 2];
    let mut raw = Raw::join(&house, &shy).await;
    raw.send(&subscribe(true, 1, &["devices/gauge/down"])).await;
    assert_eq!(raw.read().await.0, 0x90);
    for number in 0..4 {
        assert_eq!(house.handle.publish_down("gauge", down(&number.to_string())), Ok(1));
    }
    let (_, first, _) = opened(true, &raw.read().await);
    let (_, _, payload) = opened(true, &raw.read().await);
    assert_eq!(payload, "1");
    raw.nothing_came().await;
    raw.send(&packet(0x40, &first.to_be_bytes())).await;
    let (_, _, payload) = opened(true, &raw.read().await);
    assert_eq!(payload, "2");
    raw.nothing_came().await;
}

#[tokio::test]
async fn retained_state_is_given_to_who_subscribes_later() {
    for v5 in [false, true] {
        let house = house::plain().await;
        let mut gateway = Raw::join(&house, &hello(v5, "gw")).await;
        gateway
            .send(&publish_with(v5, 0x33, "devices/gw/state", 5, b"online"))
            .await;
        assert_eq!(gateway.puback().await, (5, 0));
        assert_eq!(house.handle.state_of("gw").as_deref(), Some(&b"online"[..]));
        gateway.send(&subscribe(v5, 1, &["devices/gw/state"])).await;
        assert_eq!(gateway.read().await.0, 0x90);
        let retained = gateway.read().await;
        assert_eq!(retained.0 & 0x01, 1, "the retain flag is set");
        assert_eq!(opened(v5, &retained).2, "online");
        gateway.send(&publish_with(v5, 0x31, "devices/gw/state", 0, b"")).await;
        let live = gateway.read().await;
        assert_eq!((live.0 & 0x01, opened(v5, &live).2.as_str()), (0, ""));
        assert_eq!(house.handle.state_of("gw"), None);
        gateway
            .send(&publish_with(v5, 0x33, "devices/gw/state", 6, &[b'x'; 5_000]))
            .await;
        assert_eq!(
            gateway.puback().await,
            (6, if v5 { 0x99 } else { 0 }),
            "too long for a state"
        );
        assert_eq!(house.store.calls(), 0, "state is no reading");
    }
}

#[tokio::test]
async fn a_will_is_published_unless_the_client_says_goodbye() {
    for v5 in [false, true] {
        let house = house::plain().await;
        let mut with_will = hello(v5, "gauge");
        with_will.will = Some(("devices/gauge/state", "offline", true));
        let mut raw = Raw::join(&house, &with_will).await;
        raw.send(&[0xe0, 0]).await;
        assert_eq!(raw.next().await, None);
        assert_eq!(house.handle.state_of("gauge"), None);
        if v5 {
            let mut raw = Raw::join(&house, &with_will).await;
            raw.send(&[0xe0, 1, 0x04]).await;
            assert_eq!(raw.next().await, None);
            assert!(house.handle.state_of("gauge").is_some(), "DISCONNECT with will");
        }
        let mut watcher = hello(v5, "gauge");
        watcher.client_id = "watcher".into();
        let mut watcher = Raw::join(&house, &watcher).await;
        let filter = "devices/gauge/state";
        watcher.send(&subscribe(v5, 1, &[filter])).await;
        assert_eq!(watcher.read().await.0, 0x90);
        if v5 {
            assert_eq!(opened(v5, &watcher.read().await).2, "offline");
        }
        let raw = Raw::join(&house, &with_will).await;
        drop(raw);
        assert_eq!(
            opened(v5, &watcher.read().await),
            (filter.to_owned(), 1 + u16::from(v5), "offline".to_owned())
        );
    }
}

#[tokio::test]
async fn the_will_of_the_one_taken_over_comes_before_the_new_one_is_welcome() {
    let house = house::plain().await;
    let mut with_will = hello(true, "gauge");
    with_will.will = Some(("devices/gauge/state", "offline", true));
    let _first = Raw::join(&house, &with_will).await;
    let mut second = Raw::join(&house, &hello(true, "gauge")).await;
    assert_eq!(house.handle.state_of("gauge").as_deref(), Some(&b"offline"[..]));
    second
        .send(&publish_with(true, 0x33, "devices/gauge/state", 1, b"online"))
        .await;
    assert_eq!(second.puback().await, (1, 0));
    assert_eq!(house.handle.state_of("gauge").as_deref(), Some(&b"online"[..]));
}

#[tokio::test]
async fn wills_elsewhere_are_refused() {
    let house = house::plain().await;
    for (topic, v5, code) in [
        ("devices/gauge/up", true, 0x87),
        ("devices/other/state", true, 0x87),
        ("devices/other/state", false, 5),
    ] {
        let mut with_will = hello(v5, "gauge");
        with_will.will = Some((topic, "x", false));
        let mut raw = Raw::open(house.address).await;
        raw.send(&with_will.bytes()).await;
        assert_eq!(raw.read().await.1[1], code, "{topic}");
    }
    assert_eq!(house.handle.sessions(), 0);
}

#[tokio::test]
async fn a_subscriber_that_does_not_read_is_disconnected_and_slows_nobody() {
    let limits = Limits {
        outbound_bytes: 64 * 1024,
        ..Limits::default()
    };
    let house = house::open(limits, None).await;
    let slow = listening(&house, true, "devices/gauge/down").await;
    let large = "x".repeat(8_000);
    let mut refused = None;
    for _ in 0..100_000 {
        match house.handle.publish_down("gauge", down(&large)) {
            Ok(_) => tokio::task::yield_now().await,
            Err(error) => {
                refused = Some(error);
                break;
            }
        }
    }
    assert!(
        matches!(refused, Some(MqttError::TooSlow(_) | MqttError::NotListening(_))),
        "{refused:?}"
    );
    house::eventually("the slow one is gone", || !house.handle.is_connected("gauge")).await;
    drop(slow);
    let mut good = listening(&house, true, "devices/gauge/down").await;
    assert_eq!(house.handle.publish_down("gauge", down("hello")), Ok(1));
    assert_eq!(opened(true, &good.read().await).2, "hello");
}
