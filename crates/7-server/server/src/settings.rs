//! The configuration as the server reads it; `config/default.toml` explains every key.

mod http;
mod noted;

use crate::cli::ConfigArgs;
use anyhow::{Context, Result, bail};
use chassis::config::{self, Loaded, Source};
use kernel::classification::Classification;
use kernel::id::OrgId;
use kernel::text::LangText;
use observation::model::Limits;
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// The annotated defaults.
pub(crate) const DEFAULTS: &str = include_str!("../../../../config/default.toml");

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Settings {
    pub(crate) instance: Instance,
    pub(crate) http: Http,
    pub(crate) mqtt: Mqtt,
    pub(crate) log: Log,
    pub(crate) audit: Audit,
    pub(crate) siem: Siem,
    pub(crate) identity: Identity,
    pub(crate) observation: Observation,
    pub(crate) history: History,
    pub(crate) sql: Sql,
    pub(crate) incident: Incident,
    pub(crate) session: Session,
    pub(crate) oidc: Vec<Oidc>,
    pub(crate) quota: Quota,
    pub(crate) vulnerability: Vulnerability,
    pub(crate) telemetry: Telemetry,
    /// Each value as it is written, with its source; and the file.
    #[serde(skip)]
    pub(crate) noted: noted::Noted,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Instance {
    pub(crate) name: String,
    pub(crate) data_dir: PathBuf,
    pub(crate) pack_dir: PathBuf,
    pub(crate) max_classification: Classification,
    pub(crate) shutdown_s: u64,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Http {
    pub(crate) address: String,
    pub(crate) tls_address: String,
    pub(crate) tls_names: Vec<String>,
    pub(crate) public_url: String,
    pub(crate) max_body_mib: usize,
    pub(crate) max_unpacked_mib: usize,
    pub(crate) max_connections: usize,
    pub(crate) behind_proxy: bool,
    pub(crate) metrics_from: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Mqtt {
    pub(crate) tls_address: String,
    pub(crate) address: String,
    pub(crate) max_packet_kib: u32,
    pub(crate) max_connections: usize,
    pub(crate) max_keep_alive_s: u16,
    pub(crate) web_tls_address: String,
    pub(crate) web_address: String,
    pub(crate) session_expiry_s: u32,
    pub(crate) max_kept_sessions: usize,
    pub(crate) namespaces: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Log {
    pub(crate) max_mib: u64,
    pub(crate) reserve_mib: u64,
    pub(crate) snapshot_mib: u64,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Audit {
    pub(crate) max_mib: u64,
    pub(crate) checkpoint_dir: PathBuf,
    pub(crate) checkpoint_mirror: PathBuf,
    pub(crate) checkpoint_s: u64,
    pub(crate) keep_read_days: u32,
    pub(crate) keep_change_days: u32,
    pub(crate) keep_security_days: u32,
    pub(crate) near_full_percent: u64,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Siem {
    pub(crate) address: String,
    pub(crate) server_name: String,
    pub(crate) ca: PathBuf,
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
    pub(crate) format: String,
    pub(crate) host: String,
    pub(crate) behind_alarm_s: u64,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Identity {
    pub(crate) certificate_days: u32,
    pub(crate) renew_days: u32,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Observation {
    pub(crate) max_age_days: u64,
    pub(crate) max_ahead_s: u64,
    pub(crate) quarantine_per_hour: u32,
    pub(crate) quarantine_days: u32,
    pub(crate) quarantine_most: u64,
    pub(crate) max_waiting_rows: usize,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Incident {
    pub(crate) opens_at: u8,
    pub(crate) register: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct History {
    pub(crate) commit_rows: usize,
    pub(crate) commit_s: u64,
    pub(crate) rollup_grace_s: u64,
    pub(crate) rollup_s: u64,
    pub(crate) checkpoint_commits: u64,
    pub(crate) vacuum_h: u64,
    pub(crate) upkeep_s: u64,
    pub(crate) compact_files: usize,
    pub(crate) file_mib: u64,
    pub(crate) cpu_percent: u32,
    pub(crate) hot_window_h: u64,
    pub(crate) keep_public_days: u32,
    pub(crate) keep_internal_days: u32,
    pub(crate) keep_restricted_days: u32,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Sql {
    pub(crate) memory_mib: usize,
    pub(crate) seconds: u64,
    pub(crate) at_once: usize,
    pub(crate) waiting: usize,
    pub(crate) max_rows: usize,
    pub(crate) threads: usize,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Session {
    pub(crate) idle_min: u64,
    pub(crate) absolute_min: u64,
    pub(crate) second_factor: bool,
}

/// A provider of sign-ins. Its secret is never written here: it stands in a file or in the environment.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Oidc {
    pub(crate) id: String,
    pub(crate) title: LangText,
    pub(crate) issuer: String,
    pub(crate) client: String,
    #[serde(default)]
    pub(crate) secret_file: PathBuf,
    #[serde(default)]
    pub(crate) ca: PathBuf,
    #[serde(default)]
    pub(crate) scopes: Vec<String>,
    #[serde(default = "sub")]
    pub(crate) claim: String,
}

fn sub() -> String {
    "sub".to_owned()
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Quota {
    pub(crate) account_per_minute: u64,
    pub(crate) account_per_day: u64,
    pub(crate) token_per_minute: u64,
    pub(crate) token_per_day: u64,
    pub(crate) device_per_minute: u64,
    pub(crate) device_per_day: u64,
    pub(crate) max_clients: usize,
    pub(crate) keep_days: u32,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Vulnerability {
    pub(crate) critical_days: u32,
    pub(crate) high_days: u32,
    pub(crate) medium_days: u32,
    pub(crate) low_days: u32,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Telemetry {
    pub(crate) level: String,
    pub(crate) json: bool,
}

/// Defaults, file, environment, command line; then what single values cannot say alone.
pub(crate) fn load(args: &ConfigArgs) -> Result<Loaded<Settings>> {
    let text = match &args.config {
        Some(path) => Some((path.display().to_string(), read(path)?)),
        None => None,
    };
    let file = text.as_ref().map(|(name, text)| (name.as_str(), text.as_str()));
    let mut loaded: Loaded<Settings> = config::load(DEFAULTS, file, &|name| std::env::var(name).ok())?;
    if let Some(dir) = &args.data_dir {
        loaded.settings.instance.data_dir.clone_from(dir);
        let source = Source::Argument("--data-dir".to_owned());
        loaded.effective.insert(
            "instance.data_dir".to_owned(),
            (format!("\"{}\"", dir.display()), source),
        );
    }
    verify(&loaded.settings)?;
    loaded.settings.noted = noted::Noted::new(&loaded.effective, args.config.as_deref());
    Ok(loaded)
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("cannot read the configuration {}", path.display()))
}

impl Settings {
    /// The bounds of the intake.
    pub(crate) fn intake_limits(&self) -> Limits {
        Limits {
            rows: self.observation.max_waiting_rows,
            snapshot_bytes: self.log.snapshot_mib << 20,
            max_age_s: self.observation.max_age_days * 86_400,
            max_ahead_s: self.observation.max_ahead_s,
            quarantine_per_hour: self.observation.quarantine_per_hour,
            ..Limits::default()
        }
    }

    /// Topics outside `devices/#`.
    pub(crate) fn namespaces(&self) -> Result<Vec<mqtt::Namespace>> {
        let read = |text: &String| {
            text.parse::<mqtt::Namespace>()
                .map_err(|error| anyhow::anyhow!("mqtt.namespaces: {error}"))
        };
        self.mqtt.namespaces.iter().map(read).collect()
    }
}

fn verify(settings: &Settings) -> Result<()> {
    settings.namespaces()?;
    settings.http.watchers()?;
    for (key, address) in [
        ("http.address", &settings.http.address),
        ("http.tls_address", &settings.http.tls_address),
        ("mqtt.tls_address", &settings.mqtt.tls_address),
        ("mqtt.address", &settings.mqtt.address),
        ("mqtt.web_tls_address", &settings.mqtt.web_tls_address),
        ("mqtt.web_address", &settings.mqtt.web_address),
    ] {
        let parsed = parse_address(key, address)?;
        let beyond = parsed.is_some_and(|address| !address.ip().is_loopback());
        if key == "http.address" && beyond && !settings.http.behind_proxy {
            bail!(
                "{key} is {address}; without TLS passwords could be read on the way, so that it may only be a loopback address such as 127.0.0.1:8080. Use http.tls_address, or set http.behind_proxy = true when a proxy before it ends TLS"
            );
        }
        let bare = ["mqtt.address", "mqtt.web_address"].contains(&key);
        if bare && beyond {
            bail!(
                "{key} is {address}; MQTT without TLS is only for loopback addresses such as 127.0.0.1:1883, use mqtt.tls_address or mqtt.web_tls_address"
            );
        }
    }
    if settings.http.address.is_empty() && settings.http.tls_address.is_empty() {
        bail!("http.address and http.tls_address are both empty; nobody could reach the console, set one of them");
    }
    if settings.http.max_connections < 16 {
        bail!("http.max_connections must be at least 16; a console alone takes several");
    }
    if settings.mqtt.max_keep_alive_s == 0 {
        bail!("mqtt.max_keep_alive_s must be at least 1; with 0 no connection would ever be found broken");
    }
    if settings.instance.shutdown_s == 0 || settings.observation.max_waiting_rows < 10_000 {
        bail!("instance.shutdown_s must be at least 1 and observation.max_waiting_rows at least 10000");
    }
    let sql = &settings.sql;
    if [sql.memory_mib, sql.at_once, sql.max_rows, sql.threads].contains(&0) || sql.seconds == 0 {
        bail!("sql.memory_mib, sql.seconds, sql.at_once, sql.max_rows and sql.threads must be at least 1");
    }
    if !(1..=6).contains(&settings.incident.opens_at) {
        bail!("incident.opens_at must be 1 to 5, or 6 so that no alert opens an incident by itself");
    }
    if let Err(error) = OrgId::new(&settings.incident.register) {
        bail!("incident.register: {error}");
    }
    if settings.history.vacuum_h == 0 || settings.history.commit_rows == 0 || settings.history.file_mib == 0 {
        bail!("history.vacuum_h, history.commit_rows and history.file_mib must be at least 1");
    }
    if settings.audit.checkpoint_s == 0 || !(1..=100).contains(&settings.audit.near_full_percent) {
        bail!("audit.checkpoint_s must be at least 1 and audit.near_full_percent 1 to 100");
    }
    if siem::format::Format::parse(&settings.siem.format).is_none() {
        bail!("siem.format is '{}'; write ocsf or cef", settings.siem.format);
    }
    if !settings.siem.address.is_empty() && settings.siem.ca.as_os_str().is_empty() {
        bail!("siem.ca is empty; name a PEM file with the authority that signed the SIEM's certificate");
    }
    if !(1..=3_650).contains(&settings.identity.certificate_days) {
        bail!("identity.certificate_days must be 1 to 3650");
    }
    if !(10..=1_000_000).contains(&settings.quota.max_clients) || settings.quota.keep_days == 0 {
        bail!("quota.max_clients must be 10 to 1000000 and quota.keep_days at least 1");
    }
    if settings.log.snapshot_mib == 0 {
        bail!("log.snapshot_mib must be at least 1; with 0 the program would write snapshots and take nothing in");
    }
    Ok(())
}

/// An address with port; `None` for an empty text.
pub(crate) fn parse_address(key: &str, text: &str) -> Result<Option<SocketAddr>> {
    if text.is_empty() {
        return Ok(None);
    }
    let address = text.parse();
    address
        .map(Some)
        .with_context(|| format!("{key} is '{text}'; write address:port such as 127.0.0.1:8080 or [::1]:8080"))
}

#[cfg(test)]
mod tests {
    use super::{DEFAULTS, Settings, verify};

    #[test]
    fn an_incident_opens_at_a_severity_or_never() {
        let load = |text| {
            let loaded = chassis::config::load::<Settings>(DEFAULTS, Some(("site.toml", text)), &|_| None);
            verify(&loaded.unwrap().settings).map_err(|error| error.to_string())
        };
        for (text, good) in [
            ("[incident]\nopens_at = 1", true),
            ("[incident]\nopens_at = 6", true),
            ("[incident]\nopens_at = 0", false),
            ("[incident]\nopens_at = 7", false),
            ("[incident]\nregister = \"sở\"", false),
        ] {
            assert_eq!(load(text).is_ok(), good, "{text}");
        }
    }

    #[test]
    fn a_snapshot_at_every_byte_is_refused_because_nothing_else_would_happen() {
        let load = |text| {
            let loaded = chassis::config::load::<Settings>(DEFAULTS, Some(("site.toml", text)), &|_| None);
            verify(&loaded.unwrap().settings).map_err(|error| error.to_string())
        };
        assert_eq!(load("[log]\nsnapshot_mib = 1"), Ok(()));
        assert!(
            load("[log]\nsnapshot_mib = 0")
                .unwrap_err()
                .contains("log.snapshot_mib")
        );
    }

    #[test]
    fn a_provider_of_sign_ins_is_a_table_of_its_own_and_never_holds_a_secret() {
        let load = |text| chassis::config::load::<Settings>(DEFAULTS, Some(("site.toml", text)), &|_| None);
        assert!(load("").unwrap().settings.oidc.is_empty());
        let city = "[[oidc]]\nid = \"city\"\ntitle = { vi = \"Cán bộ\", en = \"Staff\" }\nissuer = \"https://id.example.vn\"\n\
                    client = \"hanoi-ioc\"\n";
        let loaded = load(city).unwrap();
        let one = &loaded.settings.oidc[0];
        assert_eq!(
            (one.id.as_str(), one.claim.as_str(), one.title.vi.as_str()),
            ("city", "sub", "Cán bộ")
        );
        // `hanoi-ioc check` prints what is configured
        let told = load(&format!("{city}secret = \"x\"")).unwrap_err().to_string();
        assert!(told.contains("secret"), "{told}");
    }
}
