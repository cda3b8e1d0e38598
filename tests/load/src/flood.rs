//! `load flood`: hostile clients of each kind in turn, beside one that behaves well. The server must stay, the other must be served,
//! and memory must stay within a bound.

mod bodies;
mod bombs;
mod frames;
mod heads;
mod neighbour;
mod packets;
mod shot;
mod stage;
mod subscriptions;
mod tally;
mod texts;

use crate::account::Person;
use crate::latency::Millis;
use crate::proc;
use crate::server::{Server, Site};
use anyhow::{Context, Result, ensure};
use clap::{Args, ValueEnum};
use neighbour::{Neighbour, Seen};
use stage::Stage;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use tally::Tally;
use tokio::time::sleep;

#[derive(Args)]
pub(crate) struct FloodArgs {
    /// Only these kinds; none: all
    kinds: Vec<Kind>,
    /// Seconds of each kind at least; those with a number of things to send go on to their end
    #[arg(long, default_value_t = 20)]
    seconds: u64,
    /// Hostile clients of each kind at once
    #[arg(long, default_value_t = 8)]
    clients: usize,
    /// Different topics that are published, and subscribed to
    #[arg(long, default_value_t = 1_000_000)]
    topics: usize,
    /// Folder below which the data lies
    #[arg(long)]
    dir: Option<PathBuf>,
}

/// What hostile clients do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Bodies of 64 KiB to 1 GiB with their length
    Declared,
    /// The same in chunks, without a length
    Chunked,
    /// Bodies that come byte by byte
    Slow,
    /// Small bodies that unpack to GiB
    Bombs,
    /// JSON and CBOR, 100,000 deep
    Nested,
    /// Rules, statements and filters that are too much
    Texts,
    /// Heads of a million bytes
    Heads,
    /// Frames of HTTP/2 without end
    Frames,
    /// Packets of MQTT that are longer than any
    Packets,
    /// QoS 2 without PUBREL
    HalfOpen,
    /// SUBSCRIBE with thousands of filters
    Subscribe,
    /// A million different topics to subscribe to
    Filters,
    /// A million different topics to publish to
    Topics,
    /// One wildcard thousands of times, over a million retained messages
    Retained,
    /// Many wildcards that each message is matched with
    Matching,
}

/// Topics outside `devices/#` are closed until somebody opens some; here they are open, for the worst of it.
const SPACE: &str = "flood/# publish=* subscribe=*";
/// What the server may hold beyond what it held before, in MiB: eight large bodies at once, each with what it unpacks to
/// (592 MiB), the queues of MQTT (256 MiB), what is retained there (64 MiB), and what it computes with.
const MOST_MIB: f64 = 1_024.0;
/// What is asked of the delay of others (RELIABILITY S12); it is told and never asserted.
const TARGET: Duration = Duration::from_millis(500);

/// What one kind did to the server and to the other client.
struct Effect {
    answers: Tally,
    seen: Seen,
    /// In MiB: before, at most, and after.
    memory: (f64, f64, f64),
}

/// Runs and prints.
pub(crate) async fn run(args: FloodArgs) -> Result<()> {
    proc::raise_files()?;
    let site = Site::new(args.dir.as_deref())?.with("MQTT_NAMESPACES", format!("[\"{SPACE}\"]"));
    let server = site.start().await?;
    let at = server.addresses;
    let hostile = Person::first(at.http, &server.password.clone().context("no first password")?).await?;
    let quiet = hostile.another(at.http, "hien-lanh", "duty_officer").await?;
    let stage = Stage {
        http: at.http,
        mqtt: at.mqtt,
        person: hostile,
        token: site.add_device(stage::DEVICE, "flood-gauge", false).await?,
        length: Duration::from_secs(args.seconds),
        clients: args.clients,
        topics: args.topics,
    };
    let neighbour = Neighbour::start(
        at,
        quiet,
        site.add_device(neighbour::DEVICE, "flood-gauge", false).await?,
    );
    sleep(Duration::from_secs(3)).await;
    neighbour.take();
    sleep(stage.length).await;
    let mut alone = neighbour.take();
    println!("flood: nobody else: {alone}");
    alone.sound().context("while nobody else was there")?;
    let first = proc::memory_mib(server.pid()?)?.0;
    let kinds = if args.kinds.is_empty() {
        Kind::value_variants().to_vec()
    } else {
        args.kinds
    };
    let (mut peak, mut web, mut devices, mut asked, mut failed) =
        (first, Duration::ZERO, Duration::ZERO, 0, Vec::new());
    for kind in &kinds {
        let mut effect = flood(*kind, &stage, &server, &neighbour)
            .await
            .with_context(|| name(*kind))?;
        let (before, most, after) = effect.memory;
        println!("flood: {}: {}", name(*kind), effect.answers);
        println!(
            "flood: {}: the other client {}; memory {before:.0} MiB before, at most {most:.0}, {after:.0} after",
            name(*kind),
            effect.seen
        );
        let slowest = effect.seen.slowest();
        (web, devices) = (web.max(slowest.0), devices.max(slowest.1));
        asked += effect.seen.asked();
        peak = peak.max(most);
        failed.extend(
            effect
                .seen
                .sound()
                .err()
                .map(|error| format!("{}: {error:#}", name(*kind))),
        );
    }
    println!(
        "flood: {} kinds: p99 of the other client at most {} over HTTP and {} over MQTT (asked for: {}); of its {asked} requests \
         some failed in {} kinds; memory at most {:.0} MiB beyond the {first:.0} before (bound {MOST_MIB})",
        kinds.len(),
        Millis(web),
        Millis(devices),
        Millis(TARGET),
        failed.len(),
        peak - first
    );
    ensure!(
        failed.is_empty(),
        "the other client was not served: {}",
        failed.join("; ")
    );
    ensure!(
        peak - first <= MOST_MIB,
        "the server grew by {:.0} MiB, more than {MOST_MIB}",
        peak - first
    );
    drop(neighbour);
    server.stop().await
}

/// One kind, from before to after it.
async fn flood(kind: Kind, stage: &Stage, server: &Server, neighbour: &Neighbour) -> Result<Effect> {
    let pid = server.pid()?;
    let before = proc::memory_mib(pid)?.0;
    proc::forget_peak(pid)?;
    neighbour.take();
    let began = Instant::now();
    let answers = match kind {
        Kind::Declared => bodies::large(stage, false).await,
        Kind::Chunked => bodies::large(stage, true).await,
        Kind::Slow => bodies::slow(stage).await,
        Kind::Bombs => bombs::run(stage).await,
        Kind::Nested => texts::nested(stage).await,
        Kind::Texts => texts::run(stage).await,
        Kind::Heads => heads::run(stage).await,
        Kind::Frames => frames::run(stage).await,
        Kind::Packets => packets::large(stage).await,
        Kind::HalfOpen => packets::half_open(stage).await,
        Kind::Subscribe => subscriptions::crowded(stage).await,
        Kind::Filters => subscriptions::filters(stage).await,
        Kind::Topics => subscriptions::topics(stage).await,
        Kind::Retained => subscriptions::retained(stage).await,
        Kind::Matching => subscriptions::matching(stage).await,
    }?;
    println!("flood: {}: {:.0} s", name(kind), began.elapsed().as_secs_f64());
    let seen = neighbour.take();
    let most = proc::memory_mib(server.pid().context("it fell")?)?.1;
    // a moment in which the server gives back what it can
    sleep(Duration::from_secs(2)).await;
    Ok(Effect {
        answers,
        seen,
        memory: (before, most, proc::memory_mib(pid)?.0),
    })
}

fn name(kind: Kind) -> String {
    kind.to_possible_value()
        .map_or_else(String::new, |value| value.get_name().to_owned())
}
