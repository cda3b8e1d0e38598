//! A measure that is stopped at any commit ends in the same state after a restart, and what was before is never lost.

use crate::measures::{block, wish};
use crate::stage::Stage;
use access::model::Kind;
use policy::action::Action;
use security::model::measure::{Order, Phase};
use security::store::measure::Filter;
use std::sync::{Arc, Mutex};
use testkit::fault::CrashPoint;
use testkit::faulty_records::{FaultyRecords, RecordsFaults};

async fn stopped(commit: u64, point: CrashPoint, undoing: bool, blocks_token: bool) {
    let slot: Arc<Mutex<Option<FaultyRecords>>> = Arc::default();
    let put = Arc::clone(&slot);
    let stage = Stage::over(move |records| {
        let faulty = FaultyRecords::new(records, 1, RecordsFaults::default());
        *put.lock().unwrap() = Some(faulty.clone());
        Arc::new(faulty)
    });
    let faulty = slot.lock().unwrap().clone().unwrap();
    let officer = stage.somebody("an-ninh", "security_officer", None).await;
    let account = crate::stage::account("nhan-vien", "duty_officer", None, Kind::Person);
    let session = stage.somebody("nhan-vien", "duty_officer", None).await;
    let (token, id) = stage.token(&account, &[Action::AlertRead]).await;
    let live = stage.live(&officer).await.unwrap();
    let wish = match blocks_token {
        true => wish(Order::BlockToken {
            account: "nhan-vien".into(),
            token: id,
        }),
        false => block("nhan-vien"),
    };
    let crash = RecordsFaults {
        crash: Some((faulty.commits() + commit, point)),
        ..RecordsFaults::default()
    };
    let asked = if undoing {
        let (stored, _) = stage.measures.take(&live, wish).await.unwrap();
        faulty.set_faults(RecordsFaults {
            crash: Some((faulty.commits() + commit, point)),
            ..RecordsFaults::default()
        });
        stage.measures.undo(&live, stored.thing.id).await.is_ok()
    } else {
        faulty.set_faults(crash);
        stage.measures.take(&live, wish).await.is_ok()
    };

    let stage = stage.restarted();
    stage.measures.turn().await.unwrap();
    let live = stage.live(&officer).await.unwrap();
    let all = stage
        .measures
        .list(&live.actor, &Filter::default(), None, 10)
        .await
        .unwrap()
        .0;
    let phase = all.first().map(|stored| stored.thing.phase.code());
    let (opens, signed) = (stage.live(&token).await.is_some(), stage.live(&session).await.is_some());
    let case = format!("commit {commit} {point:?}, undoing {undoing}, token {blocks_token}: {phase:?}");
    match phase {
        // nothing was written down, so nothing was done and nothing was promised
        None => assert!(!undoing && !asked && opens && signed, "{case}"),
        Some("in_force") => assert!(!opens && (!undoing || !asked), "{case}"),
        Some("undone") => assert!(undoing && opens, "{case}"),
        _ => panic!("{case}"),
    }
    if let Some(stored) = all
        .first()
        .filter(|stored| matches!(stored.thing.phase, Phase::InForce { .. }))
    {
        stage.measures.undo(&live, stored.thing.id).await.unwrap();
        assert!(
            stage.live(&token).await.is_some(),
            "what was before is known after the crash: {case}"
        );
    }
}

#[tokio::test]
async fn a_stop_at_any_commit_is_mended_after_the_start() {
    for undoing in [false, true] {
        for blocks_token in [false, true] {
            for commit in 1..=3 {
                for point in [CrashPoint::BeforeStoring, CrashPoint::BeforeAnswering] {
                    stopped(commit, point, undoing, blocks_token).await;
                }
            }
        }
    }
}
