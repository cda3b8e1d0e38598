//! The audit trail of the tenant at work: tree and checkpoints, retention, the way to the SIEM, and who is told of trouble.

use crate::keys::Keys;
use crate::settings::{self, Settings};
use anyhow::{Context, Result};
use async_trait::async_trait;
use audit::keep::{Retention, Terms};
use audit::model::Outcome;
use audit::note::Signer;
use audit::seal::Seals;
use audit::shelf::Shelf;
use audit::store::{Access, AuditLog};
use audit::trail::Trail;
use audit::tree::{LEVEL, Tree};
use chassis::shutdown::Shutdown;
use embedded::tenant::EmbeddedTenant;
use kernel::actor::ActorId;
use kernel::classification::Classification;
use kernel::clock::Clock;
use kernel::fact::Fact;
use kernel::id::{SignalId, TenantId, derived};
use kernel::severity::Severity;
use kernel::signal::{Change, Signal};
use kernel::text::LangText;
use ports::records::{Records, Transaction};
use serde::Deserialize;
use siem::export::{Export, Options};
use siem::format::Format;
use siem::format::syslog::Header;
use siem::sink::{Credentials, Target};
use siem::watch::{Alarm, Figures, Limits, Trouble, Watch};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// The name under which every tenant's trail is signed.
pub(crate) fn origin(tenant: &str) -> String {
    format!("hanoi-ioc/{tenant}")
}

/// The folders of checkpoints: the own one, then the mirror if there is one.
pub(crate) fn shelves(settings: &Settings, tenant: &str) -> Vec<Shelf> {
    let own = match settings.audit.checkpoint_dir.as_os_str().is_empty() {
        true => settings.instance.data_dir.join("checkpoints"),
        false => settings.audit.checkpoint_dir.clone(),
    };
    let mirror = Some(&settings.audit.checkpoint_mirror).filter(|mirror| !mirror.as_os_str().is_empty());
    let all = std::iter::once(&own).chain(mirror);
    all.map(|dir| Shelf::new(&dir.join(tenant))).collect()
}

/// What others need of the trail.
#[derive(Clone, Debug)]
pub(crate) struct AuditTrail {
    pub(crate) trail: Trail,
    pub(crate) seals: Arc<Seals>,
}

/// What the trail stands on.
pub(crate) struct Ground<'a> {
    pub(crate) engine: &'a EmbeddedTenant,
    pub(crate) audit: &'a AuditLog,
    pub(crate) tenant: &'a TenantId,
    pub(crate) keys: &'a Keys,
    pub(crate) wall: Arc<dyn Clock>,
}

/// Opens the trail and starts what works on it.
pub(crate) async fn start(settings: &Settings, ground: Ground<'_>, shutdown: &Shutdown) -> Result<AuditTrail> {
    let Ground {
        engine,
        audit,
        tenant,
        keys,
        wall,
    } = ground;
    let (log, objects) = (Arc::clone(&engine.audit), Arc::clone(&engine.objects));
    let tree = Tree::open(Arc::clone(&log), Arc::clone(&objects), LEVEL).await?;
    let trail = Trail::new(log, objects, tree.clone());
    let key = keys.of_tenant(tenant.as_str())?.audit_key()?;
    let signer = Signer::new(&origin(tenant.as_str()), &key)?;
    let shelves = shelves(settings, tenant.as_str());
    let seals = Arc::new(Seals::new(tree, signer, Arc::clone(&wall), shelves));

    let (signs, stop) = (Arc::clone(&seals), shutdown.background.token());
    let period = Duration::from_secs(settings.audit.checkpoint_s);
    shutdown.background.spawn(async move { signs.run(period, stop).await });

    let retention = Arc::new(Retention {
        audit: audit.clone(),
        trail: trail.clone(),
        seals: Arc::clone(&seals),
        objects: Arc::clone(&engine.objects),
        wall: Arc::clone(&wall),
        terms: terms(&settings.audit),
    });
    let stop = shutdown.background.token();
    shutdown.background.spawn(async move {
        let turn = || {
            let retention = Arc::clone(&retention);
            async move { retention.turn().await.map(drop) }
        };
        chassis::reconcile::run(
            "audit_retention",
            Duration::from_secs(3_600),
            Arc::default(),
            stop,
            turn,
        )
        .await;
    });

    let export = export(&settings.siem, &settings.instance.name, &trail, &wall)?;
    if let Some(export) = &export {
        let (export, stop) = (Arc::clone(export), shutdown.background.token());
        shutdown.background.spawn(async move { export.run(stop).await });
    }
    let alarm = Signals {
        records: Arc::clone(&engine.records),
        audit: audit.clone(),
        tenant: tenant.clone(),
        wall,
    };
    let limits = Limits {
        near_full_percent: settings.audit.near_full_percent,
        behind_for: Duration::from_secs(settings.siem.behind_alarm_s),
    };
    let trail_state = AuditTrail { trail, seals };
    let (watched, stop) = (trail_state.clone(), shutdown.background.token());
    shutdown.background.spawn(async move {
        let watch = tokio::sync::Mutex::new(Watch::after_start());
        let turn = || async {
            let figures = Figures {
                usage: watched.trail.log().usage(),
                progress: export.as_ref().map(|export| *export.progress().borrow()),
                inconsistent: watched.seals.is_inconsistent(),
            };
            watch.lock().await.turn(figures, &limits, &alarm).await
        };
        chassis::reconcile::run("audit_watch", Duration::from_secs(10), Arc::default(), stop, turn).await;
    });
    Ok(trail_state)
}

impl AuditTrail {
    /// The last checkpoint of an ordered end: it covers everything.
    pub(crate) async fn finish(&self) {
        if let Err(error) = self.seals.turn().await {
            tracing::error!(%error, "the last records of the audit log are under no checkpoint yet; the next start signs them");
        }
    }
}

fn terms(settings: &settings::Audit) -> Terms {
    let days = |days: u32| (days > 0).then(|| Duration::from_secs(u64::from(days) * 86_400));
    Terms {
        read: days(settings.keep_read_days),
        change: days(settings.keep_change_days),
        security: days(settings.keep_security_days),
    }
}

fn export(
    settings: &settings::Siem,
    instance: &str,
    trail: &Trail,
    wall: &Arc<dyn Clock>,
) -> Result<Option<Arc<Export>>> {
    if settings.address.is_empty() {
        return Ok(None);
    }
    let read = |path: &PathBuf| {
        let absent = path.as_os_str().is_empty();
        (!absent)
            .then(|| std::fs::read(path).with_context(|| format!("cannot read {}", path.display())))
            .transpose()
    };
    let credentials = Credentials {
        authorities: read(&settings.ca)?.unwrap_or_default(),
        certificate: read(&settings.certificate)?,
        key: read(&settings.key)?,
    };
    let name = match settings.server_name.as_str() {
        "" => settings.address.rsplit_once(':').map_or("", |(host, _)| host),
        name => name,
    };
    let target = Target::new(&settings.address, name, &credentials, Duration::from_secs(30))?;
    let format = Format::parse(&settings.format).context("siem.format is ocsf or cef")?;
    let header = Header {
        host: if settings.host.is_empty() {
            instance
        } else {
            &settings.host
        }
        .to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let export = Export::new(trail.clone(), target, Options::new(format, header), Arc::clone(wall));
    Ok(Some(Arc::new(export)))
}

/// Tells people by a signal, and the security centre by a record.
struct Signals {
    records: Arc<dyn Records>,
    audit: AuditLog,
    tenant: TenantId,
    wall: Arc<dyn Clock>,
}

#[derive(Deserialize)]
struct Words {
    severity: u8,
    vi: String,
    en: String,
}

#[async_trait]
impl Alarm for Signals {
    async fn tell(&self, trouble: Trouble, begins: bool, figures: Figures) -> Result<(), String> {
        let words: BTreeMap<String, Words> =
            toml::from_str(include_str!("../resources/trail.toml")).map_err(|error| error.to_string())?;
        let words = words.get(trouble.code()).ok_or("trail.toml has no such code")?;
        let (now, actor) = (self.wall.now(), ActorId::Service("audit".to_owned()));
        let mut params = BTreeMap::from([
            ("log_bytes".to_owned(), figures.usage.bytes.into()),
            ("log_max_bytes".to_owned(), figures.usage.max_bytes.into()),
        ]);
        if let Some(progress) = figures.progress {
            params.insert("behind".to_owned(), progress.behind.into());
            params.insert("behind_s".to_owned(), progress.behind_for.as_secs().into());
        }
        if begins {
            tracing::error!(code = trouble.code(), ?figures, "{}", words.en);
            let detail = params
                .iter()
                .map(|(name, value): (&String, &serde_json::Value)| (name.clone(), value.to_string()));
            let access = Access {
                actor: actor.clone(),
                act: "audit.trouble".to_owned(),
                target: trouble.code().to_owned(),
                outcome: Outcome::Failed,
                from: String::new(),
                detail: detail.collect(),
            };
            // a full log takes no record; the signal goes out all the same
            if let Err(error) = self.audit.write(access).await {
                tracing::error!(%error, "trouble of the audit log cannot be written into it");
            }
        }
        let at = now.micros().to_be_bytes();
        let signal = Signal {
            id: SignalId(derived(&[
                b"audit",
                trouble.code().as_bytes(),
                &[u8::from(begins)],
                &at,
            ])),
            source: "audit".to_owned(),
            version: 1,
            code: trouble.code().to_owned(),
            group: trouble.code().to_owned(),
            change: if begins { Change::Raised } else { Change::Cleared },
            severity: Severity::try_from(words.severity).map_err(|error| error.to_string())?,
            at: now,
            noticed: now,
            title: LangText::new(&words.vi, &words.en),
            entity: "urn:ngsi-ld:Instance:hanoi:ioc".to_owned(),
            device: None,
            series: None,
            org: None,
            areas: Vec::new(),
            place: None,
            classification: Classification::Internal,
            params,
        };
        let transaction = Transaction {
            facts: vec![Fact::from_signal(&signal, &self.tenant, actor)],
            ..Transaction::default()
        };
        let done = self.records.commit(transaction).await;
        done.map(drop).map_err(|error| error.to_string())
    }
}
