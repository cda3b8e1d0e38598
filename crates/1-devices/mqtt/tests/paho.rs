//! Eclipse Paho for Python: QoS 0 to 2 both ways, sessions, aliases and WebSocket, in both versions.

use crate::house::{self, PATIENCE, Setup};
use mqtt::Namespace;
use std::ffi::OsString;
use std::process::Stdio;
use tokio::process::Command;
use tokio::time::timeout;

/// `HANOI_IOC_PYTHON` or `python3`, if it has Paho; `None`, said aloud, when not.
async fn python() -> Option<OsString> {
    let python = std::env::var_os("HANOI_IOC_PYTHON").unwrap_or_else(|| "python3".into());
    let mut command = Command::new(&python);
    command.args(["-c", "import paho.mqtt.client"]).stderr(Stdio::null());
    let found = command.status().await.is_ok_and(|status| status.success());
    if !found {
        eprintln!("SKIPPED: HANOI_IOC_PYTHON (or python3) has no paho-mqtt; `cargo xtask setup` installs it");
    }
    found.then_some(python)
}

#[tokio::test]
async fn paho_speaks_every_qos_and_comes_back_to_its_session() {
    let Some(python) = python().await else { return };
    for transport in ["tcp", "websockets"] {
        for version in ["311", "5"] {
            let fleet = Namespace {
                topics: "fleet/#".into(),
                publish: vec!["gauge".into()],
                subscribe: vec!["gauge".into()],
            };
            let setup = Setup {
                namespaces: vec![fleet],
                ..Setup::default()
            };
            let house = house::start(setup, None).await;
            let address = if transport == "tcp" { house.address } else { house.web };
            let mut command = Command::new(&python);
            command.args([
                "-c",
                include_str!("paho.py"),
                transport,
                &address.port().to_string(),
                version,
            ]);
            let running = command.stdin(Stdio::null()).kill_on_drop(true).output();
            let output = timeout(PATIENCE * 2, running).await.unwrap().unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{transport} {version}: {said}");
            let seen: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
            let v5 = version == "5";
            assert_eq!(
                seen["present"],
                serde_json::json!([false, true]),
                "{transport} {version}"
            );
            let codes = seen["codes"].as_array().unwrap();
            assert!(codes.iter().all(|code| *code == 0), "{transport} {version}: {codes:?}");
            let heard = seen["heard"].as_array().unwrap();
            for (qos, message) in heard.iter().take(3).enumerate() {
                assert_eq!(message[0], qos, "{transport} {version}: {heard:?}");
                assert_eq!(message[2] == "text/plain", v5);
                assert_eq!(message[3] == serde_json::json!([["k", "v"]]), v5, "{heard:?}");
            }
            assert_eq!((heard.len(), &heard[3][1]), (4, &"still subscribed".into()));
            let stored = if v5 { 5 } else { 3 };
            house
                .store
                .until("everything is stored", |store| store.readings().len() == stored)
                .await;
        }
    }
}
