//! Certificates that do not open the door.

use anyhow::Result;
use e2e::device::depth;
use e2e::moment::now_s;
use e2e::mosquitto::Mosquitto;
use e2e::site::Site;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    SanType, date_time_ymd,
};
use std::path::Path;

/// What the platform CA would write for a device that acts as a client.
fn params(device: &str) -> Result<CertificateParams> {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, device);
    let uri = format!("urn:hanoi-ioc:device:{device}").try_into()?;
    params.subject_alt_names = vec![SanType::URI(uri)];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    params.not_before = date_time_ymd(2024, 1, 1);
    params.not_after = date_time_ymd(2124, 1, 1);
    Ok(params)
}

fn write(folder: &Path, name: &str, certificate: &rcgen::Certificate, key: &KeyPair) -> Result<()> {
    std::fs::write(folder.join(format!("{name}.crt")), certificate.pem())?;
    std::fs::write(folder.join(format!("{name}.key")), key.serialize_pem())?;
    Ok(())
}

#[tokio::test]
async fn only_certificates_of_the_platform_for_known_devices_open_the_door() -> Result<()> {
    let site = Site::new()?;
    let server = site.start().await?;
    let person = server.first_person().await?;
    site.gauge(&server, "gauge-1").await?;
    let folder = site.certificate("gauge-1").await?;
    // a certificate of the platform for a device that nobody registered
    site.certificate("nobody").await?;

    let keys = site.data().join("keys");
    let read = |name: &str| std::fs::read_to_string(keys.join(name));
    let platform = Issuer::from_ca_cert_pem(&read("ca.crt")?, KeyPair::from_pem(&read("ca.key")?)?)?;
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority
        .distinguished_name
        .push(DnType::CommonName, "HaNoi IOC platform CA");
    let stranger = CertifiedIssuer::self_signed(authority, KeyPair::generate()?)?;

    let key = KeyPair::generate()?;
    write(
        &folder,
        "foreign",
        &params("gauge-1")?.signed_by(&key, &stranger)?,
        &key,
    )?;
    write(&folder, "self", &params("gauge-1")?.self_signed(&key)?, &key)?;
    let mut expired = params("gauge-1")?;
    expired.not_after = date_time_ymd(2025, 1, 1);
    write(&folder, "expired", &expired.signed_by(&key, &platform)?, &key)?;
    let mut early = params("gauge-1")?;
    early.not_before = date_time_ymd(2120, 1, 1);
    write(&folder, "early", &early.signed_by(&key, &platform)?, &key)?;
    let mut serving = params("gauge-1")?;
    serving.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    write(&folder, "serving", &serving.signed_by(&key, &platform)?, &key)?;
    let mut nameless = params("gauge-1")?;
    nameless.subject_alt_names.clear();
    write(&folder, "nameless", &nameless.signed_by(&key, &platform)?, &key)?;
    write(&folder, "right", &params("gauge-1")?.signed_by(&key, &platform)?, &key)?;

    let ca = folder.join("ca.crt");
    let payload = depth(now_s(), 0.1);
    // whether TLS refuses it, or the gatekeeper behind TLS
    for (name, by_tls) in [
        ("foreign", true),
        ("self", true),
        ("expired", true),
        ("early", true),
        ("serving", true),
        ("nameless", false),
        ("nobody", false),
    ] {
        let tls = "hanoi_ioc_mqtt_refused_total{reason=\"tls\"}";
        let gate = "hanoi_ioc_device_refused_total{reason=\"certificate_invalid\"}";
        let before = (server.metric(tls).await?, server.metric(gate).await?);
        for version in ["5", "311"] {
            let up = Mosquitto::up(server.addresses.mqtts, version, "gauge-1", &payload);
            let published = up.trusting(&ca).showing(&folder, name).publish().await?;
            assert!(!published.good, "{name} was let in: {}", published.said);
        }
        let (refused, passed) = if by_tls { (2.0, 0.0) } else { (0.0, 2.0) };
        let after = (before.0 + refused, before.1 + passed);
        let counted = e2e::moment::until("the refusals are counted", async || {
            let found = (server.metric(tls).await?, server.metric(gate).await?);
            Ok((found.0 + found.1 >= after.0 + after.1).then_some(found))
        });
        assert_eq!(counted.await?, after, "{name}");
    }
    assert!(person.list("/api/v1/observations/latest").await?.is_empty());
    assert_eq!(server.metric("hanoi_ioc_mqtt_publishes_total").await?, 0.0);
    // made by the same hands and right in everything: the others failed for what they lack
    let up = Mosquitto::up(server.addresses.mqtts, "5", "gauge-1", &payload);
    let published = up.trusting(&ca).showing(&folder, "right").publish().await?;
    assert!(published.good, "{}", published.said);
    Ok(())
}
