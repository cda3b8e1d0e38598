//! The kernel stays small and quiet: no I/O, no async, few lines, because a change in it rebuilds everything.

use crate::repo::Source;
use crate::tidy::finding::Finding;
use crate::tidy::globs::production;
use crate::tidy::layers::Layers;
use crate::tidy::packages::Packages;

/// Where the kernel lives.
const FOLDER: &str = "crates/0-foundation/kernel/";
/// Words of I/O and async.
const LOUD: [&str; 6] = [
    "async fn",
    "std::fs",
    "std::net",
    "std::thread",
    "std::process",
    "std::io::stdin",
];

/// Checks size, dependencies and words of the kernel.
pub(crate) fn check(layers: &Layers, packages: &Packages, sources: &[Source]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let manifest = format!("{FOLDER}Cargo.toml");
    for import in packages
        .member("kernel")
        .map(|m| m.imports.as_slice())
        .unwrap_or_default()
    {
        if !import.dev && layers.kernel.forbidden_crates.contains(&import.name) {
            let what = format!("the kernel imports {}", import.name);
            findings.push(Finding::new(
                &manifest,
                import.line,
                what,
                "keep I/O and async out; define a port instead",
            ));
        }
    }
    let code = |s: &&Source| s.path.starts_with(&format!("{FOLDER}src/")) && s.path.ends_with(".rs");
    let mut lines = 0;
    for source in sources.iter().filter(code) {
        lines += source.text.lines().count();
        for (at, line) in production(&source.text) {
            let words = line.split("//").next().unwrap_or_default();
            if let Some(word) = LOUD.iter().find(|word| words.contains(*word)) {
                let fix = "the kernel has no I/O and no async; move it to a port or an engine";
                findings.push(Finding::new(&source.path, at, format!("{word} in the kernel"), fix));
            }
        }
    }
    if lines >= layers.kernel.max_lines {
        let what = format!("the kernel has {lines} lines, the cap is {}", layers.kernel.max_lines);
        findings.push(Finding::new(
            &manifest,
            1,
            what,
            "move to a slice what only one slice needs",
        ));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::repo::Source;
    use crate::tidy::layers::own;
    use crate::tidy::packages::{Import, Member, Packages};

    fn file(text: &str) -> Source {
        Source {
            path: "crates/0-foundation/kernel/src/a.rs".into(),
            text: text.into(),
        }
    }

    #[test]
    fn a_loud_kernel_is_found() {
        let found = check(
            &own(),
            &Packages::default(),
            &[file("//! Words.\nasync fn a() {}\nuse std::fs;\n")],
        );
        assert_eq!(found.len(), 2);
        let import = Import {
            name: "tokio".into(),
            dev: false,
            line: 4,
        };
        let member = Member {
            name: "kernel".into(),
            folder: "crates/0-foundation/kernel".into(),
            imports: vec![import],
        };
        assert_eq!(
            check(
                &own(),
                &Packages {
                    members: vec![member],
                    ..Packages::default()
                },
                &[]
            )
            .len(),
            1
        );
    }

    #[test]
    fn a_big_kernel_is_found() {
        assert_eq!(
            check(&own(), &Packages::default(), &[file(&"//! Words.\n".repeat(2_500))]).len(),
            1
        );
        assert_eq!(
            check(&own(), &Packages::default(), &[file(&"//! Words.\n".repeat(2_499))]).len(),
            0
        );
    }
}
