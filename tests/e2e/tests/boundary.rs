//! True boundaries in place of the approximate cells: refused with reasons, in use at once, and after a restart.

use anyhow::{Context, Result};
use e2e::person::{PASSWORD, Person};
use e2e::site::Site;
use serde_json::{Value, json};

/// Columns of a made-up city in which every commune is a box.
const COLUMNS: usize = 14;

/// A city of boxes with the codes of the real one: sound, though no commune lies where it should.
fn boxes(cells: &Value) -> Result<Value> {
    let features = cells["features"].as_array().context("no features")?;
    let boxed = features.iter().enumerate().map(|(at, feature)| {
        let corner = |at: usize| {
            (
                105.4 + 0.03 * (at % COLUMNS) as f64,
                20.7 + 0.03 * (at / COLUMNS) as f64,
            )
        };
        let (west, south) = corner(at);
        let (east, north) = corner(at + COLUMNS + 1);
        // a box in the last column would end where the next row begins
        let east = if east > west {
            east
        } else {
            105.4 + 0.03 * COLUMNS as f64
        };
        let north = if at % COLUMNS == COLUMNS - 1 {
            corner(at + COLUMNS).1
        } else {
            north
        };
        json!({"type": "Feature", "properties": {"ma": feature["properties"]["code"]}, "geometry": {"type": "Polygon",
            "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]]}})
    });
    Ok(json!({"type": "FeatureCollection", "features": boxed.collect::<Vec<_>>()}))
}

#[tokio::test]
async fn the_word_approximate_goes_only_with_a_sound_file() -> Result<()> {
    let site = Site::new()?;
    let server = site.start().await?;
    let person = server.first_person().await?;
    let cells = person.get("/api/v1/areas.geojson").await?;
    let note = cells["note"]["vi"].as_str().context("no note")?;
    assert!(
        note.starts_with("Địa giới xấp xỉ") && cells["source"].is_null(),
        "{note}"
    );

    // the cells themselves leave gaps; two mistakes more are planted
    let mut bad = cells.clone();
    bad["features"][0]["properties"]["code"] = json!("99999");
    bad["features"][1]["geometry"]["coordinates"][0][0] = json!([105.0, 21.0]);
    let bad = site.write("bad.geojson", &bad.to_string())?;
    let bad = bad.to_str().context("a path is no text")?;
    let err = site.run(["import", "boundaries", bad]).await?.refused()?;
    for says in [
        "features[0]: code_unknown: '99999'",
        "features[1] (00008): ",
        "code_missing: no feature has the code 00004",
    ] {
        assert!(err.contains(says), "{says}: {err}");
    }
    assert!(err.contains("nothing was changed"), "{err}");
    assert_eq!(person.get("/api/v1/areas.geojson").await?, cells);

    let good = site.write("good.geojson", &boxes(&cells)?.to_string())?;
    let good = good.to_str().context("a path is no text")?;
    let import = ["import", "boundaries", good, "--code-property", "ma"];
    let checked = site.run(import.iter().chain(&["--check"])).await?.good()?;
    assert_eq!(
        serde_json::from_str::<Value>(&checked)?,
        json!({"areas": 126, "stored": false})
    );
    assert_eq!(person.get("/api/v1/areas.geojson").await?, cells);

    let stored = site.run(import).await?.good()?;
    assert_eq!(
        serde_json::from_str::<Value>(&stored)?,
        json!({"areas": 126, "stored": true})
    );
    let shapes = person.get("/api/v1/areas.geojson").await?;
    assert!(
        shapes["note"].is_null() && shapes["source"]["file"] == "good.geojson",
        "{}",
        shapes["source"]
    );
    assert_eq!(shapes["features"].as_array().map(Vec::len), Some(126));
    assert_eq!(shapes["features"][0]["properties"], cells["features"][0]["properties"]);

    assert!(server.terminate().await?.success());
    let server = site.start().await?;
    let person = Person::sign_in(&server, PASSWORD).await?;
    assert_eq!(person.get("/api/v1/areas.geojson").await?, shapes);
    site.run(["import", "boundaries", "--remove"]).await?.good()?;
    assert_eq!(person.get("/api/v1/areas.geojson").await?, cells);
    Ok(())
}
