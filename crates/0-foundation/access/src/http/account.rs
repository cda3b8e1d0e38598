//! One's own account: sessions, API tokens, second factor.

use super::AccessState;
use super::answer::{id, problem};
use crate::error::AccessError;
use crate::session::Live;
use crate::signed::Signed;
use crate::wire::account::{
    Code, EnrolmentView, MadeToken, Password, RecoveryCodes, SessionList, SessionView, TokenList, TokenRequest,
    TokenView,
};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use chassis::problem::Problem;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn mount() -> OpenApiRouter<AccessState> {
    OpenApiRouter::new()
        .routes(routes!(own_sessions))
        .routes(routes!(end_own_session))
        .routes(routes!(own_tokens, make_own_token))
        .routes(routes!(end_own_token))
        .routes(routes!(
            begin_second_factor,
            confirm_second_factor,
            remove_second_factor
        ))
}

/// Where you are signed in.
#[utoipa::path(get, path = "/api/v1/account/sessions", tag = "access", responses((status = 200, body = SessionList)))]
async fn own_sessions(
    State(state): State<AccessState>,
    _: Signed,
    Extension(live): Extension<Live>,
) -> Result<Json<SessionList>, Problem> {
    let sessions = state.accounts.sessions(&live.account).await.map_err(problem)?;
    let view = |(id, session)| SessionView::new(id, &session, id == live.id());
    Ok(Json(SessionList {
        items: sessions.into_iter().map(view).collect(),
    }))
}

/// End one of your sessions at once.
#[utoipa::path(delete, path = "/api/v1/account/sessions/{id}", tag = "access",
    params(("id" = String, Path, description = "id of the session")),
    responses((status = 204, description = "ended"), (status = 404, description = "no session of yours")))]
async fn end_own_session(
    State(state): State<AccessState>,
    _: Signed,
    Extension(live): Extension<Live>,
    Path(session): Path<String>,
) -> Result<StatusCode, Problem> {
    let session = id(&session, "session")?;
    let ended = state.accounts.end_session(&live, &live.account, session).await;
    ended.map(|()| StatusCode::NO_CONTENT).map_err(problem)
}

/// Your API tokens, without their secrets.
#[utoipa::path(get, path = "/api/v1/account/tokens", tag = "access", responses((status = 200, body = TokenList)))]
async fn own_tokens(
    State(state): State<AccessState>,
    _: Signed,
    Extension(live): Extension<Live>,
) -> Result<Json<TokenList>, Problem> {
    let tokens = state.accounts.tokens(&live.account).await.map_err(problem)?;
    Ok(Json(TokenList {
        items: tokens.iter().map(TokenView::from).collect(),
    }))
}

/// Make an API token for some actions and some time. Its secret is in this answer and nowhere else.
#[utoipa::path(post, path = "/api/v1/account/tokens", tag = "access", request_body = TokenRequest,
    responses((status = 201, body = MadeToken), (status = 422, description = "a value does not fit")))]
async fn make_own_token(
    State(state): State<AccessState>,
    _: Signed,
    Extension(live): Extension<Live>,
    chassis::json::Json(body): chassis::json::Json<TokenRequest>,
) -> Result<(StatusCode, Json<MadeToken>), Problem> {
    let new = body.read()?;
    let (secret, token) = state.accounts.make_token(&live, new).await.map_err(problem)?;
    let made = MadeToken {
        secret,
        token: TokenView::from(&token),
    };
    Ok((StatusCode::CREATED, Json(made)))
}

/// End one of your API tokens at once.
#[utoipa::path(delete, path = "/api/v1/account/tokens/{id}", tag = "access",
    params(("id" = String, Path, description = "id of the token")),
    responses((status = 204, description = "ended"), (status = 404, description = "no token of yours")))]
async fn end_own_token(
    State(state): State<AccessState>,
    _: Signed,
    Extension(live): Extension<Live>,
    Path(token): Path<String>,
) -> Result<StatusCode, Problem> {
    let token = id(&token, "token")?;
    let ended = state.accounts.end_token(&live, &live.account, token).await;
    ended.map(|()| StatusCode::NO_CONTENT).map_err(problem)
}

/// Begin a second factor (RFC 6238). It counts once a code of it was shown with PUT. The password is asked for once more;
/// wrong ones count as at the sign-in.
#[utoipa::path(post, path = "/api/v1/account/second-factor", tag = "access", request_body = Password,
    responses(
        (status = 201, body = EnrolmentView),
        (status = 403, description = "`sign_in_failed`: the password is wrong, or the account rests after wrong ones"),
        (status = 409, description = "there is one already")))]
async fn begin_second_factor(
    State(state): State<AccessState>,
    _: Signed,
    Extension(live): Extension<Live>,
    chassis::json::Json(body): chassis::json::Json<Password>,
) -> Result<(StatusCode, Json<EnrolmentView>), Problem> {
    // 403, not 401: the session itself goes on
    let refused = |error: AccessError| match error {
        AccessError::SignInFailed => problem(error).status(403),
        other => problem(other),
    };
    let begun = state.accounts.enrol(&live, &body.password).await.map_err(refused)?;
    let view = EnrolmentView {
        secret: begun.secret,
        address: begun.address,
    };
    Ok((StatusCode::CREATED, Json(view)))
}

/// Confirm it with a code. The recovery codes are in this answer and nowhere else; your other sessions end.
#[utoipa::path(put, path = "/api/v1/account/second-factor", tag = "access", request_body = Code,
    responses(
        (status = 200, body = RecoveryCodes),
        (status = 400, description = "the code does not fit; it counts like a wrong password"),
        (status = 429, description = "the account rests after wrong codes")))]
async fn confirm_second_factor(
    State(state): State<AccessState>,
    _: Signed,
    Extension(live): Extension<Live>,
    chassis::json::Json(body): chassis::json::Json<Code>,
) -> Result<Json<RecoveryCodes>, Problem> {
    let codes = state.accounts.confirm(&live, &body.code).await.map_err(problem)?;
    Ok(Json(RecoveryCodes { codes }))
}

/// Take it away, with a code of it or a recovery code.
#[utoipa::path(delete, path = "/api/v1/account/second-factor", tag = "access", request_body = Code,
    responses(
        (status = 204, description = "taken away"),
        (status = 400, description = "the code does not fit; it counts like a wrong password"),
        (status = 429, description = "the account rests after wrong codes")))]
async fn remove_second_factor(
    State(state): State<AccessState>,
    _: Signed,
    Extension(live): Extension<Live>,
    chassis::json::Json(body): chassis::json::Json<Code>,
) -> Result<StatusCode, Problem> {
    let removed = state.accounts.remove_second_factor(&live, &body.code).await;
    removed.map(|()| StatusCode::NO_CONTENT).map_err(problem)
}
