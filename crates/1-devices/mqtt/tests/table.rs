//! docs/mqtt.md says which test proves which clause; each of them must exist.

use std::collections::BTreeSet;
use std::path::Path;

fn sources(folder: &Path, into: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|end| end == "rs") {
            into.push_str(&std::fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn every_clause_has_a_test_that_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
    let text = std::fs::read_to_string(root.join("docs/mqtt.md")).unwrap();
    let mut code = String::new();
    for folder in ["crates/1-devices/mqtt", "tests/e2e/tests"] {
        sources(&root.join(folder), &mut code);
    }
    let (mut rows, mut named) = (0, BTreeSet::new());
    // the rows of clauses begin with a number
    let clauses = |line: &&str| {
        line.strip_prefix("| ")
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    for line in text.lines().filter(clauses) {
        let last = line.trim_matches('|').split(" | ").last().unwrap();
        let tests: Vec<_> = last.split('`').skip(1).step_by(2).collect();
        assert!(!tests.is_empty(), "no test: {line}");
        rows += 1;
        named.extend(tests);
    }
    assert!(rows > 30, "the table is not read: {rows} rows");
    let unknown: Vec<_> = named
        .iter()
        .filter(|name| !code.contains(&format!("fn {name}(")))
        .collect();
    assert!(unknown.is_empty(), "no such tests: {unknown:?}");
}
