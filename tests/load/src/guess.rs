//! `load guess`: does the time of a refused sign-in tell whether the account exists, or rests?

use crate::account::Person;
use crate::http::Client;
use crate::latency::{Latencies, Millis};
use crate::server::Site;
use anyhow::{Context, Result, ensure};
use clap::Args;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, Instant};

#[derive(Args)]
pub(crate) struct GuessArgs {
    /// Rounds; each asks for six accounts, for as many that do not exist, and for one that rests
    #[arg(long, default_value_t = 20)]
    rounds: usize,
    /// Folder below which the data lies
    #[arg(long)]
    dir: Option<PathBuf>,
}

/// Accounts of one round. An address may fail sixty times a minute, and an account five times: each round has its own
/// accounts, tried three times, and a server that has just been started.
const ACCOUNTS: usize = 6;
const TRIES: usize = 3;
/// Difference of times that tells nothing over a network (RELIABILITY S14).
const MOST: Duration = Duration::from_millis(10);

/// Measures and prints.
pub(crate) async fn run(args: GuessArgs) -> Result<()> {
    let site = Site::new(args.dir.as_deref())?;
    let mut password = None;
    let (mut known, mut unknown, mut resting) = (Latencies::default(), Latencies::default(), Latencies::default());
    for round in 0..args.rounds {
        let server = site.start().await?;
        let at = server.addresses.http;
        let person = match password.replace(server.password.clone()) {
            None => Person::first(at, &server.password.clone().context("no first password")?).await?,
            Some(_) => Person::again(at).await?,
        };
        for number in 0..ACCOUNTS {
            make(at, &person, &format!("thu-{round}-{number}")).await?;
        }
        // one that rests after its fifth try
        make(at, &person, &format!("nghi-{round}")).await?;
        for _ in 0..5 {
            sign_in(at, &format!("nghi-{round}")).await?;
        }
        for _ in 0..TRIES {
            for number in 0..ACCOUNTS {
                known.add(sign_in(at, &format!("thu-{round}-{number}")).await?);
                unknown.add(sign_in(at, &format!("khong-{round}-{number}")).await?);
            }
            resting.add(sign_in(at, &format!("nghi-{round}")).await?);
        }
        server.stop().await?;
    }
    let mut widest = Duration::ZERO;
    for (name, group) in [
        ("wrong password", &mut known),
        ("no such account", &mut unknown),
        ("resting", &mut resting),
    ] {
        let [half, most] = [0.5, 0.95].map(|share| group.quantile(share));
        println!(
            "guess: {name}: {} tries, p50 {}, p95 {}",
            group.len(),
            Millis(half),
            Millis(most)
        );
    }
    for share in [0.5, 0.95] {
        let all = [known.quantile(share), unknown.quantile(share), resting.quantile(share)];
        let spread = all
            .iter()
            .max()
            .zip(all.iter().min())
            .map(|(most, least)| *most - *least);
        widest = widest.max(spread.unwrap_or_default());
        println!(
            "guess: they differ by {} at p{:.0}",
            Millis(spread.unwrap_or_default()),
            share * 100.0
        );
    }
    ensure!(widest <= MOST, "the time tells accounts apart by {}", Millis(widest));
    Ok(())
}

async fn make(at: SocketAddr, person: &Person, account: &str) -> Result<()> {
    let body = serde_json::json!({ "account": account, "rights": [] }).to_string();
    let headers = format!("{}Content-Type: application/json\r\n", person.headers());
    let mut client = Client::connect(at).await?;
    let answer = client.ask("POST", "/api/v1/people", &headers, body.as_bytes()).await?;
    ensure!(
        answer.status == 201,
        "{}: {}",
        answer.status,
        String::from_utf8_lossy(&answer.body)
    );
    Ok(())
}

/// A wrong try, and how long it took.
async fn sign_in(at: SocketAddr, account: &str) -> Result<Duration> {
    let body = serde_json::json!({ "account": account, "password": "mat-khau-sai-2026" }).to_string();
    let mut client = Client::connect(at).await?;
    let began = Instant::now();
    let answer = client
        .ask(
            "POST",
            "/api/v1/session",
            "Content-Type: application/json\r\n",
            body.as_bytes(),
        )
        .await?;
    let took = began.elapsed();
    ensure!(
        answer.status == 401,
        "{}: {}",
        answer.status,
        String::from_utf8_lossy(&answer.body)
    );
    Ok(took)
}
