//! Sessions that outlive their connection: what is kept, for how long, and who may have it.

use crate::house::{self, House, Setup};
use crate::raw::{Raw, heard, hello, lasting, packet, publish_with, subscribe, subscribe_as};
use mqtt::{DownMessage, Limits, MqttError};

fn down(payload: &str) -> DownMessage {
    DownMessage {
        payload: payload.to_owned().into(),
        ..DownMessage::default()
    }
}

const DOWN: &str = "devices/gauge/down";

async fn away(house: &House, raw: Raw) {
    drop(raw);
    house::eventually("it is away", || house.handle.sessions() == 0).await;
}

/// [MQTT-3.1.2-4], [MQTT-3.1.2-5], [MQTT-3.1.2-23], [MQTT-3.2.2-2], [MQTT-3.2.2-3]; 3.1.1: [MQTT-3.1.2-4] to
/// [MQTT-3.1.2-6], [MQTT-3.2.2-1] to [MQTT-3.2.2-3].
#[tokio::test]
async fn a_session_is_taken_up_again_or_begun_anew() {
    for v5 in [false, true] {
        let house = house::plain().await;
        let (mut raw, present) = Raw::resume(&house, &lasting(v5, "gauge", 60)).await;
        assert!(!present);
        raw.subscribed(&subscribe(v5, 1, &[DOWN]), 1).await;
        away(&house, raw).await;
        assert_eq!(house.handle.kept_sessions(), 1);
        assert!(!house.handle.is_connected("gauge"));
        assert_eq!(house.handle.publish_down("gauge", down("while away")), Ok(1));
        let (mut raw, present) = Raw::resume(&house, &lasting(v5, "gauge", 60)).await;
        assert!(present, "MQTT 5: {v5}");
        let message = heard(v5, raw.read().await);
        assert_eq!((message.first, message.payload.as_str()), (0x32, "while away"));
        raw.send(&packet(0x40, &message.id.to_be_bytes())).await;
        assert_eq!(house.handle.publish_down("gauge", down("still subscribed")), Ok(1));
        assert_eq!(heard(v5, raw.read().await).payload, "still subscribed");
        away(&house, raw).await;
        let (mut raw, present) = Raw::resume(&house, &hello(v5, "gauge")).await;
        assert!(!present, "a clean start ends the session");
        raw.nothing_came().await;
        assert!(matches!(
            house.handle.publish_down("gauge", down("x")),
            Err(MqttError::NotListening(_))
        ));
        away(&house, raw).await;
        assert_eq!(house.handle.kept_sessions(), 0);
        let (_raw, present) = Raw::resume(&house, &lasting(v5, "gauge", 60)).await;
        assert!(!present);
    }
}

/// [MQTT-3.1.4-3] with a kept session: the one who takes over goes on where the other was.
#[tokio::test]
async fn who_takes_over_has_the_session() {
    for v5 in [false, true] {
        let house = house::plain().await;
        let (mut first, _) = Raw::resume(&house, &lasting(v5, "gauge", 60)).await;
        first.subscribed(&subscribe(v5, 1, &[DOWN]), 1).await;
        let mut foreign = lasting(v5, "other", 60);
        foreign.client_id = "gauge-raw".into();
        let (mut foreign, present) = Raw::resume(&house, &foreign).await;
        assert!(!present, "client ids belong to devices");
        let (mut second, present) = Raw::resume(&house, &lasting(v5, "gauge", 60)).await;
        assert!(present);
        first.closed(v5, 0x8e).await;
        assert_eq!(house.handle.publish_down("gauge", down("a")), Ok(1));
        assert_eq!(heard(v5, second.read().await).payload, "a");
        foreign.nothing_came().await;
    }
}

/// [MQTT-3.2.2.3.2] Session Expiry Interval, [MQTT-3.14.2-2], [MQTT-3.1.2-23].
#[tokio::test]
async fn the_time_that_a_session_is_kept_is_agreed() {
    let limits = Limits {
        session_expiry: 1_000,
        max_kept_sessions_per_device: 1,
        ..Limits::default()
    };
    let house = house::open(limits, None).await;
    let terms = async |hello: &crate::raw::Hello| {
        let mut raw = Raw::open(house.address).await;
        raw.send(&hello.bytes()).await;
        (raw.read().await.1, raw)
    };
    let says = |body: &[u8], seconds: u32| {
        let property = [&[0x11][..], &seconds.to_be_bytes()].concat();
        body.windows(5).any(|window| window == property)
    };
    let (body, mut raw) = terms(&lasting(true, "gauge", u32::MAX)).await;
    assert!(says(&body, 1_000), "the longest there is: {body:?}");
    let mut second = lasting(true, "gauge", 60);
    second.client_id = "second".into();
    let (body, second) = terms(&second).await;
    assert!(says(&body, 0), "no room for one more of this device: {body:?}");
    drop(second);
    // DISCONNECT with Session Expiry Interval 0
    raw.send(&packet(0xe0, &[0, 5, 0x11, 0, 0, 0, 0])).await;
    assert_eq!(raw.next().await, None);
    house::eventually("both are gone", || house.handle.sessions() == 0).await;
    assert_eq!(house.handle.kept_sessions(), 0);
}

/// [MQTT-3.1.2-23]: a session ends when its time is over. The time is real, its length is not asserted.
#[tokio::test]
async fn a_session_ends_when_nobody_comes_back() {
    let house = house::plain().await;
    let (raw, _) = Raw::resume(&house, &lasting(true, "gauge", 1)).await;
    away(&house, raw).await;
    assert_eq!(house.handle.kept_sessions(), 1);
    house::eventually("its time is over", || house.handle.kept_sessions() == 0).await;
    let (_raw, present) = Raw::resume(&house, &lasting(true, "gauge", 1)).await;
    assert!(!present);
}

/// [MQTT-3.1.3-9], [MQTT-3.1.2-8], [MQTT-3.1.2-10]: a delayed will waits, is forgotten when the client comes back, and
/// is said when the session ends.
#[tokio::test]
async fn a_delayed_will_waits_for_the_client_or_the_end_of_the_session() {
    let house = house::plain().await;
    let mut with_will = lasting(true, "gauge", 3_600);
    with_will.will = Some(("devices/gauge/state", "offline", true));
    // Will Delay Interval 1800
    with_will.will_properties = vec![0x18, 0, 0, 7, 8];
    let (raw, _) = Raw::resume(&house, &with_will).await;
    away(&house, raw).await;
    let (raw, present) = Raw::resume(&house, &with_will).await;
    assert!(present);
    assert_eq!(house.handle.state_of("gauge"), None, "it came back");
    away(&house, raw).await;
    assert_eq!(house.handle.state_of("gauge"), None, "it may come back");
    let _raw = Raw::join(&house, &hello(true, "gauge")).await;
    assert_eq!(
        house.handle.state_of("gauge").as_deref(),
        Some(&b"offline"[..]),
        "a clean start ends the session"
    );
    let mut soon = with_will.clone();
    soon.device = "other";
    soon.token = "token-other".into();
    soon.will = Some(("devices/other/state", "offline", true));
    soon.will_properties = vec![0x18, 0, 0, 0, 1];
    let (raw, _) = Raw::resume(&house, &soon).await;
    drop(raw);
    house::eventually("the delay is over", || house.handle.state_of("other").is_some()).await;
}

/// A session that is away keeps so much and no more; whoever sends is told. QoS 0 is not kept.
#[tokio::test]
async fn the_queue_of_who_is_away_is_bounded() {
    let limits = Limits {
        outbound_bytes: 4_000,
        ..Limits::default()
    };
    let house = house::open(limits, None).await;
    let (mut raw, _) = Raw::resume(&house, &lasting(true, "gauge", 60)).await;
    raw.subscribed(&subscribe(true, 1, &[DOWN]), 1).await;
    away(&house, raw).await;
    let large = "x".repeat(1_000);
    let sent: Vec<_> = (0..5)
        .map(|_| house.handle.publish_down("gauge", down(&large)))
        .collect();
    assert_eq!(sent.iter().filter(|sent| sent.is_ok()).count(), 3, "{sent:?}");
    assert!(matches!(sent[4], Err(MqttError::TooSlow(_))));
    let (mut raw, present) = Raw::resume(&house, &lasting(true, "gauge", 60)).await;
    assert!(present);
    for _ in 0..3 {
        assert_eq!(heard(true, raw.read().await).payload.len(), 1_000);
    }
    raw.nothing_came().await;
    raw.subscribed(&subscribe_as(true, 2, &[], &[(DOWN, 0)]), 0).await;
    away(&house, raw).await;
    assert!(matches!(
        house.handle.publish_down("gauge", down("x")),
        Err(MqttError::NotListening(_))
    ));
}

/// [MQTT-3.3.2-5]: what is past its time is not delivered, [MQTT-3.3.2-6]: the rest says how long it is good for.
#[tokio::test]
async fn what_is_past_its_time_is_not_kept() {
    let house = house::plain().await;
    let (mut raw, _) = Raw::resume(&house, &lasting(true, "gauge", 60)).await;
    raw.subscribed(&subscribe(true, 1, &[DOWN]), 1).await;
    away(&house, raw).await;
    let with_expiry = |payload: &str, expiry| DownMessage {
        expiry: Some(expiry),
        ..down(payload)
    };
    let second = std::time::Duration::from_secs(1);
    assert_eq!(house.handle.publish_down("gauge", with_expiry("old", second)), Ok(1));
    assert_eq!(
        house.handle.publish_down("gauge", with_expiry("good", second * 600)),
        Ok(1)
    );
    tokio::time::sleep(second).await;
    let (mut raw, _) = Raw::resume(&house, &lasting(true, "gauge", 60)).await;
    let message = heard(true, raw.read().await);
    assert_eq!(message.payload, "good");
    let at = message.properties.iter().position(|byte| *byte == 0x02).unwrap();
    let left = u32::from_be_bytes(message.properties[at + 1..at + 5].try_into().unwrap());
    assert!((1..600).contains(&left), "{left}");
}

/// [MQTT-3.8.4-3]: the same filter again replaces its subscription, [MQTT-3.3.1-10]: retained messages come only to new
/// ones if that was asked.
#[tokio::test]
async fn a_session_that_is_taken_up_knows_its_subscriptions() {
    let house = house::start(Setup::default(), None).await;
    let mut other = Raw::join(&house, &hello(true, "gauge")).await;
    other
        .send(&publish_with(true, 0x33, "devices/gauge/state", 1, b"online"))
        .await;
    assert_eq!(other.puback().await, (1, 0));
    let mut asks = lasting(true, "gauge", 60);
    asks.client_id = "second".into();
    let only_new = subscribe_as(true, 1, &[], &[("devices/gauge/state", 0x11)]);
    let (mut raw, _) = Raw::resume(&house, &asks).await;
    raw.subscribed(&only_new, 1).await;
    let state = heard(true, raw.read().await);
    assert_eq!(state.payload, "online");
    raw.send(&packet(0x40, &state.id.to_be_bytes())).await;
    raw.nothing_came().await;
    drop(raw);
    house::eventually("it is away", || house.handle.kept_sessions() == 1).await;
    let (mut raw, present) = Raw::resume(&house, &asks).await;
    assert!(present);
    raw.subscribed(&only_new, 1).await;
    raw.nothing_came().await;
}
