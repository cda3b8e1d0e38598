//! The device API.

mod certificate;
mod command;
pub mod est;

use crate::decide::presence::presence;
use crate::error::DeviceError;
use crate::model::certificate::Standing;
use crate::model::{Device, Presence};
use crate::profile::Profile;
use crate::service::certificate::Certificates;
use crate::service::command::Commands;
use crate::service::{Devices, Filter};
use crate::wire::command::Reason;
use crate::wire::{DeviceList, DeviceView, Registration, StateChange, Token};
use access::signed::Signed;
use axum::extract::State;
use axum::http::StatusCode;
use chassis::cursor::{self, CursorKey};
use chassis::json::{Json, Path, Query};
use chassis::problem::Problem;
use kernel::time::Timestamp;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Knows when something of a device was last stored; the server joins it with `observation`.
pub trait Contacts: Send + Sync {
    /// By arrival time.
    fn last_contact(&self, device: &str) -> Option<Timestamp>;
}

/// What the routes of this slice need.
#[derive(Clone)]
pub struct DeviceState {
    /// The devices.
    pub devices: Devices,
    /// The commands to them.
    pub commands: Commands,
    /// Their certificates.
    pub certificates: Certificates,
    /// When they were last heard.
    pub contacts: Arc<dyn Contacts>,
    /// Signs page cursors.
    pub cursors: CursorKey,
}

/// Routes of this slice.
pub fn mount(state: DeviceState) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list, register))
        .routes(routes!(get_one))
        .routes(routes!(new_token))
        .routes(routes!(set_state))
        .routes(routes!(certificate::list_certificates))
        .routes(routes!(certificate::invite_device))
        .routes(routes!(certificate::revoke_certificates))
        .routes(routes!(command::list_commands, command::give_command))
        .routes(routes!(command::read_command))
        .with_state(state)
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    /// Area code.
    area: Option<String>,
    /// Profile.
    profile: Option<String>,
    /// `alive`, `silent` or `never`. A page of such a list may have fewer than `limit` items, also none, while there is a
    /// `next`.
    presence: Option<Presence>,
    /// `good`, `ending` (to be renewed now), `early`, `ended` or `revoked`: how the certificate stands. Pages are as with
    /// `presence`.
    certificate: Option<Standing>,
    /// Words of id and title, with or without accents.
    q: Option<String>,
    /// Page size, 1 to 1000; 100 by default.
    limit: Option<usize>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Devices that you may see, by id.
#[utoipa::path(get, path = "/api/v1/devices", tag = "device", params(ListQuery), responses((status = 200, body = DeviceList)))]
async fn list(
    State(state): State<DeviceState>,
    Signed(actor): Signed,
    Query(query): Query<ListQuery>,
) -> Result<axum::Json<DeviceList>, Problem> {
    let limit = cursor::limit(query.limit)?;
    let (presence, certificate) = (query.presence, query.certificate);
    let bound = format!(
        "devices|{:?}|{:?}|{:?}|{presence:?}|{certificate:?}",
        query.area, query.profile, query.q
    );
    let after = query
        .cursor
        .as_deref()
        .map(|text| state.cursors.read(&bound, text))
        .transpose()?;
    let filter = Filter {
        area: query.area,
        profile: query.profile,
        words: query.q,
    };
    let page = match (presence, certificate) {
        (None, None) => state.devices.list(&actor, &filter, after, limit).await,
        (presence, certificate) => {
            let now = state.devices.now();
            let keep = |device: &Device| {
                let stands = || state.certificates.best(device.id.as_str()).map(|(_, how)| how);
                presence.is_none_or(|wanted| presence_of(&state, device, now) == wanted)
                    && certificate.is_none_or(|wanted| stands() == Some(wanted))
            };
            state.devices.list_kept(&actor, &filter, after, limit, &keep).await
        }
    };
    let (devices, next) = page.map_err(problem)?;
    let items = devices.iter().map(|device| view(&state, device)).collect();
    Ok(axum::Json(DeviceList {
        items,
        next: next.map(|after| state.cursors.write(&bound, &after)),
    }))
}

/// Register a device.
#[utoipa::path(post, path = "/api/v1/devices", tag = "device", request_body = Registration,
    responses((status = 201, body = DeviceView), (status = 409, description = "the id is taken")))]
async fn register(
    State(state): State<DeviceState>,
    Signed(actor): Signed,
    Json(body): Json<Registration>,
) -> Result<(StatusCode, axum::Json<DeviceView>), Problem> {
    let device = body.check().map_err(|(field, what)| Problem::invalid(field, what))?;
    let device = state.devices.register(&actor, device).await.map_err(problem)?;
    Ok((StatusCode::CREATED, axum::Json(view(&state, &device))))
}

/// One device with what it reports.
#[utoipa::path(get, path = "/api/v1/devices/{id}", tag = "device", params(("id" = String, Path, description = "device id")),
    responses((status = 200, body = DeviceView), (status = 404, description = "no such device for you")))]
async fn get_one(
    State(state): State<DeviceState>,
    Signed(actor): Signed,
    Path(id): Path<String>,
) -> Result<axum::Json<DeviceView>, Problem> {
    let device = state.devices.get(&actor, &id).await.map_err(problem)?;
    let one = view(&state, &device);
    Ok(axum::Json(match state.devices.registry().find(&id) {
        Some(registered) => one.with_series(&registered),
        None => one,
    }))
}

/// Give a device a new token. The token is shown only here; the old one ends at once.
#[utoipa::path(post, path = "/api/v1/devices/{id}/token", tag = "device",
    params(("id" = String, Path, description = "device id")), responses((status = 200, body = Token)))]
async fn new_token(
    State(state): State<DeviceState>,
    Signed(actor): Signed,
    Path(id): Path<String>,
) -> Result<axum::Json<Token>, Problem> {
    let token = state.devices.new_token(&actor, &id).await.map_err(problem)?;
    Ok(axum::Json(Token { token }))
}

/// Block a device, or let it speak again.
#[utoipa::path(put, path = "/api/v1/devices/{id}/state", tag = "device", request_body = StateChange,
    params(("id" = String, Path, description = "device id")), responses((status = 200, body = DeviceView)))]
async fn set_state(
    State(state): State<DeviceState>,
    Signed(actor): Signed,
    Path(id): Path<String>,
    Json(body): Json<StateChange>,
) -> Result<axum::Json<DeviceView>, Problem> {
    let device = state
        .devices
        .set_state(&actor, &id, body.state)
        .await
        .map_err(problem)?;
    Ok(axum::Json(view(&state, &device)))
}

fn problem(error: DeviceError) -> Problem {
    let problem = Problem::of(&error);
    match error {
        DeviceError::Invalid { field, .. } => problem.with("field", field),
        DeviceError::Hindered { why, .. } => {
            let reason = serde_json::to_value(Reason::from(&why)).unwrap_or_default();
            problem.with("reason", reason)
        }
        _ => problem,
    }
}

fn view(state: &DeviceState, device: &Device) -> DeviceView {
    let profile = state.devices.registry().profile(&device.profile);
    let contact = state.contacts.last_contact(device.id.as_str());
    let best = state.certificates.best(device.id.as_str());
    DeviceView::new(device, profile.as_deref(), contact, state.devices.now()).with_certificate(best)
}

fn presence_of(state: &DeviceState, device: &Device, now: Timestamp) -> Presence {
    let profile = state.devices.registry().profile(&device.profile);
    let expected = profile.as_deref().and_then(Profile::expected_every_s);
    presence(state.contacts.last_contact(device.id.as_str()), expected, now)
}
