//! The receiver is away, dies in the middle, is another one: nothing is lost, and what comes twice is recognised.

use crate::ground::{Ground, Papers, options};
use crate::sink::{Received, Sink, all_in_order};
use siem::export::{Export, PIN};
use siem::sink::{Credentials, Target};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

fn run(export: &Arc<Export>) -> (CancellationToken, tokio::task::JoinHandle<()>) {
    let stop = CancellationToken::new();
    let (export, token) = (Arc::clone(export), stop.clone());
    (stop, tokio::spawn(async move { export.run(token).await }))
}

async fn arrived(export: &Export, count: u64) {
    let mut progress = export.progress();
    let all = progress.wait_for(|progress| progress.behind == 0 && progress.sent >= count);
    tokio::time::timeout(Duration::from_secs(60), all)
        .await
        .unwrap()
        .unwrap();
}

async fn failed(export: &Export) {
    let mut progress = export.progress();
    progress.wait_for(|progress| progress.failures > 2).await.unwrap();
}

/// Until the receiver has been well for a while after so many records, and the pin has followed.
async fn pinned(ground: &Ground, count: u64) {
    let all = async {
        loop {
            let pins = ground.tenant.audit.pins().await.unwrap();
            if pins.iter().any(|(name, at)| name == PIN && at.sequence >= count) {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), all).await.unwrap();
}

#[tokio::test]
async fn ten_minutes_without_a_receiver_cost_nothing() {
    let (dir, papers, received) = (tempfile::tempdir().unwrap(), Papers::new(), Received::default());
    let ground = Ground::open(dir.path()).await;
    let sink = Sink::start(0, &papers, &received, None).await;
    let port = sink.port;
    let export = ground.export(port, &papers);
    let (stop, task) = run(&export);
    ground.write(700).await;
    arrived(&export, 700).await;
    // what was confirmed a moment ago would be sent again
    pinned(&ground, 700).await;
    sink.kill().await;
    // ten virtual minutes at five records a second
    for _ in 0..10 {
        ground.clock.advance(Duration::from_secs(60));
        ground.write(300).await;
    }
    let mut progress = export.progress();
    let away = progress.wait_for(|progress| progress.failures > 2 && progress.behind == 3_000);
    let behind_for = away.await.unwrap().behind_for;
    assert_eq!(behind_for, Duration::from_secs(540), "since the first of them");
    let _sink = Sink::start(port, &papers, &received, None).await;
    arrived(&export, 3_700).await;
    all_in_order(&received.lock(), 3_700);
    stop.cancel();
    task.await.unwrap();
}

#[tokio::test]
async fn a_receiver_that_dies_with_messages_in_its_hands_gets_them_again() {
    let (dir, papers, received) = (tempfile::tempdir().unwrap(), Papers::new(), Received::default());
    let ground = Ground::open(dir.path()).await;
    let mut sink = Sink::start(0, &papers, &received, Some(37)).await;
    let port = sink.port;
    let export = ground.export(port, &papers);
    let (stop, task) = run(&export);
    for round in 0..5 {
        ground.write(400).await;
        failed(&export).await;
        sink.kill().await;
        sink = Sink::start(port, &papers, &received, (round < 4).then_some(50 + round)).await;
    }
    arrived(&export, 2_000).await;
    let messages = received.lock().clone();
    all_in_order(&messages, 2_000);
    assert!(messages.len() > 2_000, "some came twice: {}", messages.len());
    stop.cancel();
    task.await.unwrap();
}

#[tokio::test]
async fn a_restart_goes_on_behind_the_pin_and_the_log_keeps_what_was_not_sent() {
    let (dir, papers, received) = (tempfile::tempdir().unwrap(), Papers::new(), Received::default());
    let sink = Sink::start(0, &papers, &received, None).await;
    {
        let ground = Ground::open(dir.path()).await;
        let export = ground.export(sink.port, &papers);
        let (stop, task) = run(&export);
        ground.write(300).await;
        arrived(&export, 300).await;
        pinned(&ground, 300).await;
        stop.cancel();
        task.await.unwrap();
    }
    let before = received.lock().len();
    let ground = Ground::open(dir.path()).await;
    let pins = ground.tenant.audit.pins().await.unwrap();
    let pinned = pins.iter().find(|(name, _)| name == PIN).unwrap().1;
    ground.write(50).await;
    let size = ground.trail.tree().size();
    let export = ground.export(sink.port, &papers);
    let (stop, task) = run(&export);
    arrived(&export, 50).await;
    stop.cancel();
    task.await.unwrap();
    let messages = received.lock().clone();
    all_in_order(&messages, size);
    let again = crate::sink::id(&messages[before]);
    assert_eq!(
        again, pinned.sequence,
        "the first after the restart is the one behind the pin"
    );
}

#[tokio::test]
async fn a_receiver_with_another_certificate_gets_nothing() {
    let (dir, papers, received) = (tempfile::tempdir().unwrap(), Papers::new(), Received::default());
    let ground = Ground::open(dir.path()).await;
    let sink = Sink::start(0, &Papers::new(), &received, None).await;
    ground.write(10).await;
    let export = ground.export(sink.port, &papers);
    let (stop, task) = run(&export);
    failed(&export).await;
    assert!(received.lock().is_empty());
    stop.cancel();
    task.await.unwrap();
}

#[test]
fn papers_that_tls_cannot_use_are_refused() {
    let papers = Papers::new();
    let good = Credentials {
        authorities: papers.authority.clone().into_bytes(),
        ..Credentials::default()
    };
    let new = |name: &str, credentials: &Credentials| {
        Target::new("127.0.0.1:1", name, credentials, Duration::from_secs(1)).map_err(|error| error.to_string())
    };
    assert!(new("siem.test", &good).is_ok() && new("10.0.0.1", &good).is_ok());
    assert!(new("no name", &good).unwrap_err().contains("siem.server_name"));
    assert!(new("siem.test", &Credentials::default()).is_err());
    let half = Credentials {
        certificate: Some(papers.certificate.into_bytes()),
        ..good
    };
    assert!(new("siem.test", &half).is_err());
}

#[test]
fn pauses_double_up_to_the_longest() {
    let options = siem::export::Options {
        first_pause: Duration::from_secs(1),
        longest_pause: Duration::from_secs(30),
        ..options()
    };
    let seconds: Vec<u64> = (1..=8).map(|failures| options.pause(failures).as_secs()).collect();
    assert_eq!(seconds, [1, 2, 4, 8, 16, 30, 30, 30]);
    assert_eq!(options.pause(u32::MAX).as_secs(), 30);
}
