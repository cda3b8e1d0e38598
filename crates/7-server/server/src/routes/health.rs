//! For machines that watch: alive, ready, figures.

use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use chassis::problem::Problem;
use chassis::tls::Peer;
use ipnet::IpNet;
use kernel::error::ErrorKind;
use metrics_exporter_prometheus::PrometheusHandle;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the instance takes work.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ready(Arc<AtomicBool>);

impl Ready {
    /// Sets it.
    pub(crate) fn set(&self, ready: bool) {
        self.0.store(ready, Ordering::Release);
    }
    /// Reads it.
    pub(crate) fn get(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// What is mounted here; the description of the API does not name it.
pub(super) const ROUTES: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// Mounts [`ROUTES`]. Figures are shown to `watchers` alone.
pub(super) fn mount(ready: Ready, figures: PrometheusHandle, watchers: Vec<IpNet>) -> Router {
    Router::new()
        .route("/healthz", get(async || "alive\n"))
        .route("/readyz", get(is_ready).with_state(ready))
        .route("/metrics", get(render).with_state((figures, Arc::new(watchers))))
}

/// Whether figures are shown to who asks from there. A proxy asks for others, from an address of its own.
fn may_watch(watchers: &[IpNet], from: Option<IpAddr>, headers: &HeaderMap) -> bool {
    let passed_on = ["forwarded", "x-forwarded-for", "x-real-ip", "via"];
    let passed_on = passed_on.iter().any(|name| headers.contains_key(*name));
    let from = from.map(|from| from.to_canonical());
    !passed_on && from.is_some_and(|from| watchers.iter().any(|network| network.contains(&from)))
}

async fn is_ready(State(ready): State<Ready>) -> Response {
    if ready.get() {
        "ready\n".into_response()
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not ready\n").into_response()
    }
}

async fn render(
    State((figures, watchers)): State<(PrometheusHandle, Arc<Vec<IpNet>>)>,
    from: Option<Extension<ConnectInfo<Peer>>>,
    headers: HeaderMap,
) -> Response {
    let from = from.map(|Extension(ConnectInfo(peer))| peer.address.ip());
    if !may_watch(&watchers, from, &headers) {
        let detail = "figures are shown to the addresses in http.metrics_from alone, and not through a proxy";
        return Problem::new(ErrorKind::Denied, "not_a_watcher", detail).into_response();
    }
    (
        [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")],
        figures.render(),
    )
        .into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_for_watchers_who_ask_themselves() {
        let watchers = ["127.0.0.0/8", "10.1.2.0/24"].map(|text| text.parse().unwrap());
        let table = [
            ("127.0.0.1", None, true),
            ("127.9.9.9", None, true),
            ("::ffff:127.0.0.1", None, true),
            ("10.1.2.77", None, true),
            ("10.1.3.77", None, false),
            ("::1", None, false),
            ("127.0.0.1", Some("x-forwarded-for"), false),
            ("127.0.0.1", Some("forwarded"), false),
            ("10.1.2.77", Some("via"), false),
        ];
        for (from, header, may) in table {
            let mut headers = HeaderMap::new();
            if let Some(name) = header {
                headers.insert(name, "for=192.0.2.1".parse().unwrap());
            }
            assert_eq!(
                may_watch(&watchers, from.parse().ok(), &headers),
                may,
                "{from} {header:?}"
            );
        }
        assert!(!may_watch(&watchers, None, &HeaderMap::new()), "an unknown peer");
        assert!(!may_watch(&[], "127.0.0.1".parse().ok(), &HeaderMap::new()));
    }
}
