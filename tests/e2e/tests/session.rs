//! Passwords and sessions of people.

use anyhow::{Context, Result};
use e2e::answer::{Answer, client};
use e2e::person::{ACCOUNT, PASSWORD, Person};
use e2e::site::Site;
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn the_printed_password_opens_nothing_but_its_own_change() -> Result<()> {
    let site = Site::new()?;
    let server = site.start().await?;
    let printed = server.password.clone().context("no password was printed")?;
    let wrong = json!({ "account": ACCOUNT, "password": "wrong" });
    let answer = Answer::of(client()?.post(server.url("/api/v1/session")).json(&wrong)).await?;
    assert_eq!(answer.problem(401)?, "sign_in_failed");

    let mut person = Person::sign_in(&server, &printed).await?;
    assert_eq!(person.get("/api/v1/session").await?["must_change_password"], true);
    for path in ["/api/v1/status", "/api/v1/alerts", "/api/v1/devices"] {
        assert_eq!(
            person.ask(Method::GET, path, None).await?.problem(403)?,
            "password_must_change",
            "{path}"
        );
    }
    for (new, status) in [("short", 422), (printed.as_str(), 422), (ACCOUNT, 422)] {
        let body = json!({ "old": printed, "new": new });
        let answer = person.ask(Method::PUT, "/api/v1/session/password", Some(body)).await?;
        assert!(
            answer.status == 400 || answer.status == status,
            "{new}: {}",
            answer.text
        );
    }
    let before = person.clone();
    let session = person.change_password(&printed, PASSWORD).await?;
    assert_eq!(session["must_change_password"], false);
    assert_eq!(person.get("/api/v1/status").await?["ready"], true);
    assert_eq!(before.ask(Method::GET, "/api/v1/session", None).await?.status, 401);

    // signing out ends it at once
    let out = person.ask(Method::DELETE, "/api/v1/session", None).await?;
    assert_eq!(out.status, 204);
    assert_eq!(
        person.ask(Method::GET, "/api/v1/status", None).await?.problem(401)?,
        "not_signed_in"
    );
    // and no secret stands in the log of the program, except where the operator is told the first password
    let said = server.said()?;
    assert_eq!(said.matches(printed.as_str()).count(), 1);
    assert!(!said.contains(PASSWORD));
    Ok(())
}

#[tokio::test]
async fn a_reset_password_ends_the_sessions_and_must_be_changed() -> Result<()> {
    let site = Site::new()?;
    let server = site.start().await?;
    let person = server.first_person().await?;
    assert_eq!(person.get("/api/v1/status").await?["ready"], true);
    let answer: Value = serde_json::from_str(&site.run(["reset-password", ACCOUNT]).await?.good()?)?;
    let password = answer["password"].as_str().context("no password in the answer")?;

    assert_eq!(
        person.ask(Method::GET, "/api/v1/status", None).await?.problem(401)?,
        "not_signed_in"
    );
    assert!(Person::sign_in(&server, PASSWORD).await.is_err());
    let mut person = Person::sign_in(&server, password).await?;
    assert_eq!(
        person.ask(Method::GET, "/api/v1/status", None).await?.problem(403)?,
        "password_must_change"
    );
    person.change_password(password, "mot mat khau khac han").await?;
    assert_eq!(person.get("/api/v1/status").await?["ready"], true);

    let err = site.run(["reset-password", "nobody"]).await?.refused()?;
    assert!(err.contains("there is no account 'nobody'"), "{err}");
    Ok(())
}
