//! What can be asked of indicators. Every method takes the actor and shows what its scope allows.

mod load;

use crate::decide::area::area;
use crate::decide::{daily, hourly};
use crate::error::IndicatorError;
use crate::model::definition::Definition;
use crate::model::library::{Library, VN_AQI};
use crate::model::{Hour, Index, Means, Period, Station};
use crate::standard::air_index::AirIndex;
use crate::standard::legal::Edition;
use crate::store::ground::HourlyMeans;
use crate::store::stations::Stations;
use crate::wire::{DefinitionView, Value, Values, When};
use access::area::{Area, Areas};
use arc_swap::ArcSwap;
use kernel::actor::Actor;
use kernel::area::AreaCode;
use kernel::clock::Clock;
use kernel::place::Point;
use kernel::time::Timestamp;
use policy::action::Action;
use policy::compiled::permit;
use std::sync::Arc;
use std::time::Duration;

/// The indicators of one tenant. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Indicators {
    library: Arc<ArcSwap<Library>>,
    pub(crate) stations: Arc<Stations>,
    pub(crate) areas: Arc<Areas>,
    means: Arc<dyn HourlyMeans>,
    pub(crate) clock: Arc<dyn Clock>,
}

/// One hour or one local day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Span {
    /// An hour.
    Hour(Hour),
    /// The day that begins with this hour.
    Day(Hour),
}

/// What is listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum By {
    /// Stations.
    #[default]
    Station,
    /// Areas.
    Area,
}

/// A question for values.
#[derive(Clone, Debug)]
pub struct Question {
    /// Hour or day.
    pub period: Period,
    /// What is listed when neither area nor station is given.
    pub by: By,
    /// This area and the stations in it.
    pub area: Option<AreaCode>,
    /// This station, by device or NGSI-LD id.
    pub station: Option<String>,
    /// The newest period that was over at this instant; now if absent.
    pub at: Option<Timestamp>,
}

impl Span {
    /// First and last hour (excluded) of the means that it needs.
    pub fn needs(self, standard: &AirIndex) -> (Hour, Hour) {
        match self {
            Self::Hour(hour) => (hour.plus(1 - standard.nowcast.hours as i64), hour.plus(1)),
            Self::Day(first) => (first.plus(-daily::REACH), first.plus(daily::HOURS)),
        }
    }

    /// First instant.
    pub fn start(self) -> Timestamp {
        match self {
            Self::Hour(hour) | Self::Day(hour) => hour.start(),
        }
    }

    /// First instant after it.
    pub fn end(self) -> Timestamp {
        match self {
            Self::Hour(hour) => hour.end(),
            Self::Day(first) => first.plus(daily::HOURS).start(),
        }
    }

    /// The index of a station.
    pub fn index(self, means: &Means, standard: &AirIndex) -> Option<Index> {
        match self {
            Self::Hour(hour) => hourly::hourly(means, hour, standard),
            Self::Day(first) => daily::daily(means, first, standard),
        }
    }

    pub(crate) fn when(self, definition: &Definition) -> When {
        match self {
            Self::Hour(hour) => When::Hour(hour),
            Self::Day(first) => When::Day(definition.offset.day(first.start()).to_string()),
        }
    }
}

impl Indicators {
    /// Joins the parts. Time is the instance's clock, which may be virtual.
    pub fn new(
        library: Library,
        stations: Stations,
        areas: Arc<Areas>,
        means: Arc<dyn HourlyMeans>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            library: Arc::new(ArcSwap::from_pointee(library)),
            stations: Arc::new(stations),
            areas,
            means,
            clock,
        }
    }

    /// Takes another pack from now on. What was computed before stays; new values follow the new pack.
    pub fn replace(&self, library: Library) {
        self.library.store(Arc::new(library));
    }

    pub(crate) fn library(&self) -> Arc<Library> {
        self.library.load_full()
    }

    /// What indicators there are, each with the version of its standard that is in force.
    pub fn list(&self, actor: &Actor) -> Result<Vec<DefinitionView>, IndicatorError> {
        authorise(actor)?;
        let (library, now) = (self.library(), self.clock.now());
        let views = library.indicators().iter().map(|definition| {
            let edition = library.air_index(definition, now)?;
            Ok(DefinitionView::new(definition, edition))
        });
        views.collect()
    }

    /// Values of the VN_AQI, computed from what is stored now.
    pub async fn vn_aqi(&self, actor: &Actor, question: &Question) -> Result<Values, IndicatorError> {
        authorise(actor)?;
        let (library, now) = (self.library(), self.clock.now());
        let definition = library.indicator(VN_AQI)?;
        self.stations.learn(&library, VN_AQI, now)?;
        let span = newest(definition, question.period, question.at.unwrap_or(now), now);
        let edition = library.air_index(definition, span.start())?;
        let wanted = self.wanted(actor, question);
        let indices = self.indices(&wanted, span, &edition.table).await?;
        let when = span.when(definition);
        let mut items = Vec::new();
        for code in self.listed_areas(actor, question) {
            items.extend(self.area_value(definition, edition, code, &indices, &when));
        }
        let inside = |station: &Station| question.area.as_ref().is_none_or(|code| station.areas.contains(code));
        if question.by == By::Station || question.area.is_some() {
            let of_stations = indices.iter().filter(|(station, _)| inside(station));
            items.extend(of_stations.filter_map(|(station, index)| Value::of_station(station, index, edition, &when)));
        }
        Ok(Values {
            items,
            period: question.period,
            from: span.start(),
            to: span.end(),
        })
    }

    /// The stations whose means are needed for an answer.
    fn wanted(&self, actor: &Actor, question: &Question) -> Vec<Arc<Station>> {
        let mut stations = self.stations.all();
        stations.retain(|station| actor.scope.sees(&station.areas, station.classification));
        if let Some(name) = &question.station {
            stations.retain(|station| station.entity == *name || station.device.as_str() == name);
        }
        stations
    }

    fn listed_areas<'a>(&'a self, actor: &'a Actor, question: &'a Question) -> impl Iterator<Item = &'a Area> {
        self.areas.all().filter(move |area| {
            let Ok(code) = AreaCode::new(&area.code) else {
                return false;
            };
            let asked = match (&question.area, &question.station) {
                (Some(asked), _) => *asked == code,
                (None, Some(_)) => false,
                // the city as a whole is no ward
                (None, None) => question.by == By::Area && code.as_str().len() == 5,
            };
            asked
                && actor
                    .scope
                    .sees(&[code], kernel::classification::Classification::Public)
        })
    }

    fn area_value(
        &self,
        definition: &Definition,
        edition: &Edition<AirIndex>,
        place: &Area,
        indices: &[(Arc<Station>, Index)],
        when: &When,
    ) -> Option<Value> {
        let code = AreaCode::new(&place.code).ok()?;
        let known = indices
            .iter()
            .map(|(station, index)| (station.as_ref(), index.value, (station, index)));
        let chosen = area(definition.areas, &code, Point::new(place.lon, place.lat), known)?;
        let (_, worst) = chosen.from.first()?;
        let inputs = chosen
            .from
            .iter()
            .flat_map(|(station, _)| station.inputs.iter().map(|input| input.series));
        Value::of_area(place, chosen.value, worst, inputs, edition, when, chosen.assumed)
    }
}

/// The newest hour or day that was over at `at`, and settled by now.
pub(crate) fn newest(definition: &Definition, period: Period, at: Timestamp, now: Timestamp) -> Span {
    let settled = now.minus(Duration::from_secs(u64::from(definition.settle_s)));
    let at = at.min(settled);
    match period {
        Period::Hour => Span::Hour(Hour::of(at).plus(-1)),
        Period::Day => {
            let today = definition.offset.day_start(at);
            let before = Timestamp::from_micros(today.micros().saturating_sub(1));
            Span::Day(Hour::of(definition.offset.day_start(before)))
        }
    }
}

fn authorise(actor: &Actor) -> Result<(), IndicatorError> {
    permit(actor, Action::IndicatorRead).map_err(|refused| IndicatorError::Denied(refused.roles()))
}
