//! The pack of Hà Nội is right, and every way of breaking it is named with file, line, column and remedy.

mod broken;

use super::check::check;
use super::{Found, find};
use std::path::Path;
use tempfile::TempDir;

/// A copy of the pack inside the program, in a folder of its own.
struct Copy(TempDir);

impl Copy {
    fn new() -> Self {
        let copy = Self(tempfile::tempdir().unwrap());
        for (file, text) in find(Path::new("")).unwrap().pack.files {
            copy.write(&file, text.as_bytes());
        }
        copy
    }

    fn write(&self, file: &str, bytes: &[u8]) {
        let path = self.0.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    /// Puts a text in place of another one, which must be there.
    fn replace(&self, file: &str, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.0.path().join(file)).unwrap();
        assert!(text.contains(from), "{file} has no {from}");
        self.write(file, text.replacen(from, to, 1).as_bytes());
    }

    /// What a check says, line by line.
    fn told(&self) -> Vec<String> {
        let Found { pack, mut mistakes } = find(self.0.path()).unwrap();
        mistakes.extend(check(&pack.files).1);
        mistakes.iter().map(ToString::to_string).collect()
    }
}

#[test]
fn the_pack_inside_the_program_is_right_and_every_file_of_it_is_an_item() {
    let found = find(Path::new("")).unwrap();
    assert_eq!(found.pack.items().len(), found.pack.files.len());
    let (parsed, mistakes) = check(&found.pack.files);
    assert!(mistakes.is_empty(), "{mistakes:#?}");
    assert!(parsed.rules.len() >= 25 && parsed.rules.iter().all(|rule| !rule.tests.is_empty()));
    let copy = Copy::new();
    copy.write("README.md", b"for people");
    copy.write(".hidden/x", b"nobody's");
    assert_eq!(copy.told(), Vec::<String>::new());
}

#[test]
fn all_mistakes_of_all_files_are_told_in_one_run() {
    let copy = Copy::new();
    copy.replace("rules/flood-depth.yaml", "unit: m", "units: m");
    copy.replace("profiles/pump.yaml", "version: ", "versoin: ");
    copy.replace("orgs.yaml", "parent: ubnd-thanh-pho", "parent: nobody");
    copy.replace("demo/devices.csv", ",river-stage,", ",river-stag,");
    copy.replace("demo/devices.csv", ",00070,", ",99999,");
    copy.write("notes.txt", b"x");
    let told = copy.told();
    for file in [
        "rules/flood-depth.yaml:7:1: unknown key 'units'",
        "profiles/pump.yaml:",
        "orgs.yaml:",
        "demo/devices.csv:2:19: there is no profile 'river-stag'",
        "demo/devices.csv:7:125: there is no area '99999'",
        "notes.txt:1:1: this file is no part of a pack",
    ] {
        assert!(told.iter().any(|line| line.starts_with(file)), "{file}: {told:#?}");
    }
}
