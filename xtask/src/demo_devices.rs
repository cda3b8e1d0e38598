//! `cargo xtask demo-devices`: draws up `city/hanoi/demo/devices.csv`, some 2,000 invented devices at plausible places.
//!
//! Only the five river stations are named in a decision (QĐ 05/2020/QĐ-TTg); where they stand is read off their names
//! and is approximate like everything else here. The streets of some flood gauges are those that the press names when it
//! rains; no official list was compared. The same input gives the same file, and an id never moves.

mod kinds;

use crate::cells::polygon::{Point, distance2};
use crate::cells::{Area, communes};
use crate::repo::Repo;
use anyhow::{Context, Result};
use kinds::{BLACK_SPOTS, KINDS, Kind, STATIONS, Spread};
use std::f64::consts::PI;
use std::fs;

/// Hồ Gươm, from which the inner city is counted.
const CENTRE: Point = [105.8524, 21.0287];

/// The river stations of QĐ 05/2020/QĐ-TTg in Hà Nội: id, names, and the commune taken for the place.
const RIVERS: [(&str, &str, &str, &str); 5] = [
    (
        "river-hong-ha-noi",
        "Mực nước mẫu sông Hồng tại Hà Nội (Long Biên)",
        "Sample river stage, Hồng at Hà Nội (Long Biên)",
        "00097",
    ),
    (
        "river-hong-son-tay",
        "Mực nước mẫu sông Hồng tại Sơn Tây",
        "Sample river stage, Hồng at Sơn Tây",
        "09574",
    ),
    (
        "river-da-trung-ha",
        "Mực nước mẫu sông Đà tại Trung Hà",
        "Sample river stage, Đà at Trung Hà",
        "09664",
    ),
    (
        "river-duong-thuong-cat",
        "Mực nước mẫu sông Đuống tại Thượng Cát",
        "Sample river stage, Đuống at Thượng Cát",
        "00127",
    ),
    (
        "river-day-ba-tha",
        "Mực nước mẫu sông Đáy tại Ba Thá",
        "Sample river stage, Đáy at Ba Thá",
        "10096",
    ),
];

/// Writes the file.
pub(crate) fn run(repo: &Repo) -> Result<()> {
    let path = repo.path("city/hanoi/demo/devices.csv");
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let text = text(&communes(repo)?)?;
    fs::write(&path, &text)?;
    println!(
        "wrote {} devices to city/hanoi/demo/devices.csv",
        text.lines().count() - 1
    );
    Ok(())
}

/// One line of the file.
struct Line {
    id: String,
    profile: &'static str,
    vi: String,
    en: String,
    place: [String; 2],
    area: String,
    org: &'static str,
    gateway: String,
}

/// The whole file.
fn text(communes: &[Area]) -> Result<String> {
    let mut lines = Vec::new();
    for (id, vi, en, code) in RIVERS {
        let commune = communes
            .iter()
            .find(|c| c.code == code)
            .with_context(|| format!("areas.csv has no {code}"))?;
        lines.push(Line {
            id: id.to_owned(),
            profile: "river-stage",
            vi: vi.to_owned(),
            en: en.to_owned(),
            place: near(id, commune),
            area: code.to_owned(),
            org: "so-nong-nghiep-moi-truong",
            gateway: String::new(),
        });
    }
    for kind in &KINDS {
        of_kind(communes, kind, &mut lines);
    }
    pumps(communes, &mut lines);
    let mut out = csv::WriterBuilder::new()
        .terminator(csv::Terminator::Any(b'\n'))
        .from_writer(Vec::new());
    out.write_record([
        "id", "profile", "title_vi", "title_en", "lon", "lat", "area", "org", "gateway",
    ])?;
    for line in lines {
        let [lon, lat] = &line.place;
        out.write_record([
            &line.id,
            line.profile,
            &line.vi,
            &line.en,
            lon,
            lat,
            &line.area,
            line.org,
            &line.gateway,
        ])?;
    }
    let bytes = out.into_inner().map_err(|error| anyhow::anyhow!("{error}"))?;
    Ok(String::from_utf8(bytes)?)
}

/// All devices of a kind, and the gateways that speak for those beyond the first ones.
fn of_kind(communes: &[Area], kind: &Kind, lines: &mut Vec<Line>) {
    let named = kind.named_from.map_or(0..0, |from| from..from + BLACK_SPOTS.len());
    let mut order = pick(communes, kind).into_iter();
    let mut gateways = Vec::new();
    for at in 0..kind.count {
        let number = at + 1;
        let id = format!("{}-{number:03}", kind.profile);
        let (where_, place, area) = if named.contains(&at) {
            let (street, lon, lat) = BLACK_SPOTS[at - named.start];
            let commune = nearest(communes, [lon, lat]);
            (street, [lon, lat].map(|degrees| format!("{degrees:.4}")), commune)
        } else {
            let Some(commune) = order.next() else { break };
            (commune.name.as_str(), near(&id, commune), commune)
        };
        let mut gateway = String::new();
        if let Some((word, direct, each)) = kind.gateways
            && at >= direct
        {
            let nth = (at - direct) / each + 1;
            gateway = format!("gateway-{word}-{nth:02}");
            if gateways.len() < nth {
                gateways.push((gateway.clone(), nth, area));
            }
        }
        lines.push(Line {
            vi: format!("{} {number:02}, {where_}", kind.vi),
            en: format!("{} {number:02}, {where_}", kind.en),
            profile: kind.profile,
            org: kind.org,
            area: area.code.clone(),
            place,
            gateway,
            id,
        });
    }
    for (id, nth, commune) in gateways {
        lines.push(Line {
            vi: format!("Bộ tập trung mẫu {nth:02} ({}), {}", kind.vi, commune.name),
            en: format!("Sample gateway {nth:02} ({}), {}", kind.en, commune.name),
            profile: "gateway",
            org: kind.org,
            area: commune.code.clone(),
            place: near(&id, commune),
            gateway: String::new(),
            id,
        });
    }
}

/// A pump beside each of the first flood gauges, and the stations that the press names.
fn pumps(communes: &[Area], lines: &mut Vec<Line>) {
    const AT_GAUGES: usize = 64;
    let gauges: Vec<_> = lines
        .iter()
        .filter(|line| line.profile == "flood-gauge")
        .take(AT_GAUGES)
        .collect();
    let mut pumps = Vec::new();
    for (at, gauge) in gauges.into_iter().enumerate() {
        let number = at + 1;
        let beside = |title: &str| {
            title
                .split_once(", ")
                .map_or(String::new(), |(_, place)| place.to_owned())
        };
        pumps.push(Line {
            id: format!("pump-{number:03}"),
            profile: "pump",
            vi: format!("Máy bơm mẫu {number:02}, {}", beside(&gauge.vi)),
            en: format!("Sample pump {number:02}, {}", beside(&gauge.en)),
            place: gauge.place.clone(),
            area: gauge.area.clone(),
            org: "so-xay-dung",
            gateway: String::new(),
        });
    }
    for (id, name, lon, lat) in STATIONS {
        pumps.push(Line {
            id: format!("pump-{id}"),
            profile: "pump",
            vi: format!("Máy bơm mẫu, trạm bơm {name}"),
            en: format!("Sample pump, station {name}"),
            place: [lon, lat].map(|degrees| format!("{degrees:.4}")),
            area: nearest(communes, [lon, lat]).code.clone(),
            org: "so-xay-dung",
            gateway: String::new(),
        });
    }
    lines.append(&mut pumps);
}

/// The commune whose centre is nearest.
fn nearest(communes: &[Area], place: Point) -> &Area {
    let apart = |c: &Area| distance2(place, [c.lon, c.lat]);
    communes
        .iter()
        .min_by(|a, b| apart(a).total_cmp(&apart(b)))
        .unwrap_or(&communes[0])
}

/// The communes that get the devices of a kind, one after the other; beyond all of them the inner ones again and again.
fn pick<'a>(communes: &'a [Area], kind: &Kind) -> Vec<&'a Area> {
    const DENSE: usize = 60;
    let place = |c: &Area| [c.lon, c.lat];
    let by_distance = |from: Point, a: &Area, b: &Area| distance2(from, place(a)).total_cmp(&distance2(from, place(b)));
    let mut inner: Vec<&Area> = communes.iter().collect();
    inner.sort_by(|a, b| by_distance(CENTRE, a, b).then(a.code.cmp(&b.code)));
    let dense: Vec<&Area> = inner.iter().take(DENSE).copied().collect();
    let chosen = match kind.spread {
        Spread::Inner => inner,
        // Each next one is the commune farthest from all chosen before.
        Spread::Even => {
            let mut chosen = vec![inner.remove(0)];
            while chosen.len() < kind.count && !inner.is_empty() {
                let gap = |c: &Area| {
                    chosen
                        .iter()
                        .map(|o| distance2(place(o), place(c)))
                        .fold(f64::INFINITY, f64::min)
                };
                let gaps = inner.iter().map(|c| gap(c)).enumerate();
                let far = gaps.max_by(|a, b| a.1.total_cmp(&b.1)).map_or(0, |(at, _)| at);
                chosen.push(inner.remove(far));
            }
            chosen
        }
    };
    chosen
        .into_iter()
        .chain(dense.into_iter().cycle())
        .take(kind.count)
        .collect()
}

/// A place near the commune's centre, well inside its cell: longitude and latitude with four digits (about 10 m).
fn near(id: &str, commune: &Area) -> [String; 2] {
    let mut seed = id.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let reach = 0.4 * (commune.area_km2 / PI).sqrt() / 110.0;
    [commune.lon, commune.lat].map(|degrees| format!("{:.4}", degrees + reach * unit(&mut seed)))
}

/// The next number between -1 and 1 (splitmix64).
fn unit(seed: &mut u64) -> f64 {
    *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *seed;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    let bits = (z ^ (z >> 31)) >> 11;
    bits as f64 / (1_u64 << 52) as f64 - 1.0
}

#[cfg(test)]
mod tests {
    use super::text;
    use crate::cells::communes;
    use crate::repo::Repo;
    use std::collections::BTreeSet;

    #[test]
    fn the_demo_has_2000_devices_that_name_profiles_areas_and_orgs_of_the_pack() {
        let repo = Repo::find().unwrap();
        let communes = communes(&repo).unwrap();
        let text = text(&communes).unwrap();
        let orgs = std::fs::read_to_string(repo.path("city/hanoi/orgs.yaml")).unwrap();
        let (mut ids, mut gateways) = (BTreeSet::new(), BTreeSet::new());
        for row in csv::Reader::from_reader(text.as_bytes()).records() {
            let row = row.unwrap();
            assert!(ids.insert(row[0].to_owned()), "{} stands twice", &row[0]);
            assert!(
                repo.path(&format!("city/hanoi/profiles/{}.yaml", &row[1])).is_file(),
                "no profile {}",
                &row[1]
            );
            assert!(
                row[2].contains("mẫu") && row[3].contains("Sample"),
                "{} is not marked as a sample",
                &row[0]
            );
            let commune = communes.iter().find(|c| c.code == row[6]).unwrap();
            let (lon, lat): (f64, f64) = (row[4].parse().unwrap(), row[5].parse().unwrap());
            assert!(
                (lon - commune.lon).abs() < 0.05 && (lat - commune.lat).abs() < 0.05,
                "{} is far away",
                &row[0]
            );
            assert!(orgs.contains(&format!("id: {}", &row[7])), "no org {}", &row[7]);
            if !row[8].is_empty() {
                gateways.insert(row[8].to_owned());
            }
        }
        assert!(ids.len() >= 2_000, "{}", ids.len());
        assert!(!gateways.is_empty() && gateways.is_subset(&ids), "a gateway is missing");
        let committed = std::fs::read_to_string(repo.path("city/hanoi/demo/devices.csv")).unwrap();
        assert_eq!(committed, text, "stale: run `cargo xtask demo-devices`");
    }

    /// Instances know devices by their ids: a longer list must not move the first ones.
    #[test]
    fn the_first_devices_stay_where_they_were() {
        let text = text(&communes(&Repo::find().unwrap()).unwrap()).unwrap();
        for line in [
            "flood-gauge-001,flood-gauge,\"Điểm ngập mẫu 01, Phường Hoàn Kiếm\",\"Sample flood gauge 01, Phường Hoàn Kiếm\",105.8509,21.0299,00070,so-xay-dung,",
            "river-hong-ha-noi,river-stage,Mực nước mẫu sông Hồng tại Hà Nội (Long Biên),\"Sample river stage, Hồng at Hà Nội (Long Biên)\",105.8519,21.0539,00097,so-nong-nghiep-moi-truong,",
        ] {
            assert!(text.lines().any(|one| one == line), "{line}");
        }
    }
}
