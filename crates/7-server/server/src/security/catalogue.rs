//! The sources of the inventory: the registries, the cells, the settings, the engine's files, the rooms of the console.

use crate::settings::Settings;
use access::org::Orgs;
use access::service::Accounts;
use access::session::Live;
use async_trait::async_trait;
use device::model::{Device, DeviceState};
use device::service::{Devices, Filter};
use history::lake::Lake;
use kernel::clock::Clock;
use kernel::error::{Classified, ErrorKind};
use kernel::id::OrgId;
use kernel::text::LangText;
use policy::cell::Cells;
use policy::compiled::Table;
use ports::error::PortError;
use ports::log::Log;
use ports::query::After;
use security::decide::object::Narrow;
use security::model::object::{Kind, Object};
use security::service::ground::{Catalogue, ObjectPage};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

type Words = BTreeMap<String, BTreeMap<String, LangText>>;

static WORDS: LazyLock<Words> =
    LazyLock::new(|| toml::from_str(include_str!("../../resources/inventory.toml")).unwrap_or_default());

/// Where the objects are known.
#[derive(Debug)]
pub(crate) struct Sources {
    pub(crate) devices: Devices,
    pub(crate) accounts: Accounts,
    pub(crate) orgs: Orgs,
    pub(crate) links: Vec<Object>,
    pub(crate) stores: Stores,
    pub(crate) wall: Arc<dyn Clock>,
}

/// What the engine keeps.
#[derive(Debug)]
pub(crate) struct Stores {
    pub(crate) dir: PathBuf,
    pub(crate) log: Arc<dyn Log>,
    pub(crate) audit: Arc<dyn Log>,
    pub(crate) lake: Lake,
}

#[async_trait]
impl Catalogue for Sources {
    async fn page(
        &self,
        by: &Live,
        kind: Kind,
        narrow: &Narrow,
        after: Option<String>,
        limit: usize,
    ) -> Result<ObjectPage, PortError> {
        match kind {
            Kind::Device => self.devices(by, narrow, after, limit).await,
            Kind::Account => self.accounts(by, after, limit).await,
            _ => {
                let all = self.few(by, kind).into_iter();
                let mut rest = all.filter(|object| after.as_ref().is_none_or(|after| object.id > *after));
                let page: Vec<Object> = rest.by_ref().take(limit).collect();
                let next = rest.next().and_then(|_| page.last()).map(|object| object.id.clone());
                Ok((page, next))
            }
        }
    }

    fn name_of(&self, org: &OrgId) -> Option<LangText> {
        let title = &self.orgs.get(org)?.title;
        Some(LangText::new(&title.vi, &title.en))
    }

    async fn one(&self, by: &Live, kind: Kind, id: &str) -> Result<Option<Object>, PortError> {
        match kind {
            Kind::Device => match self.devices.get(&by.actor, id).await {
                Ok(device) => Ok(Some(of_device(device))),
                Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
                Err(error) => Err(super::port(error)),
            },
            Kind::Account => match self.accounts.person(by, id).await {
                Ok(account) => Ok(Some(self.of_account(&account))),
                Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
                Err(error) => Err(refused(error)),
            },
            _ => Ok(self.few(by, kind).into_iter().find(|object| object.id == id)),
        }
    }
}

impl Sources {
    async fn devices(
        &self,
        by: &Live,
        narrow: &Narrow,
        after: Option<String>,
        limit: usize,
    ) -> Result<ObjectPage, PortError> {
        let after = after.map(|key| After { value: 0, key });
        let keep = |device: &Device| narrow.means(&of_device(device.clone()));
        let found = self
            .devices
            .list_kept(&by.actor, &Filter::default(), after, limit, &keep)
            .await;
        let (devices, next) = found.map_err(super::port)?;
        Ok((
            devices.into_iter().map(of_device).collect(),
            next.map(|after| after.key),
        ))
    }

    async fn accounts(&self, by: &Live, after: Option<String>, limit: usize) -> Result<ObjectPage, PortError> {
        let after = after.map(|key| After { value: 0, key });
        let (accounts, next) = self.accounts.people(by, after, limit).await.map_err(refused)?;
        let objects = accounts.iter().map(|account| self.of_account(account));
        Ok((objects.collect(), next.map(|after| after.key)))
    }

    fn of_account(&self, account: &access::model::Account) -> Object {
        let now = self.wall.now();
        let roles: Vec<&str> = account.rights.iter().map(|right| right.role.as_str()).collect();
        let kind = match account.kind {
            access::model::Kind::Person => "person",
            access::model::Kind::Service => "service",
        };
        Object {
            kind: Kind::Account,
            id: account.name.clone(),
            title: LangText::new(account.name.clone(), account.name.clone()),
            owner: account.rights.iter().find_map(|right| right.org.clone()),
            state: if account.ended.is_some_and(|at| at <= now) {
                "ended"
            } else {
                "active"
            },
            detail: BTreeMap::from([("kind", kind.to_owned()), ("roles", roles.join(", "))]),
        }
    }

    /// The kinds of which there are few, by id. They concern the whole city.
    fn few(&self, by: &Live, kind: Kind) -> Vec<Object> {
        if !by
            .actor
            .scope
            .sees(&[], kernel::classification::Classification::Internal)
        {
            return Vec::new();
        }
        let mut objects = match kind {
            Kind::Link => self.links.clone(),
            Kind::Api => operations(),
            Kind::Store => self.stores.all(self.wall.as_ref()),
            Kind::Dashboard => rooms(),
            Kind::Device | Kind::Account => Vec::new(),
        };
        objects.sort_by(|a, b| a.id.cmp(&b.id));
        objects
    }
}

fn of_device(device: Device) -> Object {
    let areas: Vec<&str> = device.areas.iter().map(|area| area.as_str()).collect();
    Object {
        kind: Kind::Device,
        id: device.id.to_string(),
        title: device.title,
        owner: Some(device.org),
        state: match device.state {
            DeviceState::Active => "active",
            DeviceState::Blocked => "blocked",
        },
        detail: BTreeMap::from([("profile", device.profile.to_string()), ("areas", areas.join(", "))]),
    }
}

/// Every operation of the interface, by its cell: the server starts only when each route has one.
fn operations() -> Vec<Object> {
    let of_cell = |(method, path, action): (&str, &str, policy::action::Action)| Object {
        kind: Kind::Api,
        id: format!("{method} {path}"),
        title: action.title(),
        owner: None,
        state: match Table::here().permits(["anonymous"], action) {
            true => "open",
            false => "guarded",
        },
        detail: BTreeMap::from([
            ("action", action.code().to_owned()),
            ("roles", Table::here().roles_that_may(action).join(", ")),
        ]),
    };
    Cells::here().all().map(of_cell).collect()
}

fn rooms() -> Vec<Object> {
    let rooms = WORDS.get("dashboard").into_iter().flatten();
    rooms
        .map(|(id, title)| part(Kind::Dashboard, id, title, "shown", BTreeMap::new()))
        .collect()
}

/// The links that the configuration makes, on or off.
pub(crate) fn links(settings: &Settings) -> Vec<Object> {
    let (http, mqtt) = (&settings.http, &settings.mqtt);
    let mirror = settings.audit.checkpoint_mirror.display().to_string();
    let addresses = BTreeMap::from([
        ("http", http.address.as_str()),
        ("https", &http.tls_address),
        ("mqtt-tls", &mqtt.tls_address),
        ("mqtt", &mqtt.address),
        ("mqtt-web-tls", &mqtt.web_tls_address),
        ("mqtt-web", &mqtt.web_address),
        ("siem", &settings.siem.address),
        ("audit-mirror", &mirror),
    ]);
    let known = WORDS.get("link").into_iter().flatten();
    let links = known.map(|(id, title)| {
        let address = addresses.get(id.as_str()).copied().unwrap_or_default();
        let detail = BTreeMap::from([("address", address.to_owned())]);
        let detail = if address.is_empty() { BTreeMap::new() } else { detail };
        let state = if address.is_empty() { "off" } else { "on" };
        part(Kind::Link, id, title, state, detail)
    });
    let providers = settings.oidc.iter().map(|one| {
        let detail = BTreeMap::from([("address", one.issuer.clone())]);
        part(Kind::Link, &format!("oidc-{}", one.id), &one.title, "on", detail)
    });
    links.chain(providers).collect()
}

impl Stores {
    fn all(&self, wall: &dyn Clock) -> Vec<Object> {
        let mut bytes: BTreeMap<&str, u64> = BTreeMap::from([
            ("log", self.log.usage().bytes),
            ("audit", self.audit.usage().bytes),
            ("records", size_of(&self.dir, "records.")),
        ]);
        let tables = self.lake.status(wall.now()).tables;
        bytes.extend(tables.iter().map(|table| (table.name, table.bytes)));
        let known = WORDS.get("store").into_iter().flatten();
        let stores = known.map(|(id, title)| {
            let detail = bytes.get(id.as_str()).map(|bytes| ("bytes", bytes.to_string()));
            part(Kind::Store, id, title, "in_use", detail.into_iter().collect())
        });
        stores.collect()
    }
}

/// Bytes of the files in a folder whose names begin so.
fn size_of(dir: &Path, begin: &str) -> u64 {
    let files = std::fs::read_dir(dir).into_iter().flatten().flatten();
    let own = files.filter(|file| file.file_name().to_string_lossy().starts_with(begin));
    own.filter_map(|file| file.metadata().ok())
        .map(|found| found.len())
        .sum()
}

fn part(kind: Kind, id: &str, title: &LangText, state: &'static str, detail: BTreeMap<&'static str, String>) -> Object {
    Object {
        kind,
        id: id.to_owned(),
        title: title.clone(),
        owner: None,
        state,
        detail,
    }
}

fn refused(error: access::error::AccessError) -> PortError {
    match error {
        access::error::AccessError::Port(error) => error,
        other => PortError::Misuse(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// The console has its rooms in its own language; whoever adds one there adds its name here.
    #[test]
    fn the_rooms_are_those_of_the_console() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../web/src/shell/rooms.ts");
        let text = std::fs::read_to_string(file).unwrap();
        let ids = text.split("id: \"").skip(1).filter_map(|rest| rest.split('"').next());
        let there: BTreeSet<&str> = ids.collect();
        let here: BTreeSet<&str> = WORDS["dashboard"].keys().map(String::as_str).collect();
        assert_eq!(there, here);
    }

    #[test]
    fn every_operation_is_listed_and_only_what_is_meant_to_be_is_open() {
        let all = operations();
        assert_eq!(all.len(), Cells::here().all().count());
        let open: Vec<&str> = all
            .iter()
            .filter(|one| one.state == "open")
            .map(|one| one.id.as_str())
            .collect();
        assert!(
            open.contains(&"POST /api/v1/session") && !open.contains(&"GET /api/v1/alerts"),
            "{open:?}"
        );
        assert!(all.iter().all(|one| !one.title.vi.is_empty()));
    }

    #[test]
    fn a_link_is_on_when_its_address_is_set() {
        let settings = chassis::config::load::<Settings>(crate::settings::DEFAULTS, None, &|_| None)
            .unwrap()
            .settings;
        let state = |id: &str| links(&settings).into_iter().find(|link| link.id == id).unwrap().state;
        assert_eq!((state("http"), state("siem"), state("mqtt-tls")), ("on", "off", "on"));

        let city = "[[oidc]]\nid = \"city\"\ntitle = { vi = \"Cán bộ\", en = \"Staff\" }\nissuer = \"https://id.example.vn\"\n\
                    client = \"hanoi-ioc\"\n";
        let settings =
            chassis::config::load::<Settings>(crate::settings::DEFAULTS, Some(("site.toml", city)), &|_| None)
                .unwrap()
                .settings;
        let provider = links(&settings)
            .into_iter()
            .find(|link| link.id == "oidc-city")
            .unwrap();
        assert_eq!(
            (provider.state, provider.detail["address"].as_str()),
            ("on", "https://id.example.vn")
        );
    }
}
