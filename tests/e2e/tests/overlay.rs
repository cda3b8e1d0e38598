//! What people change in the pack stays theirs when a newer pack comes.

use crate::pack::{copy, load};
use anyhow::{Context, Result};
use e2e::answer::Answer;
use e2e::moment::now_s;
use e2e::person::{PASSWORD, Person};
use e2e::site::Site;
use reqwest::Method;
use serde_json::{Value, json};
use std::path::Path;

const RULE: &str = "/api/v1/pack/rule/flood-depth";
const LIMIT: &str = "- {severity: 2, above: 0.15}";
const HYSTERESIS: &str = "hysteresis: 0.05";

async fn put(person: &Person, text: &str, judged: &str) -> Result<Answer> {
    let request = person.request(Method::PUT, RULE).header("If-Match", judged);
    Answer::of(request.body(text.to_owned())).await
}

async fn one(person: &Person) -> Result<Value> {
    person.get(RULE).await
}

fn text(item: &Value, name: &str) -> Result<String> {
    Ok(item[name].as_str().context("no text")?.to_owned())
}

#[tokio::test]
async fn an_edited_limit_counts_at_once_and_survives_a_newer_pack_until_somebody_chooses() -> Result<()> {
    let site = Site::new()?;
    let server = site.start().await?;
    let person = server.first_person().await?;
    let gauge = site.gauge(&server, "gauge-1").await?;
    let now = now_s();
    gauge.depth(now - 900, 0.148).await?;
    assert!(person.list("/api/v1/alerts").await?.is_empty());

    // a mistake is named with its place, and nothing changes
    let pack = text(&one(&person).await?, "text")?;
    assert!(
        pack.contains(LIMIT) && pack.contains(HYSTERESIS),
        "the test knows another rule"
    );
    let refused = put(
        &person,
        &pack.replace("severity: 2, above", "severity: 2, over"),
        "\"1\"",
    )
    .await?;
    assert_eq!(refused.problem(422)?, "pack_unfit");
    let problem = refused.json(422)?;
    let mistake = &problem["mistakes"][0];
    assert_eq!(
        (&mistake["file"], &mistake["line"]),
        (&json!("rules/flood-depth.yaml"), &json!(11)),
        "{mistake}"
    );
    assert!(
        mistake["remedy"].as_str().is_some_and(|text| text.contains("above")),
        "{mistake}"
    );

    // the person's limit counts at once
    let mut events = person.follow("/api/v1/events?types=alert.,pack.", None).await?;
    let mine = pack.replace(LIMIT, "- {severity: 2, above: 0.145}");
    let done = put(&person, &mine, "\"1\"").await?.json(200)?;
    assert_eq!((&done["state"], &done["applies"]), (&json!("overlay"), &json!("now")));
    let told = events.next_of("pack.item_changed.v1").await?;
    assert_eq!(told.data["actor"]["id"], person.id.as_str());
    gauge.depth(now - 800, 0.148).await?;
    let raised = events.next_of("alert.raised.v1").await?;
    assert_eq!(raised.data["data"]["params"]["limit"], 0.145);
    assert_eq!(put(&person, &pack, "\"1\"").await?.problem(412)?, "changed_meanwhile");

    // a newer pack changes another line and one more rule: looked at, then taken
    let folder = site.path("pack");
    // tests run in the folder of their crate
    copy(Path::new("../../city/hanoi"), &folder)?;
    std::fs::write(
        folder.join("rules/flood-depth.yaml"),
        pack.replace(HYSTERESIS, "hysteresis: 0.049"),
    )?;
    std::fs::remove_file(folder.join("rules/noise-night.yaml"))?;
    let args = ["load-pack".as_ref(), "--dry-run".as_ref(), folder.as_os_str()];
    let table = site.run(args).await?.good()?;
    assert!(
        table.contains("conflict  rules/flood-depth.yaml  yours goes on counting; a proposal joins both"),
        "{table}"
    );
    assert!(
        table.contains("removed   rules/noise-night.yaml") && table.contains("1 removed, 0 kept"),
        "{table}"
    );
    assert!(person.list("/api/v1/pack/conflicts").await?.is_empty());
    let loaded: Value = serde_json::from_str(&load(&site, &folder).await?.good()?)?;
    assert_eq!(
        (&loaded["conflict"], &loaded["removed"]),
        (&json!(1), &json!(1)),
        "{loaded}"
    );
    let conflict = events.next_of("pack.conflict.v1").await?;
    assert_eq!(conflict.data["subject"], "rule/flood-depth");

    // a restart with that pack: the person's text still counts, and the conflict still waits
    assert!(server.terminate().await?.success());
    let mut site = site;
    site.set("INSTANCE_PACK_DIR", folder.to_str().context("a path is no text")?);
    let server = site.start().await?;
    let person = Person::sign_in(&server, PASSWORD).await?;
    let gauge = gauge.at(&server)?;
    gauge.depth(now - 700, 0.146).await?;
    assert_eq!(person.list("/api/v1/alerts?state=open").await?.len(), 1);
    let conflicts = person.list("/api/v1/pack/conflicts").await?;
    assert_eq!(conflicts.len(), 1, "{conflicts:?}");
    let item = one(&person).await?;
    assert_eq!(text(&item, "text")?, mine);
    let proposal = text(&item["conflict"], "proposal")?;
    assert_eq!(proposal, mine.replace(HYSTERESIS, "hysteresis: 0.049"));

    // somebody chooses: the pack's text counts again, and the alert is cleared with the rule that held it
    let mut events = person.follow("/api/v1/events", None).await?;
    let done = person
        .post(&format!("{RULE}/resolve"), json!({ "take": "base" }))
        .await?;
    assert_eq!((&done["state"], &done["applies"]), (&json!("base"), &json!("now")));
    events.next_of("alert.cleared.v1").await?;
    assert!(person.list("/api/v1/pack/conflicts").await?.is_empty());
    gauge.depth(now - 600, 0.148).await?;
    assert!(person.list("/api/v1/alerts?state=open").await?.is_empty());

    // what was theirs can still be read
    let kept = person.get(&format!("{RULE}/versions/2")).await?;
    assert_eq!(text(&kept, "text")?, mine);
    Ok(())
}
