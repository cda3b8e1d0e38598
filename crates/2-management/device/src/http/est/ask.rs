//! A device asks for its first certificate, or for the next one.

use super::EstState;
use super::fetch::TRANSFER;
use crate::certificate::bundle;
use crate::certificate::request::MAX_REQUEST;
use crate::error::DeviceError;
use crate::model::certificate::Certificate;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue, WWW_AUTHENTICATE};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chassis::problem::Problem;
use chassis::tls::PeerCertificates;
use driver::gatekeeper::{Credential, Refusal};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

/// How long a request may take to arrive.
const PATIENCE: Duration = Duration::from_secs(10);
/// Who asks for it gets PEM instead of PKCS #7.
const PEM: &str = "application/pem-certificate-chain";

/// Ask for a first certificate
///
/// EST `simpleenroll` (RFC 7030 section 4.2). HTTP Basic: the device is the user, the enrolment code of an operator the password.
/// The body is PKCS #10, in base64 of DER or in PEM. The answer is the certificate, as PKCS #7 in base64, or with the whole chain
/// in PEM for who accepts `application/pem-certificate-chain`. The same code with the same key gets the same certificate again.
#[utoipa::path(
    post, path = "/.well-known/est/simpleenroll", tag = "device",
    request_body(content((String = "application/pkcs10"))),
    responses(
        (status = 200, description = "the certificate", content_type = "application/pkcs7-mime", body = String),
        (status = 401, description = "no code, or one that does not fit", content_type = "application/problem+json", body = Object),
        (status = 403, description = "the device is blocked", content_type = "application/problem+json", body = Object),
        (status = 409, description = "the key is known here, or the device has too many certificates", content_type = "application/problem+json", body = Object),
        (status = 422, description = "the request does not fit; `detail` says why", content_type = "application/problem+json", body = Object),
    ),
)]
pub(super) async fn enrol_device(State(state): State<EstState>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let from = from(&parts);
    let Some((device, code)) = basic(&parts) else {
        let refusal = state.gatekeeper.refused(Refusal::Missing, from).await;
        return refused(&DeviceError::Refused(refusal));
    };
    let outcome = match read(body).await {
        Ok(request) => state.certificates.enrol(&device, &code, &request, from).await,
        Err(error) => Err(error),
    };
    answer(&state, &parts, outcome)
}

/// Ask for the next certificate
///
/// EST `simplereenroll` (RFC 7030 section 4.2.2), over a connection that shows the present certificate. Body and answer are as with
/// `simpleenroll`. The present certificate counts until the new one is shown for the first time.
#[utoipa::path(
    post, path = "/.well-known/est/simplereenroll", tag = "device",
    request_body(content((String = "application/pkcs10"))),
    responses(
        (status = 200, description = "the certificate", content_type = "application/pkcs7-mime", body = String),
        (status = 401, description = "no certificate, or one that does not count", content_type = "application/problem+json", body = Object),
        (status = 403, description = "the device is blocked", content_type = "application/problem+json", body = Object),
        (status = 409, description = "the key is known here", content_type = "application/problem+json", body = Object),
        (status = 422, description = "the request does not fit; `detail` says why", content_type = "application/problem+json", body = Object),
    ),
)]
pub(super) async fn renew_certificate(State(state): State<EstState>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let from = from(&parts);
    let shown = parts
        .extensions
        .get::<PeerCertificates>()
        .filter(|chain| !chain.0.is_empty());
    let admitted = match shown {
        Some(chain) => {
            let credential = Credential::Certificate(chain.0.to_vec());
            state.gatekeeper.admit(credential, from).await
        }
        None => Err(state.gatekeeper.refused(Refusal::Missing, from).await),
    };
    let outcome = match admitted {
        Err(refusal) => Err(refusal.into()),
        Ok(sender) => match read(body).await {
            Ok(request) => state.certificates.renew(&sender, &request, from).await,
            Err(error) => Err(error),
        },
    };
    answer(&state, &parts, outcome)
}

fn from(parts: &Parts) -> SocketAddr {
    let nowhere = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);
    let address = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    address.map_or(nowhere, |ConnectInfo(address)| *address)
}

/// User and password of HTTP Basic (RFC 7617).
fn basic(parts: &Parts) -> Option<(String, String)> {
    let mut values = parts.headers.get_all(AUTHORIZATION).iter();
    let value = values.next()?.to_str().ok()?;
    let (scheme, packed) = value.split_once(' ')?;
    if values.next().is_some() || !scheme.eq_ignore_ascii_case("basic") || packed.len() > 512 {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(packed.trim()).ok()?).ok()?;
    let (user, password) = text.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}

async fn read(body: Body) -> Result<Vec<u8>, DeviceError> {
    let unfit = |what: String| DeviceError::Invalid { field: "request", what };
    match tokio::time::timeout(PATIENCE, to_bytes(body, MAX_REQUEST)).await {
        Ok(Ok(bytes)) => Ok(bytes.to_vec()),
        Ok(Err(_)) => Err(unfit(format!(
            "the request has more than {MAX_REQUEST} bytes, or was cut off"
        ))),
        Err(_) => Err(unfit(format!(
            "the request did not arrive within {} s",
            PATIENCE.as_secs()
        ))),
    }
}

fn answer(state: &EstState, parts: &Parts, outcome: Result<Certificate, DeviceError>) -> Response {
    let certificate = match outcome {
        Ok(certificate) => certificate,
        Err(error) => return refused(&error),
    };
    metrics::counter!("hanoi_ioc_device_certificates_asked_total", "outcome" => "given").increment(1);
    let der = STANDARD.decode(&certificate.der).unwrap_or_default();
    let accepted = parts.headers.get(ACCEPT).and_then(|value| value.to_str().ok());
    if accepted.is_some_and(|accepted| accepted.contains(PEM)) {
        let chain = bundle::pem(&der) + &state.certificates.authority().chain_pem();
        return ([(CONTENT_TYPE, PEM)], chain).into_response();
    }
    let body = bundle::lines(&bundle::certs_only([der.as_slice()]));
    let headers = [
        (CONTENT_TYPE, "application/pkcs7-mime; smime-type=certs-only"),
        (TRANSFER, "base64"),
    ];
    (headers, body).into_response()
}

fn refused(error: &DeviceError) -> Response {
    metrics::counter!("hanoi_ioc_device_certificates_asked_total", "outcome" => "refused").increment(1);
    let problem = match error {
        DeviceError::Invalid { field, .. } => Problem::of(error).with("field", *field),
        _ => Problem::of(error),
    };
    let mut response = problem.into_response();
    if response.headers().contains_key(WWW_AUTHENTICATE) {
        let basic = HeaderValue::from_static("Basic realm=\"hanoi-ioc enrolment\"");
        response.headers_mut().insert(WWW_AUTHENTICATE, basic);
    }
    response
}
