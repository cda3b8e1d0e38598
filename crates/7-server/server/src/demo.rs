//! `hanoi-ioc demo`: an instance with some two thousand simulated devices that speak MQTT with certificates of their own.

mod prepare;

use crate::cli::ConfigArgs;
use crate::clocks::Clocks;
use crate::serve::{self, Running};
use crate::settings;
use crate::storm::{self, Staged};
use anyhow::{Context, Result};
use clap::Args;
use simulator::manifest::Manifest;
use std::path::{Path, PathBuf};
use std::process::Stdio;

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// The same seed gives the same city.
    #[arg(long, default_value_t = 2025)]
    seed: u64,
    /// Seconds between two reports of a device that promises one each minute; the others keep their proportion.
    #[arg(long, default_value_t = 5, conflicts_with = "storm")]
    interval: u64,
    /// Seconds after the start at which the water begins to rise at the first flood gauge.
    #[arg(long, default_value_t = 10, conflicts_with = "storm")]
    flood_after: u64,
    /// How many times as often the devices report (load generator).
    #[arg(long, default_value_t = 1.0)]
    rate: f64,
    /// Simulate so many devices instead of all: some of each kind.
    #[arg(long)]
    devices: Option<usize>,
    /// Give every device a connection of its own, also those for which gateways speak (load generator).
    #[arg(long)]
    direct: bool,
    /// Play the storm of 25-27 August 2025 on a scaled clock, in a data directory of its own that begins anew each time.
    #[arg(long)]
    storm: bool,
    /// Virtual seconds in a second of the storm; 60 is an hour a minute.
    #[arg(long, default_value_t = 60.0, requires = "storm")]
    scale: f64,
    /// Where in the storm to begin, such as 2025-08-25T15:00:00+07:00; one hour before its peak unless told otherwise.
    #[arg(long, value_name = "TIME", requires = "storm")]
    from: Option<String>,
    /// Take any free ports instead of 8080 and 8883.
    #[arg(long)]
    any_port: bool,
}

#[derive(Debug, Args)]
pub(crate) struct SimulateArgs {
    /// File that says what is simulated; the demo writes one into its data directory.
    manifest: PathBuf,
    /// How many times as often the devices report, instead of what the file says (load generator).
    #[arg(long)]
    rate: Option<f64>,
}

/// Where the demo keeps its data unless told otherwise.
const DATA_DIR: &str = ".demo";
const ACCOUNT: &str = "truc-ban";

/// `hanoi-ioc demo`.
pub(crate) async fn run(mut config: ConfigArgs, args: DemoArgs) -> Result<()> {
    let home = if args.storm { storm::DATA_DIR } else { DATA_DIR };
    config.data_dir.get_or_insert_with(|| PathBuf::from(home));
    let mut settings = settings::load(&config)?.settings;
    if args.any_port {
        settings.http.address = "127.0.0.1:0".to_owned();
        settings.mqtt.tls_address = "127.0.0.1:0".to_owned();
        for key in ["http.address", "mqtt.tls_address"] {
            settings.noted.set(key, "\"127.0.0.1:0\"", "--any-port");
        }
    }
    if settings.telemetry.level == "info" {
        settings.telemetry.level = "warn".to_owned();
        settings.noted.set("telemetry.level", "\"warn\"", "demo");
    }
    let staged = match args.storm {
        true => Some(storm::stage(&settings, args.from.as_deref(), args.scale)?),
        false => None,
    };
    let clocks = staged
        .as_ref()
        .map_or_else(Clocks::real, |staged| staged.clocks.clone());
    let password_file = settings.instance.data_dir.join("first-account.txt");
    let running = serve::start(&settings, &clocks, ACCOUNT, false).await?;
    if let Some(password) = &running.first_password {
        crate::keys::write(&password_file, password.as_bytes(), 0o600)?;
    }
    let manifest = prepare::manifest(&running, &settings, &args, staged.as_ref()).await?;
    let path = settings.instance.data_dir.join("simulator.json");
    crate::keys::write(&path, &serde_json::to_vec_pretty(&manifest)?, 0o600)?;
    let mut child = tokio::process::Command::new(std::env::current_exe()?)
        .arg("simulate")
        .arg(&path)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .context("the simulator cannot be started")?;
    greet(&running, manifest.devices.len(), &password_file, staged.as_ref());
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

fn greet(running: &Running, devices: usize, password_file: &Path, staged: Option<&Staged>) {
    let address = running
        .addresses
        .http
        .map(|address| format!("http://{address}/"))
        .unwrap_or_default();
    let password = std::fs::read_to_string(password_file).unwrap_or_else(|_| "(đã đổi / changed)".to_owned());
    eprintln!();
    eprintln!("  HaNoi IOC: {devices} thiết bị mô phỏng / simulated devices");
    if let Some(Staged { storm, scaling, .. }) = staged {
        eprintln!(
            "  {} ({}): {} giây ảo mỗi giây, không phải số liệu đo",
            storm.title.vi, storm.label.vi, scaling.scale
        );
        eprintln!(
            "  {} ({}): {} virtual seconds a second, no measurements",
            storm.title.en, storm.label.en, scaling.scale
        );
    }
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
    let mut manifest: Manifest =
        serde_json::from_str(&text).with_context(|| format!("{} is not a simulation", args.manifest.display()))?;
    if let Some(rate) = args.rate {
        manifest.rate = rate;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    runtime.block_on(simulator::run(manifest))
}
