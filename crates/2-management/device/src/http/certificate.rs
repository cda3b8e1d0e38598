//! Certificates of devices, for the people who keep them.

use super::{DeviceState, problem};
use crate::service::certificate::Certificates;
use crate::wire::certificate::{CertificateList, CertificateView, Code, NewInvitation, Revocation};
use access::signed::Signed;
use axum::extract::State;
use axum::http::StatusCode;
use chassis::json::{Json, Path};
use chassis::problem::Problem;

/// Certificates of a device, those that end last first.
#[utoipa::path(get, path = "/api/v1/devices/{id}/certificates", tag = "device",
    params(("id" = String, Path, description = "device id")),
    responses((status = 200, body = CertificateList), (status = 404, description = "no such device for you")))]
pub(super) async fn list_certificates(
    State(state): State<DeviceState>,
    Signed(actor): Signed,
    Path(id): Path<String>,
) -> Result<axum::Json<CertificateList>, Problem> {
    let found = state.certificates.list(&actor, &id).await.map_err(problem)?;
    let items = found.iter().map(|(one, how)| CertificateView::new(one, Some(*how)));
    Ok(axum::Json(CertificateList { items: items.collect() }))
}

/// Invite a device to ask for a certificate. The code is shown only here; an earlier one counts no more.
#[utoipa::path(post, path = "/api/v1/devices/{id}/enrolment", tag = "device", request_body = NewInvitation,
    params(("id" = String, Path, description = "device id")),
    responses(
        (status = 201, body = Code),
        (status = 403, description = "your roles do not allow it"),
        (status = 404, description = "no such device for you"),
        (status = 422, description = "a value is not valid; `field` names it"),
    ))]
pub(super) async fn invite_device(
    State(state): State<DeviceState>,
    Signed(actor): Signed,
    Path(id): Path<String>,
    Json(body): Json<NewInvitation>,
) -> Result<(StatusCode, axum::Json<Code>), Problem> {
    let invited = state.certificates.invite(&actor, &id, body.hours).await;
    let (code, expires) = invited.map_err(problem)?;
    let code = Code {
        device: id,
        code,
        expires: expires.to_string(),
    };
    Ok((StatusCode::CREATED, axum::Json(code)))
}

/// Revoke certificates of a device. Whatever the device has open by them ends at once. Answers what was revoked.
#[utoipa::path(post, path = "/api/v1/devices/{id}/certificates/revoke", tag = "device", request_body = Revocation,
    params(("id" = String, Path, description = "device id")),
    responses(
        (status = 200, body = CertificateList),
        (status = 403, description = "your roles do not allow it"),
        (status = 404, description = "no such device for you"),
        (status = 422, description = "there is no such certificate that counts"),
    ))]
pub(super) async fn revoke_certificates(
    State(state): State<DeviceState>,
    Signed(actor): Signed,
    Path(id): Path<String>,
    Json(body): Json<Revocation>,
) -> Result<axum::Json<CertificateList>, Problem> {
    let certificates: &Certificates = &state.certificates;
    let which = body.certificate.as_deref();
    let revoked = certificates.revoke(&actor, &id, which, body.reason).await;
    let revoked = revoked.map_err(problem)?;
    let items = revoked
        .iter()
        .map(|one| CertificateView::new(one, Some(certificates.standing(one))));
    Ok(axum::Json(CertificateList { items: items.collect() }))
}
