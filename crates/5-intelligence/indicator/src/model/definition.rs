//! What the pack says about an indicator: which standard it follows, how wards get a value, when a signal is due.

use crate::error::IndicatorError;
use crate::standard::legal::Offset;
use crate::standard::read::Source;
use kernel::severity::Severity;
use kernel::text::LangText;
use serde::{Deserialize, Serialize};
use serde_saphyr::Spanned;
use std::collections::BTreeMap;

/// An indicator of the pack.
#[derive(Clone, Debug, PartialEq)]
pub struct Definition {
    /// Its name.
    pub id: String,
    /// Grows with each change of meaning.
    pub version: u32,
    /// What people call it.
    pub title: LangText,
    /// Name of the standard that it follows.
    pub standard: String,
    /// Where its days begin.
    pub offset: Offset,
    /// NGSI-LD type of the stations.
    pub entity_type: String,
    /// Seconds after the end of an hour before it is computed.
    pub settle_s: u32,
    /// How an area gets its value.
    pub areas: AreaRule,
    /// When a signal is published; absent: never.
    pub signal: Option<SignalRule>,
    /// Whether choices of the pack are in it.
    pub assumed: bool,
    /// Where the choices come from.
    pub source: String,
}

/// How an area gets its value.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AreaRule {
    /// Of the stations inside.
    pub rule: Join,
    /// Without a station inside, the nearest one within so many kilometres stands in, marked as assumed; 0: none.
    pub nearest_km: f64,
}

/// How the values of several stations become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Join {
    /// The worst.
    Maximum,
    /// The mean, rounded.
    Mean,
}

/// When a signal is published.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignalRule {
    /// Code of the first band that is worth a look.
    pub from: String,
    /// How grave each band from there on is.
    pub severity: BTreeMap<String, Severity>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    indicator: Spanned<String>,
    version: Spanned<u32>,
    #[serde(rename = "kind")]
    _kind: Kind,
    title: Spanned<LangText>,
    standard: String,
    utc_offset: Spanned<String>,
    entity_type: Spanned<String>,
    settle_s: Spanned<u32>,
    areas: Spanned<AreaRule>,
    #[serde(default)]
    signal: Option<SignalRule>,
    assumed: bool,
    source: String,
}

/// The only kind of indicator that is known today.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    AirIndex,
}

/// Longest wait after an hour, in seconds.
const MAX_SETTLE_S: u32 = 3_600;
/// Farthest station that may stand in, in kilometres.
const MAX_NEAREST_KM: f64 = 100.0;

/// Reads and checks an indicator. `file` is the name that errors bear.
pub fn parse(file: &str, text: &str) -> Result<Definition, IndicatorError> {
    let source = Source::new(file, text)?;
    let written: Written = source.read()?;
    for (name, what) in [(&written.indicator, "indicator"), (&written.entity_type, "entity_type")] {
        if !kernel::id::is_name(&name.value) {
            let advice = "use 1 to 64 letters, digits and . _ -";
            return Err(source.wrong(name.referenced, format!("the {what} '{}'", name.value), advice));
        }
    }
    if written.version.value == 0 || written.title.value.vi.is_empty() {
        let advice = "count versions from 1 and write title.vi";
        return Err(source.wrong(written.version.referenced, "no version or no Vietnamese title", advice));
    }
    let offset = Offset::parse(&written.utc_offset.value).ok_or_else(|| {
        let what = format!("'{}' is not an offset from UTC", written.utc_offset.value);
        source.wrong(
            written.utc_offset.referenced,
            what,
            "write it in quotes, such as \"+07:00\"",
        )
    })?;
    if written.settle_s.value > MAX_SETTLE_S {
        let what = format!("settle_s {}", written.settle_s.value);
        return Err(source.wrong(
            written.settle_s.referenced,
            what,
            format!("wait at most {MAX_SETTLE_S} seconds"),
        ));
    }
    let near = written.areas.value.nearest_km;
    if !(0.0..=MAX_NEAREST_KM).contains(&near) {
        let advice = format!("write 0 to {MAX_NEAREST_KM} kilometres");
        return Err(source.wrong(written.areas.referenced, format!("nearest_km {near}"), advice));
    }
    Ok(Definition {
        id: written.indicator.value,
        version: written.version.value,
        title: written.title.value,
        standard: written.standard,
        offset,
        entity_type: written.entity_type.value,
        settle_s: written.settle_s.value,
        areas: written.areas.value,
        signal: written.signal,
        assumed: written.assumed,
        source: written.source,
    })
}
