//! Signing in at another provider: the list of them, the way there, and the way back.

use super::AccessState;
use super::answer::{address, problem};
use crate::error::AccessError;
use crate::oidc::flow::{Back, PATIENCE};
use crate::oidc::providers::One;
use crate::oidc::turned::Turned;
use crate::service::linked::Foreign;
use crate::wire::oidc::{ProviderList, ProviderView};
use audit::http::Why;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use axum::{Extension, Json};
use chassis::json::Query;
use chassis::problem::Problem;
use chassis::tls::Peer;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Goes with the browser to the provider and back. `Lax`, because another site sends the browser back.
const COOKIE: &str = "hanoi_ioc_oidc";

pub(super) fn mount() -> OpenApiRouter<AccessState> {
    OpenApiRouter::new()
        .routes(routes!(list_providers))
        .routes(routes!(begin_at_provider))
        .routes(routes!(come_back_from_provider))
}

/// Where else one can sign in.
#[utoipa::path(get, path = "/api/v1/session/providers", tag = "access", responses((status = 200, body = ProviderList)))]
async fn list_providers(State(state): State<AccessState>) -> Json<ProviderList> {
    Json(ProviderList {
        items: state.providers.all().map(ProviderView::from).collect(),
    })
}

/// Begin to sign in at a provider: sends the browser there.
#[utoipa::path(get, path = "/api/v1/session/oidc/{provider}", tag = "access",
    params(("provider" = String, Path, description = "id of the provider; GET /api/v1/session/providers lists them")),
    responses(
        (status = 302, description = "to the provider, with a cookie that has to come back"),
        (status = 404, description = "no such provider"),
        (status = 429, description = "too many sign-ins from this address or at this provider"),
        (status = 503, description = "`provider_away`: the provider does not answer")))]
async fn begin_at_provider(
    State(state): State<AccessState>,
    peer: Option<Extension<ConnectInfo<Peer>>>,
    headers: HeaderMap,
    Path(provider): Path<String>,
) -> Result<Response, Problem> {
    let provider = find(&state, &provider)?;
    let begun = state.accounts.leave(&provider.flow, &address(&peer)).await;
    Ok(match begun {
        Ok(begun) => {
            let cookie = cookie(&state, &begun.bound, PATIENCE.as_secs());
            let there = HeaderValue::from_str(&begun.address);
            let there = there.map_err(|_| problem(Turned::Away("its address is no address").into()))?;
            (
                StatusCode::FOUND,
                [(header::LOCATION, there), (header::SET_COOKIE, cookie)],
            )
                .into_response()
        }
        Err(error) => turned_away(&headers, error),
    })
}

/// What a provider sends back with the browser; further names are its own affair.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Brought {
    /// What we gave the browser along.
    #[serde(default)]
    state: String,
    /// For the exchange.
    #[serde(default)]
    code: String,
    /// The provider's name (RFC 9207).
    iss: Option<String>,
    /// Why it came to nothing there.
    error: Option<String>,
}

/// Come back from a provider. Who that is there has to be linked with an account here; then the session begins.
#[utoipa::path(get, path = "/api/v1/session/oidc/{provider}/back", tag = "access",
    params(("provider" = String, Path, description = "id of the provider"), Brought),
    responses(
        (status = 303, description = "to the console, with the session's cookie"),
        (status = 401, description = "`provider_refused`: not believed, not linked, or ended; `second_factor_needed`"),
        (status = 404, description = "no such provider"),
        (status = 503, description = "`provider_away`: the provider does not answer")))]
async fn come_back_from_provider(
    State(state): State<AccessState>,
    peer: Option<Extension<ConnectInfo<Peer>>>,
    headers: HeaderMap,
    Path(provider): Path<String>,
    Query(brought): Query<Brought>,
) -> Result<Response, Problem> {
    let provider = find(&state, &provider)?;
    let opened = come_in(&state, provider, &headers, &brought, &address(&peer)).await;
    let mut response = match opened {
        Ok((secret, live)) => {
            let session = super::session_cookie(&state, &secret);
            let to = [
                (header::LOCATION, HeaderValue::from_static("/")),
                (header::SET_COOKIE, session),
            ];
            let mut response = (StatusCode::SEE_OTHER, AppendHeaders(to)).into_response();
            response.extensions_mut().insert(live.actor);
            response
        }
        Err(error) => turned_away(&headers, error),
    };
    // what was bound to the browser counts once
    response.headers_mut().append(header::SET_COOKIE, cookie(&state, "", 0));
    Ok(response)
}

async fn come_in(
    state: &AccessState,
    provider: &One,
    headers: &HeaderMap,
    brought: &Brought,
    from: &str,
) -> Result<(String, crate::session::Live), AccessError> {
    let bound = super::cookie_of(headers, COOKIE).unwrap_or_default();
    let back = Back {
        state: &brought.state,
        code: &brought.code,
        issuer: brought.iss.as_deref(),
        bound: &bound,
    };
    let broken_off = brought.error.is_some() || brought.code.is_empty();
    let subject = state.accounts.arrive(&provider.flow, back, broken_off, from).await?;
    let who = Foreign {
        provider: provider.id.clone(),
        issuer: provider.flow.issuer().to_owned(),
        claim: provider.flow.claim().to_owned(),
        subject: subject.subject,
        strong: subject.strong,
    };
    state.accounts.open_linked(&who, from).await
}

fn find<'a>(state: &'a AccessState, id: &str) -> Result<&'a One, Problem> {
    state.providers.get(id).ok_or_else(|| Problem::not_found("provider"))
}

fn cookie(state: &AccessState, bound: &str, max_age_s: u64) -> HeaderValue {
    let secure = if state.secure_cookie { "; Secure" } else { "" };
    let path = "/api/v1/session/oidc";
    let text = format!("{COOKIE}={bound}; Path={path}; HttpOnly; SameSite=Lax; Max-Age={max_age_s}{secure}");
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
}

/// A program reads a problem, a browser gets a page that leads to the sign-in screen, which says what it means. Status and
/// reason stand in the trail either way.
fn turned_away(headers: &HeaderMap, error: AccessError) -> Response {
    let (why, word) = match &error {
        AccessError::Turned(turned) => (turned.why(), turned.word()),
        AccessError::TooManyFailures => ("too many failures from this address", "busy"),
        AccessError::Busy => ("busy", "busy"),
        _ => ("failed", "away"),
    };
    let refused = matches!(&error, AccessError::Turned(turned) if !matches!(turned, Turned::Away(_) | Turned::Busy));
    tracing::info!(why, "a sign-in at a provider came to nothing");
    metrics::counter!("hanoi_ioc_access_oidc_refused_total", "why" => word).increment(1);
    let problem = problem(error);
    let problem = if refused { problem.status(401) } else { problem };
    let mut response = problem.into_response();
    let accepts = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    if accepts.is_some_and(|kinds| kinds.contains("text/html")) {
        let html = HeaderValue::from_static("text/html; charset=utf-8");
        response.headers_mut().insert(header::CONTENT_TYPE, html);
        response.headers_mut().remove(header::CONTENT_LENGTH);
        *response.body_mut() = page(word).into();
    }
    response.extensions_mut().insert(Why(why));
    response
}

fn page(word: &'static str) -> String {
    let to = format!("/?sign_in={word}");
    format!(
        "<!doctype html><html lang=\"vi\"><head><meta charset=\"utf-8\"><meta http-equiv=\"refresh\" content=\"0;url={to}\">\
         <title>HaNoi IOC</title></head><body><p>Chưa đăng nhập được. <a href=\"{to}\">Về trang đăng nhập</a></p>\
         <p lang=\"en\">You are not signed in. <a href=\"{to}\">To the sign-in screen</a></p></body></html>"
    )
}
