//! mosquitto_pub and mosquitto_sub, in the clear and with a certificate.

use crate::house::{self, House, PATIENCE};
use crate::secure::{self, Authority};
use mqtt::DownMessage;
use rcgen::ExtendedKeyUsagePurpose;
use std::process::{Output, Stdio};
use tokio::process::Command;
use tokio::time::timeout;

/// Where the client is; `None`, said aloud, when it is not installed.
fn installed(program: &str) -> bool {
    let found = std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(program).is_file()));
    if !found {
        eprintln!("SKIPPED: {program} is not installed (Debian and Ubuntu: apt install mosquitto-clients)");
    }
    found
}

async fn run(program: &str, arguments: &[&str]) -> Output {
    let running = Command::new(program).args(arguments).kill_on_drop(true).output();
    timeout(PATIENCE, running)
        .await
        .expect("the client never ended")
        .unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

async fn publish(house: &House, version: &str, more: &[&str]) -> Output {
    let port = house.address.port().to_string();
    let mut arguments = vec!["-d", "-h", "localhost", "-p", &port, "-V", version];
    arguments.extend_from_slice(more);
    run("mosquitto_pub", &arguments).await
}

const TOKEN: [&str; 4] = ["-u", "gauge", "-P", "token-gauge"];

#[tokio::test]
async fn mosquitto_pub_is_acknowledged_when_the_reading_is_stored() {
    if !installed("mosquitto_pub") {
        return;
    }
    let house = house::plain().await;
    for (version, qos) in [
        ("mqttv311", "0"),
        ("mqttv311", "1"),
        ("mqttv311", "2"),
        ("mqttv5", "0"),
        ("mqttv5", "1"),
        ("mqttv5", "2"),
    ] {
        let before = house.store.stored().len();
        let reading = [
            &TOKEN[..],
            &["-q", qos, "-t", "devices/gauge/up", "-m", "level value=1.5"],
        ]
        .concat();
        let output = publish(&house, version, &reading).await;
        assert!(output.status.success(), "{version} {qos}: {}", said(&output));
        assert_eq!(said(&output).contains("PUBACK"), qos == "1", "{}", said(&output));
        assert_eq!(said(&output).contains("PUBCOMP"), qos == "2", "{}", said(&output));
        house
            .store
            .until("it is stored", |store| store.stored().len() == before + 1)
            .await;
    }
}

#[tokio::test]
async fn mosquitto_pub_sends_many_lines_over_one_connection() {
    if !installed("mosquitto_pub") {
        return;
    }
    let house = house::plain().await;
    let port = house.address.port().to_string();
    let mut child = Command::new("mosquitto_pub")
        .args([
            "-h",
            "localhost",
            "-p",
            &port,
            "-V",
            "mqttv5",
            "-q",
            "1",
            "-t",
            "devices/gauge/up",
            "-l",
        ])
        .args(TOKEN)
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = child.stdin.take().unwrap();
    let text: String = (0..2_000).map(|number| format!("level value={number}\n")).collect();
    tokio::io::AsyncWriteExt::write_all(&mut lines, text.as_bytes())
        .await
        .unwrap();
    drop(lines);
    let output = timeout(PATIENCE, child.wait_with_output()).await.unwrap().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(house.store.readings().len(), 2_000);
}

#[tokio::test]
async fn mosquitto_pub_is_told_what_is_wrong() {
    if !installed("mosquitto_pub") {
        return;
    }
    let house = house::plain().await;
    for (more, words) in [
        (
            vec![
                "-u",
                "gauge",
                "-P",
                "wrong",
                "-q",
                "1",
                "-t",
                "devices/gauge/up",
                "-m",
                "level value=1",
            ],
            "(134)",
        ),
        (
            [
                &TOKEN[..],
                &["-q", "1", "-t", "devices/other/up", "-m", "level value=1"],
            ]
            .concat(),
            "RC:135)",
        ),
        (
            [&TOKEN[..], &["-q", "1", "-t", "devices/gauge/up", "-m", "bad value=1"]].concat(),
            "RC:153)",
        ),
    ] {
        let output = publish(&house, "mqttv5", &more).await;
        let text = said(&output);
        assert!(text.contains(words), "{more:?}: {text}");
    }
}

#[tokio::test]
async fn mosquitto_sub_receives_what_is_for_its_device() {
    if !installed("mosquitto_sub") {
        return;
    }
    let house = house::plain().await;
    let port = house.address.port().to_string();
    for version in ["mqttv311", "mqttv5"] {
        let arguments = [
            "-h",
            "localhost",
            "-p",
            &port,
            "-V",
            version,
            "-q",
            "1",
            "-t",
            "devices/gauge/down",
            "-C",
            "1",
            "-v",
        ];
        let all = [&arguments[..], &TOKEN].concat();
        let listening = run("mosquitto_sub", &all);
        let speaking = async {
            let message = DownMessage {
                payload: "open".into(),
                ..DownMessage::default()
            };
            house::eventually("it listens", || {
                house.handle.publish_down("gauge", message.clone()).is_ok()
            })
            .await;
        };
        let (output, ()) = tokio::join!(listening, speaking);
        assert_eq!(said(&output).trim(), "devices/gauge/down open");
        house::eventually("it is gone", || !house.handle.is_connected("gauge")).await;
    }
}

#[tokio::test]
async fn mosquitto_pub_shows_its_certificate() {
    if !installed("mosquitto_pub") {
        return;
    }
    let authority = Authority::new();
    let mut house = secure::open(&authority, &[&rustls::version::TLS13]).await;
    house.address = house.secure.unwrap();
    let device = authority.issue("gauge", ExtendedKeyUsagePurpose::ClientAuth);
    house.know(&device, "gauge");
    let stranger = Authority::new().issue("gauge", ExtendedKeyUsagePurpose::ClientAuth);
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let ca = write("ca.pem", &authority.pem);
    for (identity, welcome) in [(&device, true), (&stranger, false)] {
        let (certificate, key) = (
            write("device.pem", &identity.pem),
            write("device.key", &identity.key_pem),
        );
        let output = publish(
            &house,
            "mqttv5",
            &[
                "--cafile",
                &ca,
                "--cert",
                &certificate,
                "--key",
                &key,
                "-q",
                "1",
                "-t",
                "devices/gauge/up",
                "-m",
                "level value=1",
            ],
        )
        .await;
        assert_eq!(output.status.success(), welcome, "{}", said(&output));
    }
    assert_eq!(house.store.readings(), [("gauge".into(), "level".into())]);
}

#[tokio::test]
async fn mosquitto_sub_finds_what_came_while_it_was_away() {
    if !installed("mosquitto_sub") {
        return;
    }
    let house = house::plain().await;
    let port = house.address.port().to_string();
    for (version, qos) in [("mqttv311", "1"), ("mqttv311", "2"), ("mqttv5", "1"), ("mqttv5", "2")] {
        let id = format!("{version}-{qos}");
        let mut arguments = vec![
            "-h",
            "localhost",
            "-p",
            &port,
            "-V",
            version,
            "-q",
            qos,
            "-i",
            &id,
            "-c",
        ];
        arguments.extend(["-t", "devices/gauge/down"]);
        arguments.extend(TOKEN);
        if version == "mqttv5" {
            arguments.extend(["-x", "60"]);
        }
        // -E: subscribe and leave
        let left = run("mosquitto_sub", &[&arguments[..], &["-E"]].concat()).await;
        assert!(left.status.success(), "{}", said(&left));
        house::eventually("it is away", || house.handle.sessions() == 0).await;
        for payload in ["first", "second"] {
            let message = DownMessage {
                payload: payload.into(),
                ..DownMessage::default()
            };
            assert!(house.handle.publish_down("gauge", message).is_ok());
        }
        let back = run("mosquitto_sub", &[&arguments[..], &["-C", "2"]].concat()).await;
        assert_eq!(said(&back).trim(), "first\nsecond", "{version} {qos}");
        house::eventually("it is away", || house.handle.sessions() == 0).await;
    }
    assert_eq!(house.handle.kept_sessions(), 4);
}
