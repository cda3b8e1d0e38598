//! What a profile allows: arguments, deadlines and interlocks as tables, and mistakes of the file with place and remedy.

use crate::ground::pump;
use crate::script::{profile, second};
use device::decide::command::{Deed, Wanted, hindrance, order};
use device::model::DeviceState;
use device::model::command::Params;
use device::profile::command::Reading;
use device::profile::parse;
use kernel::actor::ActorId;
use kernel::id::CommandId;
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

fn params(value: Value) -> Params {
    value.as_object().unwrap().clone().into_iter().collect()
}

#[test]
fn a_pump_may_start_only_when_there_is_water_for_sure_and_stop_always() {
    let profile = profile();
    let now = second(10_000);
    let ago = |seconds| now.minus(Duration::from_secs(seconds));
    for (on, level, says) in [
        (true, Some((0.5, ago(60))), None),
        (true, Some((0.3, ago(900))), None),
        (true, Some((0.29, ago(60))), Some("'level' is 0.29, below 0.3")),
        (
            true,
            Some((0.5, ago(901))),
            Some("no good 'level' came in the last 900 s"),
        ),
        (true, None, Some("no good 'level'")),
        (false, Some((0.0, ago(60))), None),
        (false, None, None),
    ] {
        let newest = |name: &str| {
            let level = level.filter(|_| name == "level");
            level.map(|(value, time)| Reading { value, time })
        };
        let order = params(json!({ "on": on }));
        let why = hindrance(&pump("pump-1", &[]), &profile, ("pump.set", &order), &newest, now);
        match says {
            None => assert_eq!(why, None, "{on} {level:?}"),
            Some(says) => {
                let why = why.unwrap();
                assert_eq!(why.code, "interlock");
                assert!(
                    why.text.en.contains(says) && why.text.en.starts_with("Dry-run"),
                    "{why:?}"
                );
                assert!(why.text.vi.starts_with("Chống chạy khô"), "{why:?}");
            }
        }
    }
    let mut blocked = pump("pump-1", &[]);
    blocked.state = DeviceState::Blocked;
    let order = params(json!({ "on": false }));
    let why = hindrance(&blocked, &profile, ("pump.set", &order), &|_| None, now).unwrap();
    assert_eq!(why.code, "device_blocked");
}

#[test]
fn arguments_and_deadlines_are_held_against_the_profile() {
    for (name, given, deadline_s, wrong) in [
        ("pump.set", json!({ "on": true }), 30, None),
        ("pump.set", json!({ "on": false }), 600, None),
        (
            "pump.set",
            json!({ "on": true }),
            601,
            Some(("deadline_s", "1 to 600 s")),
        ),
        ("pump.set", json!({ "on": true }), 0, Some(("deadline_s", "1 to 600 s"))),
        (
            "pump.set",
            json!({}),
            30,
            Some(("params", "on is missing; write true or false")),
        ),
        (
            "pump.set",
            json!({ "on": 1 }),
            30,
            Some(("params", "on is 1; write true or false")),
        ),
        (
            "pump.set",
            json!({ "on": true, "off": 1 }),
            30,
            Some(("params", "'off' is no argument")),
        ),
        ("pump.stop", json!({}), 30, Some(("name", "they take: pump.set"))),
        ("", json!({}), 30, Some(("name", "take no command"))),
    ] {
        let wanted = Wanted {
            id: CommandId(Uuid::from_u128(1)),
            name: name.into(),
            params: params(given),
            deadline: second(deadline_s),
        };
        let deed = Deed {
            at: second(0),
            by: ActorId::Anonymous,
        };
        let found = order(&pump("pump-1", &[]), &profile(), wanted, deed);
        match (found, wrong) {
            (Ok(_), None) => {}
            (Err(device::error::DeviceError::Invalid { field, what }), Some((wanted, says))) => {
                assert_eq!(field, wanted, "{what}");
                assert!(what.contains(says), "{what}");
            }
            (found, wrong) => panic!("{found:?} {wrong:?}"),
        }
    }
}

const PROFILE: &str = "profile: valve
version: 1
title: {vi: Van, en: Valve}
entity_type: WaterValve
bindings:
  - {name: opening, attribute: opening, unit: '%', kind: number, title: {vi: Độ mở, en: Opening}}
commands:
  - name: valve.move
    title: {vi: Mở van, en: Move the valve}
    params:
      - {name: percent, kind: number, unit: '%', min: 0, max: 100, title: {vi: Độ mở, en: Opening}}
      - {name: mode, kind: text, one_of: [slow, fast], optional: true, title: {vi: Cách, en: Mode}}
    interlocks:
      - {title: {vi: Van kẹt, en: Stuck}, when: {mode: fast}, value: opening, above: 90, max_age_s: 60}
";

#[test]
fn numbers_and_texts_are_held_against_their_bounds() {
    let profile = parse("valve.yaml", PROFILE).unwrap();
    let spec = profile.command("valve.move").unwrap();
    for (given, says) in [
        (json!({ "percent": 0 }), None),
        (json!({ "percent": 100.0, "mode": "slow" }), None),
        (json!({ "percent": 100.5 }), Some("a number from 0 to 100")),
        (json!({ "percent": "50" }), Some("a number from 0 to 100")),
        (json!({ "percent": 1, "mode": "medium" }), Some("one of slow, fast")),
    ] {
        let found = spec.check(&params(given.clone()));
        match says {
            None => assert_eq!(found, Ok(()), "{given}"),
            Some(says) => assert!(found.unwrap_err().contains(says), "{given}"),
        }
    }
    let stuck = |mode: &str| {
        let reading = Reading {
            value: 95.0,
            time: second(0),
        };
        let order = params(json!({ "percent": 1, "mode": mode }));
        spec.interlocks[0].forbids(&order, Some(reading), second(1)).is_some()
    };
    assert_eq!((stuck("fast"), stuck("slow")), (true, false));
}

#[test]
fn mistakes_of_commands_are_named_with_place_and_remedy() {
    for (from, to, says, advice) in [
        ("name: valve.move", "name: 'a b'", "the command 'a b'", "1 to 64"),
        (
            "title: {vi: Mở van, en: Move the valve}",
            "title: {vi: ''}",
            "title.vi is empty",
            "call",
        ),
        (
            "value: opening",
            "value: depth",
            "'depth', which the profile does not bind",
            "bindings",
        ),
        (", above: 90", "", "forbids nothing", "below: or above:"),
        ("above: 90", "above: .nan", "no number", "finite"),
        ("{mode: fast}", "{speed: fast}", "'speed', which is no param", "when:"),
        ("max_age_s: 60", "max_age_s: 0", "is 0", "too old"),
        (
            "min: 0, max: 100",
            "min: 101, max: 100",
            "min and max",
            "min not above max",
        ),
        ("name: mode", "name: percent", "stands twice", "name each param once"),
        (
            "    interlocks",
            "    max_deadline_s: 0\n    interlocks",
            "max_deadline_s is 0",
            "86400",
        ),
    ] {
        assert!(PROFILE.contains(from), "{from}");
        let error = parse("valve.yaml", &PROFILE.replace(from, to)).unwrap_err();
        let text = error.to_string();
        assert!(
            error.what.contains(says) && error.advice.contains(advice),
            "{to}: {text}"
        );
        assert!(text.starts_with("valve.yaml:8:"), "{to}: {text}");
    }
    let twice = PROFILE.replace(
        "commands:\n",
        "commands:\n  - {name: valve.move, title: {vi: Mở, en: Move}}\n",
    );
    let error = parse("valve.yaml", &twice).unwrap_err();
    assert!(error.what.contains("stands twice"), "{error}");
}
