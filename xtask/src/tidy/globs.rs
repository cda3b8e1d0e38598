//! No glob imports and no preludes: a reader sees where each name comes from. Test modules may say `super::*`.

use crate::repo::Source;
use crate::tidy::finding::Finding;

/// Checks one Rust file; its lines after `mod tests` and whole test files are left out.
pub(crate) fn check(source: &Source) -> Vec<Finding> {
    let path = source.path.as_str();
    if !path.ends_with(".rs") || is_test(path) {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (at, line) in production(&source.text) {
        let code = line
            .trim_start()
            .trim_start_matches("pub ")
            .trim_start_matches("pub(crate) ");
        if !code.starts_with("use ") {
            continue;
        }
        if code.contains("::*") || code.contains("{*") {
            findings.push(Finding::new(path, at, "a glob import", "name what is used"));
        } else if code.contains("prelude") {
            findings.push(Finding::new(
                path,
                at,
                "an import from a prelude",
                "import from the defining module",
            ));
        }
    }
    findings
}

/// Whether the whole file is a test.
pub(crate) fn is_test(path: &str) -> bool {
    path.ends_with("tests.rs") || path.contains("/tests/") || path.starts_with("tests/")
}

/// The lines of a Rust file before its test module, numbered from 1.
pub(crate) fn production(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let numbered = text.lines().enumerate().map(|(at, line)| (at + 1, line));
    // Other test modules of the crate may look in: `pub(crate) mod tests`.
    numbered.take_while(|(_, line)| {
        !line
            .trim_start()
            .trim_start_matches("pub(crate) ")
            .starts_with("mod tests")
    })
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::repo::Source;

    fn found(path: &str, text: &str) -> usize {
        check(&Source {
            path: path.into(),
            text: text.into(),
        })
        .len()
    }

    #[test]
    fn globs_and_preludes_are_found() {
        assert_eq!(found("a.rs", "use std::io::*;\n"), 1);
        assert_eq!(found("a.rs", "pub use crate::model::*;\n"), 1);
        assert_eq!(found("a.rs", "    use proptest::prelude::Strategy;\n"), 1);
    }

    #[test]
    fn named_imports_and_tests_are_quiet() {
        for module in ["mod tests", "pub(crate) mod tests"] {
            let text = format!("use std::io::Read;\n#[cfg(test)]\n{module} {{\n    use super::*;\n}}\n");
            assert_eq!(found("a.rs", &text), 0, "{module}");
        }
        assert_eq!(found("a_tests.rs", "use super::*;\n"), 0);
    }
}
