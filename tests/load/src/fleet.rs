//! The city that the benches measure: devices of all profiles in all communes, the loader that speaks for them, and calm
//! values.

use crate::senders::import;
use crate::server::Site;
use anyhow::Result;

/// One number that a profile reports: name, the text of a calm value, whether its last digits may change freely.
type Number = (&'static str, &'static str, bool);

/// Profiles with their numbers. Values whose rate of change is limited stay as they are; the others change in each row.
const PROFILES: [(&str, &[Number]); 7] = [
    (
        "air-station",
        &[
            ("pm25", "12.310", true),
            ("pm10", "21.370", true),
            ("temperature", "25.100", false),
            ("humidity", "70.250", true),
        ],
    ),
    (
        "power-meter",
        &[
            ("voltage", "220.310", true),
            ("current", "10.200", true),
            ("power", "2.270", true),
        ],
    ),
    (
        "traffic-counter",
        &[("speed", "41.300", true), ("intensity", "800.100", true)],
    ),
    ("flood-gauge", &[("depth", "0.020", false), ("battery", "90.200", true)]),
    ("rain-gauge", &[("rain", "0.100", true), ("battery", "91.200", true)]),
    ("river-stage", &[("level", "3.100", false), ("battery", "92.200", true)]),
    ("street-light", &[("lamp", "0.450", true)]),
];

/// What says that a door is open or shut.
const DOORS: (&str, &str) = ("cabinet", "door");

/// The communes of the city.
const AREAS: &str = include_str!("../../../city/hanoi/areas.csv");

/// Device that speaks for all others.
pub(crate) const LOADER: &str = "bench-loader";

/// A series of the city.
#[derive(Clone, Debug)]
pub(crate) struct Series {
    pub(crate) device: String,
    pub(crate) name: &'static str,
    /// A calm value with three decimals.
    pub(crate) value: &'static str,
    pub(crate) changes: bool,
}

impl Series {
    /// Whether it says yes or no instead of a number.
    pub(crate) fn is_door(&self) -> bool {
        self.name == DOORS.1
    }
}

/// Codes of the communes; the first line is the head, the second one the city itself.
fn areas() -> Vec<&'static str> {
    let codes = AREAS.lines().skip(2).filter_map(|line| line.split(',').next());
    codes.filter(|code| !code.is_empty()).collect()
}

/// Registers devices until there are `count` series, and the loader; gives the series and the loader's token.
pub(crate) async fn settle(site: &Site, count: usize) -> Result<(Vec<Series>, String)> {
    let (mut lines, areas) = (String::from("id,profile,title_vi,title_en,lon,lat,area,org\n"), areas());
    let mut series = Vec::with_capacity(count);
    for number in 0.. {
        if series.len() >= count {
            break;
        }
        let (profile, numbers) = PROFILES[number % PROFILES.len()];
        let device = format!("bench-{number:05}");
        let area = areas[number % areas.len()];
        lines.push_str(&format!(
            "{device},{profile},Đo {number},Bench {number},105.85,21.03,{area},ioc\n"
        ));
        for (name, value, changes) in numbers.iter().copied().take(count - series.len()) {
            series.push(Series {
                device: device.clone(),
                name,
                value,
                changes,
            });
        }
    }
    import(site, "fleet.csv", &lines).await?;
    let token = site.add_device(LOADER, "power-meter", true).await?;
    Ok((series, token))
}

/// Registers so many cabinets; gives the series of their doors.
pub(crate) async fn doors(site: &Site, count: usize) -> Result<Vec<Series>> {
    let (mut lines, areas) = (String::from("id,profile,title_vi,title_en,lon,lat,area,org\n"), areas());
    let (profile, name) = DOORS;
    let mut series = Vec::with_capacity(count);
    for number in 0..count {
        let (device, area) = (format!("door-{number:05}"), areas[number % areas.len()]);
        lines.push_str(&format!(
            "{device},{profile},Tủ {number},Cabinet {number},105.85,21.03,{area},ioc\n"
        ));
        series.push(Series {
            device,
            name,
            value: "0",
            changes: true,
        });
    }
    import(site, "doors.csv", &lines).await?;
    Ok(series)
}

/// Registers so many power meters; gives their names.
pub(crate) async fn register(site: &Site, count: usize) -> Result<Vec<String>> {
    let mut lines = String::from("id,profile,title_vi,title_en,lon,lat,area,org\n");
    let devices: Vec<String> = (0..count).map(|number| format!("bench-{number:05}")).collect();
    for device in &devices {
        lines.push_str(&format!("{device},power-meter,Công tơ,Meter,105.85,21.03,00097,ioc\n"));
    }
    import(site, "meters.csv", &lines).await?;
    Ok(devices)
}

/// Registers so many power meters, and the loader; gives their names and the loader's token.
pub(crate) async fn meters(site: &Site, count: usize) -> Result<(Vec<String>, String)> {
    let devices = register(site, count).await?;
    let token = site.add_device(LOADER, "power-meter", true).await?;
    Ok((devices, token))
}
