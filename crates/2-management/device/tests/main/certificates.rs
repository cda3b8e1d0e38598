//! The register: issuing, looking, revoking, what is told and what ends at once, and what a restart knows.

use crate::ground::{Ground, administrator, certificates, gauge, id, of_areas};
use device::certificate::bundle;
use device::error::DeviceError;
use device::model::certificate::{Certificate, Reason, Standing};
use device::registry::Registry;
use device::service::Devices;
use driver::gatekeeper::{Credential, Gatekeeper, Refusal};
use kernel::actor::Actor;
use kernel::clock::Clock;
use kernel::error::Classified;
use kernel::id::DeviceId;
use kernel::submission::Sender;
use ports::journal::Entry;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use testkit::faulty_records::{FaultyRecords, RecordsFaults};
use tokio::sync::broadcast::error::TryRecvError;
use x509_parser::parse_x509_crl;

const DAY: Duration = Duration::from_secs(86_400);

pub(crate) fn from() -> SocketAddr {
    ([10, 0, 0, 9], 4711).into()
}

pub(crate) fn der(pem: &str) -> Vec<u8> {
    bundle::certificates(pem).unwrap().swap_remove(0)
}

/// Shows a certificate at the door.
pub(crate) async fn show(ground: &Ground, der: Vec<u8>) -> Result<Sender, Refusal> {
    ground.gate.admit(Credential::Certificate(vec![der]), from()).await
}

async fn held(ground: &Ground, device: &str) -> Vec<(Certificate, Standing)> {
    ground.certificates.list(&administrator(), device).await.unwrap()
}

async fn facts(ground: &Ground) -> Vec<Entry> {
    ground.tenant.journal.read(0, &["certificate."], 1_000).await.unwrap()
}

fn security_officer() -> Actor {
    let mut actor = administrator();
    actor.roles = ["security_officer".to_owned()].into();
    actor
}

#[tokio::test]
async fn what_is_revoked_ends_at_once_for_its_device_only() {
    let ground = Ground::with([gauge("gauge-001", &[]), gauge("gauge-002", &[])]).await;
    let boss = administrator();
    let mut senders = Vec::new();
    for device in ["gauge-001", "gauge-001", "gauge-002"] {
        let made = ground.certificates.issue(&boss, device, None).await.unwrap();
        senders.push(show(&ground, der(&made.certificate)).await.unwrap());
    }
    let first = &held(&ground, "gauge-001").await[0].0;
    let mut told = ground.gate.withdrawals().unwrap();
    let security = security_officer();
    let revoked = ground
        .certificates
        .revoke(&security, "gauge-001", Some(&first.serial), Reason::KeyCompromise);
    assert_eq!(revoked.await.unwrap().len(), 1);
    assert_eq!(told.try_recv().unwrap(), id("gauge-001"));
    let good: Vec<bool> = senders
        .iter()
        .map(|sender| ground.gate.still_admitted(sender))
        .collect();
    assert_eq!(good.iter().filter(|good| **good).count(), 2, "{good:?}");
    let refusal = show(&ground, base64(&first.der)).await.unwrap_err();
    assert!(refusal.to_string().contains("was revoked"), "{refusal}");

    // all that are left, and once more
    for count in [1, 0] {
        let revoked = ground
            .certificates
            .revoke(&boss, "gauge-001", None, Reason::CessationOfOperation);
        assert_eq!(revoked.await.unwrap().len(), count);
    }
    let good: Vec<bool> = senders
        .iter()
        .map(|sender| ground.gate.still_admitted(sender))
        .collect();
    assert_eq!(good, [false, false, true]);
    assert_eq!(told.try_recv().unwrap(), id("gauge-001"));
    assert_eq!(told.try_recv(), Err(TryRecvError::Empty));
    let again = ground
        .certificates
        .revoke(&boss, "gauge-001", Some(&first.print), Reason::Unspecified)
        .await;
    assert!(again.unwrap_err().to_string().contains("no certificate of this id"));
    let kinds: Vec<String> = facts(&ground).await.into_iter().map(|entry| entry.fact.kind).collect();
    let registered = "certificate.registered.v1";
    let revoked = "certificate.revoked.v1";
    assert_eq!(kinds, [registered, registered, registered, revoked, revoked]);
}

fn base64(text: &str) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(text).unwrap()
}

#[tokio::test]
async fn time_ends_a_session_and_a_list_says_when_to_renew() {
    let ground = Ground::with([gauge("gauge-001", &[]), gauge("gauge-002", &[])]).await;
    let made = ground
        .certificates
        .issue(&administrator(), "gauge-001", None)
        .await
        .unwrap();
    let sender = show(&ground, der(&made.certificate)).await.unwrap();
    for (days, standing, good, ending, ended) in [
        (1, Standing::Good, true, 0, 0),
        (61, Standing::Ending, true, 1, 0),
        (91, Standing::Ended, false, 0, 1),
    ] {
        let day = ground.clock.now();
        ground.clock.set(day.plus(DAY * days));
        assert_eq!(held(&ground, "gauge-001").await[0].1, standing, "{days}");
        assert_eq!(ground.gate.still_admitted(&sender), good, "{days}");
        let best = ground.certificates.best("gauge-001").map(|(_, how)| how);
        assert_eq!(best, Some(standing));
        let figures = ground.certificates.figures();
        assert_eq!((figures.ending, figures.ended), (ending, ended), "{days}");
        ground.clock.set(day);
    }
    assert!(ground.certificates.best("gauge-002").is_none());
}

#[tokio::test]
async fn a_token_that_is_replaced_and_a_block_end_what_is_open() {
    let ground = Ground::with([gauge("gauge-001", &[])]).await;
    let boss = administrator();
    let token = ground.devices.new_token(&boss, "gauge-001").await.unwrap();
    let shown = Credential::Token { device: None, token };
    let sender = ground.gate.admit(shown, from()).await.unwrap();
    let mut told = ground.gate.withdrawals().unwrap();
    assert!(ground.gate.still_admitted(&sender));
    ground.devices.new_token(&boss, "gauge-001").await.unwrap();
    assert_eq!(told.try_recv().unwrap(), id("gauge-001"));
    let refusal = ground.gate.standing(&sender).unwrap_err();
    assert_eq!(refusal, Refusal::BadToken);
    let said = ground.gate.cut(&sender, refusal, from()).await;
    assert_eq!(said, Refusal::BadToken);
    let record = ground.trace().await.pop().unwrap();
    assert_eq!(
        (record.act.as_str(), record.actor.to_string(), record.target.as_str()),
        ("device.refused", "device:gauge-001".to_owned(), "gauge-001")
    );
    assert_eq!(record.detail["open"], "cut");
}

#[tokio::test]
async fn a_connection_is_watched_until_its_certificate_ends() {
    let ground = Ground::with([gauge("gauge-001", &[])]).await;
    let boss = administrator();
    let made = ground.certificates.issue(&boss, "gauge-001", None).await.unwrap();
    let chain = vec![der(&made.certificate)];
    let gate = ground.gate.clone();
    let watched = tokio::spawn(async move { gate.until_withdrawn(&chain, from()).await });
    // looked at and found good, it waits
    tokio::task::yield_now().await;
    assert!(!watched.is_finished());
    ground
        .certificates
        .revoke(&boss, "gauge-001", None, Reason::KeyCompromise)
        .await
        .unwrap();
    watched.await.unwrap();
    let record = ground.trace().await.pop().unwrap();
    assert_eq!(
        (record.act.as_str(), record.detail["open"].as_str()),
        ("device.refused", "cut")
    );
}

#[tokio::test]
async fn only_who_may_gives_and_takes_and_within_reach() {
    let ground = Ground::with([gauge("gauge-001", &["00070"])]).await;
    let (officer, security) = (of_areas(&["00070"]), security_officer());
    let far = {
        let mut actor = of_areas(&["00100"]);
        actor.roles = ["administrator".to_owned()].into();
        actor
    };
    let certificates = &ground.certificates;
    for (actor, enrols, revokes) in [
        (&officer, "denied", "denied"),
        (&security, "denied", ""),
        (&far, "not_found", "not_found"),
    ] {
        let enrolled = [
            certificates.issue(actor, "gauge-001", None).await.map(drop),
            certificates.invite(actor, "gauge-001", 1).await.map(drop),
            certificates.issue_all(actor, &[]).await.map(drop),
        ];
        let code = |outcome: &Result<(), DeviceError>| outcome.as_ref().err().map_or("", Classified::code);
        assert_eq!(code(&enrolled[0]), enrols);
        assert_eq!(code(&enrolled[1]), enrols);
        assert_eq!(enrolled[2].is_err(), enrols == "denied");
        let revoked = certificates
            .revoke(actor, "gauge-001", None, Reason::Unspecified)
            .await
            .map(drop);
        assert_eq!(code(&revoked), revokes);
    }
    assert!(certificates.list(&far, "gauge-001").await.is_err());
    for hours in [0, 721] {
        assert!(certificates.invite(&administrator(), "gauge-001", hours).await.is_err());
    }
}

#[tokio::test]
async fn a_device_has_no_more_certificates_than_it_can_use() {
    let ground = Ground::with([gauge("gauge-001", &[])]).await;
    let boss = administrator();
    for _ in 0..8 {
        ground.certificates.issue(&boss, "gauge-001", None).await.unwrap();
    }
    let error = ground.certificates.issue(&boss, "gauge-001", None).await.unwrap_err();
    assert_eq!(error.code(), "certificates_held");
    ground.clock.advance(DAY * 100);
    assert!(
        ground.certificates.issue(&boss, "gauge-001", None).await.is_ok(),
        "what has ended does not count"
    );
}

#[tokio::test]
async fn a_restart_knows_what_counts_and_what_was_revoked() {
    let ground = Ground::with([gauge("gauge-001", &[])]).await;
    let boss = administrator();
    let devices: Vec<DeviceId> = vec![id("gauge-001"); 3];
    let made = ground.certificates.issue_all(&boss, &devices).await.unwrap();
    let lost = held(&ground, "gauge-001").await[0].0.print.clone();
    ground
        .certificates
        .revoke(&boss, "gauge-001", Some(&lost), Reason::KeyCompromise)
        .await
        .unwrap();
    let registry = Arc::new(Registry::default());
    let again = Devices::new(
        Arc::clone(&ground.tenant.records),
        Arc::clone(&registry),
        Arc::new(ground.clock.clone()),
    );
    again.load().await.unwrap();
    let authority = {
        let made = device::certificate::PlatformCa::create(ground.clock.now()).unwrap();
        Arc::new(device::certificate::PlatformCa::load(&made.certificate, &made.key).unwrap())
    };
    let records = Arc::clone(&ground.tenant.records);
    let after = certificates(records, &again, &ground.audit, authority, &ground.clock);
    assert_eq!(after.load().await.unwrap(), 3);
    for made in &made {
        let known = registry
            .certificates()
            .find(&device::certificate::read::print(&der(&made.certificate)));
        let known = known.unwrap();
        assert_eq!(known.revoked.is_some(), known.print == lost);
    }
}

#[tokio::test]
async fn a_revocation_whose_answer_is_lost_still_counts() {
    let ground = Ground::with([gauge("gauge-001", &[])]).await;
    let boss = administrator();
    let made = ground.certificates.issue(&boss, "gauge-001", None).await.unwrap();
    let faulty = FaultyRecords::new(Arc::clone(&ground.tenant.records), 1, RecordsFaults::default());
    let authority = Arc::new(device::certificate::PlatformCa::load(&ca(&ground).0, &ca(&ground).1).unwrap());
    let through = certificates(
        Arc::new(faulty.clone()),
        &ground.devices,
        &ground.audit,
        authority,
        &ground.clock,
    );
    faulty.set_faults(RecordsFaults {
        lost_answer: 1.0,
        ..RecordsFaults::default()
    });
    let lost = through.revoke(&boss, "gauge-001", None, Reason::KeyCompromise).await;
    assert_eq!(lost.unwrap_err().code(), "storage_unavailable");
    assert!(show(&ground, der(&made.certificate)).await.is_err());
}

/// Any authority: only the register is asked.
fn ca(ground: &Ground) -> (String, String) {
    static MADE: std::sync::OnceLock<(String, String)> = std::sync::OnceLock::new();
    let make = || {
        let made = device::certificate::PlatformCa::create(ground.clock.now()).unwrap();
        (made.certificate, made.key)
    };
    MADE.get_or_init(make).clone()
}

#[tokio::test]
async fn the_list_of_revoked_certificates_is_one_that_others_read() {
    let ground = Ground::with([gauge("gauge-001", &[])]).await;
    let boss = administrator();
    for _ in 0..3 {
        ground.certificates.issue(&boss, "gauge-001", None).await.unwrap();
    }
    let empty = ground.certificates.revocations().unwrap();
    let (_, list) = parse_x509_crl(&empty).unwrap();
    assert_eq!(list.iter_revoked_certificates().count(), 0);
    let mut serials = Vec::new();
    for reason in [Reason::KeyCompromise, Reason::Unspecified] {
        let good = held(&ground, "gauge-001")
            .await
            .into_iter()
            .find(|(_, how)| *how == Standing::Good);
        let serial = good.unwrap().0.serial;
        ground.clock.advance(Duration::from_secs(1));
        ground
            .certificates
            .revoke(&boss, "gauge-001", Some(&serial), reason)
            .await
            .unwrap();
        serials.push(serial);
    }
    let bytes = ground.certificates.revocations().unwrap();
    assert!(
        Arc::ptr_eq(&bytes, &ground.certificates.revocations().unwrap()),
        "signed once"
    );
    let (rest, list) = parse_x509_crl(&bytes).unwrap();
    assert!(rest.is_empty());
    let authority = &ground.certificates.authority().chain()[0];
    let (_, authority) = x509_parser::parse_x509_certificate(authority).unwrap();
    list.verify_signature(authority.public_key()).unwrap();
    assert_eq!(list.issuer(), authority.subject());
    let now = ground.clock.now().micros() / 1_000_000;
    assert_eq!(list.last_update().timestamp(), now);
    assert_eq!(list.next_update().unwrap().timestamp(), now + 86_400);
    let mut found: Vec<String> = list
        .iter_revoked_certificates()
        .map(|one| one.raw_serial().iter().map(|byte| format!("{byte:02x}")).collect())
        .collect();
    found.sort();
    serials.sort();
    assert_eq!(found, serials);
    // what has ended by itself is left out (RFC 5280 section 3.3)
    ground.clock.advance(DAY * 100);
    let later = ground.certificates.revocations().unwrap();
    assert_eq!(parse_x509_crl(&later).unwrap().1.iter_revoked_certificates().count(), 0);
}
