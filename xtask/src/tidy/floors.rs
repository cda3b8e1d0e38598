//! Who may import whom: imports only point down, one floor at a time.

use crate::tidy::finding::Finding;
use crate::tidy::layers::Layers;
use crate::tidy::packages::{Import, Member, Packages};

/// Checks folders and imports of the project's crates.
pub(crate) fn check(layers: &Layers, packages: &Packages) -> Vec<Finding> {
    let mut findings = Vec::new();
    for member in packages.members.iter().filter(|m| m.folder.starts_with("crates/")) {
        let manifest = format!("{}/Cargo.toml", member.folder);
        match layers.folder(&member.name) {
            None => {
                let what = format!("the crate {} stands on no floor", member.name);
                findings.push(Finding::new(
                    &manifest,
                    1,
                    what,
                    "add it to layers.toml, in its place of order",
                ));
                continue;
            }
            Some(folder) if folder != member.folder => {
                let what = format!("the crate {} lives in {}", member.name, member.folder);
                findings.push(Finding::new(
                    &manifest,
                    1,
                    what,
                    format!("move it to {folder} or change layers.toml"),
                ));
            }
            Some(_) => {}
        }
        for import in member.imports.iter().filter(|i| packages.member(&i.name).is_some()) {
            if let Some((what, fix)) = forbidden(layers, member, import) {
                findings.push(Finding::new(&manifest, import.line, what, fix));
            }
        }
    }
    findings
}

/// Why an import may not be, and what to do instead.
fn forbidden(layers: &Layers, member: &Member, import: &Import) -> Option<(String, String)> {
    let (from, to) = (member.name.as_str(), import.name.as_str());
    if layers.is_engine(to) {
        let may = import.dev || layers.engines.imported_by.iter().any(|name| name == from);
        let fix = "use the port, or move the line to [dev-dependencies] when only tests need it".to_owned();
        return (!may).then(|| (format!("{from} imports the engine {to}"), fix));
    }
    if layers.is_engine(from) {
        let may = layers.engines.may_import.iter().any(|name| name == to);
        let allowed = layers.engines.may_import.join(" and ");
        return (!may).then(|| {
            (
                format!("the engine {from} imports {to}"),
                format!("engines import only {allowed}"),
            )
        });
    }
    let (Some((high, after)), Some((low, before))) = (layers.place(from), layers.place(to)) else {
        return Some((
            format!("{from} imports {to}, which stands on no floor"),
            "add it to layers.toml".to_owned(),
        ));
    };
    let top = layers.floor.iter().map(|f| f.number).max();
    if Some(high) == top || (high == low && before < after) || (high > low && (low == 0 || low + 1 == high)) {
        return None;
    }
    if layers.arrow.iter().any(|arrow| arrow.from == from && arrow.to == to) {
        return None;
    }
    let what = format!("{from} (floor {high}) imports {to} (floor {low})");
    Some(if high < low {
        (
            what,
            "imports only point down: publish a fact, or define a port below and join it in the server".to_owned(),
        )
    } else if high == low {
        (
            what,
            format!("{to} comes later on the floor: change the order in layers.toml if that makes no circle"),
        )
    } else if matches!((high, low), (6, 4) | (6, 3) | (5, 3)) {
        (what, "list the arrow with its reason in layers.toml".to_owned())
    } else {
        (
            what,
            "that skips a floor: go through the next one down, by its API or a port".to_owned(),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tidy::layers::own;
    use crate::tidy::packages::{Import, Member, Packages};

    /// A workspace of all listed crates in which `from` imports `to`.
    fn planted(from: &str, to: &str, dev: bool) -> Vec<String> {
        let layers = own();
        let names = layers
            .floor
            .iter()
            .flat_map(|f| &f.crates)
            .chain(&layers.engines.crates);
        let member = |name: &String| {
            let imports = if name == from {
                vec![Import {
                    name: to.to_owned(),
                    dev,
                    line: 9,
                }]
            } else {
                Vec::new()
            };
            Member {
                name: name.clone(),
                folder: layers.folder(name).expect("listed"),
                imports,
            }
        };
        let packages = Packages {
            members: names.map(member).collect(),
            ..Packages::default()
        };
        check(&layers, &packages).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn imports_that_point_down_are_quiet() {
        for (from, to) in [
            ("ports", "kernel"),
            ("mqtt", "uplink"),
            ("device", "driver"),
            ("observation", "rule"),
            ("alert", "access"),
            ("server", "driver"),
            ("server", "embedded"),
            ("embedded", "ports"),
        ] {
            assert_eq!(planted(from, to, false), Vec::<String>::new(), "{from} -> {to}");
        }
        assert!(planted("alert", "testkit", true).is_empty(), "tests may use engines");
    }

    #[test]
    fn each_other_import_is_found() {
        for (from, to, says) in [
            ("kernel", "ports", "comes later on the floor"),
            ("uplink", "mqtt", "comes later on the floor"),
            ("driver", "device", "imports only point down"),
            ("observation", "driver", "skips a floor"),
            ("alert", "observation", "list the arrow"),
            ("alert", "rule", "skips a floor"),
            ("alert", "embedded", "imports the engine"),
            ("embedded", "chassis", "engines import only kernel and ports"),
        ] {
            let found = planted(from, to, false);
            assert_eq!(found.len(), 1, "{from} -> {to}: {found:?}");
            assert!(
                found[0].contains("Cargo.toml:9: ") && found[0].contains(says),
                "{found:?}"
            );
        }
    }

    #[test]
    fn a_crate_of_no_floor_or_in_a_wrong_folder_is_found() {
        let stray = Member {
            name: "stray".into(),
            folder: "crates/2-management/stray".into(),
            imports: Vec::new(),
        };
        let moved = Member {
            name: "alert".into(),
            folder: "crates/5-intelligence/alert".into(),
            imports: Vec::new(),
        };
        let found = check(
            &own(),
            &Packages {
                members: vec![stray, moved],
                ..Packages::default()
            },
        );
        assert!(found[0].what.contains("stands on no floor"));
        assert!(found[1].fix.contains("crates/6-applications/alert"));
    }
}
