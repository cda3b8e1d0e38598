//! Traceability: each row of `docs/traceability.md` names a requirement, a slice and a test that exist.
//!
//! The page holds tables of four columns: requirement id, what is asked, slices, tests. Slices and tests stand in
//! backticks; a test may carry its path (`alert::decide::raises_once`), of which the last part is looked for.

use crate::repo::{Repo, Source};
use crate::tidy::finding::Finding;
use crate::tidy::packages::Packages;
use anyhow::{Context, Result};
use std::collections::BTreeSet;
use std::fs;

/// The page with the rows.
const PAGE: &str = "docs/traceability.md";
/// The valid ids, one a line.
const IDS: &str = "docs/requirements-ids.txt";
/// Parts of the house that are no crate of their own.
const PLACES: [&str; 3] = ["web", "city/hanoi", "docs"];

/// Reads the valid requirement ids.
pub(crate) fn ids(repo: &Repo) -> Result<BTreeSet<String>> {
    let text = fs::read_to_string(repo.path(IDS)).with_context(|| format!("cannot read {IDS}"))?;
    Ok(text
        .lines()
        .map(str::trim)
        .filter(|l| !l.is_empty() && !l.starts_with('#'))
        .map(str::to_owned)
        .collect())
}

/// Checks the rows.
pub(crate) fn check(ids: &BTreeSet<String>, packages: &Packages, sources: &[Source]) -> Vec<Finding> {
    let Some(page) = sources.iter().find(|s| s.path == PAGE) else {
        return vec![Finding::new(
            PAGE,
            1,
            "the page is missing",
            "write it: requirement id, what is asked, slices, tests",
        )];
    };
    let tests = tests(sources);
    let mut seen = BTreeSet::new();
    let mut findings = Vec::new();
    for (at, line) in page.text.lines().enumerate() {
        let cells: Vec<&str> = line.trim().trim_matches('|').split('|').map(str::trim).collect();
        let id = cells[0].trim_matches('`');
        if !line.starts_with('|') || !is_id(id) {
            continue;
        }
        let mut add = |what: String, fix: &str| findings.push(Finding::new(PAGE, at + 1, what, fix));
        if !ids.contains(id) {
            add(
                format!("{id} is no requirement"),
                "take the id from docs/requirements-ids.txt",
            );
        }
        if !seen.insert(id.to_owned()) {
            add(format!("{id} has two rows"), "join them");
        }
        let [_, _, slices, proofs] = cells[..] else {
            add(
                format!("{id} has {} cells", cells.len()),
                "give four: id, what is asked, slices, tests",
            );
            continue;
        };
        let (slices, proofs) = (quoted(slices), quoted(proofs));
        if slices.is_empty() || proofs.is_empty() {
            add(
                format!("{id} names no slice or no test"),
                "name at least one of each in backticks, or drop the row",
            );
        }
        for slice in slices {
            if packages.member(slice).is_none() && !PLACES.contains(&slice) {
                add(
                    format!("there is no crate `{slice}`"),
                    "name a crate of the workspace, `web` or `city/hanoi`",
                );
            }
        }
        for proof in proofs {
            let name = proof.rsplit("::").next().unwrap_or(proof);
            if !tests.contains(name) {
                add(
                    format!("there is no test `{proof}`"),
                    "name a Rust test function or the full title of a web test",
                );
            }
        }
    }
    findings
}

/// Whether a cell looks like an id, such as `DEV-001`.
fn is_id(cell: &str) -> bool {
    let Some((group, number)) = cell.split_once('-') else {
        return false;
    };
    let letters = !group.is_empty() && group.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
    letters && !number.is_empty() && number.chars().all(|c| c.is_ascii_digit())
}

/// The words in backticks.
pub(super) fn quoted(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// Names of all tests: Rust functions below a test attribute, titles of web tests, names in the pack's `tests:`.
pub(super) fn tests(sources: &[Source]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for source in sources {
        if source.path.ends_with(".rs") {
            found.extend(rust_tests(&source.text));
        } else if source.path.ends_with(".ts") || source.path.ends_with(".tsx") {
            found.extend(web_tests(&source.text));
        }
    }
    found
}

/// Functions that carry `#[test]` or `#[tokio::test]`, or stand in `proptest!`.
fn rust_tests(text: &str) -> Vec<String> {
    let mut armed = false;
    let mut found = Vec::new();
    for line in text.lines().map(str::trim) {
        let attribute = line.starts_with("#[");
        armed |= attribute && (line.contains("test]") || line.contains("test("));
        let after = line
            .split_once("fn ")
            .filter(|(before, _)| before.len() <= "pub async ".len());
        if let (true, Some((_, name))) = (armed && !attribute, after) {
            found.push(name.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect());
            armed = false;
        }
    }
    found
}

/// Titles in `it("...")` and `test("...")`.
fn web_tests(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for call in ["it(", "test("] {
        for (at, _) in text.match_indices(call) {
            let rest = text[at + call.len()..].trim_start();
            if let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'' | '`')) {
                found.extend(rest[1..].split(quote).next().map(str::to_owned));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::repo::Source;
    use crate::tidy::packages::{Member, Packages};

    fn found(row: &str) -> Vec<String> {
        let source = |path: &str, text: &str| Source {
            path: path.into(),
            text: text.into(),
        };
        let code = "#[cfg(test)]\nmod tests {\n    #[test]\n    fn raises_once() {}\n    fn not_a_test() {}\n}\n";
        let sources = [
            source(
                "docs/traceability.md",
                &format!("| id | asked | slices | tests |\n|---|---|---|---|\n{row}\n"),
            ),
            source("crates/6-applications/alert/src/decide.rs", code),
            source("web/src/a.test.ts", "// Words.\nit(\"shows the alert\", () => {})\n"),
        ];
        let members = vec![Member {
            name: "alert".into(),
            ..Member::default()
        }];
        let ids = ["ALR-001".to_owned(), "ALR-002".to_owned()].into();
        let packages = Packages {
            members,
            ..Packages::default()
        };
        check(&ids, &packages, &sources)
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn a_true_row_is_quiet() {
        let row = "| ALR-001 | raise | `alert`, `web` | `alert::decide::raises_once`, `shows the alert` |";
        assert_eq!(found(row), Vec::<String>::new());
    }

    #[test]
    fn each_untrue_cell_is_found() {
        for (row, says) in [
            ("| ALR-999 | raise | `alert` | `raises_once` |", "is no requirement"),
            ("| ALR-001 | raise | `alarm` | `raises_once` |", "no crate `alarm`"),
            (
                "| ALR-001 | raise | `alert` | `raises_twice` |",
                "no test `raises_twice`",
            ),
            ("| ALR-001 | raise | `alert` | `not_a_test` |", "no test `not_a_test`"),
            ("| ALR-001 | raise | `alert` | |", "no slice or no test"),
            ("| ALR-001 | raise | `alert` |", "has 3 cells"),
            (
                "| ALR-001 | a | `alert` | `raises_once` |\n| ALR-001 | a | `alert` | `raises_once` |",
                "two rows",
            ),
        ] {
            let found = found(row);
            assert!(found.len() == 1 && found[0].contains(says), "{row}: {found:?}");
        }
    }
}
