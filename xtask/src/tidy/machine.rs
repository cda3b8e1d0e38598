//! No path of one person's machine and no host of a package registry may stand in a file.

use crate::repo::Source;
use crate::tidy::finding::Finding;

/// Folders of machines, put together so that this file is clean itself.
const FOLDERS: [&str; 3] = [concat!("/", "work"), concat!("/", "root"), concat!("/", "home")];
/// Hosts of package registries and their mirrors, in parts for the same reason.
const HOSTS: [&str; 9] = [
    concat!("registry.", "npmjs.org"),
    concat!("registry.", "yarnpkg.com"),
    concat!("registry.", "npmmirror.com"),
    concat!("static.", "crates.io"),
    concat!("index.", "crates.io"),
    concat!("files.", "pythonhosted.org"),
    concat!("pypi.", "org/simple"),
    concat!("deb.", "debian.org"),
    concat!("archive.", "ubuntu.com"),
];
/// The one source that a Cargo lock file may name.
const CRATES: &str = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";

/// Checks one text file.
pub(crate) fn check(source: &Source) -> Vec<Finding> {
    let path = source.path.as_str();
    let mut findings = Vec::new();
    for (at, line) in source.text.lines().enumerate() {
        if let Some(folder) = FOLDERS.iter().find(|folder| names(line, folder)) {
            let fix = "use a path from the root of the repository or an environment variable";
            findings.push(Finding::new(path, at + 1, format!("the machine's path {folder}"), fix));
        }
        let locked = path.ends_with("Cargo.lock") && line.starts_with("source = ") && line != CRATES;
        let resolved = path.ends_with("package-lock.json") && line.contains("\"resolved\": \"http");
        if locked || resolved || HOSTS.iter().any(|host| line.contains(host)) {
            let fix = "leave the registry to the machine's own configuration";
            findings.push(Finding::new(path, at + 1, "a registry's address", fix));
        }
    }
    findings
}

/// Whether a line names the absolute folder: nothing of a longer path before it, and a separator or the end after it.
/// The home folder counts only with something in it, so that a web route of that name may exist.
fn names(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let mut after = line[at + folder.len()..].chars();
        let own =
            before.is_none_or(|c| !(c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '}' | ')' | '/' | '*' | '~')));
        let next = after.next();
        let inside = next == Some('/') && after.next().is_some_and(|c| c.is_ascii_alphanumeric() || c == '.');
        let alone = next.is_none_or(|c| matches!(c, ' ' | '"' | '\'' | '`' | ':' | ';' | ',' | ')'));
        own && (inside || (alone && !folder.ends_with("home")))
    })
}

#[cfg(test)]
mod tests {
    use super::{FOLDERS, HOSTS, check};
    use crate::repo::Source;

    fn found(path: &str, text: &str) -> usize {
        check(&Source {
            path: path.into(),
            text: text.into(),
        })
        .len()
    }

    #[test]
    fn machine_paths_and_registries_are_found() {
        for folder in FOLDERS {
            assert_eq!(found("a.md", &format!("see {folder}/a/b.txt")), 1, "{folder}");
            assert_eq!(found("a.md", &format!("see target{folder}/a")), 0, "{folder}");
            assert_eq!(found("a.md", &format!("see {folder}flow/a")), 0, "{folder}");
        }
        for host in HOSTS {
            assert_eq!(found("a.toml", &format!("url = \"https://{host}/a\"")), 1, "{host}");
        }
        assert_eq!(
            found("web/package-lock.json", "  \"resolved\": \"https://a.example/a.tgz\","),
            1
        );
        assert_eq!(found("Cargo.lock", "source = \"registry+https://a.example/index\""), 1);
        assert_eq!(found("Cargo.lock", super::CRATES), 0);
    }
}
