//! Lists of devices: each names a profile, an area, an organisation and perhaps a gateway that exist.

use super::{allowed, areas};
use crate::city::read::Parsed;
use crate::city::table::{Row, Table};
use chassis::yaml::Mistake;
use kernel::id::{DeviceId, OrgId};
use pack::model::Files;
use pack::model::name::{Kind, Name};
use std::collections::BTreeMap;

/// How far outside of all centres a device may stand, in degrees; about 50 km.
const MARGIN: f64 = 0.5;

pub(super) fn all(files: &Files, parsed: &Parsed, wrong: &mut Vec<Mistake>) {
    for (file, text) in files {
        if Name::of_path(file).is_some_and(|name| name.kind == Kind::Devices) {
            list(file, text, files, parsed, wrong);
        }
    }
}

/// What cannot be read itself is told of there, and not once more by each device that names it.
fn list(file: &str, text: &str, files: &Files, parsed: &Parsed, wrong: &mut Vec<Mistake>) {
    let orgs_told = wrong.iter().any(|mistake| mistake.file == "orgs.yaml");
    let required = ["id", "profile", "title_vi", "title_en", "lon", "lat", "area", "org"];
    let Some(table) = Table::read(file, text, &required, &["gateway"], wrong) else {
        return;
    };
    let box_of_city = around(parsed);
    let mut known: BTreeMap<&str, &Row<'_>> = BTreeMap::new();
    for row in &table.rows {
        let id = table.get(row, "id");
        if let Err(error) = DeviceId::new(id) {
            wrong.push(table.wrong(row, "id", error.to_string(), "correct the id"));
        }
        if let Some(first) = known.get(id) {
            let what = format!("the device '{id}' stands in line {} already", first.line());
            wrong.push(table.wrong(row, "id", what, "keep one line, or give this one its own id"));
        } else {
            known.insert(id, row);
        }
        if table.get(row, "title_vi").trim().is_empty() {
            wrong.push(table.wrong(
                row,
                "title_vi",
                "the title is empty",
                "write what people call it in Vietnamese",
            ));
        }
        let profile = table.get(row, "profile");
        let mut profiles = parsed.profiles.iter();
        let is_read = profiles.any(|known| known.profile.as_str() == profile);
        if !is_read && !files.contains_key(&format!("profiles/{profile}.yaml")) {
            let advice = format!(
                "write one of {}",
                allowed(parsed.profiles.iter().map(|known| known.profile.as_str()))
            );
            wrong.push(table.wrong(row, "profile", format!("there is no profile '{profile}'"), advice));
        }
        let area = table.get(row, "area");
        if !parsed.areas.is_empty() && !areas::knows(&parsed.areas, area) {
            wrong.push(table.wrong(row, "area", format!("there is no area '{area}'"), areas::ADVICE));
        }
        let org = table.get(row, "org");
        if !orgs_told && !parsed.areas.is_empty() && !OrgId::new(org).is_ok_and(|org| parsed.orgs.get(&org).is_some()) {
            let advice = "write an id of orgs.yaml, or ubnd- and the code of a commune";
            wrong.push(table.wrong(row, "org", format!("there is no organisation '{org}'"), advice));
        }
        let (lon, lat) = box_of_city;
        table.number(row, "lon", lon, wrong);
        table.number(row, "lat", lat, wrong);
    }
    for row in &table.rows {
        gateway(&table, row, &known, wrong);
    }
}

fn gateway(table: &Table<'_>, row: &Row<'_>, known: &BTreeMap<&str, &Row<'_>>, wrong: &mut Vec<Mistake>) {
    let gateway = table.get(row, "gateway");
    if gateway.is_empty() {
        return;
    }
    let what = match known.get(gateway) {
        None => format!("the gateway '{gateway}' is no device of this list"),
        Some(_) if gateway == table.get(row, "id") => "the device is its own gateway".to_owned(),
        Some(found) if !table.get(found, "gateway").is_empty() => {
            format!("the gateway '{gateway}' stands behind a gateway itself")
        }
        Some(_) => return,
    };
    let advice = "write the id of a device with a connection of its own, or nothing";
    wrong.push(table.wrong(row, "gateway", what, advice));
}

/// Degrees east and north between which devices of the city lie.
fn around(parsed: &Parsed) -> ((f64, f64), (f64, f64)) {
    if parsed.areas.is_empty() {
        return ((-180.0, 180.0), (-90.0, 90.0));
    }
    let span = |degrees: Vec<f64>| {
        let least = degrees.iter().copied().fold(f64::INFINITY, f64::min);
        let most = degrees.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        // two digits are enough for a message
        let round = |degrees: f64| (degrees * 100.0).round() / 100.0;
        (round(least - MARGIN), round(most + MARGIN))
    };
    (
        span(parsed.areas.all().map(|area| area.lon).collect()),
        span(parsed.areas.all().map(|area| area.lat).collect()),
    )
}
