//! What every edition of a standard says about itself: where it comes from, when it counts, how sure we are.

use super::read::Source;
use crate::error::IndicatorError;
use kernel::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_saphyr::Spanned;
use std::fmt;

/// A local calendar day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(jiff::civil::Date);

impl Day {
    /// Reads `YYYY-MM-DD`.
    pub fn parse(text: &str) -> Option<Self> {
        // jiff also takes other forms; a day of law is written in one way
        let plain = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
        plain.then(|| text.parse().ok().map(Self)).flatten()
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// By how much local time is ahead of UTC; Viet Nam has no summer time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offset {
    minutes: i32,
}

const DAY: i64 = 86_400_000_000;
const MINUTE: i64 = 60_000_000;

impl Offset {
    /// Reads `+07:00`.
    pub fn parse(text: &str) -> Option<Self> {
        let (sign, rest) = match text.split_at_checked(1)? {
            ("+", rest) => (1, rest),
            ("-", rest) => (-1, rest),
            _ => return None,
        };
        let (hours, minutes) = rest.split_once(':')?;
        let two = |text: &str| (text.len() == 2).then(|| text.parse::<i32>().ok()).flatten();
        let (hours, minutes) = (two(hours)?, two(minutes)?);
        let inside = (0..=14).contains(&hours) && (0..60).contains(&minutes);
        inside.then_some(Self {
            minutes: sign * (60 * hours + minutes),
        })
    }

    fn micros(self) -> i64 {
        i64::from(self.minutes) * MINUTE
    }

    /// The first instant of the local day that holds `at`.
    pub fn day_start(self, at: Timestamp) -> Timestamp {
        let local = at.micros().saturating_add(self.micros());
        Timestamp::from_micros(local.div_euclid(DAY).saturating_mul(DAY).saturating_sub(self.micros()))
    }

    /// The local day of an instant.
    pub fn day(self, at: Timestamp) -> Day {
        let local = at.micros().saturating_add(self.micros()).div_euclid(DAY);
        let epoch = jiff::civil::date(1970, 1, 1);
        let days = jiff::Span::new().try_days(local.clamp(-700_000, 2_900_000));
        Day(days.and_then(|days| epoch.checked_add(days)).unwrap_or(epoch))
    }
}

/// How sure we are of figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Confidence {
    /// Official text, or three independent copies.
    A,
    /// One good secondary source.
    B,
    /// Press.
    C,
}

impl Confidence {
    /// Its letter.
    pub const fn letter(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
        }
    }
}

/// Where figures come from.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Legal {
    /// Kind, number and day of the document.
    pub document: String,
    /// Article, table or section.
    pub clause: String,
    /// Anything that a reader should know.
    #[serde(default)]
    pub note: Option<String>,
}

/// One version of a standard.
#[derive(Clone, Debug, PartialEq)]
pub struct Edition<T> {
    /// Its number, as people cite it.
    pub name: String,
    /// Where it comes from.
    pub legal: Legal,
    /// How sure we are of its figures.
    pub confidence: Confidence,
    /// First day on which it counts; absent when it is not known.
    pub from: Option<Day>,
    /// Last day on which it counts; absent while it goes on.
    pub to: Option<Day>,
    /// Whether the figures are not certain enough to be called official.
    pub assumed: bool,
    /// What the document leaves open and the pack has decided.
    pub assumptions: Vec<String>,
    /// What it says.
    pub table: T,
}

impl<T> Edition<T> {
    /// Whether it is in force on a day.
    pub fn counts(&self, day: Day) -> bool {
        within(self.from, self.to, day)
    }

    pub(super) fn span(&self) -> String {
        let end = |day: Option<Day>| day.map_or_else(|| "…".to_owned(), |day| day.to_string());
        format!("{} ({} to {})", self.name, end(self.from), end(self.to))
    }
}

/// Whether a day lies between two others, both inclusive; an absent end is open.
pub(super) fn within(from: Option<Day>, to: Option<Day>, day: Day) -> bool {
    from.is_none_or(|from| from <= day) && to.is_none_or(|to| day <= to)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written<T> {
    edition: String,
    legal: Spanned<Legal>,
    confidence: Confidence,
    #[serde(default)]
    effective_from: Option<Spanned<String>>,
    #[serde(default)]
    effective_to: Option<Spanned<String>>,
    assumed: Spanned<bool>,
    #[serde(default)]
    assumptions: Vec<String>,
    table: Spanned<T>,
}

/// A day, if one is written.
pub(super) fn day(source: Source<'_>, written: Option<Spanned<String>>) -> Result<Option<Day>, IndicatorError> {
    let Some(written) = written else { return Ok(None) };
    Day::parse(&written.value).map(Some).ok_or_else(|| {
        let what = format!("'{}' is not a day", written.value.chars().take(40).collect::<String>());
        source.wrong(
            written.referenced,
            what,
            "write YYYY-MM-DD in quotes, such as \"2026-01-01\"",
        )
    })
}

pub(super) fn check<W, T>(
    source: Source<'_>,
    written: Spanned<Written<W>>,
    table: impl Fn(Source<'_>, Spanned<W>) -> Result<T, IndicatorError>,
) -> Result<Edition<T>, IndicatorError> {
    let at = written.referenced;
    let written = written.value;
    let legal = &written.legal;
    if written.edition.is_empty() || legal.value.document.is_empty() || legal.value.clause.is_empty() {
        let advice = "name the edition, and in 'legal' document and clause; a limit without a source is no standard";
        return Err(source.wrong(legal.referenced, "the edition does not say where it comes from", advice));
    }
    if (written.confidence == Confidence::A) == written.assumed.value {
        let what = format!(
            "confidence {} with 'assumed: {}'",
            written.confidence.letter(),
            written.assumed.value
        );
        let advice = "write 'assumed: false' exactly where the figures are official (A)";
        return Err(source.wrong(written.assumed.referenced, what, advice));
    }
    let from = day(source, written.effective_from)?;
    let to = day(source, written.effective_to)?;
    if let (Some(first), Some(last)) = (from, to)
        && first > last
    {
        let what = format!("the edition ends on {last}, before it begins on {first}");
        return Err(source.wrong(at, what, "swap effective_from and effective_to"));
    }
    Ok(Edition {
        name: written.edition,
        legal: written.legal.value,
        confidence: written.confidence,
        from,
        to,
        assumed: written.assumed.value,
        assumptions: written.assumptions,
        table: table(source, written.table)?,
    })
}
