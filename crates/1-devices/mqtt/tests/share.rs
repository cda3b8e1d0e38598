//! Namespaces of free topics, and shared subscriptions.

use crate::house::{self, House, Setup};
use crate::raw::{Raw, heard, hello, lasting, publish_as, publish_with, subscribe, subscribe_as};
use mqtt::{DownMessage, Limits, Namespace};

fn space(topics: &str, publish: &[&str], subscribe: &[&str]) -> Namespace {
    let own = |list: &[&str]| list.iter().map(|id| (*id).to_owned()).collect();
    Namespace {
        topics: topics.to_owned(),
        publish: own(publish),
        subscribe: own(subscribe),
    }
}

async fn fleet() -> House {
    let setup = Setup {
        namespaces: vec![
            space("fleet/#", &["gw"], &["*"]),
            space("inbox/{device}/#", &["*"], &["*"]),
        ],
        ..Setup::default()
    };
    house::start(setup, None).await
}

/// SEMANTICS 21: topics outside `devices/#` exist only where the configuration opens them. [MQTT-4.7.1-1] to
/// [MQTT-4.7.3-4], [MQTT-3.3.2-4], [MQTT-3.3.2-15] to [MQTT-3.3.2-20]: properties are passed on as they are.
#[tokio::test]
async fn a_namespace_passes_messages_on_with_their_properties() {
    let house = fleet().await;
    let mut publisher = Raw::join(&house, &hello(true, "gw")).await;
    let mut raw = Raw::join(&house, &hello(true, "gauge")).await;
    let mut old = Raw::join(&house, &hello(false, "other")).await;
    publisher.send(&publish_with(true, 0x32, "fleet/a/b", 1, b"x")).await;
    assert_eq!(publisher.puback().await, (1, 0x10), "nobody has subscribed");
    // Subscription Identifier 5
    raw.subscribed(&subscribe_as(true, 1, &[0x0b, 5], &[("fleet/+/b", 2)]), 2)
        .await;
    raw.subscribed(&subscribe_as(true, 2, &[0x0b, 6], &[("fleet/#", 1)]), 1)
        .await;
    old.subscribed(&subscribe(false, 1, &["fleet/a/#"]), 1).await;
    let properties = [
        &[0x01, 1][..],
        &[0x03, 0, 3, b't', b'/', b'p'],
        &[0x08, 0, 3, b'f', b'/', b'r'],
        &[0x09, 0, 2, 7, 8],
        &[0x26, 0, 1, b'k', 0, 1, b'v', 0x26, 0, 1, b'k', 0, 1, b'w'],
        &[0x02, 0, 0, 0, 60],
    ]
    .concat();
    publisher
        .send(&publish_as(0x34, "fleet/a/b", 2, &properties, b"x"))
        .await;
    assert_eq!(publisher.answer(0x50).await, (2, 0));
    let message = heard(true, raw.read().await);
    assert_eq!(
        (message.first, message.topic.as_str()),
        (0x34, "fleet/a/b"),
        "{message:?}"
    );
    for property in [
        &[0x01, 1][..],
        &[0x03, 0, 3, b't', b'/', b'p'],
        &[0x08, 0, 3, b'f', b'/', b'r'],
        &[0x09, 0, 2, 7, 8],
        &[0x26, 0, 1, b'k', 0, 1, b'v', 0x26, 0, 1, b'k', 0, 1, b'w'],
        // [MQTT-3.3.4-3], [MQTT-3.3.4-4]: one copy with the identifiers of all that match
        &[0x0b, 5, 0x0b, 6],
    ] {
        assert!(message.has(property), "{property:?} {message:?}");
    }
    assert!(message.has(&[0x02, 0, 0, 0, 60]) || message.has(&[0x02, 0, 0, 0, 59]));
    let message = heard(false, old.read().await);
    assert_eq!((message.first, message.payload.as_str()), (0x32, "x"));
    for (device, topic, code) in [
        ("gauge", "fleet/a", 0x87),
        ("gw", "fleets", 0x87),
        ("gauge", "inbox/gw/x", 0x87),
    ] {
        let mut stranger = hello(true, device);
        stranger.client_id = "stranger".into();
        let mut stranger = Raw::join(&house, &stranger).await;
        stranger.send(&publish_with(true, 0x32, topic, 1, b"x")).await;
        assert_eq!(stranger.puback().await, (1, code), "{device} {topic}");
        stranger.subscribed(&subscribe(true, 2, &["inbox/+/x"]), 0x87).await;
        stranger.subscribed(&subscribe(true, 2, &["#"]), 0x87).await;
    }
    assert_eq!(house.store.calls(), 0, "nothing of it is a reading");
}

/// [MQTT-3.3.1-5] to [MQTT-3.3.1-8], [MQTT-3.3.1-12], [MQTT-3.3.1-13].
#[tokio::test]
async fn a_namespace_retains_and_says_so_as_asked() {
    let house = fleet().await;
    let mut publisher = Raw::join(&house, &hello(true, "gw")).await;
    for (topic, payload) in [("fleet/a", "1"), ("fleet/b", "2"), ("fleet/b", "3")] {
        publisher
            .send(&publish_with(true, 0x33, topic, 1, payload.as_bytes()))
            .await;
        assert_eq!(publisher.puback().await, (1, 0x10));
    }
    let mut raw = Raw::join(&house, &hello(true, "gauge")).await;
    // Retain As Published
    raw.subscribed(&subscribe_as(true, 1, &[], &[("fleet/+", 0x08)]), 0)
        .await;
    for (topic, payload) in [("fleet/a", "1"), ("fleet/b", "3")] {
        let message = heard(true, raw.read().await);
        assert_eq!(
            (message.first, message.topic.as_str(), message.payload.as_str()),
            (0x31, topic, payload)
        );
    }
    let mut plain = Raw::join(&house, &hello(true, "other")).await;
    // Retain Handling 2: none at subscribe
    plain
        .subscribed(&subscribe_as(true, 1, &[], &[("fleet/+", 0x20)]), 0)
        .await;
    plain.nothing_came().await;
    publisher.send(&publish_with(true, 0x31, "fleet/a", 0, b"")).await;
    assert_eq!(heard(true, raw.read().await).first, 0x31);
    assert_eq!(heard(true, plain.read().await).first, 0x30);
    let mut late = hello(true, "gauge");
    late.client_id = "late".into();
    let mut late = Raw::join(&house, &late).await;
    late.subscribed(&subscribe(true, 1, &["fleet/a"]), 1).await;
    late.nothing_came().await;
}

/// MQTT 5 §4.8.2: each message goes to one member of the group, in turn; others get it beside them. [MQTT-4.8.2-1],
/// [MQTT-4.8.2-2], [MQTT-4.8.2-3], [MQTT-3.8.3-4].
#[tokio::test]
async fn a_shared_subscription_gives_each_message_to_one_member() {
    let house = fleet().await;
    let mut publisher = Raw::join(&house, &hello(true, "gw")).await;
    publisher
        .send(&publish_with(true, 0x33, "fleet/kept", 1, b"kept"))
        .await;
    assert_eq!(publisher.puback().await, (1, 0x10));
    let mut members = Vec::new();
    for (v5, device) in [(true, "gauge"), (false, "other")] {
        let mut member = Raw::join(&house, &hello(v5, device)).await;
        member.subscribed(&subscribe(v5, 1, &["$share/g/fleet/#"]), 1).await;
        member.nothing_came().await;
        members.push(member);
    }
    let mut alone = hello(true, "gauge");
    alone.client_id = "alone".into();
    let mut alone = Raw::join(&house, &alone).await;
    alone
        .subscribed(&subscribe_as(true, 1, &[], &[("fleet/a", 0)]), 0)
        .await;
    let mut own = Raw::join(&house, &{
        let mut own = hello(true, "gauge");
        own.client_id = "own group".into();
        own
    })
    .await;
    own.subscribed(&subscribe(true, 1, &["$share/h/fleet/#"]), 1).await;
    for number in 0..6 {
        publisher
            .send(&publish_with(true, 0x32, "fleet/a", 1, &[b'0' + number]))
            .await;
        assert_eq!(publisher.puback().await, (1, 0));
    }
    for number in 0..6 {
        assert_eq!(heard(true, alone.read().await).payload, number.to_string());
        assert_eq!(heard(true, own.read().await).payload, number.to_string());
    }
    let mut got = Vec::new();
    for (v5, member) in [true, false].into_iter().zip(&mut members) {
        for _ in 0..3 {
            got.push(heard(v5, member.read().await).payload);
        }
        member.nothing_came().await;
    }
    got.sort();
    assert_eq!(got, ["0", "1", "2", "3", "4", "5"]);
    members.pop();
    house::eventually("a member left", || house.handle.sessions() == 4).await;
    publisher.send(&publish_with(true, 0x32, "fleet/a", 1, b"rest")).await;
    assert_eq!(publisher.puback().await, (1, 0));
    assert_eq!(heard(true, members[0].read().await).payload, "rest");
    let first = &mut members[0];
    for (filter, code) in [
        ("$share//fleet/#", 0x8f),
        ("$share/a+/fleet/#", 0x8f),
        ("$share/g", 0x8f),
        ("$share/g/x", 0x87),
    ] {
        first.subscribed(&subscribe(true, 3, &[filter]), code).await;
    }
    // No Local
    first
        .send(&subscribe_as(true, 4, &[], &[("$share/g/fleet/#", 0x05)]))
        .await;
    first.closed(true, 0x82).await;
}

/// Connections of one device share its commands, and those that are connected come before those that are away.
#[tokio::test]
async fn commands_can_be_shared_by_connections_of_a_device() {
    let house = house::plain().await;
    let down = |payload: &str| DownMessage {
        payload: payload.to_owned().into(),
        ..DownMessage::default()
    };
    let mut away = lasting(true, "gauge", 60);
    away.client_id = "away".into();
    for hello in [away, lasting(true, "gauge", 60)] {
        let (mut raw, _) = Raw::resume(&house, &hello).await;
        raw.subscribed(&subscribe(true, 1, &["$share/g/devices/gauge/down"]), 1)
            .await;
    }
    house::eventually("both are away", || house.handle.kept_sessions() == 2).await;
    let (mut raw, present) = Raw::resume(&house, &lasting(true, "gauge", 60)).await;
    assert!(present);
    for number in 0..4 {
        assert_eq!(house.handle.publish_down("gauge", down(&number.to_string())), Ok(1));
        assert_eq!(heard(true, raw.read().await).payload, number.to_string());
    }
    // UNSUBSCRIBE
    let mut body = vec![0, 2, 0];
    body.extend(crate::raw::text("$share/g/devices/gauge/down"));
    raw.send(&crate::raw::packet(0xa2, &body)).await;
    assert_eq!(raw.read().await, (0xb0, vec![0, 2, 0, 0]));
    assert_eq!(
        house.handle.publish_down("gauge", down("kept")),
        Ok(1),
        "for the one that is away"
    );
    raw.nothing_came().await;
}

/// One session has so many subscriptions and no more: 0x97.
#[tokio::test]
async fn subscriptions_are_bounded() {
    let setup = Setup {
        namespaces: vec![space("fleet/#", &[], &["*"])],
        limits: Limits::default(),
        ..Setup::default()
    };
    let house = house::start(setup, None).await;
    let mut raw = Raw::join(&house, &hello(true, "gauge")).await;
    for number in 0..65_u16 {
        let filter = format!("fleet/{number}");
        let code = if number < 64 { 1 } else { 0x97 };
        raw.subscribed(&subscribe(true, number + 1, &[&filter]), code).await;
    }
    raw.subscribed(&subscribe(true, 99, &["fleet/3"]), 1).await;
}
