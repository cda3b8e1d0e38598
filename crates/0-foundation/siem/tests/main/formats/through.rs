//! The same payloads through a real rsyslog: one line for each record, byte for byte the one that was meant.

use super::injection::FIELDS;
use super::payloads::payloads;
use crate::daemon::{Rsyslog, installed};
use crate::ground::{Ground, Papers, access, options};
use audit::model::{AUDIT_FORMAT, AuditRecord};
use audit::store::Access;
use futures::future::join_all;
use kernel::id::{AuditId, TenantId};
use kernel::time::Timestamp;
use siem::export::Options;
use siem::format::syslog::{Header, frame, message};
use siem::format::{Event, Format};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// An access with a text in one field.
fn hostile(put: fn(&mut Header, &mut AuditRecord, &str), text: &str) -> Access {
    let plain = access(0);
    let mut record = AuditRecord {
        format: AUDIT_FORMAT,
        id: AuditId(uuid::Uuid::nil()),
        at: Timestamp::EPOCH,
        tenant: TenantId::new("gov").unwrap(),
        actor: plain.actor,
        act: plain.act,
        target: plain.target,
        outcome: plain.outcome,
        from: plain.from,
        detail: plain.detail,
    };
    put(&mut options().header, &mut record, text);
    Access {
        actor: record.actor,
        act: record.act,
        target: record.target,
        outcome: record.outcome,
        from: record.from,
        detail: record.detail,
    }
}

async fn through(format: Format) {
    if !installed() {
        return;
    }
    let (dir, papers) = (tempfile::tempdir().unwrap(), Papers::new());
    let mut rsyslog = Rsyslog::new(&dir.path().join("rsyslog"), &papers);
    let port = rsyslog.start(0);
    let ground = Ground::open(&dir.path().join("data")).await;
    let payloads = payloads();
    // host and version are settings and not of a record
    for (_, put) in &FIELDS[2..] {
        let writes = payloads
            .iter()
            .map(|payload| ground.audit.write(hostile(*put, payload)));
        join_all(writes)
            .await
            .into_iter()
            .for_each(|written| assert!(written.is_ok()));
    }
    let size = ground.trail.tree().catch_up().await.unwrap();
    let options = Options {
        format,
        settle: Duration::from_secs(3),
        ..options()
    };
    let header = options.header.clone();
    let export = ground.export_with(port, &papers, options);
    let stop = CancellationToken::new();
    let (token, mut progress) = (stop.clone(), export.progress());
    let task = tokio::spawn(async move { export.run(token).await });
    progress
        .wait_for(|progress| progress.behind == 0 && progress.sent >= size)
        .await
        .unwrap();
    stop.cancel();
    task.await.unwrap();
    rsyslog.end();

    let (entries, _) = ground.trail.read(0, size, 64 << 20).await.unwrap();
    let meant: BTreeMap<u64, String> = entries
        .iter()
        .map(|entry| (entry.index, message(&header, &Event::of(entry).unwrap(), format)))
        .collect();
    let received: Vec<String> = rsyslog.received().into_iter().map(|(_, message)| message).collect();
    let other = received
        .iter()
        .filter(|line| meant.get(&crate::sink::id(line)) != Some(*line))
        .count();
    println!(
        "injection through rsyslog, {format:?}: {} payloads x {} fields = {size} records, {} lines, {other} that nobody meant",
        payloads.len(),
        FIELDS.len() - 2,
        received.len()
    );
    assert_eq!(other, 0);
    crate::sink::all_in_order(&received, size);
}

#[tokio::test(flavor = "multi_thread")]
async fn payloads_reach_rsyslog_as_one_line_each_as_ocsf() {
    through(Format::Ocsf).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn payloads_reach_rsyslog_as_one_line_each_as_cef() {
    through(Format::Cef).await;
}

/// The control: what is not escaped, or longer than rsyslog takes, does become lines of its own there.
#[tokio::test(flavor = "multi_thread")]
async fn rsyslog_makes_lines_of_what_is_not_escaped_or_too_long() {
    if !installed() {
        return;
    }
    let (dir, papers) = (tempfile::tempdir().unwrap(), Papers::new());
    let front = "<110>1 2026-01-01T00:00:00Z ioc.test hanoi-ioc - 41 - ";
    let forged = "<86>1 2026-01-01T00:00:00Z ioc.test hanoi-ioc - 42 - forged";
    for (what, body) in [
        ("a line end", format!("x\n{forged}")),
        ("too long", "A".repeat(8_096 - front.len()) + forged),
    ] {
        let mut rsyslog = Rsyslog::new(&dir.path().join(what), &papers);
        let mut connection = papers.target(rsyslog.start(0)).connect().await.unwrap();
        let mut frames = Vec::new();
        frame(&mut frames, &format!("{front}{body}"));
        connection.send(&frames).await.unwrap();
        connection.confirm().await.unwrap();
        rsyslog.end();
        let lines = rsyslog.lines();
        println!(
            "control: one message with {what} makes {} lines in rsyslog",
            lines.len()
        );
        let last = lines.last().unwrap();
        assert!(
            lines.len() > 1 && last.contains("forged") && !last.contains("AAAA"),
            "{what}: {lines:?}"
        );
    }
}
