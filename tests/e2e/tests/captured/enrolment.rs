//! A captured enrolment and renewal of a device.

use super::{TIMES, again, nothing, only};
use crate::certificates::Maker;
use anyhow::{Context, Result, ensure};
use e2e::answer::{self, Answer};
use e2e::relay::{Relay, altered};
use e2e::site::Site;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Body and type that ask for a certificate.
const REQUEST: &str = "application/pkcs10";

#[tokio::test]
async fn a_replayed_enrolment_gives_nothing_new() -> Result<()> {
    let mut site = Site::new()?;
    site.set("HTTP_TLS_ADDRESS", "127.0.0.1:0");
    let server = site.start().await?;
    let person = server.first_person().await?;
    site.gauge(&server, "gauge-1").await?;
    let maker = Maker::new(&site, &server).await?;
    let bench = maker.bench();
    let https = server.addresses.https.context("no HTTPS door")?;
    let certificates = async || -> Result<usize> {
        let listed = person.list("/api/v1/devices/gauge-1/certificates").await?;
        Ok(listed.iter().filter(|one| one["revoked"].is_null()).count())
    };
    let held = certificates().await?;

    // curl enrols past the relay; the code is in the capture
    let relay = Relay::to(server.addresses.http).await?;
    let code: Value = serde_json::from_str(&site.run(["device", "enrol", "gauge-1"]).await?.good()?)?;
    let code = code["code"].as_str().context("no code")?;
    let line = maker.asking("first", "simpleenroll").await? + &format!(" -u gauge-1:{code}");
    let line = line.replace(&format!("https://{https}"), &format!("http://{}", relay.address));
    bench.run("curl", &line, b"").await?.text()?;
    let captured = relay.capture().await?;
    let first = bench.read("first.crt")?;
    assert_eq!(certificates().await?, held + 1);

    // the device itself may have lost the answer: the same key gets the same certificate, which is of no use without its key
    let same = |body: &str| (body == first).to_string();
    only(&again(server.addresses.http, &captured, same).await?, "200 true");
    assert_eq!(certificates().await?, held + 1);
    // whoever read the code comes too late with a key of their own
    let line = maker.asking("thief", "simpleenroll").await?;
    let relayed = line.replace(&format!("https://{https}"), &format!("http://{}", relay.address));
    let thief = bench
        .run("curl", &(relayed + &format!(" -u gauge-1:{code}")), b"")
        .await?;
    ensure!(!thief.good, "a code was good for two keys");
    only(
        &again(server.addresses.http, &relay.capture().await?, nothing).await?,
        "401 ",
    );
    let body = bench.read("first.csr")?;
    ensure!(body.len() > 100, "no request");
    // one byte of the request is another one: its signature does not fit any more
    let broken = altered(&captured, &body[90..91], if &body[90..91] == "A" { "B" } else { "A" })?;
    let counts = again(server.addresses.http, &broken, nothing).await?;
    assert!(counts.keys().all(|answer| answer.starts_with('4')), "{counts:?}");
    assert_eq!(certificates().await?, held + 1);

    // renewal: the connection shows the present certificate; the same request a thousand times is one next certificate
    let asked = maker.asking("next", "simplereenroll").await?;
    ensure!(asked.contains("next.csr"), "{asked}");
    let url = format!("https://{https}/.well-known/est/simplereenroll");
    let ask = async |shown: &str| -> Result<(BTreeMap<u16, usize>, BTreeSet<String>)> {
        let root = reqwest::Certificate::from_pem(bench.read("ca.crt")?.as_bytes())?;
        let pem = bench.read(&format!("{shown}.crt"))? + &bench.read(&format!("{shown}.key"))?;
        let identity = reqwest::Identity::from_pem(pem.as_bytes())?;
        let client = answer::with_tls(reqwest::Client::builder().add_root_certificate(root).identity(identity))?;
        let (mut counts, mut given) = (BTreeMap::new(), BTreeSet::new());
        for _ in 0..TIMES {
            let request = client.post(&url).header("Content-Type", REQUEST);
            let request = request.header("Accept", "application/pem-certificate-chain");
            let answer = Answer::of(request.body(bench.read("next.csr")?)).await?;
            *counts.entry(answer.status).or_default() += 1;
            if answer.status == 200 {
                given.insert(answer.text);
            }
        }
        Ok((counts, given))
    };
    let all = BTreeMap::from([(200, TIMES)]);
    let (counts, given) = ask("first").await?;
    assert_eq!((counts, given.len()), (all.clone(), 1), "one next certificate");
    assert_eq!(certificates().await?, held + 2);
    bench.write("next.crt", given.first().context("no certificate")?)?;
    // the new one is shown for the first time; asked by it, the same request renews once more, and once only
    let (counts, given) = ask("next").await?;
    assert_eq!((counts, given.len()), (all, 1));
    assert_eq!(
        ask("first").await?.0,
        BTreeMap::from([(401, TIMES)]),
        "the old one is over"
    );
    println!(
        "replay: an enrolment x {TIMES}: one certificate; its code with another key x {TIMES}, changed x {TIMES}: none; a renewal x {TIMES} \
         by each of two certificates: one each; by the one that was replaced x {TIMES}: none"
    );
    Ok(())
}
