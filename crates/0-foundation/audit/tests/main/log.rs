//! Writing and reading records.

use crate::ground::{Ground, access};
use bytes::Bytes;
use kernel::clock::Clock;
use kernel::position::Position;
use ports::error::PortError;
use std::time::Duration;

#[tokio::test]
async fn records_are_read_back_in_order_with_time_and_tenant() {
    let ground = Ground::new();
    let mut expected = Vec::new();
    for number in 0..50 {
        let at = ground.clock.advance(Duration::from_millis(7));
        let id = ground.audit.write(access(&number.to_string())).await.unwrap();
        expected.push((id, at, number.to_string()));
    }
    let records = ground.records().await;
    let found: Vec<_> = records
        .iter()
        .map(|record| (record.id, record.at, record.target.clone()))
        .collect();
    assert_eq!(found, expected);
    assert!(
        records
            .iter()
            .all(|record| record.tenant.as_str() == "gov" && record.format == 1)
    );
    assert!(found.is_sorted(), "ids follow time (UUIDv7)");
    assert_eq!(records.last().map(|record| record.at), Some(ground.clock.now()));
}

#[tokio::test]
async fn many_at_once_are_all_kept_once() {
    let ground = Ground::new();
    let writes = (0..200).map(|number| {
        let audit = ground.audit.clone();
        tokio::spawn(async move { audit.write(access(&number.to_string())).await.unwrap() })
    });
    let mut ids = Vec::new();
    for write in writes.collect::<Vec<_>>() {
        ids.push(write.await.unwrap());
    }
    let mut found: Vec<_> = ground.records().await.into_iter().map(|record| record.id).collect();
    ids.sort();
    found.sort();
    assert_eq!(found, ids);
}

#[tokio::test]
async fn a_newer_record_is_refused_whatever_it_looks_like() {
    let ground = Ground::new();
    ground.audit.write(access("readable")).await.unwrap();
    let newer = Bytes::from_static(br#"{"format":2,"who":"somebody"}"#);
    ground.tenant.audit.append(newer).await.unwrap();
    let error = ground.audit.read(Position::START, 1 << 20).await.unwrap_err();
    assert!(
        matches!(&error, PortError::Corrupt(what) if what.contains("upgrade hanoi-ioc")),
        "{error}"
    );
}

#[tokio::test]
async fn the_first_form_stays_readable() {
    let ground = Ground::new();
    let first = br#"{"format":1,"id":"01900000-0000-7000-8000-000000000000","at":"2026-01-01T00:00:00Z","tenant":"gov",
        "actor":{"kind":"anonymous"},"act":"device.refused","target":"x","outcome":"denied","from":""}"#;
    ground.tenant.audit.append(Bytes::from_static(first)).await.unwrap();
    assert_eq!(ground.records().await[0].act, "device.refused");
}
