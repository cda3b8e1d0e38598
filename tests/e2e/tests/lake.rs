//! The lake's files are everybody's: deltalake, pyarrow and DuckDB from PyPI read them where they lie.

use anyhow::{Result, ensure};
use e2e::moment::now_s;
use e2e::site::Site;
use serde_json::{Value, json};
use std::ffi::OsString;
use std::path::Path;
use std::process::Stdio;
use tokio::process::Command;

/// `HANOI_IOC_PYTHON` or `python3`, if it has the readers.
async fn python() -> Option<OsString> {
    let python = std::env::var_os("HANOI_IOC_PYTHON").unwrap_or_else(|| "python3".into());
    let mut command = Command::new(&python);
    let imports = command.args(["-c", "import deltalake, duckdb, pyarrow.parquet"]);
    let status = imports.stderr(Stdio::null()).status().await;
    status.is_ok_and(|status| status.success()).then_some(python)
}

/// What they say of the tables of a site.
async fn read(python: &OsString, site: &Site) -> Result<Value> {
    let script = site.write("lake.py", include_str!("lake.py"))?;
    let lake = site.data().join("tenants/government/objects/lake");
    let output = ask(python, &script, &lake).output().await?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(serde_json::from_slice(&output.stdout)?)
}

fn ask(python: &OsString, script: &Path, lake: &Path) -> Command {
    let mut command = Command::new(python);
    command.arg(script).arg(lake).stdin(Stdio::null()).kill_on_drop(true);
    command
}

#[tokio::test]
async fn deltalake_and_duckdb_read_the_tables_in_place() -> Result<()> {
    let Some(python) = python().await else {
        println!(
            "skipped: HANOI_IOC_PYTHON (or python3) has no deltalake, duckdb and pyarrow; `cargo xtask setup` installs them"
        );
        return Ok(());
    };
    let mut site = Site::new()?;
    site.set("HISTORY_COMMIT_S", "1");
    let server = site.start().await?;
    let gauge = site.gauge(&server, "gauge-1").await?;
    let begin = now_s() - 3_600;
    for n in 0..40 {
        gauge.depth(begin + n, 0.01 * n as f64).await?;
    }
    // a live table, then a correction of its first value
    e2e::moment::until("a commit", async || {
        let rows = server.metric("hanoi_ioc_history_rows_total").await?;
        Ok((rows >= 40.0).then_some(()))
    })
    .await?;
    let live = read(&python, &site).await?;
    assert_eq!((&live["rows"], &live["current"]), (&json!(40), &json!(40)), "{live}");
    gauge.depth(begin, 0.5).await?;
    ensure!(server.terminate().await?.success(), "no ordered end");

    let said = read(&python, &site).await?;
    assert_eq!((&said["rows"], &said["current"]), (&json!(41), &json!(40)), "{said}");
    let sum = said["sum"].as_f64().unwrap_or_default();
    let expected = (0..40).map(|n| 0.01 * f64::from(n)).sum::<f64>() + 0.5;
    assert!((sum - expected).abs() < 1e-9, "{sum} is not {expected}");
    assert!(said["version"].as_u64() > live["version"].as_u64());
    assert_eq!(said["partitions"], json!(["day"]));
    let columns = said["columns"].as_array().map_or(0, Vec::len);
    assert_eq!(columns, 12, "{said}");
    let series = said["series"].as_array().cloned().unwrap_or_default();
    assert!(series.iter().any(|row| row[1] == "m"), "{said}");
    Ok(())
}
