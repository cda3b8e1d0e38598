//! SQL as people write it: answers, mistakes with their place, freshness, and tables of other slices.

use crate::read_ground::{Past, at, chief, rows_of, start};
use async_trait::async_trait;
use history::query::error::{Mistake, QueryError};
use history::query::rows::Format;
use history::query::sql::{SqlLimits, Statement};
use history::query::tables::{Cell, CellKind, Described, DescribedColumn, Tables};
use kernel::actor::Actor;
use kernel::text::LangText;
use ports::error::PortError;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

#[tokio::test]
async fn answers_have_columns_rows_and_freshness() {
    let past = Past::open(3).await;
    past.append(&[(0, 0, 1.5), (1, 60, 2.5)]).await;
    past.clock.set(at(90));
    let answer = past
        .ask(
            &chief(),
            "select device, attribute, value, unit, quality, time from observation_values order by time desc",
        )
        .await
        .unwrap();
    let columns: Vec<(&str, &str)> = answer
        .columns
        .iter()
        .map(|column| (column.name.as_str(), column.kind))
        .collect();
    assert_eq!(
        columns,
        [
            ("device", "text"),
            ("attribute", "text"),
            ("value", "number"),
            ("unit", "text"),
            ("quality", "text"),
            ("time", "time")
        ]
    );
    assert_eq!(
        rows_of(&answer),
        json!([
            ["gauge-001", "waterDepth", 2.5, "m", "good", "2026-11-21T00:01:00Z"],
            ["gauge-000", "waterDepth", 1.5, "m", "good", "2026-11-21T00:00:00Z"],
        ])
    );
    assert_eq!((answer.known_to, answer.more), (at(90), false));
}

#[tokio::test]
async fn now_is_the_clock_of_the_instance() {
    let past = Past::open(1).await;
    assert_eq!(
        past.rows(&chief(), "select now() = timestamp '2026-11-21T00:00:00Z'")
            .await,
        json!([[true]])
    );
    past.append(&[(0, -7_200, 1.0), (0, -60, 2.0)]).await;
    let recent = "select number from observations where time > now() - interval '1 hour'";
    assert_eq!(past.rows(&chief(), recent).await, json!([[2.0]]));
}

#[tokio::test]
async fn rows_beyond_the_limit_are_told_of() {
    let past = Past::open(1).await;
    let rows: Vec<(u32, i64, f64)> = (0..50).map(|n| (0, n, n as f64)).collect();
    past.append(&rows).await;
    for (limit, count, more) in [(49, 49, true), (50, 50, false), (51, 50, false)] {
        let statement = Statement {
            limit,
            ..Past::statement("select number from observations")
        };
        let answer = past
            .history
            .sql_until(&chief(), statement, std::future::pending())
            .await
            .unwrap();
        assert_eq!((answer.count, answer.more), (count, more), "limit {limit}");
    }
    let statement = Statement {
        limit: 2,
        format: Format::Csv,
        ..Past::statement("select number, time from observations order by time")
    };
    let answer = past
        .history
        .sql_until(&chief(), statement, std::future::pending())
        .await
        .unwrap();
    assert_eq!(
        String::from_utf8(answer.rows).unwrap(),
        "0,2026-11-21T00:00:00Z\r\n1,2026-11-21T00:00:01Z\r\n"
    );
}

#[tokio::test]
async fn mistakes_have_a_place_and_what_may_have_been_meant() {
    let past = Past::open(1).await;
    for (sql, line, column, suggestion) in [
        ("select *\nfrom observation", 2, 6, "observations"),
        ("select serie from observations", 1, 8, "series"),
        ("select\n  time,\n  nummber from observations", 3, 3, "number"),
        ("select count(*) from observations o where o.sries = 1", 1, 43, "series"),
    ] {
        let error = past.ask(&chief(), sql).await.unwrap_err();
        let QueryError::Mistake(mistake) = error else {
            panic!("{sql}: {error}")
        };
        let Mistake {
            line: at_line,
            column: at_column,
            suggestions,
            detail,
        } = *mistake;
        assert_eq!((at_line, at_column), (Some(line), Some(column)), "{sql}: {detail}");
        assert!(
            suggestions.iter().any(|found| found.contains(suggestion)),
            "{sql}: {suggestions:?} {detail}"
        );
        assert!(!detail.contains("datafusion"), "{detail}");
    }
    for sql in [
        "select number + text from observations group by 1 having",
        "select nosuchfunction(1)",
        "select cast('x' as int)",
        "select time from observations where time > 'yesterday'",
        "select 1 / 0",
        "select repeat('x', 1000000000)",
        "select lpad('x', 1000000000)",
        "select array_repeat('x', 1000000000)",
        "select range(0, 1000000000000)",
        "select * from observations a, observations a",
        "select sum(text) from observations",
    ] {
        let error = past.ask(&chief(), sql).await.unwrap_err();
        assert!(matches!(error, QueryError::Mistake(_)), "{sql}: {error:?}");
    }
}

#[tokio::test]
async fn text_that_would_grow_without_end_is_refused_before_it_is_made() {
    let past = Past::open(1).await;
    past.append(&[(0, 0, 1.0)]).await;
    let mut doubling = "select cast(number as text) as a from observations".to_owned();
    for _ in 0..35 {
        doubling = format!("select concat(a, a) as a from ({doubling})");
    }
    let mut ctes = "with t0 as (select cast(number as text) as a from observations)".to_owned();
    for n in 0..40 {
        ctes += &format!(", t{} as (select concat(a, a, 'x') as a from t{n})", n + 1);
    }
    ctes += " select length(a) from t40";
    for sql in [
        doubling,
        ctes,
        format!("select replace('{}', 'a', '{}')", "a".repeat(9_000), "b".repeat(9_000)),
    ] {
        let error = past.ask(&chief(), &sql).await.unwrap_err();
        assert!(
            matches!(
                error,
                QueryError::TooLarge(_) | QueryError::Mistake(_) | QueryError::Forbidden(_)
            ),
            "{error:?}"
        );
    }
    assert_eq!(
        past.rows(&chief(), "select concat('a', 'b'), replace('aba', 'a', 'cc')")
            .await,
        json!([["ab", "ccbcc"]])
    );
}

#[tokio::test]
async fn deep_statements_do_not_end_the_program() {
    let past = Past::open(1).await;
    let sums = format!("select 1{}", "+1".repeat(490));
    let ors = format!(
        "select count(*) from observations where {}",
        vec!["number = 1.5"; 240].join(" or ")
    );
    let cases = format!("select {}1{}", "case when true then ".repeat(30), " end".repeat(30));
    let unions = vec!["select 1"; 240].join(" union all ");
    for sql in [sums, ors, cases, unions] {
        match past.ask(&chief(), &sql).await {
            Ok(answer) => assert!(answer.count > 0),
            Err(error) => assert!(
                matches!(error, QueryError::Mistake(_) | QueryError::Forbidden(_)),
                "{error:?}"
            ),
        }
    }
}

#[tokio::test]
async fn roll_ups_tell_how_far_they_know() {
    let mut past = Past::open(1).await;
    past.append(&[(0, 0, 1.0), (0, 10, 3.0)]).await;
    past.clock.set(at(400));
    past.commit(Duration::from_secs(130)).await;
    past.commit(Duration::from_secs(130)).await;
    let sql = "select bucket, count, min, max, sum from rollup_5m";
    let answer = past.ask(&chief(), sql).await.unwrap();
    assert_eq!(rows_of(&answer), json!([["2026-11-21T00:00:00Z", 2, 1.0, 3.0, 4.0]]));
    let arrived = past.clock.advance(Duration::from_secs(1));
    past.append(&[(0, 20, 100.0)]).await;
    past.clock.advance(Duration::from_secs(50));
    let answer = past.ask(&chief(), sql).await.unwrap();
    assert_eq!(
        answer.known_to, arrived,
        "the roll-up does not know the row that arrived then"
    );
    let raw = past
        .ask(&chief(), "select max(number) from observations")
        .await
        .unwrap();
    assert_eq!((rows_of(&raw), raw.known_to), (json!([[100.0]]), at(400 + 260 + 51)));
}

#[derive(Debug)]
struct Alerts;

#[async_trait]
impl Tables for Alerts {
    fn describe(&self) -> Vec<Described> {
        vec![Described {
            name: "alerts",
            title: LangText::new("Cảnh báo", "Alerts"),
            columns: vec![
                DescribedColumn::new("id", CellKind::Text, "Mã", "Id"),
                DescribedColumn::new("severity", CellKind::Integer, "Mức", "Severity"),
                DescribedColumn::new("raised_at", CellKind::Time, "Lúc", "When"),
            ],
        }]
    }
    async fn rows(&self, actor: &Actor, _: &str, _: usize) -> Result<Vec<Vec<Cell>>, PortError> {
        if !actor.has_role("data_steward") {
            return Ok(Vec::new());
        }
        Ok(vec![
            vec![Cell::Text("a".into()), Cell::Integer(3), Cell::Time(start())],
            vec![Cell::Text("b".into()), Cell::Absent, Cell::Time(at(60))],
        ])
    }
}

#[tokio::test]
async fn tables_of_other_slices_are_joined_with_what_was_observed() {
    let past = Past::open_with(2, SqlLimits::default(), vec![Arc::new(Alerts)]).await;
    past.append(&[(0, 30, 1.0), (0, 90, 2.0)]).await;
    let sql = "select a.id, a.severity, count(*) from alerts a join observations o on o.time > a.raised_at group by 1, 2 order by 1";
    assert_eq!(past.rows(&chief(), sql).await, json!([["a", 3, 2], ["b", null, 1]]));
    assert_eq!(
        past.rows(&crate::read_ground::ward(), "select count(*) from alerts")
            .await,
        json!([[0]])
    );
}
