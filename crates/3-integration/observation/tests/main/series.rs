//! Series of many devices that speak for the first time.

use crate::ground::gauge;
use device::model::Speaks;
use device::registry::Registry;
use embedded::tenant::{EmbeddedTenant, TenantOptions};
use futures::future::join_all;
use kernel::series::SeriesId;
use observation::series::{SeriesRegistry, Wanted};
use observation::store::Store;
use ports::records::Records;
use std::collections::BTreeSet;
use std::sync::Arc;
use testkit::faulty_records::{FaultyRecords, RecordsFaults};

#[tokio::test]
async fn devices_that_speak_for_the_first_time_share_a_commit() {
    let dir = tempfile::tempdir().unwrap();
    let engine = EmbeddedTenant::open(
        dir.path(),
        TenantOptions {
            reserve_bytes: 4_096,
            ..TenantOptions::default()
        },
    )
    .unwrap();
    let records = Arc::new(FaultyRecords::new(
        Arc::clone(&engine.records),
        1,
        RecordsFaults::default(),
    ));
    let registry = Arc::new(Registry::default());
    registry.set_profiles([device::profile::parse("gauge.yaml", crate::ground::PROFILE).unwrap()]);
    let names: Vec<String> = (0..200).map(|number| format!("new-{number}")).collect();
    registry.put(names.iter().map(|name| gauge(name, Speaks::Itself)));
    let series = SeriesRegistry::new(registry, Store::new(Arc::clone(&records) as Arc<dyn Records>));
    let before = records.commits();
    let wanted: Vec<[Wanted; 1]> = names
        .iter()
        .map(|device| {
            [Wanted {
                device: device.clone(),
                name: "depth".to_owned(),
            }]
        })
        .collect();
    let created = join_all(wanted.iter().map(|wanted| series.create(wanted))).await;
    let numbers: BTreeSet<SeriesId> = created
        .into_iter()
        .map(|created| created.unwrap().remove(0).unwrap().id)
        .collect();
    assert_eq!(numbers, (0..200).map(SeriesId).collect());
    // the first one alone; whoever asks while a commit runs shares the next one
    let commits = records.commits() - before;
    assert!((2..=20).contains(&commits), "{commits} commits for 200 devices");
}
