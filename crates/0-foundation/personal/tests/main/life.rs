//! Who sees and writes personal fields, what lies on the disk, and that an erasure holds.

#![allow(clippy::unwrap_used)]

use crate::ground::{Ground, Memory};
use serde_json::json;
use std::path::Path;
use std::time::Duration;

const NAME: &str = "Nguyễn Thị Hoa Mẫu";
const PHONE: &str = "+84 24 3825 0000";

/// Whether some file of a folder holds this text.
fn holds(dir: &Path, text: &str) -> bool {
    std::fs::read_dir(dir).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return holds(&path, text);
        }
        let bytes = std::fs::read(path).unwrap();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    })
}

#[tokio::test]
async fn oneself_and_administrators_within_reach_and_nobody_else() {
    let dir = tempfile::tempdir().unwrap();
    let ground = Ground::open(dir.path(), &Memory::default());
    let password = ground.accounts.create_first("chief", false).await.unwrap().unwrap();
    let chief = ground.sign_in("chief", &password).await;
    let admin = json!([{ "role": "administrator", "org": "so-xay-dung", "area": "00070" }]);
    let admin = chief.hires(&ground, "admin", admin).await;
    let other = json!([{ "role": "administrator", "org": "so-y-te", "area": "00097" }]);
    let other = chief.hires(&ground, "other", other).await;
    let security = json!([{ "role": "security_officer", "org": "so-xay-dung", "area": "00070" }]);
    let security = chief.hires(&ground, "security", security).await;
    let officer = json!([{ "role": "department_officer", "org": "so-xay-dung", "area": "00070" }]);
    let hoa = chief.hires(&ground, "hoa", officer).await;

    let mut details =
        json!({ "full_name": NAME, "telephone": PHONE, "email": "hoa.mau@example.vn", "unit": "Phòng Hạ tầng" });
    let own = "/api/v1/account/details";
    let hers = "/api/v1/people/hoa/details";
    assert_eq!(
        hoa.ask("GET", own, None).await.1["full_name"],
        "",
        "nothing is stored yet"
    );
    assert_eq!(hoa.ask("PUT", own, Some(details.clone())).await, (200, details.clone()));
    assert_eq!(admin.ask("GET", hers, None).await, (200, details.clone()));
    details["unit"] = json!("Phòng Thoát nước");
    assert_eq!(admin.ask("PUT", hers, Some(details.clone())).await.0, 200);
    assert_eq!(hoa.ask("GET", own, None).await, (200, details.clone()));
    for method in ["GET", "PUT", "DELETE"] {
        let body = (method == "PUT").then(|| details.clone());
        assert_eq!(
            other.ask(method, hers, body.clone()).await.0,
            404,
            "{method} from another place"
        );
        for (who, desk) in [("a colleague", &hoa), ("security", &security)] {
            let (status, answer) = desk.ask(method, "/api/v1/people/admin/details", body.clone()).await;
            assert_eq!(status, 403, "{method} by {who}: {answer}");
        }
    }
    let (status, refused) = hoa
        .ask("PUT", own, Some(json!({ "full_name": NAME, "telephone": "gọi tôi" })))
        .await;
    assert_eq!((status, &refused["code"]), (422, &json!("invalid_value")));
    let (status, inventory) = hoa.ask("GET", "/api/v1/personal/inventory", None).await;
    assert_eq!(
        (status, inventory["items"][0]["name"].as_str()),
        (200, Some("full_name"))
    );

    for entry in ground.tenant.journal.read(0, &["personal."], 10).await.unwrap() {
        assert!(
            !serde_json::to_string(&entry.fact).unwrap().contains("Mẫu"),
            "{:?}",
            entry.fact
        );
    }
    assert!(
        !holds(dir.path(), NAME) && !holds(dir.path(), PHONE),
        "nothing is on the disk in clear"
    );
}

#[tokio::test]
async fn an_erasure_holds_also_when_an_older_backup_comes_back() {
    let (dir, graves) = (tempfile::tempdir().unwrap(), Memory::default());
    let ground = Ground::open(&dir.path().join("first"), &graves);
    let password = ground.accounts.create_first("chief", false).await.unwrap().unwrap();
    let chief = ground.sign_in("chief", &password).await;
    let own = "/api/v1/account/details";
    let details = json!({ "full_name": NAME, "telephone": PHONE, "email": "", "unit": "" });
    chief.ask("PUT", own, Some(details.clone())).await;
    let backup = dir.path().join("backup");
    let now = kernel::time::Timestamp::EPOCH;
    ground.tenant.backup("government", now, &backup).await.unwrap();
    ground.clock.advance(Duration::from_secs(60));
    assert_eq!(chief.ask("DELETE", own, None).await.0, 204);
    assert_eq!(chief.ask("DELETE", own, None).await.0, 204, "erased already");
    assert_eq!(chief.ask("GET", own, None).await.1["full_name"], "");
    let told = ground.tenant.journal.read(0, &["personal.erased."], 10).await.unwrap();
    assert_eq!(told.len(), 1);
    // who writes again begins anew, and a start leaves that alone
    ground.clock.advance(Duration::from_secs(60));
    chief.ask("PUT", own, Some(details.clone())).await;
    assert_eq!(ground.people.bury().await.unwrap(), 0);
    assert_eq!(chief.ask("GET", own, None).await, (200, details.clone()));

    let second = dir.path().join("second");
    embedded::backup::restore(&backup, &second, 0).await.unwrap();
    let ground = Ground::open(&second, &graves);
    let chief = ground.sign_in("chief", &password).await;
    assert_eq!(
        chief.ask("GET", own, None).await.1,
        details,
        "the backup brought it back"
    );
    assert_eq!(ground.people.bury().await.unwrap(), 1);
    assert_eq!(chief.ask("GET", own, None).await.1["full_name"], "");
    assert_eq!(ground.people.bury().await.unwrap(), 0);
}
