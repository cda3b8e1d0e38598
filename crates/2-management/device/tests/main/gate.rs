//! Who is let in, who is not and why, and that every refusal leaves a trace.

use crate::ground::{Ground, administrator, gauge, gov, id};
use audit::model::Outcome;
use audit::store::AuditLog;
use device::certificate::PlatformCa;
use device::gate::Gate;
use device::model::{DeviceState, Speaks};
use driver::gatekeeper::{Credential, Gatekeeper, Refusal};
use kernel::clock::Clock;
use kernel::error::Classified;
use kernel::submission::Sender;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use testkit::faulty_log::{FaultyLog, LogFaults};

const DAY: Duration = Duration::from_secs(86_400);

fn from() -> SocketAddr {
    ([10, 0, 0, 9], 4711).into()
}

async fn admit(ground: &Ground, credential: Credential) -> Result<Sender, Refusal> {
    ground.gate.admit(credential, from()).await
}

fn token(device: Option<&str>, token: &str) -> Credential {
    Credential::Token {
        device: device.map(str::to_owned),
        token: token.to_owned(),
    }
}

fn certificate(pem: &str) -> Credential {
    Credential::Certificate(vec![CertificateDer::from_pem_slice(pem.as_bytes()).unwrap().to_vec()])
}

/// The platform's authority, as one who stole its key has it.
fn authority(ground: &Ground) -> &PlatformCa {
    ground.certificates.authority()
}

#[tokio::test]
async fn a_token_opens_for_its_own_device_only() {
    let ground = Ground::with([gauge("gauge-001", &[]), gauge("gauge-002", &[])]).await;
    let secret = ground.devices.new_token(&administrator(), "gauge-001").await.unwrap();
    for said in [None, Some("gauge-001")] {
        let sender = admit(&ground, token(said, &secret)).await.unwrap();
        assert_eq!(sender.device, id("gauge-001"));
        assert!(!sender.may_speak_for("gauge-002") && sender.actor.has_role("device"));
    }
    let nonsense = "x".repeat(64);
    for (credential, refusal) in [
        (token(Some("gauge-002"), &secret), Refusal::BadToken),
        (token(Some(""), &secret), Refusal::BadToken),
        (token(None, &nonsense), Refusal::BadToken),
        (token(None, ""), Refusal::Missing),
        (Credential::Certificate(Vec::new()), Refusal::Missing),
    ] {
        assert_eq!(admit(&ground, credential).await.unwrap_err(), refusal);
    }
    ground.audit.flush().await.unwrap();
    let trace = ground.trace().await;
    let more = |reason: &str| {
        let found = trace.iter().filter(|record| record.detail["reason"].contains(reason));
        found
            .map(|record| record.detail.get("more").map(String::as_str))
            .collect::<Vec<_>>()
    };
    assert_eq!(more("token is not valid"), [None, Some("2")]);
    assert_eq!(more("show a device token"), [None, Some("1")]);
    assert_eq!(trace.len(), 4, "the two that were let in leave no refusal");
    for record in &trace {
        assert_eq!(
            (record.act.as_str(), record.outcome),
            ("device.refused", Outcome::Denied)
        );
        assert!(record.from.starts_with("10.0.0.9"));
        assert!(
            !format!("{record:?}").contains(&secret),
            "a token is never written down"
        );
    }
}

#[tokio::test]
async fn a_refusal_of_a_driver_is_written_down_too() {
    let ground = Ground::new();
    for refusal in [Refusal::Missing, Refusal::BadToken, Refusal::Blocked(id("gauge-001"))] {
        assert_eq!(ground.gate.refused(refusal.clone(), from()).await, refusal);
    }
    let trace = ground.trace().await;
    let seen: Vec<_> = trace
        .iter()
        .map(|record| (record.target.as_str(), record.outcome))
        .collect();
    assert_eq!(
        seen,
        [
            ("", Outcome::Denied),
            ("", Outcome::Denied),
            ("gauge-001", Outcome::Denied)
        ]
    );
}

#[tokio::test]
async fn what_a_stranger_says_is_not_kept_without_bound() {
    let ground = Ground::new();
    let long = "x".repeat(60_000);
    admit(&ground, token(Some(&long), "y")).await.unwrap_err();
    let record = &ground.trace().await[0];
    assert!(record.target.chars().count() <= 200 && record.detail["reason"].chars().count() <= 200);
}

#[tokio::test]
async fn a_certificate_of_the_platform_opens_while_it_is_valid() {
    let ground = Ground::with([gauge("gauge-001", &[])]).await;
    let made = ground
        .certificates
        .issue(&administrator(), "gauge-001", Some(30))
        .await
        .unwrap();
    let show = || certificate(&made.certificate);
    assert_eq!(admit(&ground, show()).await.unwrap().device, id("gauge-001"));
    let now = ground.clock.now();
    ground.clock.set(now.minus(Duration::from_secs(3_601)));
    let refusal = admit(&ground, show()).await.unwrap_err();
    assert!(refusal.to_string().contains("valid only from"), "{refusal}");
    ground.clock.set(now.plus(30 * DAY).minus(Duration::from_secs(3_600)));
    assert!(admit(&ground, show()).await.is_ok(), "up to the last second");
    ground.clock.advance(Duration::from_secs(1));
    let refusal = admit(&ground, show()).await.unwrap_err();
    assert!(refusal.to_string().contains("expired at"), "{refusal}");
}

#[tokio::test]
async fn certificates_for_something_else_do_not_open() {
    let ground = Ground::with([gauge("gauge-001", &[])]).await;
    let (authority, now) = (authority(&ground), ground.clock.now());
    let server = authority.issue_server(&["gauge-001".to_owned()], now).unwrap();
    let unknown = authority.issue_device(&id("gauge-999"), now, 30).unwrap();
    let unregistered = authority.issue_device(&id("gauge-001"), now, 30).unwrap();
    let mut params = rcgen::CertificateParams::default();
    params.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ClientAuth];
    let nameless = params.self_signed(&rcgen::KeyPair::generate().unwrap()).unwrap().pem();
    for (credential, says) in [
        (certificate(&server.certificate), "clientAuth"),
        (certificate(&unknown.certificate), "no device 'gauge-999'"),
        (certificate(&nameless), "subject alternative name"),
        (certificate(&unregistered.certificate), "not in the register"),
        (
            Credential::Certificate(vec![b"not a certificate".to_vec()]),
            "cannot be read",
        ),
    ] {
        let refusal = admit(&ground, credential).await.unwrap_err();
        assert_eq!(refusal.code(), "certificate_invalid");
        assert!(refusal.to_string().contains(says), "{says}: {refusal}");
    }
    assert_eq!(ground.trace().await.len(), 5);
    for days in [0, 3_651, u32::MAX] {
        assert!(
            authority.issue_device(&id("gauge-001"), now, days).is_err(),
            "{days} days"
        );
    }
}

#[tokio::test]
async fn a_blocked_device_is_out_at_once_and_comes_back() {
    let ground = Ground::with([gauge("gauge-001", &[])]).await;
    let boss = administrator();
    let made = ground.certificates.issue(&boss, "gauge-001", None).await.unwrap();
    let secret = ground.devices.new_token(&boss, "gauge-001").await.unwrap();
    let sender = admit(&ground, token(None, &secret)).await.unwrap();
    assert!(ground.gate.still_admitted(&sender));
    ground
        .devices
        .set_state(&boss, "gauge-001", DeviceState::Blocked)
        .await
        .unwrap();
    assert!(!ground.gate.still_admitted(&sender));
    for credential in [token(None, &secret), certificate(&made.certificate)] {
        assert_eq!(
            admit(&ground, credential).await.unwrap_err(),
            Refusal::Blocked(id("gauge-001"))
        );
    }
    ground
        .devices
        .set_state(&boss, "gauge-001", DeviceState::Active)
        .await
        .unwrap();
    assert!(ground.gate.still_admitted(&sender) && admit(&ground, token(None, &secret)).await.is_ok());
}

#[tokio::test]
async fn a_gateway_speaks_for_its_children() {
    let mut gateway = gauge("gateway", &[]);
    gateway.speaks = Speaks::Children;
    let mut child = gauge("child", &[]);
    child.gateway = Some(id("gateway"));
    let mut loader = gauge("loader", &[]);
    loader.speaks = Speaks::Everyone;
    let ground = Ground::with([gateway, child, loader, gauge("other", &[])]).await;
    for (device, speaks_for) in [
        ("gateway", [true, false]),
        ("child", [true, false]),
        ("loader", [true, true]),
    ] {
        let secret = ground.devices.new_token(&administrator(), device).await.unwrap();
        let sender = admit(&ground, token(None, &secret)).await.unwrap();
        let found = ["child", "other"].map(|name| sender.may_speak_for(name));
        assert_eq!(found, speaks_for, "{device}");
    }
}

#[tokio::test]
async fn a_refusal_that_cannot_be_recorded_says_come_again() {
    let ground = Ground::new();
    let faults = LogFaults {
        append_error: 1.0,
        ..LogFaults::default()
    };
    let log = Arc::new(FaultyLog::new(Arc::clone(&ground.tenant.audit), 1, faults));
    let wall = Arc::new(ground.clock.clone());
    let audit = AuditLog::new(log, gov(), wall.clone());
    let gate = Gate::new(Arc::clone(ground.devices.registry()), audit, gov(), wall);
    assert_eq!(
        gate.admit(token(None, "x"), from()).await.unwrap_err(),
        Refusal::Unavailable
    );
}
