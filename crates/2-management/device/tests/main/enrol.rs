//! Devices ask by themselves: once with a code, then with what they have; whoever lost an answer gets it again.

use crate::certificates::{der, from, show};
use crate::ground::{Ground, administrator, gauge, id};
use audit::model::Outcome;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use device::certificate::request::request;
use device::error::DeviceError;
use device::model::DeviceState;
use device::model::certificate::{Certificate, Origin, Reason};
use driver::gatekeeper::{Credential, Gatekeeper};
use kernel::error::Classified;
use kernel::submission::Sender;
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair, PKCS_ECDSA_P384_SHA384, PKCS_ED25519};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);

/// PKCS #10 for a key, with this common name if there is one.
fn asking(key: &KeyPair, name: Option<&str>) -> Vec<u8> {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    if let Some(name) = name {
        params.distinguished_name.push(DnType::CommonName, name);
    }
    params.serialize_request(key).unwrap().der().to_vec()
}

fn new_key() -> KeyPair {
    KeyPair::generate().unwrap()
}

async fn code(ground: &Ground, device: &str) -> String {
    ground
        .certificates
        .invite(&administrator(), device, 24)
        .await
        .unwrap()
        .0
}

async fn enrol(ground: &Ground, device: &str, code: &str, request: &[u8]) -> Result<Certificate, DeviceError> {
    ground.certificates.enrol(device, code, request, from()).await
}

fn raw(certificate: &Certificate) -> Vec<u8> {
    STANDARD.decode(&certificate.der).unwrap()
}

async fn renew(ground: &Ground, sender: &Sender, key: &KeyPair) -> Result<Certificate, DeviceError> {
    ground.certificates.renew(sender, &asking(key, None), from()).await
}

#[tokio::test]
async fn a_code_gives_one_key_a_certificate_and_no_other() {
    let ground = Ground::with([gauge("gauge-001", &[]), gauge("gauge-002", &[])]).await;
    let (key, other) = (new_key(), new_key());
    let first = code(&ground, "gauge-001").await;
    let right = code(&ground, "gauge-001").await;
    for (device, code) in [
        ("gauge-001", first.as_str()),
        ("gauge-002", right.as_str()),
        ("gauge-001", "0123456789abcdef0123456789abcdef"),
        ("gauge-001", ""),
        ("gauge-009", right.as_str()),
        ("not/a/device", right.as_str()),
    ] {
        let error = enrol(&ground, device, code, &asking(&key, None)).await.unwrap_err();
        assert!(matches!(error, DeviceError::CodeUnfit), "{device} {code}: {error}");
    }
    let given = enrol(&ground, "gauge-001", &right, &asking(&key, Some("gauge-001")))
        .await
        .unwrap();
    assert_eq!((given.device.as_str(), given.origin), ("gauge-001", Origin::Enrolled));
    assert_eq!(show(&ground, raw(&given)).await.unwrap().device, id("gauge-001"));
    // the answer was lost: the same again; another key: nothing
    let again = enrol(&ground, "gauge-001", &right, &asking(&key, None)).await.unwrap();
    assert_eq!(again, given);
    let error = enrol(&ground, "gauge-001", &right, &asking(&other, None))
        .await
        .unwrap_err();
    assert!(matches!(error, DeviceError::CodeUnfit), "{error}");

    let trace = ground.trace().await;
    let given: Vec<_> = trace
        .iter()
        .filter(|record| record.act == "certificate.enrolled")
        .collect();
    assert_eq!(given.len(), 2);
    assert!(
        given
            .iter()
            .all(|record| record.actor.to_string() == "device:gauge-001")
    );
    let refused: Vec<_> = trace
        .iter()
        .filter(|record| record.act == "certificate.refused")
        .collect();
    assert_eq!(refused.len(), 1, "the others are counted with the first");
    assert_eq!(refused[0].outcome, Outcome::Denied);
    let written = format!("{trace:?}");
    assert!(
        !written.contains(&right) && !written.contains(&first),
        "a code is never written down"
    );
}

#[tokio::test]
async fn a_code_ends_by_the_clock_and_for_who_is_blocked() {
    let ground = Ground::with([gauge("gauge-001", &[])]).await;
    let key = new_key();
    let old = code(&ground, "gauge-001").await;
    ground.clock.advance(24 * HOUR);
    assert!(enrol(&ground, "gauge-001", &old, &asking(&key, None)).await.is_err());
    let fresh = code(&ground, "gauge-001").await;
    let boss = administrator();
    ground
        .devices
        .set_state(&boss, "gauge-001", DeviceState::Blocked)
        .await
        .unwrap();
    let error = enrol(&ground, "gauge-001", &fresh, &asking(&key, None))
        .await
        .unwrap_err();
    assert_eq!(error.code(), "device_blocked");
    ground
        .devices
        .set_state(&boss, "gauge-001", DeviceState::Active)
        .await
        .unwrap();
    assert!(
        enrol(&ground, "gauge-001", &fresh, &asking(&key, None)).await.is_ok(),
        "the code was not used up"
    );
}

#[tokio::test]
async fn the_present_certificate_counts_until_the_next_one_is_shown() {
    let ground = Ground::with([gauge("gauge-001", &[])]).await;
    let code = code(&ground, "gauge-001").await;
    let first = enrol(&ground, "gauge-001", &code, &asking(&new_key(), None))
        .await
        .unwrap();
    let sender = show(&ground, raw(&first)).await.unwrap();
    let (abandoned, key) = (new_key(), new_key());
    let unused = renew(&ground, &sender, &abandoned).await.unwrap();
    let next = renew(&ground, &sender, &key).await.unwrap();
    assert_eq!(next, renew(&ground, &sender, &key).await.unwrap(), "the same again");
    assert_eq!(
        (next.origin, next.replaces.as_deref()),
        (Origin::Renewed, Some(first.print.as_str()))
    );
    let refusal = show(&ground, raw(&unused)).await.unwrap_err();
    assert!(
        refusal.to_string().contains("took its place"),
        "one that was never shown: {refusal}"
    );
    assert!(show(&ground, raw(&first)).await.is_ok() && ground.gate.still_admitted(&sender));

    let mut told = ground.gate.withdrawals().unwrap();
    assert!(show(&ground, raw(&next)).await.is_ok());
    assert_eq!(told.try_recv().unwrap(), id("gauge-001"));
    assert!(
        !ground.gate.still_admitted(&sender),
        "what was open with the old one ends"
    );
    let refusal = show(&ground, raw(&first)).await.unwrap_err();
    assert!(refusal.to_string().contains("took its place"), "{refusal}");
    let error = renew(&ground, &sender, &new_key()).await.unwrap_err();
    assert_eq!(
        error.code(),
        "certificate_invalid",
        "the old one renews nothing: {error}"
    );

    // written down a moment later, once
    assert_eq!(ground.certificates.settle().await.unwrap(), 1);
    assert_eq!(ground.certificates.settle().await.unwrap(), 0);
    let held = ground.certificates.list(&administrator(), "gauge-001").await.unwrap();
    let reasons: Vec<_> = held
        .iter()
        .filter_map(|(one, _)| one.revoked.as_ref())
        .map(|it| it.reason)
        .collect();
    assert_eq!(reasons, [Reason::Superseded, Reason::Superseded]);
    let facts = ground
        .tenant
        .journal
        .read(0, &["certificate.revoked"], 100)
        .await
        .unwrap();
    assert_eq!(facts.len(), 2);
}

#[tokio::test]
async fn a_token_renews_nothing_and_no_key_is_taken_twice() {
    let ground = Ground::with([gauge("gauge-001", &[]), gauge("gauge-002", &[])]).await;
    let boss = administrator();
    let token = ground.devices.new_token(&boss, "gauge-001").await.unwrap();
    let by_token = ground
        .gate
        .admit(Credential::Token { device: None, token }, from())
        .await
        .unwrap();
    let key = new_key();
    assert_eq!(
        renew(&ground, &by_token, &key).await.unwrap_err().code(),
        "certificate_invalid"
    );

    let invited = code(&ground, "gauge-001").await;
    let given = enrol(&ground, "gauge-001", &invited, &asking(&key, None))
        .await
        .unwrap();
    // of another device
    let other = code(&ground, "gauge-002").await;
    let error = enrol(&ground, "gauge-002", &other, &asking(&key, None))
        .await
        .unwrap_err();
    assert_eq!(error.code(), "certificate_key_known");
    // in other hands
    ground
        .certificates
        .revoke(&boss, "gauge-001", Some(&given.print), Reason::KeyCompromise)
        .await
        .unwrap();
    let invited = code(&ground, "gauge-001").await;
    let error = enrol(&ground, "gauge-001", &invited, &asking(&key, None))
        .await
        .unwrap_err();
    assert_eq!(error.code(), "certificate_key_known");
    assert!(
        enrol(&ground, "gauge-001", &invited, &asking(&new_key(), None))
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn requests_that_do_not_fit_say_why_and_cost_no_code() {
    let ground = Ground::with([gauge("gauge-001", &[])]).await;
    let code = code(&ground, "gauge-001").await;
    let key = new_key();
    let good = asking(&key, Some("gauge-001"));
    let mut tampered = good.clone();
    *tampered.last_mut().unwrap() ^= 1;
    let foreign = asking(&key, Some("gauge-002"));
    let longer = [good.as_slice(), b"x"].concat();
    let certificate = der(&ground
        .certificates
        .issue(&administrator(), "gauge-001", None)
        .await
        .unwrap()
        .certificate);
    for (bytes, says) in [
        (tampered.as_slice(), "not signed with the key"),
        (foreign.as_slice(), "'gauge-002'"),
        (longer.as_slice(), "cannot be read"),
        (certificate.as_slice(), "cannot be read"),
        (b"".as_slice(), "cannot be read"),
        (b"hello, world".as_slice(), "neither PEM"),
        (
            b"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n".as_slice(),
            "CERTIFICATE REQUEST",
        ),
        (vec![b'M'; 20_000].as_slice(), "16384 bytes"),
    ] {
        let error = enrol(&ground, "gauge-001", &code, bytes).await.unwrap_err();
        assert!(error.to_string().contains(says), "{says}: {error}");
        assert_eq!(error.code(), "invalid_value");
    }
    let packed = STANDARD.encode(&good);
    assert!(enrol(&ground, "gauge-001", &code, packed.as_bytes()).await.is_ok());
}

#[test]
fn strong_keys_of_other_kinds_are_taken() {
    for algorithm in [&PKCS_ECDSA_P384_SHA384, &PKCS_ED25519] {
        let key = KeyPair::generate_for(algorithm).unwrap();
        assert_eq!(request(&asking(&key, Some("x"))).unwrap().name.as_deref(), Some("x"));
    }
}
