//! Simulations that cannot begin say which file is at fault and what to do.

use crate::house::Pki;
use kernel::error::Classified;
use simulator::manifest::Manifest;
use std::future::pending;

#[tokio::test]
async fn what_is_wrong_with_files_is_said_at_once() {
    let pki = Pki::new();
    let (one, two) = (pki.device("one", "rain-gauge"), pki.device("two", "rain-gauge"));
    let good = pki.manifest("127.0.0.1:1".parse().unwrap(), vec![one.clone(), two]);
    type Spoil = fn(&mut Manifest);
    let cases: [(Spoil, &str, &[&str]); 9] = [
        (
            |m| m.devices[1].key = None,
            "simulation_way_missing",
            &["device 'two'", "neither certificate and key nor a gateway"],
        ),
        (
            |m| m.ca = "nowhere/ca.crt".into(),
            "simulation_file_unreadable",
            &["platform CA", "nowhere/ca.crt"],
        ),
        (
            |m| m.ca = m.devices[0].key.clone().unwrap(),
            "simulation_identity_unusable",
            &["platform CA", "no certificate in PEM"],
        ),
        (
            |m| m.devices[1].certificate = Some("nowhere/two.crt".into()),
            "simulation_file_unreadable",
            &["certificate of device 'two'", "nowhere/two.crt", "existing PEM file"],
        ),
        (
            |m| m.devices[1].key = Some("two.key".into()),
            "simulation_file_unreadable",
            &["key of device 'two'"],
        ),
        (
            |m| m.devices[1].key = m.devices[1].certificate.clone(),
            "simulation_identity_unusable",
            &["key of device 'two'", "no private key in PEM"],
        ),
        (
            |m| m.devices[1].key = m.devices[0].key.clone(),
            "simulation_identity_unusable",
            &["key of device 'two'", "must belong together", "two.crt"],
        ),
        (
            |m| m.server_name = "two words".into(),
            "simulation_server_name_invalid",
            &["two words", "localhost"],
        ),
        (
            |m| m.address = "8883".into(),
            "simulation_address_invalid",
            &["'8883'", "127.0.0.1:8883"],
        ),
    ];
    for (spoil, code, said) in cases {
        let mut manifest = good.clone();
        spoil(&mut manifest);
        let error = simulator::run_until(manifest, pending()).await.unwrap_err();
        assert_eq!(error.code(), code, "{error}");
        for part in said {
            assert!(error.to_string().contains(part), "'{error}' does not say '{part}'");
        }
    }
}
