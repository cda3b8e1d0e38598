//! What the API gives. The form of a value is also the body of the fact that a level has changed.

use crate::model::definition::{Definition, Join};
use crate::model::{Hour, Index, Period, Station};
use crate::standard::air_index::{AirIndex, Band};
use crate::standard::legal::Edition;
use chassis::wire::{Place, Text};
use kernel::series::SeriesId;
use kernel::time::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The band of an index.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = IndicatorLevel)]
pub struct Level {
    /// Stable code, such as `xau`.
    pub code: String,
    /// What people read.
    pub title: Text,
    /// `#RRGGBB`, as the standard gives it.
    pub colour: String,
}

impl From<&Band> for Level {
    fn from(band: &Band) -> Self {
        let [red, green, blue] = band.rgb;
        Self {
            code: band.code.clone(),
            title: Text::from(&band.title),
            colour: format!("#{red:02X}{green:02X}{blue:02X}"),
        }
    }
}

/// What one pollutant contributes.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = IndicatorPart)]
pub struct Part {
    /// Its own index.
    pub index: u16,
    /// The concentration behind it: hourly mean, Nowcast, largest mean of the day or 24-hour mean.
    pub concentration: f64,
    /// UCUM unit of the concentration.
    pub unit: String,
}

/// The index of one station or one area.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = IndicatorValue)]
pub struct Value {
    /// The device that measures; absent for an area.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub station: Option<String>,
    /// Code of the area; absent for a station.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area: Option<String>,
    /// NGSI-LD id of the station; absent for an area.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entity: Option<String>,
    /// What people call it.
    pub title: Text,
    /// Codes of the areas in which the station counts; for an area its own code.
    pub areas: Vec<String>,
    /// Where the station is, or the centre of the area.
    #[schema(required)]
    pub place: Option<Place>,
    /// 0 to 500.
    pub index: u16,
    /// Its band.
    pub level: Level,
    /// The pollutant that gave the index.
    #[schema(value_type = String, example = "pm25")]
    pub main: &'static str,
    /// Every pollutant that counted; for an area, those of its worst station.
    #[schema(value_type = BTreeMap<String, Part>)]
    pub parts: BTreeMap<&'static str, Part>,
    /// Start of the hour; absent for a day.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub hour: Option<Timestamp>,
    /// The local day, `YYYY-MM-DD`; absent for an hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day: Option<String>,
    /// Numbers of the series behind it.
    pub inputs: Vec<u32>,
    /// The version of the standard that was in force.
    pub standard: String,
    /// Whether something else than the standard was needed, such as the nearest station for an area without one.
    pub assumed: bool,
}

/// Indices of one hour or one day.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IndicatorValues)]
pub struct Values {
    /// What has a value; without enough data there is none.
    pub items: Vec<Value>,
    /// `hour` or `day`.
    #[schema(value_type = String)]
    pub period: Period,
    /// First instant of the hour or day.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// First instant after it.
    #[schema(value_type = String, format = DateTime)]
    pub to: Timestamp,
}

/// A stretch of the index.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IndicatorBand)]
pub struct BandView {
    /// First index.
    pub from: u16,
    /// Last index.
    pub to: u16,
    /// Code, words and colour.
    #[serde(flatten)]
    pub level: Level,
}

/// Where the figures come from.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IndicatorStandard)]
pub struct StandardView {
    /// Name of the standard in the pack.
    pub id: String,
    /// The version that is in force.
    pub edition: String,
    /// The document.
    pub document: String,
    /// Article, table or section.
    pub clause: String,
    /// Anything that a reader should know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// `A` official text, `B` one good secondary source, `C` press.
    #[schema(value_type = String)]
    pub confidence: &'static str,
    /// First day, if known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effective_from: Option<String>,
    /// Last day, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effective_to: Option<String>,
    /// Whether the figures are not certain enough to be called official.
    pub assumed: bool,
    /// What the document leaves open and the pack has decided.
    pub assumptions: Vec<String>,
}

/// What an indicator is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Indicator)]
pub struct DefinitionView {
    /// Its name.
    pub id: String,
    /// Grows with each change of meaning.
    pub version: u32,
    /// What people call it.
    pub title: Text,
    /// `hour`, `day`.
    #[schema(value_type = Vec<String>)]
    pub periods: Vec<Period>,
    /// What it is made of.
    pub pollutants: Vec<String>,
    /// Its bands, best first.
    pub bands: Vec<BandView>,
    /// Code of the first band that publishes a signal; absent when none does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signal_from: Option<String>,
    /// How stations become the value of an area: `maximum` or `mean`.
    #[schema(value_type = String)]
    pub area_rule: Join,
    /// How far a station may be that stands in for an area without one, in kilometres.
    pub nearest_km: f64,
    /// Where the figures come from.
    pub standard: StandardView,
    /// Whether choices of the pack are in it.
    pub assumed: bool,
    /// Where the choices come from.
    pub source: String,
}

/// All indicators of the pack.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IndicatorList)]
pub struct Definitions {
    /// In the order of their names.
    pub items: Vec<DefinitionView>,
}

impl DefinitionView {
    /// With the edition that is in force.
    pub fn new(definition: &Definition, edition: &Edition<AirIndex>) -> Self {
        let table = &edition.table;
        let bands = table.bands.iter().enumerate().map(|(place, band)| BandView {
            from: table.begins(place),
            to: band.to,
            level: Level::from(band),
        });
        Self {
            id: definition.id.clone(),
            version: definition.version,
            title: Text::from(&definition.title),
            periods: vec![Period::Hour, Period::Day],
            pollutants: table
                .steps
                .keys()
                .map(|pollutant| pollutant.code().to_owned())
                .collect(),
            bands: bands.collect(),
            signal_from: definition.signal.as_ref().map(|signal| signal.from.clone()),
            area_rule: definition.areas.rule,
            nearest_km: definition.areas.nearest_km,
            standard: StandardView {
                id: definition.standard.clone(),
                edition: edition.name.clone(),
                document: edition.legal.document.clone(),
                clause: edition.legal.clause.clone(),
                note: edition.legal.note.clone(),
                confidence: edition.confidence.letter(),
                effective_from: edition.from.map(|day| day.to_string()),
                effective_to: edition.to.map(|day| day.to_string()),
                assumed: edition.assumed,
                assumptions: edition.assumptions.clone(),
            },
            assumed: definition.assumed,
            source: definition.source.clone(),
        }
    }
}

/// When an index holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum When {
    /// This hour.
    Hour(Hour),
    /// This local day.
    Day(String),
}

impl Value {
    /// The index of a station. `None` when the index lies in no band, which a checked standard excludes.
    pub fn of_station(station: &Station, index: &Index, edition: &Edition<AirIndex>, when: &When) -> Option<Self> {
        let base = Self::base(index, edition, when)?;
        Some(Self {
            station: Some(station.device.to_string()),
            entity: Some(station.entity.clone()),
            title: Text::from(&station.title),
            areas: station.areas.iter().map(ToString::to_string).collect(),
            place: station.place.map(Place::from),
            inputs: numbers(station.inputs.iter().map(|input| input.series)),
            ..base
        })
    }

    fn base(index: &Index, edition: &Edition<AirIndex>, when: &When) -> Option<Self> {
        let parts = index.parts.iter().map(|(pollutant, part)| {
            let view = Part {
                index: part.index(),
                concentration: part.concentration,
                unit: edition.table.unit.clone(),
            };
            (pollutant.code(), view)
        });
        let (hour, day) = match when {
            When::Hour(hour) => (Some(hour.start()), None),
            When::Day(day) => (None, Some(day.clone())),
        };
        Some(Self {
            station: None,
            area: None,
            entity: None,
            title: Text {
                vi: String::new(),
                en: String::new(),
            },
            areas: Vec::new(),
            place: None,
            index: index.value,
            level: Level::from(edition.table.band(index.value)?),
            main: index.main.code(),
            parts: parts.collect(),
            hour,
            day,
            inputs: Vec::new(),
            standard: edition.name.clone(),
            assumed: edition.assumed,
        })
    }

    /// The index of an area: `value` by the rule, the parts of its worst station, and the inputs of all that counted.
    pub fn of_area(
        area: &access::area::Area,
        value: u16,
        worst: &Index,
        inputs: impl IntoIterator<Item = SeriesId>,
        edition: &Edition<AirIndex>,
        when: &When,
        assumed: bool,
    ) -> Option<Self> {
        let base = Self::base(worst, edition, when)?;
        Some(Self {
            area: Some(area.code.clone()),
            title: Text {
                vi: area.name.clone(),
                en: area.name.clone(),
            },
            areas: vec![area.code.clone()],
            place: Some(Place {
                lon: area.lon,
                lat: area.lat,
            }),
            index: value,
            level: Level::from(edition.table.band(value)?),
            inputs: numbers(inputs),
            assumed: assumed || edition.assumed,
            ..base
        })
    }
}

fn numbers(series: impl IntoIterator<Item = SeriesId>) -> Vec<u32> {
    let mut numbers: Vec<u32> = series.into_iter().map(|series| series.0).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}
