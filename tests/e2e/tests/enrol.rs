//! A device's identity from its first certificate to its last, by tools that we did not write; and what ends with it.

use crate::certificates::Maker;
use anyhow::{Context, Result};
use e2e::device::depth;
use e2e::moment::{now_s, until};
use e2e::mosquitto::Mosquitto;
use e2e::site::Site;
use e2e::tool::word;
use serde_json::{Value, json};
use std::time::Instant;

fn secure() -> Result<Site> {
    let mut site = Site::new()?;
    site.set("HTTP_TLS_ADDRESS", "127.0.0.1:0");
    Ok(site)
}

#[tokio::test]
async fn a_device_enrols_renews_and_is_revoked_by_standard_tools() -> Result<()> {
    let site = secure()?;
    let server = site.start().await?;
    let person = server.first_person().await?;
    let auditor = person.another(&server, "kiem-toan", "auditor").await?;
    site.gauge(&server, "gauge-1").await?;
    let maker = Maker::new(&site, &server).await?;
    let bench = maker.bench();
    maker.enrol("first").await?;
    let https = server.addresses.https.context("no HTTPS door")?;

    // the code was good once
    let code: Value = serde_json::from_str(&site.run(["device", "enrol", "gauge-1"]).await?.good()?)?;
    let code = code["code"].as_str().context("no code")?;
    let wrong = "0".repeat(32);
    for (name, password, good) in [
        ("wrong", wrong.as_str(), false),
        ("second", code, true),
        ("late", code, false),
    ] {
        let line = maker.asking(name, "simpleenroll").await? + &format!(" -u gauge-1:{password}");
        let asked = bench.run("curl", &line, b"").await?;
        assert_eq!(asked.good, good, "{name}: {}", asked.all());
    }
    // as RFC 7030 has it: PKCS #7, which OpenSSL reads; the chain verifies
    let line = maker.asking("next", "simplereenroll").await?;
    let line = line
        .replace("-H accept:application/pem-certificate-chain ", "")
        .replace("next.crt", "next.p7");
    bench
        .run("curl", &(line + " --cert first.crt --key first.key"), b"")
        .await?
        .text()?;
    let packed = format!("-----BEGIN PKCS7-----\n{}-----END PKCS7-----\n", bench.read("next.p7")?);
    bench.write("next.p7", &packed)?;
    bench
        .openssl("pkcs7 -in next.p7 -print_certs -out next.crt")
        .await?
        .text()?;
    let verified = bench
        .openssl("verify -CAfile ca.crt -purpose sslclient next.crt")
        .await?;
    assert_eq!(verified.text()?.trim(), "next.crt: OK");
    let cacerts = bench
        .run(
            "curl",
            &format!("-sS --cacert ca.crt https://{https}/.well-known/est/cacerts"),
            b"",
        )
        .await?;
    bench.write(
        "ca.p7",
        &format!("-----BEGIN PKCS7-----\n{}-----END PKCS7-----\n", cacerts.text()?),
    )?;
    let listed = bench.openssl("pkcs7 -in ca.p7 -print_certs -noout").await?.text()?;
    assert!(listed.contains("HaNoi IOC platform CA"), "{listed}");

    let shown = |name: &str| {
        let up = Mosquitto::up(server.addresses.mqtts, "5", "gauge-1", &depth(now_s(), 0.1));
        up.trusting(&bench.path("ca.crt")).showing(&bench.path(""), name)
    };
    assert!(
        shown("first").publish().await?.good,
        "the present one counts until the next one is shown"
    );
    assert!(shown("next").publish().await?.good);
    let replayed = shown("first").publish().await?;
    assert!(!replayed.good, "the old one was replayed: {}", replayed.said);

    // revoked by a person: the list says it to everybody who can read one
    let listed = person.list("/api/v1/devices/gauge-1/certificates").await?;
    let next = listed
        .iter()
        .find(|one| one["origin"] == "renewed")
        .context("no renewed one")?;
    let body = json!({ "certificate": next["serial"], "reason": "key_compromise" });
    person.post("/api/v1/devices/gauge-1/certificates/revoke", body).await?;
    assert!(!shown("next").publish().await?.good);
    let fetch = format!("-sS --cacert ca.crt -o ca.crl https://{https}/pki/ca.crl");
    bench.run("curl", &fetch, b"").await?.text()?;
    bench
        .openssl("crl -inform DER -in ca.crl -out ca.crl.pem")
        .await?
        .text()?;
    let read = bench.openssl("crl -in ca.crl.pem -CAfile ca.crt -noout -text").await?;
    let serial = next["serial"].as_str().context("no serial")?.to_uppercase();
    assert!(
        read.all().contains("verify OK") && read.all().contains(&serial),
        "{}",
        read.all()
    );
    let checked = bench
        .openssl("verify -crl_check -CAfile ca.crt -CRLfile ca.crl.pem next.crt")
        .await?;
    assert!(
        !checked.good && checked.all().contains("certificate revoked"),
        "{}",
        checked.all()
    );
    let good = bench
        .openssl("verify -crl_check -CAfile ca.crt -CRLfile ca.crl.pem second.crt")
        .await?;
    assert!(good.good, "{}", good.all());
    site.run(["device", "revocations", "--out", &word(&bench.path("cli.crl"))])
        .await?
        .good()?;
    bench.openssl("crl -in cli.crl -noout").await?.text()?;

    // every step is in the trace, with who took it
    for (act, actor) in [
        ("certificate.invite", "service"),
        ("certificate.enrolled", "device"),
        ("certificate.renewed", "device"),
        ("certificate.refused", "anonymous"),
        ("certificate.revocations", "service"),
        ("POST%20/api/v1/devices/%7Bid%7D/certificates/revoke", "person"),
    ] {
        let records = auditor.list(&format!("/api/v1/audit?act={act}")).await?;
        let record = records.first().context(act)?;
        assert_eq!(record["actor"]["kind"], actor, "{act}");
    }
    Ok(())
}

#[tokio::test]
async fn what_a_device_has_open_is_cut_when_it_loses_its_right() -> Result<()> {
    let site = secure()?;
    let server = site.start().await?;
    let person = server.first_person().await?;
    let auditor = person.another(&server, "kiem-toan", "auditor").await?;
    let gauge = site.gauge(&server, "gauge-1").await?;
    site.gauge(&server, "gauge-2").await?;
    let folder = site.certificate("gauge-1").await?;
    site.certificate("gauge-2").await?;
    let bench = e2e::tool::Bench::new(folder.clone())?;
    let (mqtts, mqtt) = (server.addresses.mqtts, server.addresses.mqtt);
    let https = server.addresses.https.context("no HTTPS door")?;
    let open = async |wanted: f64| {
        until("the sessions are open", async || {
            let open = server.metric("hanoi_ioc_mqtt_connections").await?;
            Ok((open == wanted).then_some(()))
        })
        .await
    };
    let listen = |client: Mosquitto| tokio::spawn(async move { client.listen().await });
    let known = |id: &str| {
        let down = Mosquitto::down(mqtts, "5", id);
        down.trusting(&folder.join("ca.crt")).showing(&folder, id)
    };
    let bystander = listen(known("gauge-2"));
    open(1.0).await?;
    let mut keeps = bench.hold(
        "openssl",
        &format!("s_client -connect {https} -quiet -CAfile ca.crt -cert gauge-1.crt -key gauge-1.key"),
    )?;
    keeps.say("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").await?;
    keeps.hear("alive").await?;
    let by_token = |token: &str| Mosquitto::down(mqtt, "5", "gauge-1").named("gauge-1", token);

    let mut took = Vec::new();
    for what in ["revoked", "token replaced", "blocked"] {
        let client = match what {
            "revoked" => known("gauge-1"),
            "token replaced" => by_token(&gauge.token),
            _ => {
                let fresh: Value = serde_json::from_str(&site.run(["device", "token", "gauge-1"]).await?.good()?)?;
                by_token(fresh["token"].as_str().context("no token")?)
            }
        };
        let session = listen(client.telling());
        open(2.0).await?;
        let begin = Instant::now();
        match what {
            "revoked" => site
                .run(["device", "revoke", "gauge-1", "--reason", "key_compromise"])
                .await?
                .good()?,
            "token replaced" => site.run(["device", "token", "gauge-1"]).await?.good()?,
            _ => {
                let blocked = person.ask(
                    reqwest::Method::PUT,
                    "/api/v1/devices/gauge-1/state",
                    Some(json!({ "state": "blocked" })),
                );
                blocked.await?.json(200)?.to_string()
            }
        };
        open(1.0).await?;
        took.push(format!("{what} {} ms", begin.elapsed().as_millis()));
        let ended = session.await??;
        println!("{what}: {}", ended.said);
        assert!(
            ended.said.contains("Received DISCONNECT (135)"),
            "{what}: it is told why: {}",
            ended.said
        );
    }
    keeps.ended().await?;
    open(1.0).await?;
    assert!(!bystander.is_finished(), "nobody else is cut");
    let cut = auditor
        .list("/api/v1/audit?act=device.refused&actor=device%3Agauge-1")
        .await?;
    assert_eq!(cut.len(), 4, "{cut:?}");
    assert!(cut.iter().all(|record| record["detail"]["open"] == "cut"));
    println!("cut, command line included: {}", took.join(", "));
    Ok(())
}

#[tokio::test]
async fn another_authority_is_imported_and_trusted_and_devices_go_on() -> Result<()> {
    let site = secure()?;
    let server = site.start().await?;
    site.gauge(&server, "gauge-1").await?;
    site.gauge(&server, "loader-1").await?;
    let folder = site.certificate("gauge-1").await?;
    let bench = e2e::tool::Bench::new(folder.clone())?;
    let refused = site.run(["ca", "new"]).await?.refused()?;
    assert!(refused.contains("stop it first"), "{refused}");

    // an authority of the city, and one of an agency with a system of its own
    for name in ["city", "agency"] {
        let line = format!(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-384 -nodes -keyout {name}.key -out {name}.crt -days 30 -subj /O={name} \
             -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign"
        );
        bench.openssl(&line).await?.text()?;
    }
    bench.openssl("req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout system.key -out system.csr -subj /CN=lgsp").await?.text()?;
    bench.write("client.cnf", "extendedKeyUsage=clientAuth\n")?;
    bench
        .openssl("x509 -req -in system.csr -CA agency.crt -CAkey agency.key -days 10 -sha256 -extfile client.cnf -out system.crt")
        .await?
        .text()?;
    assert!(server.terminate().await?.success());
    let mistaken = format!(
        "ca import --certificate {} --key {}",
        word(&bench.path("city.crt")),
        word(&bench.path("agency.key"))
    );
    let err = site.run(mistaken.split_whitespace()).await?.refused()?;
    assert!(err.contains("does not belong") && !err.contains("PRIVATE"), "{err}");
    let right = format!(
        "ca import --certificate {} --key {}",
        word(&bench.path("city.crt")),
        word(&bench.path("city.key"))
    );
    site.run(right.split_whitespace()).await?.good()?;
    let trusted = site
        .run(["ca", "trust", &word(&bench.path("agency.crt"))])
        .await?
        .good()?;
    let trusted: Value = serde_json::from_str(&trusted)?;
    assert_eq!(
        trusted["trusted"].as_array().map(Vec::len),
        Some(2),
        "the old one and the agency's: {trusted}"
    );

    let server = site.start().await?;
    let system = word(&bench.path("system.crt"));
    let shown = |device: &str, name: &str| {
        let up = Mosquitto::up(server.addresses.mqtts, "5", device, &depth(now_s(), 0.1));
        up.trusting(&bench.path("city.crt")).showing(&folder, name)
    };
    assert!(
        !shown("loader-1", "system").publish().await?.good,
        "trusted, and bound to nobody"
    );
    site.run(["device", "bind", &system, "--device", "loader-1"])
        .await?
        .good()?;
    assert!(shown("loader-1", "system").publish().await?.good);
    assert!(
        shown("gauge-1", "gauge-1").publish().await?.good,
        "of the authority of before"
    );
    // what is issued now is of the city's
    site.certificate("gauge-1").await?;
    bench.openssl("verify -CAfile city.crt gauge-1.crt").await?.text()?;

    assert!(server.terminate().await?.success());
    let mut all = trusted["trusted"].as_array().context("none")?.iter();
    let agency = all.find(|one| one["title"] == "O=agency").context("no agency")?;
    let print = agency["fingerprint"].as_str().context("no fingerprint")?;
    site.run(["ca", "distrust", print]).await?.good()?;
    let server = site.start().await?;
    let up = Mosquitto::up(server.addresses.mqtts, "5", "loader-1", &depth(now_s(), 0.1));
    let up = up.trusting(&bench.path("city.crt")).showing(&folder, "system");
    assert!(!up.publish().await?.good, "trusted no more");
    Ok(())
}
