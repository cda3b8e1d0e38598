//! The identity of machines: the register of certificates at work, and what an operator asks of it on the machine itself; and the
//! providers that people may come from.

use crate::keys::Keys;
use crate::settings::{Oidc, Settings};
use access::oidc::providers::{Entry, Providers};
use access::sealed::SealKey;
use anyhow::{Context, Result};
use audit::store::AuditLog;
use chassis::shutdown::Shutdown;
use device::certificate::{Issued, bundle};
use device::model::certificate::Reason;
use device::reconcile::certificate::{PERIOD, turn};
use device::service::Devices;
use device::service::certificate::{Certificates, Ground, Terms};
use device::store::certificate::CertificateStore;
use device::wire::certificate::CertificateView;
use embedded::tenant::EmbeddedTenant;
use kernel::actor::Actor;
use kernel::clock::Clock;
use kernel::id::TenantId;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What the register stands on.
pub(crate) struct House<'a> {
    pub(crate) engine: &'a EmbeddedTenant,
    pub(crate) devices: &'a Devices,
    pub(crate) audit: &'a AuditLog,
    pub(crate) tenant: &'a TenantId,
    pub(crate) keys: &'a Keys,
    pub(crate) wall: &'a Arc<dyn Clock>,
}

/// Opens the register, and keeps it in the background.
pub(crate) async fn start(settings: &Settings, house: House<'_>, shutdown: &Shutdown) -> Result<Certificates> {
    let certificates = Certificates::new(Ground {
        store: CertificateStore::new(Arc::clone(&house.engine.records)),
        devices: house.devices.clone(),
        authority: Arc::new(house.keys.platform_ca(house.wall.now())?),
        audit: house.audit.clone(),
        tenant: house.tenant.clone(),
        wall: Arc::clone(house.wall),
        terms: Terms {
            days: settings.identity.certificate_days,
            renew_days: settings.identity.renew_days,
        },
    });
    certificates.load().await.context("certificates cannot be loaded")?;
    let (kept, stop) = (certificates.clone(), shutdown.background.token());
    let nudge = house.devices.registry().certificates().nudge();
    shutdown.background.spawn(async move {
        let work = || {
            let kept = kept.clone();
            async move { turn(&kept).await }
        };
        chassis::reconcile::run("device_certificates", PERIOD, nudge, stop, work).await;
    });
    Ok(certificates)
}

/// The providers of sign-ins that the configuration names, with their secrets and authorities. Nobody is asked yet.
pub(crate) fn providers(settings: &Settings, seal: &SealKey, wall: &Arc<dyn Clock>) -> Result<Providers> {
    let entries = settings.oidc.iter().map(entry).collect::<Result<Vec<_>>>()?;
    Providers::open(entries, &settings.http.public_url, seal, wall).map_err(anyhow::Error::msg)
}

fn entry(oidc: &Oidc) -> Result<Entry> {
    let named = |path: &Path| (!path.as_os_str().is_empty()).then(|| path.to_owned());
    let read = |what: &str, path: PathBuf| {
        std::fs::read(&path).with_context(|| format!("oidc '{}': {what}: cannot read {}", oidc.id, path.display()))
    };
    let secret = match named(&oidc.secret_file) {
        Some(path) => Some(String::from_utf8(read("secret_file", path)?).context("secret_file is no text")?),
        None => std::env::var(secret_variable(&oidc.id)).ok(),
    };
    Ok(Entry {
        id: oidc.id.clone(),
        title: oidc.title.clone(),
        issuer: oidc.issuer.clone(),
        client: oidc.client.clone(),
        secret: secret
            .map(|secret| secret.trim().to_owned())
            .filter(|secret| !secret.is_empty()),
        authorities: match named(&oidc.ca) {
            Some(path) => read("ca", path)?,
            None => Vec::new(),
        },
        scopes: oidc.scopes.clone(),
        claim: oidc.claim.clone(),
    })
}

/// Which variable of the environment has the secret of a provider without `secret_file`.
fn secret_variable(id: &str) -> String {
    let id = id.replace('-', "_").to_uppercase();
    format!("{}OIDC_{id}_SECRET", chassis::config::ENVIRONMENT)
}

/// What an operator asks.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Asked {
    /// A key and a certificate for a device.
    Issue { device: String, days: Option<u32> },
    /// An enrolment code for a device.
    Invite { device: String, hours: u32 },
    /// Certificates of a file in PEM on this machine, for the devices that they name or for this one.
    Bind { file: PathBuf, device: Option<String> },
    /// The certificates of a device.
    List { device: String },
    /// Revoke one certificate of a device, or all.
    Revoke {
        device: String,
        certificate: Option<String>,
        reason: Reason,
    },
    /// The list of revoked certificates, PEM.
    Revocations,
}

impl Asked {
    /// What stands in the trace.
    pub(crate) fn act(&self) -> (&'static str, String) {
        match self {
            Self::Issue { device, .. } => ("certificate.issue", device.clone()),
            Self::Invite { device, .. } => ("certificate.invite", device.clone()),
            Self::Bind { file, device } => (
                "certificate.bind",
                device.clone().unwrap_or_else(|| file.display().to_string()),
            ),
            Self::List { device } => ("certificate.list", device.clone()),
            Self::Revoke { device, .. } => ("certificate.revoke", device.clone()),
            Self::Revocations => ("certificate.revocations", String::new()),
        }
    }
}

/// Does what an operator asks.
pub(crate) async fn answer(certificates: &Certificates, actor: &Actor, asked: Asked) -> Result<Value> {
    match asked {
        Asked::Issue { device, days } => {
            let Issued { certificate, key } = certificates.issue(actor, &device, days).await?;
            let chain = certificates.authority().chain_pem();
            Ok(json!({ "certificate": certificate, "key": key, "ca": chain }))
        }
        Asked::Invite { device, hours } => {
            let (code, expires) = certificates.invite(actor, &device, hours).await?;
            Ok(json!({ "device": device, "code": code, "expires": expires }))
        }
        Asked::Bind { file, device } => {
            let pem = std::fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
            let bound = certificates.bind(actor, &pem, device.as_deref()).await?;
            Ok(json!({ "bound": bound }))
        }
        Asked::List { device } => {
            let found = certificates.list(actor, &device).await?;
            let items: Vec<_> = found
                .iter()
                .map(|(one, how)| CertificateView::new(one, Some(*how)))
                .collect();
            Ok(json!({ "items": items }))
        }
        Asked::Revoke {
            device,
            certificate,
            reason,
        } => {
            let revoked = certificates
                .revoke(actor, &device, certificate.as_deref(), reason)
                .await?;
            let serials: Vec<_> = revoked.iter().map(|one| one.serial.as_str()).collect();
            Ok(json!({ "device": device, "revoked": serials }))
        }
        Asked::Revocations => {
            let list = bundle::lines(&certificates.revocations()?);
            Ok(json!({ "pem": format!("-----BEGIN X509 CRL-----\n{list}-----END X509 CRL-----\n") }))
        }
    }
}
