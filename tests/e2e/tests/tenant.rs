//! A sealed tenant on the built server: its holder opens it, and neither operator, administrator nor a backup can.

use anyhow::{Context, Result};
use e2e::site::Site;
use reqwest::Method;
use serde_json::Value;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

const PASSPHRASE: &str = "sen hồ Tây nở tháng sáu";
const NEXT: &str = "hoa sữa đường Nguyễn Du";

/// `tenant ACTION party` with options that name files.
async fn tenant(site: &Site, action: &str, options: &[(&str, &Path)]) -> Result<e2e::site::Done> {
    let mut args = vec![OsStr::new("tenant"), OsStr::new(action), OsStr::new("party")];
    for (option, path) in options {
        args.extend([OsStr::new(*option), path.as_os_str()]);
    }
    site.run(args).await
}

fn json(text: &str) -> Result<Value> {
    serde_json::from_str(text.trim()).with_context(|| text.to_owned())
}

/// Files below a folder that hold these bytes.
fn holding(dir: &Path, needle: &[u8]) -> Result<Vec<PathBuf>> {
    let (mut folders, mut found) = (vec![dir.to_owned()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                let bytes = std::fs::read(entry.path())?;
                if bytes.windows(needle.len()).any(|window| window == needle) {
                    found.push(entry.path());
                }
            }
        }
    }
    Ok(found)
}

#[tokio::test]
async fn a_sealed_tenant_is_opened_by_its_holder_only_and_stays_sealed_in_a_backup() -> Result<()> {
    let site = Site::new()?;
    let server = site.start().await?;
    let administrator = server.first_person().await?;
    let folder = tempfile::tempdir()?;
    let file = |name: &str, text: &str| -> Result<PathBuf> {
        let path = folder.path().join(name);
        std::fs::write(&path, format!("{text}\n"))?;
        Ok(path)
    };
    let (right, wrong, next) = (
        file("right", PASSPHRASE)?,
        file("wrong", "không phải câu này")?,
        file("next", NEXT)?,
    );

    let args = [OsStr::new("tenant"), OsStr::new("create"), OsStr::new("party")];
    assert!(site.run(args).await?.refused()?.contains("--sealed"));
    let made = ["tenant", "create", "party", "--sealed", "--passphrase-file"].map(OsStr::new);
    let made = site.run(made.into_iter().chain([right.as_os_str()])).await?.good()?;
    let made = json(&made)?;
    let recovery = made["recovery_key"].as_str().context("no recovery key")?.to_owned();
    assert_eq!(made["state"]["unlocked"], false);

    // no terminal and no file: nothing is asked for on a command line
    assert!(
        tenant(&site, "unlock", &[])
            .await?
            .refused()?
            .contains("--passphrase-file")
    );
    let said = tenant(&site, "unlock", &[("--passphrase-file", &wrong)])
        .await?
        .refused()?;
    assert!(said.contains("does not open the tenant (1 wrong"), "{said}");
    let said = tenant(&site, "rotate", &[]).await?.refused()?;
    assert!(
        said.contains("tenant party is locked"),
        "the operator has the machine and not the key: {said}"
    );
    let open = json(
        &tenant(&site, "unlock", &[("--passphrase-file", &right)])
            .await?
            .good()?,
    )?;
    assert_eq!(
        (&open["state"]["unlocked"], &open["state"]["failures"]),
        (&true.into(), &0.into())
    );
    let turned = json(&tenant(&site, "rotate", &[]).await?.good()?)?;
    assert_eq!(
        (&turned["rotation"]["done"], &turned["state"]["version"]),
        (&true.into(), &2.into())
    );
    let change = [
        ("--passphrase-file", right.as_path()),
        ("--new-passphrase-file", next.as_path()),
    ];
    tenant(&site, "passphrase", &change).await?.good()?;
    let shut = json(&tenant(&site, "lock", &[]).await?.good()?)?;
    assert_eq!(shut["state"]["unlocked"], false);

    // the administrator of the government has no way to it
    administrator
        .ask(Method::GET, "/api/v1/tenants/party", None)
        .await?
        .problem(404)?;
    let described = administrator.get("/api/v1/openapi.json").await?.to_string();
    assert!(!described.contains("/tenants"));
    // every act is in the trail, the refused ones too, and no secret is anywhere
    let backup = site.path("backup");
    site.run([OsStr::new("backup"), backup.as_os_str()]).await?.good()?;
    assert!(server.terminate().await?.success());
    let audit = site.data().join("tenants/government/audit");
    for act in [
        "tenant.create",
        "tenant.unlock",
        "tenant.rotate",
        "tenant.passphrase",
        "tenant.lock",
    ] {
        assert!(!holding(&audit, act.as_bytes())?.is_empty(), "{act}");
    }
    for secret in [PASSPHRASE, NEXT, "không phải câu này", recovery.as_str()] {
        // the folder of the site: data, backup and what the server said
        let found = holding(site.data().parent().context("no folder")?, secret.as_bytes())?;
        assert!(found.is_empty(), "{found:?}");
    }

    // restored, it is locked, and opens for who knows the last passphrase or has the recovery key
    let elsewhere = Site::new()?;
    let args = [OsStr::new("restore"), backup.as_os_str(), OsStr::new("--new-keys")];
    elsewhere.run(args).await?.good()?;
    let _server = elsewhere.start().await?;
    assert_eq!(
        json(&tenant(&elsewhere, "state", &[]).await?.good()?)?["state"]["unlocked"],
        false
    );
    tenant(&elsewhere, "unlock", &[("--passphrase-file", &right)])
        .await?
        .refused()?;
    tenant(&elsewhere, "unlock", &[("--passphrase-file", &next)])
        .await?
        .good()?;
    tenant(&elsewhere, "lock", &[]).await?.good()?;
    let kept = file("recovery", &recovery)?;
    tenant(&elsewhere, "unlock", &[("--recovery-file", &kept)])
        .await?
        .good()?;
    Ok(())
}
