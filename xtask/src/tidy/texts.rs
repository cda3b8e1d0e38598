//! Every code of an error or a problem has a text that people can read, in `chassis/resources/problems.toml`.

use crate::repo::Source;
use crate::tidy::finding::Finding;
use crate::tidy::globs::{is_test, production};
use std::collections::BTreeSet;

/// Where the texts stand.
const TEXTS: &str = "crates/0-foundation/chassis/resources/problems.toml";

/// Checks all crates against the file of texts.
pub(crate) fn check(sources: &[Source]) -> Vec<Finding> {
    let Some(texts) = sources.iter().find(|source| source.path == TEXTS) else {
        return vec![Finding::new(TEXTS, 1, "the file of texts is missing", "put it back")];
    };
    let known: BTreeSet<&str> = texts.text.lines().filter_map(key).collect();
    let mut findings = Vec::new();
    for source in sources.iter().filter(|source| is_crate(&source.path)) {
        for (line, code) in codes(&source.text) {
            if !known.contains(code.as_str()) {
                let what = format!("the code `{code}` has no text");
                let fix = format!("add `{code} = {{ vi = ..., en = ... }}` to {TEXTS}");
                findings.push(Finding::new(&source.path, line, what, fix));
            }
        }
    }
    findings
}

fn is_crate(path: &str) -> bool {
    path.starts_with("crates/") && path.contains("/src/") && path.ends_with(".rs") && !is_test(path)
}

/// The key of a line such as `not_found = { vi = ... }`.
fn key(line: &str) -> Option<&str> {
    let (key, _) = line.split_once('=')?;
    Some(key.trim()).filter(|key| is_code(key))
}

/// The codes that a file gives to problems, with their lines: the literals inside `fn code` of an `impl Classified`, and
/// the one that follows `Problem::new(` before its detail.
fn codes(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let (mut classified, mut code_fn) = (false, false);
    // parts of the arguments of `Problem::new` that are still to come: the class and the code
    let mut awaited = 0;
    for (at, line) in production(text) {
        if line.starts_with("impl") {
            classified = line.contains("Classified for ");
        }
        if line.starts_with('}') {
            (classified, code_fn) = (false, false);
        }
        let code = line.split("//").next().unwrap_or_default();
        if classified && code.trim_start().starts_with("fn ") {
            code_fn = code.trim_start().starts_with("fn code(");
        }
        if code_fn {
            found.extend(literals(code).map(|literal| (at, literal.to_owned())));
            continue;
        }
        let problem = code.contains("Problem::new(") || (code.contains("Self::new(") && text.contains("impl Problem"));
        if problem {
            awaited = 3;
        }
        if awaited > 0 {
            if let Some(literal) = literals(code).next() {
                found.push((at, literal.to_owned()));
                awaited = 0;
            } else {
                awaited -= 1;
            }
        }
    }
    found
}

/// The string literals of a line that look like codes.
fn literals(line: &str) -> impl Iterator<Item = &str> {
    line.split('"').skip(1).step_by(2).filter(|literal| is_code(literal))
}

fn is_code(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::{TEXTS, check};
    use crate::repo::Source;

    fn found(text: &str) -> Vec<String> {
        let source = |path: &str, text: &str| Source {
            path: path.into(),
            text: text.into(),
        };
        let texts = source(TEXTS, "# Texts.\nnot_found = { vi = \"Không\", en = \"Not\" }\n");
        let slice = source("crates/6-applications/alert/src/error.rs", text);
        check(&[texts, slice])
            .into_iter()
            .map(|finding| finding.to_string())
            .collect()
    }

    #[test]
    fn codes_without_a_text_are_found_where_they_stand() {
        for (text, line) in [
            (
                "impl Classified for AlertError {\n    fn code(&self) -> &'static str {\n        match self {\n            Self::Lost => \"alert_lost\",\n",
                4,
            ),
            (
                "impl Classified for E {\n    fn code(&self) -> &'static str { \"alert_lost\" }\n}\n",
                2,
            ),
            (
                "fn a() {\n    Problem::new(ErrorKind::Denied, \"alert_lost\", detail)\n}\n",
                2,
            ),
            (
                "fn a() {\n    Problem::new(\n        ErrorKind::Denied,\n        \"alert_lost\",\n        \"detail\",\n    )\n}\n",
                4,
            ),
        ] {
            let found = found(text);
            assert_eq!(found.len(), 1, "{text}");
            let start = format!("crates/6-applications/alert/src/error.rs:{line}: the code `alert_lost` has no text");
            assert!(found[0].starts_with(&start), "{found:?}");
        }
    }

    #[test]
    fn known_codes_and_other_words_are_quiet() {
        for text in [
            "impl Classified for E {\n    fn code(&self) -> &'static str { \"not_found\" }\n}\n",
            "impl Classified for E {\n    fn kind(&self) -> K { k(\"alert_lost\") }\n}\n",
            "impl State {\n    fn code(&self) -> &'static str { \"alert_lost\" }\n}\n",
            "Problem::new(ErrorKind::NotFound, \"not_found\", \"alert_lost\")\n",
            "let problem = Problem::of(&error);\nlet a = \"alert_lost\";\n",
            "mod tests {\n    Problem::new(ErrorKind::Denied, \"alert_lost\", \"\")\n",
        ] {
            assert_eq!(found(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn a_missing_file_of_texts_is_found() {
        assert_eq!(check(&[]).len(), 1);
    }
}
