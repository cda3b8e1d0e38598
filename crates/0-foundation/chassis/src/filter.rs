//! Filters of lists, as query parameters write them: one value or several with commas; a wrong one is told with its remedy.

use crate::problem::Problem;
use kernel::area::AreaCode;
use kernel::place::{Bounds, Point};
use kernel::severity::Severity;

/// The values of `field`, separated by commas; none when it was not given. `allowed` says what may stand there.
pub fn several<T>(
    field: &str,
    given: Option<&str>,
    allowed: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Vec<T>, Problem> {
    let parts = given.into_iter().flat_map(|text| text.split(','));
    parts
        .map(|part| read(part.trim()).ok_or_else(|| wrong(field, part, allowed)))
        .collect()
}

/// The one value of `field`, if it was given. `allowed` says what may stand there.
pub fn one<T>(
    field: &str,
    given: Option<&str>,
    allowed: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, Problem> {
    given
        .map(|text| read(text.trim()).ok_or_else(|| wrong(field, text, allowed)))
        .transpose()
}

/// A parameter that cannot be understood.
pub fn wrong(field: &str, found: &str, allowed: &str) -> Problem {
    let found: String = found.chars().take(80).collect();
    Problem::invalid(
        field,
        format!("{field} '{found}' cannot be understood; write {allowed}"),
    )
}

/// Severities, as `severity`.
pub fn severities(given: Option<&str>) -> Result<Vec<Severity>, Problem> {
    several("severity", given, "1, 2, 3, 4 or 5", |text| {
        text.parse().ok().and_then(|level: u8| Severity::try_from(level).ok())
    })
}

/// Areas, as `area`.
pub fn areas(given: Option<&str>) -> Result<Vec<AreaCode>, Problem> {
    several("area", given, "codes of two or five digits such as 00070", |text| {
        AreaCode::new(text).ok()
    })
}

/// Words to search, as `q`.
pub fn words(given: Option<&str>) -> Result<Option<String>, Problem> {
    one("q", given, "1 to 200 characters", |text| {
        (1..=200).contains(&text.chars().count()).then(|| text.to_owned())
    })
}

/// A box on the map, as `bbox`.
pub fn bounds(given: Option<&str>) -> Result<Option<Bounds>, Problem> {
    let allowed = "west,south,east,north in degrees, such as 105.2,20.5,106.1,21.4";
    one("bbox", given, allowed, |text| {
        let degrees = text.split(',').map(|part| part.trim().parse::<f64>().ok());
        let degrees: Vec<f64> = degrees.collect::<Option<_>>()?;
        let [west, south, east, north] = degrees.try_into().ok()?;
        Point::new(west, south)?;
        Point::new(east, north)?;
        (west <= east && south <= north).then_some(Bounds {
            west,
            south,
            east,
            north,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stand_alone_or_with_commas() {
        let levels = severities(Some("3, 5")).unwrap();
        let levels: Vec<u8> = levels.into_iter().map(|severity| severity.level()).collect();
        assert_eq!(levels, [3, 5]);
        assert!(areas(None).unwrap().is_empty());
        assert_eq!(words(Some(" ngap ")).unwrap().as_deref(), Some("ngap"));
        let all = bounds(Some("105.2, 20.5,106.1,21.4")).unwrap().unwrap();
        assert_eq!((all.west, all.north), (105.2, 21.4));
    }

    #[test]
    fn what_cannot_be_understood_is_told_with_its_remedy() {
        for text in [
            "",
            "1,2,3",
            "106,20,105,21",
            "105,21,106,20",
            "a,b,c,d",
            "105,20,106,91",
        ] {
            assert!(bounds(Some(text)).is_err(), "{text}");
        }
        for text in ["0", "6", "3,", "x"] {
            assert_eq!(severities(Some(text)).unwrap_err().status_code(), 422, "{text}");
        }
        assert!(words(Some("  ")).is_err() && areas(Some("7")).is_err());
    }
}
