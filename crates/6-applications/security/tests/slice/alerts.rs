//! Which alert the signals of an incident became is said as soon as it is there, and not before.

use crate::reports::{soc, told};
use crate::stage::{Stage, tenant};
use chassis::consumer::React;
use kernel::actor::Actor;
use kernel::fact::Fact;
use kernel::id::{AlertId, FactId, derived};
use kernel::time::Timestamp;
use ports::journal::{Entry, Journal};
use security::decide::report::group;
use security::model::report::Standing;
use security::react::Hearing;
use security::store::Store;
use security::store::report::Filter;
use serde_json::{Value, json};
use std::sync::Arc;

const ID: &str = "SOC-2026-0007";

/// The fact of an alert of this group, as the journal gives it.
fn raised(number: u64, group: &str) -> (AlertId, Entry) {
    let id = derived(&[&number.to_be_bytes()]);
    let fact = told_by_alert(id, json!({ "id": id, "group": group, "severity": 3 }));
    (AlertId(id), Entry { number, fact })
}

fn told_by_alert(id: uuid::Uuid, data: Value) -> Fact {
    Fact {
        specversion: "1.0".to_owned(),
        id: FactId(id),
        kind: "alert.raised.v1".to_owned(),
        source: "/alert".to_owned(),
        subject: id.to_string(),
        time: Timestamp::EPOCH,
        tenant: tenant(),
        actor: Actor::service("alert", &tenant()).id,
        classification: security::record::CLASSIFICATION,
        areas: Vec::new(),
        data,
    }
}

async fn known(stage: &Stage) -> Option<AlertId> {
    let one = stage.reports.one(&soc(), ID).await.unwrap();
    let (all, _) = stage.reports.list(&soc(), &Filter::default(), None, 10).await.unwrap();
    assert_eq!(all[0].thing.alert, one.thing.alert);
    one.thing.alert
}

#[tokio::test]
async fn the_newest_alert_of_an_incident_is_named_when_it_is_there() {
    let stage = Stage::new();
    stage.reports.take(&soc(), told(0, 3, Standing::Open)).await.unwrap();
    assert_eq!(known(&stage).await, None);
    let hearing = Hearing::new(Store::new(Arc::clone(&stage.engine.records), tenant()));
    let ((first, a), (_, b)) = (raised(1, &group(ID)), raised(2, "flood_depth/x"));
    hearing.react(vec![a, b]).await.unwrap();
    assert_eq!(known(&stage).await, Some(first));
    let (newer, entry) = raised(3, &group(ID));
    hearing.react(vec![entry]).await.unwrap();
    assert_eq!(known(&stage).await, Some(newer));

    let stage = stage.restarted();
    assert_eq!(known(&stage).await, Some(newer), "it is kept");
    let (again, _) = stage.reports.take(&soc(), told(1, 4, Standing::Open)).await.unwrap();
    assert_eq!(again.thing.alert, Some(newer), "a newer word goes to the same alert");
    assert_eq!(Journal::cursor(&*stage.engine.journal, "security").await.unwrap(), 3);
}

/// What cannot be read is passed over, so that it does not hold up what comes after.
#[tokio::test]
async fn a_fact_that_cannot_be_read_holds_up_nothing() {
    let stage = Stage::new();
    stage.reports.take(&soc(), told(0, 3, Standing::Open)).await.unwrap();
    let hearing = Hearing::new(Store::new(Arc::clone(&stage.engine.records), tenant()));
    let fact = told_by_alert(derived(&[b"x"]), json!({ "id": 7 }));
    let (alert, good) = raised(2, &group(ID));
    hearing.react(vec![Entry { number: 1, fact }, good]).await.unwrap();
    assert_eq!(known(&stage).await, Some(alert));
}
