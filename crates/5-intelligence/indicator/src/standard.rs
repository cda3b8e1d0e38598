//! Standards of the city pack: limits and scales with their legal source, and the version that is in force at an instant.
//!
//! A file of `standards/` is one standard with its editions, oldest first. Each edition names its document and clause, the
//! days between which it counts (local days, both inclusive) and how sure we are of the figures. What is not known is absent.

pub mod air_index;
pub mod legal;
pub mod levels;
pub mod limits;
pub mod read;
pub mod stages;

use crate::error::IndicatorError;
use air_index::AirIndex;
use kernel::text::LangText;
use kernel::time::Timestamp;
use legal::{Day, Edition, Offset};
use levels::Levels;
use limits::Limits;
use read::Source;
use serde::Deserialize;
use serde_saphyr::Spanned;
use stages::Stages;
use std::collections::BTreeMap;

/// A standard with all its editions.
#[derive(Clone, Debug, PartialEq)]
pub struct Standard {
    /// Its name; the key under which others ask for it.
    pub id: String,
    /// What people call it.
    pub title: LangText,
    /// Where its days begin.
    pub offset: Offset,
    /// What it says.
    pub body: Body,
}

/// The kinds of standards.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// An index of air quality.
    AirIndex(Vec<Edition<AirIndex>>),
    /// Limits of single parameters.
    Limits(Vec<Edition<Limits>>),
    /// Alarm levels of river gauges.
    Stages(Vec<Edition<Stages>>),
    /// A scale of levels with colours.
    Levels(Vec<Edition<Levels>>),
}

#[derive(Deserialize)]
struct Head {
    kind: Spanned<Kind>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    AirIndex,
    Limits,
    Stages,
    Levels,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written<T> {
    standard: Spanned<String>,
    #[serde(rename = "kind")]
    _kind: Kind,
    title: Spanned<LangText>,
    utc_offset: Spanned<String>,
    editions: Spanned<Vec<Spanned<legal::Written<T>>>>,
}

/// Most editions of one standard.
const MAX_EDITIONS: usize = 50;

/// Reads and checks a standard. `file` is the name that errors bear.
pub fn parse(file: &str, text: &str) -> Result<Standard, IndicatorError> {
    let source = Source::new(file, text)?;
    let Head { kind } = source.read()?;
    match kind.value {
        Kind::AirIndex => one(source, Body::AirIndex, air_index::check),
        Kind::Limits => one(source, Body::Limits, limits::check),
        Kind::Stages => one(source, Body::Stages, stages::check),
        Kind::Levels => one(source, Body::Levels, levels::check),
    }
}

fn one<W, T>(
    source: Source<'_>,
    body: impl FnOnce(Vec<Edition<T>>) -> Body,
    check: impl Fn(Source<'_>, Spanned<W>) -> Result<T, IndicatorError>,
) -> Result<Standard, IndicatorError>
where
    W: serde::de::DeserializeOwned,
{
    let written: Written<W> = source.read()?;
    if !kernel::id::is_name(&written.standard.value) {
        let advice = "use 1 to 64 letters, digits and . _ -, such as qcvn-05";
        return Err(source.wrong(
            written.standard.referenced,
            format!("the name '{}'", written.standard.value),
            advice,
        ));
    }
    if written.title.value.vi.is_empty() {
        return Err(source.wrong(
            written.title.referenced,
            "the Vietnamese title is empty",
            "write title.vi",
        ));
    }
    let offset = Offset::parse(&written.utc_offset.value).ok_or_else(|| {
        let what = format!("'{}' is not an offset from UTC", written.utc_offset.value);
        source.wrong(
            written.utc_offset.referenced,
            what,
            "write it in quotes, such as \"+07:00\"",
        )
    })?;
    let count = written.editions.value.len();
    if count == 0 || count > MAX_EDITIONS {
        let advice = format!("list 1 to {MAX_EDITIONS}, oldest first");
        return Err(source.wrong(
            written.editions.referenced,
            format!("the standard has {count} editions"),
            advice,
        ));
    }
    let mut editions: Vec<Edition<T>> = Vec::new();
    for edition in written.editions.value {
        let at = edition.referenced;
        let edition = legal::check(source, edition, &check)?;
        if let Some(before) = editions.last()
            && before.to.is_none_or(|to| edition.from.is_none_or(|from| from <= to))
        {
            let what = format!("edition '{}' begins before '{}' ends", edition.name, before.name);
            let advice = "order editions oldest first and give the older one an effective_to before it";
            return Err(source.wrong(at, what, advice));
        }
        editions.push(edition);
    }
    Ok(Standard {
        id: written.standard.value,
        title: written.title.value,
        offset,
        body: body(editions),
    })
}

/// All standards of a pack.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Standards {
    by_id: BTreeMap<String, Standard>,
}

impl Standards {
    /// Takes standards; two of one name are refused.
    pub fn new(standards: impl IntoIterator<Item = Standard>) -> Result<Self, IndicatorError> {
        let mut by_id = BTreeMap::new();
        for standard in standards {
            let id = standard.id.clone();
            if by_id.insert(id.clone(), standard).is_some() {
                return Err(IndicatorError::Set {
                    file: "standards/".to_owned(),
                    what: format!("two standards are called '{id}'"),
                    advice: "keep one file, with an edition for each version".to_owned(),
                });
            }
        }
        Ok(Self { by_id })
    }

    /// A standard by name.
    pub fn get(&self, id: &str) -> Option<&Standard> {
        self.by_id.get(id)
    }

    /// All of them, by name.
    pub fn all(&self) -> impl Iterator<Item = &Standard> {
        self.by_id.values()
    }
}

impl Standard {
    /// The edition of an air index that is in force at an instant.
    pub fn air_index(&self, at: Timestamp) -> Result<&Edition<AirIndex>, IndicatorError> {
        match &self.body {
            Body::AirIndex(editions) => self.in_force(editions, at),
            _ => Err(self.other("air_index")),
        }
    }

    /// The edition of limits that is in force at an instant; single values may have days of their own.
    pub fn limits(&self, at: Timestamp) -> Result<&Edition<Limits>, IndicatorError> {
        match &self.body {
            Body::Limits(editions) => self.in_force(editions, at),
            _ => Err(self.other("limits")),
        }
    }

    /// The edition of river alarm levels that is in force at an instant.
    pub fn stages(&self, at: Timestamp) -> Result<&Edition<Stages>, IndicatorError> {
        match &self.body {
            Body::Stages(editions) => self.in_force(editions, at),
            _ => Err(self.other("stages")),
        }
    }

    /// The edition of a scale that is in force at an instant.
    pub fn levels(&self, at: Timestamp) -> Result<&Edition<Levels>, IndicatorError> {
        match &self.body {
            Body::Levels(editions) => self.in_force(editions, at),
            _ => Err(self.other("levels")),
        }
    }

    /// The local day of an instant.
    pub fn day(&self, at: Timestamp) -> Day {
        self.offset.day(at)
    }

    fn in_force<'a, T>(&self, editions: &'a [Edition<T>], at: Timestamp) -> Result<&'a Edition<T>, IndicatorError> {
        let day = self.day(at);
        editions.iter().find(|edition| edition.counts(day)).ok_or_else(|| {
            let listed: Vec<String> = editions.iter().map(Edition::span).collect();
            IndicatorError::NotInForce {
                standard: self.id.clone(),
                day: day.to_string(),
                listed: listed.join(", "),
            }
        })
    }

    fn other(&self, wanted: &str) -> IndicatorError {
        IndicatorError::Set {
            file: format!("standards/{}.yaml", self.id),
            what: format!("this standard is no '{wanted}'"),
            advice: format!("name a standard whose kind is {wanted}"),
        }
    }
}
