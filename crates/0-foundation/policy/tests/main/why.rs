//! Explanations name the bound that was crossed, the roles that may, and the post that would.

use crate::ground::{HIGH, area, engine, given, org, person};
use kernel::actor::{ActorId, Target};
use kernel::classification::Classification;
use kernel::time::Timestamp;
use policy::action::Action;
use policy::engine::Ask;
use policy::explain::explain;
use policy::post::posts;
use policy::principal::Principal;

fn in_post(role: &str, org_code: Option<&str>, area_code: Option<&str>) -> Principal {
    let post = posts(&[given(role, org_code, area_code)], Timestamp::EPOCH).remove(0);
    Principal::in_post(ActorId::Person(person(1)), &post, HIGH)
}

#[test]
fn every_refusal_says_why_in_both_languages() {
    let engine = engine();
    let (there, owner) = ([area("00097")], org("so-y-te"));
    let target = |classification| Target {
        owner: Some(&owner),
        areas: &there,
        classification,
        purposes: &[],
    };
    let internal = Classification::Internal;
    for (who, action, class, vi, en) in [
        (
            in_post("ward_officer", None, Some("00070")),
            Action::AlertRead,
            internal,
            "Không được phép xem cảnh báo: nằm ngoài địa bàn được giao.",
            "outside of the area",
        ),
        (
            in_post("duty_officer", None, None),
            Action::AlertRead,
            Classification::Secret,
            "độ mật cao hơn mức được xem",
            "higher than you may see",
        ),
        (
            in_post("department_officer", Some("so-xay-dung"), None),
            Action::DeviceRead,
            internal,
            "thuộc cơ quan, đơn vị khác",
            "another organisation",
        ),
        (
            in_post("citizen", None, None),
            Action::IncidentClose,
            Classification::Public,
            "cần một trong các vai trò Trực ban, điều hành viên, Lãnh đạo phường, xã",
            "one of the roles Duty officer",
        ),
        (
            in_post("duty_officer", None, None),
            Action::AlertRead,
            internal,
            "Được phép xem cảnh báo",
            "You may see alerts",
        ),
    ] {
        let ask = Ask {
            action,
            target: Some(target(class)),
            person: None,
        };
        let told = explain(&engine, &who, &[], &ask).unwrap();
        assert!(told.text.vi.contains(vi), "{}", told.text.vi);
        assert!(told.text.en.contains(en), "{}", told.text.en);
    }
}

#[test]
fn another_post_of_the_same_person_is_named() {
    let engine = engine();
    let there = [area("00097")];
    let ask = Ask {
        action: Action::AlertRead,
        target: Some(Target {
            areas: &there,
            ..Target::default()
        }),
        person: None,
    };
    let others = [
        (1, in_post("ward_leader", None, Some("00004"))),
        (2, in_post("ward_leader", None, Some("00097"))),
    ];
    let told = explain(&engine, &in_post("ward_leader", None, Some("00070")), &others, &ask).unwrap();
    assert_eq!((told.allowed, told.other_posts), (false, vec![2]));
}
