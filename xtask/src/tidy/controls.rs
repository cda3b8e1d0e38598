//! Pages that say how something is protected: each test and each file that they name exists.
//!
//! A test is a word in backticks with three underscores or more, a file one that ends in `.rs`, `.toml`, `.cedar` or `.ts`; its
//! path begins anywhere below the root.

use super::finding::Finding;
use super::trace::{self, quoted};
use crate::repo::Source;

/// The pages.
const PAGES: [&str; 2] = ["docs/security.md", "docs/threat-model.md"];
/// Endings of files that are looked for.
const ENDINGS: [&str; 4] = [".rs", ".toml", ".cedar", ".ts"];

/// Checks the words in backticks.
pub(crate) fn check(paths: &[String], sources: &[Source]) -> Vec<Finding> {
    let tests = trace::tests(sources);
    let mut findings = Vec::new();
    for page in sources.iter().filter(|source| PAGES.contains(&source.path.as_str())) {
        for (at, line) in page.text.lines().enumerate() {
            for word in quoted(line) {
                if is_test(word) && !tests.contains(word) {
                    let what = format!("there is no test `{word}`");
                    findings.push(Finding::new(
                        &page.path,
                        at + 1,
                        what,
                        "name one that exists, or say that it is not checked",
                    ));
                }
                if is_file(word) && !paths.iter().any(|path| is_below(path, word)) {
                    let what = format!("there is no file `{word}`");
                    findings.push(Finding::new(
                        &page.path,
                        at + 1,
                        what,
                        "name one that exists, from its crate's folder on",
                    ));
                }
            }
        }
    }
    findings
}

fn is_test(word: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    word.matches('_').count() >= 3 && word.chars().all(plain)
}

fn is_file(word: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./".contains(c);
    word.contains('/') && ENDINGS.iter().any(|ending| word.ends_with(ending)) && word.chars().all(plain)
}

fn is_below(path: &str, word: &str) -> bool {
    path.strip_suffix(word)
        .is_some_and(|before| before.is_empty() || before.ends_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_page_names_is_looked_for() {
        let source = |path: &str, text: &str| Source {
            path: path.to_owned(),
            text: text.to_owned(),
        };
        let code = source(
            "crates/audit/src/tree.rs",
            "#[test]\nfn nothing_goes_before_its_time() {}\n",
        );
        let paths = [code.path.clone()];
        for (line, says) in [
            ("`audit/src/tree.rs` by `nothing_goes_before_its_time`", None),
            ("`GET /api/v1/audit`, `max_unpacked_mib`, `xaudit/tree`", None),
            ("`audit/src/wood.rs`", Some("no file `audit/src/wood.rs`")),
            ("`dit/src/tree.rs`", Some("no file `dit/src/tree.rs`")),
            (
                "`nothing_goes_before_its_day`",
                Some("no test `nothing_goes_before_its_day`"),
            ),
        ] {
            let page = source("docs/security.md", line);
            let code = source(&code.path, &code.text);
            let found = check(&paths, &[page, code]);
            let found: Vec<String> = found.iter().map(ToString::to_string).collect();
            match says {
                None => assert_eq!(found, Vec::<String>::new(), "{line}"),
                Some(says) => assert!(found.len() == 1 && found[0].contains(says), "{line}: {found:?}"),
            }
        }
    }
}
