//! A tenant in a temporary folder, accounts, the routes of access and of personal fields, and a list of erasures in memory.

#![allow(clippy::unwrap_used)]

use access::area::Areas;
use access::door::{Door, authorise};
use access::explain::{Known, Things};
use access::http::{AccessState, identify};
use access::model::{SessionLimits, Settings};
use access::sealed::SealKey;
use access::service::Accounts;
use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use axum::middleware::from_fn_with_state;
use embedded::tenant::{EmbeddedTenant, TenantOptions};
use kernel::area::AreaCode;
use kernel::classification::Classification;
use kernel::id::{OrgId, TenantId};
use parking_lot::Mutex;
use personal::grave::{Grave, Graves};
use personal::service::People;
use personal::store::Store;
use personal::{PersonalState, mount};
use policy::cell::Cells;
use policy::engine::Engine;
use policy::tree::Tree;
use ports::error::PortError;
use serde_json::Value;
use std::path::Path;
use std::sync::Arc;
use testkit::clock::VirtualClock;
use tower::ServiceExt;

/// Erasures that outlive the records.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memory(Arc<Mutex<Vec<Grave>>>);

#[async_trait]
impl Graves for Memory {
    async fn add(&self, grave: Grave) -> Result<(), PortError> {
        self.0.lock().push(grave);
        Ok(())
    }

    async fn all(&self) -> Result<Vec<Grave>, PortError> {
        Ok(self.0.lock().clone())
    }
}

#[derive(Debug)]
struct NoThings;

#[async_trait]
impl Things for NoThings {
    async fn find(&self, _: &str, _: &str) -> Option<Known> {
        None
    }
}

pub(crate) struct Ground {
    pub(crate) tenant: EmbeddedTenant,
    pub(crate) clock: VirtualClock,
    pub(crate) accounts: Accounts,
    pub(crate) people: People,
}

impl Ground {
    pub(crate) fn open(dir: &Path, graves: &Memory) -> Self {
        let options = TenantOptions {
            reserve_bytes: 4_096,
            ..TenantOptions::default()
        };
        let tenant = EmbeddedTenant::open(dir, options).unwrap();
        let clock = VirtualClock::default();
        let (name, seal) = (TenantId::new("government").unwrap(), SealKey::new(&[7; 32]).unwrap());
        let settings = Settings {
            limits: SessionLimits {
                idle_s: 1_800,
                absolute_s: 36_000,
            },
            max_classification: Classification::Restricted,
            second_factor: false,
        };
        let (records, wall) = (Arc::clone(&tenant.records), Arc::new(clock.clone()));
        let engine = Engine::new(trees()).unwrap();
        let accounts = Accounts::new(records, name.clone(), wall.clone(), settings, engine, seal.clone()).unwrap();
        let store = Store::new(Arc::clone(&tenant.records));
        let people = People::new(store, accounts.clone(), seal, Arc::new(graves.clone()), name, wall);
        Self {
            tenant,
            clock,
            accounts,
            people,
        }
    }

    fn api(&self) -> Router {
        let access = AccessState {
            accounts: self.accounts.clone(),
            areas: Arc::new(Areas::default()),
            things: Arc::new(NoThings),
            cursors: chassis::cursor::CursorKey::new([1; 32]),
            providers: Arc::default(),
            secure_cookie: false,
        };
        let door = Door {
            accounts: self.accounts.clone(),
            cells: Cells::here(),
        };
        let state = PersonalState {
            people: self.people.clone(),
        };
        let (router, _) = access::http::mount(access).merge(mount(state)).split_for_parts();
        router
            .layer(from_fn_with_state(door, authorise))
            .layer(from_fn_with_state(self.accounts.clone(), identify))
    }

    /// Signs in.
    pub(crate) async fn sign_in(&self, account: &str, password: &str) -> Desk {
        let (secret, _) = self.accounts.sign_in(account, password.to_owned()).await.unwrap();
        Desk {
            api: self.api(),
            bearer: format!("Bearer {secret}"),
        }
    }
}

fn trees() -> policy::post::Ground {
    let org = |code: &str| OrgId::new(code).unwrap();
    let area = |code: &str| AreaCode::new(code).unwrap();
    let below = |ward: &str| (area(ward), Some(area("01")));
    policy::post::Ground {
        areas: Tree::new([(area("01"), None), below("00070"), below("00097")]),
        orgs: Tree::new([
            (org("ubnd-thanh-pho"), None),
            (org("so-xay-dung"), Some(org("ubnd-thanh-pho"))),
            (org("so-y-te"), Some(org("ubnd-thanh-pho"))),
        ]),
    }
}

/// A signed-in person.
pub(crate) struct Desk {
    api: Router,
    bearer: String,
}

impl Desk {
    pub(crate) async fn ask(&self, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", &self.bearer);
        let request = match body {
            Some(body) => request
                .header("content-type", "application/json")
                .body(Body::from(body.to_string())),
            None => request.body(Body::empty()),
        };
        let response = self.api.clone().oneshot(request.unwrap()).await.unwrap();
        let status = response.status().as_u16();
        let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap_or_default())
    }

    /// Makes a person with these rights, who signs in with a password of its own.
    pub(crate) async fn hires(&self, ground: &Ground, account: &str, rights: Value) -> Self {
        let body = serde_json::json!({ "account": account, "clearance": "restricted", "rights": rights });
        let (status, made) = self.ask("POST", "/api/v1/people", Some(body)).await;
        assert_eq!(status, 201, "{made}");
        let first = made["password"].as_str().unwrap();
        let desk = ground.sign_in(account, first).await;
        let own = "một câu dễ nhớ của tôi";
        let change = serde_json::json!({ "old": first, "new": own });
        assert_eq!(desk.ask("PUT", "/api/v1/session/password", Some(change)).await.0, 200);
        ground.sign_in(account, own).await
    }
}
