//! What a rule says, after everything about it was checked.

use crate::duration::Length;
pub use crate::hours::Hours;
use kernel::area::AreaCode;
use kernel::id::{DeviceId, OrgId, ProfileId, RuleId};
use kernel::severity::Severity;
use kernel::text::LangText;
use kernel::unit::Unit;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Most steps of one rule: one per severity, in two directions.
pub const MAX_STEPS: usize = 8;
/// Shortest time between two renewals of one signal, in seconds (SEMANTICS 19).
pub const MIN_RENEW_S: u64 = 60;

/// A rule: which series, what of them is worth a look, how grave it is, and where the figures come from.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Its name; the file bears it too.
    pub id: RuleId,
    /// Grows with each change of meaning, from 1.
    pub version: u32,
    /// What people read.
    pub title: LangText,
    /// What kind of thing it notices; the key of its text.
    pub code: String,
    /// Which series it watches.
    pub select: Select,
    /// The unit of its figures (UCUM); values of series in another unit are converted.
    pub unit: Unit,
    /// Where its unit stands in the file, or what needs one; for messages about the unit.
    pub unit_place: Place,
    /// Pattern of the key that joins signals into one alert; see [`GROUP_KEYS`].
    pub group: String,
    /// What it looks for.
    pub kind: Kind,
    /// Where the figures come from.
    pub legal: Option<Legal>,
    /// Whether the figures are the pack's own assumption and no official ones.
    pub assumed: bool,
    /// Its own tests.
    pub tests: Vec<Trial>,
}

/// A place in a file; both count from 1, and 0 is an unknown place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Line.
    pub line: u64,
    /// Column.
    pub column: u64,
}

/// The words that may stand in braces in a group pattern.
pub const GROUP_KEYS: [&str; 8] = ["code", "rule", "entity", "device", "series", "attribute", "area", "org"];

/// Which series a rule watches: all conditions must hold, an absent one always does.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Select {
    /// Attribute by its Smart Data Models name.
    #[serde(default)]
    pub attribute: Option<String>,
    /// Entity type: the third part of the entity's NGSI-LD id.
    #[serde(default)]
    pub entity_type: Option<String>,
    /// One of these profiles.
    #[serde(default)]
    pub profiles: Vec<ProfileId>,
    /// In one of these areas, compared with the most specific codes that the series carries.
    #[serde(default)]
    pub areas: Vec<AreaCode>,
    /// Owned by one of these.
    #[serde(default)]
    pub orgs: Vec<OrgId>,
    /// Reported by one of these.
    #[serde(default)]
    pub devices: Vec<DeviceId>,
}

/// What a rule looks for.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Kind {
    /// A value beyond a limit.
    Threshold(Threshold),
    /// No value for too long.
    Silence(Silence),
}

/// A value, or a number taken from a window of values, beyond a limit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Threshold {
    /// Whether it watches truth values instead of numbers.
    pub boolean: bool,
    /// Gravest first; the first that matches counts.
    pub steps: Vec<Step>,
    /// Judge a number of a window instead of the single value.
    pub window: Option<WindowSpec>,
    /// How long a step must hold, by the clock, before it is raised.
    pub hold: Length,
    /// A raised step ends only when the value is back by this much, in the rule's unit.
    pub hysteresis: f64,
    /// Time between two renewals while it holds.
    pub renew: Length,
    /// Rows outside these hours of the day are not judged.
    pub hours: Option<Hours>,
    /// Limits of single devices, one per step; a step whose limit is [`Limit::Own`] watches only these.
    pub own: BTreeMap<DeviceId, Vec<f64>>,
}

/// One severity and its limit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Step {
    /// How grave.
    pub severity: Severity,
    /// Which side of the limit.
    pub side: Side,
    /// The limit, in the rule's unit.
    pub limit: Limit,
}

/// Which side of a limit matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Side {
    /// Greater than the limit.
    Above,
    /// The limit or more.
    AtLeast,
    /// Less than the limit.
    Below,
    /// The limit or less.
    AtMost,
}

impl Side {
    /// Whether greater values are worse.
    pub const fn upward(self) -> bool {
        matches!(self, Self::Above | Self::AtLeast)
    }
}

/// A limit: one for all, or each device's own.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub enum Limit {
    /// The same for every series.
    Number(f64),
    /// From `per_series_limits`.
    Own,
}

/// How a number is taken from a window of phenomenon time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct WindowSpec {
    /// Which number.
    pub function: Function,
    /// How long the window is.
    pub length: Length,
    /// With fewer points nothing is judged.
    pub min_points: u32,
    /// While the points span less than this, nothing is judged.
    pub min_span: Length,
}

/// Which number is taken from a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Function {
    /// Arithmetic mean of the points.
    Mean,
    /// Smallest.
    Min,
    /// Largest.
    Max,
    /// Sum.
    Sum,
    /// Newest.
    Last,
    /// Number of points (a pure number).
    Count,
    /// Change per hour from the oldest to the newest point.
    Rate,
    /// Change from the oldest to the newest point.
    Delta,
    /// Largest minus smallest: 0 for an instrument that is stuck.
    Spread,
}

/// No value for too long, by the clock.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Silence {
    /// How grave.
    pub severity: Severity,
    /// How long is too long.
    pub after: After,
}

/// How long is too long.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub enum After {
    /// The same for every series.
    Time(Length),
    /// This many times the interval in the series' contract; a series without one is not watched.
    Factor(f64),
}

/// Where figures come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Legal {
    /// Name, number and clause.
    pub source: String,
    /// How sure we are of the figures.
    pub confidence: Confidence,
    /// First day, `YYYY-MM-DD`.
    #[serde(default)]
    pub effective_from: Option<String>,
    /// Last day, `YYYY-MM-DD`.
    #[serde(default)]
    pub effective_to: Option<String>,
    /// Anything that a reader should know.
    #[serde(default)]
    pub note: Option<String>,
}

/// How sure we are of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Confidence {
    /// Official text, or three independent copies.
    A,
    /// One good secondary source.
    B,
    /// Press.
    C,
}

/// A test that a rule carries, run in virtual time on one series.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// What it shows.
    pub name: String,
    /// First line of the test in its file.
    pub line: u64,
    /// The device of the series; decides about `per_series_limits`.
    pub device: Option<DeviceId>,
    /// The unit of the series; the rule's when absent.
    pub unit: Option<String>,
    /// Interval in the series' contract.
    pub interval: Option<Length>,
    /// When virtual time begins.
    pub start: kernel::time::Timestamp,
    /// In order of time.
    pub steps: Vec<TrialStep>,
}

/// One moment of a test.
#[derive(Clone, Debug, PartialEq)]
pub struct TrialStep {
    /// Line in the file.
    pub line: u64,
    /// Time of the clock after the start.
    pub at: Length,
    /// Phenomenon time after the start, when it differs from `at`.
    pub time: Option<Length>,
    /// The row that arrives, if any; true is 1 and false is 0.
    pub value: Option<f64>,
    /// Whether the row is graded bad.
    pub bad: bool,
    /// What must come out; nothing else may.
    pub expect: Option<Expected>,
}

/// What a step of a test expects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// What happens.
    pub change: kernel::signal::Change,
    /// How grave.
    pub severity: Severity,
}

impl Rule {
    /// Sixteen bytes that change exactly when the meaning of the rule does; texts and tests do not count. They are part of
    /// the snapshot format: a field that is added to the model later must leave the JSON of older rules as it is.
    pub fn fingerprint(&self) -> [u8; 16] {
        let meaning = serde_json::to_vec(&(&self.select, &self.unit, &self.group, &self.kind)).unwrap_or_default();
        let parts = [
            self.id.as_str().as_bytes(),
            &self.version.to_be_bytes(),
            self.code.as_bytes(),
            &meaning,
        ];
        kernel::id::derived(&parts).into_bytes()
    }
}
