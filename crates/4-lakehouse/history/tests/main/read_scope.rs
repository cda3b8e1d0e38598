//! Rows of series that an actor may not see never appear: not as rows, not in counts, not in plans, not in errors.

use crate::read_ground::{Past, chief, range_of, stranger, ward};
use audit::model::Outcome;
use history::query::error::QueryError;
use kernel::error::{Classified, ErrorKind};
use kernel::position::Position;
use serde_json::json;
use std::time::Duration;

/// Four series, two visible to the ward; rows in the table and in the log, one hidden value that no cast survives.
async fn past() -> Past {
    let mut past = Past::open(4).await;
    past.append(&[(0, 0, 1.0), (1, 0, 100.0), (2, 0, 2.0), (3, 0, 200.0)])
        .await;
    past.append(&[(0, 400, 1.0), (1, 400, 100.0)]).await;
    past.clock.advance(Duration::from_secs(4_000));
    past.commit(Duration::from_secs(130)).await;
    past.commit(Duration::from_secs(130)).await;
    past.append(&[(2, 500, 3.0), (3, 500, 300.0), (1, 0, 101.0)]).await;
    past
}

#[tokio::test]
async fn hidden_rows_are_absent_from_rows_and_from_counts() {
    let past = past().await;
    for (sql, everything, visible) in [
        ("select count(*) from observations", json!([[8]]), json!([[4]])),
        (
            "select count(distinct series) from observations",
            json!([[4]]),
            json!([[2]]),
        ),
        (
            "select sum(number), max(number) from observations",
            json!([[1.0 + 101.0 + 2.0 + 200.0 + 1.0 + 100.0 + 3.0 + 300.0, 300.0]]),
            json!([[7.0, 3.0]]),
        ),
        ("select count(*) from series", json!([[4]]), json!([[2]])),
        (
            "select distinct areas from observation_values order by 1",
            json!([["00004"], ["00070"]]),
            json!([["00070"]]),
        ),
        (
            "select count(*) from observations where series in (1, 3)",
            json!([[4]]),
            json!([[0]]),
        ),
        (
            "select count(*) from observations where series = 3 and number > 0",
            json!([[2]]),
            json!([[0]]),
        ),
        ("select max(series) from rollup_5m", json!([[3]]), json!([[2]])),
        (
            "select count(*) from rollup_1h where series = 1",
            json!([[1]]),
            json!([[0]]),
        ),
        (
            "select count(*) from (select * from observations order by time limit 100)",
            json!([[8]]),
            json!([[4]]),
        ),
    ] {
        assert_eq!(past.rows(&chief(), sql).await, everything, "{sql}");
        assert_eq!(past.rows(&ward(), sql).await, visible, "{sql}");
    }
}

#[tokio::test]
async fn no_expression_is_evaluated_on_hidden_rows() {
    let past = past().await;
    // fails on 100, 200, 300 and 101, which the ward may not see
    let sql = "select count(*) from observations where 1 / (cast(number as bigint) - 100) <> 5 and 1 / (cast(number as bigint) - 200) <> 5";
    assert!(past.ask(&chief(), sql).await.is_err());
    assert_eq!(past.rows(&ward(), sql).await, json!([[4]]));
}

#[tokio::test]
async fn plans_tell_nothing_of_hidden_rows() {
    let past = past().await;
    for sql in [
        "explain select * from observations",
        "explain analyze select * from observations",
        "explain verbose select count(*) from observations",
    ] {
        let plan = past.rows(&ward(), sql).await.to_string();
        assert!(!plan.contains("parquet") && !plan.contains("output_rows=8"), "{plan}");
    }
    let analyzed = past
        .rows(
            &ward(),
            "explain analyze select number from observations where number >= 0",
        )
        .await
        .to_string();
    assert!(analyzed.contains("output_rows=4"), "{analyzed}");
}

#[tokio::test]
async fn a_hidden_series_does_not_exist() {
    let past = past().await;
    assert!(past.range(&ward(), range_of(2, 0, 1_000)).await.is_ok());
    let hidden = past.range(&ward(), range_of(1, 0, 1_000)).await.unwrap_err();
    let absent = past.range(&ward(), range_of(77, 0, 1_000)).await.unwrap_err();
    assert_eq!(
        (hidden.kind(), absent.kind()),
        (ErrorKind::NotFound, ErrorKind::NotFound)
    );
    assert_eq!(hidden.to_string().replace('1', "77"), absent.to_string());
}

#[tokio::test]
async fn without_a_role_nothing_is_answered_and_every_statement_is_on_record() {
    let past = past().await;
    assert!(matches!(
        past.ask(&stranger(), "select 1").await,
        Err(QueryError::Denied(_))
    ));
    assert!(matches!(
        past.range(&stranger(), range_of(0, 0, 9)).await,
        Err(QueryError::Denied(_))
    ));
    past.rows(&chief(), "select 41 + 1").await;
    assert!(past.ask(&chief(), "drop table observations").await.is_err());
    let audit = audit::store::AuditLog::new(
        std::sync::Arc::clone(&past.engine.audit),
        kernel::id::TenantId::new("government").unwrap(),
        std::sync::Arc::new(past.clock.clone()),
    );
    let records = audit.read(Position::START, usize::MAX).await.unwrap();
    let told: Vec<(&str, &str, Outcome)> = records
        .iter()
        .map(|(_, record)| (record.act.as_str(), record.target.as_str(), record.outcome))
        .collect();
    assert_eq!(
        told,
        [
            ("sql.asked", "select 1", Outcome::Denied),
            ("sql.asked", "select 41 + 1", Outcome::Allowed),
            ("sql.answered", "select 41 + 1", Outcome::Allowed),
            ("sql.asked", "drop table observations", Outcome::Allowed),
            ("sql.answered", "drop table observations", Outcome::Failed),
        ]
    );
    assert_eq!(records[2].1.detail["rows"], "1");
}
