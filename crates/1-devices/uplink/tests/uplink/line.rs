//! Line protocol: what is read, what is kept aside, and what its neighbours keep.

use super::show::{read, rejected, rows};
use uplink::{Decoded, Format, Precision};

fn line(text: &str) -> Decoded {
    read(Format::Line(Precision::Nanoseconds), text.as_bytes()).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn lines_are_read() {
    for (text, expected) in [
        (
            "water,device=g00017 level=1.25 1724600000000000000",
            &["0 g00017 water.level - 1.25 @1724600000"][..],
        ),
        ("level value=1", &["0 - level - 1 @-"]),
        ("level value=1\r\n", &["0 - level - 1 @-"]),
        (
            "m a=1,b=2i,c=3u,d=t,e=FALSE 1000\n",
            &[
                "0 - m.a - 1 @0.000001",
                "0 - m.b - 2 @0.000001",
                "0 - m.c - 3 @0.000001",
                "0 - m.d - true @0.000001",
                "0 - m.e - false @0.000001",
            ],
        ),
        ("m,device=g1,site=north a=-1.5e3 -1000000000", &["0 g1 m.a - -1500 @-1"]),
        (
            "m a=\"mở \\\"cửa\\\" \\\\, v=1\" 1000000000",
            &["0 - m.a - 'mở \"cửa\" \\, v=1' @1"],
        ),
        (
            "m a=\"two\nlines\"\nm a=2",
            &["0 - m.a - 'two\nlines' @-", "2 - m.a - 2 @-"],
        ),
        ("# remark\n\n   \nm a=1\n#end", &["3 - m.a - 1 @-"]),
        ("my\\ m\\,x,device=g\\=1 a\\ b=1", &["0 g=1 my m,x.a b - 1 @-"]),
        ("m  a=1   7000000000  ", &["0 - m.a - 1 @7"]),
        ("m a=NaN,b=-inf", &["0 - m.a - NaN @-", "0 - m.b - -inf @-"]),
        (
            "m a=9223372036854775807i,b=18446744073709551615u",
            &["0 - m.a - 9223372036854776000 @-", "0 - m.b - 18446744073709552000 @-"],
        ),
    ] {
        let decoded = line(text);
        assert_eq!(rows(&decoded), expected, "{text}");
        assert!(decoded.rejected.is_empty(), "{text}");
    }
}

#[test]
fn precision_is_respected() {
    for (precision, stamp) in [
        ("ns", "1700000000000000000"),
        ("us", "1700000000000000"),
        ("ms", "1700000000000"),
        ("s", "1700000000"),
    ] {
        let format = Format::Line(Precision::parse(precision).unwrap());
        let decoded = read(format, format!("m value=1 {stamp}").as_bytes()).unwrap();
        assert_eq!(rows(&decoded), ["0 - m - 1 @1700000000"], "{precision}");
    }
    let decoded = read(Format::Line(Precision::Seconds), b"m value=1 1700000000000000000").unwrap();
    assert_eq!(rejected(&decoded), ["0 time_future"]);
    assert!(decoded.rejected[0].detail.contains("?precision="));
}

#[test]
fn a_bad_line_is_kept_aside_whole_and_its_neighbours_stay() {
    let long = format!("{} value=1", "m".repeat(65));
    let text = format!("m a=\"{}\"", "x".repeat(1_025));
    for (bad, reason, says) in [
        ("m", "malformed", "field=value"),
        ("m,device=g1", "malformed", "field=value"),
        ("m ", "malformed", "field=value"),
        ("m a", "malformed", "field=value"),
        ("m =1", "malformed", "field=value"),
        ("m a=", "malformed", "is no value"),
        ("m a=1,", "malformed", "field=value"),
        ("m a=1,b=abc", "malformed", "'abc' is no value"),
        ("m a=1x", "malformed", "'1x' is no value"),
        ("m a=-1u", "malformed", "is no value"),
        ("m a=99999999999999999999i", "malformed", "is no value"),
        ("m a=1 12.5", "malformed", "'12.5' is no whole number"),
        ("m a=1 12 13", "malformed", "end of the line"),
        ("m a=1 99999999999999999999", "malformed", "no whole number"),
        ("m a=\"open", "malformed", "not closed"),
        ("m a=\"x\"y", "malformed", "after a value"),
        (",device=g1 a=1", "malformed", "no name"),
        ("m,device a=1", "malformed", "'device'"),
        (&long, "too_long", "at most 64"),
        (&text, "too_long", "at most 1024"),
    ] {
        let payload = format!("m value=1\n{bad}\nm value=3\n");
        let decoded = line(&payload);
        assert_eq!(rows(&decoded), ["0 - m - 1 @-", "2 - m - 3 @-"], "{bad}");
        assert_eq!(rejected(&decoded), [format!("1 {reason}")], "{bad}");
        let item = &decoded.rejected[0];
        assert!(item.detail.contains(says), "{bad}: {}", item.detail);
        assert_eq!(item.raw, &bad.trim_end().as_bytes()[..bad.trim_end().len().min(1_024)]);
    }
}

#[test]
fn bytes_that_are_no_utf8_cost_one_line() {
    let payload = b"m value=1\nm\xff value=2\nm value=\"\xfe\"\nm value=4";
    let decoded = read(Format::Line(Precision::Nanoseconds), payload).unwrap();
    assert_eq!(rejected(&decoded), ["1 invalid_utf8", "2 invalid_utf8"]);
    assert_eq!(rows(&decoded), ["0 - m - 1 @-", "3 - m - 4 @-"]);
}

#[test]
fn a_bad_line_does_not_disturb_the_keys_of_those_after_it() {
    let decoded = line("m a=1,b=x\nm a=2,b=\"t\"\nm a=\"u\",b=?\nm b=\"w\"");
    assert_eq!(rejected(&decoded), ["0 malformed", "2 malformed"]);
    assert_eq!(
        rows(&decoded),
        ["1 - m.a - 2 @-", "1 - m.b - 't' @-", "3 - m.b - 'w' @-"]
    );
}

#[test]
fn a_million_items_are_the_limit() {
    let mut payload = "m value=1\n".repeat(1_000_000).into_bytes();
    assert_eq!(
        read(Format::Line(Precision::Seconds), &payload).unwrap().readings.len(),
        1_000_000
    );
    payload.extend_from_slice(b"m value=1\n");
    let error = read(Format::Line(Precision::Seconds), &payload).unwrap_err();
    assert!(error.to_string().contains("more than 1000000 items"), "{error}");
}
