//! Objects keep the promises of their port, and survive power cuts, full disks and abandoned writes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use bytes::Bytes;
use embedded::disk::{Disk, Faults, RealDisk, SimDisk};
use embedded::objects::EmbeddedObjects;
use ports::conformance::objects as conformance;
use ports::error::PortError;
use ports::objects::Objects;
use rand::Rng;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use testkit::seed;

#[tokio::test(flavor = "multi_thread")]
async fn they_keep_the_promises_of_their_port() {
    let dir = tempfile::tempdir().unwrap();
    let open = |name: &str| EmbeddedObjects::open(Arc::new(RealDisk), &dir.path().join(name)).unwrap();
    conformance::all(async |name: &str| Arc::new(open(name)) as Arc<dyn Objects>).await;
    let disk = Arc::new(SimDisk::new(1));
    let open = |name: &str| EmbeddedObjects::open(disk.clone(), &Path::new("/").join(name)).unwrap();
    conformance::all(async |name: &str| Arc::new(open(name)) as Arc<dyn Objects>).await;
}

#[tokio::test]
async fn a_power_cut_leaves_whole_objects_or_none() {
    for seed in seed::seeds(100) {
        let mut random = seed::rng_of(seed);
        let disk = SimDisk::new(seed);
        let mut answered = BTreeMap::new();
        for round in 0..3 {
            disk.switch_off_after(random.random_range(1..60));
            if let Ok(objects) = EmbeddedObjects::open(Arc::new(disk.clone()), Path::new("/objects")) {
                for number in 0..20 {
                    let name = format!("part={}/{round}-{number}", number % 3);
                    let content = Bytes::from(vec![number as u8 + 1; random.random_range(0..20_000)]);
                    match objects.put_if_absent(&name, content.clone()).await {
                        Ok(true) => drop(answered.insert(name, content)),
                        Ok(false) => panic!("seed {seed}: {name} was taken"),
                        Err(_) => break,
                    }
                }
            }
            disk.power_cut(random.random());
            let objects = EmbeddedObjects::open(Arc::new(disk.clone()), Path::new("/objects")).unwrap();
            for (name, content) in &answered {
                assert_eq!(
                    objects.get(name).await.unwrap().as_ref(),
                    Some(content),
                    "seed {seed}: {name}"
                );
            }
            for name in objects.list("").await.unwrap() {
                let content = objects.get(&name).await.unwrap().unwrap();
                let number: u8 = name.rsplit_once('-').unwrap().1.parse().unwrap();
                assert!(
                    content.iter().all(|byte| *byte == number + 1),
                    "seed {seed}: {name} is whole"
                );
            }
        }
    }
}

#[tokio::test]
async fn a_full_disk_is_told_and_leaves_nothing_behind() {
    let disk = SimDisk::new(1);
    let objects = EmbeddedObjects::open(Arc::new(disk.clone()), Path::new("/objects")).unwrap();
    disk.set_capacity(Some(1_000));
    let error = objects
        .put_if_absent("large", Bytes::from(vec![1; 2_000]))
        .await
        .unwrap_err();
    assert!(matches!(error, PortError::Full(_)), "{error}");
    assert_eq!((disk.used(), objects.list("").await.unwrap().len()), (0, 0));
    assert!(objects.put_if_absent("large", Bytes::from(vec![1; 900])).await.unwrap());
    disk.set_faults(Faults {
        sync_error: 1.0,
        ..Faults::default()
    });
    let error = objects.put_if_absent("other", Bytes::new()).await.unwrap_err();
    assert!(matches!(error, PortError::Unavailable(_)), "{error}");
}

#[tokio::test]
async fn unfinished_writes_are_removed_and_crossed_names_refused() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(dir.path().join(".new")).unwrap();
    std::fs::write(dir.path().join(".new/0"), b"half").unwrap();
    let objects = EmbeddedObjects::open(Arc::new(RealDisk), dir.path()).unwrap();
    assert_eq!(RealDisk.list(&dir.path().join(".new")).unwrap(), []);
    assert!(objects.put_if_absent("a/b", Bytes::new()).await.unwrap());
    for crossed in ["a", "a/b/c"] {
        let error = objects.put_if_absent(crossed, Bytes::new()).await.unwrap_err();
        assert!(matches!(error, PortError::Misuse(_)), "{crossed}: {error}");
    }
    assert_eq!(objects.list("").await.unwrap(), ["a/b"]);
}
