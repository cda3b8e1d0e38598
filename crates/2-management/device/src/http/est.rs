//! Enrolment over Secure Transport (EST, RFC 7030): what devices ask by themselves, and what everybody may fetch.
//!
//! `simpleenroll` takes the enrolment code of an operator as the password of HTTP Basic (section 3.2.3), `simplereenroll` the
//! present certificate as client certificate of the connection (section 3.3.2). Key generation by the server (section 4.4) and
//! CSR attributes (section 4.5) are not offered.

mod ask;
mod fetch;

use crate::service::certificate::Certificates;
use axum::Router;
use driver::gatekeeper::Gatekeeper;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// What these routes need.
#[derive(Clone)]
pub struct EstState {
    /// The certificates.
    pub certificates: Certificates,
    /// Knows who shows a certificate.
    pub gatekeeper: Arc<dyn Gatekeeper>,
}

/// Routes of devices that ask for certificates. Who asks is written down here; client certificates are found in the request's
/// extensions as [`chassis::tls::PeerCertificates`], its address as `ConnectInfo<SocketAddr>`.
pub fn mount(state: EstState) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(ask::enrol_device))
        .routes(routes!(ask::renew_certificate))
        .with_state(state)
}

/// What [`mount_open`] mounts; the description of the API does not name it.
pub const OPEN: [&str; 3] = ["/.well-known/est/cacerts", "/pki/ca.crt", "/pki/ca.crl"];

/// What is public by its nature: certificates of the authority, and the list of what it revoked.
pub fn mount_open(certificates: Certificates) -> Router {
    fetch::mount(certificates)
}
