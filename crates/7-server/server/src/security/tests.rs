//! The slice in the whole house, through the router as the program serves it.

use crate::assemble::{self, House};
use crate::clocks::Clocks;
use crate::routes::{self, Ready};
use crate::settings::Settings;
use access::model::{Account, Kind, Right};
use access::record::SessionRecord;
use access::session::{hash_of, new_secret};
use access::store::Store;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request};
use chassis::shutdown::Shutdown;
use device::model::{Device, DeviceState, Speaks};
use kernel::actor::Actor;
use kernel::classification::Classification;
use kernel::id::{DeviceId, OrgId, PersonId, ProfileId, derived};
use kernel::text::LangText;
use serde_json::{Value, json};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

struct Stage {
    house: House,
    router: Router,
    shutdown: Shutdown,
    _dir: tempfile::TempDir,
}

struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Value,
}

impl Stage {
    async fn open(change: impl FnOnce(&mut Settings)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let args = crate::cli::ConfigArgs {
            config: None,
            data_dir: Some(dir.path().to_owned()),
        };
        let mut settings = crate::settings::load(&args).unwrap().settings;
        change(&mut settings);
        let shutdown = Shutdown::default();
        let house = assemble::open(&settings, &Clocks::real(), &shutdown).await.unwrap();
        let figures = metrics_exporter_prometheus::PrometheusBuilder::new()
            .build_recorder()
            .handle();
        let ready = Ready::default();
        ready.set(true);
        let router = routes::build(&house, &settings, ready, figures, CancellationToken::new()).unwrap();
        Self {
            house,
            router,
            shutdown,
            _dir: dir,
        }
    }

    /// The secret of a session of somebody with one role.
    async fn somebody(&self, name: &str, role: &str) -> String {
        let now = self.house.wall.now();
        let account = Account {
            name: name.to_owned(),
            person: PersonId(derived(&[name.as_bytes()])),
            kind: Kind::Person,
            password: String::new(),
            must_change: false,
            links: Vec::new(),
            rights: vec![Right::everywhere(role, now)],
            clearance: Classification::Restricted,
            ended: None,
            failures: 0,
            locked_until: None,
            second: None,
        };
        let (secret, store) = (new_secret(), Store::new(self.house.engine.records.clone()));
        let session = SessionRecord::new(name, now);
        store
            .put_account(&account, 0, &[], Some((&hash_of(&secret), &session)))
            .await
            .unwrap();
        secret
    }

    /// The token of a new device.
    async fn device(&self, id: &str) -> String {
        let actor = Actor::service("test", &self.house.tenant);
        let device = Device {
            id: DeviceId::new(id).unwrap(),
            title: LangText::new("Trạm đo", "Gauge"),
            profile: ProfileId::new("flood-gauge").unwrap(),
            org: OrgId::new("so-xay-dung").unwrap(),
            areas: Vec::new(),
            place: None,
            state: DeviceState::Active,
            classification: Classification::Internal,
            speaks: Speaks::Itself,
            gateway: None,
            token_hash: None,
        };
        self.house.devices.register(&actor, device).await.unwrap();
        self.house.devices.new_token(&actor, id).await.unwrap()
    }

    async fn ask(&self, secret: &str, method: &str, path: &str, body: Value) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {secret}"));
        let request = match body {
            Value::Null => request.body(Body::empty()),
            Value::String(line) => request.header("content-type", "text/plain").body(Body::from(line)),
            body => request
                .header("content-type", "application/json")
                .body(Body::from(body.to_string())),
        };
        let response = self.router.clone().oneshot(request.unwrap()).await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        Answer {
            status,
            headers,
            body: serde_json::from_slice(&bytes).unwrap_or_default(),
        }
    }

    async fn send(&self, token: &str) -> Answer {
        self.ask(token, "POST", "/api/v1/observations", json!("depth value=0.01"))
            .await
    }

    async fn close(self) {
        drop(self.router);
        self.shutdown.run(Duration::from_secs(10)).await;
    }
}

/// The door of the devices knows of a quarantine when it is answered, whoever keeps something open is told, and afterwards the
/// device is heard as before.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_quarantined_device_is_refused_at_its_door_and_heard_again() {
    let stage = Stage::open(|_| ()).await;
    let officer = stage.somebody("an-ninh", "security_officer").await;
    let token = stage.device("g-1").await;
    assert_eq!(stage.send(&token).await.status, 200);
    let mut withdrawals = stage.house.devices.registry().withdrawals();
    let body = json!({ "kind": "quarantine_device", "target": { "device": "g-1" }, "reason": "mã độc" });
    let made = stage.ask(&officer, "POST", "/api/v1/security/actions", body).await;
    assert_eq!(made.status, 201, "{}", made.body);
    assert_eq!(
        withdrawals.try_recv().unwrap().as_str(),
        "g-1",
        "what it has open is cut"
    );
    let refused = stage.send(&token).await;
    assert_eq!((refused.status, &refused.body["code"]), (403, &json!("device_blocked")));
    let blocked = stage
        .ask(
            &officer,
            "GET",
            "/api/v1/security/objects?kind=device&state=blocked",
            Value::Null,
        )
        .await;
    assert_eq!(blocked.body["items"][0]["id"], "g-1", "{}", blocked.body);
    let path = made.headers["location"].to_str().unwrap().to_owned();
    let undone = stage.ask(&officer, "DELETE", &path, Value::Null).await;
    assert_eq!((undone.status, &undone.body["restored"]), (200, &json!(true)));
    assert_eq!(stage.send(&token).await.status, 200);
    stage.close().await;
}

/// A person and a device that ask more than their minute takes are told so precisely, and both are in the usage log.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asks_too_much_is_told_when_to_come_back() {
    let stage = Stage::open(|settings| {
        // a day, because a minute may end while the test runs
        settings.quota.account_per_day = 3;
        settings.quota.device_per_day = 2;
    })
    .await;
    let officer = stage.somebody("an-ninh", "security_officer").await;
    let duty = stage.somebody("truc-ban", "duty_officer").await;
    let token = stage.device("g-1").await;
    for _ in 0..2 {
        assert_eq!(stage.send(&token).await.status, 200);
    }
    for _ in 0..3 {
        let answer = stage.ask(&duty, "GET", "/api/v1/session", Value::Null).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.headers["ratelimit-limit"], "12000");
    }
    let person = stage.ask(&duty, "GET", "/api/v1/session", Value::Null).await;
    for answer in [stage.send(&token).await, person] {
        assert_eq!((answer.status, &answer.body["code"]), (429, &json!("quota_exhausted")));
        assert_eq!(answer.body["window"], "day");
        let after: u64 = answer.headers["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=86_400).contains(&after));
    }
    let log = stage.ask(&officer, "GET", "/api/v1/security/usage", Value::Null).await;
    let figures = |kind: &str| {
        let items = log.body["items"].as_array().unwrap();
        let of = |item: &&Value| item["kind"] == kind && item["id"] != "an-ninh";
        let item = items.iter().find(of).unwrap_or_else(|| panic!("{}", log.body));
        [&item["requests"], &item["refused"], &item["bytes_in"]].map(|value| value.as_u64().unwrap())
    };
    assert_eq!(figures("account"), [3, 1, 0]);
    assert_eq!(figures("device"), [2, 1, 32], "bytes of what was refused are not taken");
    stage.close().await;
}

/// Every source of the inventory is joined.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_inventory_has_all_six_kinds() {
    let stage = Stage::open(|_| ()).await;
    let officer = stage.somebody("an-ninh", "security_officer").await;
    stage.device("g-1").await;
    for kind in ["device", "account", "link", "api", "store", "dashboard"] {
        let path = format!("/api/v1/security/objects?kind={kind}");
        let page = stage.ask(&officer, "GET", &path, Value::Null).await;
        let items = page.body["items"].as_array().unwrap();
        assert!(
            !items.is_empty() && items.iter().all(|item| item["kind"] == kind),
            "{}",
            page.body
        );
    }
    let path = "/api/v1/security/objects/store/records/review";
    let reviewed = stage
        .ask(
            &officer,
            "POST",
            path,
            json!({ "finding": "keep", "owner": "so-xay-dung" }),
        )
        .await;
    assert_eq!(
        (reviewed.status, &reviewed.body["owner"]),
        (200, &json!("so-xay-dung")),
        "{}",
        reviewed.body
    );
    stage.close().await;
}
