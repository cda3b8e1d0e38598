//! A tenant in a temporary folder, a clock that stands, a first account, and the API around it.

use access::area::{Area, Areas};
use access::door::{Door, authorise, end_with_rights};
use access::explain::{Known, Things};
use access::http::{AccessState, identify, mount};
use access::model::{SessionLimits, Settings};
use access::oidc::providers::Providers;
use access::sealed::SealKey;
use access::service::Accounts;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, Response};
use axum::middleware::from_fn_with_state;
use embedded::tenant::{EmbeddedTenant, TenantOptions};
use kernel::area::AreaCode;
use kernel::classification::Classification;
use kernel::id::{OrgId, TenantId};
use policy::cell::Cells;
use policy::engine::Engine;
use policy::tree::Tree;
use ports::records::Records;
use serde_json::Value;
use std::sync::Arc;
use testkit::clock::VirtualClock;
use tower::ServiceExt;

pub(crate) const ACCOUNT: &str = "truc-ban";
pub(crate) const IDLE_S: u64 = 1_800;
pub(crate) const ABSOLUTE_S: u64 = 36_000;

pub(crate) struct Ground {
    pub(crate) tenant: EmbeddedTenant,
    pub(crate) clock: VirtualClock,
    pub(crate) accounts: Accounts,
    pub(crate) password: String,
    _dir: tempfile::TempDir,
}

impl Ground {
    /// With a first account whose password need not be changed.
    pub(crate) async fn new() -> Self {
        Self::with_first(false).await
    }

    pub(crate) async fn with_first(must_change: bool) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let options = TenantOptions {
            reserve_bytes: 4_096,
            ..TenantOptions::default()
        };
        let tenant = EmbeddedTenant::open(dir.path(), options).unwrap();
        let clock = VirtualClock::default();
        let accounts = accounts(Arc::clone(&tenant.records), &clock);
        let password = accounts.create_first(ACCOUNT, must_change).await.unwrap().unwrap();
        Self {
            tenant,
            clock,
            accounts,
            password,
            _dir: dir,
        }
    }

    /// What a restarted program sees: the same records, an empty memory.
    pub(crate) fn restarted(&self) -> Accounts {
        accounts(Arc::clone(&self.tenant.records), &self.clock)
    }

    pub(crate) async fn signs_in(&self, password: &str) -> bool {
        self.accounts.sign_in(ACCOUNT, password.to_owned()).await.is_ok()
    }

    pub(crate) fn api(&self) -> Router {
        whole(&self.accounts)
    }
}

pub(crate) fn accounts(records: Arc<dyn Records>, clock: &VirtualClock) -> Accounts {
    let limits = SessionLimits {
        idle_s: IDLE_S,
        absolute_s: ABSOLUTE_S,
    };
    accounts_with(records, clock, limits, false)
}

pub(crate) fn accounts_with(
    records: Arc<dyn Records>,
    clock: &VirtualClock,
    limits: SessionLimits,
    second_factor: bool,
) -> Accounts {
    let settings = Settings {
        limits,
        max_classification: Classification::Restricted,
        second_factor,
    };
    Accounts::new(
        records,
        TenantId::new("government").unwrap(),
        Arc::new(clock.clone()),
        settings,
        Engine::new(trees()).unwrap(),
        SealKey::new(&[7; 32]).unwrap(),
    )
    .unwrap()
}

/// The city with two wards and two departments.
pub(crate) fn trees() -> policy::post::Ground {
    let code = |code: &str| AreaCode::new(code).unwrap();
    let org = |code: &str| OrgId::new(code).unwrap();
    let below = |ward: &str| (code(ward), Some(code("01")));
    policy::post::Ground {
        areas: Tree::new([(code("01"), None), below("00070"), below("00097")]),
        orgs: Tree::new([
            (org("ubnd-thanh-pho"), None),
            (org("so-xay-dung"), Some(org("ubnd-thanh-pho"))),
            (org("so-y-te"), Some(org("ubnd-thanh-pho"))),
        ]),
    }
}

/// One restricted thing in ward 00097 and a state secret.
#[derive(Debug)]
struct TwoThings;

#[async_trait::async_trait]
impl Things for TwoThings {
    async fn find(&self, kind: &str, id: &str) -> Option<Known> {
        let classification = match (kind, id) {
            ("alert", "1") => Classification::Restricted,
            ("alert", "secret") => Classification::Secret,
            _ => return None,
        };
        Some(Known {
            areas: vec![AreaCode::new("00097").unwrap()],
            classification,
            ..Known::default()
        })
    }
}

/// The routes with all their layers.
pub(crate) fn whole(accounts: &Accounts) -> Router {
    whole_with(accounts, Arc::default())
}

/// The same with providers of sign-ins.
pub(crate) fn whole_with(accounts: &Accounts, providers: Arc<Providers>) -> Router {
    let door = Door {
        accounts: accounts.clone(),
        cells: Cells::here(),
    };
    api_with(accounts, providers)
        .layer(from_fn_with_state(accounts.clone(), end_with_rights))
        .layer(from_fn_with_state(door, authorise))
        .layer(from_fn_with_state(accounts.clone(), identify))
}

/// The routes of the slice without the session layer.
pub(crate) fn api(accounts: &Accounts) -> Router {
    api_with(accounts, Arc::default())
}

fn api_with(accounts: &Accounts, providers: Arc<Providers>) -> Router {
    let state = AccessState {
        accounts: accounts.clone(),
        areas: Arc::new(Areas::new([area("00070")]).unwrap()),
        things: Arc::new(TwoThings),
        cursors: chassis::cursor::CursorKey::new([9; 32]),
        providers,
        secure_cookie: true,
    };
    mount(state).split_for_parts().0
}

pub(crate) fn area(code: &str) -> Area {
    Area {
        code: code.to_owned(),
        name: "Hoàn Kiếm".to_owned(),
        kind: "Phường".to_owned(),
        population: 0,
        lon: 105.85,
        lat: 21.03,
    }
}

/// A request; `headers` as name and value.
pub(crate) fn request(method: &str, path: &str, headers: &[(&str, &str)], body: Option<Value>) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    match body {
        Some(body) => request
            .header("content-type", "application/json")
            .body(Body::from(body.to_string()))
            .unwrap(),
        None => request.body(Body::empty()).unwrap(),
    }
}

pub(crate) async fn send(api: &Router, request: Request<Body>) -> Response<Body> {
    api.clone().oneshot(request).await.unwrap()
}

pub(crate) async fn json(response: Response<Body>) -> Value {
    let bytes = to_bytes(response.into_body(), 100_000).await.unwrap();
    serde_json::from_slice(&bytes).unwrap_or_default()
}
