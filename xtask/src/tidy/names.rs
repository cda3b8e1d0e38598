//! Names that say nothing are forbidden, and so are crates named like a dependency.

use crate::tidy::finding::Finding;
use crate::tidy::packages::Packages;

/// Words that mean "whatever was left over".
pub(crate) const EMPTY: [&str; 12] = [
    "common",
    "commons",
    "util",
    "utils",
    "shared",
    "helper",
    "helpers",
    "manager",
    "managers",
    "types",
    "misc",
    "utilities",
];

/// Checks the names of crates, folders and code files.
pub(crate) fn check(packages: &Packages, paths: &[String]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for member in &packages.members {
        let manifest = format!("{}/Cargo.toml", member.folder);
        if packages.foreign.contains(&member.name) {
            let what = format!("the crate {} is named like a dependency", member.name);
            findings.push(Finding::new(&manifest, 1, what, "choose another plain word"));
        }
        if EMPTY.contains(&member.name.as_str()) {
            let what = format!("the crate name {} says nothing", member.name);
            findings.push(Finding::new(&manifest, 1, what, "name it by the word of the domain"));
        }
    }
    for path in paths.iter().filter(|p| ours(p)) {
        let mut parts: Vec<&str> = path.split('/').collect();
        let file = parts.pop().unwrap_or_default();
        let stem = file.split('.').next().unwrap_or_default();
        if let Some(folder) = parts.iter().find(|part| EMPTY.contains(part)) {
            let what = format!("the folder name {folder} says nothing");
            findings.push(Finding::new(path, 1, what, "name it by what is in it"));
        }
        if EMPTY.contains(&stem) {
            findings.push(Finding::new(
                path,
                1,
                format!("the file name {file} says nothing"),
                "name it by what is in it",
            ));
        }
        if file == "mod.rs" {
            findings.push(Finding::new(path, 1, "a mod.rs", "use foo.rs beside the folder foo/"));
        }
        if file == "prelude.rs" {
            findings.push(Finding::new(path, 1, "a prelude", "import from the defining module"));
        }
        if path.starts_with("web/src/") && (file == "index.ts" || file == "index.tsx") {
            findings.push(Finding::new(
                path,
                1,
                "a barrel",
                "import from the defining file and name the file by its content",
            ));
        }
    }
    findings
}

/// Code of the project, in which names are chosen by us.
fn ours(path: &str) -> bool {
    ["crates/", "web/", "xtask/", "tests/", "city/"]
        .iter()
        .any(|folder| path.starts_with(folder))
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tidy::packages::{Member, Packages};

    fn found(path: &str) -> usize {
        check(&Packages::default(), &[path.to_owned()]).len()
    }

    #[test]
    fn empty_names_are_found() {
        for path in [
            "crates/2-management/device/src/util.rs",
            "crates/2-management/device/src/helpers/a.rs",
            "crates/2-management/device/src/store/mod.rs",
            "web/src/types/area.ts",
            "web/src/slices/alert/index.ts",
            "xtask/src/prelude.rs",
        ] {
            assert_eq!(found(path), 1, "{path}");
        }
        assert_eq!(found("crates/2-management/device/src/store.rs"), 0);
        assert_eq!(found("web/index.html"), 0);
    }

    #[test]
    fn a_crate_named_like_a_dependency_is_found() {
        let member = Member {
            name: "http".into(),
            folder: "crates/1-devices/http".into(),
            imports: Vec::new(),
        };
        let packages = Packages {
            members: vec![member],
            foreign: ["http".to_owned()].into(),
        };
        assert_eq!(check(&packages, &[]).len(), 1);
    }
}
