//! The table of areas and their cells: codes, the tree, sums, and one cell for each.

use crate::city::place::{BEGIN, Place, end_of, mistake};
use crate::city::table::Table;
use access::area::Areas;
use boundary::model::Strictness;
use chassis::yaml::Mistake;
use kernel::area::AreaCode;
use std::collections::BTreeMap;

/// What to do about an area that is none.
pub(super) const ADVICE: &str = "write a code of areas.csv, in quotes in YAML, such as \"00070\"";
const FILE: &str = "areas.csv";
const KINDS: [&str; 3] = ["Thành phố", "Phường", "Xã"];
/// By how much the areas of the parts may miss the whole, in km²: the figures are rounded to 0.01.
const ROUNDED_KM2: f64 = 0.7;

pub(super) fn knows(areas: &Areas, code: &str) -> bool {
    AreaCode::new(code).is_ok_and(|code| areas.get(&code).is_some())
}

/// How many areas the table lists.
pub(super) fn rows(text: &str) -> usize {
    let lines = text
        .lines()
        .filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    lines.count().saturating_sub(1)
}

pub(super) fn table(text: &str, wrong: &mut Vec<Mistake>) {
    let required = ["code", "name", "kind", "parent", "lon", "lat", "area_km2", "population"];
    let Some(table) = Table::read(FILE, text, &required, &[], wrong) else {
        return;
    };
    let mut lines: BTreeMap<&str, (u64, &str)> = BTreeMap::new();
    for row in &table.rows {
        let code = table.get(row, "code");
        if let Err(error) = AreaCode::new(code) {
            let advice = "write the code of the statistics office";
            wrong.push(table.wrong(row, "code", error.to_string(), advice));
        }
        if let Some((first, _)) = lines.get(code) {
            let what = format!("the code {code} stands in line {first} already");
            wrong.push(table.wrong(row, "code", what, "keep one line"));
        } else {
            lines.insert(code, (row.line(), table.get(row, "parent")));
        }
        if table.get(row, "name").trim().is_empty() {
            wrong.push(table.wrong(row, "name", "the name is empty", "write the Vietnamese name"));
        }
        let kind = table.get(row, "kind");
        if !KINDS.contains(&kind) {
            let advice = format!("write one of {}", KINDS.join(", "));
            wrong.push(table.wrong(row, "kind", format!("the kind '{kind}'"), advice));
        }
        table.number(row, "lon", (100.0, 115.0), wrong);
        table.number(row, "lat", (5.0, 25.0), wrong);
        table.number(row, "area_km2", (0.0, 100_000.0), wrong);
        let people = table.get(row, "population");
        if people.parse::<u64>().is_err() {
            let advice = "write a whole number without points; 0 when it is not known";
            wrong.push(table.wrong(row, "population", format!("population is '{people}'"), advice));
        }
    }
    for row in &table.rows {
        let (code, parent) = (table.get(row, "code"), table.get(row, "parent"));
        if !parent.is_empty() && !lines.contains_key(parent) {
            let what = format!("the parent '{parent}' is no area");
            wrong.push(table.wrong(row, "parent", what, "write a code of this table, or nothing"));
        } else if ends_in_itself(code, &lines) {
            let what = format!("{code} lies in itself, by way of its parents");
            wrong.push(table.wrong(row, "parent", what, "write the code of the larger area"));
        } else if parent.is_empty() && code.len() == 5 {
            let advice = "write the code of its city, such as 01";
            wrong.push(table.wrong(row, "parent", "a commune without a parent", advice));
        }
    }
    sums(&table, wrong);
}

fn ends_in_itself(code: &str, lines: &BTreeMap<&str, (u64, &str)>) -> bool {
    let mut at = code;
    for _ in 0..=lines.len() {
        match lines.get(at) {
            Some((_, parent)) if *parent == code => return true,
            Some((_, parent)) if !parent.is_empty() => at = parent,
            _ => return false,
        }
    }
    false
}

/// What lies in an area adds up to it.
fn sums(table: &Table<'_>, wrong: &mut Vec<Mistake>) {
    for whole in &table.rows {
        let code = table.get(whole, "code");
        let parts: Vec<_> = table
            .rows
            .iter()
            .filter(|row| table.get(row, "parent") == code)
            .collect();
        if parts.is_empty() {
            continue;
        }
        for (column, tolerance) in [("area_km2", ROUNDED_KM2), ("population", 0.5)] {
            let numbers = parts.iter().map(|row| table.get(row, column).parse::<f64>());
            let (Ok(numbers), Ok(all)) = (
                numbers.collect::<Result<Vec<_>, _>>(),
                table.get(whole, column).parse::<f64>(),
            ) else {
                continue;
            };
            let sum: f64 = numbers.iter().sum();
            if (sum - all).abs() > tolerance {
                let sum = (sum * 100.0).round() / 100.0;
                let what = format!("{column} of {code} is {all}, its {} parts add up to {sum}", parts.len());
                wrong.push(table.wrong(whole, column, what, "correct the sum or the part that is wrong"));
            }
        }
    }
}

/// The approximate cells: their form, their codes, and none missing.
pub(super) fn cells(text: &str, areas: &Areas, wrong: &mut Vec<Mistake>) {
    const FILE: &str = "areas/cells.geojson";
    if let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(text) {
        let at = (error.line() as u64, error.column() as u64);
        wrong.push(mistake(
            FILE,
            at,
            format!("this is not JSON: {error}"),
            "draw it anew with `cargo xtask cells`",
        ));
        return;
    }
    if areas.is_empty() {
        return;
    }
    let (_, findings) = boundary::read::read(text, areas, &Strictness::default());
    for finding in findings {
        let at = finding.feature.map_or(BEGIN, |index| feature(text, index));
        wrong.push(mistake(FILE, at, finding.what, finding.remedy));
    }
}

/// Where a feature begins.
fn feature(text: &str, index: usize) -> Place {
    let found = text.match_indices("\"Feature\"").nth(index);
    found.map_or(BEGIN, |(at, _)| end_of(&text[..at]))
}
