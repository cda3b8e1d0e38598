//! How the command line speaks to a running instance: one line of JSON each way over a socket that only the owner can open.

use crate::assemble::{self, House};
use crate::city;
use crate::clocks::Clocks;
use crate::keys::Keys;
use crate::settings::Settings;
use anyhow::{Context, Result, bail};
use audit::model::Outcome;
use audit::store::Access;
use chassis::shutdown::Shutdown;
use kernel::actor::Actor;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};

/// What can be asked.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Request {
    /// Copy everything into a new directory.
    Backup { to: PathBuf },
    /// Register a device.
    AddDevice(Box<device::model::Device>),
    /// Register the devices of a CSV file on this machine.
    ImportDevices { file: PathBuf },
    /// Give a device a new token.
    NewToken { device: String },
    /// Compare the files of a pack folder, or of the pack inside the program if the path is empty, with what counts, and
    /// take them unless it is only looked at.
    LoadPack { from: PathBuf, only_look: bool },
    /// Put the boundaries of a GeoJSON file on this machine in place of those in use, or only judge it.
    ImportBoundaries {
        file: PathBuf,
        code_property: String,
        tolerance_m: f64,
        only_check: bool,
    },
    /// Go back to the approximate cells of the pack.
    RemoveBoundaries,
    /// Give an account a new password.
    ResetPassword { account: String },
    /// Something about certificates.
    Identity(crate::identity::Asked),
    /// Something about a sealed tenant.
    Tenant(crate::tenants::Asked),
}

impl Request {
    /// What stands in the trace: what is done, to what.
    fn act(&self) -> (&'static str, String) {
        let file = |path: &std::path::Path| path.display().to_string();
        match self {
            Self::Backup { to } => ("backup.write", file(to)),
            Self::AddDevice(device) => ("device.register", device.id.to_string()),
            Self::ImportDevices { file: from } => ("device.import", file(from)),
            Self::NewToken { device } => ("device.token", device.clone()),
            Self::LoadPack { from, only_look: false } => ("pack.load", file(from)),
            Self::LoadPack { from, .. } => ("pack.compare", file(from)),
            Self::ImportBoundaries {
                file: from,
                only_check: false,
                ..
            } => ("boundary.import", file(from)),
            Self::ImportBoundaries { file: from, .. } => ("boundary.check", file(from)),
            Self::RemoveBoundaries => ("boundary.remove", String::new()),
            Self::ResetPassword { account } => ("password.reset", account.clone()),
            Self::Identity(asked) => asked.act(),
            Self::Tenant(asked) => asked.act(),
        }
    }
}

type Answer = Result<serde_json::Value, String>;

fn path(settings: &Settings) -> PathBuf {
    settings.instance.data_dir.join("control.sock")
}

/// Asks the running instance; when none runs, opens the data directory for this one question.
pub(crate) async fn ask(settings: &Settings, request: Request) -> Result<serde_json::Value> {
    if let Ok(mut stream) = UnixStream::connect(path(settings)).await {
        let mut line = serde_json::to_vec(&request)?;
        line.push(b'\n');
        stream.write_all(&line).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        let answer: Answer = serde_json::from_str(&answer).context("the running instance gave no answer")?;
        return answer.map_err(anyhow::Error::msg);
    }
    let shutdown = Shutdown::default();
    let house = assemble::open(settings, &Clocks::real(), &shutdown).await?;
    let parts = Parts::of(&house, settings);
    let answer = parts.answer(request, own_uid()?).await;
    let mut ended = house.pipeline_ended.clone();
    shutdown
        .pipelines
        .spawn(async move { drop(ended.wait_for(|ended| *ended).await) });
    shutdown.run(std::time::Duration::from_secs(20)).await;
    house.trail.finish().await;
    answer
}

/// Whether an instance runs on this data directory.
pub(crate) async fn is_running(settings: &Settings) -> bool {
    UnixStream::connect(path(settings)).await.is_ok()
}

/// Listens until the doors close.
pub(crate) fn listen(house: &House, settings: &Settings, shutdown: &Shutdown) -> Result<()> {
    let path = path(settings);
    let _ = std::fs::remove_file(&path);
    let listener = UnixListener::bind(&path).with_context(|| format!("cannot make {}", path.display()))?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
    let (parts, stop) = (Arc::new(Parts::of(house, settings)), shutdown.doors.token());
    shutdown.doors.spawn(async move {
        loop {
            let stream = tokio::select! {
                () = stop.cancelled() => break,
                accepted = listener.accept() => accepted,
            };
            let Ok((stream, _)) = stream else { continue };
            let parts = Arc::clone(&parts);
            tokio::spawn(async move {
                if let Err(error) = serve(stream, &parts).await {
                    tracing::warn!(%error, "a question on the control socket could not be answered");
                }
            });
        }
        let _ = std::fs::remove_file(&path);
    });
    Ok(())
}

/// Longest question, in bytes.
const MAX_LINE: u64 = 64 << 10;

async fn serve(stream: UnixStream, parts: &Parts) -> Result<()> {
    let (asker, own) = (stream.peer_cred()?.uid(), own_uid()?);
    let (read, mut write) = stream.into_split();
    let mut line = String::new();
    BufReader::new(read.take(MAX_LINE)).read_line(&mut line).await?;
    let answer: Answer = match serde_json::from_str(&line) {
        _ if !may_ask(asker, own) => Err(format!(
            "only the account that runs the program (number {own}) and root may ask here, and this is {asker}; use sudo -u"
        )),
        Ok(request) => parts.answer(request, asker).await.map_err(|error| format!("{error:#}")),
        Err(error) => Err(format!("the question cannot be read: {error}")),
    };
    write.write_all(&serde_json::to_vec(&answer)?).await?;
    Ok(())
}

/// The account of the operating system under which this process runs.
pub(crate) fn own_uid() -> Result<u32> {
    let own = std::fs::metadata("/proc/self").context("/proc is not mounted, so nobody can be told apart here")?;
    Ok(own.uid())
}

/// Whether an account of the operating system may ask: the file's mode says it, too, but only once it is set.
const fn may_ask(asker: u32, own: u32) -> bool {
    asker == own || asker == 0
}

/// What the answers need.
struct Parts {
    devices: device::service::Devices,
    certificates: device::service::certificate::Certificates,
    audit: audit::store::AuditLog,
    accounts: access::service::Accounts,
    actor: Actor,
    engine: Arc<embedded::tenant::EmbeddedTenant>,
    keys: Keys,
    packs: pack::service::Packs,
    boundaries: boundary::service::Boundaries,
    tenants: crate::tenants::Tenants,
}

impl Parts {
    fn of(house: &House, settings: &Settings) -> Self {
        // the operator of the machine brings in nothing either above what the instance is for (SEMANTICS 26)
        let mut actor = Actor::service("operator", &house.tenant);
        actor.scope.max_classification = settings.instance.max_classification;
        Self {
            devices: house.devices.clone(),
            certificates: house.certificates.clone(),
            audit: house.audit.clone(),
            accounts: house.accounts.clone(),
            actor,
            engine: Arc::clone(&house.engine),
            keys: house.keys.clone(),
            packs: house.packs.clone(),
            boundaries: house.boundaries.clone(),
            tenants: house.tenants.clone(),
        }
    }

    /// Does what the operator asks, an account of the operating system. It is in the trace before it is answered.
    async fn answer(&self, request: Request, asker: u32) -> Result<serde_json::Value> {
        self.audit.ready().await?;
        let (act, target) = request.act();
        let outcome = self.act_upon(request).await;
        let mut detail = BTreeMap::from([("uid".to_owned(), asker.to_string())]);
        if let Err(error) = &outcome {
            detail.insert("reason".to_owned(), format!("{error:#}").chars().take(200).collect());
        }
        let access = Access {
            actor: self.actor.id.clone(),
            act: act.to_owned(),
            target,
            outcome: if outcome.is_ok() {
                Outcome::Allowed
            } else {
                Outcome::Failed
            },
            from: "control.sock".to_owned(),
            detail,
        };
        let written = self.audit.write(access).await;
        written.context("it cannot be written to the audit log, so it is not answered")?;
        outcome
    }

    async fn act_upon(&self, request: Request) -> Result<serde_json::Value> {
        match request {
            Request::Backup { to } => crate::backup::write(&self.engine, &self.tenants, &self.keys, &to).await,
            Request::AddDevice(device) => {
                let device = self.devices.register(&self.actor, *device).await?;
                Ok(serde_json::json!({ "id": device.id }))
            }
            Request::ImportDevices { file } => {
                let devices = city::read_devices(&file)?;
                let (given, new) = (devices.len(), self.devices.import(&self.actor, devices).await?);
                Ok(serde_json::json!({ "given": given, "new": new }))
            }
            Request::NewToken { device } => {
                let token = self.devices.new_token(&self.actor, &device).await?;
                Ok(serde_json::json!({ "device": device, "token": token }))
            }
            Request::Identity(asked) => crate::identity::answer(&self.certificates, &self.actor, asked).await,
            Request::Tenant(asked) => self.tenants.answer(asked).await,
            Request::LoadPack { from, only_look } => {
                city::load::answer(&self.packs, &self.actor, &from, only_look).await
            }
            Request::ImportBoundaries {
                file,
                code_property,
                tolerance_m,
                only_check,
            } => {
                let strictness = boundary::model::Strictness {
                    code_property,
                    tolerance_m,
                };
                let all = &self.boundaries;
                let report = crate::import::boundaries(all, &self.actor, &file, strictness, only_check).await?;
                Ok(serde_json::to_value(report)?)
            }
            Request::RemoveBoundaries => {
                self.boundaries.remove(&self.actor).await?;
                Ok(serde_json::json!({ "areas": 0, "approximate": true }))
            }
            Request::ResetPassword { account } => match self.accounts.reset_password(&account).await? {
                Some(password) => Ok(serde_json::json!({ "account": account, "password": password })),
                None => bail!("there is no account '{account}'"),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::may_ask;

    #[test]
    fn the_own_account_and_root_ask_and_nobody_else() {
        for (asker, own, may) in [
            (998, 998, true),
            (0, 998, true),
            (1000, 998, false),
            (1000, 0, false),
            (0, 0, true),
        ] {
            assert_eq!(may_ask(asker, own), may, "{asker} of {own}");
        }
    }
}
