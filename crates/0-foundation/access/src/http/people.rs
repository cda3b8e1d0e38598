//! Accounts and rights, for those who keep them.

use super::AccessState;
use super::answer::{id, problem};
use crate::session::Live;
use crate::signed::Signed;
use crate::wire::account::{MadeToken, SessionList, SessionView, TokenList, TokenRequest, TokenView};
use crate::wire::oidc::LinkRequest;
use crate::wire::people::{
    ClearanceRequest, EndRequest, MadePerson, NewPassword, PersonList, PersonRequest, PersonView, RightRequest,
};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use chassis::cursor;
use chassis::json::{Json as Body, Query};
use chassis::problem::Problem;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn mount() -> OpenApiRouter<AccessState> {
    OpenApiRouter::new()
        .routes(routes!(list_people, create_person))
        .routes(routes!(read_person))
        .routes(routes!(end_person))
        .routes(routes!(renew_password))
        .routes(routes!(set_clearance))
        .routes(routes!(give_right))
        .routes(routes!(withdraw_right))
        .routes(routes!(person_sessions))
        .routes(routes!(end_person_session))
        .routes(routes!(person_tokens, make_service_token))
        .routes(routes!(end_person_token))
        .routes(routes!(link_person))
        .routes(routes!(unlink_person))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// Size of the page, 1 to 1000; 100 if absent.
    limit: Option<usize>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Accounts within your reach, with their rights.
#[utoipa::path(get, path = "/api/v1/people", tag = "access", params(Asked), responses((status = 200, body = PersonList)))]
async fn list_people(
    State(state): State<AccessState>,
    _: Signed,
    Extension(live): Extension<Live>,
    Query(asked): Query<Asked>,
) -> Result<Json<PersonList>, Problem> {
    let limit = cursor::limit(asked.limit)?;
    let after = asked
        .cursor
        .as_deref()
        .map(|text| state.cursors.read("people", text))
        .transpose()?;
    let (accounts, next) = state.accounts.people(&live, after, limit).await.map_err(problem)?;
    Ok(Json(PersonList {
        items: accounts.iter().map(PersonView::from).collect(),
        next: next.map(|after| state.cursors.write("people", &after)),
    }))
}

/// Make an account. The first password of a person is in this answer and nowhere else.
#[utoipa::path(post, path = "/api/v1/people", tag = "access", request_body = PersonRequest, responses(
    (status = 201, body = MadePerson),
    (status = 403, description = "a right lies beyond your own organisation or area"),
    (status = 409, description = "the name is taken"),
    (status = 422, description = "a value does not fit")))]
async fn create_person(
    State(state): State<AccessState>,
    _: Signed,
    Extension(live): Extension<Live>,
    Body(body): Body<PersonRequest>,
) -> Result<(StatusCode, Json<MadePerson>), Problem> {
    let (account, password) = state.accounts.create(&live, body.read()?).await.map_err(problem)?;
    let person = PersonView::from(&account);
    Ok((StatusCode::CREATED, Json(MadePerson { person, password })))
}

/// One account.
#[utoipa::path(get, path = "/api/v1/people/{account}", tag = "access",
    params(("account" = String, Path, description = "account name")),
    responses((status = 200, body = PersonView), (status = 404, description = "no such account, or not for you")))]
async fn read_person(
    State(state): State<AccessState>,
    _: Signed,
    Extension(live): Extension<Live>,
    Path(account): Path<String>,
) -> Result<Json<PersonView>, Problem> {
    let account = state.accounts.person(&live, &account).await.map_err(problem)?;
    Ok(Json(PersonView::from(&account)))
}

/// End an account with all its sessions and tokens, or open it again.
#[utoipa::path(put, path = "/api/v1/people/{account}/state", tag = "access", request_body = EndRequest,
    params(("account" = String, Path, description = "account name")),
    responses((status = 200, body = PersonView), (status = 403, description = "your own account, or not permitted")))]
async fn end_person(
    State(state): State<AccessState>,
    _: Signed,
    Extension(live): Extension<Live>,
    Path(account): Path<String>,
    Body(body): Body<EndRequest>,
) -> Result<Json<PersonView>, Problem> {
    let account = state.accounts.set_ended(&live, &account, body.ended).await;
    account.map(|account| Json(PersonView::from(&account))).map_err(problem)
}

/// Give a person a new first password; the second factor goes, and all sessions and API tokens end.
#[utoipa::path(post, path = "/api/v1/people/{account}/password", tag = "access",
    params(("account" = String, Path, description = "account name")),
    responses(
        (status = 200, body = NewPassword),
        (status = 403, description = "your own account, or not permitted"),
        (status = 404, description = "no such account, or not for you"),
        (status = 409, description = "a service account, or that of emergencies")))]
async fn renew_password(
    State(state): State<AccessState>,
    _: Signed,
    Extension(live): Extension<Live>,
    Path(account): Path<String>,
) -> Result<Json<NewPassword>, Problem> {
    let renewed = state.accounts.renew_password(&live, &account).await;
    renewed.map(|renewed| Json(NewPassword::from(renewed))).map_err(problem)
}

/// Set the highest classification that a person was cleared for.
#[utoipa::path(put, path = "/api/v1/people/{account}/clearance", tag = "access", request_body = ClearanceRequest,
    params(("account" = String, Path, description = "account name")),
    responses((status = 200, body = PersonView), (status = 403, description = "your own account, or not permitted"),
        (status = 422, description = "above what this instance keeps")))]
async fn set_clearance(
    State(state): State<AccessState>,
    _: Signed,
    Extension(live): Extension<Live>,
    Path(account): Path<String>,
    Body(body): Body<ClearanceRequest>,
) -> Result<Json<PersonView>, Problem> {
    let account = state.accounts.clear(&live, &account, body.clearance).await;
    account.map(|account| Json(PersonView::from(&account))).map_err(problem)
}

/// Give a right: a role, for an organisation and an area, until a time. It counts at once.
#[utoipa::path(post, path = "/api/v1/people/{account}/rights", tag = "access", request_body = RightRequest,
    params(("account" = String, Path, description = "account name")),
    responses(
        (status = 200, body = PersonView),
        (status = 403, description = "your own account, or beyond your own organisation or area"),
        (status = 422, description = "a value does not fit")))]
async fn give_right(
    State(state): State<AccessState>,
    _: Signed,
    Extension(live): Extension<Live>,
    Path(account): Path<String>,
    Body(body): Body<RightRequest>,
) -> Result<Json<PersonView>, Problem> {
    let account = state.accounts.give(&live, &account, body.read()?).await;
    account.map(|account| Json(PersonView::from(&account))).map_err(problem)
}

/// Withdraw a right. It acts within a second, on open streams too.
#[utoipa::path(delete, path = "/api/v1/people/{account}/rights/{id}", tag = "access",
    params(("account" = String, Path, description = "account name"), ("id" = String, Path, description = "id of the right")),
    responses((status = 200, body = PersonView), (status = 404, description = "no such account or right")))]
async fn withdraw_right(
    State(state): State<AccessState>,
    _: Signed,
    Extension(live): Extension<Live>,
    Path((account, right)): Path<(String, String)>,
) -> Result<Json<PersonView>, Problem> {
    let right = id(&right, "right")?;
    let account = state.accounts.withdraw(&live, &account, right).await;
    account.map(|account| Json(PersonView::from(&account))).map_err(problem)
}

/// Where somebody is signed in.
#[utoipa::path(get, path = "/api/v1/people/{account}/sessions", tag = "access",
    params(("account" = String, Path, description = "account name")),
    responses((status = 200, body = SessionList), (status = 404, description = "no such account, or not for you")))]
async fn person_sessions(
    State(state): State<AccessState>,
    _: Signed,
    Extension(live): Extension<Live>,
    Path(account): Path<String>,
) -> Result<Json<SessionList>, Problem> {
    let account = state.accounts.person(&live, &account).await.map_err(problem)?;
    let sessions = state.accounts.sessions(&account.name).await.map_err(problem)?;
    let view = |(id, session)| SessionView::new(id, &session, id == live.id());
    Ok(Json(SessionList {
        items: sessions.into_iter().map(view).collect(),
    }))
}

/// End a session of somebody at once.
#[utoipa::path(delete, path = "/api/v1/people/{account}/sessions/{id}", tag = "access",
    params(("account" = String, Path, description = "account name"), ("id" = String, Path, description = "id of the session")),
    responses((status = 204, description = "ended"), (status = 403, description = "your own, see account/sessions"), (status = 404, description = "no such account or session")))]
async fn end_person_session(
    State(state): State<AccessState>,
    _: Signed,
    Extension(live): Extension<Live>,
    Path((account, session)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let ended = state.accounts.end_session_of(&live, &account, &session).await;
    ended.map(|()| StatusCode::NO_CONTENT).map_err(problem)
}

/// The API tokens of an account, without their secrets.
#[utoipa::path(get, path = "/api/v1/people/{account}/tokens", tag = "access",
    params(("account" = String, Path, description = "account name")),
    responses((status = 200, body = TokenList), (status = 404, description = "no such account, or not for you")))]
async fn person_tokens(
    State(state): State<AccessState>,
    _: Signed,
    Extension(live): Extension<Live>,
    Path(account): Path<String>,
) -> Result<Json<TokenList>, Problem> {
    let account = state.accounts.person(&live, &account).await.map_err(problem)?;
    let tokens = state.accounts.tokens(&account.name).await.map_err(problem)?;
    Ok(Json(TokenList {
        items: tokens.iter().map(TokenView::from).collect(),
    }))
}

/// Make an API token of a service account. Its secret is in this answer and nowhere else.
#[utoipa::path(post, path = "/api/v1/people/{account}/tokens", tag = "access", request_body = TokenRequest,
    params(("account" = String, Path, description = "name of a service account")),
    responses((status = 201, body = MadeToken), (status = 409, description = "not a service account")))]
async fn make_service_token(
    State(state): State<AccessState>,
    _: Signed,
    Extension(live): Extension<Live>,
    Path(account): Path<String>,
    Body(body): Body<TokenRequest>,
) -> Result<(StatusCode, Json<MadeToken>), Problem> {
    let made = state.accounts.make_service_token(&live, &account, body.read()?).await;
    let (secret, token) = made.map_err(problem)?;
    let token = TokenView::from(&token);
    Ok((StatusCode::CREATED, Json(MadeToken { secret, token })))
}

/// End an API token of somebody at once.
#[utoipa::path(delete, path = "/api/v1/people/{account}/tokens/{id}", tag = "access",
    params(("account" = String, Path, description = "account name"), ("id" = String, Path, description = "id of the token")),
    responses((status = 204, description = "ended"), (status = 403, description = "your own, see account/tokens"), (status = 404, description = "no such account or token")))]
async fn end_person_token(
    State(state): State<AccessState>,
    _: Signed,
    Extension(live): Extension<Live>,
    Path((account, token)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let ended = state.accounts.end_token_of(&live, &account, &token).await;
    ended.map(|()| StatusCode::NO_CONTENT).map_err(problem)
}

/// Link an account with what a provider calls the person, who signs in there from then on. One name opens one account.
#[utoipa::path(post, path = "/api/v1/people/{account}/links", tag = "access", request_body = LinkRequest,
    params(("account" = String, Path, description = "account name")),
    responses(
        (status = 200, body = PersonView),
        (status = 403, description = "your own account, or not permitted"),
        (status = 404, description = "no such account, or not for you"),
        (status = 409, description = "the name opens an account already, or the account takes no link"),
        (status = 422, description = "no such provider, or the subject does not fit")))]
async fn link_person(
    State(state): State<AccessState>,
    _: Signed,
    Extension(live): Extension<Live>,
    Path(account): Path<String>,
    Body(body): Body<LinkRequest>,
) -> Result<Json<PersonView>, Problem> {
    let what = (body.provider.as_str(), body.subject.as_str());
    let account = state.accounts.link(&live, &account, &state.providers, what).await;
    account.map(|account| Json(PersonView::from(&account))).map_err(problem)
}

/// Take a link away. Sessions that came from its provider end at once.
#[utoipa::path(delete, path = "/api/v1/people/{account}/links/{id}", tag = "access",
    params(("account" = String, Path, description = "account name"), ("id" = String, Path, description = "id of the link")),
    responses(
        (status = 200, body = PersonView),
        (status = 403, description = "your own account, or not permitted"),
        (status = 404, description = "no such account or link")))]
async fn unlink_person(
    State(state): State<AccessState>,
    _: Signed,
    Extension(live): Extension<Live>,
    Path((account, link)): Path<(String, String)>,
) -> Result<Json<PersonView>, Problem> {
    let account = state.accounts.unlink(&live, &account, &link).await;
    account.map(|account| Json(PersonView::from(&account))).map_err(problem)
}
