//! Incidents of the SOC become signals, each state once, in the same transaction as what is known of them.

use crate::stage::{OWN, Stage, tenant};
use kernel::actor::Actor;
use kernel::severity::Severity;
use kernel::signal::{Change, Signal};
use kernel::text::LangText;
use kernel::time::Timestamp;
use security::error::SecurityError;
use security::model::report::{Object, Standing, Told};
use security::service::report::Taken;

pub(crate) fn told(second: i64, severity: u8, standing: Standing) -> Told {
    let start = Timestamp::parse("2026-01-01T00:00:00Z").unwrap();
    Told {
        id: "SOC-2026-0007".into(),
        severity: Severity::try_from(severity).unwrap(),
        title: LangText::new("Dò mật khẩu vào tài khoản trực ban", "Password guessing"),
        objects: vec![Object {
            kind: "device".into(),
            id: "g-1".into(),
        }],
        at: Timestamp::from_micros(start.micros() + second * 1_000_000),
        standing,
        note: String::new(),
    }
}

async fn signals(stage: &Stage) -> Vec<Signal> {
    let facts = stage.facts(&["signal."]).await;
    facts.iter().map(|fact| fact.signal().unwrap()).collect()
}

pub(crate) fn soc() -> Actor {
    Actor::service("soc", &tenant())
}

#[tokio::test]
async fn an_incident_is_one_signal_for_each_state_whatever_is_repeated() {
    let stage = Stage::new();
    let script = [
        (told(0, 3, Standing::Open), Taken::New),
        (told(0, 3, Standing::Open), Taken::Same),
        (told(0, 5, Standing::Open), Taken::Changed),
        (told(0, 5, Standing::Closed), Taken::Changed),
        (told(0, 5, Standing::Closed), Taken::Same),
    ];
    for (told, expected) in script {
        assert_eq!(stage.reports.take(&soc(), told).await.unwrap().1, expected);
    }
    let signals = signals(&stage).await;
    let said: Vec<_> = signals
        .iter()
        .map(|signal| (signal.change, signal.severity.level()))
        .collect();
    assert_eq!(said, [(Change::Raised, 3), (Change::Raised, 5), (Change::Cleared, 5)]);
    let groups: std::collections::BTreeSet<&str> = signals.iter().map(|signal| signal.group.as_str()).collect();
    let ids: std::collections::BTreeSet<_> = signals.iter().map(|signal| signal.id.0).collect();
    assert_eq!((groups.len(), ids.len()), (1, 3), "one alert, three words");
    assert_eq!(signals[0].device.as_ref().map(|device| device.as_str()), Some("g-1"));
    assert_eq!(stage.facts(&["security.incident_reported"]).await.len(), 3);
}

/// Two connectors of the SOC that tell the same at the same time make one incident and one signal.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_told_at_the_same_time_is_one_signal() {
    let stage = Stage::new();
    let tell = || {
        let reports = stage.reports.clone();
        tokio::spawn(async move { reports.take(&soc(), told(0, 4, Standing::Open)).await.unwrap().1 })
    };
    let telling: Vec<_> = (0..8).map(|_| tell()).collect();
    let mut taken = Vec::new();
    for one in telling {
        taken.push(one.await.unwrap());
    }
    assert_eq!(taken.iter().filter(|taken| **taken == Taken::New).count(), 1);
    assert_eq!(signals(&stage).await.len(), 1);
}

#[tokio::test]
async fn an_older_report_is_refused_with_the_time_of_the_newest() {
    let stage = Stage::new();
    stage.reports.take(&soc(), told(0, 3, Standing::Open)).await.unwrap();
    stage.reports.take(&soc(), told(9, 3, Standing::Closed)).await.unwrap();
    let older = stage
        .reports
        .take(&soc(), told(8, 3, Standing::Open))
        .await
        .unwrap_err();
    assert!(matches!(older, SecurityError::Older { .. }), "{older}");
    assert_eq!(signals(&stage).await.len(), 2, "the alert stays cleared");
}

/// What is known outlives a restart, so a repeat after it is still a repeat.
#[tokio::test]
async fn a_restart_forgets_nothing() {
    let stage = Stage::new();
    stage.reports.take(&soc(), told(0, 3, Standing::Open)).await.unwrap();
    let stage = stage.restarted();
    let (_, taken) = stage.reports.take(&soc(), told(0, 3, Standing::Open)).await.unwrap();
    assert_eq!(taken, Taken::Same);
    let (_, taken) = stage.reports.take(&soc(), told(1, 3, Standing::Closed)).await.unwrap();
    assert_eq!(taken, Taken::Changed);
}

/// An incident of the SOC concerns the whole city: a right for one ward neither tells of it nor shows it.
#[tokio::test]
async fn a_right_for_a_ward_neither_tells_nor_sees() {
    let stage = Stage::new();
    let secret = stage.somebody("an-ninh-xa", "security_officer", Some(OWN)).await;
    let ward = stage.live(&secret).await.unwrap();
    let refused = stage
        .reports
        .take(&ward.actor, told(0, 3, Standing::Open))
        .await
        .unwrap_err();
    assert!(matches!(refused, SecurityError::Denied(_)), "{refused}");
    let (stored, _) = stage.reports.take(&soc(), told(0, 3, Standing::Open)).await.unwrap();
    let hidden = stage.reports.one(&ward.actor, &stored.thing.told.id).await.unwrap_err();
    assert!(matches!(hidden, SecurityError::NotFound(_)), "{hidden}");
}
