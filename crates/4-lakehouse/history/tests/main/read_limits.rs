//! A question that would take the machine down ends with a precise answer, and others go on meanwhile.

use crate::read_ground::{Past, chief};
use history::query::error::QueryError;
use history::query::sql::SqlLimits;
use serde_json::json;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

const HEAVY: &str =
    "select count(*) from observations a, observations b, observations c where a.number + b.number + c.number < 0";

async fn past(limits: SqlLimits) -> Arc<Past> {
    let past = Past::open_with(1, limits, Vec::new()).await;
    let rows: Vec<(u32, i64, f64)> = (0..20_000).map(|n| (0, n, n as f64)).collect();
    past.append(&rows).await;
    Arc::new(past)
}

/// Waits until so many statements run.
async fn until_running(past: &Past, count: usize) {
    while past.history.running() != count {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_join_of_everything_with_itself_ends_and_a_small_question_is_answered_meanwhile() {
    let past = past(SqlLimits::default()).await;
    let end = CancellationToken::new();
    let heavy = tokio::spawn({
        let (past, end) = (Arc::clone(&past), end.clone());
        async move {
            past.history
                .sql_until(&chief(), Past::statement(HEAVY), end.cancelled())
                .await
        }
    });
    until_running(&past, 1).await;
    assert_eq!(
        past.rows(&chief(), "select count(*) from observations").await,
        json!([[20_000]])
    );
    assert!(!heavy.is_finished(), "20,000 ^ 3 rows take longer than one count");
    end.cancel();
    let answer = heavy.await.unwrap();
    assert!(matches!(answer, Err(QueryError::Time(30))), "{answer:?}");
    // the turn is given back only when the work has really ended
    until_running(&past, 0).await;
    assert_eq!(past.rows(&chief(), "select 1").await, json!([[1]]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_whose_asker_goes_away_stops() {
    let past = past(SqlLimits::default()).await;
    let asked = tokio::spawn({
        let past = Arc::clone(&past);
        async move { past.ask(&chief(), HEAVY).await }
    });
    until_running(&past, 1).await;
    asked.abort();
    until_running(&past, 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn beyond_the_queue_the_answer_comes_at_once() {
    let limits = SqlLimits {
        at_once: 1,
        waiting: 1,
        ..SqlLimits::default()
    };
    let past = past(limits).await;
    let ask = || {
        let past = Arc::clone(&past);
        tokio::spawn(async move { past.ask(&chief(), HEAVY).await })
    };
    let running = ask();
    until_running(&past, 1).await;
    let others = [ask(), ask(), ask()];
    // of three more, one waits and two are told
    let mut told = 0;
    while told < 2 {
        tokio::task::yield_now().await;
        told = others.iter().filter(|other| other.is_finished()).count();
    }
    for other in others {
        if other.is_finished() {
            assert!(matches!(other.await.unwrap(), Err(QueryError::Busy(1, 1))));
        } else {
            other.abort();
        }
    }
    running.abort();
    until_running(&past, 0).await;
}

#[tokio::test]
async fn memory_has_an_end() {
    let past = past(SqlLimits {
        memory_mib: 1,
        ..SqlLimits::default()
    })
    .await;
    for sql in [
        "select time, number, row_number() over (order by number desc) from observations order by number limit 5",
        "select a.time, count(*) from observations a join observations b on a.number <> b.number group by 1",
        "select time, number, array_agg(number) over (partition by series) from observations",
    ] {
        let answer = past.ask(&chief(), sql).await;
        assert!(matches!(answer, Err(QueryError::Memory(1))), "{sql}: {answer:?}");
    }
    assert!(QueryError::Memory(1).to_string().contains("ask for a shorter time"));
}
