//! What measures do to accounts, tokens, sessions and devices, and what taking them back returns to.

use crate::stage::{OTHER, OWN, Stage};
use kernel::id::DeviceId;
use policy::action::Action;
use security::error::SecurityError;
use security::model::measure::{Order, Phase};
use security::service::measure::Wish;
use std::time::Duration;
use uuid::Uuid;

pub(crate) fn wish(order: Order) -> Wish {
    Wish {
        order,
        reason: "SOC-7: dò mật khẩu".into(),
        until: None,
        key: None,
    }
}

pub(crate) fn block(account: &str) -> Wish {
    wish(Order::BlockAccount {
        account: account.into(),
    })
}

pub(crate) fn quarantine(device: &str) -> Wish {
    let device = DeviceId::new(device).unwrap();
    wish(Order::QuarantineDevice { device })
}

/// A blocked account is out with all its sessions, and its open streams end; given back, its tokens work again, because they
/// were only held.
#[tokio::test]
async fn a_blocked_account_is_out_at_once_and_comes_back_with_its_tokens() {
    let stage = Stage::new();
    let officer = stage.somebody("an-ninh", "security_officer", None).await;
    let session = stage.somebody("nhan-vien", "duty_officer", None).await;
    let account = crate::stage::account("nhan-vien", "duty_officer", None, access::model::Kind::Person);
    let (token, _) = stage.token(&account, &[Action::AlertRead]).await;
    let officer = stage.live(&officer).await.unwrap();
    let streaming = stage.live(&session).await.unwrap();
    assert!(stage.live(&token).await.is_some());
    let accounts = stage.accounts.clone();
    let stream = tokio::spawn(async move { accounts.lost(&streaming).await });

    let (stored, new) = stage.measures.take(&officer, block("nhan-vien")).await.unwrap();
    assert!(new && matches!(stored.thing.phase, Phase::InForce { .. }));
    stream.await.unwrap();
    assert!(stage.live(&session).await.is_none() && stage.live(&token).await.is_none());

    stage.clock.advance(Duration::from_secs(5));
    let undone = stage.measures.undo(&officer, stored.thing.id).await.unwrap();
    assert!(matches!(undone.thing.phase, Phase::Undone { restored: true, .. }));
    assert!(stage.live(&token).await.is_some(), "what was before is there again");
    assert!(
        stage.live(&session).await.is_none(),
        "a session that ended does not come back"
    );
    let again = stage.measures.undo(&officer, stored.thing.id).await.unwrap();
    assert_eq!(again, undone, "taking back twice is taking back once");
}

/// An account that had ended before stays ended: taking back returns to what was, not to what is nice.
#[tokio::test]
async fn what_had_ended_before_stays_ended_and_what_others_changed_stays_theirs() {
    let stage = Stage::new();
    let officer = stage.somebody("an-ninh", "security_officer", None).await;
    let admin = stage.somebody("quan-tri", "administrator", None).await;
    stage.somebody("da-nghi", "duty_officer", None).await;
    stage.somebody("bi-sua", "duty_officer", None).await;
    let (officer, admin) = (stage.live(&officer).await.unwrap(), stage.live(&admin).await.unwrap());

    let ended = stage.accounts.set_ended(&admin, "da-nghi", true).await.unwrap().ended;
    stage.clock.advance(Duration::from_secs(1));
    let (stored, _) = stage.measures.take(&officer, block("da-nghi")).await.unwrap();
    stage.measures.undo(&officer, stored.thing.id).await.unwrap();
    assert_eq!(stage.accounts.person(&admin, "da-nghi").await.unwrap().ended, ended);

    let (stored, _) = stage.measures.take(&officer, block("bi-sua")).await.unwrap();
    stage.accounts.set_ended(&admin, "bi-sua", false).await.unwrap();
    let undone = stage.measures.undo(&officer, stored.thing.id).await.unwrap();
    assert!(matches!(undone.thing.phase, Phase::Undone { restored: false, .. }));
    assert_eq!(stage.accounts.person(&admin, "bi-sua").await.unwrap().ended, None);
}

#[tokio::test]
async fn a_blocked_token_opens_nothing_and_comes_back_as_it_was() {
    let stage = Stage::new();
    let officer = stage.somebody("an-ninh", "security_officer", None).await;
    let officer = stage.live(&officer).await.unwrap();
    let (secret, id) = stage.soar("he-thong", &[Action::AlertRead]).await;
    let before = stage.accounts.tokens("he-thong").await.unwrap();
    let order = Order::BlockToken {
        account: "he-thong".into(),
        token: id,
    };
    let (stored, _) = stage.measures.take(&officer, wish(order.clone())).await.unwrap();
    assert!(stage.live(&secret).await.is_none());
    let held = stage.measures.take(&officer, wish(order)).await.unwrap_err();
    assert!(matches!(held, SecurityError::NotFound("token")), "{held}");
    stage.measures.undo(&officer, stored.thing.id).await.unwrap();
    assert!(stage.live(&secret).await.is_some());
    assert_eq!(stage.accounts.tokens("he-thong").await.unwrap(), before);
}

#[tokio::test]
async fn a_token_that_ran_out_meanwhile_does_not_come_back() {
    let stage = Stage::new();
    let officer = stage.somebody("an-ninh", "security_officer", None).await;
    let (_, id) = stage.soar("he-thong", &[Action::AlertRead]).await;
    let officer = stage.live(&officer).await.unwrap();
    let order = Order::BlockToken {
        account: "he-thong".into(),
        token: id,
    };
    let (stored, _) = stage.measures.take(&officer, wish(order)).await.unwrap();
    stage.clock.advance(Duration::from_secs(31 * 86_400));
    let undone = stage.measures.undo(&officer, stored.thing.id).await.unwrap();
    assert!(matches!(undone.thing.phase, Phase::Undone { restored: false, .. }));
    assert!(stage.accounts.tokens("he-thong").await.unwrap().is_empty());
}

#[tokio::test]
async fn a_cut_session_is_cut_alone_and_cannot_be_uncut() {
    let stage = Stage::new();
    let officer = stage.somebody("an-ninh", "security_officer", None).await;
    let stays = stage.somebody("nhan-vien", "duty_officer", None).await;
    let (goes, id) = stage.session("nhan-vien").await;
    let officer = stage.live(&officer).await.unwrap();
    let order = Order::CutSession {
        account: "nhan-vien".into(),
        session: id,
    };
    let (stored, _) = stage.measures.take(&officer, wish(order.clone())).await.unwrap();
    assert!(matches!(stored.thing.phase, Phase::Done { .. }));
    assert!(stage.live(&goes).await.is_none() && stage.live(&stays).await.is_some());
    let refused = stage.measures.undo(&officer, stored.thing.id).await.unwrap_err();
    assert!(refused.to_string().contains("cannot be uncut"), "{refused}");
    let gone = stage.measures.take(&officer, wish(order)).await.unwrap_err();
    assert!(matches!(gone, SecurityError::NotFound("session")), "{gone}");
}

/// A device that was blocked before the quarantine stays blocked after it; another one is heard again.
#[tokio::test]
async fn a_quarantined_device_comes_back_to_what_it_was() {
    let stage = Stage::new();
    let officer = stage.somebody("an-ninh", "security_officer", None).await;
    let officer = stage.live(&officer).await.unwrap();
    stage.device("g-1");
    stage.device("g-2");
    stage.registry.blocked.lock().unwrap().insert("g-2".into(), true);
    for (device, after) in [("g-1", false), ("g-2", true)] {
        let (stored, _) = stage.measures.take(&officer, quarantine(device)).await.unwrap();
        assert!(stage.is_blocked(device));
        let undone = stage.measures.undo(&officer, stored.thing.id).await.unwrap();
        assert!(
            matches!(undone.thing.phase, Phase::Undone { restored: true, .. }),
            "{device}"
        );
        assert_eq!(stage.is_blocked(device), after, "{device}");
    }
}

#[tokio::test]
async fn a_second_measure_upon_the_same_target_names_the_first() {
    let stage = Stage::new();
    let officer = stage.somebody("an-ninh", "security_officer", None).await;
    let officer = stage.live(&officer).await.unwrap();
    stage.device("g-1");
    let (first, _) = stage.measures.take(&officer, quarantine("g-1")).await.unwrap();
    match stage.measures.take(&officer, quarantine("g-1")).await.unwrap_err() {
        SecurityError::Held { measure, target } => assert_eq!((measure, &*target), (first.thing.id, "device/g-1")),
        other => panic!("{other}"),
    }
    stage.measures.undo(&officer, first.thing.id).await.unwrap();
    assert!(
        stage.measures.take(&officer, quarantine("g-1")).await.is_ok(),
        "the hold is free again"
    );
}

/// The same key is the same measure for the same asker; another body under it, and another asker's same key, are not.
#[tokio::test]
async fn a_key_names_one_measure_of_one_asker() {
    let stage = Stage::new();
    let one = stage.somebody("an-ninh", "security_officer", None).await;
    let two = stage.somebody("an-ninh-2", "security_officer", None).await;
    let (one, two) = (stage.live(&one).await.unwrap(), stage.live(&two).await.unwrap());
    stage.device("g-1");
    stage.device("g-2");
    let keyed = |device: &str| Wish {
        key: Some("7c0f".into()),
        ..quarantine(device)
    };
    let (first, new) = stage.measures.take(&one, keyed("g-1")).await.unwrap();
    let (again, repeated) = stage.measures.take(&one, keyed("g-1")).await.unwrap();
    assert_eq!((new, repeated, &again), (true, false, &first));
    let reused = stage.measures.take(&one, keyed("g-2")).await.unwrap_err();
    assert!(matches!(reused, SecurityError::KeyReused), "{reused}");
    assert!(stage.measures.take(&two, keyed("g-2")).await.unwrap().1);

    stage.measures.undo(&one, first.thing.id).await.unwrap();
    let (late, new) = stage.measures.take(&one, keyed("g-1")).await.unwrap();
    assert!(
        !new && matches!(late.thing.phase, Phase::Undone { .. }),
        "a late repeat does not block again"
    );
    assert!(!stage.is_blocked("g-1"));
}

/// Two that ask the same at the same time get one measure.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_key_at_the_same_time_is_one_measure() {
    let stage = Stage::new();
    let officer = stage.somebody("an-ninh", "security_officer", None).await;
    let officer = stage.live(&officer).await.unwrap();
    stage.device("g-1");
    let ask = || {
        let (measures, officer) = (stage.measures.clone(), officer.clone());
        let wish = Wish {
            key: Some("x".into()),
            ..quarantine("g-1")
        };
        tokio::spawn(async move { measures.take(&officer, wish).await.unwrap() })
    };
    let asked: Vec<_> = (0..8).map(|_| ask()).collect();
    let (mut ids, mut new) = (std::collections::BTreeSet::new(), 0);
    for one in asked {
        let (stored, fresh) = one.await.unwrap();
        ids.insert(stored.thing.id);
        new += usize::from(fresh);
    }
    assert_eq!((ids.len(), new), (1, 1));
    assert_eq!(stage.facts(&["security.action_taken"]).await.len(), 1);
}

#[tokio::test]
async fn a_measure_until_a_time_ends_then_and_not_before() {
    let stage = Stage::new();
    let officer = stage.somebody("an-ninh", "security_officer", None).await;
    let officer = stage.live(&officer).await.unwrap();
    stage.device("g-1");
    let wish = Wish {
        until: Some(kernel::clock::Clock::now(&stage.clock).plus(Duration::from_secs(60))),
        ..quarantine("g-1")
    };
    let (stored, _) = stage.measures.take(&officer, wish).await.unwrap();
    stage.clock.advance(Duration::from_secs(59));
    assert_eq!(stage.measures.turn().await.unwrap(), 0);
    assert!(stage.is_blocked("g-1"));
    stage.clock.advance(Duration::from_secs(1));
    assert_eq!(stage.measures.turn().await.unwrap(), 1);
    assert!(!stage.is_blocked("g-1"));
    let after = stage.measures.one(&officer.actor, stored.thing.id).await.unwrap();
    let Phase::Undone { by, .. } = after.thing.phase else {
        panic!("{after:?}");
    };
    assert_eq!(by.to_string(), "service:security");
}

/// A registry that does not answer: the measure is written down, said so, and carried out by a later turn.
#[tokio::test]
async fn what_could_not_be_carried_out_is_tried_again() {
    let stage = Stage::new();
    let officer = stage.somebody("an-ninh", "security_officer", None).await;
    let officer = stage.live(&officer).await.unwrap();
    stage.device("g-1");
    *stage.registry.away.lock().unwrap() = true;
    let id = match stage.measures.take(&officer, quarantine("g-1")).await.unwrap_err() {
        SecurityError::NotYet { measure, .. } => measure,
        other => panic!("{other}"),
    };
    let early = stage.measures.undo(&officer, id).await.unwrap_err();
    assert!(early.to_string().contains("still being carried out"), "{early}");
    assert!(stage.measures.turn().await.is_err() && !stage.is_blocked("g-1"));
    *stage.registry.away.lock().unwrap() = false;
    assert_eq!(stage.measures.turn().await.unwrap(), 1);
    assert!(stage.is_blocked("g-1"));
    let stored = stage.measures.one(&officer.actor, id).await.unwrap();
    assert!(matches!(stored.thing.phase, Phase::InForce { .. }));
}

/// Each kind takes its own right, a token has to be made for it, nobody does it to oneself, and what lies out of reach is
/// not there.
#[tokio::test]
async fn each_kind_is_authorised_by_itself() {
    let stage = Stage::new();
    stage.device("g-1");
    stage.somebody("nhan-vien", "duty_officer", Some(OTHER)).await;
    let officer = stage.somebody("an-ninh", "security_officer", None).await;
    let ward = stage.somebody("an-ninh-xa", "security_officer", Some(OTHER)).await;
    let admin = stage.somebody("quan-tri", "administrator", None).await;
    let (narrow, _) = stage
        .soar("soar", &[Action::SecurityAct, Action::SecurityQuarantineDevice])
        .await;
    let officer = stage.live(&officer).await.unwrap();
    let (ward, admin) = (stage.live(&ward).await.unwrap(), stage.live(&admin).await.unwrap());
    let narrow = stage.live(&narrow).await.unwrap();

    let refused = stage.measures.take(&admin, block("nhan-vien")).await.unwrap_err();
    assert!(matches!(refused, SecurityError::Denied(_)), "{refused}");
    let refused = stage.measures.take(&narrow, block("nhan-vien")).await.unwrap_err();
    assert!(refused.to_string().contains("token was not made for this"), "{refused}");
    let refused = stage.measures.take(&officer, block("an-ninh")).await.unwrap_err();
    assert!(refused.to_string().contains("upon oneself"), "{refused}");
    let hidden = stage.measures.take(&ward, quarantine("g-1")).await.unwrap_err();
    assert!(
        matches!(hidden, SecurityError::NotFound("device")),
        "g-1 lies in {OWN}: {hidden}"
    );
    let hidden = stage.measures.take(&ward, block("quan-tri")).await.unwrap_err();
    assert!(!hidden.to_string().is_empty(), "{hidden}");

    assert!(stage.measures.take(&ward, block("nhan-vien")).await.is_ok());
    let (stored, _) = stage.measures.take(&narrow, quarantine("g-1")).await.unwrap();
    assert_eq!(stored.thing.by.to_string(), "service:soar");
    let hidden = stage.measures.undo(&ward, stored.thing.id).await.unwrap_err();
    assert!(matches!(hidden, SecurityError::NotFound("action")), "{hidden}");
    let unknown = stage.measures.undo(&officer, Uuid::now_v7()).await.unwrap_err();
    assert!(matches!(unknown, SecurityError::NotFound("action")), "{unknown}");
}

/// The act itself is in the audit trail with its author and target, besides the request that a layer records.
#[tokio::test]
async fn every_act_is_in_the_trail_with_its_author() {
    let stage = Stage::new();
    let officer = stage.somebody("an-ninh", "security_officer", None).await;
    let officer = stage.live(&officer).await.unwrap();
    stage.device("g-1");
    let (stored, _) = stage.measures.take(&officer, quarantine("g-1")).await.unwrap();
    stage.measures.undo(&officer, stored.thing.id).await.unwrap();
    let trail = stage.trail().await;
    let told: Vec<_> = trail
        .iter()
        .map(|record| {
            (
                record.act.as_str(),
                record.target.as_str(),
                record.detail["state"].as_str(),
            )
        })
        .collect();
    let act = "security.quarantine_device";
    assert_eq!(told, [(act, "device/g-1", "in_force"), (act, "device/g-1", "undone")]);
    assert!(trail.iter().all(|record| record.actor == officer.actor.id));
}
