//! The templates keep the house rules, and what is written from them compiles and passes its own tests.

use super::plan::Plan;
use super::{TEMPLATES, files, run};
use crate::repo::{Repo, Source};
use crate::run::{cargo, command, run as start};
use crate::tidy::{self, globs, heads, layers, machine, mission, packages, slices, words};
use std::fs;

/// The files that a slice must have.
const FILES: [&str; 9] = [
    "model", "error", "fact", "record", "decide", "store", "service", "http", "wire",
];

#[test]
fn the_templates_keep_the_house_rules() {
    let repo = Repo::find().unwrap();
    let (layers, mut packages) = (layers::own(), packages::read(&repo).unwrap());
    let plan = Plan::new("trial", 6, &layers, &packages).unwrap();
    let written = files(&repo.path(TEMPLATES), &plan).unwrap();
    let sources: Vec<Source> = written
        .iter()
        .map(|(path, text)| Source {
            path: format!("{}/{}", plan.folder, path.display()),
            text: text.clone(),
        })
        .collect();
    for file in FILES {
        let path = format!("{}/src/{file}.rs", plan.folder);
        assert!(sources.iter().any(|source| source.path == path), "{path} is missing");
    }
    assert!(sources.iter().any(|source| source.path.ends_with("/Cargo.toml")));
    let mut findings = Vec::new();
    for source in &sources {
        assert!(!source.text.contains("__"), "{}: a name was not put in", source.path);
        findings.extend(heads::check(&layers, source));
        findings.extend(globs::check(source));
        findings.extend(words::check(source));
        findings.extend(mission::check(source));
        findings.extend(machine::check(source));
    }
    packages.members.push(packages::Member {
        name: plan.name,
        folder: plan.folder,
        imports: Vec::new(),
    });
    let paths: Vec<String> = sources.iter().map(|source| source.path.clone()).collect();
    findings.extend(slices::check(&layers, &packages, &paths));
    assert!(findings.is_empty(), "{findings:?}");
}

/// Copies the house, writes a slice into the copy and runs the slice's own tests and `tidy` there.
#[test]
#[ignore = "compiles a crate in a copy of the house; `cargo xtask prove` runs it"]
fn a_new_slice_compiles_and_passes_its_own_tests() {
    let house = Repo::find().unwrap();
    // A build directory of its own that stays: cargo takes the crates of a copy for those of the house, and would build the
    // house anew after this test.
    let built = house.target().join("new-slice/built");
    let root = house.target().join("new-slice/tree");
    let _ = fs::remove_dir_all(&root);
    for path in house.paths().unwrap() {
        let copy = root.join(&path);
        fs::create_dir_all(copy.parent().unwrap()).unwrap();
        fs::copy(house.path(&path), copy).unwrap();
    }
    let copy = Repo::at(&root);
    start(command(&copy, "git").args(["init", "--quiet"])).unwrap();
    // `forecast` is listed in layers.toml already, `trial` is not
    for (name, floor) in [("trial", 6), ("forecast", 5)] {
        run(&copy, name, floor).unwrap();
        let again = run(&copy, name, floor).unwrap_err().to_string();
        assert!(again.contains("exists already"), "{again}");
    }
    let mut test = cargo(&copy);
    test.env("CARGO_TARGET_DIR", &built);
    start(test.args(["test", "--offline", "--locked", "-p", "trial"])).unwrap();
    let mut lint = cargo(&copy);
    lint.env("CARGO_TARGET_DIR", &built);
    let clippy = [
        "clippy",
        "--offline",
        "--locked",
        "--no-deps",
        "-p",
        "trial",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ];
    start(lint.args(clippy)).unwrap();
    start(cargo(&copy).args(["fmt", "-p", "trial", "-p", "forecast", "--check"])).unwrap();
    let findings = tidy::look(&copy).unwrap().findings;
    let about = |finding: &&tidy::finding::Finding| {
        finding.file.contains("/trial/") || finding.file.contains("/forecast/") || finding.file == "layers.toml"
    };
    let new: Vec<_> = findings.iter().filter(about).collect();
    assert!(new.is_empty(), "{new:?}");
    fs::remove_dir_all(&root).unwrap();
}
