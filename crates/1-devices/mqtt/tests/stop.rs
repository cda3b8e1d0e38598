//! Shutdown: what is on its way is awaited and acknowledged, then everybody is told.

use crate::house::{self, Mode};
use crate::raw::{Raw, hello, publish};
use mqtt::Limits;
use std::time::Duration;

#[tokio::test]
async fn what_is_on_its_way_is_acknowledged_before_the_goodbye() {
    for v5 in [false, true] {
        let house = house::plain().await;
        house.store.set(Mode::Gated);
        let mut raw = Raw::join(&house, &hello(v5, "gauge")).await;
        let mut quiet = Raw::join(&house, &hello(v5, "other")).await;
        let half_open = Raw::open(house.address).await;
        raw.send(&publish(v5, "devices/gauge/up", 1, b"level value=1")).await;
        house.store.until("it is on its way", |store| store.calls() == 1).await;
        house.shutdown.cancel();
        quiet.closed(v5, 0x8b).await;
        house.store.release(0, Ok(()));
        assert_eq!(raw.puback().await, (1, 0));
        raw.closed(v5, 0x8b).await;
        drop(half_open);
        house.server.await.unwrap();
        assert_eq!(house.handle.connections(), 0);
        assert!(
            tokio::net::TcpStream::connect(house.address).await.is_err(),
            "nobody listens any more"
        );
    }
}

#[tokio::test]
async fn storage_that_never_answers_does_not_stop_the_stop() {
    let limits = Limits {
        drain: Duration::from_millis(50),
        ..Limits::default()
    };
    let house = house::open(limits, None).await;
    house.store.set(Mode::Gated);
    let mut raw = Raw::join(&house, &hello(true, "gauge")).await;
    raw.send(&publish(true, "devices/gauge/up", 1, b"level value=1")).await;
    house.store.until("it is on its way", |store| store.calls() == 1).await;
    house.shutdown.cancel();
    raw.closed(true, 0x8b).await;
    house.server.await.unwrap();
}

#[tokio::test]
async fn a_full_log_does_not_delay_the_end() {
    let hour = Duration::from_secs(3_600);
    let limits = Limits {
        hold: hour,
        drain: hour,
        ..Limits::default()
    };
    let house = house::open(limits, None).await;
    house.store.set(Mode::Fail(driver::intake::IntakeError::Full));
    let mut raw = Raw::join(&house, &hello(false, "gauge")).await;
    raw.send(&publish(false, "devices/gauge/up", 1, b"level value=1")).await;
    house.store.until("it is held", |store| store.calls() > 0).await;
    house.shutdown.cancel();
    raw.closed(false, 0x89).await;
    house.server.await.unwrap();
}
