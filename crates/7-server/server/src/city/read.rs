//! Reading the files of a pack into what the slices take; every mistake names file, place and remedy.

use super::place::{self, BEGIN, mistake};
use access::area::{Area, Areas};
use access::org::Orgs;
use anyhow::{Context, Result, bail};
use chassis::yaml::{Mistake, Source};
use device::model::{Device, Speaks};
use device::profile::{self, Profile};
use indicator::error::IndicatorError;
use indicator::model::definition::{self, Definition};
use indicator::model::library::Library;
use indicator::standard::{self, Standard};
use kernel::area::AreaCode;
use kernel::id::{DeviceId, OrgId, ProfileId};
use kernel::place::Point;
use kernel::text::LangText;
use pack::model::Files;
use pack::model::name::{Kind, Name};
use rule::error::RuleError;
use rule::model::Rule;
use rule::units::Prospect;
use serde::Deserialize;
use simulator::storm::Storm;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A pack whose files were all read.
#[derive(Debug, Default)]
pub(crate) struct Parsed {
    pub(crate) areas: Areas,
    /// The list of organisations in the pack, and the committees of the areas.
    pub(crate) orgs: Orgs,
    pub(crate) cells: Option<String>,
    pub(crate) profiles: Vec<Profile>,
    pub(crate) rules: Vec<Rule>,
    /// The files of `rules`, in the same order.
    pub(crate) rule_files: Vec<String>,
    pub(crate) library: Library,
    pub(crate) demo_devices: Vec<Device>,
    pub(crate) storms: Vec<Storm>,
    pub(crate) mistakes: Vec<Mistake>,
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

/// Reads all files; what cannot be read is listed in `mistakes`, the rest is used. Whether files fit together is
/// [`super::check`]'s to say, except where they could not be used: units of rules, standards of indicators.
pub(crate) fn parse(files: &Files) -> Parsed {
    let mut parsed = Parsed::default();
    let (mut standards, mut indicators) = (BTreeMap::new(), Vec::new());
    for (file, text) in files {
        let Some(name) = Name::of_path(file) else { continue };
        match name.kind {
            Kind::Profile => match profile::parse(file, text) {
                Ok(profile) => parsed.profiles.push(profile),
                Err(mistake) => parsed.mistakes.push(mistake),
            },
            Kind::Rule => match rule::parse::parse(file, text) {
                Ok(rule) => {
                    parsed.rule_files.push(file.clone());
                    parsed.rules.push(rule);
                }
                Err(error) => parsed.mistakes.push(of_rule(file, error)),
            },
            Kind::Storm => match storm(file, text) {
                Ok(storm) => parsed.storms.push(storm),
                Err(mistake) => parsed.mistakes.push(mistake),
            },
            Kind::Standard => match standard::parse(file, text) {
                Ok(standard) => drop(standards.insert(file.clone(), standard)),
                Err(error) => parsed.mistakes.push(of_indicator(file, text, error)),
            },
            Kind::Indicator => match definition::parse(file, text) {
                Ok(indicator) => indicators.push((file, text, indicator)),
                Err(error) => parsed.mistakes.push(of_indicator(file, text, error)),
            },
            Kind::Cells => parsed.cells = Some(text.clone()),
            Kind::Devices => {
                let devices = devices(file, text, &mut parsed.mistakes);
                parsed.demo_devices.extend(devices);
            }
            Kind::Areas | Kind::Orgs => {}
        }
    }
    parsed.library = library(files, standards, indicators, &mut parsed.mistakes);
    let units = wrong_units(&parsed);
    parsed.mistakes.extend(units);
    if let Some(text) = files.get("areas.csv") {
        let areas: Vec<Area> = lines("areas.csv", text, &mut parsed.mistakes);
        match Areas::new(areas) {
            Ok(areas) => parsed.areas = areas,
            Err(error) => {
                let advice = "correct the codes; no area is used until then";
                parsed
                    .mistakes
                    .push(mistake("areas.csv", BEGIN, error.to_string(), advice));
            }
        }
    }
    if let Some(text) = files.get("orgs.yaml") {
        match Orgs::read("orgs.yaml", text) {
            Ok(orgs) => parsed.orgs = orgs,
            Err(mistake) => parsed.mistakes.push(mistake),
        }
    }
    parsed.orgs = std::mem::take(&mut parsed.orgs).with_committees(&parsed.areas);
    parsed
}

fn storm(file: &str, text: &str) -> Result<Storm, Mistake> {
    Source { file, text }.read::<Storm>()?;
    Storm::parse(file, text).map_err(|error| {
        let told = error.to_string();
        let what = told.strip_prefix(&format!("{file}: ")).unwrap_or(&told);
        let key = what.split([' ', ':']).next().unwrap_or_default();
        let (what, advice) = what.split_once("; ").unwrap_or((what, "correct it"));
        mistake(file, place::key(text, key), what, advice)
    })
}

fn of_rule(file: &str, error: RuleError) -> Mistake {
    match error {
        RuleError::File {
            line,
            column,
            what,
            advice,
            ..
        } => mistake(file, (line, column), what, advice),
        other => {
            let told = other.to_string();
            let what = told.strip_prefix(&format!("{file}: ")).unwrap_or(&told);
            let (what, advice) = what.rsplit_once("; ").unwrap_or((what, "correct it"));
            mistake(file, BEGIN, what, advice)
        }
    }
}

fn of_indicator(file: &str, text: &str, error: IndicatorError) -> Mistake {
    match error {
        IndicatorError::File(mistake) => mistake,
        IndicatorError::Set { what, advice, .. } => {
            let mut keys = ["from", "severity"].into_iter();
            let key = keys
                .find(|key| what.contains(&format!("signal.{key}")))
                .unwrap_or("standard");
            mistake(file, place::key(text, key), what, advice)
        }
        other => mistake(file, BEGIN, other.to_string(), "correct it"),
    }
}

/// Standards and indicators that fit together; each that does not is a mistake and left out.
fn library(
    files: &Files,
    standards: BTreeMap<String, Standard>,
    indicators: Vec<(&String, &String, Definition)>,
    wrong: &mut Vec<Mistake>,
) -> Library {
    let mut by_id: BTreeMap<String, (String, Standard)> = BTreeMap::new();
    for (file, standard) in standards {
        if let Some((first, _)) = by_id.get(&standard.id) {
            let what = format!("the standard '{}' stands in {first}, too", standard.id);
            let text = files.get(&file).map(String::as_str).unwrap_or_default();
            let advice = "keep one file, with an edition for each version";
            wrong.push(mistake(&file, place::key(text, "standard"), what, advice));
        } else {
            by_id.insert(standard.id.clone(), (file, standard));
        }
    }
    let standards = || by_id.values().map(|(_, standard)| standard.clone());
    let mut fitting: Vec<Definition> = Vec::new();
    for (file, text, indicator) in indicators {
        match Library::new(standards(), fitting.iter().cloned().chain([indicator.clone()])) {
            Ok(_) => fitting.push(indicator),
            Err(error) => wrong.push(of_indicator(file, text, error)),
        }
    }
    Library::new(standards(), fitting).unwrap_or_default()
}

/// What the profiles report.
pub(crate) fn prospects(profiles: &[Profile]) -> Vec<Prospect<'_>> {
    let all = profiles.iter().flat_map(|profile| {
        profile.bindings.iter().map(|binding| Prospect {
            profile: &profile.profile,
            entity_type: &profile.entity_type,
            attribute: &binding.attribute,
            kind: binding.kind,
            unit: &binding.unit,
        })
    });
    all.collect()
}

/// Rules whose unit does not fit the values that the pack's profiles report.
fn wrong_units(parsed: &Parsed) -> Vec<Mistake> {
    let prospects = prospects(&parsed.profiles);
    let rules = parsed.rules.iter().zip(&parsed.rule_files);
    let wrong = rules.filter_map(|(rule, file)| {
        let told = rule.unit_mistake(&prospects)?;
        let (what, advice) = told.rsplit_once("; ").unwrap_or((&told, "correct it"));
        Some(mistake(
            file,
            (rule.unit_place.line, rule.unit_place.column),
            what,
            advice,
        ))
    });
    wrong.collect()
}

fn lines<T: serde::de::DeserializeOwned>(name: &str, text: &str, wrong: &mut Vec<Mistake>) -> Vec<T> {
    let mut good = Vec::new();
    for line in csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .from_reader(text.as_bytes())
        .deserialize()
    {
        match line {
            Ok(line) => good.push(line),
            Err(error) => {
                let line = error.position().map_or(1, csv::Position::line);
                let what = format!("the line cannot be read: {error}");
                wrong.push(mistake(
                    name,
                    (line, 1),
                    what,
                    "write one field for each column, numbers with a point",
                ));
            }
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
        let told: Vec<String> = mistakes.iter().take(20).map(ToString::to_string).collect();
        bail!("no device is registered, because of:\n{}", told.join("\n"));
    }
    Ok(devices)
}

fn devices(name: &str, text: &str, wrong: &mut Vec<Mistake>) -> Vec<Device> {
    let lines: Vec<DeviceLine> = lines(name, text, wrong);
    let mut good = Vec::new();
    for line in lines {
        match device(&line) {
            Ok(device) => good.push(device),
            Err(what) => {
                let advice = "correct it; `hanoi-ioc check` tells the column";
                let what = format!("device '{}': {what}", line.id);
                wrong.push(mistake(name, place::word(text, &line.id), what, advice));
            }
        }
    }
    let gateways: BTreeSet<DeviceId> = good
        .iter()
        .filter_map(|device: &Device| device.gateway.clone())
        .collect();
    for device in good.iter_mut().filter(|device| gateways.contains(&device.id)) {
        device.speaks = Speaks::Children;
    }
    good
}

fn device(line: &DeviceLine) -> std::result::Result<Device, String> {
    let say = |error: &dyn std::fmt::Display| error.to_string();
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
