//! A rule whose unit can never fit what it selects is told from the profiles alone.

use crate::stage::rule;
use kernel::id::ProfileId;
use kernel::value::ValueKind;
use rule::units::Prospect;

#[test]
fn a_unit_that_can_never_fit_is_named_with_the_ones_that_do() {
    let (gauge, meter) = (ProfileId::new("gauge").unwrap(), ProfileId::new("meter").unwrap());
    let prospect = |profile, attribute, kind, unit| Prospect {
        profile,
        entity_type: "WaterObserved",
        attribute,
        kind,
        unit,
    };
    let prospects = [
        prospect(&gauge, "waterDepth", ValueKind::Number, "m"),
        prospect(&gauge, "level", ValueKind::Number, "m"),
        prospect(&meter, "level", ValueKind::Number, "dB"),
        prospect(&meter, "odd", ValueKind::Number, "parsec"),
        prospect(&gauge, "open", ValueKind::Boolean, ""),
    ];
    let when = "when: [{severity: 2, above: 0.2}]";
    for (what, body, says) in [
        ("same", "select: {attribute: waterDepth}\nunit: m", None),
        ("converted", "select: {attribute: waterDepth}\nunit: mm", None),
        ("unknown alike", "select: {attribute: odd}\nunit: parsec", None),
        ("nothing there", "select: {attribute: voltage}\nunit: V", None),
        (
            "other type",
            "select: {attribute: waterDepth, entity_type: Device}\nunit: V",
            None,
        ),
        (
            "never",
            "select: {attribute: waterDepth}\nunit: V",
            Some(
                "the rule's unit 'V' cannot be compared with what it selects: waterDepth of gauge is in 'm'; write one of cm, km, m, mm",
            ),
        ),
        ("none", "select: {attribute: waterDepth}", Some("the rule has no unit")),
        (
            "half",
            "select: {attribute: level}\nunit: m",
            Some("level of meter is in 'dB'"),
        ),
        (
            "half, one meant",
            "select: {attribute: level, profiles: [gauge]}\nunit: m",
            None,
        ),
        (
            "half, by owner",
            "select: {attribute: level, orgs: [drainage]}\nunit: m",
            None,
        ),
        (
            "never, by owner",
            "select: {attribute: level, orgs: [drainage]}\nunit: V",
            Some("level of gauge is in 'm', level of meter is in 'dB'"),
        ),
    ] {
        let found = rule("a", &format!("{body}\n{when}")).unit_mistake(&prospects);
        match (found, says) {
            (None, None) => {}
            (Some(found), Some(says)) => assert!(found.contains(says), "{what}: {found}"),
            (found, says) => panic!("{what}: {found:?} instead of {says:?}"),
        }
    }
    let flag = rule("b", "select: {attribute: open}\nwhen: [{severity: 2, equals: true}]");
    let silent = rule("c", "no_data: {severity: 2, after: PT1M}");
    assert_eq!(
        (flag.unit_mistake(&prospects), silent.unit_mistake(&prospects)),
        (None, None)
    );
}
