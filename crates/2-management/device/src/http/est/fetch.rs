//! What is public: the certificates of the authority (RFC 7030 section 4.1, RFC 2585) and the list of what it revoked (RFC 5280).

use crate::certificate::bundle;
use crate::service::certificate::Certificates;
use axum::Router;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chassis::problem::Problem;

/// Header of RFC 7030 section 4.1.3; HTTP itself knows no such thing.
pub(super) const TRANSFER: HeaderName = HeaderName::from_static("content-transfer-encoding");

pub(super) fn mount(certificates: Certificates) -> Router {
    let [cacerts, pem, list] = super::OPEN;
    Router::new()
        .route(cacerts, get(cacerts_of))
        .route(pem, get(chain))
        .route(list, get(revocations))
        .with_state(certificates)
}

async fn cacerts_of(State(certificates): State<Certificates>) -> Response {
    let chain = certificates.authority().chain();
    let body = bundle::lines(&bundle::certs_only(chain.iter().map(Vec::as_slice)));
    let headers = [(CONTENT_TYPE, "application/pkcs7-mime"), (TRANSFER, "base64")];
    (headers, body).into_response()
}

async fn chain(State(certificates): State<Certificates>) -> Response {
    let headers = [(CONTENT_TYPE, "application/x-pem-file")];
    (headers, certificates.authority().chain_pem()).into_response()
}

async fn revocations(State(certificates): State<Certificates>) -> Response {
    match certificates.revocations() {
        Ok(list) => {
            let headers = [(CONTENT_TYPE, "application/pkix-crl"), (CACHE_CONTROL, "max-age=60")];
            (headers, list.to_vec()).into_response()
        }
        Err(error) => Problem::of(&error).into_response(),
    }
}
