//! What a device has open ends when something of it is withdrawn, and nothing of anybody else.

use crate::house;
use crate::raw::{Raw, hello, publish, subscribe};
use driver::gatekeeper::Refusal;
use kernel::id::DeviceId;
use std::sync::atomic::{AtomicBool, Ordering};

#[tokio::test]
async fn a_quiet_session_is_cut_when_its_device_loses_its_right() {
    for v5 in [false, true] {
        let house = house::plain().await;
        let mut quiet = Raw::join(&house, &hello(v5, "gauge")).await;
        let mut listening = hello(v5, "gauge");
        listening.client_id = "second".to_owned();
        let mut listening = Raw::join(&house, &listening).await;
        listening.send(&subscribe(v5, 1, &["devices/gauge/down"])).await;
        assert_eq!(listening.read().await.0, 0x90);
        let mut other = Raw::join(&house, &hello(v5, "other")).await;
        house.gate.withdraw("gauge");
        quiet.closed(v5, 0x87).await;
        listening.closed(v5, 0x87).await;
        other.send(&publish(v5, "devices/other/up", 1, b"level value=1")).await;
        assert_eq!(other.puback().await, (1, 0));
        let blocked = Refusal::Blocked(DeviceId::new("gauge").unwrap());
        house::eventually("both ends are told to the gatekeeper", || {
            house.gate.cut.lock().unwrap().len() == 2
        })
        .await;
        let cut = house.gate.cut.lock().unwrap().clone();
        assert!(
            cut.iter().all(|one| *one == ("gauge".to_owned(), blocked.clone())),
            "{cut:?}"
        );
    }
}

/// Told more often than it listens: whoever was missed is found all the same, because then everybody is asked.
#[tokio::test]
async fn a_flood_of_withdrawals_misses_nobody() {
    let house = house::plain().await;
    let mut quiet = Raw::join(&house, &hello(true, "gauge")).await;
    let stop = AtomicBool::new(false);
    let flood = async {
        while !stop.load(Ordering::Relaxed) {
            for _ in 0..64 {
                house.gate.withdraw("blocked");
            }
            tokio::task::yield_now().await;
        }
    };
    house.gate.withdraw("gauge");
    let ends = async {
        quiet.closed(true, 0x87).await;
        stop.store(true, Ordering::Relaxed);
    };
    tokio::join!(flood, ends);
}
