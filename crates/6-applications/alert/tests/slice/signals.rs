//! Signals as tests need them: a group, a cause, what happened, how grave, and when.

use kernel::area::AreaCode;
use kernel::classification::Classification;
use kernel::id::{DeviceId, SignalId, TenantId, derived};
use kernel::place::Point;
use kernel::severity::Severity;
use kernel::signal::{Change, Signal};
use kernel::text::LangText;
use kernel::time::Timestamp;
use serde_json::json;
use std::collections::BTreeMap;

/// The second at which every story begins.
pub(crate) const START: i64 = 1_756_080_000;

/// So many seconds after the start.
pub(crate) fn second(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(START + seconds)
}

pub(crate) fn tenant() -> TenantId {
    TenantId::new("hanoi").unwrap()
}

pub(crate) fn area(code: &str) -> AreaCode {
    AreaCode::new(code).unwrap()
}

/// A signal about the water at gauge `cause`, in ward 00070.
pub(crate) fn signal(group: &str, cause: &str, change: Change, severity: u8, seconds: i64) -> Signal {
    let severity = Severity::try_from(severity).unwrap();
    let kind = format!("{change:?}");
    let id = derived(&[
        group.as_bytes(),
        cause.as_bytes(),
        kind.as_bytes(),
        &[severity.level()],
        &seconds.to_be_bytes(),
    ]);
    Signal {
        id: SignalId(id),
        source: "rule/flood-depth".into(),
        version: 1,
        code: "flood_depth".into(),
        group: group.into(),
        change,
        severity,
        at: second(seconds),
        noticed: second(seconds),
        title: LangText::new("Ngập sâu tại Đống Đa", "Deep flooding at Đống Đa"),
        entity: format!("urn:ngsi-ld:WaterObserved:hanoi:{cause}"),
        device: Some(DeviceId::new(cause).unwrap()),
        series: None,
        org: None,
        areas: vec![area("00070")],
        place: Point::new(105.83, 21.01),
        classification: Classification::Internal,
        params: BTreeMap::from([
            ("value".into(), json!(0.35)),
            ("limit".into(), json!(0.3)),
            ("unit".into(), json!("m")),
        ]),
    }
}
