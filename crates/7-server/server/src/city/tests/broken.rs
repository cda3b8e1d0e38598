//! One wrong place each: file, what stands there, what stands there instead, and what is said of it.

use super::Copy;

const CASES: &str = include_str!("broken.txt");

#[test]
fn each_of_many_mistakes_is_named_with_its_place_and_remedy() {
    let mut missed = Vec::new();
    let lines = CASES.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let all: Vec<Vec<&str>> = lines.map(|line| line.split(" ¦ ").collect()).collect();
    assert!(all.len() >= 40, "{}", all.len());
    for case in all {
        let [file, from, to, begins, advises] = case[..] else {
            panic!("{case:?} has not five parts")
        };
        let (from, to) = (from.replace("\\n", "\n"), to.replace("\\n", "\n"));
        let copy = Copy::new();
        copy.replace(file, &from, &to);
        let told = copy.told();
        let good = told
            .iter()
            .any(|line| line.starts_with(begins) && line.contains(advises));
        if !good {
            missed.push(format!(
                "{file}: '{from}' → '{to}'\n  awaited {begins}…{advises}\n  told {told:#?}"
            ));
        }
        let elsewhere = told.iter().filter(|line| !line.starts_with(file)).count();
        // a column or an area that is gone is missed by others, too
        if elsewhere > 0 && !["areas.csv", "orgs.yaml", "profiles/river-stage.yaml"].contains(&file) {
            missed.push(format!("{file}: '{to}' is told of other files: {told:#?}"));
        }
    }
    assert!(missed.is_empty(), "{} of them:\n{}", missed.len(), missed.join("\n"));
}

#[test]
fn files_that_belong_to_no_pack_are_named() {
    let copy = Copy::new();
    let cases: [(&str, &[u8], &str, &str); 5] = [
        (
            "notes.txt",
            b"x",
            "notes.txt:1:1: this file is no part of a pack",
            "rules/<name>.yaml",
        ),
        (
            "rules/mine.yml",
            b"x",
            "rules/mine.yml:1:1: this file is no part",
            "rename it to rules/mine.yaml",
        ),
        (
            "rules/deep/mine.yaml",
            b"x",
            "rules/deep/mine.yaml:1:1: this file is no part",
            "remove it",
        ),
        (
            "rules/über.yaml",
            "x".as_bytes(),
            "rules/über.yaml:1:1: this file is no part",
            "remove it",
        ),
        (
            "rules/latin.yaml",
            b"rule: a\ntitle: \xe9",
            "rules/latin.yaml:2:8: a byte that is not UTF-8",
            "save the file as UTF-8",
        ),
    ];
    for (file, bytes, begins, advises) in cases {
        copy.write(file, bytes);
        let told = copy.told();
        assert_eq!(told.len(), 1, "{file}: {told:#?}");
        assert!(told[0].starts_with(begins) && told[0].contains(advises), "{told:#?}");
        std::fs::remove_file(copy.0.path().join(file)).unwrap();
    }
}
