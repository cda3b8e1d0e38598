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
        Self::take_over(&mut Client::connect(http).await?, ACCOUNT, password).await
    }

    /// Changes the first password of an account.
    async fn take_over(client: &mut Client, account: &str, password: &str) -> Result<Self> {
        let secret = sign_in(client, account, password).await?;
        let body = serde_json::json!({ "old": password, "new": PASSWORD }).to_string();
        let headers = format!("Authorization: Bearer {secret}\r\nContent-Type: application/json\r\n");
        let answer = client
            .ask("PUT", "/api/v1/session/password", &headers, body.as_bytes())
            .await?;
        Self::with(&answer)
    }

    /// Signs in with the password that [`Person::first`] gave the account.
    pub(crate) async fn again(http: SocketAddr) -> Result<Self> {
        let secret = sign_in(&mut Client::connect(http).await?, ACCOUNT, PASSWORD).await?;
        Ok(Self {
            headers: format!("Authorization: Bearer {secret}\r\n"),
        })
    }

    /// Makes an account with one role and signs in with it.
    pub(crate) async fn another(&self, http: SocketAddr, account: &str, role: &str) -> Result<Self> {
        let mut client = Client::connect(http).await?;
        let body = serde_json::json!({ "account": account, "rights": [{ "role": role }] }).to_string();
        let headers = format!("{}Content-Type: application/json\r\n", self.headers);
        let made = client.ask("POST", "/api/v1/people", &headers, body.as_bytes()).await?;
        let first = made.json()?["password"].as_str().map(str::to_owned);
        let first = first.with_context(|| format!("no account: {}", String::from_utf8_lossy(&made.body)))?;
        Self::take_over(&mut client, account, &first).await
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

async fn sign_in(client: &mut Client, account: &str, password: &str) -> Result<String> {
    let body = serde_json::json!({ "account": account, "password": password }).to_string();
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
