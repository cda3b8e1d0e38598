//! The examples of RFC 8428 sections 5.1 and 6 as they stand, and the rules of its section 4 clause by clause.

use super::show::{NOW, read, rejected, rows};
use uplink::{Decoded, Format};

const ONE_WIRE: &str = "10e2073a01080063";

fn json(text: &str) -> Decoded {
    let decoded = read(Format::SenmlJson, text.as_bytes()).unwrap_or_else(|error| panic!("{error}: {text}"));
    assert_eq!(rejected(&decoded), Vec::<String>::new(), "{text}");
    decoded
}

/// Rows without the number of the item.
fn resolved(text: &str) -> Vec<String> {
    rows(&json(text))
        .iter()
        .map(|row| row.split_once(' ').unwrap().1.to_owned())
        .collect()
}

#[test]
fn examples_of_sections_5_1_1_5_1_2_and_5_1_5() {
    assert_eq!(
        resolved(r#"[{"n":"urn:dev:ow:10e2073a01080063","u":"Cel","v":23.1}]"#),
        [format!("{ONE_WIRE} value Cel 23.1 @-")],
        "5.1.1"
    );
    assert_eq!(
        resolved(
            r#"[{"bn":"urn:dev:ow:10e2073a01080063:","n":"voltage","u":"V","v":120.1},
                {"n":"current","u":"A","v":1.2}]"#
        ),
        ["voltage V 120.1", "current A 1.2"].map(|value| format!("{ONE_WIRE} {value} @-")),
        "5.1.2"
    );
    assert_eq!(
        resolved(
            r#"[{"bn":"urn:dev:ow:10e2073a01080063","bt":1.320067464e+09,"bu":"%RH","v":21.2},
                {"t":10,"v":21.3},{"t":20,"v":21.4},{"t":30,"v":21.4},{"t":40,"v":21.5},{"t":50,"v":21.5},
                {"t":60,"v":21.5},{"t":70,"v":21.6},{"t":80,"v":21.7}]"#
        ),
        [21.2, 21.3, 21.4, 21.4, 21.5, 21.5, 21.5, 21.6, 21.7]
            .iter()
            .zip(0..)
            .map(|(value, tens)| format!("{ONE_WIRE} value % {value} @{}", 1_320_067_464 + tens * 10))
            .collect::<Vec<_>>(),
        "5.1.2, the stream"
    );
    assert_eq!(
        resolved(
            r#"[{"bn":"urn:dev:ow:10e2073a01080063:","n":"temp","u":"Cel","v":23.1},
                {"n":"label","vs":"Machine Room"},{"n":"open","vb":false},{"n":"nfv-reader","vd":"aGkgCg"}]"#
        ),
        [
            "temp Cel 23.1",
            "label - 'Machine Room'",
            "open - false",
            "nfv-reader - 'aGkgCg'"
        ]
        .map(|value| format!("{ONE_WIRE} {value} @-")),
        "5.1.5"
    );
}

/// The third example of section 5.1.2 in JSON and its dump in section 6 are the same pack.
#[test]
fn example_of_section_5_1_2_with_base_values_equals_the_dump_of_section_6() {
    let text = r#"[
        {"bn":"urn:dev:ow:10e2073a0108006:","bt":1.276020076001e+09,"bu":"A","bver":5,"n":"voltage","u":"V","v":120.1},
        {"n":"current","t":-5,"v":1.2},{"n":"current","t":-4,"v":1.3},{"n":"current","t":-3,"v":1.4},
        {"n":"current","t":-2,"v":1.5},{"n":"current","t":-1,"v":1.6},{"n":"current","v":1.7}]"#;
    let expected = [
        "0 10e2073a0108006 voltage V 120.1 @1276020076.001",
        "1 10e2073a0108006 current A 1.2 @1276020071.001",
        "2 10e2073a0108006 current A 1.3 @1276020072.001",
        "3 10e2073a0108006 current A 1.4 @1276020073.001",
        "4 10e2073a0108006 current A 1.5 @1276020074.001",
        "5 10e2073a0108006 current A 1.6 @1276020075.001",
        "6 10e2073a0108006 current A 1.7 @1276020076.001",
    ];
    assert_eq!(rows(&json(text)), expected);
    let dump = "87a721781b75726e3a6465763a6f773a3130653230373361303130383030363a\
        22fb41d303a15b00106223614120050067766f6c7461676501615602fb405e066666666666\
        a3006763757272656e74062402fb3ff3333333333333a3006763757272656e74062302fb3ff4cccccccccccd\
        a3006763757272656e74062202fb3ff6666666666666a3006763757272656e74062102f93e00\
        a3006763757272656e74062002fb3ff999999999999aa3006763757272656e74060002fb3ffb333333333333";
    let bytes: Vec<u8> = (0..dump.len() / 2)
        .map(|byte| u8::from_str_radix(&dump[byte * 2..byte * 2 + 2], 16).unwrap())
        .collect();
    assert_eq!(bytes.len(), 0xc3, "the dump is whole");
    assert_eq!(rows(&read(Format::SenmlCbor, &bytes).unwrap()), expected);
}

/// Section 4.6: a pack means what its resolved records mean.
#[test]
fn example_of_section_5_1_3_equals_its_resolved_form_of_section_5_1_4() {
    let pack = r#"[{"bn":"urn:dev:ow:10e2073a01080063","bt":1.320067464e+09,"bu":"%RH","v":20},
        {"u":"lon","v":24.30621},{"u":"lat","v":60.07965},{"t":60,"v":20.3},{"u":"lon","t":60,"v":24.30622},
        {"u":"lat","t":60,"v":60.07965},{"t":120,"v":20.7},{"u":"lon","t":120,"v":24.30623},
        {"u":"lat","t":120,"v":60.07966},{"u":"%EL","t":150,"v":98},{"t":180,"v":21.2},
        {"u":"lon","t":180,"v":24.30628},{"u":"lat","t":180,"v":60.07967}]"#;
    let expected: Vec<(&str, u64, f64)> = vec![
        ("%RH", 1_320_067_464, 20.0),
        ("lon", 1_320_067_464, 24.30621),
        ("lat", 1_320_067_464, 60.07965),
        ("%RH", 1_320_067_524, 20.3),
        ("lon", 1_320_067_524, 24.30622),
        ("lat", 1_320_067_524, 60.07965),
        ("%RH", 1_320_067_584, 20.7),
        ("lon", 1_320_067_584, 24.30623),
        ("lat", 1_320_067_584, 60.07966),
        ("%EL", 1_320_067_614, 98.0),
        ("%RH", 1_320_067_644, 21.2),
        ("lon", 1_320_067_644, 24.30628),
        ("lat", 1_320_067_644, 60.07967),
    ];
    let records: Vec<String> = expected
        .iter()
        .map(|(unit, time, value)| {
            format!(r#"{{"n":"urn:dev:ow:10e2073a01080063","u":"{unit}","t":{time},"v":{value}}}"#)
        })
        .collect();
    let rows = resolved(pack);
    assert_eq!(rows, resolved(&format!("[{}]", records.join(","))));
    assert_eq!(rows[1], format!("{ONE_WIRE} value deg 24.30621 @1320067464"));
    assert_eq!(rows[9], format!("{ONE_WIRE} value % 98 @1320067614"));
}

#[test]
fn examples_of_sections_5_1_6_and_5_1_7() {
    assert_eq!(
        resolved(
            r#"[{"bn":"2001:db8::2/","bt":1.320078429e+09,"n":"temperature","u":"Cel","v":25.2},
                {"n":"humidity","u":"%RH","v":30},{"bn":"2001:db8::1/","n":"temperature","u":"Cel","v":12.3},
                {"n":"humidity","u":"%RH","v":67}]"#
        ),
        [
            "2001:db8::2 temperature Cel 25.2 @1320078429",
            "2001:db8::2 humidity % 30 @1320078429",
            "2001:db8::1 temperature Cel 12.3 @1320078429",
            "2001:db8::1 humidity % 67 @1320078429",
        ],
        "5.1.6"
    );
    assert_eq!(
        rows(&json(
            r#"[{"bn":"urn:dev:ow:10e2073a01080063:"},{"n":"temp","u":"Cel","v":23.1},{"n":"heat","u":"/","v":1},
                {"n":"fan","u":"/","v":0}]"#
        )),
        ["1 H temp Cel 23.1 @-", "2 H heat 1 1 @-", "3 H fan 1 0 @-"].map(|row| row.replace('H', ONE_WIRE)),
        "5.1.7, a thermostat"
    );
    assert_eq!(
        resolved(
            r#"[{"bt":1.320078429e+09,"bu":"/","n":"2001:db8::3","v":0.5},{"n":"2001:db8::4","v":0.5},
                {"n":"2001:db8::3","t":0.1,"v":0},{"n":"2001:db8::4","t":0.1,"v":0}]"#
        ),
        [
            "2001:db8: 3 1 0.5 @1320078429",
            "2001:db8: 4 1 0.5 @1320078429",
            "2001:db8: 3 1 0 @1320078429.1",
            "2001:db8: 4 1 0 @1320078429.1",
        ],
        "5.1.7, two lights: a name without a value name is split at its last separator"
    );
}

#[test]
fn the_rules_of_section_4_clause_by_clause() {
    let now = NOW.micros() as f64 / 1e6;
    for (clause, text, expected) in [
        (
            "4.1 base values hold until the next one",
            r#"[{"bn":"g/","n":"a","v":1},{"n":"b","v":2},{"bn":"h/","n":"a","v":3}]"#,
            vec!["0 g a - 1 @-".to_owned(), "1 g b - 2 @-".into(), "2 h a - 3 @-".into()],
        ),
        (
            "4.1 a base unit counts unless a unit is there",
            r#"[{"bu":"V","n":"a","v":1},{"n":"a","u":"A","v":2}]"#,
            vec!["0 - a V 1 @-".into(), "1 - a A 2 @-".into()],
        ),
        (
            "4.1 a base value is added",
            r#"[{"bv":100,"n":"a","v":-1.5},{"n":"a","v":1}]"#,
            vec!["0 - a - 98.5 @-".into(), "1 - a - 101 @-".into()],
        ),
        (
            "4.2 a sum next to a value is a value of its own",
            r#"[{"n":"g/power","u":"W","v":5,"s":36000}]"#,
            vec!["0 g power W 5 @-".into(), "0 g power.sum W.s 36000 @-".into()],
        ),
        (
            "4.2 a sum may stand alone",
            r#"[{"n":"g/power","u":"kW","s":3}]"#,
            vec!["0 g power.sum kW.s 3 @-".into()],
        ),
        (
            "4.2 the only value of a device has a sum too",
            r#"[{"n":"urn:dev:ow:10e2073a01080063","s":3}]"#,
            vec!["0 10e2073a01080063 value.sum - 3 @-".into()],
        ),
        (
            "4.2 the update time is read over",
            r#"[{"n":"a","v":1,"ut":60}]"#,
            vec!["0 - a - 1 @-".into()],
        ),
        (
            "4.4 unknown fields are ignored",
            r#"[{"n":"a","v":1,"colour":{"_":1},"b!":2}]"#,
            vec!["0 - a - 1 @-".into()],
        ),
        (
            "4.4 one version for all records",
            r#"[{"bver":5,"n":"a","v":1},{"n":"a","v":2},{"bver":5,"n":"a","v":3}]"#,
            vec!["0 - a - 1 @-".into(), "1 - a - 2 @-".into(), "2 - a - 3 @-".into()],
        ),
        (
            "4.4 the version that is the default may be named later",
            r#"[{"n":"a","v":1},{"bver":10,"n":"a","v":3}]"#,
            vec!["0 - a - 1 @-".into(), "1 - a - 3 @-".into()],
        ),
        (
            "RFC 9100 section 4: 26 allows secondary units",
            r#"[{"bver":26,"n":"a","u":"hPa","v":1}]"#,
            vec!["0 - a hPa 1 @-".into()],
        ),
        (
            "4.5.2 no unit is allowed",
            r#"[{"n":"a","v":1}]"#,
            vec!["0 - a - 1 @-".into()],
        ),
        (
            "4.5.3 no time is roughly now",
            r#"[{"n":"a","v":1,"t":0}]"#,
            vec!["0 - a - 1 @-".into()],
        ),
        (
            "4.5.3 a negative time is in the past",
            r#"[{"bt":-20,"n":"a","v":1,"t":10}]"#,
            vec![format!("0 - a - 1 @{}", now - 10.0)],
        ),
        (
            "4.5.3 below 2**28 it is in the future",
            r#"[{"n":"a","v":1,"t":268435455}]"#,
            vec![format!("0 - a - 1 @{}", now + 268_435_455.0)],
        ),
        (
            "4.5.3 from 2**28 it is absolute",
            r#"[{"bt":268435400,"n":"a","v":1,"t":56}]"#,
            vec!["0 - a - 1 @268435456".into()],
        ),
        (
            "4.5.4 a missing value is zero next to its base",
            r#"[{"bv":100,"n":"a"}]"#,
            vec!["0 - a - 100 @-".into()],
        ),
        (
            "4.5.4 a base sum is added",
            r#"[{"bs":100,"n":"a","s":5},{"n":"a","s":6}]"#,
            vec!["0 - a.sum - 105 @-".into(), "1 - a.sum - 106 @-".into()],
        ),
        (
            "4.5.4 a missing sum is zero next to its base",
            r#"[{"bs":100},{"n":"a","v":5}]"#,
            vec!["1 - a - 5 @-".into(), "1 - a.sum - 100 @-".into()],
        ),
        (
            "4.5.4 what is no number has no sum",
            r#"[{"bs":100},{"n":"a","vs":"x"}]"#,
            vec!["1 - a - 'x' @-".into()],
        ),
        (
            "12.1 note 2: % is a ratio",
            r#"[{"n":"a","u":"%","v":0.5}]"#,
            vec!["0 - a 1 0.5 @-".into()],
        ),
    ] {
        assert_eq!(rows(&json(text)), expected, "{clause}");
    }
}

#[test]
fn what_section_4_4_refuses_is_refused_whole() {
    for (clause, text, says) in [
        (
            "must be understood",
            r#"[{"n":"a","v":1},{"n":"a","v":2,"colour_":1}]"#,
            "'colour_'",
        ),
        (
            "must be understood, a base field",
            r#"[{"bx_":1,"n":"a","v":1}]"#,
            "'bx_'",
        ),
        ("a later version", r#"[{"bver":11,"n":"a","v":1}]"#, "version 11"),
        (
            "a feature that is unknown",
            r#"[{"bver":42,"n":"a","v":1}]"#,
            "version 42",
        ),
        ("no positive integer", r#"[{"bver":0,"n":"a","v":1}]"#, "version 0"),
        ("no integer", r#"[{"bver":9.5,"n":"a","v":1}]"#, "version 9.5"),
        (
            "two versions",
            r#"[{"bver":5,"n":"a","v":1},{"bver":10,"n":"a","v":1}]"#,
            "version 10 after 5",
        ),
        (
            "not the default",
            r#"[{"n":"a","v":1},{"bver":26,"n":"a","v":1}]"#,
            "version 26 after 10",
        ),
    ] {
        let error = read(Format::SenmlJson, text.as_bytes()).expect_err(clause).to_string();
        assert!(error.contains(says), "{clause}: {error}");
    }
}
