//! Each code file opens with one line in plain words and stays short enough to be read.

use crate::repo::Source;
use crate::tidy::finding::Finding;
use crate::tidy::layers::Layers;

/// Longest code file, tests included.
const CAP: usize = 400;
/// Endings of code files.
const CODE: [&str; 9] = [".rs", ".ts", ".tsx", ".js", ".mjs", ".css", ".py", ".sh", ".sql"];

/// Checks the head and the length of one file.
pub(crate) fn check(layers: &Layers, source: &Source) -> Vec<Finding> {
    let path = source.path.as_str();
    if layers.generated.has(path) || !CODE.iter().any(|ending| path.ends_with(ending)) {
        return Vec::new();
    }
    let mut findings = Vec::new();
    let lines = source.text.lines().count();
    if lines > CAP {
        let what = format!("{lines} lines, the cap is {CAP}");
        findings.push(Finding::new(
            path,
            CAP + 1,
            what,
            "make it a folder, split by operation or noun",
        ));
    }
    let first = source.text.lines().next().unwrap_or_default();
    let rust = path.ends_with(".rs") && !says(first, "//!");
    let script = [".ts", ".tsx"].iter().any(|e| path.ends_with(e)) && !says(first, "//") && !block(&source.text);
    if rust {
        findings.push(Finding::new(
            path,
            1,
            "the file has no head",
            "open it with one `//!` line in plain words",
        ));
    }
    if script {
        let fix = "open it with one `//` or `/** */` line in plain words";
        findings.push(Finding::new(path, 1, "the file has no head", fix));
    }
    findings
}

/// Whether a line is such a comment and has words in it.
fn says(line: &str, mark: &str) -> bool {
    line.strip_prefix(mark)
        .is_some_and(|rest| rest.chars().any(char::is_alphabetic) && !rest.starts_with('/'))
}

/// Whether a file opens with a block comment that has words in it.
fn block(text: &str) -> bool {
    let words = text.strip_prefix("/**").and_then(|rest| rest.split("*/").next());
    words.is_some_and(|words| words.chars().any(char::is_alphabetic))
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::repo::Source;
    use crate::tidy::layers::own;

    fn found(path: &str, text: &str) -> usize {
        check(
            &own(),
            &Source {
                path: path.into(),
                text: text.into(),
            },
        )
        .len()
    }

    #[test]
    fn a_head_in_plain_words_is_enough() {
        assert_eq!(found("a.rs", "//! Words.\n"), 0);
        assert_eq!(found("a.tsx", "// Words.\n"), 0);
        assert_eq!(found("a.ts", "/** Words. */\n"), 0);
        assert_eq!(found("a.toml", "[a]\n"), 0);
    }

    #[test]
    fn a_missing_or_empty_head_is_found() {
        for (path, text) in [
            ("a.rs", "use a;\n"),
            ("a.rs", "//!\n"),
            ("a.rs", ""),
            ("a.ts", "import a;\n"),
            ("a.tsx", "//\n"),
        ] {
            assert_eq!(found(path, text), 1, "{path} {text:?}");
        }
    }

    #[test]
    fn a_long_file_is_found_unless_it_is_generated() {
        let long = format!("// Words.\n{}", "a;\n".repeat(400));
        assert_eq!(found("web/src/a.ts", &long), 1);
        assert_eq!(found("web/src/routes.gen.ts", &long), 0);
        assert_eq!(found("web/src/api/schema.ts", &long), 0);
    }
}
