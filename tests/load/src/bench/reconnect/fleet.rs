//! Many devices with certificates of the platform's authority, which stay connected as well as they can.

use crate::fleet::register;
use crate::mqtt::{Client, Login, Version};
use crate::server::Site;
use anyhow::{Context, Result};
use rand::Rng;
use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, Issuer, KeyPair, KeyUsagePurpose, SanType};
use rustls::client::Resumption;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ClientConfig, RootCertStore};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, mpsc};
use tokio::time::{sleep, timeout};

/// What stands before the id of a device in the URI of its certificate.
const URI: &str = "urn:hanoi-ioc:device:";
/// Clients that come from one address of this machine; the server lets no more than 5,000 in.
const OF_ADDRESS: usize = 2_000;
/// Seconds that sessions are kept.
const KEEP: u32 = 3_600;
/// How long one try may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// Between two tries, in milliseconds.
const PAUSE: std::ops::Range<u64> = 200..800;

/// One device.
pub(super) struct Member {
    device: String,
    from: IpAddr,
    tls: Arc<ClientConfig>,
}

/// A device was let in.
pub(super) struct Back {
    pub(super) at: Instant,
    /// From SYN to CONNACK.
    pub(super) took: Duration,
    pub(super) present: bool,
    /// Tries before this one.
    pub(super) failed: u64,
}

/// Registers devices and gives each a certificate, which the register takes in one file.
pub(super) async fn members(site: &Site, count: usize, resume: bool) -> Result<Vec<Member>> {
    let devices = register(site, count).await?;
    let keys = site.data().join("keys");
    let (authority, secret) = (keys.join("ca.crt"), keys.join("ca.key"));
    let made = tokio::task::spawn_blocking(move || {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(&authority)?)?;
        let roots = Arc::new(roots);
        let secret = KeyPair::from_pem(&std::fs::read_to_string(secret)?)?;
        let issuer = Issuer::from_ca_cert_pem(&std::fs::read_to_string(authority)?, secret)?;
        let member = |(number, device): (usize, String)| {
            let (tls, pem) = showing(&device, &issuer, Arc::clone(&roots), resume)?;
            let last = u8::try_from(2 + number / OF_ADDRESS).context("too many clients")?;
            let member = Member {
                device,
                from: Ipv4Addr::new(127, 0, 0, last).into(),
                tls: Arc::new(tls),
            };
            Ok((member, pem))
        };
        devices.into_iter().enumerate().map(member).collect::<Result<Vec<_>>>()
    });
    let (members, pems): (Vec<Member>, Vec<String>) = made.await??.into_iter().unzip();
    let bundle = site.dir().join("certificates.pem");
    std::fs::write(&bundle, pems.concat())?;
    site.run([Path::new("device"), Path::new("bind"), &bundle]).await?;
    Ok(members)
}

fn showing(
    device: &str,
    issuer: &Issuer<'_, KeyPair>,
    roots: Arc<RootCertStore>,
    resume: bool,
) -> Result<(ClientConfig, String)> {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, device);
    params.subject_alt_names = vec![SanType::URI(format!("{URI}{device}").try_into()?)];
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    params.use_authority_key_identifier_extension = true;
    let key = KeyPair::generate()?;
    let certificate = params.signed_by(&key, issuer)?;
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_root_certificates(roots)
        .with_client_auth_cert(vec![certificate.der().clone()], key)?;
    config.resumption = match resume {
        true => Resumption::in_memory_sessions(2),
        false => Resumption::disabled(),
    };
    Ok((config, certificate.pem()))
}

/// All devices on their way.
pub(super) struct Fleet {
    door: SocketAddr,
    turns: Semaphore,
    said: mpsc::UnboundedSender<Back>,
}

impl Fleet {
    pub(super) fn new(door: SocketAddr, at_once: usize, said: mpsc::UnboundedSender<Back>) -> Arc<Self> {
        Arc::new(Self {
            door,
            turns: Semaphore::new(at_once),
            said,
        })
    }

    /// Connects all, and each again whenever its connection ends, as long as the program runs.
    pub(super) fn send_out(self: &Arc<Self>, members: Vec<Member>) {
        for member in members {
            let fleet = Arc::clone(self);
            tokio::spawn(async move {
                while let Some(client) = fleet.join(&member).await {
                    client.ended().await;
                }
            });
        }
    }

    /// Tries until it is let in; `None` when nobody listens any more.
    async fn join(&self, member: &Member) -> Option<Client> {
        for failed in 0.. {
            let turn = self.turns.acquire().await.ok()?;
            let begun = Instant::now();
            if let Ok(Ok(client)) = timeout(PATIENCE, self.attempt(member)).await {
                let at = Instant::now();
                let back = Back {
                    at,
                    took: at - begun,
                    present: client.present,
                    failed,
                };
                self.said.send(back).ok()?;
                return Some(client);
            }
            drop(turn);
            let pause = rand::rng().random_range(PAUSE);
            sleep(Duration::from_millis(pause)).await;
        }
        None
    }

    async fn attempt(&self, member: &Member) -> Result<Client> {
        let login = Login {
            client: &member.device,
            tls: Some(&member.tls),
            from: Some(member.from),
            keep: KEEP,
            ..Login::default()
        };
        let mut client = Client::connect(self.door, Version::V5, login).await?;
        if !client.present {
            client.subscribe(&format!("devices/{}/down", member.device)).await?;
        }
        Ok(client)
    }
}
