//! Clearances: how far a person may see at all.

use crate::ground::Ground;
use crate::people::Desk;
use serde_json::json as object;

#[tokio::test]
async fn a_clearance_above_what_the_instance_keeps_is_refused_and_not_lowered() {
    let ground = Ground::new().await;
    let boss = Desk::first(&ground).await;
    let above = object!({"account": "nina", "clearance": "secret", "rights": []});
    let (status, told) = boss.ask("POST", "/api/v1/people", Some(above)).await;
    assert_eq!(status, 422, "{told}");
    let detail = told["detail"].as_str().unwrap();
    assert!(detail.contains("secret") && detail.contains("restricted"), "{detail}");
    boss.hires(&ground, "nina", "internal", object!([])).await;
    for (clearance, expected, kept) in [("top_secret", 422, "internal"), ("restricted", 200, "restricted")] {
        let body = object!({"clearance": clearance});
        let (status, _) = boss.ask("PUT", "/api/v1/people/nina/clearance", Some(body)).await;
        let (_, person) = boss.ask("GET", "/api/v1/people/nina", None).await;
        assert_eq!(
            (status, &person["clearance"]),
            (expected, &object!(kept)),
            "{clearance}"
        );
    }
}
