//! Texts that are too much for whoever reads them: JSON and CBOR without bottom, YAML that multiplies, statements, expressions.

use super::bodies::{PLACES, headers};
use super::shot::{Body, raw, send};
use super::stage::{DEVICE, Stage};
use super::tally::Tally;
use crate::mqtt::{Publish, Version, publish};
use anyhow::Result;
use std::sync::Arc;

/// How deep.
const DEEP: usize = 100_000;

/// Nested bodies to all places, and as a publish.
pub(super) async fn nested(stage: &Stage) -> Result<Tally> {
    stage
        .crowd(|stage, turn| async move {
            if turn % 7 == 6 {
                return over_mqtt(&stage, turn).await;
            }
            let (method, path, media, device) = PLACES[turn % 7];
            let body = match (media, turn / 7 % 3) {
                ("application/senml+cbor", _) => vec![0x81; DEEP],
                (_, 0) => vec![b'['; DEEP],
                (_, 1) => "{\"a\":".repeat(DEEP).into_bytes(),
                _ => whole(),
            };
            let answer = send(
                stage.http,
                method,
                path,
                &headers(&stage, media, device),
                &Body::whole(body),
            )
            .await;
            Tally::from(format!("{path} {answer}"))
        })
        .await
}

/// Nested and closed again, where each place has its values.
fn whole() -> Vec<u8> {
    let (open, close) = ("[".repeat(DEEP), "]".repeat(DEEP));
    let deep = format!("{open}{close}");
    format!("{{\"sql\":{deep},\"title\":{deep},\"params\":{deep}}}").into_bytes()
}

async fn over_mqtt(stage: &Stage, turn: usize) -> Tally {
    let told = async {
        let mut client = stage.connect(Version::V5, &format!("deep-{turn}"), 0).await?;
        let (mut out, mut acks) = (Vec::new(), Vec::new());
        let (topic, payload) = (format!("devices/{DEVICE}/up"), vec![b'['; DEEP]);
        let message = Publish {
            packet: 1,
            again: false,
            topic: &topic,
            payload: &payload,
        };
        publish(&mut out, Version::V5, &message);
        client.write(&out).await?;
        client.acks(&mut acks).await?;
        anyhow::Ok(format!("PUBACK {:#x}", acks.first().map_or(0, |ack| ack.reason)))
    };
    Tally::from(format!("MQTT {}", told.await.unwrap_or_else(|error| error.to_string())))
}

/// One text, and where it goes.
#[derive(Clone)]
enum Text {
    Rule(Arc<[u8]>),
    Statement(Arc<[u8]>),
    Filter(Arc<str>),
}

/// Each text in turn.
pub(super) async fn run(stage: &Stage) -> Result<Tally> {
    let rules = rules()
        .into_iter()
        .map(|(name, text)| (name, Text::Rule(text.into_bytes().into())));
    let statements = statements().into_iter().map(|(name, text)| {
        let body = serde_json::json!({ "sql": text }).to_string();
        (name, Text::Statement(body.into_bytes().into()))
    });
    let filters = filters()
        .into_iter()
        .map(|(name, path)| (name, Text::Filter(path.into())));
    let all: Arc<[(&str, Text)]> = rules.chain(statements).chain(filters).collect();
    stage
        .crowd(move |stage, turn| {
            let (name, text) = all[turn % all.len()].clone();
            async move {
                let person = stage.person.headers();
                let answer = match text {
                    Text::Rule(text) => {
                        let headers = format!("{person}Content-Type: text/plain\r\n");
                        let path = "/api/v1/pack/rule/flood-depth";
                        send(stage.http, "PUT", path, &headers, &Body::whole(text)).await
                    }
                    Text::Statement(text) => {
                        let headers = format!("{person}Content-Type: application/json\r\n");
                        send(stage.http, "POST", "/api/v1/sql", &headers, &Body::whole(text)).await
                    }
                    Text::Filter(path) => {
                        let head = format!("GET {path} HTTP/1.1\r\nHost: x\r\n{person}\r\n");
                        raw(stage.http, head.as_bytes(), None).await
                    }
                };
                Tally::from(format!("{name} {answer}"))
            }
        })
        .await
}

/// Texts of a rule, below the 1 MiB that the route takes.
fn rules() -> Vec<(&'static str, String)> {
    let head = "rule: flood-depth\nversion: 3\ntitle: {vi: \"a\", en: \"a\"}\ncode: flood_depth\nselect: {attribute: waterDepth}\nunit: m\n";
    let mut laughs = String::from("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for level in 1..12 {
        let below = format!("*a{},", level - 1).repeat(10);
        laughs.push_str(&format!("a{level}: &a{level} [{below}]\n"));
    }
    vec![
        ("YAML that multiplies", format!("{laughs}{head}when: *a11\n")),
        ("a YAML of 100,000 levels", "[".repeat(DEEP)),
        (
            "a rule of 30,000 steps",
            format!("{head}when:\n{}", "  - {severity: 4, above: 0.5}\n".repeat(30_000)),
        ),
        (
            "a rule with a name of 900 KiB",
            head.replace("flood-depth", &"a".repeat(900 << 10)),
        ),
        ("a rule of 14,000 tests", {
            let test = "  - name: a\n    steps:\n      - {at: PT0S, value: 0.05}\n";
            format!(
                "{head}when:\n  - {{severity: 4, above: 0.5}}\ntests:\n{}",
                test.repeat(14_000)
            )
        }),
    ]
}

/// Statements, below the 1 MiB that the route takes.
fn statements() -> Vec<(&'static str, String)> {
    let from = "from observation_values limit 1";
    let regexp = |text: &str, pattern: &str| format!("select regexp_like('{text}', '{pattern}') {from}");
    vec![
        (
            "brackets",
            format!("select {}1{} {from}", "(".repeat(DEEP), ")".repeat(DEEP)),
        ),
        (
            "100,000 ORs",
            format!(
                "select 1 from observation_values where value = 1{}",
                " or value = 1".repeat(50_000)
            ),
        ),
        (
            "100,000 in a list",
            format!(
                "select 1 from observation_values where value in (1{})",
                ",1".repeat(DEEP)
            ),
        ),
        (
            "an expression that multiplies",
            regexp("a", "((((x{50}){50}){50}){50}){50}"),
        ),
        ("an expression of 500 KiB", regexp("a", &"(a|b)*".repeat(80_000))),
        (
            "an expression that goes back",
            regexp(&"a".repeat(100_000), "(a*)*(a*)*(a*)*b"),
        ),
        (
            "a pattern of 200,000 signs",
            format!("select '{}' like '{}b' {from}", "a".repeat(100_000), "%a".repeat(DEEP)),
        ),
        ("50,000 columns", format!("select 1{} {from}", ",1".repeat(50_000))),
        (
            "10,000 unions",
            format!("select 1 {}", "union all select 1 ".repeat(10_000)),
        ),
    ]
}

/// Filters in addresses, as long as heads may be.
fn filters() -> Vec<(&'static str, String)> {
    vec![
        (
            "a search of 300 KiB",
            format!("/api/v1/alerts?q={}", "a%20".repeat(75_000)),
        ),
        (
            "a search of 60 KiB",
            format!("/api/v1/incidents?q={}", "a%20".repeat(15_000)),
        ),
        (
            "30,000 types of facts",
            format!("/api/v1/events?types={}", "a,".repeat(30_000)),
        ),
        (
            "a box of 60 KiB",
            format!("/api/v1/alerts?bbox={}", "1,".repeat(30_000)),
        ),
        ("20,000 parameters", format!("/api/v1/alerts?{}", "q=a&".repeat(15_000))),
        (
            "a cursor of 60 KiB",
            format!("/api/v1/alerts?cursor={}", "A".repeat(60 << 10)),
        ),
    ]
}
