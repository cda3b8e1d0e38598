//! Items of quarantine that are sent in again: as they came or mended, once, in the name of their sender.

use crate::ground::{City, gauge, payload, start, submission};
use device::model::{DeviceState, Speaks};
use kernel::actor::{Actor, ActorId};
use kernel::error::Classified;
use kernel::id::{PersonId, QuarantineId, TenantId};
use kernel::quality::Doubt;
use kernel::reject::{MAX_RAW, Reason};
use kernel::submission::{Readings, Submission};
use kernel::time::Timestamp;
use kernel::value::{Value, ValueKind};
use observation::model::Limits;
use observation::record::{QuarantineRecord, Replayed};
use observation::replay::{Decoded, Mended, ReplayError};
use observation::store::Store;
use std::sync::Arc;
use std::time::Duration;
use testkit::faulty_records::{FaultyRecords, RecordsFaults};
use uuid::Uuid;

fn somebody(role: &str) -> Actor {
    let mut actor = Actor::service("test", &TenantId::new("government").unwrap());
    actor.id = ActorId::Person(PersonId(Uuid::from_u128(7)));
    actor.roles = [role.to_owned()].into();
    actor
}

fn house() -> Actor {
    Actor::service("test", &TenantId::new("government").unwrap())
}

fn after(seconds: u64) -> Timestamp {
    start().plus(Duration::from_secs(seconds))
}

/// As much SenML as these tests need: an array of records with `n`, `v` and, in `t`, seconds after the start.
fn decode(payload: &[u8], _: Timestamp) -> Result<Decoded, String> {
    let records: Vec<serde_json::Value> = serde_json::from_slice(payload).map_err(|error| error.to_string())?;
    let mut readings = Readings::default();
    for (item, record) in records.iter().enumerate() {
        let full = record["n"].as_str().unwrap();
        let (device, name) = full.rsplit_once('/').unwrap_or(("", full));
        let key = readings.add_key(device, name, "");
        let value = record["v"].as_f64().unwrap();
        let time = record["t"].as_u64().map(after);
        readings.push(key, time, ValueKind::Number, value.to_bits(), item as u32);
    }
    Ok((readings, Vec::new()))
}

async fn items(city: &City) -> Vec<QuarantineRecord> {
    let officer = somebody("duty_officer");
    let page = city.road.quarantined(&officer, None, None, None, 1_000);
    page.await.unwrap().0
}

/// Sends what is wrong, and gives the item that is kept of it.
async fn wrong(city: &City, submission: &Submission) -> QuarantineRecord {
    let before = items(city).await;
    city.road.accept(submission).await.unwrap();
    let mut now = items(city).await;
    now.retain(|item| !before.contains(item));
    assert_eq!(now.len(), 1);
    now.remove(0)
}

/// Sends an item again so many seconds after the start.
async fn send(city: &City, item: &QuarantineRecord, mended: Option<&str>, at: u64) -> Result<Replayed, ReplayError> {
    let mended = mended.map(|text| Mended {
        payload: text.as_bytes(),
        decode,
    });
    let officer = somebody("duty_officer");
    city.road.replay(&officer, item.id, mended, after(at)).await
}

fn counts(done: &Replayed) -> (u32, u32, u32, u32) {
    let receipt = &done.receipt;
    (
        receipt.accepted,
        receipt.duplicates,
        receipt.corrections,
        receipt.rejected,
    )
}

async fn again(city: &City, id: QuarantineId) -> QuarantineRecord {
    items(city).await.into_iter().find(|item| item.id == id).unwrap()
}

#[tokio::test]
async fn what_came_before_its_device_was_registered_goes_in_as_it_came() {
    let dir = tempfile::tempdir().unwrap();
    let city = City::open(dir.path()).await;
    let item = wrong(&city, &payload("gate", &[("g9", "depth", 5, 0.3)])).await;
    assert_eq!((item.reason, item.device.as_str()), (Reason::UnknownDevice, "g9"));
    city.devices
        .import(&house(), vec![gauge("g9", Speaks::Itself)])
        .await
        .unwrap();

    let done = send(&city, &item, None, 3_600).await.unwrap();
    assert_eq!(counts(&done), (1, 0, 0, 0));
    assert!(done.receipt.position.is_some() && !done.mended && done.kept.is_empty());
    assert_eq!(city.stored().await, [(0, 5, 0.3)], "with its own time");
    assert_eq!(again(&city, item.id).await.replayed, Some(done.clone()));
    assert_eq!((done.at, done.by), (after(3_600), somebody("").id));

    let twice = send(&city, &item, None, 3_700).await.unwrap_err();
    assert_eq!(twice.code(), "already_replayed");
    assert_eq!(city.stored().await.len(), 1);
    city.close().await;
}

#[tokio::test]
async fn a_mended_value_stands_at_the_time_it_brings_or_else_at_the_arrival_of_the_item() {
    for (mended, second, doubt) in [
        (r#"[{"n":"depth","v":0.09,"t":7}]"#, 7, Doubt::None),
        (r#"[{"n":"g1/depth","v":0.09}]"#, 0, Doubt::Untimed),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let city = City::open(dir.path()).await;
        let item = wrong(&city, &payload("g1", &[("", "depth", 7, 99.0)])).await;
        let done = send(&city, &item, Some(mended), 3_600).await.unwrap();
        assert_eq!((counts(&done), done.mended), ((1, 0, 0, 0), true));
        let (rows, _) = city.road.latest(&somebody("duty_officer"), Some("g1"), 0, 10);
        let row = &rows[0].1;
        assert_eq!(
            (row.value(), row.time),
            (Value::Number(0.09), after(second)),
            "{mended}"
        );
        assert_eq!(row.quality.doubt(), doubt, "{mended}");
        assert_eq!(row.received, after(3_600));
        let kept = again(&city, item.id).await;
        assert!(kept.raw.contains("99"), "what came stays: {}", kept.raw);
        city.close().await;
    }
}

#[tokio::test]
async fn what_is_wrong_again_is_a_new_item_and_what_was_taken_counts_once() {
    let dir = tempfile::tempdir().unwrap();
    let city = City::open(dir.path()).await;
    let item = wrong(&city, &payload("g1", &[("", "depth", 7, 99.0)])).await;

    // nothing of it is taken: the item stays as it is
    let done = send(&city, &item, None, 60).await.unwrap();
    assert_eq!(counts(&done), (0, 0, 0, 1));
    assert_eq!(done.receipt.items[0].reason, Reason::OutOfRange);
    assert_eq!(again(&city, item.id).await, item);
    let new = again(&city, done.kept[0]).await;
    assert_eq!((new.replay_of, new.at), (Some(item.id), after(60)));
    assert_eq!((&new.sender, &new.raw, &new.replayed), (&item.sender, &item.raw, &None));

    // half of it is taken: the item is done, its other half is an item of its own
    let half = r#"[{"n":"depth","v":0.2,"t":7},{"n":"speed","v":1}]"#;
    let done = send(&city, &item, Some(half), 61).await.unwrap();
    assert_eq!(counts(&done), (1, 0, 0, 1));
    assert_eq!(done.receipt.items[0].item, 1);
    assert_eq!(again(&city, done.kept[0]).await.reason, Reason::UnknownSeries);
    assert_eq!(
        send(&city, &item, Some(half), 62).await.unwrap_err().code(),
        "already_replayed"
    );
    // the new items can be sent again, too; what is there already is a duplicate, another value a correction
    let same = send(&city, &new, Some(r#"[{"n":"depth","v":0.2,"t":7}]"#), 63).await;
    assert_eq!(counts(&same.unwrap()), (0, 1, 0, 0));
    let other = again(&city, done.kept[0]).await;
    let corrected = send(&city, &other, Some(r#"[{"n":"depth","v":0.3,"t":7}]"#), 64).await;
    assert_eq!(counts(&corrected.unwrap()), (1, 0, 1, 0));
    assert_eq!(city.stored().await, [(0, 7, 0.2), (0, 7, 0.3)]);
    assert_eq!(items(&city).await.len(), 3);
    city.close().await;
}

#[tokio::test]
async fn what_is_wrong_again_is_kept_also_when_its_sender_has_used_up_its_quota() {
    let dir = tempfile::tempdir().unwrap();
    let city = City::open(dir.path()).await;
    let store = Store::new(Arc::clone(&city.engine.records));
    let most = u64::from(Limits::default().quarantine_per_hour);
    let rows: Vec<_> = (-1_200..0).map(|second| ("", "depth", second, 99.0)).collect();
    city.road.accept(&payload("g1", &rows)).await.unwrap();
    assert_eq!(store.count_quarantine().await.unwrap(), most);
    let item = items(&city).await.remove(0);
    send(&city, &item, None, 60).await.unwrap();
    assert_eq!(store.count_quarantine().await.unwrap(), most + 1);
    city.close().await;
}

#[tokio::test]
async fn of_two_at_once_one_is_told_to_look_again() {
    let dir = tempfile::tempdir().unwrap();
    let city = City::open(dir.path()).await;
    let item = wrong(&city, &payload("g1", &[("", "depth", 7, 99.0)])).await;
    let (one, other) = tokio::join!(
        send(&city, &item, Some(r#"[{"n":"depth","v":0.2,"t":7}]"#), 60),
        send(&city, &item, Some(r#"[{"n":"depth","v":0.3,"t":7}]"#), 60),
    );
    assert_eq!(counts(&one.unwrap()), (1, 0, 0, 0));
    let other = other.unwrap_err();
    assert_eq!(other.code(), "replay_under_way");
    assert!(other.to_string().contains("load it again"));
    let later = send(&city, &item, None, 61).await.unwrap_err();
    assert_eq!(later.code(), "already_replayed");
    assert_eq!(city.stored().await, [(0, 7, 0.2)]);
    city.close().await;
}

#[tokio::test]
async fn a_crash_between_the_rows_and_the_mark_stores_nothing_twice() {
    let dir = tempfile::tempdir().unwrap();
    let mut faulty = None;
    let city = City::open_over(
        dir.path(),
        |log| log,
        |records| {
            let records = FaultyRecords::new(records, 1, RecordsFaults::default());
            faulty = Some(records.clone());
            Arc::new(records)
        },
    )
    .await;
    city.road
        .accept(&payload("g1", &[("", "depth", 1, 0.1)]))
        .await
        .unwrap();
    let item = wrong(&city, &payload("g1", &[("", "depth", 7, 99.0)])).await;
    // one row without a time, and one that is wrong again
    let mended = r#"[{"n":"depth","v":0.2},{"n":"depth","v":77,"t":8}]"#;
    faulty.take().unwrap().set_full(true);
    let lost = send(&city, &item, Some(mended), 60).await.unwrap_err();
    assert_eq!(lost.code(), "storage_full");
    assert_eq!(city.stored().await.len(), 2, "the rows were durable before");
    city.close().await;

    let city = City::open(dir.path()).await;
    assert_eq!(
        items(&city).await,
        std::slice::from_ref(&item),
        "no mark and no new item"
    );
    let done = send(&city, &item, Some(mended), 7_200).await.unwrap();
    assert_eq!(counts(&done), (0, 1, 0, 1));
    assert_eq!(again(&city, item.id).await.replayed, Some(done));
    assert_eq!(city.stored().await.len(), 2);
    assert_eq!(items(&city).await.len(), 2);
    city.close().await;
}

#[tokio::test]
async fn an_item_goes_in_with_the_rights_that_its_sender_has_now() {
    let dir = tempfile::tempdir().unwrap();
    let city = City::open(dir.path()).await;
    let foreign = wrong(&city, &payload("g1", &[("g2", "depth", 7, 0.1)])).await;
    let done = send(&city, &foreign, None, 60).await.unwrap();
    assert_eq!(done.receipt.items[0].reason, Reason::NotSpokenFor);

    let item = wrong(&city, &payload("g1", &[("", "depth", 7, 99.0)])).await;
    let mended = Some(r#"[{"n":"depth","v":0.2,"t":7}]"#);
    let state = async |state| city.devices.set_state(&house(), "g1", state).await.unwrap();
    state(DeviceState::Blocked).await;
    let blocked = send(&city, &item, mended, 60).await.unwrap_err();
    assert_eq!(blocked.code(), "device_blocked");
    assert!(blocked.to_string().contains("let it speak again"), "{blocked}");
    state(DeviceState::Active).await;
    assert_eq!(counts(&send(&city, &item, mended, 61).await.unwrap()), (1, 0, 0, 0));
    city.close().await;
}

#[tokio::test]
async fn what_cannot_or_may_not_be_sent_again_is_told_why() {
    let dir = tempfile::tempdir().unwrap();
    let city = City::open(dir.path()).await;
    let store = Store::new(Arc::clone(&city.engine.records));
    let mut readings = Readings::default();
    let key = readings.add_key("", "note", "");
    readings.push_bytes(key, None, ValueKind::Text, &[b'x'; 2_000], 0);
    let cut = wrong(&city, &submission("g1", readings)).await;
    assert_eq!((cut.reason, cut.raw.len()), (Reason::TooLong, MAX_RAW));

    let gone = QuarantineRecord {
        id: QuarantineId(Uuid::now_v7()),
        sender: "old".into(),
        raw: r#"{"n":"g1/depth","v":1.0}"#.into(),
        ..cut.clone()
    };
    let unreadable = QuarantineRecord {
        id: QuarantineId(Uuid::now_v7()),
        reason: Reason::Malformed,
        raw: "[{".into(),
        ..cut.clone()
    };
    store.put_quarantine(&[gone.clone(), unreadable.clone()]).await.unwrap();
    let unknown = QuarantineRecord {
        id: QuarantineId(Uuid::nil()),
        ..cut.clone()
    };
    for (item, mended, code) in [
        (&cut, None, "content_not_whole"),
        (&unreadable, None, "content_unreadable"),
        (&unreadable, Some("[{"), "malformed"),
        (&gone, None, "sender_gone"),
        (&unknown, None, "not_found"),
    ] {
        let error = send(&city, item, mended, 60).await.unwrap_err();
        assert_eq!(error.code(), code, "{error}");
    }
    for role in ["leader", "device", ""] {
        for id in [unreadable.id, unknown.id] {
            let error = city.road.replay(&somebody(role), id, None, start()).await.unwrap_err();
            assert_eq!(error.code(), "denied", "{role}");
        }
    }
    assert_eq!((items(&city).await.len(), city.stored().await.len()), (3, 0));
    // what is not whole or cannot be read can be written anew
    let keeper = somebody("administrator");
    for (item, value) in [(&cut, 0.1), (&unreadable, 0.2)] {
        let mended = format!(r#"[{{"n":"depth","v":{value},"t":7}}]"#);
        let done = city.road.replay(
            &keeper,
            item.id,
            Some(Mended {
                payload: mended.as_bytes(),
                decode,
            }),
            start(),
        );
        assert_eq!(done.await.unwrap().receipt.accepted, 1);
    }
    city.close().await;
}
