//! /api/v1/security/vulnerabilities, and the imports behind it

use super::answer::{judged, problem, tagged};
use super::state::SecurityState;
use crate::error::SecurityError;
use crate::model::flaw::{Grade, STATES};
use crate::store::flaw::Filter;
use crate::wire::flaw::read::{Bom, Osv};
use crate::wire::flaw::{CycloneDx, Flaw, Imported, OsvEntry, Page, Request};
use access::signed::Signed;
use axum::Json;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use chassis::cursor;
use chassis::filter::{self, several};
use chassis::json::{Json as Body, Query};
use chassis::problem::Problem;
use kernel::time::Timestamp;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Largest list of parts or advisories in one request.
const MAX_BODY: usize = 32 << 20;

pub(super) fn mount() -> OpenApiRouter<SecurityState> {
    let imports = OpenApiRouter::new()
        .routes(routes!(import_parts))
        .routes(routes!(import_advisories))
        .layer(DefaultBodyLimit::max(MAX_BODY));
    OpenApiRouter::new()
        .routes(routes!(list_vulnerabilities))
        .routes(routes!(change_vulnerability))
        .merge(imports)
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// `open`, `accepted`, `mended`; several with commas.
    state: Option<String>,
    /// `low`, `medium`, `unknown`, `high`, `critical`; several with commas.
    grade: Option<String>,
    /// Words of advisory, other names, part or text; beginnings are enough.
    q: Option<String>,
    /// Only what is due before this time.
    due_before: Option<String>,
    /// Size of the page, 1 to 1000; 100 if absent.
    limit: Option<usize>,
    /// `next` of the page before.
    cursor: Option<String>,
}

impl Asked {
    fn filter(&self) -> Result<Filter, Problem> {
        let grades = Grade::ALL.map(Grade::code).join(", ");
        let time = "a time such as 2026-11-22T00:00:00Z";
        Ok(Filter {
            states: several("state", self.state.as_deref(), &STATES.join(", "), |text| {
                STATES.into_iter().find(|known| *known == text)
            })?,
            grades: several("grade", self.grade.as_deref(), &grades, |text| {
                Grade::ALL.into_iter().find(|grade| grade.code() == text)
            })?,
            words: filter::words(self.q.as_deref())?,
            due_before: filter::one("due_before", self.due_before.as_deref(), time, |text| {
                Timestamp::parse(text).ok()
            })?,
        })
    }
}

/// List vulnerabilities of the parts of this program, the soonest due first.
#[utoipa::path(get, path = "/api/v1/security/vulnerabilities", tag = "security", params(Asked), responses(
    (status = 200, body = Page),
    (status = 422, description = "a filter cannot be understood; `field` names it"),
))]
async fn list_vulnerabilities(
    State(state): State<SecurityState>,
    Signed(actor): Signed,
    Query(asked): Query<Asked>,
) -> Result<Json<Page>, Problem> {
    let limit = cursor::limit(asked.limit)?;
    let filter = asked.filter()?;
    let question = format!("security vulnerabilities {filter:?}");
    let after = asked.cursor.as_deref().map(|text| state.cursors.read(&question, text));
    let found = state.flaws.list(&actor, &filter, after.transpose()?, limit).await;
    let (flaws, next) = found.map_err(problem)?;
    Ok(Json(Page {
        items: flaws
            .iter()
            .map(|stored| Flaw::new(&stored.thing, stored.version))
            .collect(),
        next: next.map(|after| state.cursors.write(&question, &after)),
    }))
}

/// Accept a vulnerability for a time, call it mended, open it again, or say who answers for it. What was called mended and is
/// in the next list of parts all the same opens again.
#[utoipa::path(put, path = "/api/v1/security/vulnerabilities/{id}", tag = "security", request_body = Request,
    params(("id" = String, Path, description = "id of the vulnerability"),
        ("If-Match" = Option<String>, Header, description = "the ETag, or revision, that you have judged")),
    responses(
        (status = 200, body = Flaw, headers(("ETag" = String, description = "its new revision"))),
        (status = 404, description = "no such vulnerability, or not for you"),
        (status = 412, description = "it has changed since the revision of If-Match; `version` and `state` are the newest"),
        (status = 422, description = "a value is not valid; `field` names it"),
    ))]
async fn change_vulnerability(
    State(state): State<SecurityState>,
    Signed(actor): Signed,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body(body): Body<Request>,
) -> Result<Response, Problem> {
    let unknown = || problem(SecurityError::NotFound("vulnerability"));
    let id = id.parse().map_err(|_| unknown())?;
    let word = body.read().map_err(problem)?;
    let changed = state.flaws.change(&actor, id, word, judged(&headers)?).await;
    let stored = changed.map_err(problem)?;
    Ok(tagged(Flaw::new(&stored.thing, stored.version), stored.version))
}

/// Import the list of parts (CycloneDX, JSON) in place of the one before; `cargo xtask sbom` writes that of this program. Parts
/// of crates.io and npm are held against the advisories. At most 32 MiB.
#[utoipa::path(put, path = "/api/v1/security/sbom", tag = "security",
    request_body(content = CycloneDx, description = "further members are passed over"), responses(
    (status = 200, body = Imported),
    (status = 413, description = "more than 32 MiB"),
    (status = 422, description = "no CycloneDX document of a known version; `field` names what is wrong"),
))]
async fn import_parts(
    State(state): State<SecurityState>,
    Signed(actor): Signed,
    Body(body): Body<Bom>,
) -> Result<Json<Imported>, Problem> {
    let (parts, others) = body.read().map_err(problem)?;
    let import = state.flaws.take_parts(&actor, parts).await.map_err(problem)?;
    Ok(Json(Imported::new(import, others)))
}

/// Import advisories in the form of OSV: one, a list, or an answer with `vulns`. An advisory takes the place of what bore its
/// id. At most 32 MiB and 50,000 advisories at once.
#[utoipa::path(post, path = "/api/v1/security/advisories", tag = "security",
    request_body(content = Vec<OsvEntry>, description = "by the schema of OSV; further members are passed over"), responses(
    (status = 200, body = Imported),
    (status = 413, description = "more than 32 MiB"),
    (status = 422, description = "no advisories in the form of OSV"),
))]
async fn import_advisories(
    State(state): State<SecurityState>,
    Signed(actor): Signed,
    Body(body): Body<Osv>,
) -> Result<Json<Imported>, Problem> {
    let (advisories, others) = body.read().map_err(problem)?;
    let import = state.flaws.take_advisories(&actor, advisories).await.map_err(problem)?;
    Ok(Json(Imported::new(import, others)))
}
