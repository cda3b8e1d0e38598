//! How long a session lives, what ends it, and what a restart knows of it.

use crate::ground::{ABSOLUTE_S, ACCOUNT, Ground, IDLE_S};
use access::error::AccessError;
use access::model::{LOCK_S, MAX_FAILURES};
use access::service::Accounts;
use std::time::Duration;

const NEW: &str = "trời mưa thì đường ngập";

async fn lives(accounts: &Accounts, secret: &str) -> bool {
    accounts.authenticate(secret).await.unwrap().is_some()
}

async fn begin(ground: &Ground) -> String {
    ground
        .accounts
        .sign_in(ACCOUNT, ground.password.clone())
        .await
        .unwrap()
        .0
}

#[tokio::test]
async fn a_session_ends_when_nobody_uses_it() {
    let ground = Ground::new().await;
    let secret = begin(&ground).await;
    for _ in 0..3 {
        ground.clock.advance(Duration::from_secs(IDLE_S - 1));
        assert!(lives(&ground.accounts, &secret).await);
    }
    ground.clock.advance(Duration::from_secs(IDLE_S));
    assert!(!lives(&ground.accounts, &secret).await);
    assert!(!lives(&ground.restarted(), &secret).await, "it ended for good");
}

#[tokio::test]
async fn a_session_ends_in_any_case() {
    let ground = Ground::new().await;
    let secret = begin(&ground).await;
    let step = IDLE_S / 2;
    for _ in 1..ABSOLUTE_S / step {
        ground.clock.advance(Duration::from_secs(step));
        assert!(lives(&ground.accounts, &secret).await);
    }
    ground.clock.advance(Duration::from_secs(step));
    assert!(!lives(&ground.accounts, &secret).await);
}

#[tokio::test]
async fn a_session_survives_a_restart_but_not_longer_than_it_would_have_lived() {
    let ground = Ground::new().await;
    let used = begin(&ground).await;
    let idle = begin(&ground).await;
    assert!(lives(&ground.restarted(), &used).await);
    ground.clock.advance(Duration::from_secs(IDLE_S - 1));
    assert!(lives(&ground.accounts, &used).await);
    ground.clock.advance(Duration::from_secs(1));
    let restarted = ground.restarted();
    assert!(lives(&restarted, &used).await, "the last request was saved");
    assert!(
        !lives(&restarted, &idle).await,
        "a restart does not wake an idle session"
    );
}

#[tokio::test]
async fn signing_out_ends_one_session_at_once() {
    let ground = Ground::new().await;
    let (gone, stays) = (begin(&ground).await, begin(&ground).await);
    assert!(lives(&ground.accounts, &gone).await);
    ground.accounts.sign_out(&gone).await.unwrap();
    assert!(!lives(&ground.accounts, &gone).await && !lives(&ground.restarted(), &gone).await);
    assert!(lives(&ground.accounts, &stays).await);
    ground.accounts.sign_out(&gone).await.unwrap();
}

#[tokio::test]
async fn an_act_runs_to_its_end_when_nobody_waits() {
    let ground = Ground::new().await;
    let secret = begin(&ground).await;
    assert!(lives(&ground.accounts, &secret).await);
    let mut signing_out = Box::pin(ground.accounts.sign_out(&secret));
    let first = std::future::poll_fn(|context| std::task::Poll::Ready(signing_out.as_mut().poll(context))).await;
    assert!(first.is_pending());
    drop(signing_out);
    while lives(&ground.accounts, &secret).await {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn changing_the_password_ends_all_sessions_and_begins_one() {
    let ground = Ground::with_first(true).await;
    let others = [begin(&ground).await, begin(&ground).await];
    let (secret, live) = ground.accounts.sign_in(ACCOUNT, ground.password.clone()).await.unwrap();
    assert!(live.must_change && lives(&ground.accounts, &others[0]).await);
    let changed = ground
        .accounts
        .change_password(&live, ground.password.clone(), NEW.to_owned(), "10.0.0.7")
        .await;
    let (new, live, _) = changed.unwrap();
    for old in others.iter().chain([&secret]) {
        assert!(!lives(&ground.accounts, old).await && !lives(&ground.restarted(), old).await);
    }
    assert!(!live.must_change && lives(&ground.accounts, &new).await);
    let sessions = ground.accounts.sessions(ACCOUNT).await.unwrap();
    assert_eq!(sessions.len(), 1);
    assert_eq!(sessions[0].1.from, "10.0.0.7", "its owner recognises it");
    assert!(ground.signs_in(NEW).await && !ground.signs_in(&ground.password).await);
}

#[tokio::test]
async fn a_new_password_must_be_good_and_the_old_one_right() {
    let ground = Ground::new().await;
    let (secret, live) = ground.accounts.sign_in(ACCOUNT, ground.password.clone()).await.unwrap();
    let change = |old: &str, new: &str| {
        let (accounts, live) = (ground.accounts.clone(), live.clone());
        let (old, new) = (old.to_owned(), new.to_owned());
        async move { accounts.change_password(&live, old, new, "").await.map(drop) }
    };
    for new in ["ngắn", "câu của TRUC-BAN đây", ground.password.as_str()] {
        let error = change(&ground.password, new).await.unwrap_err();
        assert!(matches!(error, AccessError::PasswordUnfit(_)), "{new}: {error}");
    }
    for _ in 0..MAX_FAILURES {
        assert!(matches!(change("sai rồi", NEW).await, Err(AccessError::SignInFailed)));
    }
    let error = change(&ground.password, NEW).await.unwrap_err();
    assert!(
        matches!(error, AccessError::SignInFailed),
        "guessing with a stolen session gives a rest: {error}"
    );
    assert!(lives(&ground.accounts, &secret).await, "the session itself goes on");
    ground.clock.advance(Duration::from_secs(LOCK_S));
    change(&ground.password, NEW).await.unwrap();
}

#[tokio::test]
async fn the_operator_gives_a_new_first_password() {
    let ground = Ground::new().await;
    let secret = begin(&ground).await;
    assert!(lives(&ground.accounts, &secret).await);
    assert_eq!(ground.accounts.reset_password("nobody").await.unwrap(), None);
    let password = ground.accounts.reset_password(ACCOUNT).await.unwrap().unwrap();
    assert!(!lives(&ground.accounts, &secret).await && !ground.signs_in(&ground.password).await);
    assert!(ground.accounts.sign_in(ACCOUNT, password).await.unwrap().1.must_change);
}
