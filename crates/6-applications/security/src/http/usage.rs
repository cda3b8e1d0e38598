//! GET /api/v1/security/usage

use super::answer::problem;
use super::state::SecurityState;
use crate::model::usage::{Kind, date, read_date};
use crate::store::usage::Filter;
use crate::wire::usage::{Page, Usage};
use access::signed::Signed;
use axum::Json;
use axum::extract::State;
use chassis::cursor;
use chassis::filter::{self, one, several};
use chassis::json::Query;
use chassis::problem::Problem;
use serde::Deserialize;
use utoipa::IntoParams;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// The local day, such as `2026-11-22`; today if absent.
    day: Option<String>,
    /// `account`, `token`, `device`, `anonymous`, `other`; several with commas.
    kind: Option<String>,
    /// Words of id or account; beginnings are enough.
    q: Option<String>,
    /// Size of the page, 1 to 1000; 100 if absent.
    limit: Option<usize>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Who used the interfaces how much on a day: API tokens, accounts, devices over HTTP; those that ask most first.
#[utoipa::path(get, path = "/api/v1/security/usage", tag = "security", params(Asked), responses(
    (status = 200, body = Page),
    (status = 422, description = "a filter cannot be understood; `field` names it"),
))]
pub(super) async fn read_usage(
    State(state): State<SecurityState>,
    Signed(actor): Signed,
    Query(asked): Query<Asked>,
) -> Result<Json<Page>, Problem> {
    let limit = cursor::limit(asked.limit)?;
    let kinds = Kind::ALL.map(Kind::code).join(", ");
    let filter = Filter {
        day: one("day", asked.day.as_deref(), "a day such as 2026-11-22", read_date)?
            .unwrap_or_else(|| state.usage.today()),
        kinds: several("kind", asked.kind.as_deref(), &kinds, |text| {
            Kind::ALL.into_iter().find(|kind| kind.code() == text)
        })?,
        words: filter::words(asked.q.as_deref())?,
    };
    let question = format!("security usage {filter:?}");
    let after = asked.cursor.as_deref().map(|text| state.cursors.read(&question, text));
    let found = state.usage.list(&actor, &filter, after.transpose()?, limit).await;
    let (days, next) = found.map_err(problem)?;
    Ok(Json(Page {
        day: date(filter.day),
        items: days.iter().map(|day| Usage::new(day, state.usage.settings())).collect(),
        next: next.map(|after| state.cursors.write(&question, &after)),
    }))
}
