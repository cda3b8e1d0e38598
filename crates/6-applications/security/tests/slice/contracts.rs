//! The contracts of the facts: `contracts/facts/security.*.v1.json`. `UPDATE_CONTRACTS=1 cargo test -p security contracts`
//! rewrites them; a published version is never changed except by adding.

use crate::measures::quarantine;
use crate::stage::Stage;
use security::fact::Kind;
use security::wire::flaw::Flaw;
use security::wire::measure::Measure;
use security::wire::object::InventoryObject;
use security::wire::report::Report;
use serde_json::{Value, json};
use testkit::contract::{self, same_members};

fn schema(kind: Kind) -> Value {
    let of = |subject: Value| match kind {
        Kind::IncidentReported => contract::schema::<Report>(kind.fact_type(), kind.meaning(), "/security", subject),
        _ => contract::schema::<Measure>(kind.fact_type(), kind.meaning(), "/security", subject),
    };
    match kind {
        Kind::FlawChanged => contract::schema::<Flaw>(
            kind.fact_type(),
            kind.meaning(),
            "/security",
            json!({ "type": "string", "format": "uuid", "description": "Id of the vulnerability." }),
        ),
        Kind::ObjectReviewed => contract::schema::<InventoryObject>(
            kind.fact_type(),
            kind.meaning(),
            "/security",
            json!({ "type": "string", "description": "Kind and id of the object, such as `link/siem`." }),
        ),
        Kind::IncidentReported => of(json!({ "type": "string", "description": "The SOC's own id of the incident." })),
        _ => of(json!({ "type": "string", "format": "uuid", "description": "Id of the action." })),
    }
}

#[test]
fn facts_are_as_their_contracts_say() {
    for kind in Kind::ALL {
        contract::compare(&format!("facts/{}.json", kind.fact_type()), &schema(kind));
    }
}

#[tokio::test]
async fn a_real_fact_has_exactly_the_members_of_its_contract() {
    let stage = Stage::new();
    let officer = stage.somebody("an-ninh", "security_officer", None).await;
    let officer = stage.live(&officer).await.unwrap();
    stage.device("g-1");
    let (stored, _) = stage.measures.take(&officer, quarantine("g-1")).await.unwrap();
    stage.measures.undo(&officer, stored.thing.id).await.unwrap();
    let facts = stage.facts(&["security."]).await;
    assert_eq!(facts.len(), 2);
    for fact in facts {
        let kind = Kind::ALL
            .into_iter()
            .find(|kind| kind.fact_type() == fact.kind)
            .unwrap();
        let contract = schema(kind);
        let value = serde_json::to_value(&fact).unwrap();
        same_members(&value, &contract, &[]);
        same_members(&value["data"], &contract["properties"]["data"], &[]);
        assert_eq!(value["data"]["id"], value["subject"]);
    }
}
