//! Judging a whole pack: every file by itself, the files with each other, and the tests of the rules in virtual time.

mod areas;
mod devices;
mod orgs;
mod rules;

use super::place::{self, mistake};
use super::read::{Parsed, parse};
use chassis::yaml::Mistake;
use pack::model::Files;
use pack::model::name::{Kind, Name};
use std::collections::BTreeSet;

/// Reads and judges; all mistakes of all files, by file and place.
pub(crate) fn check(files: &Files) -> (Parsed, Vec<Mistake>) {
    let mut parsed = parse(files);
    let mut wrong = Vec::new();
    for file in files.keys().filter(|file| Name::of_path(file).is_none()) {
        wrong.push(super::unknown(file));
    }
    if let Some(text) = files.get("areas.csv") {
        areas::table(text, &mut wrong);
    }
    // areas of which some cannot be read are no measure for other files
    let all = std::mem::take(&mut parsed.areas);
    let rows = files.get("areas.csv").map_or(0, |text| areas::rows(text));
    if all.len() == rows {
        parsed.areas = all.clone();
    }
    if let Some(text) = files.get("areas/cells.geojson") {
        areas::cells(text, &parsed.areas, &mut wrong);
    }
    if let Some(text) = files.get("orgs.yaml") {
        orgs::tree(text, &parsed.areas, &mut wrong);
    }
    devices::all(files, &parsed, &mut wrong);
    for file in files.keys() {
        storm_areas(file, &files[file], &parsed, &mut wrong);
    }
    // these are read twice: once to be used, once to tell every mistake with its place
    let tables: BTreeSet<String> = wrong.iter().map(|mistake| mistake.file.clone()).collect();
    let said_better = |mistake: &Mistake| tables.contains(&mistake.file);
    let read = std::mem::take(&mut parsed.mistakes);
    wrong.extend(read.into_iter().filter(|mistake| !said_better(mistake)));
    rules::all(files, &parsed, &mut wrong);
    names(files, &parsed, &mut wrong);
    parsed.areas = all;
    let place = |mistake: &Mistake| (mistake.file.clone(), mistake.line, mistake.column);
    wrong.sort_by_key(place);
    wrong.dedup();
    (parsed, wrong)
}

/// Files of rules, profiles and indicators are called as what stands in them.
fn names(files: &Files, parsed: &Parsed, wrong: &mut Vec<Mistake>) {
    let rules = parsed.rules.iter().zip(&parsed.rule_files);
    for (rule, file) in rules {
        name(files, file, "rule", &rule.id.to_string(), wrong);
    }
    for (file, text) in files {
        let Some(Name { kind, .. }) = Name::of_path(file) else {
            continue;
        };
        let found = match kind {
            Kind::Profile => device::profile::parse(file, text)
                .ok()
                .map(|found| found.profile.to_string()),
            Kind::Indicator => {
                let found = indicator::model::definition::parse(file, text);
                found.ok().map(|found| found.id)
            }
            _ => None,
        };
        if let Some(found) = found {
            name(files, file, kind.word(), &found, wrong);
        }
    }
}

fn name(files: &Files, file: &str, key: &str, found: &str, wrong: &mut Vec<Mistake>) {
    let Some(name) = Name::of_path(file).filter(|name| name.id() != found) else {
        return;
    };
    let text = files.get(file).map(String::as_str).unwrap_or_default();
    let what = format!("the {key} is called '{found}', its file '{}'", name.id());
    let advice = format!("write '{key}: {}', or rename the file", name.id());
    wrong.push(mistake(file, place::key(text, key), what, advice));
}

fn storm_areas(file: &str, text: &str, parsed: &Parsed, wrong: &mut Vec<Mistake>) {
    if Name::of_path(file).is_none_or(|name| name.kind != Kind::Storm) || parsed.areas.is_empty() {
        return;
    }
    let Ok(storm) = simulator::storm::Storm::parse(file, text) else {
        return;
    };
    for fallen in &storm.areas {
        if !areas::knows(&parsed.areas, &fallen.area) {
            let what = format!("there is no area '{}'", fallen.area);
            wrong.push(mistake(file, place::word(text, &fallen.area), what, areas::ADVICE));
        }
    }
}

/// A list of allowed words for a message.
fn allowed<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let words: BTreeSet<&str> = words.into_iter().collect();
    let words: Vec<&str> = words.into_iter().collect();
    match words.len() {
        0..=60 => words.join(", "),
        many => format!("{}, and {} more", words[..60].join(", "), many - 60),
    }
}
