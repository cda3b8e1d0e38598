//! The routes of the auditors: the trace itself, its checkpoint, and proofs. Reading the trace leaves a trace, too.

use crate::model::{Class, Outcome};
use crate::query::{self, Filter};
use crate::seal::{Sealed, Seals};
use crate::trail::Trail;
use crate::wire::{AuditItem, AuditPage, ConsistencyProof, InclusionProof};
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chassis::cursor::{self, CursorKey};
use chassis::json::{Path, Query};
use chassis::problem::Problem;
use kernel::actor::Actor;
use kernel::error::ErrorKind;
use kernel::time::Timestamp;
use policy::action::Action;
use policy::compiled;
use ports::query::After;
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// How long a question waits for the newest records.
const FRESH: Duration = Duration::from_secs(2);

/// What the routes need.
#[derive(Clone, Debug)]
pub struct AuditState {
    /// The records.
    pub trail: Trail,
    /// The checkpoints.
    pub seals: Arc<Seals>,
    /// Signs page cursors.
    pub cursors: CursorKey,
}

/// Routes of this crate, with full paths. The caller wraps them into its layers.
pub fn mount(state: AuditState) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list_audit))
        .routes(routes!(prove_record))
        .routes(routes!(read_checkpoint))
        .routes(routes!(prove_growth))
        .with_state(state)
}

/// One who may read the trace: whoever the policies permit `audit.read`. An administrator is none by that role alone, because
/// the trace is about him, too.
struct Auditor;

impl<S: Sync> FromRequestParts<S> for Auditor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Some(actor) = parts.extensions.get::<Arc<Actor>>() else {
            return Err(Problem::new(ErrorKind::Denied, "not_signed_in", "sign in to go on"));
        };
        compiled::permit(actor, Action::AuditRead)
            .map(|()| Self)
            .map_err(|refused| Problem::of(&refused).with("action", Action::AuditRead.code()))
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// Records at or after this time, RFC 3339.
    from: Option<String>,
    /// Records before this time, RFC 3339.
    to: Option<String>,
    /// Who: `person:<id>`, `device:<id>`, `service:<name>` or `anonymous`; several with commas.
    actor: Option<String>,
    /// Part of the act, such as `/api/v1/alerts` or `POST `.
    act: Option<String>,
    /// Part of the object: a path, an id.
    target: Option<String>,
    /// `allowed`, `denied`, `failed`; several with commas.
    outcome: Option<String>,
    /// Beginning of the source address.
    source: Option<String>,
    /// `read`, `change`, `security`; several with commas.
    class: Option<String>,
    /// Size of the page, 1 to 1000; 100 if absent.
    limit: Option<usize>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Find records of the audit trail, newest first. One page looks at 200,000 records at most: it may hold fewer than `limit`,
/// or none, and still have a `next`.
#[utoipa::path(get, path = "/api/v1/audit", tag = "audit", params(Asked), responses(
    (status = 200, body = AuditPage),
    (status = 403, description = "you are no auditor"),
    (status = 422, description = "a filter cannot be understood; `field` names it"),
))]
async fn list_audit(
    _: Auditor,
    State(state): State<AuditState>,
    Query(asked): Query<Asked>,
) -> Result<axum::Json<AuditPage>, Problem> {
    let limit = cursor::limit(asked.limit)?;
    let filter = asked.filter()?;
    let question = format!("audit {filter:?}");
    let before = match &asked.cursor {
        Some(cursor) => Some(state.cursors.read(&question, cursor)?.value),
        None => None,
    };
    let before = before.and_then(|before| u64::try_from(before).ok());
    if before.is_none() {
        // what was answered before this question stands in its answer; what is damaged is told by the checkpoint
        let _ = timeout(FRESH, state.trail.tree().catch_up()).await;
    }
    let found = query::find(&state.trail, &filter, before, limit).await;
    let found = found.map_err(|error| Problem::of(&error))?;
    let next = found.before.and_then(|before| i64::try_from(before).ok()).map(|value| {
        let key = String::new();
        state.cursors.write(&question, &After { value, key })
    });
    let items = found.items.into_iter();
    Ok(axum::Json(AuditPage {
        items: items.map(|(entry, record)| AuditItem::of(&entry, record)).collect(),
        next,
        size: state.trail.tree().size(),
    }))
}

/// Prove that a record is in the tree that the newest checkpoint signs.
#[utoipa::path(get, path = "/api/v1/audit/{index}/proof", tag = "audit",
    params(("index" = u64, Path, description = "number of the record")),
    responses(
        (status = 200, body = InclusionProof),
        (status = 404, description = "there is no such record in the newest checkpoint; a new record is in the next one"),
    ))]
async fn prove_record(
    _: Auditor,
    State(state): State<AuditState>,
    Path(index): Path<u64>,
) -> Result<axum::Json<InclusionProof>, Problem> {
    let Sealed { checkpoint, note } = newest(&state)?;
    let tree = state.trail.tree();
    let proof = tree
        .inclusion(index, checkpoint.size)
        .await
        .map_err(|error| Problem::of(&error))?;
    let proof = proof.ok_or_else(|| Problem::not_found("record in the newest checkpoint"))?;
    let leaf = tree
        .leaf(index)
        .await
        .map_err(|error| Problem::of(&error))?
        .unwrap_or_default();
    let (entries, _) = state
        .trail
        .read(index, index + 1, 1)
        .await
        .map_err(|error| Problem::of(&error))?;
    let entry = entries
        .first()
        .map(|entry| String::from_utf8_lossy(&entry.bytes).into_owned());
    Ok(axum::Json(InclusionProof {
        index,
        size: checkpoint.size,
        leaf: STANDARD.encode(leaf),
        entry,
        proof: proof.iter().map(|hash| STANDARD.encode(hash)).collect(),
        checkpoint: note,
    }))
}

/// The newest signed checkpoint as text (C2SP tlog-checkpoint); keep it, and later `hanoi-ioc verify audit --from` says
/// whether anything before it was changed. The header `audit-key` bears the public key.
#[utoipa::path(get, path = "/api/v1/audit/checkpoint", tag = "audit", responses(
    (status = 200, body = String, content_type = "text/plain"),
    (status = 503, description = "nothing was signed yet since the start"),
))]
async fn read_checkpoint(
    _: Auditor,
    State(state): State<AuditState>,
) -> Result<([(HeaderName, String); 2], String), Problem> {
    let sealed = newest(&state)?;
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (HeaderName::from_static("audit-key"), state.seals.verifier().to_text()),
    ];
    Ok((headers, sealed.note))
}

/// Prove that the tree of the newest checkpoint begins with the tree of an older size.
#[utoipa::path(get, path = "/api/v1/audit/consistency/{from}", tag = "audit",
    params(("from" = u64, Path, description = "size in the older checkpoint, at least 1")),
    responses(
        (status = 200, body = ConsistencyProof),
        (status = 404, description = "the newest checkpoint is not that large"),
    ))]
async fn prove_growth(
    _: Auditor,
    State(state): State<AuditState>,
    Path(from): Path<u64>,
) -> Result<axum::Json<ConsistencyProof>, Problem> {
    let Sealed { checkpoint, note } = newest(&state)?;
    let proof = state.trail.tree().consistency(from, checkpoint.size).await;
    let proof = proof.map_err(|error| Problem::of(&error))?;
    let proof = proof.ok_or_else(|| Problem::not_found("such size in the newest checkpoint"))?;
    Ok(axum::Json(ConsistencyProof {
        from,
        size: checkpoint.size,
        proof: proof.iter().map(|hash| STANDARD.encode(hash)).collect(),
        checkpoint: note,
    }))
}

fn newest(state: &AuditState) -> Result<Sealed, Problem> {
    let sealed = state.seals.sealed().borrow().clone();
    sealed.ok_or_else(|| {
        let detail = "no checkpoint was signed since the start; it takes a few seconds";
        Problem::new(ErrorKind::Unavailable, "not_sealed_yet", detail)
    })
}

impl Asked {
    fn filter(&self) -> Result<Filter, Problem> {
        let time = |field: &str, text: &Option<String>| match text {
            None => Ok(None),
            Some(text) => Timestamp::parse(text)
                .map(Some)
                .map_err(|error| Problem::invalid(field, error.to_string())),
        };
        let text = |field: &str, text: &Option<String>| match text {
            Some(text) if text.is_empty() || text.chars().count() > 200 => {
                Err(Problem::invalid(field, format!("{field} takes 1 to 200 characters")))
            }
            other => Ok(other.clone()),
        };
        Ok(Filter {
            from: time("from", &self.from)?,
            to: time("to", &self.to)?,
            actors: several(text("actor", &self.actor)?).collect(),
            act: text("act", &self.act)?,
            target: text("target", &self.target)?,
            outcomes: words("outcome", &self.outcome, "allowed, denied or failed", |word| {
                serde_json::from_value::<Outcome>(word.into()).ok()
            })?,
            source: text("source", &self.source)?,
            classes: words("class", &self.class, "read, change or security", |word| {
                serde_json::from_value::<Class>(word.into()).ok()
            })?,
        })
    }
}

fn several(text: Option<String>) -> impl Iterator<Item = String> {
    let parts = text.unwrap_or_default();
    let parts: Vec<String> = parts.split(',').map(|part| part.trim().to_owned()).collect();
    parts.into_iter().filter(|part| !part.is_empty())
}

fn words<T>(
    field: &str,
    given: &Option<String>,
    allowed: &str,
    read: impl Fn(String) -> Option<T>,
) -> Result<Vec<T>, Problem> {
    several(given.clone())
        .map(|word| {
            let shown: String = word.chars().take(80).collect();
            read(word).ok_or_else(|| {
                Problem::invalid(
                    field,
                    format!("{field} '{shown}' cannot be understood; write {allowed}"),
                )
            })
        })
        .collect()
}
