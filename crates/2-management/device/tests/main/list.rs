//! Lists: filters, pages, and that nobody learns of what it may not see.

use crate::ground::{Ground, administrator, gauge, of_areas};
use device::model::Device;
use device::service::Filter;
use kernel::actor::{Actor, Grant};
use kernel::classification::Classification;
use kernel::id::ProfileId;

/// Every third gauge in 00070, every third in 00100, every third in both; `secret-*` above everybody's classification.
fn city() -> Vec<Device> {
    let areas: [&[&str]; 3] = [&["00070"], &["00100"], &["00070", "00100"]];
    let mut devices: Vec<_> = (0..30).map(|n| gauge(&format!("gauge-{n:02}"), areas[n % 3])).collect();
    devices[4].profile = ProfileId::new("rain-gauge").unwrap();
    devices[5].title.vi = "Cầu Giấy".into();
    devices
}

async fn ground() -> Ground {
    let ground = Ground::with(city()).await;
    let mut boss = administrator();
    boss.scope.max_classification = Classification::TopSecret;
    for number in 0..30 {
        let mut device = gauge(&format!("gauge-{number:02}-secret"), &["00070"]);
        device.classification = Classification::Secret;
        ground.devices.register(&boss, device).await.unwrap();
    }
    ground
}

/// The ids of all pages; every page but the last must be full.
async fn all(ground: &Ground, actor: &Actor, filter: &Filter, limit: usize) -> Vec<String> {
    let (mut ids, mut after) = (Vec::new(), None);
    loop {
        let (page, next) = ground.devices.list(actor, filter, after, limit).await.unwrap();
        ids.extend(page.iter().map(|device| device.id.to_string()));
        match next {
            Some(next) => {
                assert_eq!(page.len(), limit, "a page that is not the last is full");
                assert_eq!(Some(&next.key), ids.last(), "a cursor names only what was shown");
                after = Some(next);
            }
            None => return ids,
        }
    }
}

fn filter(area: Option<&str>, profile: Option<&str>, words: Option<&str>) -> Filter {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    Filter {
        area: owned(area),
        profile: owned(profile),
        words: owned(words),
    }
}

#[tokio::test]
async fn pages_of_any_size_show_the_same() {
    let ground = ground().await;
    let expected: Vec<String> = (0..30).map(|number| format!("gauge-{number:02}")).collect();
    for limit in [1, 7, 15, 30, 1_000] {
        assert_eq!(
            all(&ground, &administrator(), &Filter::default(), limit).await,
            expected,
            "{limit}"
        );
    }
}

#[tokio::test]
async fn filters_narrow_together() {
    let ground = ground().await;
    let boss = administrator();
    for (asked, count) in [
        (filter(Some("00070"), None, None), 20),
        (filter(None, Some("rain-gauge"), None), 1),
        (filter(Some("00070"), Some("rain-gauge"), None), 0),
        (filter(None, None, Some("cau giay")), 1),
        (filter(None, None, Some("Cầu")), 1),
        (filter(None, None, Some("  ")), 30),
        (filter(None, None, Some("gauge 07")), 1),
        (filter(Some("00999"), None, None), 0),
    ] {
        assert_eq!(all(&ground, &boss, &asked, 7).await.len(), count, "{asked:?}");
    }
}

#[tokio::test]
async fn an_actor_sees_its_areas_and_no_sign_of_others() {
    let ground = ground().await;
    let of_one = of_areas(&["00100"]);
    for limit in [1, 4, 1_000] {
        let seen = all(&ground, &of_one, &Filter::default(), limit).await;
        assert_eq!(seen.len(), 20);
        let shared = all(&ground, &of_one, &filter(Some("00070"), None, None), limit).await;
        assert_eq!(shared.len(), 10, "of a foreign area only what is also in its own");
    }
    let mut of_none = of_areas(&[]);
    assert!(all(&ground, &of_none, &Filter::default(), 10).await.is_empty());
    of_none.scope.areas = Grant::All;
    of_none.scope.max_classification = Classification::Public;
    assert!(all(&ground, &of_none, &Filter::default(), 10).await.is_empty());
    assert!(ground.devices.get(&of_one, "gauge-00").await.is_err());
    assert!(ground.devices.get(&of_one, "gauge-01").await.is_ok());
    let unknown = ground.devices.get(&of_one, "nobody").await.unwrap_err().to_string();
    let hidden = ground.devices.get(&of_one, "gauge-00").await.unwrap_err().to_string();
    assert_eq!(
        unknown.replace("nobody", "gauge-00"),
        hidden,
        "hidden and unknown read alike"
    );
}

#[tokio::test]
async fn questions_that_make_no_sense_are_refused() {
    let ground = Ground::new();
    for asked in [
        filter(Some("hoan-kiem"), None, None),
        filter(None, Some("a b"), None),
        filter(None, None, Some(&"x ".repeat(300))),
    ] {
        let error = ground
            .devices
            .list(&administrator(), &asked, None, 10)
            .await
            .unwrap_err();
        assert!(matches!(error, device::error::DeviceError::Invalid { .. }), "{error}");
    }
}
