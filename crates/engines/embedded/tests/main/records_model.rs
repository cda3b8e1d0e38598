//! Random transactions and questions, compared with a map in memory.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use embedded::records::{EmbeddedRecords, RecordsOptions};
use kernel::place::Bounds;
use kernel::text::words;
use ports::conformance::records::{THINGS, changes};
use ports::error::PortError;
use ports::query::{Condition, IndexValue, Order, Query};
use ports::records::{Change, Expect, Records};
use proptest::prelude::{Just, Strategy, any, prop_assert_eq, prop_oneof};
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use std::collections::BTreeMap;

type Values = Vec<(&'static str, IndexValue)>;
type Model = BTreeMap<String, (u64, Vec<u8>, Values)>;

fn key() -> impl Strategy<Value = String> {
    (0..8_u8).prop_map(|number| format!("k{number}"))
}

fn text() -> impl Strategy<Value = String> {
    proptest::collection::vec(
        prop_oneof!["Cầu", "cầu giấy", "Đống", "dong", "hồ 2", "PM2.5", "\"*"],
        0..4,
    )
    .prop_map(|words| words.join(" "))
}

fn bounds() -> impl Strategy<Value = Bounds> {
    (0..6_u8, 0..6_u8, 0..3_u8, 0..3_u8).prop_map(|(west, south, wide, high)| {
        let degrees = |steps: u8| f64::from(steps) / 3.0 + 105.0;
        Bounds {
            west: degrees(west),
            south: degrees(south) - 84.0,
            east: degrees(west + wide),
            north: degrees(south + high) - 84.0,
        }
    })
}

fn area() -> impl Strategy<Value = String> {
    (0..4_u8).prop_map(|number| number.to_string())
}

fn values() -> impl Strategy<Value = Values> {
    (
        proptest::collection::vec(area(), 0..3),
        proptest::option::of(-3..4_i64),
        proptest::collection::vec(text(), 0..2),
        proptest::collection::vec(bounds(), 0..2),
    )
        .prop_map(|(areas, at, titles, places)| {
            let mut values: Values = areas
                .into_iter()
                .map(|area| ("area", IndexValue::Equal(area)))
                .collect();
            values.extend(at.map(|at| ("at", IndexValue::Range(at))));
            values.extend(titles.into_iter().map(|title| ("title", IndexValue::Text(title))));
            values.extend(places.into_iter().map(|place| ("place", IndexValue::Place(place))));
            values
        })
}

fn change() -> impl Strategy<Value = Change> {
    let expect = || {
        prop_oneof![
            3 => Just(Expect::Any),
            1 => Just(Expect::Absent),
            1 => (1..4_u64).prop_map(Expect::Version),
        ]
    };
    prop_oneof![
        4 => (key(), expect(), any::<u8>(), values()).prop_map(|(key, expect, byte, indexes)| Change::Put {
            collection: THINGS, key, expect, body: vec![byte], indexes,
        }),
        1 => (key(), expect()).prop_map(|(key, expect)| Change::Delete { collection: THINGS, key, expect }),
    ]
}

fn condition() -> impl Strategy<Value = Condition> {
    prop_oneof![
        proptest::collection::vec(area(), 0..3).prop_map(|areas| Condition::AnyOf("area", areas)),
        (proptest::option::of(-3..4_i64), proptest::option::of(-3..4_i64))
            .prop_map(|(from, to)| Condition::Between("at", from, to)),
        text().prop_map(|text| Condition::Words("title", text)),
        bounds().prop_map(|bounds| Condition::Touches("place", bounds)),
    ]
}

fn query() -> impl Strategy<Value = Query> {
    let order = prop_oneof![
        Just(Order::Key),
        Just(Order::Ascending("at")),
        Just(Order::Descending("at"))
    ];
    (proptest::collection::vec(condition(), 0..3), order, 1..5_usize).prop_map(|(conditions, order, limit)| Query {
        conditions,
        order,
        after: None,
        limit,
    })
}

/// The same transaction on the map; `Err` is the conflict.
fn apply(model: &mut Model, list: &[Change]) -> Result<Vec<u64>, PortError> {
    let mut next = model.clone();
    let mut versions = Vec::new();
    for change in list {
        let (Change::Put { key, expect, .. } | Change::Delete { key, expect, .. }) = change;
        let found = next.get(key).map_or(0, |document| document.0);
        let expected = match expect {
            Expect::Any => found,
            Expect::Absent => 0,
            Expect::Version(version) => *version,
        };
        if expected != found {
            return Err(PortError::Conflict {
                collection: "things".to_owned(),
                key: key.clone(),
                expected,
                found,
            });
        }
        if let Change::Put { body, indexes, .. } = change {
            next.insert(key.clone(), (found + 1, body.clone(), indexes.clone()));
            versions.push(found + 1);
        } else {
            next.remove(key);
            versions.push(0);
        }
    }
    *model = next;
    Ok(versions)
}

fn holds(values: &Values, condition: &Condition) -> bool {
    let of = |asked: &str| {
        values
            .iter()
            .filter(move |(name, _)| *name == asked)
            .map(|(_, value)| value)
            .collect::<Vec<_>>()
    };
    match condition {
        Condition::AnyOf(index, wanted) => {
            of(index).iter().any(|value| matches!(value, IndexValue::Equal(value) if wanted.contains(value)))
        }
        Condition::Between(index, from, to) => of(index).iter().any(|value| {
            matches!(value, IndexValue::Range(at) if from.is_none_or(|from| from <= *at) && to.is_none_or(|to| *at < to))
        }),
        Condition::Words(index, asked) => {
            let texts = of(index);
            let known = texts.iter().flat_map(|value| match value {
                IndexValue::Text(text) => words(text),
                _ => Vec::new(),
            });
            let known: Vec<String> = known.collect();
            words(asked).iter().all(|word| known.iter().any(|known| known.starts_with(word.as_str())))
        }
        Condition::Touches(index, bounds) => {
            of(index).iter().any(|value| matches!(value, IndexValue::Place(place) if place.touches(bounds)))
        }
    }
}

fn answer(model: &Model, query: &Query) -> Vec<String> {
    let matching = model
        .iter()
        .filter(|(_, document)| query.conditions.iter().all(|c| holds(&document.2, c)));
    let at = |values: &Values| {
        values.iter().find_map(|(name, value)| match value {
            IndexValue::Range(at) if *name == "at" => Some(*at),
            _ => None,
        })
    };
    if query.order == Order::Key {
        return matching.map(|(key, _)| key.clone()).collect();
    }
    let mut keys: Vec<(i64, String)> = matching
        .filter_map(|(key, document)| Some((at(&document.2)?, key.clone())))
        .collect();
    keys.sort();
    if matches!(query.order, Order::Descending(_)) {
        keys.reverse();
    }
    keys.into_iter().map(|(_, key)| key).collect()
}

#[test]
fn records_behave_like_a_map() {
    behave_like_a_map(RecordsOptions::default());
}

#[test]
fn streamed_pages_are_those_of_a_map_too() {
    behave_like_a_map(RecordsOptions {
        narrow_rows: 0,
        ..RecordsOptions::default()
    });
}

fn behave_like_a_map(options: RecordsOptions) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .unwrap();
    let directory = tempfile::tempdir().unwrap();
    let steps = proptest::collection::vec(
        (
            proptest::collection::vec(change(), 1..4),
            proptest::collection::vec(query(), 0..3),
            any::<bool>(),
        ),
        1..16,
    );
    let number = std::cell::Cell::new(0);
    let mut runner = TestRunner::new(Config {
        cases: 32,
        failure_persistence: None,
        ..Config::default()
    });
    runner
        .run(&steps, |steps| {
            number.set(number.get() + 1);
            let path = directory.path().join(format!("{}.sqlite", number.get()));
            let open = || EmbeddedRecords::open(&path, options).unwrap();
            let (mut records, mut model) = (Some(open()), Model::new());
            for (list, queries, reopen) in steps {
                let engine = records.as_ref().unwrap();
                let expected = apply(&mut model, &list);
                let found = runtime
                    .block_on(engine.commit(changes(list)))
                    .map(|committed| committed.versions);
                prop_assert_eq!(found, expected);
                for query in queries {
                    let expected = answer(&model, &query);
                    prop_assert_eq!(&pages(&runtime, engine, &model, query.clone())?, &expected);
                    let all = model
                        .values()
                        .filter(|document| query.conditions.iter().all(|c| holds(&document.2, c)));
                    prop_assert_eq!(
                        runtime.block_on(engine.count(THINGS, query.clone())),
                        Ok(all.count() as u64)
                    );
                }
                if reopen {
                    drop(records.take());
                    records = Some(open());
                }
            }
            Ok(())
        })
        .unwrap();
}

/// All pages of a question; every document is compared with the model.
fn pages(
    runtime: &tokio::runtime::Runtime,
    engine: &EmbeddedRecords,
    model: &Model,
    mut query: Query,
) -> Result<Vec<String>, TestCaseError> {
    let mut keys = Vec::new();
    loop {
        let page = runtime.block_on(engine.query(THINGS, query.clone())).unwrap();
        for document in page.documents {
            let (version, body, _) = &model[&document.key];
            prop_assert_eq!((&document.version, &document.body), (version, body));
            keys.push(document.key);
        }
        let Some(next) = page.next else { return Ok(keys) };
        query = query.after(Some(next));
    }
}
