//! Commands to devices.

use super::{DeviceState, problem};
use crate::error::DeviceError;
use crate::fact::SOURCE;
use crate::record::command::Stored;
use crate::service::command::Request;
use crate::wire::command::{CommandPage, CommandView, NewCommand};
use access::signed::Signed;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chassis::cursor;
use chassis::json::{Json, Path, Query};
use chassis::problem::Problem;
use chassis::version;
use kernel::error::ErrorKind;
use kernel::id::derived;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Page {
    /// Page size, 1 to 1000; 100 by default.
    limit: Option<usize>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Give a command to a device. It is sent as soon as the device listens, and expires at its deadline without an answer.
#[utoipa::path(post, path = "/api/v1/devices/{id}/commands", tag = "device", request_body = NewCommand,
    params(("id" = String, Path, description = "device id"),
        ("Idempotency-Key" = Option<String>, Header,
            description = "1 to 128 characters; the same key with the same body answers the command that was given before")),
    responses(
        (status = 202, body = CommandView, headers(
            ("ETag" = String, description = "its version"), ("Location" = String, description = "its address"))),
        (status = 403, description = "your roles do not allow it"),
        (status = 404, description = "no such device for you"),
        (status = 409, description = "an interlock of the profile forbids it now, or the device is blocked; `reason` says it in both languages"),
        (status = 422, description = "a value is not valid, `field` names it; or the key was used for something else"),
        (status = 429, description = "too many commands of this device wait for their end"),
    ))]
pub(super) async fn give_command(
    State(state): State<DeviceState>,
    Signed(actor): Signed,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(body): Json<NewCommand>,
) -> Result<Response, Problem> {
    let key = key(&headers, &id, &body)?;
    let request = Request {
        name: body.name,
        params: body.params,
        deadline_s: body.deadline_s,
        key,
    };
    let stored = state.commands.order(&actor, &id, request).await.map_err(problem)?;
    let location = format!("/api/v1/commands/{}", stored.command.id);
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, location)], whole(&stored)).into_response())
}

/// Commands of a device, newest first.
#[utoipa::path(get, path = "/api/v1/devices/{id}/commands", tag = "device",
    params(("id" = String, Path, description = "device id"), Page),
    responses((status = 200, body = CommandPage), (status = 404, description = "no such device for you")))]
pub(super) async fn list_commands(
    State(state): State<DeviceState>,
    Signed(actor): Signed,
    Path(id): Path<String>,
    Query(page): Query<Page>,
) -> Result<axum::Json<CommandPage>, Problem> {
    let limit = cursor::limit(page.limit)?;
    let bound = format!("commands|{id}");
    let after = page
        .cursor
        .as_deref()
        .map(|text| state.cursors.read(&bound, text))
        .transpose()?;
    let found = state.commands.list(&actor, &id, after, limit).await;
    let (commands, next) = found.map_err(problem)?;
    Ok(axum::Json(CommandPage {
        items: commands
            .iter()
            .map(|stored| CommandView::brief(&stored.command, stored.version))
            .collect(),
        next: next.map(|after| state.cursors.write(&bound, &after)),
    }))
}

/// One command with its timeline. The ETag is its version.
#[utoipa::path(get, path = "/api/v1/commands/{id}", tag = "device",
    params(("id" = String, Path, description = "id of the command")),
    responses(
        (status = 200, body = CommandView, headers(("ETag" = String, description = "its version"))),
        (status = 404, description = "no such command, or not for you"),
    ))]
pub(super) async fn read_command(
    State(state): State<DeviceState>,
    Signed(actor): Signed,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id = id.parse().map_err(|_| problem(DeviceError::NoCommand))?;
    let stored = state.commands.one(&actor, id).await.map_err(problem)?;
    Ok(whole(&stored).into_response())
}

fn whole(stored: &Stored) -> impl IntoResponse + use<> {
    let view = CommandView::whole(&stored.command, stored.version);
    ([(header::ETAG, version::tag(stored.version))], axum::Json(view))
}

/// The key with a digest of what was asked, as it was understood: the order of members does not count.
fn key(headers: &HeaderMap, device: &str, body: &NewCommand) -> Result<Option<(String, Uuid)>, Problem> {
    let Some(value) = headers.get("idempotency-key") else {
        return Ok(None);
    };
    let key = value.to_str().unwrap_or_default().trim();
    if !(1..=128).contains(&key.len()) {
        let detail = "write 1 to 128 visible ASCII characters, such as a UUID";
        return Err(Problem::new(ErrorKind::Invalid, "idempotency_key_invalid", detail));
    }
    let asked = serde_json::to_vec(body).unwrap_or_default();
    let digest = derived(&[SOURCE.as_bytes(), b"command body", device.as_bytes(), &asked]);
    Ok(Some((key.to_owned(), digest)))
}
