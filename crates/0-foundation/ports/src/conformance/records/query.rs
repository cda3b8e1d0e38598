//! What every engine must answer to questions: conditions, orders, pages and counts.

use super::{OTHERS, Ports, THINGS, changes, put_indexed};
use crate::error::PortError;
use crate::query::{Condition, IndexValue, Order, Query};
use crate::records::{Expect, Records};
use kernel::place::Bounds;
use std::sync::Arc;

/// Runs every promise about questions on an empty engine.
pub async fn all((records, _journal): Ports) {
    fill(&records).await;
    conditions_choose(&records).await;
    words_fold_and_are_data(&records).await;
    orders_are_total(&records).await;
    pages_meet_without_gap_or_repeat(&records).await;
    misuse_is_refused(&records).await;
}

fn any(index: &'static str, values: &[&str]) -> Condition {
    Condition::AnyOf(index, values.iter().map(|value| (*value).to_owned()).collect())
}

fn words(text: &str) -> Condition {
    Condition::Words("title", text.to_owned())
}

fn touches(west: f64, south: f64, east: f64, north: f64) -> Condition {
    Condition::Touches(
        "place",
        Bounds {
            west,
            south,
            east,
            north,
        },
    )
}

async fn fill(records: &Arc<dyn Records>) {
    let equal = |value: &str| ("area", IndexValue::Equal(value.to_owned()));
    let at = |value: i64| ("at", IndexValue::Range(value));
    let title = |value: &str| ("title", IndexValue::Text(value.to_owned()));
    let place = |west: f64, south: f64, east: f64, north: f64| {
        (
            "place",
            IndexValue::Place(Bounds {
                west,
                south,
                east,
                north,
            }),
        )
    };
    let rows = [
        (
            "a",
            vec![
                equal("1"),
                at(10),
                title("Trạm đo mưa Đống Đa"),
                place(105.0, 21.0, 105.1, 21.1),
            ],
        ),
        (
            "b",
            vec![
                equal("1"),
                equal("2"),
                at(20),
                title("Trạm bơm Yên Sở"),
                title("Yen So pump"),
            ],
        ),
        (
            "c",
            vec![
                equal("2"),
                at(20),
                title("Cầu Long Biên"),
                place(105.1, 21.1, 105.2, 21.2),
            ],
        ),
        (
            "d",
            vec![
                equal("3"),
                at(-5),
                title("PM2.5 \"Hàng Đậu\""),
                place(105.852_437_1, 21.0, 105.852_437_1, 21.0),
            ],
        ),
        ("e", vec![equal("10"), at(i64::MAX)]),
        ("f", vec![]),
    ];
    let mut list: Vec<_> = rows
        .into_iter()
        .map(|(key, indexes)| put_indexed(THINGS, key, Expect::Absent, key.as_bytes(), indexes))
        .collect();
    let others = vec![equal("1"), at(10), title("Trạm"), place(105.0, 21.0, 105.1, 21.1)];
    list.push(put_indexed(OTHERS, "a", Expect::Absent, b"other", others));
    records.commit(changes(list)).await.expect("the commit succeeds");
}

async fn keys(records: &Arc<dyn Records>, query: Query) -> String {
    let page = records.query(THINGS, query).await.expect("the question is answered");
    page.documents.into_iter().map(|document| document.key).collect()
}

async fn conditions_choose(records: &Arc<dyn Records>) {
    let between = |from, to| Condition::Between("at", from, to);
    for (conditions, expected) in [
        (vec![], "abcdef"),
        (vec![any("area", &["1"])], "ab"),
        (vec![any("area", &["1", "2"])], "abc"),
        (vec![any("area", &["1", "1"])], "ab"),
        (vec![any("area", &["1"]), any("area", &["2"])], "b"),
        (vec![any("area", &[])], ""),
        (vec![any("area", &["nobody"])], ""),
        (vec![between(None, None)], "abcde"),
        (vec![between(Some(10), Some(20))], "a"),
        (vec![between(Some(10), Some(21))], "abc"),
        (vec![between(None, Some(10))], "d"),
        (vec![between(Some(21), None)], "e"),
        (vec![between(Some(20), Some(20))], ""),
        (vec![between(Some(30), Some(20))], ""),
        (vec![touches(105.05, 21.05, 105.06, 21.06)], "a"),
        (vec![touches(105.1, 21.1, 105.1, 21.1)], "ac"),
        (vec![touches(105.2, 21.2, 106.0, 22.0)], "c"),
        (vec![touches(105.200_000_1, 21.0, 105.8, 22.0)], ""),
        (vec![touches(105.852_437_1, 21.0, 105.852_437_1, 21.0)], "d"),
        (vec![touches(105.852_437_2, 21.0, 105.852_437_3, 21.0)], ""),
        (vec![touches(-180.0, -90.0, 180.0, 90.0)], "acd"),
        (
            vec![any("area", &["1", "2"]), between(Some(20), None), words("tram")],
            "b",
        ),
        (
            vec![any("area", &["2"]), touches(105.0, 21.0, 106.0, 22.0), words("cau")],
            "c",
        ),
    ] {
        let mut query = Query::all(100);
        query.conditions.clone_from(&conditions);
        assert_eq!(keys(records, query.clone()).await, expected, "{conditions:?}");
        let counted = records.count(THINGS, query.clone()).await;
        assert_eq!(counted, Ok(expected.len() as u64), "{conditions:?}");
        let with_time: String = expected.chars().filter(|key| *key != 'f').collect();
        let newest = keys(records, query.by(Order::Descending("at"))).await;
        let mut sorted: Vec<char> = newest.chars().collect();
        sorted.sort_unstable();
        assert_eq!(
            sorted.into_iter().collect::<String>(),
            with_time,
            "{conditions:?} in the order of time"
        );
    }
    let document = records.query(THINGS, Query::all(1)).await.unwrap().documents.remove(0);
    assert_eq!(
        (document.key.as_str(), document.version, document.body.as_slice()),
        ("a", 1, b"a".as_slice())
    );
    assert_eq!(
        records.count(OTHERS, Query::all(1).with(any("area", &["1"]))).await,
        Ok(1)
    );
}

async fn words_fold_and_are_data(records: &Arc<dyn Records>) {
    for (text, expected) in [
        ("đống", "a"),
        ("DONG", "a"),
        ("do d", "a"),
        ("đa tram", "a"),
        ("tr", "ab"),
        ("ram", ""),
        ("pump tram", "b"),
        ("pm2.5", "d"),
        ("hang dau", "d"),
        ("\"hang", "d"),
        ("cầu*", "c"),
        ("cau AND long", ""),
        ("NOT cau", ""),
        ("title:cau", ""),
        ("long^ -bien", "c"),
        ("cau' OR 1=1 --", ""),
        ("", "abcdef"),
        (" \"*(){}: ", "abcdef"),
    ] {
        assert_eq!(
            keys(records, Query::all(100).with(words(text))).await,
            expected,
            "{text}"
        );
    }
}

async fn orders_are_total(records: &Arc<dyn Records>) {
    assert_eq!(keys(records, Query::all(100).by(Order::Ascending("at"))).await, "dabce");
    assert_eq!(
        keys(records, Query::all(100).by(Order::Descending("at"))).await,
        "ecbad"
    );
    assert_eq!(
        keys(records, Query::all(100).by(Order::Ascending("rank"))).await,
        "",
        "no document has a rank"
    );
}

async fn pages_meet_without_gap_or_repeat(records: &Arc<dyn Records>) {
    let conditions = [
        None,
        Some(any("area", &["1", "2", "3", "10"])),
        Some(Condition::Between("at", Some(0), None)),
    ];
    for (order, whole) in [
        (Order::Key, "abcdef"),
        (Order::Ascending("at"), "dabce"),
        (Order::Descending("at"), "ecbad"),
    ] {
        for condition in &conditions {
            let expected: String = match condition {
                None => whole.to_owned(),
                Some(Condition::AnyOf(..)) => whole.replace('f', ""),
                Some(_) => whole.replace(['f', 'd'], ""),
            };
            for limit in 1..=7 {
                let mut query = Query::all(limit).by(order);
                query.conditions.extend(condition.clone());
                let (mut found, mut pages) = (String::new(), 0);
                loop {
                    let page = records
                        .query(THINGS, query.clone())
                        .await
                        .expect("the question is answered");
                    assert!(page.documents.len() <= limit);
                    found.extend(page.documents.into_iter().map(|document| document.key));
                    pages += 1;
                    let Some(next) = page.next else { break };
                    query = query.after(Some(next));
                }
                assert_eq!(found, expected, "{order:?}, {condition:?}, {limit} a page");
                assert_eq!(pages, expected.len().div_ceil(limit), "no empty page at the end");
            }
        }
    }
}

async fn misuse_is_refused(records: &Arc<dyn Records>) {
    for query in [
        Query::all(0),
        Query::all(1_001),
        Query::all(1).with(any("nothing", &["x"])),
        Query::all(1).with(any("at", &["x"])),
        Query::all(1).with(Condition::Between("area", None, None)),
        Query::all(1).with(Condition::Words("area", "x".to_owned())),
        Query::all(1).with(Condition::Touches(
            "title",
            Bounds {
                west: 0.0,
                south: 0.0,
                east: 1.0,
                north: 1.0,
            },
        )),
        Query::all(1).with(touches(f64::NAN, 0.0, 1.0, 1.0)),
        Query::all(1).by(Order::Ascending("nothing")),
        Query::all(1).by(Order::Descending("area")),
    ] {
        let answer = records.query(THINGS, query.clone()).await;
        assert!(matches!(answer, Err(PortError::Misuse(_))), "{query:?}: {answer:?}");
    }
}
