//! For random people and things, Cedar and the compiled form (role table, scope) come to the same answer.

use crate::ground::{AREAS, HIGH, ORGS, area, engine, ground, org, person, tenant};
use kernel::actor::{Actor, ActorId, Target};
use kernel::area::AreaCode;
use kernel::classification::Classification;
use kernel::id::OrgId;
use kernel::time::Timestamp;
use policy::action::Action;
use policy::compiled::{Table, permit_on};
use policy::engine::{Ask, Engine};
use policy::post::{Assignment, Ceiling, posts};
use policy::principal::Principal;
use policy::role;
use proptest::prelude::*;
use std::sync::LazyLock;

static ENGINE: LazyLock<Engine> = LazyLock::new(engine);
const PURPOSES: [&str; 4] = ["operation", "sector", "party_work", "nothing"];

fn classification() -> impl Strategy<Value = Classification> {
    use Classification::{Confidential, Internal, Public, Restricted, Secret, TopSecret};
    prop::sample::select(vec![Public, Internal, Restricted, Confidential, Secret, TopSecret])
}

fn some_org() -> impl Strategy<Value = Option<OrgId>> {
    prop::option::of(prop::sample::select(ORGS.to_vec()).prop_map(org))
}

fn some_area() -> impl Strategy<Value = Option<AreaCode>> {
    prop::option::of(prop::sample::select(AREAS.to_vec()).prop_map(area))
}

fn assignment() -> impl Strategy<Value = Assignment> {
    let roles: Vec<String> = role::all().keys().cloned().collect();
    let until = prop::option::of((0_i64..200).prop_map(Timestamp::from_seconds));
    (prop::sample::select(roles), some_org(), some_area(), until).prop_map(|(role, org, area, until)| Assignment {
        role,
        org,
        area,
        until,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn scope_and_cedar_agree_on_random_people_and_things(
        assignments in prop::collection::vec(assignment(), 1..6),
        now in 0_i64..200,
        clearance in classification(),
        instance in classification(),
        owner in some_org(),
        areas in prop::collection::vec(prop::sample::select(AREAS.to_vec()).prop_map(area), 0..3),
        class in classification(),
        purposes in prop::collection::vec(prop::sample::select(PURPOSES.to_vec()).prop_map(str::to_owned), 0..3),
        about in prop::option::of(0_u128..2),
        first_action in 0..Action::ALL.len(),
    ) {
        let ceiling = Ceiling { person: clearance, instance };
        let target = Target { owner: owner.as_ref(), areas: &areas, classification: class, purposes: &purposes };
        for post in posts(&assignments, Timestamp::from_seconds(now)) {
            let id = ActorId::Person(person(0));
            let principal = Principal::in_post(id.clone(), &post, ceiling);
            let scope = post.scope(&tenant(), &ground(), ceiling);
            prop_assert_eq!(scope.max_classification, principal.clearance);
            let actor = Actor { id, roles: post.roles.clone(), scope };
            // all actions in turn, some for each person
            for step in 0..12 {
                let action = Action::ALL[(first_action + step * 5) % Action::ALL.len()];
                let ask = Ask { action, target: Some(target), person: about.map(person) };
                let compiled = permit_on(&actor, action, &target).is_ok()
                    && !(about == Some(0) && Table::here().is_never_for_oneself(action));
                let decided = ENGINE.decide(&principal, &ask).unwrap();
                prop_assert_eq!(decided.allowed, compiled, "{} {:?} {:?} {:?}", action, actor, target, decided.reasons);
            }
        }
    }
}

/// The property above would not notice if almost nothing were allowed: each bound is met from both sides here.
#[test]
fn each_bound_is_met_from_both_sides() {
    let given = |role: &str, org_code: Option<&str>, area_code: Option<&str>| {
        posts(&[crate::ground::given(role, org_code, area_code)], Timestamp::EPOCH).remove(0)
    };
    let (ward, other, dept, none) = ([area("00070")], [area("00097")], org("tram-bom"), []);
    let restricted = Classification::Restricted;
    let thing = |areas, owner, classification| Target {
        owner,
        areas,
        classification,
        purposes: &[],
    };
    let read = Action::DeviceRead;
    for (post, target, allowed) in [
        (
            given("ward_leader", None, Some("00070")),
            thing(&ward[..], Some(&dept), restricted),
            true,
        ),
        (
            given("ward_leader", None, Some("00070")),
            thing(&other[..], None, restricted),
            false,
        ),
        (
            given("ward_leader", None, Some("00070")),
            thing(&none[..], None, restricted),
            false,
        ),
        (
            given("ward_leader", None, Some("01")),
            thing(&none[..], None, restricted),
            true,
        ),
        (
            given("ward_officer", None, Some("00070")),
            thing(&ward[..], None, restricted),
            false,
        ),
        (
            given("department_officer", Some("so-xay-dung"), None),
            thing(&ward[..], Some(&dept), restricted),
            true,
        ),
        (
            given("department_officer", Some("so-y-te"), None),
            thing(&ward[..], Some(&dept), restricted),
            false,
        ),
        (
            given("department_officer", Some("so-y-te"), None),
            thing(&ward[..], None, restricted),
            true,
        ),
        (
            given("department_officer", Some("city"), None),
            thing(&ward[..], Some(&dept), restricted),
            true,
        ),
        (given("auditor", None, None), thing(&ward[..], None, restricted), false),
    ] {
        let principal = Principal::in_post(ActorId::Person(person(1)), &post, HIGH);
        let ask = Ask {
            action: read,
            target: Some(target),
            person: None,
        };
        assert_eq!(
            ENGINE.decide(&principal, &ask).unwrap().allowed,
            allowed,
            "{post:?} {target:?}"
        );
    }
}
