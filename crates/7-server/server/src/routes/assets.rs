//! The console's files, embedded; unknown paths of the console are its own business, unknown paths of the API are 404.

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chassis::problem::Problem;
use rust_embed::RustEmbed;
use std::sync::Arc;

#[derive(RustEmbed)]
#[folder = "../../../web/dist"]
#[allow_missing = true]
struct Console;

/// What is mounted here beside the console's files.
pub(super) const ROUTES: [&str; 1] = ["/api/v1/openapi.json"];

pub(super) fn mount(document: Arc<str>) -> Router {
    Router::new()
        .route("/api/v1/openapi.json", get(openapi).with_state(document))
        .fallback(asset)
}

async fn openapi(State(document): State<Arc<str>>) -> Response {
    (
        [(header::CONTENT_TYPE, "application/vnd.oai.openapi+json;version=3.1")],
        document.to_string(),
    )
        .into_response()
}

async fn asset(uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path.starts_with("api/") {
        return Problem::not_found("route").into_response();
    }
    let (name, file) = match Console::get(path) {
        Some(file) => (path, file),
        // a file that is not there is 404; only pages of the console fall back to its first one
        None if path.rsplit('/').next().is_some_and(|last| last.contains('.')) => {
            return Problem::not_found("file").into_response();
        }
        None => match Console::get("index.html") {
            Some(file) => ("index.html", file),
            None => return (StatusCode::NOT_FOUND, NO_CONSOLE).into_response(),
        },
    };
    let tag = format!("\"{}\"", hex(&file.metadata.sha256_hash()[..12]));
    let cache = if name.starts_with("assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let kind = file.metadata.mimetype().to_owned();
    if headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|known| known.as_bytes() == tag.as_bytes())
    {
        return (
            StatusCode::NOT_MODIFIED,
            [(header::ETAG, tag), (header::CACHE_CONTROL, cache.to_owned())],
        )
            .into_response();
    }
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::ETAG, tag),
        (header::CACHE_CONTROL, cache.to_owned()),
    ];
    (headers, file.data).into_response()
}

const NO_CONSOLE: &str =
    "Giao diện chưa được dựng; chạy `cargo xtask web`.\nThe console was not built; run `cargo xtask web`.\n";

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
