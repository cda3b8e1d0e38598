//! The rights of each role, written out once more by hand: a change of the policies has to be meant.

use crate::ground::engine;
use policy::action::Action;
use policy::compiled::Table;
use policy::engine::Ask;
use policy::principal::Principal;
use policy::role;

#[test]
fn the_table_is_the_one_that_was_reviewed() {
    let engine = engine();
    let mut lines = String::new();
    let table = Table::new(&engine).unwrap();
    for code in role::all().keys().filter(|code| *code != "service") {
        let own: Vec<&str> = table
            .actions_of(code)
            .into_iter()
            .filter(|action| !table.permits([], *action))
            .map(Action::code)
            .collect();
        lines.push_str(&format!("{code}: {}\n", own.join(" ")));
    }
    let reviewed = include_str!("rights.txt");
    assert_eq!(lines, reviewed, "what the policies say now:\n{lines}");
}

#[test]
fn those_who_keep_rights_do_not_handle_business_and_auditors_change_nothing() {
    let table = Table::here();
    for action in [
        Action::AlertClear,
        Action::IncidentClose,
        Action::CommandGive,
        Action::AuditRead,
    ] {
        assert!(!table.permits(["administrator"], action), "{action}");
    }
    let reads = |action: Action| {
        let verb = action.code().rsplit('.').next().unwrap();
        ["read", "open", "close", "switch", "explain", "keep"].contains(&verb)
    };
    for action in table.actions_of("auditor") {
        assert!(reads(action), "{action}");
        assert!(
            !action.code().ends_with(".keep") || action == Action::AccountKeep,
            "{action}"
        );
    }
}

#[test]
fn a_token_and_a_weak_sign_in_bind_further() {
    let engine = engine();
    let mut officer = Principal::of_role("duty_officer");
    officer.token = Some([Action::AlertRead].into());
    let may = |principal: &Principal, action| engine.decide(principal, &Ask::at_all(action)).unwrap();
    assert!(may(&officer, Action::AlertRead).allowed);
    let refused = may(&officer, Action::AlertClear);
    assert_eq!(
        (refused.allowed, refused.reasons[0].rule.as_str()),
        (false, "token_scope")
    );

    let mut administrator = Principal::of_role("administrator");
    administrator.strong = false;
    let refused = may(&administrator, Action::RightKeep);
    assert_eq!(
        (refused.allowed, refused.reasons[0].rule.as_str()),
        (false, "second_factor")
    );
    assert!(
        may(&administrator, Action::AccountKeep).allowed,
        "or nobody could enrol"
    );
    officer.strong = false;
    assert!(
        may(&officer, Action::AlertRead).allowed,
        "duty officers are not asked for it"
    );
}
