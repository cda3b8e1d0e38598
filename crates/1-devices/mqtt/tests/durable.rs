//! Sessions that survive a restart of the program: written down before they are acknowledged, read at the start.

use crate::house::{self, House, PATIENCE, Setup, Store};
use crate::raw::{Raw, heard, hello, lasting, packet, publish_with, subscribe, subscribe_as};
use async_trait::async_trait;
use mqtt::{DownMessage, Namespace};
use ports::error::{PortError, Result};
use ports::query::{After, Query};
use ports::records::{Change, Collection, Committed, Document, Page, Records, Transaction};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// Documents in memory, which a test can stop.
#[derive(Debug, Default)]
struct Shelf {
    documents: Mutex<BTreeMap<String, Vec<u8>>>,
    closed: AtomicBool,
}

#[async_trait]
impl Records for Shelf {
    async fn get(&self, _: Collection, _: &str) -> Result<Option<Document>> {
        Ok(None)
    }
    async fn query(&self, _: Collection, query: Query) -> Result<Page> {
        let documents = self.documents.lock().unwrap();
        let after = query.after.map(|after| after.key);
        let mut later = documents
            .iter()
            .filter(|(key, _)| after.as_ref().is_none_or(|after| *key > after));
        let documents: Vec<_> = later
            .by_ref()
            .take(1)
            .map(|(key, body)| Document {
                key: key.clone(),
                version: 1,
                body: body.clone(),
            })
            .collect();
        let next = documents.last().filter(|_| later.next().is_some()).map(|last| After {
            value: 0,
            key: last.key.clone(),
        });
        Ok(Page { documents, next })
    }
    async fn count(&self, _: Collection, _: Query) -> Result<u64> {
        Ok(self.documents.lock().unwrap().len() as u64)
    }
    async fn commit(&self, transaction: Transaction) -> Result<Committed> {
        if self.closed.load(Ordering::Relaxed) {
            return Err(PortError::Unavailable("closed".into()));
        }
        let mut documents = self.documents.lock().unwrap();
        for change in transaction.changes {
            match change {
                Change::Put { key, body, .. } => documents.insert(key, body),
                Change::Delete { key, .. } => documents.remove(&key),
            };
        }
        Ok(Committed::default())
    }
}

async fn open(shelf: &Arc<Shelf>, store: &Arc<Store>) -> House {
    let fleet = Namespace {
        topics: "fleet/#".into(),
        publish: vec!["*".into()],
        subscribe: vec!["*".into()],
    };
    let setup = Setup {
        records: Some(Arc::clone(shelf) as _),
        store: Arc::clone(store),
        namespaces: vec![fleet],
        ..Setup::default()
    };
    house::start(setup, None).await
}

/// Ends a server as a power cut would: what is not on the shelf by now is gone.
async fn cut(house: House, shelf: &Shelf) -> Shelf {
    let documents = shelf.documents.lock().unwrap().clone();
    shelf.closed.store(true, Ordering::Relaxed);
    house.server.abort();
    Shelf {
        documents: Mutex::new(documents),
        closed: AtomicBool::new(false),
    }
}

fn down(payload: &str) -> DownMessage {
    DownMessage {
        payload: payload.to_owned().into(),
        content_type: Some("text/plain".into()),
        correlation: Some(bytes::Bytes::from_static(&[7, 8])),
        expiry: Some(std::time::Duration::from_secs(600)),
    }
}

/// MQTT 5 §4.1.0, [MQTT-4.1.0-1], [MQTT-3.1.2-23]: subscriptions, queue and window are there after an orderly end.
#[tokio::test]
async fn a_session_goes_on_after_a_restart() {
    for v5 in [false, true] {
        let (shelf, store) = (Arc::new(Shelf::default()), Arc::new(Store::default()));
        let house = open(&shelf, &store).await;
        let (mut raw, _) = Raw::resume(&house, &lasting(v5, "gauge", 600)).await;
        raw.subscribed(
            &subscribe_as(v5, 1, &[], &[("devices/gauge/down", 2), ("$share/g/fleet/#", 1)]),
            1,
        )
        .await;
        for payload in ["a", "b", "c"] {
            assert_eq!(house.handle.publish_down("gauge", down(payload)), Ok(1));
        }
        let ids = [
            heard(v5, raw.read().await).id,
            heard(v5, raw.read().await).id,
            heard(v5, raw.read().await).id,
        ];
        raw.send(&packet(0x50, &ids[0].to_be_bytes())).await;
        assert_eq!(raw.answer(0x62).await, (ids[0], 0));
        raw.send(&packet(0x50, &ids[1].to_be_bytes())).await;
        assert_eq!(raw.answer(0x62).await, (ids[1], 0));
        raw.send(&packet(0x70, &ids[1].to_be_bytes())).await;
        raw.nothing_came().await;
        drop(raw);
        house::eventually("it is away", || house.handle.kept_sessions() == 1).await;
        assert_eq!(house.handle.publish_down("gauge", down("d")), Ok(1));
        house.shutdown.cancel();
        house.server.await.unwrap();

        let house = open(&shelf, &store).await;
        house::eventually("it is read", || house.handle.kept_sessions() == 1).await;
        let (mut raw, present) = Raw::resume(&house, &lasting(v5, "gauge", 600)).await;
        assert!(present);
        assert_eq!(raw.answer(0x62).await, (ids[0], 0));
        let again = heard(v5, raw.read().await);
        assert_eq!((again.first, again.id, again.payload.as_str()), (0x3c, ids[2], "c"));
        let new = heard(v5, raw.read().await);
        assert_eq!((new.first, new.payload.as_str()), (0x34, "d"));
        if v5 {
            assert!(new.has(b"\x03\x00\x0atext/plain") && new.has(&[0x09, 0, 2, 7, 8]) && new.has(&[0x02, 0, 0, 2]));
        }
        assert_eq!(
            house.handle.publish_down("gauge", down("e")),
            Ok(1),
            "it is still subscribed"
        );
        assert_eq!(heard(v5, raw.read().await).payload, "e");
        raw.send(&publish_with(v5, 0x30, "fleet/x", 0, b"f")).await;
        assert_eq!(heard(v5, raw.read().await).payload, "f", "the shared one too");
    }
}

/// SUBACK waits until the subscription is on the shelf, so that no power cut takes it back ([MQTT-3.8.4-1] says no when).
#[tokio::test]
async fn an_acknowledged_subscription_survives_a_power_cut() {
    let (shelf, store) = (Arc::new(Shelf::default()), Arc::new(Store::default()));
    let house = open(&shelf, &store).await;
    shelf.closed.store(true, Ordering::Relaxed);
    let (mut raw, _) = Raw::resume(&house, &lasting(true, "gauge", 600)).await;
    raw.send(&subscribe(true, 1, &["devices/gauge/down"])).await;
    raw.nothing_came().await;
    shelf.closed.store(false, Ordering::Relaxed);
    assert_eq!(raw.read().await.0, 0x90, "once storage is back");
    let shelf = Arc::new(cut(house, &shelf).await);
    let house = open(&shelf, &store).await;
    house::eventually("it is read", || house.handle.kept_sessions() == 1).await;
    assert_eq!(house.handle.publish_down("gauge", down("a")), Ok(1));
    let (mut raw, present) = Raw::resume(&house, &lasting(true, "gauge", 600)).await;
    assert!(present);
    assert_eq!(heard(true, raw.read().await).payload, "a");
}

/// [MQTT-4.3.3-10], [MQTT-4.3.3-12] and SEMANTICS 8 over power cuts: not before PUBREL stored twice, after it a new message.
#[tokio::test]
async fn a_publish_of_qos_2_is_stored_once_over_power_cuts() {
    const UP: &str = "devices/gauge/up";
    for v5 in [false, true] {
        let (mut shelf, store) = (Arc::new(Shelf::default()), Arc::new(Store::default()));
        for round in 1..=3 {
            let house = open(&shelf, &store).await;
            house::eventually("it is read", || house.handle.kept_sessions() == usize::from(round > 1)).await;
            let (mut raw, present) = Raw::resume(&house, &lasting(v5, "gauge", 600)).await;
            assert_eq!(present, round > 1);
            // so that the session is on the shelf
            raw.subscribed(&subscribe(v5, round, &[&format!("fleet/{round}")]), 1)
                .await;
            raw.send(&publish_with(v5, 0x34, UP, 1, b"level value=1")).await;
            assert_eq!(raw.answer(0x50).await, (1, 0));
            shelf = Arc::new(cut(house, &shelf).await);
            let house = open(&shelf, &store).await;
            house::eventually("it is read", || house.handle.kept_sessions() == 1).await;
            let (mut raw, present) = Raw::resume(&house, &lasting(v5, "gauge", 600)).await;
            assert!(present);
            raw.send(&publish_with(v5, 0x3c, UP, 1, b"level value=1")).await;
            assert_eq!(raw.answer(0x50).await, (1, 0));
            assert_eq!(store.readings().len(), usize::from(round));
            raw.send(&packet(0x62, &[0, 1])).await;
            assert_eq!(raw.answer(0x70).await, (1, 0));
            shelf = Arc::new(cut(house, &shelf).await);
        }
    }
}

/// The key of a publish with QoS 2 names what a restart would find: it waits until the PUBREL before it is on the shelf.
#[tokio::test]
async fn a_publish_of_qos_2_waits_until_the_release_before_it_is_kept() {
    const UP: &str = "devices/gauge/up";
    for v5 in [false, true] {
        let (shelf, store) = (Arc::new(Shelf::default()), Arc::new(Store::default()));
        let house = open(&shelf, &store).await;
        let (mut raw, _) = Raw::resume(&house, &lasting(v5, "gauge", 600)).await;
        raw.send(&publish_with(v5, 0x34, UP, 1, b"level value=1")).await;
        assert_eq!(raw.answer(0x50).await, (1, 0));
        shelf.closed.store(true, Ordering::Relaxed);
        raw.send(&packet(0x62, &[0, 1])).await;
        raw.nothing_came().await;
        raw.send(&publish_with(v5, 0x34, UP, 2, b"level value=2")).await;
        raw.send(&publish_with(v5, 0x32, UP, 3, b"level value=3")).await;
        shelf.closed.store(false, Ordering::Relaxed);
        assert_eq!(raw.answer(0x70).await, (1, 0), "PUBCOMP first");
        assert_eq!(raw.answer(0x50).await, (2, 0));
        assert_eq!(raw.puback().await, (3, 0));
        let shelf = Arc::new(cut(house, &shelf).await);
        let house = open(&shelf, &store).await;
        house::eventually("it is read", || house.handle.kept_sessions() == 1).await;
        let (mut raw, _) = Raw::resume(&house, &lasting(v5, "gauge", 600)).await;
        raw.send(&publish_with(v5, 0x3c, UP, 2, b"level value=2")).await;
        assert_eq!(raw.answer(0x50).await, (2, 0));
        assert_eq!(store.readings().len(), 3, "not stored again");
    }
}

/// A client that lost power between two answers goes on where it was: PUBREL of the one whose PUBREC it heard, then PUBLISH
/// of the other (MQTT 5 §4.4). That the first id is released must not make the second another message.
#[tokio::test]
async fn a_release_does_not_make_another_publish_new() {
    const UP: &str = "devices/gauge/up";
    for v5 in [false, true] {
        let (shelf, store) = (Arc::new(Shelf::default()), Arc::new(Store::default()));
        let house = open(&shelf, &store).await;
        let (mut raw, _) = Raw::resume(&house, &lasting(v5, "gauge", 600)).await;
        let before = shelf.documents.lock().unwrap().clone();
        for (id, payload) in [(1, b"level value=1"), (2, b"level value=2")] {
            raw.send(&publish_with(v5, 0x34, UP, id, payload)).await;
            assert_eq!(raw.answer(0x50).await, (id, 0));
        }
        // the power goes before the session is written down again
        let shelf = Arc::new(cut(house, &shelf).await);
        *shelf.documents.lock().unwrap() = before;
        let house = open(&shelf, &store).await;
        house::eventually("it is read", || house.handle.kept_sessions() == 1).await;
        let (mut raw, _) = Raw::resume(&house, &lasting(v5, "gauge", 600)).await;
        raw.send(&packet(0x62, &[0, 1])).await;
        assert_eq!(raw.answer(0x70).await.0, 1);
        raw.send(&publish_with(v5, 0x3c, UP, 2, b"level value=2")).await;
        assert_eq!(raw.answer(0x50).await, (2, 0));
        assert_eq!(store.readings().len(), 2, "not stored again");
        // and a new message under the released id is one
        raw.send(&publish_with(v5, 0x34, UP, 1, b"level value=1")).await;
        assert_eq!(raw.answer(0x50).await, (1, 0));
        assert_eq!(store.readings().len(), 3);
    }
}

/// SEMANTICS 16: what the first format said is read for ever.
#[tokio::test]
async fn a_session_of_the_first_format_is_read() {
    let shelf = Shelf::default();
    let fixture = include_bytes!("fixtures/session-v1.json").to_vec();
    shelf
        .documents
        .lock()
        .unwrap()
        .insert("gauge/gauge-raw".into(), fixture);
    let (shelf, store) = (Arc::new(shelf), Arc::new(Store::default()));
    let house = open(&shelf, &store).await;
    house::eventually("it is read", || house.handle.kept_sessions() == 1).await;
    let (mut raw, present) = Raw::resume(&house, &lasting(true, "gauge", 600)).await;
    assert!(present);
    assert_eq!(raw.answer(0x62).await, (3, 0));
    let sent = heard(true, raw.read().await);
    assert_eq!((sent.first, sent.id, sent.payload.as_str()), (0x3c, 4, "sent"));
    let waits = heard(true, raw.read().await);
    assert_eq!((waits.first, waits.id, waits.payload.as_str()), (0x34, 5, "waits"));
    for property in [
        &[0x0b, 5][..],
        &[0x01, 1],
        b"\x03\x00\x0atext/plain",
        b"\x08\x00\x15devices/gauge/answers",
        &[0x09, 0, 2, 7, 8],
        &[0x26, 0, 1, b'k', 0, 1, b'v'],
    ] {
        assert!(waits.has(property), "{property:?} {waits:?}");
    }
    // the log knows a publish by the key of its epoch
    raw.send(&publish_with(true, 0x3c, "devices/gauge/up", 11, b"level value=1"))
        .await;
    assert_eq!(raw.answer(0x50).await, (11, 0));
    let key = store.stored()[0].key.clone().unwrap();
    assert_eq!(&*key.key, "mqtt/6431c-7/8/11");
    assert_eq!(house.handle.publish_down("gauge", down("still subscribed")), Ok(1));
    assert_eq!(heard(true, raw.read().await).payload, "still subscribed");
    raw.send(&publish_with(true, 0x31, "fleet/x", 0, b"shared")).await;
    assert_eq!(heard(true, raw.read().await).first, 0x31, "retained as published");
}

/// A session that was ended is not on the shelf; one that is past its time is not read; rubbish is passed over.
#[tokio::test]
async fn what_has_ended_is_forgotten() {
    let (shelf, store) = (Arc::new(Shelf::default()), Arc::new(Store::default()));
    let house = open(&shelf, &store).await;
    let (mut raw, _) = Raw::resume(&house, &lasting(true, "gauge", 600)).await;
    raw.subscribed(&subscribe(true, 1, &["devices/gauge/down"]), 1).await;
    assert_eq!(shelf.documents.lock().unwrap().len(), 1);
    let _raw = Raw::join(&house, &hello(true, "gauge")).await;
    house::eventually("it is forgotten", || shelf.documents.lock().unwrap().is_empty()).await;
    // one that was away is ended by a clean start, one that is here by its DISCONNECT
    for here in [false, true] {
        let mut ends = lasting(true, "gw", 600);
        let (mut raw, _) = Raw::resume(&house, &ends).await;
        raw.subscribed(&subscribe(true, 1, &["devices/gw/down"]), 1).await;
        assert_eq!(shelf.documents.lock().unwrap().len(), 1);
        if here {
            raw.send(&packet(0xe0, &[0, 5, 0x11, 0, 0, 0, 0])).await;
            assert_eq!(raw.next().await, None);
        } else {
            drop(raw);
            house::eventually("it is away", || house.handle.kept_sessions() == 1).await;
            ends.clean = true;
            ends.properties.clear();
            drop(Raw::join(&house, &ends).await);
        }
        house::eventually("it is forgotten", || shelf.documents.lock().unwrap().is_empty()).await;
    }
    let (mut raw, _) = Raw::resume(&house, &lasting(true, "other", 600)).await;
    raw.subscribed(&subscribe(true, 1, &["devices/other/down"]), 1).await;
    let document = shelf.documents.lock().unwrap().values().next().unwrap().clone();
    let text = String::from_utf8(document).unwrap();
    let old = text
        .replace("\"since\":null", "\"since\":1")
        .replace("other-raw", "old");
    let newer = text
        .replace("\"format\":1", "\"format\":2")
        .replace("other-raw", "newer");
    assert!(old != text && newer != text);
    for (key, body) in [
        ("a", "{}"),
        ("other/newer", &newer),
        ("other/old", &old),
        ("z", "rubbish"),
    ] {
        shelf.documents.lock().unwrap().insert(key.into(), body.into());
    }
    let shelf = Arc::new(cut(house, &shelf).await);
    let house = open(&shelf, &store).await;
    house::eventually("the good one is read", || house.handle.kept_sessions() == 1).await;
    let gone = || !shelf.documents.lock().unwrap().contains_key("other/old");
    house::eventually("the old one is forgotten", gone).await;
    assert!(
        shelf.documents.lock().unwrap().contains_key("other/newer"),
        "a newer program may read it"
    );
    let stopped = async {
        house.shutdown.cancel();
        house.server.await.unwrap();
    };
    tokio::time::timeout(PATIENCE, stopped).await.unwrap();
}
