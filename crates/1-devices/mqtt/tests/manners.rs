//! What the standards ask for and no other file has: goodbye to filters, flags that are not passed on, names, wills in full.

use crate::house::{self, House, Setup};
use crate::raw::{Raw, heard, hello, lasting, packet, publish_as, publish_with, subscribe, subscribe_as, text};
use mqtt::{DownMessage, Namespace};

async fn fleet() -> House {
    let fleet = Namespace {
        topics: "fleet/#".into(),
        publish: vec!["gw".into()],
        subscribe: vec!["*".into()],
    };
    let setup = Setup {
        namespaces: vec![fleet],
        ..Setup::default()
    };
    house::start(setup, None).await
}

fn unsubscribe(v5: bool, id: u16, filters: &[&str]) -> Vec<u8> {
    let mut body = id.to_be_bytes().to_vec();
    if v5 {
        body.push(0);
    }
    filters.iter().for_each(|filter| body.extend(text(filter)));
    packet(0xa2, &body)
}

/// [MQTT-3.10.4-1], [MQTT-3.10.4-2], [MQTT-3.10.4-4], [MQTT-3.10.4-5], [MQTT-3.10.4-6], [MQTT-3.11.3-1].
#[tokio::test]
async fn unsubscribing_ends_what_was_subscribed() {
    for v5 in [false, true] {
        let house = fleet().await;
        let mut publisher = Raw::join(&house, &hello(true, "gw")).await;
        let mut raw = Raw::join(&house, &hello(v5, "gauge")).await;
        raw.subscribed(&subscribe(v5, 1, &["fleet/+", "fleet/a", "devices/gauge/down"]), 1)
            .await;
        raw.send(&unsubscribe(v5, 7, &["fleet/+", "fleet/#", "devices/gauge/down"]))
            .await;
        let codes: &[u8] = if v5 { &[0, 7, 0, 0x00, 0x11, 0x00] } else { &[0, 7] };
        assert_eq!(raw.read().await, (0xb0, codes.to_vec()));
        assert!(house.handle.publish_down("gauge", DownMessage::default()).is_err());
        publisher.send(&publish_with(true, 0x32, "fleet/b", 1, b"b")).await;
        assert_eq!(publisher.puback().await, (1, 0x10), "nobody has subscribed");
        publisher.send(&publish_with(true, 0x32, "fleet/a", 1, b"a")).await;
        assert_eq!(publisher.puback().await, (1, 0));
        assert_eq!(heard(v5, raw.read().await).payload, "a", "the other filter stays");
    }
}

/// [MQTT-3.3.1-3]: DUP says how often this sender sent it to this receiver and no more. [MQTT-3.3.4-6]: a client gives no
/// Subscription Identifier.
#[tokio::test]
async fn dup_is_not_passed_on_and_subscription_identifiers_are_not_taken() {
    let house = fleet().await;
    let mut publisher = Raw::join(&house, &hello(true, "gw")).await;
    let mut raw = Raw::join(&house, &hello(true, "gauge")).await;
    raw.subscribed(&subscribe(true, 1, &["fleet/#"]), 1).await;
    publisher.send(&publish_with(true, 0x3a, "fleet/a", 1, b"x")).await;
    assert_eq!(publisher.puback().await, (1, 0));
    assert_eq!(heard(true, raw.read().await).first, 0x32);
    publisher.send(&publish_as(0x32, "fleet/a", 2, &[0x0b, 1], b"x")).await;
    publisher.closed(true, 0x82).await;
}

/// [MQTT-3.1.2-7], [MQTT-3.1.2-8], [MQTT-3.1.2-15], [MQTT-3.1.3-10]: the will is a message like any other.
#[tokio::test]
async fn a_will_is_passed_on_with_its_properties() {
    let house = fleet().await;
    let mut raw = Raw::join(&house, &hello(true, "gauge")).await;
    raw.subscribed(&subscribe(true, 1, &["fleet/#"]), 1).await;
    let mut dying = hello(true, "gw");
    dying.will = Some(("fleet/lost", "gw", true));
    let properties = [
        &[0x01, 1][..],
        &[0x03, 0, 3, b't', b'/', b'p'],
        &[0x08, 0, 3, b'f', b'/', b'r'],
        &[0x09, 0, 2, 7, 8],
        &[0x26, 0, 1, b'k', 0, 1, b'v', 0x26, 0, 1, b'k', 0, 1, b'w'],
    ];
    dying.will_properties = [&properties.concat()[..], &[0x02, 0, 0, 0, 60]].concat();
    drop(Raw::join(&house, &dying).await);
    let will = heard(true, raw.read().await);
    assert_eq!((will.topic.as_str(), will.payload.as_str()), ("fleet/lost", "gw"));
    for property in properties {
        assert!(will.has(property), "{property:?} {will:?}");
    }
    assert!(will.has(&[0x02, 0, 0, 0]), "{will:?}");
    // and it is retained
    let mut late = Raw::join(&house, &hello(true, "other")).await;
    late.subscribed(&subscribe_as(true, 1, &[], &[("fleet/lost", 0)]), 0)
        .await;
    assert_eq!(heard(true, late.read().await).first, 0x31);
}

/// [MQTT-3.8.4-3], [MQTT-3.8.4-4], [MQTT-3.3.1-9], [MQTT-3.3.1-11]: the same filter again is a new agreement, and retained
/// messages come again unless that was not wanted.
#[tokio::test]
async fn subscribing_again_replaces_and_gives_retained_messages_again() {
    for v5 in [false, true] {
        let house = fleet().await;
        let mut publisher = Raw::join(&house, &hello(true, "gw")).await;
        publisher.send(&publish_with(true, 0x33, "fleet/a", 1, b"kept")).await;
        assert_eq!(publisher.puback().await, (1, 0x10));
        let mut raw = Raw::join(&house, &hello(v5, "gauge")).await;
        for (qos, first) in [(0, 0x31), (1, 0x33)] {
            raw.subscribed(&subscribe_as(v5, 1, &[], &[("fleet/a", qos)]), qos)
                .await;
            assert_eq!(heard(v5, raw.read().await).first, first);
        }
        if v5 {
            // Retain Handling 2
            raw.subscribed(&subscribe_as(true, 2, &[], &[("fleet/a", 0x20)]), 0)
                .await;
            raw.nothing_came().await;
        }
        publisher.send(&publish_with(true, 0x32, "fleet/a", 1, b"new")).await;
        assert_eq!(publisher.puback().await, (1, 0));
        assert_eq!(heard(v5, raw.read().await).first, if v5 { 0x30 } else { 0x32 });
        raw.nothing_came().await;
    }
}

/// [MQTT-3.1.3-6], [MQTT-3.1.3-7], [MQTT-3.2.2-16]: an id for who brings none, whatever Clean Start says, as if it were its
/// own: its session is kept.
#[tokio::test]
async fn a_client_without_an_id_is_given_one_and_keeps_its_session() {
    let house = house::plain().await;
    let mut nameless = lasting(true, "gauge", 60);
    nameless.client_id = String::new();
    nameless.will = Some(("devices/gauge/state", "gone", false));
    let mut raw = Raw::open(house.address).await;
    raw.send(&nameless.bytes()).await;
    let (first, body) = raw.read().await;
    assert_eq!((first, body[0], body[1]), (0x20, 0, 0), "{body:?}");
    let at = body.windows(8).position(|window| window == b"\0\x07gauge-").unwrap();
    assert_eq!(body[at - 1], 0x12, "Assigned Client Identifier");
    raw.subscribed(&subscribe_as(true, 1, &[], &[("devices/gauge/down", 1)]), 1)
        .await;
    raw.send(&packet(0xe0, &[])).await;
    assert_eq!(raw.next().await, None);
    let mut named = lasting(true, "gauge", 60);
    named.client_id = String::from_utf8(body[at + 2..at + 9].to_vec()).unwrap();
    let (_, present) = Raw::resume(&house, &named).await;
    assert!(present, "the session of {}", named.client_id);
}

/// [MQTT-3.1.3-8], [MQTT-3.2.2-6], [MQTT-3.2.2-7], [MQTT-4.12.0-1]; 3.1.1 [MQTT-3.1.3-8], [MQTT-3.1.3-9].
#[tokio::test]
async fn names_and_methods_are_refused_with_their_codes() {
    let house = house::plain().await;
    for v5 in [false, true] {
        let mut nameless = lasting(v5, "gauge", 60);
        nameless.client_id = String::new();
        let mut long = hello(v5, "gauge");
        long.client_id = "x".repeat(257);
        // MQTT 5 gives it a name
        let refused = if v5 { vec![long] } else { vec![nameless, long] };
        for refused in refused {
            let mut raw = Raw::open(house.address).await;
            raw.send(&refused.bytes()).await;
            let (first, body) = raw.read().await;
            assert_eq!((first, body[0], body[1]), (0x20, 0, if v5 { 0x85 } else { 2 }));
            assert_eq!(raw.next().await, None);
        }
        let mut nameless = hello(v5, "gauge");
        nameless.client_id = String::new();
        Raw::join(&house, &nameless).await.nothing_came().await;
    }
    let mut method = hello(true, "gauge");
    method.properties = [&[0x15][..], &text("SCRAM-SHA-1")].concat();
    let mut raw = Raw::open(house.address).await;
    raw.send(&method.bytes()).await;
    assert_eq!(raw.read().await.1[1], 0x8c);
    assert_eq!(raw.next().await, None);
}
