//! Documents and journal on real files: conformance, reopening, a full disk, damage and foreign files.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use embedded::records::{EmbeddedRecords, FORMAT, RecordsOptions};
use ports::conformance::records::{Ports, THINGS, changes, fact, put, put_indexed};
use ports::error::PortError;
use ports::journal::Journal;
use ports::query::{Condition, IndexValue, Query};
use ports::records::{Expect, Records, Transaction};
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;

fn open(directory: &Path) -> EmbeddedRecords {
    EmbeddedRecords::open(directory.join("records.sqlite"), RecordsOptions::default()).unwrap()
}

fn fresh(directory: &TempDir) -> Ports {
    let records = open(&tempfile::tempdir_in(directory).unwrap().keep());
    (Arc::new(records.clone()), Arc::new(records))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn documents_conform() {
    let directory = tempfile::tempdir().unwrap();
    ports::conformance::records::all(async || fresh(&directory)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_journal_conforms() {
    let directory = tempfile::tempdir().unwrap();
    ports::conformance::journal::all(async || fresh(&directory)).await;
}

#[tokio::test]
async fn everything_is_there_after_reopening() {
    let directory = tempfile::tempdir().unwrap();
    let records = open(directory.path());
    let transaction = Transaction {
        changes: vec![put_indexed(
            THINGS,
            "a",
            Expect::Absent,
            b"1",
            vec![("title", IndexValue::Text("Hồ Tây".into()))],
        )],
        facts: vec![fact("a.made.v1", "1"), fact("a.made.v1", "2")],
        cursor: Some(("alert".to_owned(), 1)),
    };
    records.commit(transaction).await.unwrap();
    assert_eq!(records.forget(u64::MAX).await, Ok(1));
    drop(records);
    let records = open(directory.path());
    assert_eq!(*records.head().borrow(), 2);
    assert_eq!((records.oldest().await, records.cursor("alert").await), (Ok(2), Ok(1)));
    let question = Query::all(1).with(Condition::Words("title", "tay".to_owned()));
    assert_eq!(records.query(THINGS, question).await.unwrap().documents[0].key, "a");
    let next = records
        .commit(Transaction {
            facts: vec![fact("a.made.v1", "3")],
            ..Transaction::default()
        })
        .await;
    assert_eq!(next.unwrap().journal, Some(3));
}

#[tokio::test]
async fn a_full_disk_refuses_writes_keeps_reads_and_recovers() {
    let directory = tempfile::tempdir().unwrap();
    let records = open(directory.path());
    records
        .commit(changes(vec![put("small", Expect::Absent, b"1")]))
        .await
        .unwrap();
    records.limit(1).await.unwrap();
    let body = vec![7; 100_000];
    let large = |key: &str| Transaction {
        changes: vec![put("small", Expect::Any, b"2"), put(key, Expect::Absent, &body)],
        facts: vec![fact("a.made.v1", key)],
        cursor: Some(("alert".to_owned(), 9)),
    };
    for _ in 0..2 {
        let answer = records.commit(large("large")).await;
        assert!(matches!(answer, Err(PortError::Full(_))), "{answer:?}");
        assert_eq!(
            records.get(THINGS, "small").await.unwrap().unwrap().body,
            b"1",
            "reads stay, nothing is stored"
        );
        assert_eq!(records.get(THINGS, "large").await, Ok(None));
        assert_eq!((records.cursor("alert").await, *records.head().borrow()), (Ok(0), 0));
    }
    // what needs no new room is still stored, also when it waits together with what is too large
    let small = changes(vec![put("small", Expect::Version(1), b"3")]);
    let (first, second, third) = tokio::join!(
        records.commit(large("x")),
        records.commit(small),
        records.commit(large("y"))
    );
    assert!(
        matches!((&first, &third), (Err(PortError::Full(_)), Err(PortError::Full(_)))),
        "{first:?} {third:?}"
    );
    assert_eq!(second.unwrap().versions, [2]);
    assert_eq!(*records.failed().borrow(), None);
    records.limit(u64::MAX).await.unwrap();
    records.commit(large("large")).await.unwrap();
    assert_eq!(records.get(THINGS, "large").await.unwrap().unwrap().body, body);
}

#[tokio::test]
async fn damage_stops_all_writing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("records.sqlite");
    let records = open(directory.path());
    let many = (0..500)
        .map(|number| put(&format!("{number:04}"), Expect::Absent, &[1; 200]))
        .collect();
    records.commit(changes(many)).await.unwrap();
    drop(records);
    let mut bytes = std::fs::read(&path).unwrap();
    let healthy = bytes.clone();
    // every page but the first, so that the file still opens
    bytes[4_096..].fill(0x5a);
    std::fs::write(&path, &bytes).unwrap();
    match EmbeddedRecords::open(&path, RecordsOptions::default()) {
        Err(error) => assert!(matches!(error, PortError::Corrupt(_)), "{error}"),
        Ok(records) => {
            assert!(matches!(records.get(THINGS, "0001").await, Err(PortError::Corrupt(_))));
            let answer = records.commit(changes(vec![put("0001", Expect::Any, b"2")])).await;
            assert!(matches!(answer, Err(PortError::Unavailable(_))), "{answer:?}");
            assert!(records.failed().borrow().is_some());
        }
    }
    // the same with damage in the leaves only, which an opening cannot see
    let mut bytes = healthy;
    let end = bytes.len();
    bytes[end - 20 * 4_096..].fill(0x5a);
    std::fs::write(&path, &bytes).unwrap();
    let records = open(directory.path());
    let mut stopped = records.failed();
    let mut answers = Vec::new();
    for number in 0..500 {
        answers.push(
            records
                .commit(changes(vec![put(&format!("{number:04}"), Expect::Any, &[2; 300])]))
                .await,
        );
    }
    let first = answers.iter().position(Result::is_err).expect("the damage is met");
    assert!(
        answers[first..]
            .iter()
            .all(|answer| matches!(answer, Err(PortError::Unavailable(_)))),
        "no write after it"
    );
    assert!(
        stopped
            .borrow_and_update()
            .as_deref()
            .is_some_and(|reason| reason.contains("damaged"))
    );
}

#[tokio::test]
async fn files_of_others_and_of_the_future_are_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("records.sqlite");
    let sqlite = rusqlite::Connection::open(&path).unwrap();
    sqlite.execute_batch("CREATE TABLE songs (name TEXT)").unwrap();
    drop(sqlite);
    let before = std::fs::read(&path).unwrap();
    let error = EmbeddedRecords::open(&path, RecordsOptions::default()).unwrap_err();
    assert!(
        matches!(&error, PortError::Misuse(text) if text.contains("another program")),
        "{error}"
    );
    assert_eq!(std::fs::read(&path).unwrap(), before);

    std::fs::write(&path, "this is no database, but quite long enough to look at").unwrap();
    let error = EmbeddedRecords::open(&path, RecordsOptions::default()).unwrap_err();
    assert!(matches!(error, PortError::Corrupt(_)), "{error}");

    std::fs::remove_file(&path).unwrap();
    drop(open(directory.path()));
    let sqlite = rusqlite::Connection::open(&path).unwrap();
    sqlite.pragma_update(None, "user_version", FORMAT + 1).unwrap();
    drop(sqlite);
    let error = EmbeddedRecords::open(&path, RecordsOptions::default()).unwrap_err();
    assert!(
        matches!(&error, PortError::Misuse(text) if text.contains("newer program")),
        "{error}"
    );
}

#[tokio::test]
async fn a_file_of_format_1_is_read() {
    let directory = tempfile::tempdir().unwrap();
    let sqlite = rusqlite::Connection::open(directory.path().join("records.sqlite")).unwrap();
    sqlite.execute_batch(include_str!("../fixtures/records-1.sql")).unwrap();
    drop(sqlite);
    let records = open(directory.path());
    let query = Query::all(10)
        .with(Condition::AnyOf("area", vec!["00004".to_owned()]))
        .with(Condition::Between("at", Some(1), None))
        .with(Condition::Words("title", "ho guom".to_owned()))
        .with(Condition::Touches(
            "place",
            kernel::place::Bounds {
                west: 105.0,
                south: 21.0,
                east: 106.0,
                north: 22.0,
            },
        ));
    let document = records.query(THINGS, query).await.unwrap().documents.remove(0);
    assert_eq!(
        (document.key.as_str(), document.version, document.body.as_slice()),
        ("lake", 3, b"{\"name\":1}".as_slice())
    );
    let entries = records.read(0, &["thing."], 10).await.unwrap();
    assert_eq!(
        (entries[0].number, &entries[0].fact),
        (7, &fact("thing.made.v1", "lake"))
    );
    assert_eq!(records.cursor("alert").await, Ok(7));
    records
        .commit(changes(vec![put("lake", Expect::Version(3), b"4")]))
        .await
        .unwrap();
    assert_eq!(
        records
            .count(THINGS, Query::all(1).with(Condition::Words("title", "ho".to_owned())))
            .await,
        Ok(0)
    );
}
