//! Signing in, being refused, resting after wrong tries, and doing it all at once.

use crate::ground::{ACCOUNT, Ground, accounts};
use access::error::AccessError;
use access::model::{LOCK_S, MAX_FAILURES, MAX_SESSIONS};
use kernel::error::{Classified, ErrorKind};
use std::sync::Arc;
use std::time::Duration;
use testkit::faulty_records::{FaultyRecords, RecordsFaults};

const WRONG: &str = "không phải câu này";

#[tokio::test]
async fn the_first_account_is_made_once_and_signs_in() {
    let ground = Ground::new().await;
    assert_eq!(ground.accounts.create_first("another", false).await.unwrap(), None);
    assert_eq!(ground.restarted().create_first(ACCOUNT, false).await.unwrap(), None);
    let name = format!(" {} ", ACCOUNT.to_uppercase());
    let (secret, live) = ground.accounts.sign_in(&name, ground.password.clone()).await.unwrap();
    assert_eq!(
        (secret.len(), live.account.as_str(), live.must_change),
        (64, ACCOUNT, false)
    );
    assert!(live.actor.has_role("administrator"));
    let found = ground.accounts.authenticate(&secret).await.unwrap().unwrap();
    assert_eq!(found.actor, live.actor);
}

#[tokio::test]
async fn of_two_programs_that_make_a_first_account_one_gets_a_password() {
    let ground = Ground::new().await;
    let dir = tempfile::tempdir().unwrap();
    let options = embedded::tenant::TenantOptions {
        reserve_bytes: 4_096,
        ..Default::default()
    };
    let tenant = embedded::tenant::EmbeddedTenant::open(dir.path(), options).unwrap();
    let [a, b] = [(); 2].map(|()| accounts(Arc::clone(&tenant.records), &ground.clock));
    let (a, b) = tokio::join!(a.create_first(ACCOUNT, true), b.create_first(ACCOUNT, true));
    assert_eq!([a.unwrap(), b.unwrap()].iter().flatten().count(), 1);
}

#[tokio::test]
async fn every_refusal_reads_the_same() {
    let ground = Ground::new().await;
    let mut texts = Vec::new();
    for (name, password) in [
        (ACCOUNT, WRONG.to_owned()),
        ("nobody", ground.password.clone()),
        ("no such name!", ground.password.clone()),
        ("", String::new()),
    ] {
        let error = ground.accounts.sign_in(name, password).await.unwrap_err();
        assert!(matches!(error, AccessError::SignInFailed), "{name}: {error}");
        texts.push((error.to_string(), error.code(), error.kind()));
    }
    texts.dedup();
    assert_eq!(texts.len(), 1);
}

#[tokio::test]
async fn wrong_tries_give_a_rest_that_ends_by_the_clock() {
    let ground = Ground::new().await;
    for _ in 0..MAX_FAILURES {
        assert!(!ground.signs_in(WRONG).await);
    }
    assert!(
        !ground.signs_in(&ground.password).await,
        "the right password does not end the rest"
    );
    ground.clock.advance(Duration::from_secs(LOCK_S - 1));
    assert!(!ground.signs_in(&ground.password).await);
    let again = ground.restarted().sign_in(ACCOUNT, ground.password.clone()).await;
    assert!(again.is_err(), "a restart does not end the rest");
    ground.clock.advance(Duration::from_secs(1));
    assert!(ground.signs_in(&ground.password).await);
}

#[tokio::test]
async fn a_right_password_forgives_the_wrong_ones_before() {
    let ground = Ground::new().await;
    for _ in 0..3 {
        for _ in 1..MAX_FAILURES {
            assert!(!ground.signs_in(WRONG).await);
        }
        assert!(ground.signs_in(&ground.password).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_tries_at_once_are_all_counted_and_none_is_told_of_a_conflict() {
    let ground = Ground::new().await;
    let tries = (0..20).map(|_| {
        let accounts = ground.accounts.clone();
        tokio::spawn(async move { accounts.sign_in(ACCOUNT, WRONG.to_owned()).await })
    });
    for task in tries.collect::<Vec<_>>() {
        let error = task.await.unwrap().unwrap_err();
        assert!(matches!(error, AccessError::SignInFailed), "{error}");
    }
    assert!(!ground.signs_in(&ground.password).await, "the account rests");
}

#[tokio::test(flavor = "multi_thread")]
async fn sign_ins_at_once_all_succeed_or_are_told_to_come_back() {
    let ground = Ground::new().await;
    let tries = (0..100).map(|_| {
        let (accounts, password) = (ground.accounts.clone(), ground.password.clone());
        tokio::spawn(async move { accounts.sign_in(ACCOUNT, password).await })
    });
    let mut good = 0;
    for task in tries.collect::<Vec<_>>() {
        match task.await.unwrap() {
            Ok((secret, _)) => {
                good += 1;
                drop(secret);
            }
            Err(error) => {
                assert!(matches!(error, AccessError::Busy), "{error}");
                assert_eq!(error.kind(), ErrorKind::Exhausted);
            }
        }
    }
    assert!(good >= 1);
}

#[tokio::test]
async fn an_account_has_a_bounded_number_of_sessions() {
    let ground = Ground::new().await;
    let mut secrets = Vec::new();
    for _ in 0..=MAX_SESSIONS {
        ground.clock.advance(Duration::from_secs(1));
        let (secret, _) = ground.accounts.sign_in(ACCOUNT, ground.password.clone()).await.unwrap();
        assert!(ground.accounts.authenticate(&secret).await.unwrap().is_some());
        secrets.push(secret);
    }
    for (number, secret) in secrets.iter().enumerate() {
        let lives = ground.accounts.authenticate(secret).await.unwrap().is_some();
        assert_eq!(lives, number > 0, "session {number}");
    }
}

#[tokio::test]
async fn storage_that_fails_is_not_a_wrong_password() {
    let ground = Ground::new().await;
    let faulty = FaultyRecords::new(Arc::clone(&ground.tenant.records), 1, RecordsFaults::default());
    let accounts = accounts(Arc::new(faulty.clone()), &ground.clock);
    faulty.set_full(true);
    for password in [WRONG, &ground.password] {
        let error = accounts.sign_in(ACCOUNT, password.to_owned()).await.unwrap_err();
        assert_eq!(error.code(), "storage_full", "{error}");
    }
    faulty.set_full(false);
    assert!(
        accounts.sign_in(ACCOUNT, ground.password.clone()).await.is_ok(),
        "nothing was counted"
    );
}
