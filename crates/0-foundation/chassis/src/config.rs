//! Configuration: one annotated TOML with all defaults, a file and the environment over it, and the source of every value.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use toml::de::{DeTable, DeValue, ValueDeserializer};
use toml::{Table, Value};

/// What is wrong with a configuration, with the place and the remedy.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{place}: {what}")]
pub struct ConfigError {
    /// `file:line`, or the name of the environment variable.
    pub place: String,
    /// What was found, what is allowed.
    pub what: String,
}

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The defaults inside the program.
    Default,
    /// A file, with its line.
    File(String),
    /// An environment variable.
    Environment(String),
    /// An argument of the command line.
    Argument(String),
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(place) => f.write_str(place),
            Self::Environment(name) => write!(f, "environment {name}"),
            Self::Argument(name) => f.write_str(name),
        }
    }
}

/// The effective configuration.
#[derive(Clone, Debug)]
pub struct Loaded<T> {
    /// As the program reads it.
    pub settings: T,
    /// Key, value as TOML, source; sorted by key.
    pub effective: BTreeMap<String, (String, Source)>,
}

/// Prefix of the environment variables: `HANOI_IOC_HTTP_ADDRESS` sets `http.address`.
pub const ENVIRONMENT: &str = "HANOI_IOC_";

/// Lays a file and the environment over the defaults. Every key must exist in the defaults with the same type.
pub fn load<T: DeserializeOwned>(
    defaults: &str,
    file: Option<(&str, &str)>,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<Loaded<T>, ConfigError> {
    let defaults: Table = toml::from_str(defaults).map_err(|error| bug(&error.to_string()))?;
    let mut values = BTreeMap::new();
    flatten("", &defaults, &mut values);
    let mut effective: BTreeMap<String, (Value, Source)> = values
        .into_iter()
        .map(|(key, value)| (key, (value, Source::Default)))
        .collect();

    if let Some((name, text)) = file {
        let table = DeTable::parse(text).map_err(|error| ConfigError {
            place: place(name, text, error.span().map_or(0, |span| span.start)),
            what: error.message().to_owned(),
        })?;
        overlay(name, text, "", table.get_ref(), &mut effective)?;
    }
    for (key, (value, source)) in &mut effective {
        let variable = format!("{ENVIRONMENT}{}", key.replace('.', "_").to_uppercase());
        if let Some(text) = environment(&variable) {
            *value = parse_like(value, &text).map_err(|what| ConfigError {
                place: variable.clone(),
                what,
            })?;
            *source = Source::Environment(variable);
        }
    }
    let settings = build(&effective)?;
    let effective = effective
        .into_iter()
        .map(|(key, (value, source))| (key, (value.to_string(), source)))
        .collect();
    Ok(Loaded { settings, effective })
}

fn bug(error: &str) -> ConfigError {
    ConfigError {
        place: "built-in defaults".to_owned(),
        what: error.to_owned(),
    }
}

fn flatten(prefix: &str, table: &Table, into: &mut BTreeMap<String, Value>) {
    for (name, value) in table {
        let key = if prefix.is_empty() {
            name.clone()
        } else {
            format!("{prefix}.{name}")
        };
        match value {
            Value::Table(inner) => flatten(&key, inner, into),
            other => drop(into.insert(key, other.clone())),
        }
    }
}

type Effective = BTreeMap<String, (Value, Source)>;

fn overlay(name: &str, text: &str, prefix: &str, table: &DeTable<'_>, into: &mut Effective) -> Result<(), ConfigError> {
    for (key, value) in table {
        let full = if prefix.is_empty() {
            key.get_ref().to_string()
        } else {
            format!("{prefix}.{}", key.get_ref())
        };
        let place = place(name, text, key.span().start);
        if let DeValue::Table(inner) = value.get_ref() {
            let section = format!("{full}.");
            if !into.keys().any(|known| known.starts_with(&section)) {
                return Err(ConfigError {
                    place,
                    what: unknown("section", &full, &sections(into)),
                });
            }
            overlay(name, text, &full, inner, into)?;
            continue;
        }
        let known: Vec<String> = into.keys().cloned().collect();
        let Some((slot, source)) = into.get_mut(&full) else {
            return Err(ConfigError {
                place,
                what: unknown("key", &full, &known),
            });
        };
        let written = text.get(value.span()).unwrap_or_default();
        // not by its text: a list of tables, `[[name]]`, has none of its own
        let parsed = Value::deserialize(ValueDeserializer::from(value.clone())).map_err(|error| ConfigError {
            place: place.clone(),
            what: error.message().to_owned(),
        })?;
        if std::mem::discriminant(&parsed) != std::mem::discriminant(slot) {
            let what = format!(
                "{full} is {written}, a {}; write a {} such as {slot}",
                parsed.type_str(),
                slot.type_str()
            );
            return Err(ConfigError { place, what });
        }
        *slot = parsed;
        *source = Source::File(place);
    }
    Ok(())
}

fn sections(effective: &Effective) -> Vec<String> {
    let mut names: Vec<String> = effective
        .keys()
        .filter_map(|key| key.rsplit_once('.').map(|(section, _)| section.to_owned()))
        .collect();
    names.dedup();
    names
}

fn unknown(what: &str, key: &str, known: &[String]) -> String {
    let mut near: Vec<&String> = known.iter().collect();
    near.sort_by_key(|candidate| distance(key, candidate));
    let near: Vec<&str> = near.into_iter().take(3).map(String::as_str).collect();
    format!(
        "there is no {what} '{key}'; did you mean {}? `hanoi-ioc check` lists all",
        near.join(", ")
    )
}

/// Levenshtein distance, for "did you mean".
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let cost = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = cost.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row.last().copied().unwrap_or(0)
}

fn place(name: &str, text: &str, offset: usize) -> String {
    let line = text.get(..offset).unwrap_or_default().matches('\n').count() + 1;
    format!("{name}:{line}")
}

fn parse_like(like: &Value, text: &str) -> Result<Value, String> {
    let wrong = || format!("'{text}' is not a {}; write for example {like}", like.type_str());
    match like {
        Value::String(_) => Ok(Value::String(text.to_owned())),
        _ => {
            let table: Table = toml::from_str(&format!("v = {text}")).map_err(|_| wrong())?;
            let value = table.get("v").cloned().ok_or_else(wrong)?;
            (std::mem::discriminant(&value) == std::mem::discriminant(like))
                .then_some(value)
                .ok_or_else(wrong)
        }
    }
}

fn build<T: DeserializeOwned>(effective: &Effective) -> Result<T, ConfigError> {
    let mut root = Table::new();
    for (key, (value, _)) in effective {
        let mut table = &mut root;
        let mut parts = key.split('.').peekable();
        while let Some(part) = parts.next() {
            if parts.peek().is_none() {
                table.insert(part.to_owned(), value.clone());
            } else if let Value::Table(inner) = table
                .entry(part.to_owned())
                .or_insert_with(|| Value::Table(Table::new()))
            {
                table = inner;
            } else {
                return Err(bug(&format!("{key} is both a value and a section")));
            }
        }
    }
    Value::Table(root)
        .try_into()
        .map_err(|error: toml::de::Error| ConfigError {
            place: "configuration".to_owned(),
            what: error.message().to_owned(),
        })
}

#[cfg(test)]
#[path = "config_tests.rs"]
mod tests;
