//! The routes of the auditors: who may read, what is found, and that a proof holds by its own bytes alone.

use crate::sealed::{Sealed, signer};
use audit::api::{AuditState, mount};
use audit::merkle::{Hash, leaf, root_from_inclusion};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chassis::cursor::CursorKey;
use kernel::actor::Actor;
use kernel::id::TenantId;
use policy::action::Action;
use policy::compiled::Table;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;
use testkit::clock::VirtualClock;
use tower::ServiceExt;

async fn ask(api: &Router, path: &str, role: Option<&str>) -> (u16, String) {
    let mut request = Request::builder().uri(path).body(Body::empty()).unwrap();
    if let Some(role) = role {
        let mut actor = Actor::service("test", &TenantId::new("gov").unwrap());
        actor.roles = BTreeSet::from([role.to_owned()]);
        request.extensions_mut().insert(Arc::new(actor));
    }
    let response = api.clone().oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

fn api(sealed: &Sealed) -> Router {
    let state = AuditState {
        trail: sealed.trail.clone(),
        seals: Arc::clone(&sealed.seals),
        cursors: CursorKey::new([1; 32]),
    };
    mount(state).split_for_parts().0
}

fn hash(text: &Value) -> Hash {
    STANDARD.decode(text.as_str().unwrap()).unwrap().try_into().unwrap()
}

const PATHS: [&str; 4] = [
    "/api/v1/audit",
    "/api/v1/audit/3/proof",
    "/api/v1/audit/checkpoint",
    "/api/v1/audit/consistency/3",
];

#[tokio::test]
async fn whoever_is_permitted_to_read_the_trace_reads_it_and_nobody_else() {
    let dir = tempfile::tempdir().unwrap();
    let sealed = Sealed::open(dir.path(), &VirtualClock::default()).await;
    sealed.write(0..20).await;
    sealed.seal().await;
    let api = api(&sealed);
    for path in PATHS {
        assert_eq!(ask(&api, path, None).await.0, 401, "{path} as nobody");
        for (role, status) in [("administrator", 403), ("auditor", 200), ("security_officer", 200)] {
            assert_eq!(ask(&api, path, Some(role)).await.0, status, "{path} as {role}");
        }
        // not by a list of its own: a change of the policies is a change here
        for role in policy::role::all().keys() {
            let may = Table::here().permits([role.as_str()], Action::AuditRead);
            let (status, body) = ask(&api, path, Some(role)).await;
            assert_eq!(status, if may { 200 } else { 403 }, "{path} as {role}: {body}");
            assert_eq!(body.contains("\"action\":\"audit.read\""), !may, "{body}");
        }
    }
}

#[tokio::test]
async fn what_was_answered_before_the_question_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let sealed = Sealed::open(dir.path(), &VirtualClock::default()).await;
    let api = api(&sealed);
    for written in 1..=3 {
        sealed.write([written]).await;
        let (_, body) = ask(&api, "/api/v1/audit", Some("auditor")).await;
        let page: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(page["items"].as_array().unwrap().len() as u64, written, "{page}");
    }
}

#[tokio::test]
async fn a_proof_holds_by_its_own_bytes_and_the_key_alone() {
    let dir = tempfile::tempdir().unwrap();
    let sealed = Sealed::open(dir.path(), &VirtualClock::default()).await;
    let api = api(&sealed);
    let (status, body) = ask(&api, PATHS[1], Some("auditor")).await;
    assert_eq!(status, 503, "{body}");
    sealed.write(0..37).await;
    sealed.seal().await;
    for index in 0..37 {
        let (status, body) = ask(&api, &format!("/api/v1/audit/{index}/proof"), Some("auditor")).await;
        assert_eq!(status, 200, "{body}");
        let answer: Value = serde_json::from_str(&body).unwrap();
        let checkpoint = signer()
            .verifier()
            .open(answer["checkpoint"].as_str().unwrap())
            .unwrap();
        let entry = leaf(answer["entry"].as_str().unwrap().as_bytes());
        assert_eq!(entry, hash(&answer["leaf"]));
        let proof: Vec<Hash> = answer["proof"].as_array().unwrap().iter().map(hash).collect();
        assert_eq!(
            root_from_inclusion(index, checkpoint.size, &entry, &proof),
            Some(checkpoint.root)
        );
    }
    for path in [
        "/api/v1/audit/37/proof",
        "/api/v1/audit/consistency/38",
        "/api/v1/audit/consistency/0",
    ] {
        assert_eq!(ask(&api, path, Some("auditor")).await.0, 404, "{path}");
    }
}

#[tokio::test]
async fn a_page_leads_to_the_next_and_a_wrong_question_is_answered() {
    let dir = tempfile::tempdir().unwrap();
    let sealed = Sealed::open(dir.path(), &VirtualClock::default()).await;
    sealed.write(0..25).await;
    sealed.seal().await;
    let api = api(&sealed);
    let (mut seen, mut path) = (Vec::new(), "/api/v1/audit?limit=10&outcome=allowed".to_owned());
    loop {
        let (status, body) = ask(&api, &path, Some("auditor")).await;
        assert_eq!(status, 200, "{body}");
        let page: Value = serde_json::from_str(&body).unwrap();
        seen.extend(
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|item| item["index"].as_u64().unwrap()),
        );
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/api/v1/audit?limit=10&outcome=allowed&cursor={next}");
    }
    assert_eq!(seen, (0..25).rev().collect::<Vec<_>>());
    let (_, body) = ask(&api, "/api/v1/audit?limit=10&outcome=allowed", Some("auditor")).await;
    let next = serde_json::from_str::<Value>(&body).unwrap()["next"]
        .as_str()
        .unwrap()
        .to_owned();
    for (query, status) in [
        (format!("limit=10&outcome=denied&cursor={next}"), 400),
        ("limit=0".to_owned(), 422),
        ("outcome=good".to_owned(), 422),
        ("class=secret".to_owned(), 422),
        ("from=yesterday".to_owned(), 422),
        (format!("act={}", "a".repeat(201)), 422),
        ("colour=red".to_owned(), 422),
        ("from=2000-01-01T00:00:00Z&act=thing".to_owned(), 200),
    ] {
        let (found, body) = ask(&api, &format!("/api/v1/audit?{query}"), Some("auditor")).await;
        assert_eq!(found, status, "{query}: {body}");
    }
}
