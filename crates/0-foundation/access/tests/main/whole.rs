//! What opens or closes an account as a whole takes reach over all of it.

use crate::ground::Ground;
use crate::people::Desk;
use kernel::clock::Clock;
use serde_json::{Value, json as object};

#[tokio::test]
async fn who_keeps_one_ward_does_not_take_over_what_a_person_may_do_elsewhere() {
    let ground = Ground::new().await;
    let boss = Desk::first(&ground).await;
    let local = object!([{"role": "administrator", "area": "00070"}]);
    let local = boss.hires(&ground, "local", "internal", local).await;
    let here = object!({"role": "ward_officer", "area": "00070"});
    let there = object!({"role": "duty_officer"});
    let services: [(&str, Value); 2] = [("here-only", object!([here])), ("everywhere", object!([here, there]))];
    for (account, rights) in services {
        boss.hires(&ground, account, "internal", rights.clone()).await;
        let body = object!({"account": format!("svc-{account}"), "kind": "service", "rights": rights});
        assert_eq!(boss.ask("POST", "/api/v1/people", Some(body)).await.0, 201);
    }
    let ended = || Some(object!({"ended": true}));
    let opened = || Some(object!({"ended": false}));
    let clear = || Some(object!({"clearance": "public"}));
    let expires = ground.clock.now().plus(std::time::Duration::from_secs(86_400));
    let token = || Some(object!({"title": "x", "actions": ["alert.read"], "expires": expires}));
    for (account, whole, made) in [("here-only", 200, 201), ("everywhere", 403, 403)] {
        let path = |rest: &str| format!("/api/v1/people/{account}{rest}");
        // both are seen, because both work in the ward
        assert_eq!(local.ask("GET", &path(""), None).await.0, 200);
        for (method, rest, body) in [
            ("PUT", "/clearance", clear()),
            ("PUT", "/state", ended()),
            ("PUT", "/state", opened()),
            ("POST", "/password", None),
        ] {
            let (status, told) = local.ask(method, &path(rest), body).await;
            assert_eq!(status, whole, "{account} {method} {rest}: {told}");
            if status == 403 {
                assert_eq!(told["rules"][0], "area", "{told}");
            }
        }
        let (status, told) = local
            .ask("POST", &format!("/api/v1/people/svc-{account}/tokens"), token())
            .await;
        assert_eq!(status, made, "{account}: {told}");
    }
    // a right in the ward itself is still withdrawn by whoever keeps the ward
    let (_, person) = local.ask("GET", "/api/v1/people/everywhere", None).await;
    let right = person["rights"]
        .as_array()
        .unwrap()
        .iter()
        .find(|right| right["area"] == "00070")
        .unwrap();
    let path = format!("/api/v1/people/everywhere/rights/{}", right["id"].as_str().unwrap());
    assert_eq!(local.ask("DELETE", &path, None).await.0, 200);
}
