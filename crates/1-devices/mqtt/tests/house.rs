//! A server on port 0 with a gatekeeper and an intake that record and obey.

use async_trait::async_trait;
use driver::gatekeeper::{Credential, Gatekeeper, Refusal};
use driver::intake::{Intake, IntakeError};
use kernel::actor::Actor;
use kernel::clock::Clock;
use kernel::id::{DeviceId, TenantId};
use kernel::reject::{Reason, Rejected};
use kernel::submission::{MAX_LISTED, Receipt, Sender, SpeaksFor, Submission};
use kernel::time::Timestamp;
use mqtt::{Limits, MqttHandle, MqttSettings, Namespace};
use ports::records::Records;
use std::collections::{BTreeSet, HashMap};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{Notify, broadcast, oneshot};
use tokio_util::sync::CancellationToken;

/// Nothing in these tests may take this long; it only keeps a broken test from hanging.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub(crate) struct FixedClock;

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_seconds(1_795_000_000)
    }
}

/// Devices `gauge`, `other` and the gateway `gw` (for `child`), each with the token `token-{device}`; certificates as told.
#[derive(Default)]
pub(crate) struct Gate {
    /// Whom the driver turned away by itself.
    pub(crate) refused: Mutex<Vec<Refusal>>,
    pub(crate) certificates: Mutex<HashMap<Vec<u8>, String>>,
    pub(crate) withdrawn: Mutex<BTreeSet<String>>,
    pub(crate) unavailable: Mutex<bool>,
    /// Whose connections were ended, and why.
    pub(crate) cut: Mutex<Vec<(String, Refusal)>>,
    told: OnceLock<broadcast::Sender<DeviceId>>,
}

impl Gate {
    fn telling(&self) -> &broadcast::Sender<DeviceId> {
        self.told.get_or_init(|| broadcast::channel(4).0)
    }

    /// Withdraws the rights of a device and says so.
    pub(crate) fn withdraw(&self, device: &str) {
        self.withdrawn.lock().unwrap().insert(device.to_owned());
        self.telling().send(DeviceId::new(device).unwrap()).unwrap();
    }
}

pub(crate) fn sender(device: &str) -> Sender {
    let id = DeviceId::new(device).unwrap();
    let speaks_for = match device {
        "gw" => SpeaksFor::These(BTreeSet::from([DeviceId::new("child").unwrap()])),
        _ => SpeaksFor::Itself,
    };
    Sender {
        shown: kernel::submission::Shown::Nothing,
        speaks_for: Arc::new(speaks_for),
        actor: Arc::new(Actor::device(&id, &TenantId::new("hanoi").unwrap())),
        device: id,
    }
}

#[async_trait]
impl Gatekeeper for Gate {
    async fn admit(&self, credential: Credential, _from: SocketAddr) -> Result<Sender, Refusal> {
        if *self.unavailable.lock().unwrap() {
            return Err(Refusal::Unavailable);
        }
        let device = match credential {
            Credential::Token { device, token } => {
                let device = device.ok_or(Refusal::Missing)?;
                let known = ["gauge", "other", "gw", "blocked"].contains(&device.as_str());
                if !known || token != format!("token-{device}") {
                    return Err(Refusal::BadToken);
                }
                device
            }
            Credential::Certificate(chain) => {
                let known = self.certificates.lock().unwrap();
                let device = chain.first().and_then(|leaf| known.get(leaf));
                device.cloned().ok_or(Refusal::BadCertificate("unknown".into()))?
            }
        };
        if device == "blocked" {
            return Err(Refusal::Blocked(DeviceId::new(&device).unwrap()));
        }
        Ok(sender(&device))
    }

    async fn refused(&self, refusal: Refusal, _from: SocketAddr) -> Refusal {
        self.refused.lock().unwrap().push(refusal.clone());
        refusal
    }

    fn still_admitted(&self, sender: &Sender) -> bool {
        !self.withdrawn.lock().unwrap().contains(sender.device.as_str())
    }

    fn withdrawals(&self) -> Option<broadcast::Receiver<DeviceId>> {
        Some(self.telling().subscribe())
    }

    async fn cut(&self, sender: &Sender, refusal: Refusal, _from: SocketAddr) -> Refusal {
        let mut cut = self.cut.lock().unwrap();
        cut.push((sender.device.to_string(), refusal.clone()));
        refusal
    }
}

/// How the intake answers.
#[derive(Clone, Debug, Default)]
pub(crate) enum Mode {
    /// At once; readings named `bad` are kept aside.
    #[default]
    Store,
    /// When the test says so, call by call.
    Gated,
    /// With this error.
    Fail(IntakeError),
}

type Release = oneshot::Sender<Result<(), IntakeError>>;

#[derive(Default)]
pub(crate) struct Store {
    mode: Mutex<Mode>,
    calls: Mutex<Vec<Submission>>,
    stored: Mutex<Vec<Submission>>,
    /// Idempotency keys, with their bodies.
    keys: Mutex<HashMap<String, [u8; 32]>>,
    gates: Mutex<Vec<Option<Release>>>,
    changed: Notify,
}

impl Store {
    pub(crate) fn set(&self, mode: Mode) {
        *self.mode.lock().unwrap() = mode;
    }
    /// Lets one gated call go on.
    pub(crate) fn release(&self, call: usize, outcome: Result<(), IntakeError>) {
        let gate = self.gates.lock().unwrap()[call].take().unwrap();
        let _ = gate.send(outcome);
    }
    /// Lets one call go on if it waits.
    pub(crate) fn release_if_gated(&self, call: usize) {
        if let Some(gate) = self.gates.lock().unwrap()[call].take() {
            let _ = gate.send(Ok(()));
        }
    }
    /// Readings of one call.
    pub(crate) fn rows_of(&self, call: usize) -> usize {
        self.calls.lock().unwrap()[call].readings.len()
    }
    pub(crate) fn calls(&self) -> usize {
        self.calls.lock().unwrap().len()
    }
    pub(crate) fn stored(&self) -> Vec<Submission> {
        self.stored.lock().unwrap().clone()
    }
    /// Names and devices of all stored readings.
    pub(crate) fn readings(&self) -> Vec<(String, String)> {
        let stored = self.stored.lock().unwrap();
        let all = stored.iter().flat_map(|submission| {
            let readings = &submission.readings;
            readings.key.iter().map(move |key| {
                let key = readings.keys[*key as usize];
                let device = match readings.text(key.device) {
                    "" => submission.sender.device.to_string(),
                    named => named.to_owned(),
                };
                (device, readings.text(key.name).to_owned())
            })
        });
        all.collect()
    }
    /// Waits until something is true of the store.
    pub(crate) async fn until(&self, what: &str, done: impl Fn(&Self) -> bool) {
        let waiting = async {
            loop {
                let changed = self.changed.notified();
                if done(self) {
                    return;
                }
                changed.await;
            }
        };
        let outcome = tokio::time::timeout(PATIENCE, waiting).await;
        assert!(outcome.is_ok(), "never happened: {what}");
    }
}

fn receipt(submission: &Submission) -> Receipt {
    let readings = &submission.readings;
    let mut items = submission.rejected.clone();
    let mut accepted = 0;
    for (row, key) in readings.key.iter().enumerate() {
        if readings.text(readings.keys[*key as usize].name) == "bad" {
            items.push(Rejected {
                item: readings.item[row],
                reason: Reason::OutOfRange,
                detail: "1e9 m; allowed: -2 to 15 m".into(),
                raw: Vec::new(),
                device: None,
            });
        } else {
            accepted += 1;
        }
    }
    let rejected = items.len() as u32;
    items.truncate(MAX_LISTED);
    Receipt {
        accepted,
        rejected,
        items,
        ..Receipt::default()
    }
}

#[async_trait]
impl Intake for Store {
    async fn accept(&self, submission: &Submission) -> Result<Receipt, IntakeError> {
        let mode = self.mode.lock().unwrap().clone();
        let gate = {
            self.calls.lock().unwrap().push(submission.clone());
            let (release, gate) = oneshot::channel();
            let gated = matches!(mode, Mode::Gated);
            self.gates.lock().unwrap().push(gated.then_some(release));
            gate
        };
        self.changed.notify_waiters();
        match mode {
            Mode::Store => {}
            Mode::Fail(error) => return Err(error),
            Mode::Gated => gate.await.map_err(|_| IntakeError::Unavailable)??,
        }
        let receipt = receipt(submission);
        if let Some(key) = &submission.key {
            let mut keys = self.keys.lock().unwrap();
            match keys.insert(key.key.to_string(), key.body) {
                Some(body) if body != key.body => return Err(IntakeError::KeyReused),
                Some(_) => return Ok(receipt),
                None => {}
            }
        }
        self.stored.lock().unwrap().push(submission.clone());
        self.changed.notify_waiters();
        Ok(receipt)
    }
}

/// A running server.
pub(crate) struct House {
    pub(crate) address: SocketAddr,
    pub(crate) secure: Option<SocketAddr>,
    pub(crate) web: SocketAddr,
    pub(crate) handle: MqttHandle,
    pub(crate) gate: Arc<Gate>,
    pub(crate) store: Arc<Store>,
    pub(crate) shutdown: CancellationToken,
    pub(crate) server: tokio::task::JoinHandle<()>,
}

/// Starts a server on ports that the system chooses.
pub(crate) async fn open(limits: Limits, tls: Option<Arc<rustls::ServerConfig>>) -> House {
    let setup = Setup {
        limits,
        ..Setup::default()
    };
    start(setup, tls).await
}

/// What is unusual about a server.
#[derive(Default)]
pub(crate) struct Setup {
    pub(crate) limits: Limits,
    pub(crate) namespaces: Vec<Namespace>,
    pub(crate) records: Option<Arc<dyn Records>>,
    /// The intake of an earlier server, which goes on.
    pub(crate) store: Arc<Store>,
}

/// Starts an unusual server.
pub(crate) async fn start(setup: Setup, tls: Option<Arc<rustls::ServerConfig>>) -> House {
    let plain = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = plain.local_addr().unwrap();
    let web = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let web_address = web.local_addr().unwrap();
    let tls = match tls {
        Some(config) => Some((TcpListener::bind("127.0.0.1:0").await.unwrap(), config)),
        None => None,
    };
    let secure = tls.as_ref().map(|(listener, _)| listener.local_addr().unwrap());
    let (gate, store) = (Arc::new(Gate::default()), setup.store);
    let shutdown = CancellationToken::new();
    let settings = MqttSettings {
        plain: Some(plain),
        tls,
        web: Some(web),
        web_tls: None,
        namespaces: setup.namespaces,
        records: setup.records,
        limits: setup.limits,
    };
    let (handle, server) = mqtt::serve(
        settings,
        Arc::clone(&gate) as _,
        Arc::clone(&store) as _,
        Arc::new(FixedClock),
        shutdown.clone(),
    );
    House {
        address,
        secure,
        web: web_address,
        handle,
        gate,
        store,
        shutdown,
        server: tokio::spawn(server),
    }
}

pub(crate) async fn plain() -> House {
    open(Limits::default(), None).await
}

/// Waits until something is true that tells nobody when it changes.
pub(crate) async fn eventually(what: &str, done: impl Fn() -> bool) {
    let waiting = async {
        while !done() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    assert!(
        tokio::time::timeout(PATIENCE, waiting).await.is_ok(),
        "never happened: {what}"
    );
}

/// A line of line protocol.
pub(crate) fn reading(name: &str, value: u32) -> String {
    format!("{name} value={value}")
}
