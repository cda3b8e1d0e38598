//! The forms that several APIs give alike, each defined once: a text in both languages, and a place.

use kernel::place::Point;
use kernel::text::LangText;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A text in two languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Text {
    /// Vietnamese.
    pub vi: String,
    /// English; empty when nobody has written it.
    pub en: String,
}

impl From<&LangText> for Text {
    fn from(text: &LangText) -> Self {
        Self {
            vi: text.vi.clone(),
            en: text.en.clone(),
        }
    }
}

/// WGS 84 degrees.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Place {
    /// Degrees east.
    pub lon: f64,
    /// Degrees north.
    pub lat: f64,
}

impl From<Point> for Place {
    fn from(point: Point) -> Self {
        Self {
            lon: point.lon,
            lat: point.lat,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn both_languages_are_always_given() {
        let text = Text::from(&LangText::new("Ngập sâu", ""));
        assert_eq!(
            serde_json::to_value(&text).unwrap(),
            json!({"vi": "Ngập sâu", "en": ""})
        );
    }

    #[test]
    fn a_place_is_degrees_east_and_north() {
        let place = Point::new(105.85, 21.03).map(Place::from);
        assert_eq!(
            serde_json::to_value(place).unwrap(),
            json!({"lon": 105.85, "lat": 21.03})
        );
    }
}
