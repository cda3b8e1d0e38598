//! Mistakes of an operator are named with their place and a remedy, before anything happens.

use anyhow::{Context, Result};
use e2e::site::Site;

const RULE: &str = "rule: depth
version: 1
title: {vi: \"Sâu\", en: \"Deep\"}
code: depth
select: {attribute: waterDepth}
unit: m
when:
  - {severity: 3, above: 0.3}
group: \"{code}/{entity}\"
assumed: true
tests:
  - name: water rises
    steps:
      - {at: PT0S, value: 0.1}
      - {at: PT1M, value: 0.4, expect: {change: raised, severity: 3}}
";

const PROFILE: &str = "profile: gauge
version: 1
title: {vi: \"Trạm\", en: \"Gauge\"}
entity_type: WaterObserved
bindings:
  - {name: depth, attribute: waterDepth, unit: m, kind: number, title: {vi: \"Sâu\", en: \"Depth\"}}
";

#[tokio::test]
async fn a_broken_pack_is_named_by_file_and_line() -> Result<()> {
    let site = Site::new()?;
    let pack = site.path("pack");
    let check = async || site.run([std::ffi::OsStr::new("check"), pack.as_os_str()]).await;
    site.write("pack/rules/depth.yaml", RULE)?;
    let out = check().await?.good()?;
    assert!(out.contains("1 rules with 1 tests"), "{out}");

    for (what, text, place, words) in [
        (
            "a key",
            RULE.replace("unit: m", "units: m"),
            "rules/depth.yaml:6:1: ",
            "'units'",
        ),
        (
            "a type",
            RULE.replace("above: 0.3", "above: high"),
            "rules/depth.yaml:8:",
            "high",
        ),
        (
            "broken YAML",
            RULE.replace("unit: m", "unit: [m"),
            "rules/depth.yaml:",
            "",
        ),
        (
            "no unit",
            RULE.replace("unit: m", "unit: ''"),
            "rules/depth.yaml:6:",
            "unit",
        ),
        (
            "its own test",
            RULE.replace("value: 0.4", "value: 0.2"),
            "rules/depth.yaml:15:1: ",
            "water rises",
        ),
    ] {
        site.write("pack/rules/depth.yaml", &text)?;
        let err = check().await?.refused().context(what)?;
        assert!(
            err.lines().any(|line| line.starts_with(place) && line.contains(words)),
            "{what}: {err}"
        );
        assert!(err.contains("1 mistakes"), "{what}: {err}");
    }
    site.write("pack/rules/depth.yaml", RULE)?;
    site.write("pack/profiles/gauge.yaml", "profile: gauge\nversion: 1\nbindinks: []\n")?;
    let err = check().await?.refused()?;
    let line = err.lines().next().context("nothing said")?;
    assert!(
        line.starts_with("profiles/gauge.yaml:3:1: unknown key 'bindinks'; ") && line.contains("allowed here: "),
        "{err}"
    );
    site.write("pack/profiles/gauge.yaml", PROFILE)?;
    check().await?.good()?;
    // a unit that can never fit what the rule selects
    for (unit, place, what) in [
        ("unit: V", "rules/depth.yaml:6:7: ", "the rule's unit 'V'"),
        ("", "rules/depth.yaml:8:3: ", "no unit"),
    ] {
        site.write("pack/rules/depth.yaml", &RULE.replace("unit: m", unit))?;
        let err = check().await?.refused()?;
        let line = err.lines().next().context("nothing said")?;
        assert!(line.starts_with(place) && line.contains(what), "{err}");
        assert!(
            line.contains("waterDepth of gauge is in 'm'; write one of cm, km, m, mm"),
            "{err}"
        );
    }
    // checking touches no data
    assert!(!site.data().exists());
    Ok(())
}

#[tokio::test]
async fn a_wrong_setting_is_named_by_its_place_with_what_was_meant() -> Result<()> {
    let mut site = Site::new()?;
    for (text, place, words) in [
        (
            "[http]\nadress = \"127.0.0.1:0\"\n",
            "site.toml:2: ",
            "did you mean http.address",
        ),
        (
            "[htp]\naddress = \"127.0.0.1:0\"\n",
            "site.toml:1: ",
            "did you mean http",
        ),
        ("[log]\n\nmax_mib = \"much\"\n", "site.toml:3: ", "log.max_mib"),
        ("[log\n", "site.toml:1: ", ""),
    ] {
        let file = site.write("site.toml", text)?;
        for command in ["check", "serve"] {
            let args = [command.as_ref(), "--config".as_ref(), file.as_os_str()];
            let err = site.run(args).await?.refused()?;
            assert!(err.contains(place) && err.contains(words), "{command} {text}: {err}");
        }
    }
    site.set("MQTT_MAX_PACKET_KIB", "many");
    let err = site.run(["serve"]).await?.refused()?;
    assert!(
        err.contains("HANOI_IOC_MQTT_MAX_PACKET_KIB") && err.contains("'many'"),
        "{err}"
    );
    site.set("MQTT_MAX_PACKET_KIB", "256");
    site.set("MQTT_ADDRESS", "0.0.0.0:0");
    let err = site.run(["serve"]).await?.refused()?;
    assert!(err.contains("mqtt.address") && err.contains("loopback"), "{err}");
    assert!(!site.data().exists());
    Ok(())
}
