//! Roles, explanations, and the review of who may what.

use super::AccessState;
use super::answer::problem;
use crate::explain::Known;
use crate::session::Live;
use crate::signed::Signed;
use crate::wire::why::{ActionView, ExplanationView, Review, ReviewLine, RoleList, RoleView};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use chassis::json::Query;
use chassis::problem::Problem;
use chassis::wire::Text;
use kernel::classification::Classification;
use policy::action::Action;
use policy::compiled::Table;
use policy::engine::Ask;
use policy::role::{self, Reach};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn mount() -> OpenApiRouter<AccessState> {
    OpenApiRouter::new()
        .routes(routes!(list_roles))
        .routes(routes!(explain))
        .routes(routes!(review))
        .routes(routes!(review_csv))
}

/// The roles that can be given, and what each permits.
#[utoipa::path(get, path = "/api/v1/access/roles", tag = "access", responses((status = 200, body = RoleList)))]
async fn list_roles(State(state): State<AccessState>, _: Signed) -> Json<RoleList> {
    let view = |(code, role): (&str, &role::Role)| RoleView {
        code: code.to_owned(),
        title: Text::from(&role.title),
        own_org_only: role.reach == Reach::Org,
        second_factor: role.second_factor,
        ceiling: role.ceiling,
        actions: Table::here().actions_of(code).iter().map(ToString::to_string).collect(),
    };
    let action = |action: &Action| ActionView {
        code: action.code().to_owned(),
        title: Text::from(&action.title()),
    };
    Json(RoleList {
        items: role::of_tenant(state.accounts.tenant().as_str()).map(view).collect(),
        actions: Action::ALL.iter().map(action).collect(),
    })
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// Code of an action, such as `alert.clear`; GET /api/v1/access/roles lists them.
    action: String,
    /// A thing, as its kind and id: `alert/{id}`, `device/{id}`, `incident/{id}`. Absent: at all.
    object: Option<String>,
}

/// Why may I, or may I not?
///
/// Of a thing that you may not see the answer says which bound is crossed and nothing else. State secrets and what does not
/// exist read the same.
#[utoipa::path(get, path = "/api/v1/access/explain", tag = "access", params(Asked), responses(
    (status = 200, body = ExplanationView),
    (status = 404, description = "there is no such thing, or nobody is told"),
    (status = 422, description = "the action or the object cannot be understood")))]
async fn explain(
    State(state): State<AccessState>,
    _: Signed,
    Extension(live): Extension<Live>,
    Query(asked): Query<Asked>,
) -> Result<Json<ExplanationView>, Problem> {
    let action: Action = asked
        .action
        .parse()
        .map_err(|error: policy::action::NotAnAction| Problem::invalid("action", error.to_string()))?;
    let known = match &asked.object {
        None => None,
        Some(object) => Some(find(&state, object).await?),
    };
    let ask = Ask {
        action,
        target: known.as_ref().map(Known::target),
        person: None,
    };
    let others = state.accounts.other_posts(&live).await.map_err(problem)?;
    let told = policy::explain::explain(state.accounts.engine(), &live.principal, &others, &ask);
    let told = told.map_err(|error| Problem::of(&error))?;
    Ok(Json(ExplanationView::new(&told, asked.object)))
}

async fn find(state: &AccessState, object: &str) -> Result<Known, Problem> {
    let Some((kind, id)) = object.split_once('/') else {
        let what = "object is a kind and an id, such as alert/0190a6f2-...; kinds: alert, device, incident";
        return Err(Problem::invalid("object", what));
    };
    let found = state.things.find(kind, id).await;
    let told = found.filter(|known| known.classification <= Classification::Restricted);
    told.ok_or_else(|| Problem::not_found("object"))
}

/// Who holds which right, where, since when and until when; for the review every six months (quarterly at level 4).
#[utoipa::path(get, path = "/api/v1/access/review", tag = "access", responses((status = 200, body = Review)))]
async fn review(
    State(state): State<AccessState>,
    _: Signed,
    Extension(live): Extension<Live>,
) -> Result<Json<Review>, Problem> {
    state.accounts.review(&live).await.map(Json).map_err(problem)
}

/// The same as a table for other programs.
#[utoipa::path(get, path = "/api/v1/access/review.csv", tag = "access",
    responses((status = 200, description = "one line for each right", content_type = "text/csv")))]
async fn review_csv(
    State(state): State<AccessState>,
    _: Signed,
    Extension(live): Extension<Live>,
) -> Result<Response, Problem> {
    let review = state.accounts.review(&live).await.map_err(problem)?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"access-review.csv\"",
        ),
    ];
    Ok((headers, csv(&review)).into_response())
}

fn csv(review: &Review) -> String {
    let head = "account,actor,state,second_factor,weak,role,org,area,since,until,given_by,validity,endless\r\n";
    let line = |line: &ReviewLine| {
        let right = &line.right;
        let cells = [
            line.account.clone(),
            line.actor.clone(),
            line.state.clone(),
            line.second_factor.to_string(),
            line.weak.to_string(),
            right.role.clone(),
            right.org.clone().unwrap_or_default(),
            right.area.clone().unwrap_or_default(),
            right.at.clone(),
            right.until.clone().unwrap_or_default(),
            right.by.clone(),
            line.validity.clone(),
            line.endless.to_string(),
        ];
        format!("{}\r\n", cells.map(|cell| quoted(&cell)).join(","))
    };
    review
        .items
        .iter()
        .map(line)
        .fold(head.to_owned(), |all, line| all + &line)
}

/// RFC 4180; and nothing that a spreadsheet takes for a formula.
fn quoted(cell: &str) -> String {
    let cell = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    };
    if cell.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_cell_is_never_a_formula_and_never_breaks_its_line() {
        for (cell, written) in [
            ("truc-ban", "truc-ban"),
            ("=1+1", "'=1+1"),
            ("a,b", "\"a,b\""),
            ("a\"b", "\"a\"\"b\""),
        ] {
            assert_eq!(quoted(cell), written);
        }
    }
}
