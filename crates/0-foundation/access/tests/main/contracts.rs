//! The facts of this crate are as `contracts/facts/access.*.json` say, with exactly those members.

use crate::elsewhere::House;
use access::fact::Kind;
use kernel::clock::Clock;
use serde_json::{Value, json as object};
use std::collections::BTreeSet;

fn contract(kind: &str) -> Value {
    let path = format!("{}/../../../contracts/facts/{kind}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))).unwrap()
}

#[tokio::test]
async fn every_fact_is_as_its_contract_says() {
    let house = House::new().await;
    let ground = &house.ground;
    let boss = house.boss().await;
    let nina = boss
        .hires(ground, "nina", "internal", object!([{"role": "security_officer"}]))
        .await;
    let right = object!({"role": "auditor", "area": "00070"});
    let (_, person) = boss.ask("POST", "/api/v1/people/nina/rights", Some(right)).await;
    let id = person["rights"][1]["id"].as_str().unwrap().to_owned();
    boss.ask("DELETE", &format!("/api/v1/people/nina/rights/{id}"), None)
        .await;
    boss.ask(
        "PUT",
        "/api/v1/people/nina/clearance",
        Some(object!({"clearance": "restricted"})),
    )
    .await;
    let expires = ground.clock.now().plus(std::time::Duration::from_secs(86_400));
    let body = object!({"title": "x", "actions": ["area.read"], "expires": expires});
    let (status, made) = nina.ask("POST", "/api/v1/account/tokens", Some(body)).await;
    assert_eq!(status, 201, "{made}");
    let token = made["token"]["id"].as_str().unwrap();
    nina.ask("DELETE", &format!("/api/v1/account/tokens/{token}"), None)
        .await;
    let link = object!({"provider": "city", "subject": "s-1"});
    let (_, person) = boss.ask("POST", "/api/v1/people/nina/links", Some(link)).await;
    let link = person["links"][0]["id"].as_str().unwrap();
    let (status, _) = boss
        .ask("DELETE", &format!("/api/v1/people/nina/links/{link}"), None)
        .await;
    assert_eq!(status, 200);
    let why = || Some(object!({"reason": "một lý do đủ dài"}));
    boss.ask("POST", "/api/v1/emergency/unlock", why()).await;
    nina.ask("POST", "/api/v1/emergency/unlock", why()).await;
    let (_, sessions) = nina.ask("GET", "/api/v1/account/sessions", None).await;
    let session = sessions["items"][0]["id"].as_str().unwrap();
    nina.ask("DELETE", &format!("/api/v1/account/sessions/{session}"), None)
        .await;

    let told = ground.tenant.journal.read(0, &["access."], 100).await.unwrap();
    let mut seen = BTreeSet::new();
    for entry in &told {
        let fact = serde_json::to_value(&entry.fact).unwrap();
        let contract = contract(&entry.fact.kind);
        assert_eq!(contract["properties"]["type"]["const"], fact["type"]);
        assert_eq!(contract["properties"]["source"]["const"], fact["source"]);
        for (there, shape) in [(&fact, &contract), (&fact["data"], &contract["properties"]["data"])] {
            let members: BTreeSet<&String> = there.as_object().unwrap().keys().collect();
            let known: BTreeSet<&String> = shape["properties"].as_object().unwrap().keys().collect();
            assert!(members.is_subset(&known), "{}: {members:?} {known:?}", entry.fact.kind);
            for required in shape["required"].as_array().unwrap() {
                assert!(
                    there.get(required.as_str().unwrap()).is_some(),
                    "{}: {required}",
                    entry.fact.kind
                );
            }
        }
        seen.insert(entry.fact.kind.as_str());
    }
    let all: BTreeSet<&str> = Kind::ALL.iter().map(|kind| kind.fact_type()).collect();
    assert_eq!(seen, all, "the scenario tells every fact");
}
