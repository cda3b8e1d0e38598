//! Running an instance: open, recover, doors, ready, and an ordered end.

use crate::assemble::{self, House};
use crate::clocks::Clocks;
use crate::control;
use crate::door::{self, Addresses};
use crate::routes::{self, Ready};
use crate::settings::Settings;
use anyhow::{Result, bail};
use chassis::shutdown::Shutdown;
use chassis::telemetry;
use clap::Args;
use std::time::{Duration, Instant};
use tokio::signal::unix::{Signal, SignalKind, signal};

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// Name of the first account, made at the first start.
    #[arg(long, default_value = "truc-ban")]
    pub(crate) first_account: String,
}

/// A started instance.
pub(crate) struct Running {
    pub(crate) house: House,
    pub(crate) addresses: Addresses,
    pub(crate) shutdown: Shutdown,
    pub(crate) first_password: Option<String>,
    ready: Ready,
    told: Told,
    patience: Duration,
}

/// `hanoi-ioc serve`.
pub(crate) async fn run(settings: Settings, args: ServeArgs) -> Result<()> {
    let running = start(&settings, &Clocks::real(), &args.first_account, true).await?;
    if let Some(password) = &running.first_password {
        eprintln!(
            "Tài khoản đầu tiên / first account: {}   mật khẩu / password: {password}",
            args.first_account
        );
        eprintln!(
            "Chỉ hiện một lần; phải đổi khi đăng nhập. / Shown only once; it must be changed at the first sign-in."
        );
    }
    println!("{}", serde_json::to_string(&running.addresses)?);
    running.until_told().await
}

/// Opens everything and the doors; ready when it returns.
pub(crate) async fn start(
    settings: &Settings,
    clocks: &Clocks,
    first_account: &str,
    must_change: bool,
) -> Result<Running> {
    let began = Instant::now();
    let told = Told::listen()?;
    raise_file_limit();
    telemetry::logs(&settings.telemetry.level, settings.telemetry.json)?;
    let figures = telemetry::metrics()?;
    let doors = door::bind(settings)?;
    let addresses = doors.addresses.clone();
    let shutdown = Shutdown::default();
    let house = assemble::open(settings, clocks, &shutdown).await?;
    settings.noted.note(&house.configured, &house.audit).await?;
    let first_password = house.accounts.create_first(first_account, must_change).await?;
    let ready = Ready::default();
    let router = routes::build(&house, settings, ready.clone(), figures, shutdown.doors.token())?;
    doors.open(&house, settings, router, &shutdown)?;
    control::listen(&house, settings, &shutdown)?;
    ready.set(true);
    let recovered = house.recovered;
    tracing::info!(ms = began.elapsed().as_millis() as u64, ?recovered, "ready");
    let patience = Duration::from_secs(settings.instance.shutdown_s);
    Ok(Running {
        house,
        addresses,
        shutdown,
        first_password,
        ready,
        told,
        patience,
    })
}

impl Running {
    /// Runs until a signal asks for the end, or storage fails for good; then ends stage by stage.
    pub(crate) async fn until_told(mut self) -> Result<()> {
        let failed = self.house.engine.failed();
        let other_failed = self.house.tenants.failed();
        let failure = tokio::select! {
            () = self.told.heard() => None,
            reason = failed => Some(reason),
            reason = other_failed => Some(reason),
        };
        self.ready.set(false);
        match failure {
            Some(reason) => {
                tracing::error!(reason, "storage failed; nothing more is acknowledged");
                self.shutdown.run(Duration::from_secs(2)).await;
                bail!("storage failed: {reason}; look at the disk, then start again");
            }
            None => self.end().await,
        }
        Ok(())
    }

    /// An ordered end: doors, then the pipeline, then the rest.
    pub(crate) async fn end(self) {
        let mut ended = self.house.pipeline_ended.clone();
        self.shutdown
            .pipelines
            .spawn(async move { drop(ended.wait_for(|ended| *ended).await) });
        self.shutdown.run(self.patience).await;
        self.house.trail.finish().await;
        tracing::info!("ended in good order");
    }
}

/// Ten thousand connections are ten thousand open files; the usual soft limit is 1,024, the hard one is meant for servers.
fn raise_file_limit() {
    let mut limit = rustix::process::getrlimit(rustix::process::Resource::Nofile);
    limit.current = limit.maximum;
    if let Err(error) = rustix::process::setrlimit(rustix::process::Resource::Nofile, limit) {
        tracing::warn!(%error, "the limit of open files stays low; many connections may be refused");
    }
}

/// The signals that ask for the end; caught from the start, so that none is missed.
struct Told {
    terminate: Signal,
    interrupt: Signal,
}

impl Told {
    fn listen() -> Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn heard(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
