//! The session API, the list of areas, and the layer that puts the actor into every request.

mod account;
mod answer;
mod emergency;
mod oidc;
mod people;
mod why;

use crate::area::Areas;
use crate::explain::Things;
use crate::oidc::providers::Providers;
use crate::org::{OrgList, Orgs};
use crate::service::{Accounts, Shown};
use crate::session::Live;
use crate::signed::Signed;
use crate::wire::{AreaList, PasswordChange, PostChoice, Session, SignIn};
use answer::{address, problem};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chassis::cursor::CursorKey;
use chassis::json::Json;
use chassis::problem::Problem;
use chassis::tls::Peer;
use kernel::error::ErrorKind;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// What the routes of this slice need.
#[derive(Clone, Debug)]
pub struct AccessState {
    /// The accounts.
    pub accounts: Accounts,
    /// The tree of areas, newest version.
    pub areas: Arc<Areas>,
    /// Finds what people ask about with `access/explain`.
    pub things: Arc<dyn Things>,
    /// Signs page cursors.
    pub cursors: CursorKey,
    /// Where else one can sign in.
    pub providers: Arc<Providers>,
    /// Set `Secure` on the cookie: true as soon as a TLS door is open to others than this machine.
    pub secure_cookie: bool,
}

/// Routes of this slice.
pub fn mount(state: AccessState) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(sign_in, who_am_i, sign_out))
        .routes(routes!(change_password))
        .routes(routes!(switch_post))
        .merge(oidc::mount())
        .merge(account::mount())
        .merge(people::mount())
        .merge(emergency::mount())
        .merge(why::mount())
        .routes(routes!(list_areas))
        .with_state(state)
}

/// The list of organisations, which needs nothing of the accounts.
pub fn mount_orgs(orgs: Arc<Orgs>) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(list_orgs)).with_state(orgs)
}

const COOKIE: &str = "hanoi_ioc_session";
/// Reachable while the first password has not been changed.
const SESSION_PATH: &str = "/api/v1/session";

/// Middleware: finds the session by cookie or bearer token and puts its actor into the request. It refuses requests that
/// another site makes with our cookie, and everything but the session API until the first password is changed.
pub async fn identify(State(accounts): State<Accounts>, mut request: Request, next: Next) -> Response {
    let Some((secret, by_cookie)) = secret_of(request.headers()) else {
        return next.run(request).await;
    };
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if by_cookie && !safe && is_foreign(request.headers()) {
        let detail = "sign in on this console and act from its own pages";
        return Problem::new(ErrorKind::Denied, "foreign_origin", detail).into_response();
    }
    let live = match accounts.authenticate(&secret).await {
        Err(error) => return Problem::of(&error).into_response(),
        Ok(None) => return next.run(request).await,
        Ok(Some(live)) => live,
    };
    let actor = Arc::clone(&live.actor);
    let mut response = if live.must_change && !is_of_session(request.uri().path()) {
        let detail = "change it with PUT /api/v1/session/password, then go on";
        Problem::new(ErrorKind::Denied, "password_must_change", detail).into_response()
    } else {
        request.extensions_mut().insert(Arc::clone(&actor));
        request.extensions_mut().insert(live);
        next.run(request).await
    };
    // for an audit layer around this one; a sign-in names the new actor itself
    response.extensions_mut().get_or_insert_with(|| actor);
    response
}

fn is_of_session(path: &str) -> bool {
    path.strip_prefix(SESSION_PATH)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn secret_of(headers: &HeaderMap) -> Option<(String, bool)> {
    if let Some(value) = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()) {
        // the scheme is read in any case (RFC 9110 section 11.1)
        let (scheme, secret) = value.split_once(' ')?;
        return scheme
            .eq_ignore_ascii_case("bearer")
            .then(|| (secret.trim().to_owned(), false));
    }
    cookie_of(headers, COOKIE).map(|secret| (secret, true))
}

/// The cookie of this name.
fn cookie_of(headers: &HeaderMap, named: &str) -> Option<String> {
    let cookies = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let mut pairs = cookies
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    pairs
        .find(|(name, _)| *name == named)
        .map(|(_, value)| value.to_owned())
}

/// Browsers tell with `Sec-Fetch-Site` whose page makes a request (W3C Fetch Metadata).
fn is_foreign(headers: &HeaderMap) -> bool {
    headers
        .get("sec-fetch-site")
        .is_some_and(|site| site != "same-origin" && site != "none")
}

/// Sign in. Sets the session cookie.
#[utoipa::path(post, path = "/api/v1/session", tag = "access", request_body = SignIn,
    responses((status = 200, body = Session), (status = 401,
        description = "`sign_in_failed`: wrong account, password or code; `second_factor_needed`: send `code` too")))]
async fn sign_in(
    State(state): State<AccessState>,
    peer: Option<axum::Extension<ConnectInfo<Peer>>>,
    Json(body): Json<SignIn>,
) -> Result<Response, Problem> {
    let shown = Shown {
        account: body.account,
        password: body.password,
        code: body.code,
        from: address(&peer),
    };
    let (secret, live) = state.accounts.open(shown).await.map_err(problem)?;
    let session = Session::from(&live);
    Ok(with_session(&state, &secret, &live, session))
}

/// Act in another of your posts from now on.
#[utoipa::path(put, path = "/api/v1/session/post", tag = "access", request_body = PostChoice,
    responses((status = 200, body = Session), (status = 422, description = "no such post")))]
async fn switch_post(
    State(state): State<AccessState>,
    _: Signed,
    axum::Extension(live): axum::Extension<Live>,
    Json(body): Json<PostChoice>,
) -> Result<axum::Json<Session>, Problem> {
    let live = state.accounts.switch(&live, body.post).await.map_err(problem)?;
    Ok(axum::Json(Session::from(&live)))
}

/// Who am I?
#[utoipa::path(get, path = "/api/v1/session", tag = "access",
    responses((status = 200, body = Session), (status = 401, description = "not signed in")))]
async fn who_am_i(_: Signed, axum::Extension(live): axum::Extension<Live>) -> axum::Json<Session> {
    axum::Json(Session::from(&live))
}

/// Sign out. The session ends at once.
#[utoipa::path(delete, path = "/api/v1/session", tag = "access", responses((status = 204, description = "signed out")))]
async fn sign_out(State(state): State<AccessState>, _: Signed, headers: HeaderMap) -> Result<Response, Problem> {
    if let Some((secret, _)) = secret_of(&headers) {
        state.accounts.sign_out(&secret).await.map_err(problem)?;
    }
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie(&state, "", 0))]).into_response())
}

/// Change the password. Every session and API token of the account ends; the answer begins a new session, and `ended_tokens`
/// says how many tokens went.
#[utoipa::path(put, path = "/api/v1/session/password", tag = "access", request_body = PasswordChange,
    responses((status = 200, body = Session), (status = 400, description = "the new password is not good enough")))]
async fn change_password(
    State(state): State<AccessState>,
    _: Signed,
    axum::Extension(live): axum::Extension<Live>,
    peer: Option<axum::Extension<ConnectInfo<Peer>>>,
    Json(body): Json<PasswordChange>,
) -> Result<Response, Problem> {
    let changed = state
        .accounts
        .change_password(&live, body.old, body.new, &address(&peer))
        .await;
    let (secret, live, tokens) = changed.map_err(problem)?;
    let session = Session {
        ended_tokens: Some(tokens),
        ..Session::from(&live)
    };
    Ok(with_session(&state, &secret, &live, session))
}

/// The city and its communes and wards.
#[utoipa::path(get, path = "/api/v1/areas", tag = "access", responses((status = 200, body = AreaList)))]
async fn list_areas(State(state): State<AccessState>, _: Signed) -> axum::Json<AreaList> {
    axum::Json(AreaList {
        items: state.areas.all().cloned().collect(),
    })
}

/// The organisations that own devices and take part in the work of the city.
#[utoipa::path(get, path = "/api/v1/orgs", tag = "access", responses((status = 200, body = OrgList)))]
async fn list_orgs(State(orgs): State<Arc<Orgs>>, _: Signed) -> axum::Json<OrgList> {
    axum::Json(OrgList {
        items: orgs.all().cloned().collect(),
    })
}

fn with_session(state: &AccessState, secret: &str, live: &Live, session: Session) -> Response {
    let cookie = session_cookie(state, secret);
    let mut response = ([(header::SET_COOKIE, cookie)], axum::Json(session)).into_response();
    response.extensions_mut().insert(Arc::clone(&live.actor));
    response
}

fn session_cookie(state: &AccessState, secret: &str) -> HeaderValue {
    cookie(state, secret, state.accounts.limits().absolute_s)
}

fn cookie(state: &AccessState, secret: &str, max_age_s: u64) -> HeaderValue {
    let secure = if state.secure_cookie { "; Secure" } else { "" };
    let text = format!("{COOKIE}={secret}; Path=/; HttpOnly; SameSite=Strict; Max-Age={max_age_s}{secure}");
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
}
