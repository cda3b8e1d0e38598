//! What the operator of the machine does can be seen afterwards: commands by the account that gave them, settings by version.

use anyhow::{Context, Result};
use e2e::person::{PASSWORD, Person};
use e2e::site::Site;
use std::os::unix::fs::{MetadataExt, PermissionsExt};

#[tokio::test]
async fn an_operators_command_is_recorded_with_the_account_that_gave_it() -> Result<()> {
    let site = Site::new()?;
    let server = site.start().await?;
    let boss = server.first_person().await?;
    let auditor = boss.another(&server, "kiem-toan", "auditor").await?;
    let socket = std::fs::metadata(site.data().join("control.sock"))?;
    assert_eq!(socket.permissions().mode() & 0o777, 0o600);
    site.gauge(&server, "gauge-1").await?;

    let own = std::fs::metadata("/proc/self")?.uid().to_string();
    for (act, target) in [("device.register", "gauge-1"), ("device.token", "gauge-1")] {
        let found = auditor.list(&format!("/api/v1/audit?act={act}")).await?;
        let record = found.first().with_context(|| format!("no record of {act}"))?;
        assert_eq!(
            (&record["target"], &record["detail"]["uid"]),
            (&target.into(), &own.as_str().into()),
            "{record}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn a_start_with_other_settings_is_a_version_that_says_who_and_what() -> Result<()> {
    let mut site = Site::new()?;
    let server = site.start().await?;
    let boss = server.first_person().await?;
    let first = boss.get("/api/v1/settings").await?;
    assert_eq!(first["version"]["number"], 1);
    assert_eq!(
        first["settings"]["http.address"]["source"],
        "environment HANOI_IOC_HTTP_ADDRESS"
    );
    assert!(server.terminate().await?.success());

    // the same again, then another value
    let server = site.start().await?;
    assert!(server.terminate().await?.success());
    site.set("SQL_SECONDS", "7");
    let server = site.start().await?;
    let boss = Person::sign_in(&server, PASSWORD).await?;
    let versions = boss.list("/api/v1/settings/versions").await?;
    let numbers: Vec<_> = versions
        .iter()
        .filter_map(|version| version["number"].as_u64())
        .collect();
    assert_eq!(numbers, [2, 1], "a start with the same settings is no version");
    let changes = versions[0]["changes"].as_array().context("no changes")?;
    assert_eq!(changes.len(), 1, "{changes:?}");
    assert_eq!(
        (&changes[0]["key"], &changes[0]["after"]["value"]),
        (&"sql.seconds".into(), &"7".into())
    );
    assert_eq!(changes[0]["before"]["source"], "default");
    assert_eq!(versions[0]["by"]["uid"], std::fs::metadata("/proc/self")?.uid());

    let auditor = boss.another(&server, "kiem-toan", "auditor").await?;
    let records = auditor.list("/api/v1/audit?act=setting.changed").await?;
    assert_eq!(
        (&records[0]["target"], &records[0]["detail"]["keys"]),
        (&"2".into(), &"sql.seconds".into())
    );
    // who has no business with it reads nothing
    let officer = boss.another(&server, "can-bo", "ward_officer").await?;
    let refused = officer.ask(reqwest::Method::GET, "/api/v1/settings", None).await?;
    assert_eq!(refused.problem(403)?, "denied");
    Ok(())
}
