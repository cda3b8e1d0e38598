//! Reading a GeoJSON file (RFC 7946) into features, with every mistake of its form named by feature and remedy.

use crate::model::{Finding, Shape, Strictness};
use access::area::Areas;
use kernel::area::AreaCode;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Largest file, in bytes: what records hold together, and what a browser can draw.
pub const MAX_FILE: usize = 24 << 20;
/// Largest shape of one area when it is written out, in bytes.
pub const MAX_SHAPE: usize = 8 << 20;
/// Most features that are looked at.
const MAX_FEATURES: usize = 10_000;

/// A feature whose form is right and whose code is one of the city's communes.
#[derive(Clone, Debug, PartialEq)]
pub struct Feature {
    /// Its place in `features`.
    pub index: usize,
    /// Its area.
    pub code: AreaCode,
    /// Its polygons; the numbers are finite, nothing else is sure.
    pub shape: Shape,
}

/// The communes: areas of five digits. The city itself has no boundary of its own.
pub fn communes(areas: &Areas) -> impl Iterator<Item = AreaCode> {
    areas
        .all()
        .filter_map(|area| AreaCode::new(&area.code).ok())
        .filter(|code| code.as_str().len() == 5)
}

/// Reads a text; what cannot be used stands in the findings, the rest is given.
pub fn read(text: &str, areas: &Areas, strictness: &Strictness) -> (Vec<Feature>, Vec<Finding>) {
    let mut findings = Vec::new();
    let features = match collection(text, &mut findings) {
        Some(features) => features,
        None => return (Vec::new(), findings),
    };
    let mut good: Vec<Feature> = Vec::new();
    let mut first: BTreeMap<AreaCode, usize> = BTreeMap::new();
    for (index, feature) in features.iter().enumerate() {
        let code = match code(feature, areas, strictness) {
            Ok(code) => code,
            Err(finding) => {
                findings.push(finding.at(index, None));
                continue;
            }
        };
        if let Some(before) = first.get(&code) {
            let what = format!("the code {code} stands at features[{before}] already");
            let remedy = "join both into one MultiPolygon, or give this one its own code";
            findings.push(Finding::new("code_twice", what, remedy).at(index, Some(&code)));
            continue;
        }
        first.insert(code.clone(), index);
        match shape(&feature["geometry"]) {
            Ok(shape) => good.push(Feature { index, code, shape }),
            Err(finding) => findings.push(finding.at(index, Some(&code))),
        }
    }
    for code in communes(areas).filter(|code| !first.contains_key(code)) {
        let name = areas.get(&code).map(|area| area.name.clone()).unwrap_or_default();
        let mut finding = Finding::new(
            "code_missing",
            format!("no feature has the code {code} ({name})"),
            "add its polygon; a file is taken only when all communes have one",
        );
        finding.area = Some(code.to_string());
        findings.push(finding);
    }
    (good, findings)
}

fn collection(text: &str, findings: &mut Vec<Finding>) -> Option<Vec<Value>> {
    let mut no = |code, what: String, remedy: &str| {
        findings.push(Finding::new(code, what, remedy));
        None
    };
    if text.len() > MAX_FILE {
        let what = format!("the file has {} bytes, at most {MAX_FILE} are taken", text.len());
        return no(
            "too_large",
            what,
            "simplify the lines to a metre or write fewer digits (6 after the point are 10 cm)",
        );
    }
    let mut value: Map<String, Value> = match serde_json::from_str(text.trim_start_matches('\u{feff}')) {
        Ok(value) => value,
        Err(error) => return no("not_json", error.to_string(), "write GeoJSON (RFC 7946) in UTF-8"),
    };
    if value.get("type").and_then(Value::as_str) != Some("FeatureCollection") {
        let what = format!("\"type\" is {}", value.get("type").unwrap_or(&Value::Null));
        return no("not_a_collection", what, "write a FeatureCollection");
    }
    if let Some(name) = value.get("crs").filter(|crs| !crs.is_null()) {
        let name = name["properties"]["name"]
            .as_str()
            .unwrap_or("without a name")
            .to_owned();
        if !["CRS84", "EPSG::4326", "EPSG:4326"]
            .iter()
            .any(|known| name.ends_with(known))
        {
            let remedy = "convert to WGS 84, degrees east and north: ogr2ogr -t_srs EPSG:4326 -lco RFC7946=YES";
            return no("crs_other", format!("the coordinates are in {name}"), remedy);
        }
    }
    match value.remove("features") {
        Some(Value::Array(features)) if features.len() <= MAX_FEATURES => Some(features),
        Some(Value::Array(features)) => {
            let what = format!("{} features, at most {MAX_FEATURES} are looked at", features.len());
            no("too_many_features", what, "write one feature for each commune")
        }
        _ => no(
            "not_a_collection",
            "\"features\" is no list".to_owned(),
            "write a FeatureCollection",
        ),
    }
}

/// The code of a feature: text, or a number that has lost its leading zeros.
fn code(feature: &Value, areas: &Areas, strictness: &Strictness) -> Result<AreaCode, Finding> {
    let property = &strictness.code_property;
    let given = match &feature["properties"][property.as_str()] {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => format!("{:0>5}", number.to_string()),
        _ => {
            let what = format!("properties.{property} is absent");
            let remedy = "write the statistics office's code of the commune there, or name another property with --code-property";
            return Err(Finding::new("code_absent", what, remedy));
        }
    };
    let known = AreaCode::new(&given)
        .ok()
        .filter(|code| code.as_str().len() == 5 && areas.get(code).is_some());
    known.ok_or_else(|| {
        let given: String = given.chars().take(40).collect();
        Finding::new(
            "code_unknown",
            format!("'{given}' is no commune of this city"),
            "take a code of five digits from areas.csv of the city pack; leave other areas and the city's own outline out",
        )
    })
}

fn shape(geometry: &Value) -> Result<Shape, Finding> {
    let coordinates = &geometry["coordinates"];
    let shape: Shape = match geometry["type"].as_str() {
        Some("Polygon") => vec![polygon(coordinates)?],
        Some("MultiPolygon") => list(coordinates, "coordinates")?
            .iter()
            .map(polygon)
            .collect::<Result<_, _>>()?,
        other => {
            let what = format!("the geometry is {}", other.unwrap_or("absent"));
            return Err(Finding::new("geometry_kind", what, "write a Polygon or a MultiPolygon"));
        }
    };
    if shape.is_empty() {
        let remedy = "write at least one polygon";
        return Err(Finding::new("geometry_empty", "the geometry has no polygon", remedy));
    }
    let size: usize = shape.iter().flatten().map(|ring| ring.len() * 40).sum();
    if size > MAX_SHAPE {
        let what = format!("the boundary has {} positions", size / 40);
        return Err(Finding::new("geometry_large", what, "simplify its lines to a metre"));
    }
    Ok(shape)
}

fn polygon(value: &Value) -> Result<Vec<Vec<[f64; 2]>>, Finding> {
    let rings = list(value, "a polygon")?;
    if rings.is_empty() {
        return Err(Finding::new(
            "geometry_empty",
            "a polygon has no ring",
            "write its outer ring first",
        ));
    }
    rings
        .iter()
        .map(|ring| list(ring, "a ring")?.iter().map(position).collect())
        .collect()
}

fn list<'a>(value: &'a Value, what: &str) -> Result<&'a Vec<Value>, Finding> {
    let remedy = "nest the coordinates as RFC 7946 section 3.1.6 says: polygon, rings, positions";
    value
        .as_array()
        .ok_or_else(|| Finding::new("geometry_form", format!("{what} is no list"), remedy))
}

/// Degrees east and north; a height behind them is left out.
fn position(value: &Value) -> Result<[f64; 2], Finding> {
    let numbers: Option<Vec<f64>> = value
        .as_array()
        .and_then(|list| list.iter().map(Value::as_f64).collect());
    match numbers.as_deref() {
        Some([lon, lat] | [lon, lat, _]) if lon.is_finite() && lat.is_finite() => Ok([*lon, *lat]),
        _ => {
            let what = format!(
                "{} is no position",
                value.to_string().chars().take(60).collect::<String>()
            );
            Err(Finding::new(
                "geometry_form",
                what,
                "write [degrees east, degrees north]",
            ))
        }
    }
}
