//! The contracts of the facts: `contracts/facts/incident.*.v1.json`. `UPDATE_CONTRACTS=1 cargo test -p incident contracts` rewrites
//! them; a published version is never changed except by adding.

use crate::script::play;
use incident::fact::Kind;
use incident::wire::Incident;
use serde_json::{Value, json};
use testkit::contract::{self, same_members};

fn schema(kind: Kind) -> Value {
    let subject = json!({ "type": "string", "format": "uuid", "description": "Id of the incident." });
    contract::schema::<Incident>(kind.fact_type(), kind.meaning(), "/incident", subject)
}

#[test]
fn facts_are_as_their_contracts_say() {
    for kind in Kind::ALL {
        contract::compare(&format!("facts/{}.json", kind.fact_type()), &schema(kind));
    }
}

#[test]
fn a_real_fact_has_exactly_the_members_of_its_contract() {
    let (world, ..) = play("0 a+4; 10 b+5; 20 assign; 30 start; 40 lower; 50 a-; 60 b-; 65 note; 70 close; 80 reopen");
    let mut kinds: Vec<&str> = world.told.iter().map(|fact| fact.kind.as_str()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    assert_eq!(kinds.len(), Kind::ALL.len(), "{kinds:?}");
    for fact in &world.told {
        let kind = Kind::ALL
            .into_iter()
            .find(|kind| kind.fact_type() == fact.kind)
            .unwrap();
        let contract = schema(kind);
        let value = serde_json::to_value(fact).unwrap();
        same_members(&value, &contract, &[]);
        same_members(&value["data"], &contract["properties"]["data"], &["timeline"]);
        assert_eq!(value["data"]["id"], value["subject"]);
    }
}
