//! Broken rule files: each message names file, line, column, the wrong thing, what is allowed and what to do.

use std::fmt::Write;

const GOOD: &str = "\
rule: flood
version: 1
title: {vi: Ngập, en: Flood}
code: flood
select: {attribute: waterDepth}
unit: m
when:
  - {severity: 3, above: 0.3}
  - {severity: 2, above: 0.15}
window: {function: mean, length: PT10M}
for: PT2M
hysteresis: 0.05
assumed: true
tests:
  - name: calm
    steps:
      - {at: PT0S, value: 0.1}
";

#[test]
fn messages_help() {
    rule::parse::parse("good.yaml", GOOD).unwrap();
    let mut report = String::new();
    for (from, to) in [
        ("for: PT2M", "fro: PT2M"),
        ("rule: flood", "rule: flood depth"),
        ("version: 1", "version: 0"),
        ("version: 1", "version: one"),
        ("version: 1\n", ""),
        ("vi: Ngập", "vi: ''"),
        ("vi: Ngập, en", "vn: Ngập, en"),
        ("code: flood", "code: Flood!"),
        ("severity: 3", "severity: 9"),
        ("above: 0.3}", "above: 0.3, below: 0.1}"),
        ("above: 0.3}", "over: 0.3}"),
        ("above: 0.3}", "above: .nan}"),
        ("above: 0.3}", "above: deep}"),
        ("above: 0.3}", "above: own}"),
        ("above: 0.3}", "above: 0.1}"),
        ("above: 0.3}", "below: 0.2}"),
        ("above: 0.3}", "equals: true}"),
        ("when:", "no_data: {severity: 2, after: PT1M}\nwhen:"),
        ("function: mean", "function: median"),
        ("length: PT10M", "length: 10min"),
        ("length: PT10M", "length: PT0S"),
        ("for: PT2M", "for: 120"),
        ("for: PT2M", "for: PT2M\nfor: PT3M"),
        ("for: PT2M", "renew: PT5S"),
        ("hysteresis: 0.05", "hysteresis: -1"),
        ("hysteresis: 0.05", "per_series_limits: {gauge-1: [1.0]}"),
        ("hysteresis: 0.05", "group: '{city}/x'"),
        (
            "hysteresis: 0.05",
            "hours: {from: '25:00', to: '05:00', utc_offset: '+07:00'}",
        ),
        ("unit: m", "unit: &a m"),
        ("assumed: true", "assumed: false"),
        ("assumed: true", "assumed: maybe"),
        ("assumed: true", "assumed: true\nlegal: {source: x, confidence: D}"),
        ("attribute: waterDepth", "attribute: waterDepth, areas: [hanoi]"),
        ("value: 0.1}", "value: deep}"),
        ("value: 0.1}", "value: 0.1, expect: {change: began, severity: 2}}"),
        ("- name: calm", "- name: calm\n    unit: V"),
        ("    steps:\n", "    steps:\n      - {at: PT5M}\n"),
        ("tests:", "tests: []\nx:"),
        ("select: {attribute: waterDepth}", "select: {attribute: waterDepth"),
        (
            "select: {attribute: waterDepth}",
            "select: [[[[[[[[[[[[[[1]]]]]]]]]]]]]]",
        ),
    ] {
        let text = GOOD.replacen(from, to, 1);
        assert_ne!(text, GOOD, "{from}");
        let error = rule::parse::parse("flood.yaml", &text).map(|_| ()).unwrap_err();
        writeln!(
            report,
            "{} -> {}\n    {error}\n",
            from.escape_debug(),
            to.escape_debug()
        )
        .unwrap();
    }
    insta::assert_snapshot!(report);
}

#[test]
fn a_long_file_is_refused_before_it_is_read() {
    let text = format!("{GOOD}# {}\n", "x".repeat(70_000));
    let error = rule::parse::parse("long.yaml", &text).unwrap_err();
    assert!(error.to_string().contains("at most 65536"), "{error}");
}

#[test]
fn a_rule_that_fails_its_own_test_says_which_step() {
    let text = GOOD.replace("value: 0.1}", "value: 0.1, expect: {change: raised, severity: 2}}");
    let rule = rule::parse::parse("flood.yaml", &text).unwrap();
    let failures = rule::virtual_time::run_tests(&rule);
    assert_eq!(
        failures.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["line 17: test 'calm', step 1 (PT0S): expected raised with severity 2, found nothing"]
    );
}
