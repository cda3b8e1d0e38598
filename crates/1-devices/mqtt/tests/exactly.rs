//! QoS 2, both ways: stored once, delivered once, whatever breaks in between.

use crate::house::{self, Mode};
use crate::raw::{Raw, heard, hello, lasting, packet, publish_with, subscribe_as};
use driver::intake::IntakeError;
use mqtt::DownMessage;

const UP: &str = "devices/gauge/up";
const READING: &[u8] = b"level value=1";

fn down(payload: &str) -> DownMessage {
    DownMessage {
        payload: payload.to_owned().into(),
        ..DownMessage::default()
    }
}

fn id(first: u8, id: u16) -> Vec<u8> {
    packet(first, &id.to_be_bytes())
}

/// [MQTT-4.3.3-8], [MQTT-4.3.3-10], [MQTT-4.3.3-11], [MQTT-4.3.3-12]; 3.1.1: [MQTT-4.3.3-2].
#[tokio::test]
async fn a_publish_is_stored_once_until_it_is_released() {
    for v5 in [false, true] {
        let house = house::plain().await;
        house.store.set(Mode::Gated);
        let mut raw = Raw::join(&house, &hello(v5, "gauge")).await;
        raw.send(&publish_with(v5, 0x34, UP, 7, READING)).await;
        house.store.until("it is on its way", |store| store.calls() == 1).await;
        raw.nothing_came().await;
        // its first copy is on its way
        raw.send(&publish_with(v5, 0x3c, UP, 7, READING)).await;
        raw.nothing_came().await;
        house.store.release(0, Ok(()));
        assert_eq!(raw.answer(0x50).await, (7, 0), "PUBREC follows the commit");
        raw.send(&publish_with(v5, 0x3c, UP, 7, READING)).await;
        assert_eq!(raw.answer(0x50).await, (7, 0));
        assert_eq!(house.store.calls(), 1, "not stored twice");
        raw.send(&id(0x62, 7)).await;
        assert_eq!(raw.answer(0x70).await, (7, 0));
        raw.send(&id(0x62, 7)).await;
        let unknown = if v5 { 0x92 } else { 0 };
        assert_eq!(raw.answer(0x70).await, (7, unknown), "PUBCOMP in any case");
        house.store.set(Mode::Store);
        raw.send(&publish_with(v5, 0x34, UP, 7, READING)).await;
        assert_eq!(raw.answer(0x50).await, (7, 0));
        assert_eq!(house.store.calls(), 2, "a new message");
    }
}

/// [MQTT-4.4.0-1], [MQTT-4.3.3-10] over a broken connection, for sessions that are kept; [MQTT-3.1.2-5].
#[tokio::test]
async fn a_publish_that_is_repeated_after_a_broken_connection_is_not_stored_twice() {
    for v5 in [false, true] {
        let house = house::plain().await;
        house.store.set(Mode::Gated);
        let (mut raw, present) = Raw::resume(&house, &lasting(v5, "gauge", 60)).await;
        assert!(!present);
        raw.send(&publish_with(v5, 0x34, UP, 1, READING)).await;
        house.store.until("it is on its way", |store| store.calls() == 1).await;
        house.store.set(Mode::Store);
        // somebody connects while nobody knows what becomes of it
        let (mut raw, present) = Raw::resume(&house, &lasting(v5, "gauge", 60)).await;
        assert!(present);
        house.store.release(0, Ok(()));
        house
            .store
            .until("it is stored", |store| store.stored().len() == 1)
            .await;
        raw.send(&publish_with(v5, 0x3c, UP, 1, READING)).await;
        assert_eq!(raw.answer(0x50).await, (1, 0));
        drop(raw);
        // PUBREC was said and perhaps not heard
        let (mut raw, _) = Raw::resume(&house, &lasting(v5, "gauge", 60)).await;
        raw.send(&publish_with(v5, 0x3c, UP, 1, READING)).await;
        assert_eq!(raw.answer(0x50).await, (1, 0));
        raw.send(&id(0x62, 1)).await;
        assert_eq!(raw.answer(0x70).await, (1, 0));
        assert_eq!(house.store.readings().len(), 1);
        raw.send(&publish_with(v5, 0x34, UP, 1, READING)).await;
        assert_eq!(raw.answer(0x50).await, (1, 0));
        assert_eq!(house.store.readings().len(), 2, "a new message under an old id");
    }
}

/// [MQTT-4.3.3-9]: a PUBREC that refuses frees the packet id.
#[tokio::test]
async fn a_refused_publish_may_be_sent_again_under_its_id() {
    let house = house::plain().await;
    let (mut raw, _) = Raw::resume(&house, &lasting(true, "gauge", 60)).await;
    house.store.set(Mode::Fail(IntakeError::Full));
    raw.send(&publish_with(true, 0x34, UP, 3, READING)).await;
    assert_eq!(raw.answer(0x50).await, (3, 0x97));
    house.store.set(Mode::Store);
    raw.send(&publish_with(true, 0x34, UP, 3, b"bad value=1")).await;
    assert_eq!(raw.answer(0x50).await, (3, 0x99), "kept in quarantine");
    raw.send(&publish_with(true, 0x34, "devices/other/up", 3, READING))
        .await;
    assert_eq!(raw.answer(0x50).await, (3, 0x87));
    raw.send(&publish_with(true, 0x34, UP, 3, READING)).await;
    assert_eq!(raw.answer(0x50).await, (3, 0));
    assert_eq!(
        house
            .store
            .readings()
            .iter()
            .filter(|(_, name)| name == "level")
            .count(),
        1
    );
}

/// [MQTT-3.3.4-7]: PUBREC does not give room back, PUBCOMP does.
#[tokio::test]
async fn unreleased_publishes_count_as_unacknowledged() {
    let limits = mqtt::Limits {
        receive_maximum: 2,
        ..mqtt::Limits::default()
    };
    let house = house::open(limits, None).await;
    let mut raw = Raw::join(&house, &hello(true, "gauge")).await;
    for number in 1..=2 {
        raw.send(&publish_with(true, 0x34, UP, number, READING)).await;
        assert_eq!(raw.answer(0x50).await, (number, 0));
    }
    raw.send(&id(0x62, 1)).await;
    assert_eq!(raw.answer(0x70).await, (1, 0));
    raw.send(&publish_with(true, 0x34, UP, 3, READING)).await;
    assert_eq!(raw.answer(0x50).await, (3, 0));
    raw.send(&publish_with(true, 0x34, UP, 4, READING)).await;
    raw.closed(true, 0x93).await;
}

/// [MQTT-4.3.3-1] to [MQTT-4.3.3-6] as the sender, [MQTT-3.8.4-8].
#[tokio::test]
async fn a_message_goes_to_a_device_in_four_steps() {
    for v5 in [false, true] {
        let house = house::plain().await;
        let mut raw = Raw::join(&house, &hello(v5, "gauge")).await;
        raw.subscribed(&subscribe_as(v5, 1, &[], &[("devices/gauge/down", 2)]), 2)
            .await;
        assert_eq!(house.handle.publish_down("gauge", down("open")), Ok(1));
        let message = heard(v5, raw.read().await);
        assert_eq!((message.first, message.payload.as_str()), (0x34, "open"));
        raw.send(&id(0x40, message.id)).await;
        raw.send(&id(0x70, message.id)).await;
        raw.nothing_came().await;
        raw.send(&id(0x50, message.id)).await;
        assert_eq!(raw.answer(0x62).await, (message.id, 0));
        raw.send(&id(0x50, message.id)).await;
        assert_eq!(raw.answer(0x62).await, (message.id, 0), "PUBREL again");
        raw.send(&id(0x70, message.id)).await;
        raw.send(&id(0x50, message.id)).await;
        let unknown = if v5 { 0x92 } else { 0 };
        assert_eq!(raw.answer(0x62).await, (message.id, unknown));
    }
}

/// [MQTT-4.4.0-1], [MQTT-3.3.1-1], [MQTT-4.3.3-6], [MQTT-4.6.0-1], [MQTT-2.2.1-3]: sent again in order, with the same
/// packet ids and DUP, and PUBREL where PUBREC came.
#[tokio::test]
async fn what_a_device_did_not_acknowledge_is_sent_again() {
    for v5 in [false, true] {
        let house = house::plain().await;
        let (mut raw, _) = Raw::resume(&house, &lasting(v5, "gauge", 60)).await;
        raw.subscribed(&subscribe_as(v5, 1, &[], &[("devices/gauge/down", 2)]), 2)
            .await;
        let mut ids = Vec::new();
        for payload in ["a", "b", "c"] {
            assert_eq!(house.handle.publish_down("gauge", down(payload)), Ok(1));
            ids.push(heard(v5, raw.read().await).id);
        }
        raw.send(&id(0x50, ids[0])).await;
        assert_eq!(raw.answer(0x62).await, (ids[0], 0));
        raw.send(&id(0x50, ids[1])).await;
        assert_eq!(raw.answer(0x62).await, (ids[1], 0));
        raw.send(&id(0x70, ids[1])).await;
        raw.nothing_came().await;
        drop(raw);
        house::eventually("it is away", || house.handle.kept_sessions() == 1).await;
        assert_eq!(house.handle.publish_down("gauge", down("d")), Ok(1), "kept for it");
        let (mut raw, present) = Raw::resume(&house, &lasting(v5, "gauge", 60)).await;
        assert!(present);
        assert_eq!(raw.answer(0x62).await, (ids[0], 0));
        let again = heard(v5, raw.read().await);
        assert_eq!((again.first, again.id, again.payload.as_str()), (0x3c, ids[2], "c"));
        let new = heard(v5, raw.read().await);
        assert_eq!((new.first, new.payload.as_str()), (0x34, "d"));
        assert!(!ids.contains(&new.id) || new.id == ids[1]);
        raw.send(&id(0x70, ids[0])).await;
        raw.nothing_came().await;
    }
}
