//! Reading the files of a pack into what the slices take; every mistake names file, place and remedy.

use super::Files;
use access::area::{Area, Areas};
use access::org::Orgs;
use anyhow::{Context, Result, bail};
use device::model::Device;
use device::profile::{self, Profile};
use kernel::area::AreaCode;
use kernel::id::{DeviceId, OrgId, ProfileId};
use kernel::place::Point;
use kernel::text::LangText;
use rule::model::Rule;
use rule::units::Prospect;
use serde::Deserialize;
use std::path::Path;

/// A pack whose files were all read.
#[derive(Debug, Default)]
pub(crate) struct Parsed {
    pub(crate) areas: Areas,
    pub(crate) orgs: Orgs,
    pub(crate) cells: Option<String>,
    pub(crate) profiles: Vec<Profile>,
    pub(crate) rules: Vec<Rule>,
    pub(crate) demo_devices: Vec<Device>,
    pub(crate) mistakes: Vec<String>,
}

#[derive(Deserialize)]
struct DeviceLine {
    id: String,
    profile: String,
    title_vi: String,
    title_en: String,
    lon: f64,
    lat: f64,
    area: String,
    org: String,
}

/// Reads all files; what cannot be read is listed in `mistakes`, the rest is used.
pub(crate) fn parse(files: &Files) -> Parsed {
    let mut parsed = Parsed {
        cells: files.get("areas/cells.geojson").cloned(),
        ..Parsed::default()
    };
    let mut files_of_rules = Vec::new();
    for (name, text) in files {
        match name.split_once('/') {
            Some(("profiles", _)) => match profile::parse(name, text) {
                Ok(profile) => parsed.profiles.push(profile),
                Err(error) => parsed.mistakes.push(error.to_string()),
            },
            Some(("rules", _)) => match rule::parse::parse(name, text) {
                Ok(rule) => {
                    files_of_rules.push(name);
                    parsed.rules.push(rule);
                }
                Err(error) => parsed.mistakes.push(error.to_string()),
            },
            _ => {}
        }
    }
    let units = wrong_units(&parsed, &files_of_rules);
    parsed.mistakes.extend(units);
    if let Some(text) = files.get("areas.csv") {
        let areas: Vec<Area> = lines("areas.csv", text, &mut parsed.mistakes);
        match Areas::new(areas) {
            Ok(areas) => parsed.areas = areas,
            Err(error) => parsed.mistakes.push(format!("areas.csv: {error}")),
        }
    }
    if let Some(text) = files.get("orgs.yaml") {
        match Orgs::read("orgs.yaml", text) {
            Ok(orgs) => parsed.orgs = orgs,
            Err(mistake) => parsed.mistakes.push(mistake.to_string()),
        }
    }
    if let Some(text) = files.get("demo/devices.csv") {
        parsed.demo_devices = devices("demo/devices.csv", text, &mut parsed.mistakes);
    }
    parsed
}

/// Rules whose unit does not fit the values that the pack's profiles report.
fn wrong_units(parsed: &Parsed, files: &[&String]) -> Vec<String> {
    let prospects: Vec<_> = parsed
        .profiles
        .iter()
        .flat_map(|profile| {
            profile.bindings.iter().map(|binding| Prospect {
                profile: &profile.profile,
                entity_type: &profile.entity_type,
                attribute: &binding.attribute,
                kind: binding.kind,
                unit: &binding.unit,
            })
        })
        .collect();
    let rules = parsed.rules.iter().zip(files);
    let wrong = rules.filter_map(|(rule, file)| {
        let what = rule.unit_mistake(&prospects)?;
        let place = rule.unit_place;
        Some(format!("{file}:{}:{}: {what}", place.line, place.column))
    });
    wrong.collect()
}

fn lines<T: serde::de::DeserializeOwned>(name: &str, text: &str, mistakes: &mut Vec<String>) -> Vec<T> {
    let mut good = Vec::new();
    for line in csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .from_reader(text.as_bytes())
        .deserialize()
    {
        match line {
            Ok(line) => good.push(line),
            Err(error) => mistakes.push(format!("{name}: {error}")),
        }
    }
    good
}

/// The devices of a CSV file; a single mistake and none is taken.
pub(crate) fn read_devices(file: &Path) -> Result<Vec<Device>> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let mut mistakes = Vec::new();
    let devices = devices(&file.display().to_string(), &text, &mut mistakes);
    if !mistakes.is_empty() {
        mistakes.truncate(20);
        bail!("no device is registered, because of:\n{}", mistakes.join("\n"));
    }
    Ok(devices)
}

fn devices(name: &str, text: &str, mistakes: &mut Vec<String>) -> Vec<Device> {
    let lines: Vec<DeviceLine> = lines(name, text, mistakes);
    let mut good = Vec::new();
    for line in lines {
        match device(line) {
            Ok(device) => good.push(device),
            Err(error) => mistakes.push(format!("{name}: {error}")),
        }
    }
    good
}

fn device(line: DeviceLine) -> std::result::Result<Device, String> {
    let say = |error: &dyn std::fmt::Display| format!("device '{}': {error}", line.id);
    Ok(Device {
        id: DeviceId::new(&line.id).map_err(|error| say(&error))?,
        title: LangText::new(&line.title_vi, &line.title_en),
        profile: ProfileId::new(&line.profile).map_err(|error| say(&error))?,
        org: OrgId::new(&line.org).map_err(|error| say(&error))?,
        areas: vec![AreaCode::new(&line.area).map_err(|error| say(&error))?],
        place: Point::new(line.lon, line.lat),
        state: device::model::DeviceState::Active,
        classification: kernel::classification::Classification::Internal,
        speaks: device::model::Speaks::Itself,
        gateway: None,
        token_hash: None,
    })
}
