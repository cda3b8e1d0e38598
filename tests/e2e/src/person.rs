//! A person at the console, by the API that the console uses.

use crate::answer::{self, Answer};
use crate::events::Events;
use crate::server::Server;
use anyhow::{Context, Result};
use reqwest::Method;
use serde_json::{Value, json};

/// Name of the first account.
pub const ACCOUNT: &str = "truc-ban";
/// Its password after the first change.
pub const PASSWORD: &str = "mat khau chi de kiem thu";

/// Somebody with a session.
#[derive(Clone, Debug)]
pub struct Person {
    client: reqwest::Client,
    base: String,
    secret: String,
    /// Identifier of the person.
    pub id: String,
}

impl Person {
    /// Signs in with the first account.
    pub async fn sign_in(server: &Server, password: &str) -> Result<Self> {
        Self::sign_in_as(server, ACCOUNT, password).await
    }

    /// Makes an account with one role, by this administrator, and signs in with it after its first password is changed.
    pub async fn another(&self, server: &Server, account: &str, role: &str) -> Result<Self> {
        let body = json!({ "account": account, "rights": [{ "role": role }] });
        let made = self.ask(Method::POST, "/api/v1/people", Some(body)).await?.json(201)?;
        let first = made["password"].as_str().context("no first password")?;
        let mut person = Self::sign_in_as(server, account, first).await?;
        person.change_password(first, PASSWORD).await?;
        Ok(person)
    }

    async fn sign_in_as(server: &Server, account: &str, password: &str) -> Result<Self> {
        let client = answer::client()?;
        let body = json!({ "account": account, "password": password });
        let answer = Answer::of(client.post(server.url("/api/v1/session")).json(&body)).await?;
        let session = answer.json(200)?;
        Ok(Self {
            client,
            base: server.url(""),
            secret: secret(&answer)?,
            id: session["person"]
                .as_str()
                .context("no person in the session")?
                .to_owned(),
        })
    }

    /// Changes the password; goes on with the new session.
    pub async fn change_password(&mut self, old: &str, new: &str) -> Result<Value> {
        let body = json!({ "old": old, "new": new });
        let answer = self.ask(Method::PUT, "/api/v1/session/password", Some(body)).await?;
        let session = answer.json(200)?;
        self.secret = secret(&answer)?;
        Ok(session)
    }

    /// A request with this session.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let url = format!("{}{path}", self.base);
        self.client.request(method, url).bearer_auth(&self.secret)
    }

    /// Asks, with a JSON body if there is one.
    pub async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Result<Answer> {
        let request = self.request(method, path);
        Answer::of(match body {
            Some(body) => request.json(&body),
            None => request,
        })
        .await
    }

    /// Reads a route that answers 200 with JSON.
    pub async fn get(&self, path: &str) -> Result<Value> {
        let answer = self.ask(Method::GET, path, None).await?;
        answer.json(200).with_context(|| format!("GET {path}"))
    }

    /// Does something that answers 200 with JSON.
    pub async fn post(&self, path: &str, body: Value) -> Result<Value> {
        let answer = self.ask(Method::POST, path, Some(body)).await?;
        answer.json(200).with_context(|| format!("POST {path}"))
    }

    /// The `items` of a list.
    pub async fn list(&self, path: &str) -> Result<Vec<Value>> {
        let body = self.get(path).await?;
        Ok(body["items"].as_array().context("a list has items")?.clone())
    }

    /// The newest value of one name of a device, as the API shows it; `None` while there is none.
    pub async fn latest(&self, device: &str, name: &str) -> Result<Option<Value>> {
        let items = self
            .list(&format!("/api/v1/observations/latest?device={device}"))
            .await?;
        Ok(items.into_iter().find(|item| item["name"] == name))
    }

    /// Opens a stream of events; what happens from the `open` event on is on it.
    pub async fn follow(&self, path: &str, last_event_id: Option<&str>) -> Result<Events> {
        let mut request = self.request(Method::GET, path);
        if let Some(id) = last_event_id {
            request = request.header("Last-Event-ID", id);
        }
        Events::open(request).await
    }
}

fn secret(answer: &Answer) -> Result<String> {
    let cookie = answer.headers.get("set-cookie").context("no cookie")?.to_str()?;
    let pair = cookie.split(';').next().and_then(|pair| pair.split_once('='));
    Ok(pair.context("no secret in the cookie")?.1.to_owned())
}
