//! POST /api/v1/sql, GET /api/v1/sql/tables

use super::{HistoryState, problem, wants_csv};
use crate::query::rows::{Format, csv_line};
use crate::query::sql::{Answer, Statement};
use crate::wire::{SqlAnswer, SqlQuestion, SqlTables};
use access::signed::Signed;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use chassis::json::Json;
use chassis::problem::Problem;
use serde_json::json;

/// Rows that are given when nothing else is said.
const DEFAULT_ROWS: usize = 1_000;

/// Ask the past in SQL: one SELECT or EXPLAIN over the tables of `GET /api/v1/sql/tables`, within your scope. With
/// `Accept: text/csv` the answer is CSV.
#[utoipa::path(post, path = "/api/v1/sql", tag = "history", request_body = SqlQuestion, responses(
    (status = 200, body = SqlAnswer),
    (status = 422, description = "the statement has a mistake (`line`, `column`, `suggestions`), is not let in, or needs too much"),
    (status = 429, description = "too many statements run and wait already"),
))]
pub(super) async fn ask_sql(
    State(state): State<HistoryState>,
    Signed(actor): Signed,
    headers: HeaderMap,
    Json(question): Json<SqlQuestion>,
) -> Result<Response, Problem> {
    let csv = wants_csv(&headers);
    let most = state.history.max_rows();
    let limit = question.limit.unwrap_or(DEFAULT_ROWS.min(most));
    if !(1..=most).contains(&limit) {
        return Err(Problem::invalid(
            "limit",
            format!("limit is {limit}; write 1 to {most}"),
        ));
    }
    let statement = Statement {
        sql: question.sql,
        limit,
        format: if csv { Format::Csv } else { Format::Json },
    };
    let answer = state
        .history
        .sql(&actor, statement)
        .await
        .map_err(|error| problem(&error))?;
    Ok(if csv { as_csv(answer) } else { as_json(answer) })
}

fn as_json(answer: Answer) -> Response {
    let columns = serde_json::to_string(&answer.columns).unwrap_or_default();
    let known_to = json!(answer.known_to);
    let (more, took) = (answer.more, answer.took.as_millis());
    let mut body = format!("{{\"columns\":{columns},\"rows\":[").into_bytes();
    body.extend_from_slice(&answer.rows);
    body.extend_from_slice(format!("],\"more\":{more},\"known_to\":{known_to},\"took_ms\":{took}}}").as_bytes());
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

fn as_csv(answer: Answer) -> Response {
    let mut body = Vec::with_capacity(answer.rows.len() + 256);
    csv_line(answer.columns.iter().map(|column| column.name.as_str()), &mut body);
    body.extend_from_slice(&answer.rows);
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/csv; charset=utf-8"),
    );
    headers.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_static("attachment; filename=\"answer.csv\""),
    );
    headers.insert(
        "x-more-rows",
        HeaderValue::from_static(if answer.more { "true" } else { "false" }),
    );
    if let Ok(known_to) = HeaderValue::from_str(&answer.known_to.to_string()) {
        headers.insert("x-known-to", known_to);
    }
    response
}

/// What SQL can ask: tables, columns, what they mean.
#[utoipa::path(get, path = "/api/v1/sql/tables", tag = "history", responses((status = 200, body = SqlTables)))]
pub(super) async fn list_sql_tables(
    State(state): State<HistoryState>,
    Signed(actor): Signed,
) -> Result<axum::Json<SqlTables>, Problem> {
    let known = state.history.tables(&actor).map_err(|error| problem(&error))?;
    Ok(axum::Json(known.into()))
}
