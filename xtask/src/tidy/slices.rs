//! A slice always has the same files, so that who knows one slice finds his way in all.

use crate::tidy::finding::Finding;
use crate::tidy::layers::Layers;
use crate::tidy::packages::Packages;

/// Checks the names directly in each slice's `src/`; below a folder, names are free.
pub(crate) fn check(layers: &Layers, packages: &Packages, paths: &[String]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let on_floor = |name: &str| {
        layers
            .place(name)
            .is_some_and(|(floor, _)| layers.slices.floors.contains(&floor))
    };
    for member in packages.members.iter().filter(|m| on_floor(&m.name)) {
        let more = layers
            .slices
            .more
            .get(&member.name)
            .map(|more| more.files.as_slice())
            .unwrap_or_default();
        if more.iter().any(|name| name == "*") {
            continue;
        }
        let source = format!("{}/src/", member.folder);
        for path in paths.iter().filter(|p| p.ends_with(".rs")) {
            let Some(inside) = path.strip_prefix(&source) else {
                continue;
            };
            let top = inside.split('/').next().unwrap_or_default();
            let name = top.trim_end_matches(".rs").trim_end_matches("_tests");
            if name != "tests" && !layers.slices.files.iter().chain(more).any(|known| known == name) {
                let what = format!("{name} is no file of a slice");
                let fix = format!(
                    "use one of {}, or list it with a reason in layers.toml [slices.more]",
                    layers.slices.files.join(" ")
                );
                findings.push(Finding::new(path, 1, what, fix));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tidy::layers::own;
    use crate::tidy::packages::{Member, Packages};

    fn found(path: &str) -> usize {
        let member = |name: &str, floor: &str| Member {
            name: name.to_owned(),
            folder: format!("crates/{floor}/{name}"),
            imports: Vec::new(),
        };
        let members = vec![
            member("alert", "6-applications"),
            member("mqtt", "1-devices"),
            member("rule", "2-management"),
        ];
        check(
            &own(),
            &Packages {
                members,
                ..Packages::default()
            },
            &[path.to_owned()],
        )
        .len()
    }

    #[test]
    fn the_known_names_are_quiet() {
        for path in [
            "lib.rs",
            "decide.rs",
            "decide_tests.rs",
            "http/acknowledge.rs",
            "tests.rs",
        ] {
            assert_eq!(found(&format!("crates/6-applications/alert/src/{path}")), 0, "{path}");
        }
        assert_eq!(
            found("crates/1-devices/mqtt/src/session.rs"),
            0,
            "drivers are no slices"
        );
        assert_eq!(
            found("crates/2-management/rule/src/window.rs"),
            0,
            "listed with a reason"
        );
    }

    #[test]
    fn an_invented_name_is_found() {
        assert_eq!(found("crates/6-applications/alert/src/grouping.rs"), 1);
        assert_eq!(found("crates/6-applications/alert/src/engine/a.rs"), 1);
    }
}
