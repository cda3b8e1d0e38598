//! What clients use is counted exactly, limited, stored, and known after a restart; memory stays bounded.

use crate::stage::{Stage, tenant};
use kernel::actor::Actor;
use kernel::clock::Clock;
use security::decide::usage::Window;
use security::model::usage::{Client, Day, Kind, date};
use security::store::usage::Filter;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use testkit::faulty_records::{FaultyRecords, RecordsFaults};

async fn days(stage: &Stage, day: i64) -> Vec<Day> {
    let filter = Filter {
        day,
        kinds: Vec::new(),
        words: None,
    };
    let looking = Actor::service("test", &tenant());
    stage.usage.list(&looking, &filter, None, 1_000).await.unwrap().0
}

#[tokio::test]
async fn requests_and_bytes_are_counted_by_client_and_day() {
    let stage = Stage::new();
    let device = Client::device("g-1");
    for bytes in [10, 20] {
        let pass = stage.usage.enter(device.clone()).await.unwrap();
        pass.came(bytes);
        pass.went(1);
    }
    let open = stage.usage.enter(Client::account("nhan-vien")).await.unwrap();
    let today = stage.usage.today();
    let found = days(&stage, today).await;
    assert_eq!(found[0].client, device, "who asks most comes first");
    let figures = found[0].figures;
    assert_eq!((figures.requests, figures.bytes_in, figures.bytes_out), (2, 30, 2));
    assert_eq!(date(today), "2026-01-01");

    // what a stream moves later counts, too
    open.went(7);
    stage.usage.store().await.unwrap();
    let found = days(&stage, today).await;
    assert_eq!((found[1].figures.requests, found[1].figures.bytes_out), (1, 7));
}

#[tokio::test]
async fn a_minute_that_is_used_up_says_when_to_come_back() {
    let stage = Stage::new();
    let client = || Client::account("nhan-vien");
    for _ in 0..3 {
        stage.usage.enter(client()).await.unwrap();
    }
    let over = stage.usage.enter(client()).await.unwrap_err();
    assert_eq!((over.window, over.limit, over.retry_after_s), (Window::Minute, 3, 60));
    assert!(
        stage.usage.enter(Client::account("nguoi-khac")).await.is_ok(),
        "each has a quota of its own"
    );
    stage.clock.advance(Duration::from_secs(60));
    assert!(stage.usage.enter(client()).await.is_ok());
    let found = days(&stage, stage.usage.today()).await;
    assert_eq!((found[0].figures.requests, found[0].figures.refused), (4, 1));
}

/// A restart gives nobody a new day, because a client that memory does not know is looked up.
#[tokio::test]
async fn the_quota_of_a_day_outlives_a_restart() {
    let stage = Stage::new();
    let client = || Client::token("t-1", "soar");
    for _ in 0..4 {
        stage.usage.enter(client()).await.unwrap();
    }
    stage.usage.store().await.unwrap();
    let stage = stage.restarted();
    assert!(stage.usage.enter(client()).await.is_ok());
    let over = stage.usage.enter(client()).await.unwrap_err();
    assert_eq!((over.window, over.limit), (Window::Day, 5));
    stage.clock.advance(Duration::from_secs(86_400));
    assert!(stage.usage.enter(client()).await.is_ok());
    assert_eq!(days(&stage, stage.usage.today() - 1).await[0].figures.requests, 5);
}

/// Further clients than memory holds are counted together; those that have gone quiet make room.
#[tokio::test]
async fn memory_is_bounded_and_nothing_is_uncounted() {
    let stage = Stage::new();
    for number in 0..30 {
        stage.usage.enter(Client::device(&format!("g-{number}"))).await.unwrap();
    }
    let found = days(&stage, stage.usage.today()).await;
    assert_eq!(found[0].client.kind, Kind::Other);
    assert_eq!((found.len(), found[0].figures.requests), (11, 20));
    stage.clock.advance(Duration::from_secs(121));
    stage.usage.store().await.unwrap();
    stage.usage.enter(Client::device("g-29")).await.unwrap();
    let found = days(&stage, stage.usage.today()).await;
    assert!(found.iter().any(|day| day.client.id == "g-29"), "there is room again");
}

/// While storage takes nothing, memory counts on, and everything arrives when it does again.
#[tokio::test]
async fn figures_that_could_not_be_stored_arrive_later() {
    let slot: Arc<Mutex<Option<FaultyRecords>>> = Arc::default();
    let put = Arc::clone(&slot);
    let stage = Stage::over(move |records| {
        let faulty = FaultyRecords::new(records, 1, RecordsFaults::default());
        *put.lock().unwrap() = Some(faulty.clone());
        Arc::new(faulty)
    });
    let faulty = slot.lock().unwrap().clone().unwrap();
    stage.usage.enter(Client::device("g-1")).await.unwrap();
    faulty.set_full(true);
    assert!(stage.usage.store().await.is_err());
    stage.usage.enter(Client::device("g-1")).await.unwrap();
    faulty.set_full(false);
    assert_eq!(days(&stage, stage.usage.today()).await[0].figures.requests, 2);
}

#[tokio::test]
async fn days_go_when_they_are_old_and_not_before() {
    let stage = Stage::new();
    let first = stage.usage.today();
    for _ in 0..4 {
        stage.usage.enter(Client::device("g-1")).await.unwrap();
        stage.usage.store().await.unwrap();
        stage.clock.advance(Duration::from_secs(86_400));
    }
    assert_eq!(stage.usage.forget().await.unwrap(), 2);
    let kept = [days(&stage, first + 1).await.len(), days(&stage, first + 2).await.len()];
    assert_eq!(kept, [0, 1], "kept for two days, at {}", stage.clock.now());
}
