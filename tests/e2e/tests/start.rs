//! What may stand in the way of a start, and what is said then.

use anyhow::Result;
use e2e::moment::now_s;
use e2e::site::Site;

#[tokio::test]
async fn a_taken_port_is_told_with_the_setting_that_names_it() -> Result<()> {
    let taken = std::net::TcpListener::bind("127.0.0.1:0")?;
    let address = taken.local_addr()?.to_string();
    for (variable, key) in [
        ("HTTP_ADDRESS", "http.address"),
        ("HTTP_TLS_ADDRESS", "http.tls_address"),
        ("MQTT_TLS_ADDRESS", "mqtt.tls_address"),
        ("MQTT_ADDRESS", "mqtt.address"),
    ] {
        let mut site = Site::new()?;
        site.set(variable, &address);
        let err = site.run(["serve"]).await?.refused()?;
        assert!(
            err.contains(&address) && err.contains(key) && err.contains("choose another port"),
            "{err}"
        );
        assert!(!site.data().exists(), "a start that failed left data behind");
    }
    Ok(())
}

#[tokio::test]
async fn a_second_process_on_the_same_directory_is_refused_and_disturbs_nothing() -> Result<()> {
    let site = Site::new()?;
    let server = site.start().await?;
    let gauge = site.gauge(&server, "gauge-1").await?;
    let err = site.run(["serve"]).await?.refused()?;
    assert!(
        err.contains("is in use by another process") && err.contains("another data directory"),
        "{err}"
    );
    let err = site.run(["log", "dump"]).await?.refused()?;
    assert!(err.contains("is in use by another process"), "{err}");
    // the first one still listens to devices and to the operator
    assert_eq!(gauge.depth(now_s(), 0.1).await?["accepted"], 1);
    site.gauge(&server, "gauge-2").await?;
    Ok(())
}
