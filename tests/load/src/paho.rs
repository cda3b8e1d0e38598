//! `load paho`: the conformance suites of Eclipse Paho, unchanged, against the built server.

mod relay;
mod rewrite;
mod suite;

use crate::server::Site;
use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use relay::Relay;
use rewrite::{Login, MOUNT};
use std::path::PathBuf;
use suite::{Outcome, Suite};

#[derive(Args)]
pub(crate) struct PahoArgs {
    /// A checkout of paho.mqtt.testing; else the folder that HANOI_IOC_PAHO names
    #[arg(long)]
    suites: Option<PathBuf>,
    /// Folder below which the data lies
    #[arg(long)]
    dir: Option<PathBuf>,
}

/// The device that the clients of the suites speak for; their client ids are its own.
const DEVICE: &str = "paho";
/// What `client_test5.py` expects as Server Keep Alive, in seconds: that of the broker it was written beside.
const KEEP_ALIVE_S: u16 = 60;

const SUITES: [Suite; 2] = [
    Suite {
        name: "3.1.1",
        file: "client_test.py",
    },
    Suite {
        name: "5",
        file: "client_test5.py",
    },
];

/// Tests that ask for what the standards leave open and the server does otherwise: suite, test, why.
const OTHERWISE: [(&str, &str, &str); 2] = [
    (
        "3.1.1",
        "test_dollar_topics",
        "a topic that begins with $ is refused, which in 3.1.1 ends the connection (4.7.2, [MQTT-3.3.5-2])",
    ),
    (
        "5",
        "test_subscribe_failure",
        "the refusal is 0x87, not authorised (3.9.3); the suite reads no other than 0x80",
    ),
];

/// Runs both suites, prints how many tests passed and names the others; fails when another than those of [`OTHERWISE`]
/// failed, and when one of those passed.
pub(crate) async fn run(args: PahoArgs) -> Result<()> {
    let folder = args
        .suites
        .or_else(|| std::env::var_os("HANOI_IOC_PAHO").map(PathBuf::from))
        .context("HANOI_IOC_PAHO is not set; clone eclipse/paho.mqtt.testing with git and give its folder")?;
    let folder = folder.join("interoperability");
    let mut surprises = 0;
    for suite in SUITES {
        ensure!(
            folder.join(suite.file).is_file(),
            "{} has no {}; give a checkout of eclipse/paho.mqtt.testing",
            folder.display(),
            suite.file
        );
        // a new site for each, so that nothing is left of the one before
        let site = Site::new(args.dir.as_deref())?
            .with("MQTT_MAX_KEEP_ALIVE_S", KEEP_ALIVE_S)
            .with(
                "MQTT_NAMESPACES",
                format!("[\"{MOUNT}# publish={DEVICE} subscribe={DEVICE}\"]"),
            );
        let server = site.start().await?;
        let token = site.add_device(DEVICE, "power-meter", false).await?;
        let relay = Relay::start(server.addresses.mqtt, Login::new(DEVICE, &token)).await?;
        let outcome = suite.run(&folder, relay.port(), site.dir()).await?;
        server.stop().await?;
        surprises += report(suite.name, &outcome);
    }
    if surprises > 0 {
        bail!("{surprises} tests of the suites did not end as they should; what they said stands above");
    }
    Ok(())
}

/// Prints; returns how many tests ended otherwise than is known.
fn report(name: &str, outcome: &Outcome) -> usize {
    println!("paho {name}: {} of {}", outcome.passed(), outcome.ran);
    let known = OTHERWISE.iter().filter(|(of, ..)| *of == name);
    let mut surprises = 0;
    for (_, test, why) in known.clone() {
        if outcome.failed.iter().any(|failed| failed == test) {
            println!("paho {name}: otherwise, as is known: {test}: {why}");
        } else {
            println!("paho {name}: passed, though it is said not to: {test}");
            surprises += 1;
        }
    }
    for test in &outcome.failed {
        if !known.clone().any(|(_, about, _)| about == test) {
            println!("paho {name}: failed: {test}");
            surprises += 1;
        }
    }
    if surprises > 0 {
        eprintln!("{}", outcome.log);
    }
    surprises
}
