//! `cargo xtask prove`: the long proofs, which a test run leaves out: more seeds, ignored tests, kills, power cuts, full
//! disks, stalled subscribers, hostile questions, slow connections, floods, a scan of TLS, guesses, Paho's suites, half an
//! hour of everything. With a name: only that one.

use crate::harness::{self, Build};
use crate::repo::Repo;
use crate::run::{cargo, run};
use crate::setup::{self, Need};
use crate::steps::Steps;
use crate::web;
use anyhow::{Result, bail};
use std::env;

/// Proofs on the built server: name, title, and what the harness is told when nothing else is said.
const ON_THE_SERVER: [(&str, &str, &[&str]); 14] = [
    ("crash", "200 kills", &["--kills", "200", "--self-test"]),
    ("power", "100 power cuts", &["--cuts", "100"]),
    ("lie", "a disk that lies", &["--lie"]),
    ("fail", "a disk whose syncs fail", &["--fail", "20", "--cuts", "50"]),
    ("full", "50 full disks", &["--cycles", "50"]),
    ("clock", "a clock that jumps", &[]),
    ("stalled", "subscribers that stop reading", &[]),
    ("hostile", "questions that would take the machine down", &[]),
    ("slow", "5,000 slow connections", &[]),
    ("flood", "floods of every kind beside a client that behaves well", &[]),
    ("tls", "what testssl.sh finds at the doors with TLS", &[]),
    ("guess", "whether time tells which accounts there are", &[]),
    ("paho", "Eclipse Paho's suites for MQTT", &[]),
    ("soak", "half an hour of everything", &["--minutes", "30"]),
];

/// Names a checkout of the suites of Eclipse Paho.
const PAHO: &str = "HANOI_IOC_PAHO";

/// Runs one proof, with other arguments if given, or all of them.
pub(crate) fn run_named(repo: &Repo, name: Option<&str>, args: &[String]) -> Result<()> {
    let Some(name) = name else { return run_all(repo) };
    if name == "crates" {
        return run(&mut harness::ignored(repo));
    }
    let Some((name, _, usual)) = ON_THE_SERVER.iter().find(|(known, ..)| *known == name) else {
        let known: Vec<&str> = ON_THE_SERVER.iter().map(|(name, ..)| *name).collect();
        bail!("there is no proof '{name}'; there are crates, {}", known.join(", "));
    };
    let given: Vec<&str> = args.iter().map(String::as_str).collect();
    on_the_server(repo, name, if given.is_empty() { usual } else { &given })
}

fn on_the_server(repo: &Repo, name: &str, args: &[&str]) -> Result<()> {
    if name == "paho" && env::var_os(PAHO).is_none() && args.is_empty() {
        // the suites are not ours and not in the repository
        println!("skipped: {PAHO} is not set; clone eclipse/paho.mqtt.testing with git and let it name the folder");
        return Ok(());
    }
    // a lying and a failing disk are kinds of power cut to the harness
    let name = if ["lie", "fail"].contains(&name) { "power" } else { name };
    let all: Vec<&str> = std::iter::once(name).chain(args.iter().copied()).collect();
    harness::load(repo, Build::Release, &all)
}

/// Runs every long proof; fails when one fails.
fn run_all(repo: &Repo) -> Result<()> {
    let mut steps = Steps::default();
    steps.step("set-up", || setup::run(repo, Need::Tests));
    steps.step("console: build", || web::build(repo));
    // The end-to-end tests are among the proofs of the crates, and they start it.
    let server = ["build", "--package", "server", "--bin", "hanoi-ioc"];
    steps.step("server: build", || run(cargo(repo).args(server)));
    steps.step("long proofs of the crates", || run(&mut harness::ignored(repo)));
    for (name, title, args) in ON_THE_SERVER {
        steps.step(title, || on_the_server(repo, name, args));
    }
    steps.finish()
}
