//! The list of areas.

use crate::ground::{ACCOUNT, Ground, area, json, request, send};
use access::area::Areas;
use kernel::area::AreaCode;

#[test]
fn codes_are_checked_and_stand_once() {
    let areas = Areas::new([area("01"), area("00070")]).unwrap();
    assert_eq!((areas.len(), areas.is_empty()), (2, false));
    assert!(areas.get(&AreaCode::new("00070").unwrap()).is_some());
    let twice = Areas::new([area("00070"), area("01"), area("00070")]).unwrap_err();
    assert!(twice.to_string().contains("00070 stands twice"), "{twice}");
    assert!(Areas::new([area("7")]).is_err());
}

#[tokio::test]
async fn only_the_signed_in_see_them() {
    let ground = Ground::new().await;
    let api = ground.api();
    assert_eq!(
        send(&api, request("GET", "/api/v1/areas", &[], None)).await.status(),
        401
    );
    let (secret, _) = ground.accounts.sign_in(ACCOUNT, ground.password.clone()).await.unwrap();
    let bearer = format!("Bearer {secret}");
    let response = send(
        &api,
        request("GET", "/api/v1/areas", &[("authorization", &bearer)], None),
    )
    .await;
    let body = json(response).await;
    assert_eq!(body["items"][0]["kind"], "Phường");
}
