//! Names of engines and SQL text stand only in the engines and in `history`.

use crate::repo::Source;
use crate::tidy::finding::Finding;
use crate::tidy::globs::is_test;

/// Parts of words that name an engine.
const PARTS: [&str; 4] = ["sqlite", "postgres", "jetstream", "rocksdb"];
/// Whole words that name an engine.
const WHOLE: [&str; 3] = ["nats", "s3", "minio"];
/// Openings of SQL statements and what follows in each.
const STATEMENTS: [(&str, &str); 6] = [
    ("SELECT ", " FROM "),
    ("INSERT ", " INTO "),
    ("UPDATE ", " SET "),
    ("DELETE ", " FROM "),
    ("CREATE ", " TABLE "),
    ("CREATE ", " INDEX "),
];

/// Checks one file of the crates or of the console.
pub(crate) fn check(source: &Source) -> Vec<Finding> {
    let path = source.path.as_str();
    let exempt = path.starts_with("crates/engines/") || path.starts_with("crates/4-lakehouse/history/");
    let crates = path.starts_with("crates/") && (path.ends_with(".rs") || path.ends_with("Cargo.toml"));
    let console = path.starts_with("web/src/") && (path.ends_with(".ts") || path.ends_with(".tsx"));
    if exempt || !(crates || console) {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (at, line) in source.text.lines().enumerate() {
        // Test files open a real engine, so they may call it by its name.
        if let Some(word) = engine(line).filter(|_| !is_test(path)) {
            let fix = "speak of the port; engines are named only in crates/engines and history";
            findings.push(Finding::new(path, at + 1, format!("`{word}` names an engine"), fix));
        }
        if statement(line) {
            let fix = "use the query of the port; SQL stands only in crates/engines and history";
            findings.push(Finding::new(path, at + 1, "SQL text", fix));
        }
    }
    findings
}

/// The first word of a line that names an engine.
fn engine(line: &str) -> Option<String> {
    let lower = line.to_lowercase();
    let mut words = lower.split(|c: char| !c.is_ascii_alphanumeric());
    words
        .find(|word| WHOLE.contains(word) || PARTS.iter().any(|part| word.contains(part)))
        .map(str::to_owned)
}

/// Whether a line opens a SQL statement (in capitals, as we write it everywhere).
fn statement(line: &str) -> bool {
    STATEMENTS.iter().any(|(open, then)| {
        let after = line.split_once(open).map(|(_, after)| format!(" {after} "));
        after.is_some_and(|after| after.contains(then))
    }) || line.trim_start_matches([' ', '"']).starts_with("SELECT ")
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
    fn engine_words_and_sql_in_a_slice_are_found() {
        let slice = "crates/6-applications/alert/src/store.rs";
        for line in [
            "use rusqlite::Connection;",
            "// kept in PostgreSQL",
            "let bus = nats_url;",
            "let bucket = \"s3\";",
            "\"SELECT id FROM alert\"",
            "    \"SELECT id,",
            "\"INSERT INTO alert VALUES (1)\"",
            "\"DELETE FROM alert\"",
        ] {
            assert_eq!(found(slice, line), 1, "{line}");
        }
        assert_eq!(
            found("crates/6-applications/alert/Cargo.toml", "rusqlite.workspace = true"),
            1
        );
    }

    #[test]
    fn engines_and_innocent_words_are_quiet() {
        assert_eq!(
            found("crates/engines/embedded/src/records.rs", "SELECT id FROM record"),
            0
        );
        assert_eq!(found("crates/4-lakehouse/history/src/store.rs", "SELECT 1 FROM a"), 0);
        assert_eq!(
            found(
                "crates/6-applications/alert/src/store.rs",
                "// signatures; select! from the two"
            ),
            0
        );
        assert_eq!(
            found("crates/6-applications/alert/tests/slice/a.rs", "open(\"a.sqlite\")"),
            0
        );
        assert_eq!(found("docs/a.md", "SQLite"), 0);
    }
}
