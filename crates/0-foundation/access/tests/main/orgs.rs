//! The list of organisations.

use crate::ground::{ACCOUNT, Ground, json, request, send};
use access::http::{identify, mount_orgs};
use access::org::Orgs;
use axum::middleware::from_fn_with_state;
use std::sync::Arc;

const FILE: &str = "orgs:
  - {id: ubnd, name: {vi: Ủy ban, en: Committee}, area: \"01\", source: \"002\"}
  - {id: so-xay-dung, name: {vi: Sở Xây dựng}, parent: ubnd}
";

#[test]
fn mistakes_are_said_with_their_place() {
    assert_eq!(Orgs::read("orgs.yaml", FILE).unwrap().all().count(), 2);
    for (text, says) in [
        (
            "orgs:\n  - {id: a, name: {vi: A}}\n  - {id: a, name: {vi: B}}\n",
            "orgs.yaml:3:10: organisation 'a' stands twice",
        ),
        (
            "orgs:\n  - {id: a, name: {vi: A}, parent: b}\n",
            "orgs.yaml:2:36: parent 'b' does not stand before",
        ),
        ("orgs:\n  - {id: a, name: {vi: A}, area: x}\n", "orgs.yaml:2:34: "),
        ("orgs:\n  - {id: \"a b\", name: {vi: A}}\n", "orgs.yaml:2:10: "),
        ("orgs:\n  - {id: a, title: {vi: A}}\n", "orgs.yaml:2:"),
    ] {
        let mistake = Orgs::read("orgs.yaml", text).unwrap_err().to_string();
        assert!(mistake.starts_with(says), "{mistake}");
    }
}

#[test]
fn the_file_of_the_city_can_be_read() {
    let text = include_str!("../../../../../city/hanoi/orgs.yaml");
    let orgs = Orgs::read("orgs.yaml", text).unwrap();
    assert!(
        orgs.all()
            .all(|org| !org.title.vi.is_empty() && !org.title.en.is_empty())
    );
}

#[tokio::test]
async fn only_the_signed_in_see_them() {
    let ground = Ground::new().await;
    let orgs = Arc::new(Orgs::read("orgs.yaml", FILE).unwrap());
    let routes = mount_orgs(orgs).split_for_parts().0;
    let api = routes.layer(from_fn_with_state(ground.accounts.clone(), identify));
    assert_eq!(
        send(&api, request("GET", "/api/v1/orgs", &[], None)).await.status(),
        401
    );
    let (secret, _) = ground.accounts.sign_in(ACCOUNT, ground.password.clone()).await.unwrap();
    let bearer = format!("Bearer {secret}");
    let signed = request("GET", "/api/v1/orgs", &[("authorization", &bearer)], None);
    let expected = serde_json::json!({"items": [
        {"code": "so-xay-dung", "title": {"vi": "Sở Xây dựng", "en": ""}, "parent": "ubnd"},
        {"code": "ubnd", "title": {"vi": "Ủy ban", "en": "Committee"}, "area": "01"},
    ]});
    assert_eq!(json(send(&api, signed).await).await, expected);
}
