//! A tenant in a temporary folder, accounts, a device of memory, and a clock that stands until it is moved.

pub(crate) use crate::asking::{ask, ask_with};

use access::door::{Door, authorise, end_with_rights};
use access::http::identify;
use access::model::{Account, Kind, Right, SessionLimits, Settings};
use access::record::{SessionRecord, TokenRecord};
use access::sealed::SealKey;
use access::service::Accounts;
use access::session::{Live, TOKEN_PREFIX, hash_of, new_secret};
use access::store::Store as AccessStore;
use async_trait::async_trait;
use audit::model::AuditRecord;
use audit::store::AuditLog;
use axum::Router;
use axum::middleware::from_fn_with_state;
use chassis::cursor::CursorKey;
use embedded::tenant::{EmbeddedTenant, TenantOptions};
use kernel::actor::Actor;
use kernel::area::AreaCode;
use kernel::classification::Classification;
use kernel::clock::Clock;
use kernel::fact::Fact;
use kernel::id::{DeviceId, OrgId, PersonId, TenantId, derived};
use kernel::position::Position;
use kernel::text::LangText;
use policy::action::Action;
use policy::cell::Cells;
use policy::engine::Engine;
use policy::tree::Tree;
use ports::error::PortError;
use ports::journal::Journal;
use ports::records::Records;
use security::decide::object::Narrow;
use security::http::{SecurityState, mount};
use security::model::flaw::Terms;
use security::model::object::{Kind as ObjectKind, Object};
use security::model::usage::{Limits, Settings as Quota};
use security::service::flaw::Flaws;
use security::service::ground::{Catalogue, Devices, ObjectPage, Seen};
use security::service::measure::Measures;
use security::service::object::Inventory;
use security::service::report::Reports;
use security::service::usage::Usage;
use security::store::Store;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use testkit::clock::VirtualClock;
use uuid::Uuid;

pub(crate) const OWN: &str = "00070";
pub(crate) const OTHER: &str = "00097";

pub(crate) fn tenant() -> TenantId {
    TenantId::new("government").unwrap()
}

/// Devices as the registry would have them; they can be out of reach for a while.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    pub(crate) blocked: Mutex<BTreeMap<String, bool>>,
    pub(crate) away: Mutex<bool>,
}

#[async_trait]
impl Devices for Registry {
    async fn look(&self, by: &Actor, device: &DeviceId) -> Result<Option<Seen>, PortError> {
        let areas = vec![AreaCode::new(OWN).unwrap()];
        let blocked = self.blocked.lock().unwrap().get(device.as_str()).copied();
        let seen = by.scope.sees(&areas, Classification::Internal);
        Ok(blocked.filter(|_| seen).map(|blocked| Seen { blocked, areas }))
    }

    async fn set_blocked(&self, _: &Actor, device: &DeviceId, blocked: bool) -> Result<bool, PortError> {
        if *self.away.lock().unwrap() {
            return Err(PortError::Unavailable("the registry".to_owned()));
        }
        let mut devices = self.blocked.lock().unwrap();
        let known = devices.get_mut(device.as_str());
        Ok(known.is_some_and(|state| std::mem::replace(state, blocked) != blocked))
    }
}

/// Objects as their sources would have them.
#[derive(Debug, Default)]
pub(crate) struct Shelf(pub(crate) Mutex<Vec<Object>>);

#[async_trait]
impl Catalogue for Shelf {
    async fn page(
        &self,
        _: &Live,
        kind: ObjectKind,
        _: &Narrow,
        after: Option<String>,
        limit: usize,
    ) -> Result<ObjectPage, PortError> {
        let all = self.0.lock().unwrap();
        let mut rest = all
            .iter()
            .filter(|object| object.kind == kind && after.as_ref().is_none_or(|after| object.id > *after));
        let page: Vec<Object> = rest.by_ref().take(limit).cloned().collect();
        let next = rest.next().and(page.last()).map(|object| object.id.clone());
        Ok((page, next))
    }

    fn name_of(&self, org: &OrgId) -> Option<LangText> {
        let names = [("so-xay-dung", "Sở Xây dựng"), ("so-y-te", "Sở Y tế")];
        let known = names.into_iter().find(|(code, _)| *code == org.as_str());
        known.map(|(_, name)| LangText::new(name, ""))
    }

    async fn one(&self, _: &Live, kind: ObjectKind, id: &str) -> Result<Option<Object>, PortError> {
        let all = self.0.lock().unwrap();
        Ok(all
            .iter()
            .find(|object| object.kind == kind && object.id == id)
            .cloned())
    }
}

pub(crate) struct Stage {
    pub(crate) engine: EmbeddedTenant,
    pub(crate) clock: VirtualClock,
    pub(crate) audit: AuditLog,
    pub(crate) accounts: Accounts,
    pub(crate) registry: Arc<Registry>,
    pub(crate) measures: Measures,
    pub(crate) reports: Reports,
    pub(crate) usage: Usage,
    pub(crate) inventory: Inventory,
    pub(crate) flaws: Flaws,
    pub(crate) objects: Arc<Shelf>,
    _dir: tempfile::TempDir,
}

/// Days by grade.
pub(crate) const TERMS: Terms = Terms {
    critical: 7,
    high: 30,
    medium: 90,
    low: 180,
};

pub(crate) fn quota() -> Quota {
    let per_minute = |per_minute| Limits { per_minute, per_day: 0 };
    Quota {
        account: per_minute(3),
        token: Limits {
            per_minute: 0,
            per_day: 5,
        },
        device: Limits::default(),
        max_clients: 10,
        keep_days: 2,
        zone_offset_s: 25_200,
    }
}

impl Stage {
    pub(crate) fn new() -> Self {
        Self::over(|records| records)
    }

    /// With something in front of the records.
    pub(crate) fn over(front: impl FnOnce(Arc<dyn Records>) -> Arc<dyn Records>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let options = TenantOptions {
            reserve_bytes: 4_096,
            ..TenantOptions::default()
        };
        let engine = EmbeddedTenant::open(dir.path(), options).unwrap();
        let records = front(Arc::clone(&engine.records));
        Self::with(engine, records, Arc::default(), dir)
    }

    fn with(
        engine: EmbeddedTenant,
        records: Arc<dyn Records>,
        registry: Arc<Registry>,
        dir: tempfile::TempDir,
    ) -> Self {
        let clock = VirtualClock::default();
        let wall: Arc<dyn Clock> = Arc::new(clock.clone());
        let audit = AuditLog::new(Arc::clone(&engine.audit), tenant(), Arc::clone(&wall));
        let accounts = accounts(Arc::clone(&records), &clock);
        let store = Store::new(records, tenant());
        let devices: Arc<dyn Devices> = Arc::<Registry>::clone(&registry);
        let objects: Arc<Shelf> = Arc::default();
        let shelf: Arc<dyn Catalogue> = Arc::<Shelf>::clone(&objects);
        Self {
            measures: Measures::new(
                store.clone(),
                accounts.clone(),
                devices,
                audit.clone(),
                Arc::clone(&wall),
            ),
            reports: Reports::new(store.clone(), Arc::clone(&wall)),
            flaws: Flaws::new(store.clone(), accounts.clone(), TERMS, Arc::clone(&wall)),
            inventory: Inventory::new(store.clone(), accounts.clone(), shelf, Arc::clone(&wall)),
            usage: Usage::new(store, wall, quota()),
            objects,
            engine,
            clock,
            audit,
            accounts,
            registry,
            _dir: dir,
        }
    }

    /// What a restarted program sees: the same files and devices, an empty memory.
    pub(crate) fn restarted(self) -> Self {
        let Self {
            engine,
            registry,
            clock,
            _dir,
            ..
        } = self;
        let records = Arc::clone(&engine.records);
        let stage = Self::with(engine, records, registry, _dir);
        stage.clock.set(clock.now());
        stage
    }

    pub(crate) fn device(&self, id: &str) {
        self.registry.blocked.lock().unwrap().insert(id.to_owned(), false);
    }

    pub(crate) fn is_blocked(&self, id: &str) -> bool {
        self.registry.blocked.lock().unwrap()[id]
    }

    /// An account with one role, and a session of it.
    pub(crate) async fn somebody(&self, name: &str, role: &str, area: Option<&str>) -> String {
        let account = account(name, role, area, Kind::Person);
        let secret = new_secret();
        let session = SessionRecord::new(name, self.clock.now());
        let store = AccessStore::new(Arc::clone(&self.engine.records));
        store
            .put_account(&account, 0, &[], Some((&hash_of(&secret), &session)))
            .await
            .unwrap();
        secret
    }

    /// Another session of an account.
    pub(crate) async fn session(&self, name: &str) -> (String, Uuid) {
        let store = AccessStore::new(Arc::clone(&self.engine.records));
        let (account, version) = store.account(name).await.unwrap().unwrap();
        let secret = new_secret();
        let hash = hash_of(&secret);
        let session = SessionRecord::new(name, self.clock.now());
        store
            .put_account(&account, version, &[], Some((&hash, &session)))
            .await
            .unwrap();
        (secret, access::session::id_of(&hash))
    }

    /// A service account with the role of security and a token for these actions.
    pub(crate) async fn soar(&self, name: &str, actions: &[Action]) -> (String, Uuid) {
        let account = account(name, "security_officer", None, Kind::Service);
        let store = AccessStore::new(Arc::clone(&self.engine.records));
        store.put_account(&account, 0, &[], None).await.unwrap();
        self.token(&account, actions).await
    }

    pub(crate) async fn token(&self, account: &Account, actions: &[Action]) -> (String, Uuid) {
        let store = AccessStore::new(Arc::clone(&self.engine.records));
        let (secret, now) = (format!("{TOKEN_PREFIX}{}", new_secret()), self.clock.now());
        let token = TokenRecord {
            format: TokenRecord::FORMAT,
            id: Uuid::now_v7(),
            account: account.name.clone(),
            title: "SOAR".into(),
            actions: actions.iter().map(|action| action.code().to_owned()).collect(),
            at: now,
            by: account.actor_id(),
            expires: now.plus(Duration::from_secs(30 * 86_400)),
            strong: true,
        };
        let kind = access::fact::Kind::TokenMade;
        let fact = access::fact::fact(kind, &token.by, account, Value::Null, &tenant(), now);
        store.put_token(&hash_of(&secret), &token, fact).await.unwrap();
        (secret, token.id)
    }

    pub(crate) async fn live(&self, secret: &str) -> Option<Live> {
        self.accounts.authenticate(secret).await.unwrap()
    }

    /// The routes of the slice inside the layers that find out who asks and whether that one may.
    pub(crate) fn api(&self) -> Router {
        let state = SecurityState {
            measures: self.measures.clone(),
            reports: self.reports.clone(),
            usage: self.usage.clone(),
            inventory: self.inventory.clone(),
            flaws: self.flaws.clone(),
            cursors: CursorKey::new([7; 32]),
        };
        let door = Door {
            accounts: self.accounts.clone(),
            cells: Cells::here(),
        };
        mount(state)
            .split_for_parts()
            .0
            .layer(from_fn_with_state(self.accounts.clone(), end_with_rights))
            .layer(from_fn_with_state(door, authorise))
            .layer(from_fn_with_state(self.accounts.clone(), identify))
    }

    pub(crate) async fn facts(&self, kinds: &[&str]) -> Vec<Fact> {
        let entries = Journal::read(&*self.engine.journal, 0, kinds, 1_000).await.unwrap();
        entries.into_iter().map(|entry| entry.fact).collect()
    }

    pub(crate) async fn trail(&self) -> Vec<AuditRecord> {
        let records = self.audit.read(Position::START, 1 << 20).await.unwrap();
        records.into_iter().map(|(_, record)| record).collect()
    }
}

/// An account that never signs in with a password.
pub(crate) fn account(name: &str, role: &str, area: Option<&str>, kind: Kind) -> Account {
    let at = VirtualClock::default().now();
    let right = Right {
        area: area.map(|code| AreaCode::new(code).unwrap()),
        ..Right::everywhere(role, at)
    };
    Account {
        name: name.to_owned(),
        person: PersonId(derived(&[name.as_bytes()])),
        kind,
        password: String::new(),
        must_change: false,
        links: Vec::new(),
        rights: vec![right],
        clearance: Classification::Restricted,
        ended: None,
        failures: 0,
        locked_until: None,
        second: None,
    }
}

fn accounts(records: Arc<dyn Records>, clock: &VirtualClock) -> Accounts {
    let settings = Settings {
        limits: SessionLimits {
            idle_s: 10_000_000,
            absolute_s: 10_000_000,
        },
        max_classification: Classification::Restricted,
        second_factor: false,
    };
    let code = |code: &str| AreaCode::new(code).unwrap();
    let below = |ward: &str| (code(ward), Some(code("01")));
    let ground = policy::post::Ground {
        areas: Tree::new([(code("01"), None), below(OWN), below(OTHER)]),
        orgs: Tree::new([(OrgId::new("so-y-te").unwrap(), None)]),
    };
    Accounts::new(
        records,
        tenant(),
        Arc::new(clock.clone()),
        settings,
        Engine::new(ground).unwrap(),
        SealKey::new(&[7; 32]).unwrap(),
    )
    .unwrap()
}
