//! Reading the files of a pack into what the slices take; every mistake names file, place and remedy.

use super::Files;
use access::area::{Area, Areas};
use access::org::Orgs;
use anyhow::{Context, Result, bail};
use device::model::{Device, Speaks};
use device::profile::{self, Profile};
use indicator::model::definition;
use indicator::model::library::Library;
use indicator::standard;
use kernel::area::AreaCode;
use kernel::id::{DeviceId, OrgId, ProfileId};
use kernel::place::Point;
use kernel::text::LangText;
use rule::model::Rule;
use rule::units::Prospect;
use serde::Deserialize;
use simulator::storm::Storm;
use std::collections::BTreeSet;
use std::path::Path;

/// A pack whose files were all read.
#[derive(Debug, Default)]
pub(crate) struct Parsed {
    pub(crate) areas: Areas,
    pub(crate) orgs: Orgs,
    pub(crate) cells: Option<String>,
    pub(crate) profiles: Vec<Profile>,
    pub(crate) rules: Vec<Rule>,
    pub(crate) library: Library,
    pub(crate) demo_devices: Vec<Device>,
    pub(crate) storms: Vec<Storm>,
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
    /// The device that speaks for it, if it has no connection of its own.
    #[serde(default)]
    gateway: Option<String>,
}

/// Reads all files; what cannot be read is listed in `mistakes`, the rest is used.
pub(crate) fn parse(files: &Files) -> Parsed {
    let mut parsed = Parsed {
        cells: files.get("areas/cells.geojson").cloned(),
        ..Parsed::default()
    };
    let (mut standards, mut indicators) = (Vec::new(), Vec::new());
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
            Some(("demo", file)) if file.starts_with("storm-") => match Storm::parse(name, text) {
                Ok(storm) => parsed.storms.push(storm),
                Err(error) => parsed.mistakes.push(error.to_string()),
            },
            Some(("standards", _)) => match standard::parse(name, text) {
                Ok(standard) => standards.push(standard),
                Err(error) => parsed.mistakes.push(error.to_string()),
            },
            Some(("indicators", _)) => match definition::parse(name, text) {
                Ok(indicator) => indicators.push(indicator),
                Err(error) => parsed.mistakes.push(error.to_string()),
            },
            _ => {}
        }
    }
    match Library::new(standards, indicators) {
        Ok(library) => parsed.library = library,
        Err(error) => parsed.mistakes.push(error.to_string()),
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
    parsed.orgs = std::mem::take(&mut parsed.orgs).with_committees(&parsed.areas);
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
    let gateways: BTreeSet<DeviceId> = good.iter().filter_map(|device| device.gateway.clone()).collect();
    for device in good.iter_mut().filter(|device| gateways.contains(&device.id)) {
        device.speaks = Speaks::Children;
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
        speaks: Speaks::Itself,
        gateway: match &line.gateway {
            Some(gateway) => Some(DeviceId::new(gateway).map_err(|error| say(&error))?),
            None => None,
        },
        token_hash: None,
    })
}
