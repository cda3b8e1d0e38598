//! The rules of the city pack: each file is good, bears its rule's name, and passes its own tests.

use rule::model::Confidence;
use std::collections::BTreeSet;

#[test]
fn every_rule_of_hanoi_passes_its_own_tests() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../city/hanoi/rules");
    let mut names = BTreeSet::new();
    let mut failures = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        match rule::parse::parse(&file, &text) {
            Ok(rule) => {
                failures.extend(
                    rule::virtual_time::run_tests(&rule)
                        .iter()
                        .map(|failure| format!("{file}: {failure}")),
                );
                if file != format!("{}.yaml", rule.id) {
                    failures.push(format!("{file}: bears rule {}", rule.id));
                }
                let steps: usize = rule.tests.iter().map(|trial| trial.steps.len()).sum();
                if rule.tests.len() < 2 || steps < 6 || rule.title.en.is_empty() {
                    failures.push(format!("{file}: too few tests, or no English title"));
                }
                let official = rule
                    .legal
                    .as_ref()
                    .is_some_and(|legal| legal.confidence == Confidence::A);
                if rule.assumed == official {
                    failures.push(format!("{file}: assumed is {}", rule.assumed));
                }
                names.insert(rule.id.to_string());
            }
            Err(error) => failures.push(error.to_string()),
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
    for name in [
        "flood-depth",
        "rain-intensity",
        "river-level",
        "pm25-day",
        "pm25-hour",
        "traffic-slow",
        "lamp-out",
        "over-voltage",
        "device-silent",
    ] {
        assert!(names.contains(name), "{name} is missing");
    }
}
