//! With the audit layer around the session layer, refusals of the session layer leave a trace that names the person.

use crate::ground::{ACCOUNT, Ground, api, request, send};
use access::http::identify;
use audit::model::Outcome;
use audit::store::AuditLog;
use axum::middleware::from_fn_with_state;
use kernel::actor::ActorId;
use kernel::id::TenantId;
use kernel::position::Position;
use serde_json::json;
use std::sync::Arc;

#[tokio::test]
async fn refusals_and_sign_ins_name_the_person() {
    let ground = Ground::with_first(true).await;
    let tenant = TenantId::new("government").unwrap();
    let audit = AuditLog::new(Arc::clone(&ground.tenant.audit), tenant, Arc::new(ground.clock.clone()));
    let api = api(&ground.accounts)
        .layer(from_fn_with_state(ground.accounts.clone(), identify))
        .layer(from_fn_with_state(audit.clone(), audit::http::record));
    let (secret, live) = ground.accounts.sign_in(ACCOUNT, ground.password.clone()).await.unwrap();
    let bearer = format!("Bearer {secret}");
    let cookie = format!("hanoi_ioc_session={secret}");
    let good = json!({"account": ACCOUNT, "password": ground.password});
    let bad = json!({"account": ACCOUNT, "password": "không phải câu này"});
    let foreign = [("cookie", cookie.as_str()), ("sec-fetch-site", "cross-site")];
    for request in [
        request("GET", "/api/v1/areas", &[("authorization", &bearer)], None),
        request("POST", "/api/v1/session", &[], Some(good)),
        request("POST", "/api/v1/session", &[], Some(bad)),
        request("DELETE", "/api/v1/session", &foreign, None),
    ] {
        send(&api, request).await;
    }
    let records = audit.read(Position::START, 1 << 20).await.unwrap();
    let seen: Vec<_> = records
        .iter()
        .map(|(_, record)| (&record.actor, record.act.as_str(), record.outcome))
        .collect();
    let nobody = &ActorId::Anonymous;
    assert_eq!(
        seen,
        [
            (&live.actor.id, "GET /api/v1/areas", Outcome::Denied),
            (&live.actor.id, "POST /api/v1/session", Outcome::Allowed),
            (nobody, "POST /api/v1/session", Outcome::Denied),
            (nobody, "DELETE /api/v1/session", Outcome::Denied),
        ]
    );
}
