//! Broken files: each mistake is named with file, line, column, what is allowed and what to do.

use crate::pack::text;
use indicator::model::definition;
use indicator::model::library::Library;
use indicator::standard;

/// (file, what to replace, by what, line, parts of the message)
fn refused(name: &str, from: &str, to: &str, line: Option<u64>, says: &[&str]) {
    let good = text(name);
    assert!(good.contains(from), "the test knows another {name}: {from}");
    let bad = good.replacen(from, to, 1);
    let error = if name.starts_with("standards/") {
        standard::parse(name, &bad).map(drop)
    } else {
        definition::parse(name, &bad).map(drop)
    };
    let message = error.unwrap_err().to_string();
    let place = line.map_or_else(|| format!("{name}:"), |line| format!("{name}:{line}:"));
    assert!(message.starts_with(&place), "{message}\nbegins not with {place}");
    for part in says {
        assert!(message.contains(part), "{message}\nlacks {part}");
    }
    assert!(message.contains("; "), "no remedy: {message}");
}

fn line(name: &str, part: &str) -> u64 {
    let text = text(name);
    1 + text.lines().position(|line| line.contains(part)).unwrap() as u64
}

#[test]
fn an_air_index_is_checked() {
    let name = "standards/vn-aqi.yaml";
    let co = line(name, "co: [");
    let nowcast = line(name, "pollutants: [pm10, pm25]");
    for (from, to, line, says) in [
        (
            "  table:",
            "  tabel:",
            None,
            vec!["unknown key 'tabel'", "effective_from"],
        ),
        (
            "kind: air_index",
            "kind: air_idx",
            Some(4),
            vec![
                "'air_idx' is not known here",
                "write one of: air_index, limits, stages, levels",
            ],
        ),
        (
            "co: [0, 10000, ",
            "co: [0, ",
            Some(co),
            vec!["7 breakpoints", "write 8 rising numbers"],
        ),
        ("co: [0, 10000, 30000", "co: [0, 30000, 10000", Some(co), vec!["rising"]),
        ("co: [0, 10000", "co: [0, 10.000.0", Some(co), vec!["write a number"]),
        (
            "{code: xau, to: 200",
            "{code: xau, to: 150",
            None,
            vec!["bands do not cover the index"],
        ),
        (
            "{code: nguy_hai, to: 500",
            "{code: nguy_hai, to: 600",
            None,
            vec!["let the last one end with the index"],
        ),
        ("{code: xau, to", "{code: kem, to", None, vec!["its own code"]),
        (
            "least_weight: 0.5",
            "least_weight: 1.5",
            Some(nowcast),
            vec!["Nowcast", "least_weight between 0 and 1"],
        ),
        (
            "pollutants: [pm10, pm25]",
            "pollutants: [pm10, pm2.5]",
            Some(nowcast),
            vec!["'pm2.5' is not known here", "pm25"],
        ),
        ("min_hours: 18", "min_hours: 25", None, vec!["min_hours 1 to 24"]),
        (
            "confidence: A",
            "confidence: B",
            None,
            vec!["confidence B with 'assumed: false'"],
        ),
        (
            "\"2019-11-12\"",
            "\"12/11/2019\"",
            None,
            vec!["'12/11/2019' is not a day", "YYYY-MM-DD"],
        ),
        ("    assumed: false\n", "", None, vec!["'assumed' is missing"]),
        ("\"+07:00\"", "\"7\"", None, vec!["'7' is not an offset", "\"+07:00\""]),
        ("rgb: [0, 228, 0]", "rgb: [0, 328, 0]", None, vec!["whole number"]),
        ("clause: \"", "clause: \"\" #", None, vec!["where it comes from"]),
        ("standard: vn-aqi", "standard: &a vn-aqi", None, vec!["anchors"]),
        ("unit: ug/m3", "unit: furlong", None, vec!["'furlong'", "ug/m3"]),
    ] {
        refused(name, from, to, line, &says);
    }
}

#[test]
fn limits_stages_and_levels_are_checked() {
    let limits = "standards/qcvn-05.yaml";
    let pm25 = line(limits, "at_most: 45");
    for (from, to, line, says) in [
        (
            "at_most: 45, from: \"2026-01-01\"",
            "at_most: 45",
            Some(pm25),
            vec!["two limits for the same days"],
        ),
        (
            "at_most: 45",
            "at_most: 45, above: 3",
            Some(pm25),
            vec!["no limit, or several"],
        ),
        ("at_most: 45", "at_most: .inf", Some(pm25), vec!["number"]),
        (
            "period: PT8H",
            "period: PT9H",
            None,
            vec!["'PT9H' is not known here", "PT1H, PT8H, P1D, P1Y"],
        ),
        (
            "effective_to: \"2023-09-11\"",
            "effective_to: \"2023-09-12\"",
            None,
            vec!["begins before", "effective_to before it"],
        ),
        (
            "effective_to: \"2023-09-11\"",
            "effective_from: \"2013-01-01\"",
            None,
            vec!["begins before"],
        ),
    ] {
        refused(limits, from, to, line, &says);
    }
    refused(
        "standards/qcvn-08-2023.yaml",
        "between: [6.5, 8.5]",
        "between: [8.5, 6.5]",
        None,
        &["swapped"],
    );
    let stages = "standards/flood-levels.yaml";
    refused(
        stages,
        "i: 9.5, ii: 10.5",
        "i: 10.5, ii: 9.5",
        None,
        &["'hong-ha-noi' do not rise", "i < ii < iii"],
    );
    refused(
        stages,
        "code: hong-son-tay",
        "code: hong-ha-noi",
        None,
        &["short name of its own"],
    );
    let colours = "standards/disaster-colours.yaml";
    refused(
        colours,
        "{level: 3,",
        "{level: 6,",
        None,
        &["severity 6 is not one of 1, 2, 3, 4, 5"],
    );
    refused(colours, "{level: 3,", "{level: 2,", None, &["list every level once"]);
}

#[test]
fn an_indicator_is_checked_alone_and_against_its_standard() {
    let name = "indicators/vn-aqi.yaml";
    refused(
        name,
        "rule: maximum",
        "rule: median",
        None,
        &["'median' is not known here", "maximum, mean"],
    );
    refused(
        name,
        "nearest_km: 5",
        "nearest_km: -1",
        None,
        &["nearest_km -1", "0 to 100"],
    );
    refused(name, "settle_s: 60", "settle_s: 86400", None, &["settle_s 86400"]);
    refused(
        name,
        "from: xau",
        "form: xau",
        None,
        &["unknown key 'form'", "from, severity"],
    );
    let good = text(name);
    let standards =
        || ["vn-aqi", "qcvn-05"].map(|id| standard::parse(id, &text(&format!("standards/{id}.yaml"))).unwrap());
    for (from, to, says) in [
        ("standard: vn-aqi", "standard: us-aqi", "there is no standard 'us-aqi'"),
        ("standard: vn-aqi", "standard: qcvn-05", "is no air_index"),
        (
            "from: xau",
            "from: unhealthy",
            "write one of tot, trung_binh, kem, xau, rat_xau, nguy_hai",
        ),
        ("{xau: 3, ", "{", "does not say how grave 'xau' is"),
        ("{xau: 3", "{kem: 2, xau: 3", "names 'kem'"),
    ] {
        let definition = definition::parse(name, &good.replacen(from, to, 1)).unwrap();
        let error = Library::new(standards(), [definition]).unwrap_err().to_string();
        assert!(
            error.starts_with("indicators/vn-aqi.yaml: ") && error.contains(says),
            "{error}"
        );
    }
    let twice = [
        definition::parse(name, &good).unwrap(),
        definition::parse(name, &good).unwrap(),
    ];
    assert!(Library::new(standards(), twice).is_err());
    let [air, _] = standards();
    assert!(
        Library::new([air.clone(), air], [])
            .unwrap_err()
            .to_string()
            .contains("two standards are called")
    );
}
