//! Documents as others write them, whole and broken.

use super::*;
use serde_json::{Value, json};

fn bom(components: Value) -> Result<(Vec<Component>, usize), SecurityError> {
    let text = json!({ "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": components });
    serde_json::from_value::<Bom>(text).unwrap().read()
}

#[test]
fn parts_are_read_by_their_address_each_once() {
    let (parts, others) = bom(json!([
        { "type": "library", "name": "serde", "version": "1.0.0", "purl": "pkg:cargo/serde@1.0.0" },
        { "purl": "pkg:cargo/serde@1.0.0?checksum=x" },
        { "purl": "pkg:npm/%40scope/name@2.0.0-rc.1", "components": [{ "purl": "pkg:npm/inner@1.0.0" }] },
        { "purl": "pkg:deb/debian/curl@7.50.3" },
        { "purl": "pkg:cargo/no-version" },
        { "purl": "pkg:cargo/bro%ken@1" },
        { "name": "no address" },
    ]))
    .unwrap();
    let read: Vec<_> = parts
        .iter()
        .map(|part| format!("{} {}", part.package(), part.version))
        .collect();
    assert_eq!(
        read,
        ["crates.io/serde 1.0.0", "npm/@scope/name 2.0.0-rc.1", "npm/inner 1.0.0"]
    );
    assert_eq!(others, 4);
}

#[test]
fn another_form_is_refused_with_what_to_write() {
    for (form, version) in [("SPDX", "1.6"), ("CycloneDX", "2.0")] {
        let text = json!({ "bomFormat": form, "specVersion": version });
        let error = serde_json::from_value::<Bom>(text).unwrap().read().unwrap_err();
        assert!(error.to_string().contains("cargo xtask sbom"), "{error}");
    }
}

fn osv(text: Value) -> (Vec<Advisory>, usize) {
    serde_json::from_value::<Osv>(text).unwrap().read().unwrap()
}

fn advisory(events: Value) -> Value {
    json!({
        "id": "RUSTSEC-2026-0001", "modified": "2026-01-01T00:00:00Z", "summary": "Path\u{7} traversal",
        "aliases": ["CVE-2026-1"],
        "severity": [{ "type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" }],
        "affected": [{ "package": { "ecosystem": "crates.io", "name": "tar" },
            "ranges": [{ "type": "SEMVER", "events": events }, { "type": "GIT", "repo": "x", "events": [{ "introduced": "0" }] }] }],
    })
}

#[test]
fn advisories_are_read_alone_in_lists_and_as_an_answer() {
    let one = advisory(json!([{ "introduced": "0" }, { "fixed": "1.4.2" }]));
    for text in [one.clone(), json!([one]), json!({ "vulns": [one] })] {
        let (read, others) = osv(text);
        assert_eq!((read.len(), others), (1, 0));
        assert_eq!(
            (read[0].grade, read[0].summary.as_str()),
            (Grade::Critical, "Path traversal")
        );
        let fixed = Some("1.4.2".to_owned());
        let span = Span {
            fixed,
            ..Span::default()
        };
        assert_eq!(
            read[0].affected[0].spans,
            [span],
            "a range of commits says nothing of versions"
        );
    }
}

#[test]
fn events_are_a_walk_along_the_versions() {
    let events = json!([{ "introduced": "1.0.0" }, { "fixed": "1.1.0" }, { "introduced": "2.0.0" }, { "last_affected": "2.3.0" },
        { "introduced": "3.0.0" }]);
    let (read, _) = osv(advisory(events));
    let spans = &read[0].affected[0].spans;
    let ends: Vec<_> = spans
        .iter()
        .map(|span| (span.fixed.as_deref(), span.last.as_deref()))
        .collect();
    assert_eq!(ends, [(Some("1.1.0"), None), (None, Some("2.3.0")), (None, None)]);
}

#[test]
fn what_speaks_of_other_kinds_is_passed_over_and_counted() {
    let mut debian = advisory(json!([]));
    debian["affected"][0]["package"]["ecosystem"] = json!("Debian:12");
    let mut word = advisory(json!([]));
    word["severity"] = json!([]);
    word["database_specific"] = json!({ "severity": "MODERATE", "cwe_ids": [] });
    let mut back = advisory(json!([]));
    back["affected"] = json!([]);
    back["withdrawn"] = json!("2026-02-01T00:00:00Z");
    let (read, others) = osv(json!([debian, word, back]));
    assert_eq!((read.len(), others), (2, 1));
    assert_eq!((read[0].grade, read[1].withdrawn), (Grade::Medium, true));
}
