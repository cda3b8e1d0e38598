//! `load tls`: what testssl.sh, which others wrote, finds at the doors with TLS.

use crate::server::Site;
use anyhow::{Context, Result, ensure};
use clap::Args;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;
use tokio::process::Command;
use tokio::time::timeout;

#[derive(Args)]
pub(crate) struct TlsArgs {
    /// Folder below which the data lies
    #[arg(long)]
    dir: Option<PathBuf>,
}

/// Names under which it is installed: Debian's, and its own.
const NAMES: [&str; 2] = ["testssl", "testssl.sh"];
/// How long one door may take.
const PATIENCE: Duration = Duration::from_secs(900);
/// What it calls not ok, beginning with the least of it.
const NOT_OK: [&str; 4] = ["MEDIUM", "HIGH", "CRITICAL", "FATAL"];
/// What is not ok to it and so on purpose, with the reason.
const ON_PURPOSE: [(&str, &str); 2] = [
    (
        "cert_revocation",
        "the platform's own authority has no public address; its list is at /pki/ca.crl of the HTTPS door",
    ),
    (
        "BREACH",
        "answers are compressed; another site cannot make a browser ask with our cookie (SameSite=Strict, Sec-Fetch-Site)",
    ),
];

/// One line of its report.
#[derive(Debug, Deserialize)]
struct Finding {
    id: String,
    severity: String,
    finding: String,
}

/// Scans both doors and prints.
pub(crate) async fn run(args: TlsArgs) -> Result<()> {
    let Some(program) = installed().await else {
        println!("skipped: testssl.sh is not installed (Debian: apt-get install testssl.sh)");
        return Ok(());
    };
    let site = Site::new(args.dir.as_deref())?
        .with("HTTP_TLS_ADDRESS", "127.0.0.1:0")
        .with("MQTT_TLS_ADDRESS", "127.0.0.1:0");
    let server = site.start().await?;
    let doors = [("HTTPS", server.addresses.https), ("MQTTS", server.addresses.mqtts)];
    let mut bad = Vec::new();
    for (name, door) in doors {
        let door = door.with_context(|| format!("no {name} door"))?;
        let (mut counts, findings) = (BTreeMap::<&str, usize>::new(), scan(&site, program, name, door).await?);
        for finding in &findings {
            *counts.entry(&finding.severity).or_default() += 1;
        }
        println!("tls: {name}: {} findings: {counts:?}", findings.len());
        for finding in findings.iter().filter(|finding| NOT_OK.contains(&&*finding.severity)) {
            let reason = ON_PURPOSE.iter().find(|(id, _)| finding.id.starts_with(id));
            let what = format!("{name}: {} {}: {}", finding.severity, finding.id, finding.finding);
            match reason {
                Some((_, reason)) => println!("tls: {what}; on purpose: {reason}"),
                None => {
                    println!("tls: {what}");
                    bad.push(what);
                }
            }
        }
        ensure!(
            findings.len() > 50,
            "testssl.sh said too little about {name}; was it cut off?"
        );
    }
    ensure!(bad.is_empty(), "{} findings are not ok: {}", bad.len(), bad.join("; "));
    server.stop().await
}

async fn installed() -> Option<&'static str> {
    for name in NAMES {
        let mut command = Command::new(name);
        let version = command.arg("--version").stdin(Stdio::null()).stdout(Stdio::null());
        if version.stderr(Stdio::null()).status().await.is_ok() {
            return Some(name);
        }
    }
    None
}

async fn scan(site: &Site, program: &str, name: &str, door: SocketAddr) -> Result<Vec<Finding>> {
    let report = site.dir().join(format!("{name}.json"));
    let mut command = Command::new(program);
    command
        .args(["--warnings", "off", "--color", "0", "--quiet", "--add-ca"])
        .arg(site.data().join("keys/ca.crt"))
        .arg("--jsonfile")
        .arg(&report)
        .args(["--ip", &door.ip().to_string()])
        .arg(format!("https://localhost:{}", door.port()))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    // its exit code counts what it found, and says nothing of whether it came to its end
    let ended = timeout(PATIENCE, command.status()).await;
    ended.with_context(|| format!("testssl.sh did not end at {name}"))??;
    let text = std::fs::read(&report).context("testssl.sh wrote no report")?;
    serde_json::from_slice(&text).context("the report of testssl.sh cannot be read")
}
