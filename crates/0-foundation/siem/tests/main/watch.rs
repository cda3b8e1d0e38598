//! What is told when the trail fills or the export falls behind.

use async_trait::async_trait;
use parking_lot::Mutex;
use ports::log::LogUsage;
use siem::export::Progress;
use siem::watch::{Alarm, Figures, Limits, Trouble, Watch};
use std::time::Duration;

#[derive(Default)]
struct Heard(Mutex<Vec<(Trouble, bool)>>, Mutex<bool>);

#[async_trait]
impl Alarm for Heard {
    async fn tell(&self, trouble: Trouble, begins: bool, _: Figures) -> Result<(), String> {
        if *self.1.lock() {
            return Err("nobody hears".to_owned());
        }
        self.0.lock().push((trouble, begins));
        Ok(())
    }
}

const LIMITS: Limits = Limits {
    near_full_percent: 80,
    behind_for: Duration::from_secs(300),
};

fn figures(percent: u64, behind_s: u64, inconsistent: bool) -> Figures {
    Figures {
        usage: LogUsage {
            bytes: percent,
            max_bytes: 100,
            quarantined: 0,
        },
        progress: Some(Progress {
            behind_for: Duration::from_secs(behind_s),
            ..Progress::default()
        }),
        inconsistent,
    }
}

#[tokio::test]
async fn each_trouble_is_told_once_when_it_begins_and_once_when_it_is_clearly_over() {
    let (heard, mut watch) = (Heard::default(), Watch::default());
    for (now, told) in [
        (figures(79, 299, false), vec![]),
        (figures(80, 0, false), vec![(Trouble::NearFull, true)]),
        (figures(99, 0, false), vec![]),
        (figures(75, 0, false), vec![]),
        (figures(71, 0, false), vec![(Trouble::NearFull, false)]),
        (figures(0, 300, false), vec![(Trouble::Behind, true)]),
        (figures(0, 280, false), vec![]),
        (
            figures(0, 0, true),
            vec![(Trouble::Behind, false), (Trouble::Inconsistent, true)],
        ),
        (Figures::default(), vec![(Trouble::Inconsistent, false)]),
    ] {
        watch.turn(now, &LIMITS, &heard).await.unwrap();
        assert_eq!(std::mem::take(&mut *heard.0.lock()), told, "{now:?}");
    }
}

#[tokio::test]
async fn what_could_not_be_told_is_told_later() {
    let (heard, mut watch) = (Heard::default(), Watch::default());
    *heard.1.lock() = true;
    assert!(watch.turn(figures(90, 0, false), &LIMITS, &heard).await.is_err());
    *heard.1.lock() = false;
    watch.turn(figures(90, 0, false), &LIMITS, &heard).await.unwrap();
    assert_eq!(*heard.0.lock(), [(Trouble::NearFull, true)]);
}
