//! A person at the console: signs in with the first account, changes its password, reads.

use crate::http::{Answer, Client};
use anyhow::{Context, Result, bail};
use std::net::SocketAddr;

const ACCOUNT: &str = "truc-ban";
const PASSWORD: &str = "mat-khau-cua-phep-do-2026";

/// A signed-in person.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    headers: String,
}

impl Person {
    /// Takes over the first account, whose password was shown at the first start.
    pub(crate) async fn first(http: SocketAddr, password: &str) -> Result<Self> {
        let mut client = Client::connect(http).await?;
        let secret = sign_in(&mut client, password).await?;
        let body = serde_json::json!({ "old": password, "new": PASSWORD }).to_string();
        let headers = format!("Authorization: Bearer {secret}\r\nContent-Type: application/json\r\n");
        let answer = client
            .ask("PUT", "/api/v1/session/password", &headers, body.as_bytes())
            .await?;
        Self::with(&answer)
    }

    /// Signs in with the password that [`Person::first`] gave the account.
    pub(crate) async fn again(http: SocketAddr) -> Result<Self> {
        let secret = sign_in(&mut Client::connect(http).await?, PASSWORD).await?;
        Ok(Self {
            headers: format!("Authorization: Bearer {secret}\r\n"),
        })
    }

    fn with(answer: &Answer) -> Result<Self> {
        Ok(Self {
            headers: format!("Authorization: Bearer {}\r\n", secret(answer)?),
        })
    }

    /// The header lines that say who asks.
    pub(crate) fn headers(&self) -> &str {
        &self.headers
    }

    /// Reads a route as JSON.
    pub(crate) async fn get(&self, client: &mut Client, path: &str) -> Result<serde_json::Value> {
        let answer = client.ask("GET", path, &self.headers, b"").await?;
        if answer.status != 200 {
            bail!(
                "GET {path}: {} {}",
                answer.status,
                String::from_utf8_lossy(&answer.body)
            );
        }
        answer.json()
    }
}

async fn sign_in(client: &mut Client, password: &str) -> Result<String> {
    let body = serde_json::json!({ "account": ACCOUNT, "password": password }).to_string();
    secret(
        &client
            .ask(
                "POST",
                "/api/v1/session",
                "Content-Type: application/json\r\n",
                body.as_bytes(),
            )
            .await?,
    )
}

fn secret(answer: &Answer) -> Result<String> {
    if answer.status != 200 {
        bail!(
            "signing in: {} {}",
            answer.status,
            String::from_utf8_lossy(&answer.body)
        );
    }
    let cookie = answer.header("set-cookie").context("no cookie")?;
    let secret = cookie.split(';').next().and_then(|pair| pair.split_once('='));
    Ok(secret.context("no secret in the cookie")?.1.to_owned())
}
