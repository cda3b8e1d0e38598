//! Personal details on the built server: an erasure holds when a backup of before it is restored with the list of erasures.

use anyhow::Result;
use e2e::person::{PASSWORD, Person};
use e2e::site::Site;
use reqwest::Method;
use serde_json::json;
use std::ffi::OsStr;

const OWN: &str = "/api/v1/account/details";
const NAME: &str = "Nguyễn Thị Hoa Mẫu";

#[tokio::test]
async fn who_was_erased_stays_erased_after_a_restoration() -> Result<()> {
    let site = Site::new()?;
    let server = site.start().await?;
    let person = server.first_person().await?;
    let details = json!({ "full_name": NAME, "telephone": "", "email": "", "unit": "" });
    person.ask(Method::PUT, OWN, Some(details)).await?.json(200)?;
    let backup = site.path("backup");
    site.run([OsStr::new("backup"), backup.as_os_str()]).await?.good()?;
    assert_eq!(person.ask(Method::DELETE, OWN, None).await?.status, 204);
    assert_eq!(person.get(OWN).await?["full_name"], "");
    assert!(server.terminate().await?.success());
    let list = site.data().join("erased.jsonl");
    assert!(!std::fs::read_to_string(&list)?.contains("Mẫu"));
    let code = site.run(["ca", "recovery-code"]).await?.good()?;
    let code = site.write("code.txt", &code)?;

    // without the list the backup is what it was; with it, the erasure is done again at the start
    for (with_list, name) in [(false, NAME), (true, "")] {
        let elsewhere = Site::new()?;
        let mut args = vec![OsStr::new("restore"), backup.as_os_str()];
        args.extend([OsStr::new("--recovery-code"), code.as_os_str()]);
        if with_list {
            args.extend([OsStr::new("--erased"), list.as_os_str()]);
        }
        elsewhere.run(args).await?.good()?;
        let server = elsewhere.start().await?;
        let person = Person::sign_in(&server, PASSWORD).await?;
        assert_eq!(person.get(OWN).await?["full_name"], name);
    }
    Ok(())
}
