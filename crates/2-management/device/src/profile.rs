//! Device profiles: what a kind of device reports, under which names, in which units, within which limits.

pub mod command;

use chassis::yaml::{Mistake, Source, Spanned};
use command::{CommandSpec, MAX_COMMANDS};
use kernel::id::{ProfileId, is_name};
use kernel::series::Contract;
use kernel::text::LangText;
use kernel::value::ValueKind;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A kind of device.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Its name.
    pub profile: ProfileId,
    /// Grows with every change.
    pub version: u32,
    /// What people call it.
    pub title: LangText,
    /// NGSI-LD type of the thing observed, such as `WaterObserved` (Smart Data Models).
    pub entity_type: String,
    /// Seconds between two reports, as promised.
    #[serde(default)]
    pub interval_s: Option<u32>,
    /// The values that it reports.
    pub bindings: Vec<Binding>,
    /// What devices of this kind may be told; nothing when empty.
    #[serde(default)]
    pub commands: Vec<CommandSpec>,
    /// Whether its figures are our assumption and not a published interface.
    #[serde(default)]
    pub assumed: bool,
    /// Where its figures come from.
    #[serde(default)]
    pub source: Option<String>,
}

impl Profile {
    /// Seconds in which something of a device comes at the latest, as promised; the shortest promise counts.
    pub fn expected_every_s(&self) -> Option<u32> {
        let promises = self.bindings.iter().filter_map(|binding| binding.contract.interval_s);
        promises.chain(self.interval_s).min()
    }

    /// A command by its name.
    pub fn command(&self, name: &str) -> Option<&CommandSpec> {
        self.commands.iter().find(|command| command.name == name)
    }
}

/// One value of a profile.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Binding {
    /// Name in the payload.
    pub name: String,
    /// Attribute of the entity (Smart Data Models).
    pub attribute: String,
    /// UCUM unit in which it is kept.
    #[serde(default)]
    pub unit: String,
    /// Type of its values.
    pub kind: ValueKind,
    /// What people call it.
    pub title: LangText,
    /// What is promised about its values.
    #[serde(default)]
    pub contract: Contract,
}

/// Most values of one profile.
pub const MAX_BINDINGS: usize = 200;

/// A profile as it is written, with places for messages.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    profile: ProfileId,
    version: u32,
    title: LangText,
    entity_type: Spanned<String>,
    #[serde(default)]
    interval_s: Option<u32>,
    bindings: Spanned<Vec<Spanned<Binding>>>,
    #[serde(default)]
    commands: Vec<Spanned<CommandSpec>>,
    #[serde(default)]
    assumed: bool,
    #[serde(default)]
    source: Option<String>,
}

/// Reads a profile file; `file` is the name that mistakes bear.
pub fn parse(file: &str, text: &str) -> Result<Profile, Mistake> {
    let source = Source { file, text };
    let written: Written = source.read()?;
    check(source, &written)?;
    Ok(Profile {
        profile: written.profile,
        version: written.version,
        title: written.title,
        entity_type: written.entity_type.value,
        interval_s: written.interval_s,
        bindings: written
            .bindings
            .value
            .into_iter()
            .map(|binding| binding.value)
            .collect(),
        commands: written.commands.into_iter().map(|command| command.value).collect(),
        assumed: written.assumed,
        source: written.source,
    })
}

fn check(source: Source<'_>, written: &Written) -> Result<(), Mistake> {
    let bindings = &written.bindings;
    if bindings.value.is_empty() || bindings.value.len() > MAX_BINDINGS {
        let what = format!("there are {} 'bindings'", bindings.value.len());
        let advice = format!("a profile has 1 to {MAX_BINDINGS}; add some or split it");
        return Err(source.wrong(bindings.referenced, what, advice));
    }
    let kind = &written.entity_type;
    if !kind.value.bytes().all(|b| b.is_ascii_alphanumeric()) || kind.value.is_empty() {
        let what = format!("the entity_type '{}'", cut(&kind.value));
        return Err(source.wrong(kind.referenced, what, "write letters and digits, such as WaterObserved"));
    }
    let mut names = BTreeSet::new();
    let mut attributes = BTreeSet::new();
    for binding in &bindings.value {
        let wrong = |(what, advice): (String, &str)| source.wrong(binding.referenced, what, advice);
        let binding = &binding.value;
        check_names(binding).map_err(wrong)?;
        if !names.insert(&binding.name) {
            let what = format!("the name '{}' stands twice", binding.name);
            return Err(wrong((what, "bind each payload name once; remove or rename one")));
        }
        if !attributes.insert(&binding.attribute) {
            let what = format!("the attribute '{}' stands twice", binding.attribute);
            return Err(wrong((what, "bind each attribute once; remove or rename one")));
        }
        check_contract(&binding.contract)
            .map_err(|(what, advice)| wrong((format!("{}: {what}", binding.name), advice)))?;
    }
    check_commands(source, written)
}

fn check_commands(source: Source<'_>, written: &Written) -> Result<(), Mistake> {
    let values: BTreeSet<&str> = written
        .bindings
        .value
        .iter()
        .map(|binding| binding.value.name.as_str())
        .collect();
    let mut names = BTreeSet::new();
    for (index, command) in written.commands.iter().enumerate() {
        let wrong = |(what, advice): (String, &str)| source.wrong(command.referenced, what, advice);
        command::check(&command.value, &values).map_err(wrong)?;
        if !names.insert(&command.value.name) {
            let what = format!("the command '{}' stands twice", command.value.name);
            return Err(wrong((what, "write each command once; remove or rename one")));
        }
        if index >= MAX_COMMANDS {
            let what = format!("there are more than {MAX_COMMANDS} commands");
            return Err(wrong((what, "split the profile")));
        }
    }
    Ok(())
}

/// What is wrong, and what to do.
type Wrong = (String, &'static str);

fn check_names(binding: &Binding) -> Result<(), Wrong> {
    let name = &binding.name;
    if !is_name(name) {
        let advice = "write 1 to 64 of a-z A-Z 0-9 . _ -, beginning with a letter or digit";
        return Err((format!("the name '{}'", cut(name)), advice));
    }
    if !is_name(&binding.attribute) {
        let what = format!("{name}: the attribute '{}'", cut(&binding.attribute));
        return Err((what, "write a name of the data model, such as waterDepth"));
    }
    if binding.kind == ValueKind::Number && binding.unit.is_empty() {
        let what = format!("{name}: a number needs a UCUM unit");
        return Err((
            what,
            "write unit: with a code such as m or ug/m3; \"1\" is a pure number",
        ));
    }
    Ok(())
}

fn check_contract(contract: &Contract) -> Result<(), Wrong> {
    for (what, range) in [("possible", contract.possible), ("expected", contract.expected)] {
        if [range.min, range.max].into_iter().flatten().any(|end| !end.is_finite()) {
            let what = format!("{what} has an end that is no number");
            return Err((what, "write a finite number, or leave an open end out"));
        }
        if let (Some(min), Some(max)) = (range.min, range.max)
            && min > max
        {
            return Err((format!("{what}.min {min} is above {what}.max {max}"), "swap them"));
        }
    }
    if contract.max_rate.is_some_and(|rate| !rate.is_finite() || rate <= 0.0) {
        let what = "max_rate must be above 0, per second".to_owned();
        return Err((what, "correct it, or leave it out when any change is usual"));
    }
    if contract.interval_s == Some(0) {
        return Err((
            "interval_s is 0".to_owned(),
            "write the seconds between two observations",
        ));
    }
    Ok(())
}

/// A wrong value as messages quote it.
fn cut(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "profile: flood-gauge
version: 1
title: {vi: Trạm đo ngập, en: Flood gauge}
entity_type: WaterObserved
bindings:
  - {name: depth, attribute: waterDepth, unit: m, kind: number, title: {vi: Độ sâu, en: Depth}, contract: {possible: {min: 0, max: 10}}}
";

    #[test]
    fn a_profile_is_read() {
        let profile = parse("flood-gauge.yaml", GOOD).unwrap();
        assert_eq!(profile.bindings[0].contract.possible.max, Some(10.0));
    }

    #[test]
    fn mistakes_are_named_with_place_and_remedy() {
        for (from, to, place, says, advice) in [
            ("unit: m", "unit: ''", "6:5", "needs a UCUM unit", "such as m"),
            ("min: 0, max: 10", "min: 11, max: 10", "6:5", "is above", "swap them"),
            ("name: depth", "name: 'a b'", "6:5", "'a b'", "1 to 64"),
            ("min: 0, max: 10", "min: .nan", "6:5", "no number", "finite"),
            ("max: 10}", "max: 10}, max_rate: 0", "6:5", "max_rate", "leave it out"),
            (
                "max: 10}",
                "max: 10}, interval_s: 0",
                "6:5",
                "interval_s is 0",
                "seconds",
            ),
            (
                "attribute: waterDepth",
                "attribute: ''",
                "6:5",
                "attribute ''",
                "waterDepth",
            ),
            (
                "WaterObserved",
                "'Water Observed'",
                "4:14",
                "'Water Observed'",
                "letters",
            ),
            ("kind: number", "kind: nummer", "6:", "'nummer'", "number, "),
            ("version: 1", "versoin: 1", "2:1", "'versoin'", "version, "),
            ("version: 1", "version: one", "2:10", "\"version: one\"", "whole number"),
            ("version: 1\n", "", "", "'version' is missing", "add 'version:'"),
            ("version: 1", "version: [1", "", "", ""),
        ] {
            let error = parse("flood-gauge.yaml", &GOOD.replace(from, to)).unwrap_err();
            let text = error.to_string();
            assert!(text.starts_with(&format!("flood-gauge.yaml:{place}")), "{to}: {text}");
            assert!(
                error.what.contains(says) && error.advice.contains(advice),
                "{to}: {text}"
            );
            assert!(
                error.line > 0 && error.column > 0 && !error.advice.is_empty(),
                "{to}: {text}"
            );
        }
    }
}
