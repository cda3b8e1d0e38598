//! Certificates that others made: which the register takes, and for whom they open.

use crate::certificates::{der, show};
use crate::ground::{Ground, administrator, gauge, id};
use device::certificate::authority;
use device::certificate::{PlatformCa, bundle};
use driver::gatekeeper::Gatekeeper;
use kernel::clock::Clock;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose,
    SanType,
};

fn agency() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

fn made(by: &CertifiedIssuer<'static, KeyPair>, change: impl FnOnce(&mut CertificateParams)) -> String {
    let mut params = CertificateParams::default();
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    change(&mut params);
    params.signed_by(&KeyPair::generate().unwrap(), by).unwrap().pem()
}

fn named(params: &mut CertificateParams, devices: &[&str]) {
    let uri = |device: &&str| SanType::URI(format!("urn:hanoi-ioc:device:{device}").try_into().unwrap());
    params.subject_alt_names = devices.iter().map(uri).collect();
}

#[tokio::test]
async fn an_agencys_certificate_opens_for_the_device_that_it_was_bound_to() {
    let ground = Ground::with([gauge("loader", &[]), gauge("gauge-001", &[])]).await;
    let (boss, agency) = (administrator(), agency());
    let foreign = made(&agency, |_| {});
    assert!(show(&ground, der(&foreign)).await.is_err(), "not before");
    assert_eq!(
        ground.certificates.bind(&boss, &foreign, Some("loader")).await.unwrap(),
        1
    );
    assert_eq!(show(&ground, der(&foreign)).await.unwrap().device, id("loader"));
    assert_eq!(
        ground.certificates.bind(&boss, &foreign, Some("loader")).await.unwrap(),
        0,
        "it is there"
    );
    let error = ground
        .certificates
        .bind(&boss, &foreign, Some("gauge-001"))
        .await
        .unwrap_err();
    assert!(error.to_string().contains("belongs to another device"), "{error}");
    // it cannot be renewed here
    let sender = show(&ground, der(&foreign)).await.unwrap();
    let error = ground
        .certificates
        .renew(&sender, b"", ([10, 0, 0, 9], 1).into())
        .await
        .unwrap_err();
    assert!(error.to_string().contains("cannot be read"), "{error}");
    assert!(ground.gate.still_admitted(&sender));
}

#[tokio::test]
async fn what_cannot_open_a_door_is_not_bound_and_says_why() {
    let ground = Ground::with([gauge("gauge-001", &[]), gauge("gauge-002", &[])]).await;
    let (boss, agency) = (administrator(), agency());
    let ended = rcgen::date_time_ymd(2020, 1, 1);
    for (pem, device, says) in [
        (agency.pem(), Some("gauge-001"), "that of an authority"),
        (
            made(&agency, |params| params.extended_key_usages.clear()),
            Some("gauge-001"),
            "clientAuth",
        ),
        (
            made(&agency, |params| {
                params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth]
            }),
            Some("gauge-001"),
            "clientAuth",
        ),
        (
            made(&agency, |params| params.not_after = ended),
            Some("gauge-001"),
            "has ended",
        ),
        (made(&agency, |_| {}), None, "names no device"),
        (made(&agency, |_| {}), Some("nobody"), "no device 'nobody'"),
        (
            made(&agency, |params| named(params, &["gauge-002"])),
            Some("gauge-001"),
            "names the device 'gauge-002'",
        ),
        (
            made(&agency, |params| named(params, &["gauge-001", "gauge-002"])),
            Some("gauge-001"),
            "several devices",
        ),
        (
            made(&agency, |_| {}) + &made(&agency, |_| {}),
            Some("gauge-001"),
            "several certificates",
        ),
        ("nothing".to_owned(), Some("gauge-001"), "no certificate in PEM"),
    ] {
        let error = ground.certificates.bind(&boss, &pem, device).await.unwrap_err();
        assert!(error.to_string().contains(says), "{says}: {error}");
    }
    assert!(ground.devices.registry().certificates().is_empty());
}

#[tokio::test]
async fn a_bundle_is_taken_whole_or_not_at_all() {
    let names: Vec<String> = (0..700).map(|number| format!("gauge-{number:03}")).collect();
    let ground = Ground::with(names.iter().map(|name| gauge(name, &[]))).await;
    let boss = administrator();
    let authority = ground.certificates.authority();
    let now = ground.clock.now();
    let issue = |name: &String| authority.issue_device(&id(name), now, 30).unwrap().certificate;
    let all: Vec<String> = names.iter().map(issue).collect();
    let spoilt = all.concat() + &issue(&"nobody".to_owned());
    let error = ground.certificates.bind(&boss, &spoilt, None).await.unwrap_err();
    assert!(error.to_string().contains("certificate 701"), "{error}");
    assert!(ground.devices.registry().certificates().is_empty());
    assert_eq!(ground.certificates.bind(&boss, &all.concat(), None).await.unwrap(), 700);
    assert_eq!(show(&ground, der(&all[699])).await.unwrap().device, id("gauge-699"));
}

#[test]
fn an_authority_is_taken_with_its_own_key_and_those_above_it() {
    let (root, other) = (agency(), agency());
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let key = KeyPair::generate().unwrap();
    let secret = key.serialize_pem();
    let own = CertifiedIssuer::signed_by(params, key, &root).unwrap();
    let ca = PlatformCa::load(&(own.pem() + &root.pem()), &secret).unwrap();
    assert_eq!(ca.chain().len(), 2);
    assert_eq!(
        bundle::certificates(&ca.certificate()).unwrap().len(),
        1,
        "only its own is trusted"
    );
    let leaf = made(&root, |_| {});
    for (certificate, key, says) in [
        (other.pem(), secret.as_str(), "does not belong"),
        (
            own.pem(),
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
            "PKCS #8",
        ),
        (leaf, secret.as_str(), "not that of an authority"),
        (String::new(), secret.as_str(), "no certificate"),
    ] {
        let error = PlatformCa::load(&certificate, key).unwrap_err().to_string();
        assert!(error.contains(says), "{says}: {error}");
        assert!(!error.contains("AAAA"), "no key in an error");
    }
    assert!(authority::read(&der(&own.pem())).unwrap().title.contains("CN="));
    assert_eq!(format!("{ca:?}"), "PlatformCa(...)");
}
