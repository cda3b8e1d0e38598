//! `cargo xtask demo-devices`: draws up `city/hanoi/demo/devices.csv`, 200 invented devices at plausible places.
//!
//! Only the five river stations are named in a decision (QĐ 05/2020/QĐ-TTg); where they stand is read off their names
//! and is approximate like everything else here. The same input gives the same file.

use crate::cells::polygon::{Point, distance2};
use crate::cells::{Area, communes};
use crate::repo::Repo;
use anyhow::{Context, Result};
use std::f64::consts::PI;
use std::fs;

/// Hồ Gươm, from which the inner city is counted.
const CENTRE: Point = [105.8524, 21.0287];

/// Which communes get a device of a kind.
#[derive(Clone, Copy)]
enum Spread {
    /// Those nearest to the centre.
    Inner,
    /// Spread evenly over the whole city.
    Even,
}

/// One kind of device in the demo.
struct Kind {
    profile: &'static str,
    count: usize,
    spread: Spread,
    vi: &'static str,
    en: &'static str,
    org: &'static str,
}

/// The kinds and their numbers; with the five river stations they make 200.
const KINDS: [Kind; 6] = [
    Kind {
        profile: "flood-gauge",
        count: 40,
        spread: Spread::Inner,
        vi: "Điểm ngập mẫu",
        en: "Sample flood gauge",
        org: "so-xay-dung",
    },
    Kind {
        profile: "rain-gauge",
        count: 35,
        spread: Spread::Even,
        vi: "Trạm mưa mẫu",
        en: "Sample rain gauge",
        org: "so-nong-nghiep-moi-truong",
    },
    Kind {
        profile: "air-station",
        count: 30,
        spread: Spread::Even,
        vi: "Trạm không khí mẫu",
        en: "Sample air station",
        org: "so-nong-nghiep-moi-truong",
    },
    Kind {
        profile: "traffic-counter",
        count: 30,
        spread: Spread::Inner,
        vi: "Đếm xe mẫu",
        en: "Sample traffic counter",
        org: "cong-an-thanh-pho",
    },
    Kind {
        profile: "street-light",
        count: 40,
        spread: Spread::Inner,
        vi: "Tủ đèn mẫu",
        en: "Sample street light",
        org: "so-xay-dung",
    },
    Kind {
        profile: "power-meter",
        count: 20,
        spread: Spread::Even,
        vi: "Công tơ mẫu",
        en: "Sample power meter",
        org: "so-cong-thuong",
    },
];

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

/// The whole file.
fn text(communes: &[Area]) -> Result<String> {
    let mut out = csv::WriterBuilder::new()
        .terminator(csv::Terminator::Any(b'\n'))
        .from_writer(Vec::new());
    out.write_record(["id", "profile", "title_vi", "title_en", "lon", "lat", "area", "org"])?;
    for (id, vi, en, code) in RIVERS {
        let commune = communes
            .iter()
            .find(|c| c.code == code)
            .with_context(|| format!("areas.csv has no {code}"))?;
        let [lon, lat] = near(id, commune);
        out.write_record([id, "river-stage", vi, en, &lon, &lat, code, "so-nong-nghiep-moi-truong"])?;
    }
    for kind in &KINDS {
        for (at, commune) in pick(communes, kind).into_iter().enumerate() {
            let number = at + 1;
            let id = format!("{}-{number:03}", kind.profile);
            let vi = format!("{} {number:02}, {}", kind.vi, commune.name);
            let en = format!("{} {number:02}, {}", kind.en, commune.name);
            let [lon, lat] = near(&id, commune);
            out.write_record([&id, kind.profile, &vi, &en, &lon, &lat, &commune.code, kind.org])?;
        }
    }
    let bytes = out.into_inner().map_err(|error| anyhow::anyhow!("{error}"))?;
    Ok(String::from_utf8(bytes)?)
}

/// The communes that get a device of the kind, one each.
fn pick<'a>(communes: &'a [Area], kind: &Kind) -> Vec<&'a Area> {
    let place = |c: &Area| [c.lon, c.lat];
    let by_distance = |from: Point, a: &Area, b: &Area| distance2(from, place(a)).total_cmp(&distance2(from, place(b)));
    let mut inner: Vec<&Area> = communes.iter().collect();
    inner.sort_by(|a, b| by_distance(CENTRE, a, b).then(a.code.cmp(&b.code)));
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
    chosen.into_iter().take(kind.count).collect()
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
    fn the_demo_has_200_devices_that_name_profiles_areas_and_orgs_of_the_pack() {
        let repo = Repo::find().unwrap();
        let communes = communes(&repo).unwrap();
        let text = text(&communes).unwrap();
        let orgs = std::fs::read_to_string(repo.path("city/hanoi/orgs.yaml")).unwrap();
        let mut ids = BTreeSet::new();
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
        }
        assert_eq!(ids.len(), 200);
        let committed = std::fs::read_to_string(repo.path("city/hanoi/demo/devices.csv")).unwrap();
        assert_eq!(committed, text, "stale: run `cargo xtask demo-devices`");
    }
}
