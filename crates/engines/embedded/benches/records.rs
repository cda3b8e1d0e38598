//! Speed of documents and journal on this disk; run with `cargo bench --profile dev -p embedded --bench records`.

use embedded::records::{EmbeddedRecords, RecordsOptions};
use kernel::place::{Bounds, Point};
use ports::conformance::records::{THINGS, fact, put_indexed};
use ports::journal::Journal;
use ports::query::{Condition, IndexValue, Order, Query};
use ports::records::{Expect, Records, Transaction};
use std::io::Write;
use std::time::{Duration, Instant};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let documents: u64 = std::env::var("DOCUMENTS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(100_000);
    let directory = tempfile::tempdir()?;
    let mut file = std::fs::File::create(directory.path().join("sync"))?;
    let began = Instant::now();
    for _ in 0..100 {
        file.write_all(&[1; 4_096])?;
        file.sync_data()?;
    }
    println!("fsync of 4 KiB: {:?} mean", began.elapsed() / 100);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let records = EmbeddedRecords::open(directory.path().join("records.sqlite"), RecordsOptions::default())?;
    runtime.block_on(facts(&records))?;
    runtime.block_on(questions(&records, documents))?;
    println!("file: {} MiB", std::fs::metadata(records.path())?.len() >> 20);
    Ok(())
}

fn transaction(number: u64, documents: bool) -> Transaction {
    let key = format!("device-{number:07}");
    let point = Bounds::of(Point {
        lon: 105.3 + (number % 1_000) as f64 / 1_000.0,
        lat: 20.6 + (number / 1_000 % 800) as f64 / 1_000.0,
    });
    let indexes = vec![
        ("area", IndexValue::Equal(format!("{:05}", number % 126))),
        ("at", IndexValue::Range(number as i64)),
        (
            "title",
            IndexValue::Text(format!(
                "Trạm đo {} số {number}",
                ["mưa", "nước", "không khí"][number as usize % 3]
            )),
        ),
        ("place", IndexValue::Place(point)),
    ];
    let body = br#"{"title":{"vi":"Tr\u1ea1m","en":"Station"},"profile":"rain-gauge","state":"active"}"#;
    Transaction {
        changes: if documents {
            vec![put_indexed(THINGS, &key, Expect::Any, body, indexes)]
        } else {
            Vec::new()
        },
        facts: vec![fact(
            if documents {
                "thing.made.v1"
            } else {
                "signal.published.v1"
            },
            &key,
        )],
        cursor: Some(("bench".to_owned(), number)),
    }
}

async fn run(
    records: &EmbeddedRecords,
    begin: u64,
    count: u64,
    tasks: u64,
    documents: bool,
) -> ports::error::Result<Duration> {
    let began = Instant::now();
    let work: Vec<_> = (0..tasks)
        .map(|task| {
            let records = records.clone();
            tokio::spawn(async move {
                for turn in 0..count / tasks {
                    records
                        .commit(transaction(begin + turn * tasks + task, documents))
                        .await?;
                }
                Ok::<_, ports::error::PortError>(())
            })
        })
        .collect();
    for task in work {
        task.await
            .map_err(|error| ports::error::PortError::Unavailable(error.to_string()))??;
    }
    Ok(began.elapsed())
}

async fn facts(records: &EmbeddedRecords) -> ports::error::Result<()> {
    for (tasks, count) in [(1, 2_000), (16, 10_000), (100, 30_000), (500, 50_000)] {
        let time = run(records, tasks * 10_000_000, count, tasks, false).await?;
        println!(
            "facts, {tasks} at a time, each its own transaction: {:.0}/s",
            count as f64 / time.as_secs_f64()
        );
    }
    let began = Instant::now();
    for round in 0..200_u64 {
        let facts = (0..100)
            .map(|turn| fact("batch.v1", &format!("{round}/{turn}")))
            .collect();
        records
            .commit(Transaction {
                facts,
                ..Transaction::default()
            })
            .await?;
    }
    println!(
        "facts, 100 in each transaction, one at a time: {:.0}/s",
        20_000.0 / began.elapsed().as_secs_f64()
    );
    let began = Instant::now();
    let (mut after, mut read) = (0, 0);
    loop {
        let entries = Journal::read(records, after, &["signal."], 1_000).await?;
        let Some(last) = entries.last() else { break };
        (after, read) = (last.number, read + entries.len());
    }
    println!(
        "journal, read by kind: {:.0}/s",
        read as f64 / began.elapsed().as_secs_f64()
    );
    Ok(())
}

async fn questions(records: &EmbeddedRecords, documents: u64) -> ports::error::Result<()> {
    for (tasks, begin, count) in [(1, 0, 1_000), (100, 1_000, documents - 1_000)] {
        let time = run(records, begin, count / tasks * tasks, tasks, true).await?;
        println!(
            "document with 4 indexes and a fact, {tasks} at a time: {:.0}/s",
            count as f64 / time.as_secs_f64()
        );
    }
    let time = run(records, 1_000, 20_000, 100, true).await?;
    println!(
        "the same again, nothing changed in the indexes, 100 at a time: {:.0}/s",
        20_000.0 / time.as_secs_f64()
    );
    let words = |text: &str| Condition::Words("title", text.to_owned());
    let area = |count: usize| Condition::AnyOf("area", (0..count).map(|number| format!("{number:05}")).collect());
    let middle = Bounds {
        west: 105.8,
        south: 20.7,
        east: 105.81,
        north: 20.71,
    };
    for (what, query) in [
        ("first page by key", Query::all(50)),
        (
            "one area, newest first",
            Query::all(50).with(area(1)).by(Order::Descending("at")),
        ),
        (
            "all areas, newest first",
            Query::all(50).with(area(126)).by(Order::Descending("at")),
        ),
        ("a word that all have", Query::all(50).with(words("tram"))),
        ("one letter", Query::all(50).with(words("t"))),
        (
            "one document by its number",
            Query::all(50).with(words("so 0000777")).with(words("777")),
        ),
        ("a third, in one area", Query::all(50).with(words("mua")).with(area(1))),
        (
            "a small box, newest first",
            Query::all(50)
                .with(Condition::Touches("place", middle))
                .by(Order::Descending("at")),
        ),
        (
            "nothing, of two large ones",
            Query::all(50).with(words("mua")).with(words("nuoc")),
        ),
    ] {
        let began = Instant::now();
        let page = records.query(THINGS, query.clone()).await?;
        let first = began.elapsed();
        let began = Instant::now();
        for _ in 0..5 {
            records.query(THINGS, query.clone()).await?;
        }
        let again = began.elapsed() / 5;
        let began = Instant::now();
        let count = records.count(THINGS, query).await?;
        println!(
            "{what}: {} of {count}; {first:.1?} first, {again:.1?} again, count {:.1?}",
            page.documents.len(),
            began.elapsed()
        );
    }
    Ok(())
}
