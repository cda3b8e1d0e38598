//! What every engine must do with documents and transactions.

pub mod index;
pub mod query;

use crate::error::PortError;
use crate::journal::Journal;
use crate::query::{Condition, Index, IndexKind, IndexValue, Query};
use crate::records::{Change, Collection, Document, Expect, Records, Transaction};
use kernel::actor::ActorId;
use kernel::fact::Fact;
use kernel::id::{FactId, TenantId, derived};
use kernel::time::Timestamp;
use std::sync::Arc;
use std::task::Poll;

/// The two ports that one engine answers.
pub type Ports = (Arc<dyn Records>, Arc<dyn Journal>);

/// A collection with an index of each kind.
pub const THINGS: Collection = Collection {
    name: "things",
    indexes: &[
        Index {
            name: "area",
            kind: IndexKind::Equal,
        },
        Index {
            name: "at",
            kind: IndexKind::Range,
        },
        Index {
            name: "rank",
            kind: IndexKind::Range,
        },
        Index {
            name: "title",
            kind: IndexKind::Text,
        },
        Index {
            name: "place",
            kind: IndexKind::Place,
        },
    ],
};

/// Another collection that uses the same names.
pub const OTHERS: Collection = Collection {
    name: "others",
    indexes: THINGS.indexes,
};

/// Runs every promise about documents; `open` gives a new, empty engine at each call.
pub async fn all(open: impl AsyncFn() -> Ports) {
    a_document_is_kept_byte_for_byte(open().await).await;
    versions_count_changes(open().await).await;
    expectations_are_compared(open().await).await;
    a_failed_transaction_leaves_nothing(open().await).await;
    changes_of_one_transaction_follow_each_other(open().await).await;
    one_of_many_wins(open().await).await;
    no_increment_is_lost(open().await).await;
    a_dropped_commit_still_happens(open().await).await;
    index::indexes_follow_their_document(open().await).await;
    index::misuse_is_refused_and_stores_nothing(open().await).await;
    query::all(open().await).await;
}

/// A put of a document without index values.
pub fn put(key: &str, expect: Expect, body: &[u8]) -> Change {
    put_indexed(THINGS, key, expect, body, Vec::new())
}

/// A put with index values.
pub fn put_indexed(
    collection: Collection,
    key: &str,
    expect: Expect,
    body: &[u8],
    indexes: Vec<(&'static str, IndexValue)>,
) -> Change {
    Change::Put {
        collection,
        key: key.to_owned(),
        expect,
        body: body.to_vec(),
        indexes,
    }
}

/// A removal.
pub fn delete(key: &str, expect: Expect) -> Change {
    Change::Delete {
        collection: THINGS,
        key: key.to_owned(),
        expect,
    }
}

/// A transaction of documents only.
pub fn changes(changes: Vec<Change>) -> Transaction {
    Transaction {
        changes,
        ..Transaction::default()
    }
}

/// A fact whose id follows from its kind and subject.
pub fn fact(kind: &str, subject: &str) -> Fact {
    Fact {
        specversion: "1.0".to_owned(),
        id: FactId(derived(&[kind.as_bytes(), subject.as_bytes()])),
        kind: kind.to_owned(),
        source: "/conformance".to_owned(),
        subject: subject.to_owned(),
        time: Timestamp::from_seconds(1_750_000_000),
        tenant: TenantId::new("city").expect("a good name"),
        actor: ActorId::Service("conformance".to_owned()),
        classification: kernel::classification::Classification::Internal,
        areas: Vec::new(),
        data: serde_json::json!({ "text": "Ngập úng \u{1f30a} \"'%", "number": 1.5 }),
    }
}

pub(crate) async fn commit(records: &Arc<dyn Records>, list: Vec<Change>) -> Vec<u64> {
    records
        .commit(changes(list))
        .await
        .expect("the commit succeeds")
        .versions
}

async fn a_document_is_kept_byte_for_byte((records, _journal): Ports) {
    assert_eq!(records.get(THINGS, "a").await, Ok(None));
    let body = (0..=255).collect::<Vec<u8>>();
    for key in ["a", "A", "đ/é:%_", "'; drop table documents; --", " "] {
        assert_eq!(commit(&records, vec![put(key, Expect::Absent, &body)]).await, [1]);
        let document = Document {
            key: key.to_owned(),
            version: 1,
            body: body.clone(),
        };
        assert_eq!(records.get(THINGS, key).await, Ok(Some(document)));
    }
    assert_eq!(records.get(OTHERS, "a").await, Ok(None), "collections are apart");
    assert_eq!(records.count(THINGS, Query::all(1)).await, Ok(5));
    let large = vec![b'x'; 1 << 20];
    commit(
        &records,
        vec![put("large", Expect::Absent, &large), put("empty", Expect::Absent, b"")],
    )
    .await;
    assert_eq!(records.get(THINGS, "large").await.unwrap().unwrap().body, large);
    assert_eq!(records.get(THINGS, "empty").await.unwrap().unwrap().body, b"");
}

async fn versions_count_changes((records, _journal): Ports) {
    assert_eq!(commit(&records, vec![put("a", Expect::Any, b"1")]).await, [1]);
    assert_eq!(commit(&records, vec![put("a", Expect::Version(1), b"2")]).await, [2]);
    assert_eq!(commit(&records, vec![put("a", Expect::Any, b"3")]).await, [3]);
    let document = records.get(THINGS, "a").await.unwrap().unwrap();
    assert_eq!((document.version, document.body.as_slice()), (3, b"3".as_slice()));
    assert_eq!(commit(&records, vec![delete("a", Expect::Version(3))]).await, [0]);
    assert_eq!(records.get(THINGS, "a").await, Ok(None));
    assert_eq!(
        commit(&records, vec![delete("a", Expect::Any)]).await,
        [0],
        "absent is fine"
    );
    assert_eq!(
        commit(&records, vec![put("a", Expect::Absent, b"4")]).await,
        [1],
        "a new life begins at 1"
    );
}

async fn expectations_are_compared((records, _journal): Ports) {
    commit(
        &records,
        vec![put("a", Expect::Absent, b"1"), put("a", Expect::Any, b"2")],
    )
    .await;
    for (change, expected, found) in [
        (put("a", Expect::Absent, b"x"), 0, 2),
        (put("a", Expect::Version(1), b"x"), 1, 2),
        (put("a", Expect::Version(3), b"x"), 3, 2),
        (put("b", Expect::Version(1), b"x"), 1, 0),
        (delete("a", Expect::Version(1)), 1, 2),
        (delete("a", Expect::Absent), 0, 2),
        (delete("b", Expect::Version(7)), 7, 0),
    ] {
        let key = match &change {
            Change::Put { key, .. } | Change::Delete { key, .. } => key.clone(),
        };
        let conflict = PortError::Conflict {
            collection: "things".to_owned(),
            key,
            expected,
            found,
        };
        assert_eq!(records.commit(changes(vec![change])).await, Err(conflict));
    }
    assert_eq!(records.get(THINGS, "a").await.unwrap().unwrap().body, b"2");
    assert_eq!(records.get(THINGS, "b").await, Ok(None));
}

async fn a_failed_transaction_leaves_nothing((records, journal): Ports) {
    commit(&records, vec![put("b", Expect::Absent, b"1")]).await;
    let title = vec![("title", IndexValue::Text("Cầu Giấy".to_owned()))];
    let transaction = Transaction {
        changes: vec![
            put_indexed(THINGS, "a", Expect::Absent, b"1", title),
            delete("b", Expect::Version(1)),
            put("c", Expect::Version(9), b"1"),
        ],
        facts: vec![fact("thing.made.v1", "a")],
        cursor: Some(("reader".to_owned(), 5)),
    };
    let answer = records.commit(transaction).await;
    assert!(matches!(answer, Err(PortError::Conflict { .. })), "{answer:?}");
    assert_eq!(records.get(THINGS, "a").await, Ok(None));
    assert!(records.get(THINGS, "b").await.unwrap().is_some());
    let words = Query::all(10).with(Condition::Words("title", "cau".to_owned()));
    assert_eq!(records.count(THINGS, words).await, Ok(0));
    assert_eq!(*journal.head().borrow(), 0);
    assert_eq!(journal.read(0, &[], 10).await, Ok(Vec::new()));
    assert_eq!(journal.cursor("reader").await, Ok(0));
}

async fn changes_of_one_transaction_follow_each_other((records, _journal): Ports) {
    let list = vec![
        put("a", Expect::Absent, b"1"),
        put("a", Expect::Version(1), b"2"),
        delete("a", Expect::Version(2)),
        put("a", Expect::Absent, b"3"),
    ];
    assert_eq!(commit(&records, list).await, [1, 2, 0, 1]);
    assert_eq!(records.get(THINGS, "a").await.unwrap().unwrap().body, b"3");
    let twice = vec![put("z", Expect::Absent, b"1"), put("z", Expect::Absent, b"2")];
    let answer = records.commit(changes(twice)).await;
    assert!(
        matches!(
            answer,
            Err(PortError::Conflict {
                expected: 0,
                found: 1,
                ..
            })
        ),
        "{answer:?}"
    );
    assert_eq!(records.get(THINGS, "z").await, Ok(None));
}

async fn one_of_many_wins((records, _journal): Ports) {
    let tasks: Vec<_> = (0..24)
        .map(|number: u8| {
            let records = Arc::clone(&records);
            tokio::spawn(async move { records.commit(changes(vec![put("a", Expect::Absent, &[number])])).await })
        })
        .collect();
    let mut winners = 0;
    for task in tasks {
        match task.await.expect("the task ends") {
            Ok(_) => winners += 1,
            Err(error) => assert!(matches!(error, PortError::Conflict { .. }), "{error}"),
        }
    }
    assert_eq!(winners, 1);
    assert_eq!(records.get(THINGS, "a").await.unwrap().unwrap().version, 1);
}

async fn no_increment_is_lost((records, _journal): Ports) {
    commit(&records, vec![put("sum", Expect::Absent, b"0")]).await;
    let tasks: Vec<_> = (0..6)
        .map(|_| {
            let records = Arc::clone(&records);
            tokio::spawn(async move {
                let mut done = 0;
                while done < 5 {
                    let document = records.get(THINGS, "sum").await.unwrap().unwrap();
                    let sum: u64 = String::from_utf8(document.body).unwrap().parse().unwrap();
                    let next = put(
                        "sum",
                        Expect::Version(document.version),
                        (sum + 1).to_string().as_bytes(),
                    );
                    done += u32::from(records.commit(changes(vec![next])).await.is_ok());
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("the task ends");
    }
    let document = records.get(THINGS, "sum").await.unwrap().unwrap();
    assert_eq!((document.body.as_slice(), document.version), (b"30".as_slice(), 31));
}

async fn a_dropped_commit_still_happens((records, journal): Ports) {
    let transaction = Transaction {
        changes: vec![put("a", Expect::Absent, b"1")],
        facts: vec![fact("thing.made.v1", "a")],
        cursor: None,
    };
    {
        let mut future = records.commit(transaction);
        let polled = std::future::poll_fn(|context| Poll::Ready(future.as_mut().poll(context))).await;
        drop((future, polled));
    }
    let mut head = journal.head();
    head.wait_for(|number| *number > 0).await.expect("the engine lives");
    assert!(records.get(THINGS, "a").await.unwrap().is_some());
}
