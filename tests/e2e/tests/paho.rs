//! Devices over MQTT by Eclipse Paho for Python, the client that most makers of devices begin with.

use anyhow::{Context, Result, ensure};
use e2e::moment::{now_s, written};
use e2e::site::Site;
use std::ffi::OsString;
use std::process::Stdio;
use tokio::process::Command;

/// `HANOI_IOC_PYTHON` or `python3`, if it has Paho.
async fn python() -> Result<Option<OsString>> {
    let python = std::env::var_os("HANOI_IOC_PYTHON").unwrap_or_else(|| "python3".into());
    let mut command = Command::new(&python);
    let status = command
        .args(["-c", "import paho.mqtt.client"])
        .stderr(Stdio::null())
        .status()
        .await;
    Ok(status.is_ok_and(|status| status.success()).then_some(python))
}

#[tokio::test]
async fn paho_is_acknowledged_in_both_versions() -> Result<()> {
    const COUNT: i64 = 50;
    let Some(python) = python().await? else {
        println!("skipped: HANOI_IOC_PYTHON (or python3) has no paho-mqtt; `cargo xtask setup` installs it");
        return Ok(());
    };
    let site = Site::new()?;
    let server = site.start().await?;
    let person = server.first_person().await?;
    site.gauge(&server, "gauge-1").await?;
    let folder = site.certificate("gauge-1").await?;
    let script = site.write("publish.py", include_str!("publish.py"))?;
    let port = server.addresses.mqtts.port().to_string();
    for (n, version) in [(0, "311"), (1, "5")] {
        let begin = now_s() - 600 + n * COUNT;
        let mut command = Command::new(&python);
        command.arg(&script).args(["127.0.0.1", &port, version]).arg(&folder);
        command.args(["gauge-1", &begin.to_string(), &COUNT.to_string()]);
        let output = command.stdin(Stdio::null()).kill_on_drop(true).output().await?;
        ensure!(
            output.status.success(),
            "{version}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        let codes: Vec<Option<u8>> = serde_json::from_slice(&output.stdout)?;
        assert_eq!(codes, vec![Some(0); COUNT as usize], "{version}");
        let latest = person.latest("gauge-1", "depth").await?.context(version)?;
        assert_eq!(latest["time"], written(begin + COUNT - 1)?, "{version}");
    }
    assert_eq!(
        server.metric("hanoi_ioc_observation_stored_total").await?,
        2.0 * COUNT as f64
    );
    assert_eq!(server.metric("hanoi_ioc_mqtt_acks_total").await?, 2.0 * COUNT as f64);
    Ok(())
}
