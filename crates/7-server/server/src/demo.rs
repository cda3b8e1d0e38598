//! `hanoi-ioc demo`: an instance with two hundred simulated devices that speak MQTT with certificates of their own.

use crate::cli::ConfigArgs;
use crate::serve::{self, Running};
use crate::settings::{self, Settings};
use anyhow::{Context, Result};
use chassis::wall::WallClock;
use clap::Args;
use device::certificate::LEAF_DAYS;
use kernel::actor::Actor;
use kernel::clock::Clock;
use simulator::manifest::{Manifest, Simulated};
use std::path::{Path, PathBuf};
use std::process::Stdio;

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// The same seed gives the same city.
    #[arg(long, default_value_t = 2025)]
    seed: u64,
    /// Seconds between two reports of a device.
    #[arg(long, default_value_t = 5)]
    interval: u64,
    /// Seconds after the start at which the water begins to rise at the first flood gauge.
    #[arg(long, default_value_t = 10)]
    flood_after: u64,
    /// Take any free ports instead of 8080 and 8883.
    #[arg(long)]
    any_port: bool,
}

#[derive(Debug, Args)]
pub(crate) struct SimulateArgs {
    /// File that says what is simulated; the demo writes one into its data directory.
    manifest: PathBuf,
}

/// Where the demo keeps its data unless told otherwise.
const DATA_DIR: &str = ".demo";
const ACCOUNT: &str = "truc-ban";

/// `hanoi-ioc demo`.
pub(crate) async fn run(mut config: ConfigArgs, args: DemoArgs) -> Result<()> {
    config.data_dir.get_or_insert_with(|| PathBuf::from(DATA_DIR));
    let mut settings = settings::load(&config)?.settings;
    if args.any_port {
        settings.http.address = "127.0.0.1:0".to_owned();
        settings.mqtt.tls_address = "127.0.0.1:0".to_owned();
    }
    if settings.telemetry.level == "info" {
        settings.telemetry.level = "warn".to_owned();
    }
    let password_file = settings.instance.data_dir.join("first-account.txt");
    let running = serve::start(&settings, ACCOUNT, false).await?;
    if let Some(password) = &running.first_password {
        crate::keys::write(&password_file, password.as_bytes(), 0o600)?;
    }
    let manifest = prepare(&running, &settings, &args).await?;
    let mut child = tokio::process::Command::new(std::env::current_exe()?)
        .arg("simulate")
        .arg(&manifest)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .context("the simulator cannot be started")?;
    greet(&running, &password_file);
    let mut ready = serde_json::to_value(&running.addresses)?;
    ready["url"] = running
        .addresses
        .http
        .map(|address| format!("http://{address}/"))
        .into();
    ready["account"] = ACCOUNT.into();
    ready["password"] = std::fs::read_to_string(&password_file).ok().into();
    println!("{ready}");
    let done = running.until_told().await;
    let _ = child.start_kill();
    done
}

/// Devices of the pack with certificates, and the file that tells the simulator of them.
async fn prepare(running: &Running, settings: &Settings, args: &DemoArgs) -> Result<PathBuf> {
    let house = &running.house;
    let actor = Actor::service("demo", &house.tenant);
    house.devices.import(&actor, house.pack.demo_devices.clone()).await?;
    let folder = settings.instance.data_dir.join("devices");
    let now = WallClock.now();
    let ca = house.keys.platform_ca(now)?;
    let mut devices = Vec::new();
    std::fs::create_dir_all(&folder)?;
    for device in &house.pack.demo_devices {
        let id = device.id.as_str();
        let (certificate, key) = (folder.join(format!("{id}.crt")), folder.join(format!("{id}.key")));
        if !certificate.exists() || !key.exists() {
            let issued = ca.issue_device(&device.id, now, LEAF_DAYS)?;
            crate::keys::write(&key, issued.key.as_bytes(), 0o600)?;
            crate::keys::write(&certificate, issued.certificate.as_bytes(), 0o644)?;
        }
        let (lon, lat) = device.place.map_or((0.0, 0.0), |place| (place.lon, place.lat));
        devices.push(Simulated {
            id: id.to_owned(),
            profile: device.profile.to_string(),
            certificate,
            key,
            lon,
            lat,
        });
    }
    let address = running
        .addresses
        .mqtts
        .context("mqtt.tls_address is empty; the simulator needs it")?;
    let manifest = Manifest {
        address: address.to_string(),
        server_name: "localhost".to_owned(),
        ca: house.keys.ca_path(),
        seed: args.seed,
        interval_s: args.interval.max(1),
        flood_after_s: Some(args.flood_after),
        devices,
    };
    let path = settings.instance.data_dir.join("simulator.json");
    crate::keys::write(&path, &serde_json::to_vec_pretty(&manifest)?, 0o600)?;
    Ok(path)
}

fn greet(running: &Running, password_file: &Path) {
    let address = running
        .addresses
        .http
        .map(|address| format!("http://{address}/"))
        .unwrap_or_default();
    let password = std::fs::read_to_string(password_file).unwrap_or_else(|_| "(đã đổi / changed)".to_owned());
    eprintln!();
    eprintln!(
        "  HaNoi IOC: {} thiết bị mô phỏng / simulated devices",
        running.house.pack.demo_devices.len()
    );
    eprintln!("  Mở / open       {address}");
    eprintln!("  Tài khoản / account   {ACCOUNT}");
    eprintln!("  Mật khẩu / password   {password}");
    eprintln!("  Dừng / stop     Ctrl-C");
    eprintln!();
}

/// `hanoi-ioc simulate`.
pub(crate) fn simulate(args: SimulateArgs) -> Result<()> {
    let text =
        std::fs::read_to_string(&args.manifest).with_context(|| format!("cannot read {}", args.manifest.display()))?;
    let manifest: Manifest =
        serde_json::from_str(&text).with_context(|| format!("{} is not a simulation", args.manifest.display()))?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    runtime.block_on(simulator::run(manifest))
}
