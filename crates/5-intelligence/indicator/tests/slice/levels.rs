//! From one hour to the next: when the level has changed, and when a signal is due.

use indicator::decide::level::{Seen, Standing, judge};
use kernel::severity::Severity;
use kernel::signal::Change;
use kernel::time::Timestamp;

fn seen(hour: i64, index: u16) -> Seen<'static> {
    let (band, severity) = match index {
        0..=150 => ("kem", None),
        151..=200 => ("xau", Some(Severity::THREE)),
        _ => ("rat_xau", Some(Severity::FOUR)),
    };
    Seen {
        indicator: "vn-aqi",
        entity: "e",
        hour: Timestamp::from_seconds(3_600 * hour),
        index,
        band,
        severity,
    }
}

#[test]
fn a_day_of_a_station() {
    use Change::{Cleared, Raised, Renewed};
    let (three, four) = (Severity::THREE, Severity::FOUR);
    let mut standing: Option<Standing> = None;
    for (hour, index, expected) in [
        // the first value is told, but it is no signal
        (0, 140, Some((Some(None), None))),
        (1, 145, Some((None, None))),
        (2, 160, Some((Some(Some("kem")), Some((Raised, three))))),
        (3, 170, Some((None, Some((Renewed, three))))),
        // the same hour again: nothing; corrected within the band: remembered, not told
        (3, 170, None),
        (3, 171, Some((None, None))),
        (4, 250, Some((Some(Some("xau")), Some((Raised, four))))),
        // an hour of before comes late: it says nothing about now
        (2, 300, None),
        // late data makes this very hour better
        (4, 180, Some((Some(Some("rat_xau")), Some((Raised, three))))),
        (5, 120, Some((Some(Some("xau")), Some((Cleared, three))))),
        (6, 110, Some((None, None))),
    ] {
        let verdict = judge(standing.as_ref(), seen(hour, index));
        let found = verdict
            .as_ref()
            .map(|verdict| (verdict.moved.as_ref().map(|before| before.as_deref()), verdict.signal));
        assert_eq!(found, expected, "hour {hour}, index {index}");
        if let Some(verdict) = verdict {
            standing = Some(verdict.standing);
        }
    }
    let standing = standing.unwrap();
    assert_eq!((standing.raised, standing.told), (None, 6));
}
