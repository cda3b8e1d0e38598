//! The value of an area: stations inside, the rule, the nearest one, equals.

use indicator::decide::area::{area, kilometres};
use indicator::model::Station;
use indicator::model::definition::{AreaRule, Join};
use kernel::area::AreaCode;
use kernel::classification::Classification;
use kernel::id::{DeviceId, OrgId};
use kernel::place::Point;
use kernel::text::LangText;

fn station(name: &str, area: &str, lon: f64) -> Station {
    Station {
        entity: format!("urn:ngsi-ld:AirQualityObserved:hanoi:{name}"),
        device: DeviceId::new(name).unwrap(),
        title: LangText::new(name, name),
        org: OrgId::new("ioc").unwrap(),
        areas: vec![AreaCode::new(area).unwrap()],
        place: Point::new(lon, 21.0),
        classification: Classification::Internal,
        inputs: Vec::new(),
    }
}

#[test]
fn stations_inside_win_and_the_nearest_one_is_marked() {
    let known = [
        (station("a", "00070", 105.80), 60),
        (station("b", "00070", 105.81), 91),
        (station("c", "00082", 105.90), 200),
        (station("d", "00082", 105.90), 200),
    ];
    let ask = |rule, nearest_km, code: &str, centre: Option<f64>| {
        let known = known
            .iter()
            .map(|(station, value)| (station, *value, station.device.as_str()));
        let centre = centre.and_then(|lon| Point::new(lon, 21.0));
        area(
            AreaRule { rule, nearest_km },
            &AreaCode::new(code).unwrap(),
            centre,
            known,
        )
        .map(|chosen| (chosen.value, chosen.from, chosen.assumed))
    };
    let here = Some(105.80);
    assert_eq!(
        ask(Join::Maximum, 5.0, "00070", here),
        Some((91, vec!["b", "a"], false))
    );
    assert_eq!(ask(Join::Mean, 5.0, "00070", here), Some((76, vec!["b", "a"], false)));
    // equals: by name
    assert_eq!(
        ask(Join::Maximum, 5.0, "00082", here),
        Some((200, vec!["c", "d"], false))
    );
    // a ward without a station: the nearest within five kilometres, b and not a
    assert_eq!(
        ask(Join::Maximum, 5.0, "00004", Some(105.83)),
        Some((91, vec!["b"], true))
    );
    assert_eq!(ask(Join::Maximum, 5.0, "00004", Some(106.5)), None);
    assert_eq!(ask(Join::Maximum, 0.0, "00004", Some(105.83)), None);
    assert_eq!(ask(Join::Maximum, 5.0, "00004", None), None);
}

#[test]
fn a_kilometre_is_a_kilometre() {
    let (west, east) = (Point::new(105.0, 21.0).unwrap(), Point::new(106.0, 21.0).unwrap());
    // one degree of longitude at 21° north: 111.195 km · cos 21°
    assert!((kilometres(west, east) - 103.81).abs() < 0.01);
    assert_eq!(kilometres(west, west), 0.0);
}
