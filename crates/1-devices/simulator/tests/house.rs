//! A real MQTT server over TLS whose gatekeeper knows certificates and whose intake keeps what it is given.

use async_trait::async_trait;
use driver::gatekeeper::{Credential, Gatekeeper, Refusal};
use driver::intake::{Intake, IntakeError};
use kernel::actor::Actor;
use kernel::clock::Clock;
use kernel::id::{DeviceId, TenantId};
use kernel::submission::{Receipt, Sender, SpeaksFor, Submission};
use kernel::time::Timestamp;
use kernel::value::ValueKind;
use mqtt::{Limits, MqttHandle, MqttSettings};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use simulator::manifest::{Manifest, Simulated};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// Nothing in these tests may take this long; it only keeps a broken test from hanging.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Debug)]
struct FixedClock;

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_seconds(1_795_000_000)
    }
}

/// Certificates of a platform and of its devices, as files.
pub(crate) struct Pki {
    folder: TempDir,
    issuer: Issuer<'static, KeyPair>,
    ca: CertificateDer<'static>,
    known: Mutex<HashMap<Vec<u8>, String>>,
}

impl Pki {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        params.distinguished_name.push(DnType::CommonName, "test CA");
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ca.crt"), certificate.pem()).unwrap();
        Self {
            folder,
            ca: certificate.der().clone(),
            issuer: Issuer::new(params, key),
            known: Mutex::default(),
        }
    }

    fn issue(&self, name: &str, usage: ExtendedKeyUsagePurpose) -> (rcgen::Certificate, KeyPair) {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.extended_key_usages = vec![usage];
        let key = KeyPair::generate().unwrap();
        (params.signed_by(&key, &self.issuer).unwrap(), key)
    }

    /// A device with a certificate that the house knows.
    pub(crate) fn device(&self, id: &str, profile: &str) -> Simulated {
        let (certificate, key) = self.issue(id, ExtendedKeyUsagePurpose::ClientAuth);
        self.known
            .lock()
            .unwrap()
            .insert(certificate.der().to_vec(), id.to_owned());
        let path = |end: &str| self.folder.path().join(format!("{id}.{end}"));
        std::fs::write(path("crt"), certificate.pem()).unwrap();
        std::fs::write(path("key"), key.serialize_pem()).unwrap();
        let (certificate, key) = (path("crt"), path("key"));
        Simulated {
            id: id.to_owned(),
            profile: profile.to_owned(),
            certificate: Some(certificate),
            key: Some(key),
            gateway: None,
            interval_s: None,
            lon: 105.85,
            lat: 21.03,
        }
    }

    /// A simulation that reports each second.
    pub(crate) fn manifest(&self, address: SocketAddr, devices: Vec<Simulated>) -> Manifest {
        Manifest {
            address: address.to_string(),
            server_name: "localhost".to_owned(),
            ca: self.folder.path().join("ca.crt"),
            seed: 1,
            interval_s: 1,
            rate: 1.0,
            flood_after_s: None,
            unsteady: 0.0,
            time: None,
            storm: None,
            devices,
        }
    }
}

struct Gate(HashMap<Vec<u8>, String>);

#[async_trait]
impl Gatekeeper for Gate {
    async fn admit(&self, credential: Credential, _from: SocketAddr) -> Result<Sender, Refusal> {
        let Credential::Certificate(chain) = credential else {
            return Err(Refusal::Missing);
        };
        let device = chain
            .first()
            .and_then(|leaf| self.0.get(leaf))
            .ok_or(Refusal::BadCertificate("unknown".into()))?;
        let device = DeviceId::new(device).unwrap();
        let speaks_for = if device.as_str().starts_with("gateway") {
            SpeaksFor::Everyone
        } else {
            SpeaksFor::Itself
        };
        Ok(Sender {
            shown: kernel::submission::Shown::Nothing,
            speaks_for: Arc::new(speaks_for),
            actor: Arc::new(Actor::device(&device, &TenantId::new("hanoi").unwrap())),
            device,
        })
    }

    fn still_admitted(&self, _sender: &Sender) -> bool {
        true
    }
}

/// One reading as it arrived: sender, device in the payload, name, whether the time was said.
pub(crate) type Arrived = (String, String, String, bool);

#[derive(Default)]
pub(crate) struct Store {
    arrived: Mutex<Vec<Arrived>>,
    times: Mutex<Vec<Timestamp>>,
    flags: Mutex<Vec<bool>>,
    rejected: Mutex<usize>,
    changed: Notify,
}

#[async_trait]
impl Intake for Store {
    async fn accept(&self, submission: &Submission) -> Result<Receipt, IntakeError> {
        let readings = &submission.readings;
        for (row, key) in readings.key.iter().enumerate() {
            let key = readings.keys[*key as usize];
            let (device, name) = (readings.text(key.device).to_owned(), readings.text(key.name).to_owned());
            let timed = readings.time[row] != submission.received;
            self.times.lock().unwrap().push(readings.time[row]);
            if readings.kind[row] == ValueKind::Boolean {
                self.flags.lock().unwrap().push(readings.bits[row] != 0);
            }
            self.arrived
                .lock()
                .unwrap()
                .push((submission.sender.device.to_string(), device, name, timed));
        }
        *self.rejected.lock().unwrap() += submission.rejected.len();
        self.changed.notify_waiters();
        Ok(Receipt {
            accepted: readings.len() as u64 as _,
            ..Receipt::default()
        })
    }
}

impl Store {
    pub(crate) fn arrived(&self) -> Vec<Arrived> {
        self.arrived.lock().unwrap().clone()
    }

    /// All readings that are yes or no.
    pub(crate) fn flags(&self) -> Vec<bool> {
        self.flags.lock().unwrap().clone()
    }

    /// The times of all readings.
    pub(crate) fn times(&self) -> Vec<Timestamp> {
        self.times.lock().unwrap().clone()
    }

    pub(crate) fn rejected(&self) -> usize {
        *self.rejected.lock().unwrap()
    }

    /// Waits until something is true of what arrived.
    pub(crate) async fn until(&self, what: &str, done: impl Fn(&[Arrived]) -> bool) {
        let waiting = async {
            loop {
                let changed = self.changed.notified();
                if done(&self.arrived()) {
                    return;
                }
                changed.await;
            }
        };
        assert!(
            tokio::time::timeout(PATIENCE, waiting).await.is_ok(),
            "never happened: {what}"
        );
    }
}

/// A running server.
pub(crate) struct House {
    pub(crate) handle: MqttHandle,
    pub(crate) store: Arc<Store>,
    shutdown: CancellationToken,
    server: tokio::task::JoinHandle<()>,
}

/// A port that is free now, for a server that comes later or comes back.
pub(crate) async fn port() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// Starts a server that knows the devices made so far.
pub(crate) fn open(pki: &Pki, listener: TcpListener) -> House {
    let (certificate, key) = pki.issue("localhost", ExtendedKeyUsagePurpose::ServerAuth);
    let config = chassis::tls::server_config(
        vec![certificate.der().clone()],
        PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
        vec![pki.ca.clone()],
        chassis::tls::Versions::Only13,
        &[],
    );
    let store = Arc::new(Store::default());
    let shutdown = CancellationToken::new();
    let settings = MqttSettings {
        plain: None,
        tls: Some((listener, Arc::new(config.unwrap()))),
        limits: Limits::default(),
        ..MqttSettings::default()
    };
    let gate = Arc::new(Gate(pki.known.lock().unwrap().clone()));
    let (handle, server) = mqtt::serve(
        settings,
        gate,
        Arc::clone(&store) as _,
        Arc::new(FixedClock),
        shutdown.clone(),
    );
    House {
        handle,
        store,
        shutdown,
        server: tokio::spawn(server),
    }
}

impl House {
    /// Stops the server and waits until it is gone.
    pub(crate) async fn close(self) {
        self.shutdown.cancel();
        self.server.await.unwrap();
    }

    /// Waits until so many devices are connected.
    pub(crate) async fn until_connected(&self, count: usize) {
        let waiting = async {
            while self.handle.sessions() != count {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        assert!(
            tokio::time::timeout(PATIENCE, waiting).await.is_ok(),
            "{} connected",
            self.handle.sessions()
        );
    }
}
