//! SenML in JSON: values, times and names, and what is wrong with packs; the examples of the RFC stand in `rfc8428`.

use super::show::{NOW, read, rejected, rows};
use kernel::reject::MAX_RAW;
use uplink::{DecodeError, Format};

fn json(text: &str) -> uplink::Decoded {
    read(Format::SenmlJson, text.as_bytes()).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn whole(text: &str) -> DecodeError {
    read(Format::SenmlJson, text.as_bytes()).expect_err(text)
}

#[test]
fn values_times_and_names_follow_the_rules() {
    let now = NOW.micros() as f64 / 1e6;
    for (text, expected) in [
        (r#"[{"n":"a","v":1,"t":-10}]"#, format!("0 - a - 1 @{}", now - 10.0)),
        (
            r#"[{"n":"a","v":1,"t":268435455}]"#,
            format!("0 - a - 1 @{}", now + 268_435_455.0),
        ),
        (r#"[{"n":"a","v":1,"t":268435456}]"#, "0 - a - 1 @268435456".into()),
        (r#"[{"n":"a","v":1,"t":0}]"#, "0 - a - 1 @-".into()),
        (r#"[{"bv":100,"n":"a","v":-1.5}]"#, "0 - a - 98.5 @-".into()),
        (r#"[{"n":"a","v":-0.0}]"#, "0 - a - -0 @-".into()),
        (r#"[{"bv":100,"n":"a"}]"#, "0 - a - 100 @-".into()),
        (r#"{"n":"a","v":1}"#, "0 - a - 1 @-".into()),
        (
            r#" [ { "n" : "g1/a" , "v" : 1e-3 , "ut" : 5, "x":[{"y":"]"}] } ] "#,
            "0 g1 a - 0.001 @-".into(),
        ),
        (
            r#"[{"n":"a","vs":"\u0110\u1ed1ng \ud83d\ude00 \"\n"}]"#,
            "0 - a - 'Đống 😀 \"\n' @-".into(),
        ),
        (r#"[{"n":"a","v":1e999}]"#, "0 - a - inf @-".into()),
        (r#"[{"n":"a","v":NaN}]"#, "0 - a - NaN @-".into()),
        (r#"[{"n":"a","u":"kWh","v":1}]"#, "0 - a kW.h 1 @-".into()),
        (
            r#"[{"bn":"g1/","bt":1700000000},{"n":"a","v":1}]"#,
            "1 g1 a - 1 @1700000000".into(),
        ),
        ("\u{feff}[{\"n\":\"a\",\"vb\":true}]", "0 - a - true @-".into()),
    ] {
        let decoded = json(text);
        assert_eq!(rows(&decoded), [expected], "{text}");
        assert!(decoded.rejected.is_empty(), "{text}");
    }
}

#[test]
fn a_bad_item_is_kept_aside_and_its_neighbours_stay() {
    let long = format!(r#"{{"n":"{}","v":1}}"#, "a".repeat(65));
    let text = format!(r#"{{"n":"a","vs":"{}"}}"#, "x".repeat(1_025));
    for (bad, reason, says) in [
        (r#"{"n":"a","v":"1"}"#, "wrong_type", "'v' is a text; write a number"),
        (r#"{"n":"a"}"#, "malformed", "no value"),
        (r#"{"n":"a","v":null}"#, "wrong_type", "null"),
        (r#"{"n":"a","vb":1}"#, "wrong_type", "true or false"),
        (r#"{"n":"a","v":1,"vs":"x"}"#, "malformed", "exactly one"),
        (r#"{"n":"a","v":1,"v":2}"#, "malformed", "stands twice"),
        (r#"{"v":1}"#, "malformed", "no name"),
        (r#"{"n":"mực nước","v":1}"#, "malformed", "RFC 8428"),
        (r#"{"n":"a","s":"5"}"#, "malformed", "'s' is a text"),
        (r#"{"n":"a","v":1,"s":true}"#, "malformed", "'s' is true or false"),
        (r#"{"n":"a","vd":"aGkgCg=="}"#, "malformed", "without padding"),
        (r#"{"n":"a","vd":"a+/b"}"#, "malformed", "URL-safe"),
        (r#"{"n":"a","v":1,"t":"now"}"#, "malformed", "'t' is a text"),
        (r#"{"n":"a","v":1.2.3}"#, "malformed", "at byte 16 of the item"),
        (r#"{"n":"a","v":01}"#, "malformed", "','"),
        (r#"{"n":"a" "v":1}"#, "malformed", "','"),
        (r#"{"n":"a","v":tru}"#, "malformed", "no JSON value"),
        ("7", "malformed", "an item is a number"),
        ("null", "malformed", "an item is null"),
        (r#"["n"]"#, "malformed", "an item is an array"),
        (&long, "too_long", "at most 64"),
        (&text, "too_long", "at most 1024"),
    ] {
        let pack = format!(r#"[{{"n":"a","v":1}},{bad},{{"n":"a","v":3}}]"#);
        let decoded = json(&pack);
        assert_eq!(rows(&decoded), ["0 - a - 1 @-", "2 - a - 3 @-"], "{bad}");
        assert_eq!(rejected(&decoded), [format!("1 {reason}")], "{bad}");
        assert!(
            decoded.rejected[0].detail.contains(says),
            "{}",
            decoded.rejected[0].detail
        );
        assert_eq!(decoded.rejected[0].raw, &bad.as_bytes()[..bad.len().min(MAX_RAW)]);
    }
}

#[test]
fn bytes_that_are_no_utf8_cost_one_item() {
    let decoded = read(
        Format::SenmlJson,
        b"[{\"n\":\"a\",\"vs\":\"\xff\"},{\"n\":\"a\",\"v\":1}]",
    )
    .unwrap();
    assert_eq!(rejected(&decoded), ["0 invalid_utf8"]);
    assert_eq!(rows(&decoded), ["1 - a - 1 @-"]);
}

#[test]
fn a_bad_base_value_costs_only_those_that_lean_on_it() {
    let decoded = json(
        r#"[{"bt":"gestern","n":"a","v":1},{"n":"a","v":2},{"bt":1700000000,"n":"a","v":3},{"bn":7,"n":"b","v":4},
            {"n":"b","v":5},{"bn":"g1/","n":"b","v":6}]"#,
    );
    assert_eq!(
        rejected(&decoded),
        ["0 malformed", "1 malformed", "3 malformed", "4 malformed"]
    );
    assert!(
        decoded.rejected[1].detail.contains("'bt' of item 0"),
        "{}",
        decoded.rejected[1].detail
    );
    assert_eq!(rows(&decoded), ["2 - a - 3 @1700000000", "5 g1 b - 6 @1700000000"]);
}

#[test]
fn three_bad_of_ten_thousand_leave_the_others() {
    let items: Vec<String> = (0..10_000)
        .map(|number| match number {
            17 => r#"{"n":"g1/level","v":"high"}"#.to_owned(),
            5_000 => r#"{"n":"g1/level"}"#.to_owned(),
            9_999 => r#"{"n":"g1/level","v":}"#.to_owned(),
            _ => format!(r#"{{"n":"g1/level","v":{number},"t":{}}}"#, 1_700_000_000 + number),
        })
        .collect();
    let decoded = json(&format!("[{}]", items.join(",")));
    assert_eq!(decoded.readings.len(), 9_997);
    assert_eq!(decoded.readings.keys.len(), 1);
    assert_eq!(
        rejected(&decoded),
        ["17 wrong_type", "5000 malformed", "9999 malformed"]
    );
}

#[test]
fn what_spoils_the_whole_pack_says_where() {
    for (text, says) in [
        ("", "line 1, column 1 (byte 0): the payload ends"),
        ("hello", "begins with '['"),
        (
            "[{\"n\":\"a\",\"v\":1}",
            "line 1, column 17 (byte 16): the payload ends",
        ),
        ("[{\"n\":\"a\",\"v\":1},\n{\"n\":\"a\",\"v\":", "line 2, column 14"),
        ("[{\"n\":\"a\",\"v\":1};{}]", "column 17 (byte 16): after an item comes"),
        ("[{\"n\":\"a\",\"v\":1}] x", "something follows"),
        ("[{\"bn\":\"a\" \"v\":1},{\"n\":\"b\",\"v\":1}]", "',' or '}'"),
        ("[{\"n\":\"a\",\"v\":1,\"who_\":2}]", "'who_'"),
        ("[{\"bver\":11,\"n\":\"a\",\"v\":1}]", "version 11"),
        (
            "[{\"n\":\"a\",\"v\":1},{\"bver\":5,\"n\":\"a\",\"v\":1}]",
            "version 5 after 10",
        ),
        ("[{\"n\":\"a\",\"vs\":\"open}]", "not closed"),
    ] {
        let error = whole(text).to_string();
        assert!(error.contains(says), "{text}: {error}");
    }
}
