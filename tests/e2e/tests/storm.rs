//! The storm demo as a visitor sees it: water rises in virtual time, alerts come, and it says that it is a reconstruction.

use anyhow::{Context, Result};
use e2e::moment::read;
use e2e::site::Site;
use serde_json::Value;

/// Virtual seconds in a second: the hours from dry streets to flooded ones pass in some seconds.
const SCALE: &str = "600";

#[tokio::test]
async fn a_storm_on_a_scaled_clock_floods_and_alerts_and_says_what_it_is() -> Result<()> {
    let site = Site::new()?;
    let args = [
        "--storm",
        "--any-port",
        "--scale",
        SCALE,
        "--devices",
        "30",
        "--from",
        "2025-08-25T17:00:00+07:00",
    ];
    let demo = site.demo(&args).await?;
    let person = demo.visitor().await?;

    let status: Value = person.get("/api/v1/status").await?;
    assert_eq!(status["clock"]["scaled"], true, "{status}");
    assert_eq!(status["clock"]["scale"], 600.0, "{status}");
    assert_eq!(status["clock"]["label"], "tái dựng", "{status}");
    let begun = read("2025-08-25T10:00:00Z")?;
    let shown = read(status["now"].as_str().context("no time")?)?;
    assert!(shown >= begun && shown < begun + 86_400, "{status}");

    // the session lives in the time of the machine: it would be over by now in the virtual one
    let session: Value = person.get("/api/v1/session").await?;
    assert_eq!(session["account"], "truc-ban");

    let mut events = person.follow("/api/v1/events?types=alert.raised.", Some("0")).await?;
    let mut flooded = None;
    while flooded.is_none() {
        let event = events.next().await?.context("the events ended")?;
        if event.kind == "alert.raised.v1" && event.data["data"]["code"] == "flood_depth" {
            flooded = Some(event.data["data"].clone());
        }
    }
    let alert = flooded.context("no flood")?;
    let raised = read(alert["raised_at"].as_str().context("no time")?)?;
    assert!(raised > begun && raised < begun + 12 * 3_600, "{alert}");
    let device = alert["device"].as_str().context("no device")?;
    let depth = person.latest(device, "depth").await?.context("no depth")?;
    assert_eq!(
        depth["quality"], "good",
        "a simulated time is a time like any other: {depth}"
    );
    assert!(depth["value"].as_f64().is_some_and(|metres| metres > 0.1), "{depth}");
    demo.terminate().await?;
    Ok(())
}
