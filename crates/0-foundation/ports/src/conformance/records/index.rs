//! What every engine must do with the index values of a changed document.

use super::{Ports, THINGS, changes, commit, delete, put, put_indexed};
use crate::error::PortError;
use crate::query::{Condition, IndexValue, Query};
use crate::records::Expect;
use kernel::place::Bounds;

/// A change or removal of a document takes its old index values along.
pub async fn indexes_follow_their_document((records, _journal): Ports) {
    let values = |area: &str, at: i64, title: &str, east: f64| {
        vec![
            ("area", IndexValue::Equal(area.to_owned())),
            ("at", IndexValue::Range(at)),
            ("title", IndexValue::Text(title.to_owned())),
            (
                "place",
                IndexValue::Place(Bounds {
                    west: east - 0.1,
                    south: 21.0,
                    east,
                    north: 21.1,
                }),
            ),
        ]
    };
    let questions = |area: &str, at: i64, title: &str, east: f64| {
        let bounds = Bounds {
            west: east - 0.1,
            south: 21.0,
            east,
            north: 21.1,
        };
        [
            Condition::AnyOf("area", vec![area.to_owned()]),
            Condition::Between("at", Some(at), Some(at + 1)),
            Condition::Words("title", title.to_owned()),
            Condition::Touches("place", bounds),
        ]
    };
    let check = async |conditions: [Condition; 4], expected: u64, when: &str| {
        for condition in conditions {
            let found = records.count(THINGS, Query::all(1).with(condition.clone())).await;
            assert_eq!(found, Ok(expected), "{when}: {condition:?}");
        }
    };
    let first = values("00001", 1, "Hồ Gươm", 105.8);
    commit(
        &records,
        vec![put_indexed(THINGS, "a", Expect::Absent, b"1", first.clone())],
    )
    .await;
    check(questions("00001", 1, "ho guom", 105.8), 1, "made").await;
    commit(&records, vec![put_indexed(THINGS, "a", Expect::Any, b"2", first)]).await;
    check(questions("00001", 1, "ho guom", 105.8), 1, "written again").await;
    commit(
        &records,
        vec![put_indexed(
            THINGS,
            "a",
            Expect::Any,
            b"3",
            values("00002", 2, "Hồ Tây", 106.8),
        )],
    )
    .await;
    check(questions("00001", 1, "guom", 105.8), 0, "old values").await;
    check(questions("00002", 2, "tay", 106.8), 1, "new values").await;
    commit(&records, vec![put("a", Expect::Any, b"4")]).await;
    check(questions("00002", 2, "tay", 106.8), 0, "values taken away").await;
    commit(
        &records,
        vec![put_indexed(
            THINGS,
            "a",
            Expect::Any,
            b"5",
            values("00002", 2, "Hồ Tây", 106.8),
        )],
    )
    .await;
    commit(&records, vec![delete("a", Expect::Any)]).await;
    check(questions("00002", 2, "tay", 106.8), 0, "deleted").await;
}

/// What breaks the rules of an index is refused, with everything beside it.
pub async fn misuse_is_refused_and_stores_nothing((records, _journal): Ports) {
    let equal = |text: &str| IndexValue::Equal(text.to_owned());
    let upside = Bounds {
        west: 2.0,
        south: 0.0,
        east: 1.0,
        north: 1.0,
    };
    for (indexes, why) in [
        (vec![("nothing", equal("x"))], "not declared"),
        (vec![("at", equal("x"))], "wrong kind"),
        (
            vec![("at", IndexValue::Range(1)), ("at", IndexValue::Range(2))],
            "two range values",
        ),
        (vec![("place", IndexValue::Place(upside))], "west beyond east"),
        (
            vec![(
                "place",
                IndexValue::Place(Bounds {
                    west: f64::NAN,
                    ..upside
                }),
            )],
            "not a number",
        ),
    ] {
        let list = vec![
            put("good", Expect::Any, b"1"),
            put_indexed(THINGS, "bad", Expect::Any, b"1", indexes),
        ];
        let answer = records.commit(changes(list)).await;
        assert!(matches!(answer, Err(PortError::Misuse(_))), "{why}: {answer:?}");
    }
    assert_eq!(records.count(THINGS, Query::all(1)).await, Ok(0));
}
