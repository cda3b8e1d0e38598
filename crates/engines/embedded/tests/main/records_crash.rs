//! A process that commits is killed at a random moment, again and again; nothing that it acknowledged may be lost.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use embedded::records::{EmbeddedRecords, RecordsOptions};
use ports::conformance::records::{THINGS, fact, put_indexed};
use ports::journal::Journal;
use ports::query::{Condition, IndexValue, Query};
use ports::records::{Expect, Records, Transaction};
use rand::{Rng, SeedableRng};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

const DIRECTORY: &str = "EMBEDDED_RECORDS_CRASH";
const KILLS: u64 = 6;

/// Not a test by itself: what the killed process does. It writes a line for every acknowledged commit.
#[test]
#[ignore = "started by acknowledged_commits_survive_kills"]
fn child_commits_until_killed() {
    let Ok(directory) = std::env::var(DIRECTORY) else {
        return;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let records =
            EmbeddedRecords::open(Path::new(&directory).join("records.sqlite"), RecordsOptions::default()).unwrap();
        let begin = records.head().borrow().to_owned();
        let tasks: Vec<_> = (0..4)
            .map(|task| {
                let records = records.clone();
                tokio::spawn(async move {
                    for turn in 0.. {
                        let key = format!("b{begin}t{task}n{turn}end");
                        let indexes = vec![("title", IndexValue::Text(key.clone()))];
                        let transaction = Transaction {
                            changes: vec![put_indexed(THINGS, &key, Expect::Absent, key.as_bytes(), indexes)],
                            facts: vec![fact("thing.made.v1", &key)],
                            cursor: Some((format!("task-{task}"), turn + 1)),
                        };
                        let number = records.commit(transaction).await.unwrap().journal.unwrap();
                        let line = format!("acked {number} {key} {task} {}\n", turn + 1);
                        std::io::stdout().write_all(line.as_bytes()).unwrap();
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn acknowledged_commits_survive_kills() {
    let directory = tempfile::tempdir().unwrap();
    let mut random = rand::rngs::StdRng::seed_from_u64(15);
    let mut acked = Vec::new();
    for round in 0..KILLS {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "records_crash::child_commits_until_killed",
                "--exact",
                "--ignored",
                "--nocapture",
                "--test-threads=1",
            ])
            .env(DIRECTORY, directory.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap())
            .lines()
            .map_while(Result::ok);
        let stop = acked.len() + random.random_range(1..150);
        let mut cursors = [0; 4];
        let mut take = |line: String, acked: &mut Vec<(u64, String)>| {
            let parts: Vec<&str> = line.split(' ').collect();
            if let [.., "acked", number, key, task, turn] = parts[..] {
                acked.push((number.parse().unwrap(), key.to_owned()));
                let (task, turn): (usize, u64) = (task.parse().unwrap(), turn.parse().unwrap());
                cursors[task] = cursors[task].max(turn);
            }
        };
        while acked.len() < stop {
            take(lines.next().expect("the child works until it is killed"), &mut acked);
        }
        child.kill().unwrap();
        child.wait().unwrap();
        // lines that were written before the kill count as well; the last one may be cut
        for line in lines {
            if line.split(' ').count() >= 5 && !line.ends_with(' ') {
                take(line, &mut acked);
            }
        }
        let records =
            EmbeddedRecords::open(directory.path().join("records.sqlite"), RecordsOptions::default()).unwrap();
        for (task, turn) in cursors.iter().enumerate() {
            let cursor = records.cursor(&format!("task-{task}")).await.unwrap();
            assert!(cursor >= *turn, "round {round}, task {task}: {cursor} < {turn}");
        }
        check(&records, &acked).await;
    }
}

async fn check(records: &EmbeddedRecords, acked: &[(u64, String)]) {
    let entries = all_entries(records).await;
    for (number, key) in acked {
        let entry = entries
            .get(usize::try_from(*number).unwrap() - 1)
            .expect("an acknowledged fact is there");
        assert_eq!((entry.0, &entry.1), (*number, key));
    }
    // each fact has its document and the other way round, and the indexes agree
    for (_, key) in &entries {
        let words = Query::all(2).with(Condition::Words("title", key.clone()));
        let found = records.query(THINGS, words).await.unwrap().documents;
        assert!(
            found
                .iter()
                .any(|document| document.key == *key && document.body == key.as_bytes()),
            "{key}"
        );
    }
    assert_eq!(records.count(THINGS, Query::all(1)).await, Ok(entries.len() as u64));
}

async fn all_entries(records: &EmbeddedRecords) -> Vec<(u64, String)> {
    let mut entries: Vec<(u64, String)> = Vec::new();
    loop {
        let after = entries.last().map_or(0, |entry| entry.0);
        let more = records.read(after, &[], 1_000).await.unwrap();
        if more.is_empty() {
            return entries;
        }
        entries.extend(more.into_iter().map(|entry| (entry.number, entry.fact.subject)));
    }
}
