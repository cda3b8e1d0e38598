//! Rules change while the instance runs.

use anyhow::{Context, Result};
use e2e::moment::{now_s, until};
use e2e::site::{Done, Site};
use std::path::Path;

pub(crate) async fn load(site: &Site, pack: &Path) -> Result<Done> {
    site.run([std::ffi::OsStr::new("load-pack"), pack.as_os_str()]).await
}

pub(crate) fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        if entry.path().is_dir() {
            copy(&entry.path(), &to.join(entry.file_name()))?;
        } else {
            std::fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_changed_limit_counts_at_once_and_a_broken_pack_changes_nothing() -> Result<()> {
    let site = Site::new()?;
    let server = site.start().await?;
    let person = server.first_person().await?;
    let gauge = site.gauge(&server, "gauge-1").await?;
    let now = now_s();
    gauge.depth(now - 400, 0.148).await?;
    assert!(person.list("/api/v1/alerts").await?.is_empty());

    let pack = site.path("pack");
    // tests run in the folder of their crate
    copy(Path::new("../../city/hanoi"), &pack)?;
    let rule = pack.join("rules/flood-depth.yaml");
    let text = std::fs::read_to_string(&rule)?;
    let limit = "- {severity: 2, above: 0.15}";
    assert!(text.contains(limit), "the test knows another rule");

    std::fs::write(&rule, text.replace(limit, "- {severity: 2, over: 0.08}"))?;
    let err = load(&site, &pack).await?.refused()?;
    assert!(
        err.contains("nothing was loaded") && err.contains("rules/flood-depth.yaml:"),
        "{err}"
    );
    gauge.depth(now - 300, 0.148).await?;
    assert!(person.list("/api/v1/alerts").await?.is_empty());

    let mut events = person.follow("/api/v1/events", None).await?;
    std::fs::write(
        &rule,
        text.replace(limit, "- {severity: 2, above: 0.145}")
            .replace("version: 2", "version: 3"),
    )?;
    let loaded: serde_json::Value = serde_json::from_str(&load(&site, &pack).await?.good()?)?;
    assert_eq!(
        (&loaded["taken"], &loaded["conflict"]),
        (&serde_json::json!(1), &serde_json::json!(0)),
        "{loaded}"
    );
    gauge.depth(now - 200, 0.148).await?;
    let raised = events.next_of("alert.raised.v1").await?;
    assert_eq!(raised.data["data"]["params"]["limit"], 0.145);

    // it stays over a restart, whether the folder is configured or not
    assert!(server.terminate().await?.success());
    let server = site.start().await?;
    let gauge = gauge.at(&server)?;
    gauge.depth(now - 150, 0.147).await?;
    let person = e2e::person::Person::sign_in(&server, e2e::person::PASSWORD).await?;
    assert_eq!(person.list("/api/v1/alerts?state=open").await?.len(), 1);
    assert!(server.terminate().await?.success());
    let mut site = site;
    site.set("INSTANCE_PACK_DIR", pack.to_str().context("a path is no text")?);
    let server = site.start().await?;
    let gauge = gauge.at(&server)?;
    gauge.depth(now - 100, 0.12).await?;
    let person = e2e::person::Person::sign_in(&server, e2e::person::PASSWORD).await?;
    assert_eq!(person.list("/api/v1/alerts?state=open").await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_rule_that_cannot_judge_its_series_is_told_of_when_it_is_bound() -> Result<()> {
    let mut site = Site::new()?;
    let pack = site.path("pack");
    copy(Path::new("../../city/hanoi"), &pack)?;
    let rule = pack.join("rules/flood-depth.yaml");
    let text = std::fs::read_to_string(&rule)?;
    assert!(text.contains("\nunit: m\n"), "the test knows another rule");
    let volts = text
        .replace("\nunit: m\n", "\nunit: V\n")
        .replace("unit: cm", "unit: mV");
    std::fs::write(&rule, volts)?;
    site.set("INSTANCE_PACK_DIR", &pack.display().to_string());
    let server = site.start().await?;
    let place = server.said()?.contains("rules/flood-depth.yaml:");
    assert!(place, "{}", server.said()?);
    site.gauge(&server, "gauge-1").await?.depth(now_s() - 100, 0.1).await?;
    until("the pipeline warns", async || {
        let said = server.said()?;
        let mut lines = said.lines();
        let warns = |line: &str| line.contains("does not judge them") && line.contains("flood-depth");
        Ok(lines.any(warns).then_some(()))
    })
    .await
}
