//! A real rsyslog behind TLS, killed and brought back. Where rsyslog with its TLS driver is not installed the test says so
//! and ends; `cargo xtask setup --tests` installs it.

use crate::daemon::{Rsyslog, installed};
use crate::ground::{Ground, Papers, options};
use crate::sink::all_in_order;
use siem::export::Options;
use siem::format::Format;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

async fn outage(format: Format) {
    if !installed() {
        return;
    }
    let (dir, papers) = (tempfile::tempdir().unwrap(), Papers::new());
    let mut rsyslog = Rsyslog::new(&dir.path().join("rsyslog"), &papers);
    let port = rsyslog.start(0);
    let ground = Ground::open(&dir.path().join("data")).await;
    let options = Options {
        format,
        // rsyslog hands on what it read within this time, also on a busy machine
        settle: Duration::from_secs(3),
        ..options()
    };
    let export = ground.export_with(port, &papers, options);
    let stop = CancellationToken::new();
    let (runs, token) = (Arc::clone(&export), stop.clone());
    let task = tokio::spawn(async move { runs.run(token).await });
    let mut progress = export.progress();
    ground.write(500).await;
    progress
        .wait_for(|progress| progress.behind == 0 && progress.sent >= 500)
        .await
        .unwrap();

    rsyslog.kill();
    // ten virtual minutes at five records a second
    for _ in 0..10 {
        ground.clock.advance(Duration::from_secs(60));
        ground.write(300).await;
    }
    progress.wait_for(|progress| progress.failures > 2).await.unwrap();
    rsyslog.start(port);
    ground.write(100).await;
    progress
        .wait_for(|progress| progress.behind == 0 && progress.sent >= 3_600)
        .await
        .unwrap();
    stop.cancel();
    task.await.unwrap();
    rsyslog.end();

    let received: Vec<String> = rsyslog.received().into_iter().map(|(_, message)| message).collect();
    all_in_order(&received, 3_600);
    println!(
        "rsyslog, {format:?}: 3600 records, {} messages, 0 lost, in order",
        received.len()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn rsyslog_away_for_ten_minutes_gets_everything_as_ocsf() {
    outage(Format::Ocsf).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rsyslog_away_for_ten_minutes_gets_everything_as_cef() {
    outage(Format::Cef).await;
}
