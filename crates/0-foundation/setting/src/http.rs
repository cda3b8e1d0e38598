//! The routes of settings: what is configured, and what was changed when.

use crate::error::SettingError;
use crate::service::SettingHistory;
use crate::wire::{SettingVersionList, SettingsNow};
use access::signed::Signed;
use axum::Json;
use axum::extract::State;
use chassis::json::Query;
use chassis::problem::Problem;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// What the routes need.
#[derive(Clone, Debug)]
pub struct SettingState {
    /// The history.
    pub history: SettingHistory,
}

/// Routes with full paths. The caller wraps them into its layers: who asks, and the audit.
pub fn mount(state: SettingState) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(read_settings))
        .routes(routes!(list_setting_versions))
        .with_state(state)
}

fn problem(error: SettingError) -> Problem {
    Problem::of(&error)
}

/// What is configured, each value with its source. Secrets are no settings and stand here never.
#[utoipa::path(get, path = "/api/v1/settings", tag = "setting", responses(
    (status = 200, body = SettingsNow), (status = 403, description = "your roles do not allow it")))]
async fn read_settings(State(state): State<SettingState>, Signed(actor): Signed) -> Result<Json<SettingsNow>, Problem> {
    let (settings, version) = state.history.now(&actor).await.map_err(problem)?;
    Ok(Json(SettingsNow { settings, version }))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// Only versions below this number.
    before: Option<u32>,
    /// At most so many, 1 to 100; 20 when it is not given.
    limit: Option<u32>,
}

/// Versions of the settings, newest first: who started the program with which changes, before and after. Rules and the rest of the
/// city pack have theirs at /api/v1/pack/{kind}/{id}.
#[utoipa::path(get, path = "/api/v1/settings/versions", tag = "setting", params(Asked), responses(
    (status = 200, body = SettingVersionList), (status = 403, description = "your roles do not allow it"),
    (status = 422, description = "a parameter does not fit")))]
async fn list_setting_versions(
    State(state): State<SettingState>,
    Signed(actor): Signed,
    Query(asked): Query<Asked>,
) -> Result<Json<SettingVersionList>, Problem> {
    let limit = asked.limit.unwrap_or(20);
    let items = state
        .history
        .versions(&actor, asked.before, limit)
        .await
        .map_err(problem)?;
    let next = items.last().map(|version| version.number).filter(|number| *number > 1);
    Ok(Json(SettingVersionList { items, next }))
}
