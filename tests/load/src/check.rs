//! What was sent against what is stored: nothing acknowledged lost, nothing twice, nothing that nobody sent.

use crate::server::Site;
use anyhow::{Context, Result, bail};
use kernel::time::Timestamp;
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use std::collections::HashMap;
use std::fmt;

/// Values are multiples of this, so that every one of them is exact in binary and in decimal.
const STEP: f64 = 1.0 / 1024.0;

/// One row that a sender sent. Its value occurs once in its series, so that it can be told from all others.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sent {
    /// Index into [`Record::devices`].
    pub(crate) device: u32,
    pub(crate) name: &'static str,
    pub(crate) number: u32,
    /// Microseconds; `None` when the payload gave no time.
    pub(crate) time: Option<i64>,
    pub(crate) acknowledged: bool,
}

impl Sent {
    /// The value that stands for this row.
    pub(crate) fn value(&self) -> f64 {
        f64::from(self.number) * STEP
    }
}

/// Everything that one sender sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record {
    pub(crate) devices: Vec<String>,
    pub(crate) rows: Vec<Sent>,
}

/// One stored row, as `hanoi-ioc log dump --with-lake` writes it.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Stored {
    pub(crate) device: String,
    pub(crate) name: String,
    pub(crate) time: Timestamp,
    #[serde(deserialize_with = "number")]
    pub(crate) value: f64,
}

/// The number of a row: its value, or what its text begins with, counted as [`Sent::number`] is.
fn number<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Value {
        Number(f64),
        Text(String),
    }
    match Value::deserialize(from)? {
        Value::Number(number) => Ok(number),
        Value::Text(text) => {
            let number = text.split('-').next().and_then(|number| number.parse::<u32>().ok());
            number
                .map(|number| f64::from(number) * STEP)
                .ok_or_else(|| D::Error::custom("a text without a number"))
        }
    }
}

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    pub(crate) acknowledged: u64,
    pub(crate) stored: u64,
    pub(crate) lost: u64,
    pub(crate) duplicated: u64,
    pub(crate) ghost: u64,
    /// The first few of what is wrong.
    pub(crate) examples: Vec<String>,
}

impl Verdict {
    /// Whether nothing is wrong.
    pub(crate) fn is_good(&self) -> bool {
        self.lost + self.duplicated + self.ghost == 0
    }

    fn wrong(&mut self, example: impl FnOnce() -> String) {
        if self.examples.len() < 10 {
            self.examples.push(example());
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            acknowledged,
            stored,
            lost,
            duplicated,
            ghost,
            ..
        } = self;
        write!(
            f,
            "acked {acknowledged}, stored {stored}, lost {lost}, duplicated {duplicated}, ghost {ghost}"
        )
    }
}

struct Known {
    sent: Sent,
    found: u32,
}

/// Compares all rows.
pub(crate) fn compare(records: &[Record], stored: impl IntoIterator<Item = Stored>) -> Verdict {
    let mut verdict = Verdict::default();
    let mut known: HashMap<&str, HashMap<(&str, u64), Known>> = HashMap::new();
    for record in records {
        for sent in &record.rows {
            let device = record.devices.get(sent.device as usize).map_or("", String::as_str);
            let key = (sent.name, sent.value().to_bits());
            known
                .entry(device)
                .or_default()
                .insert(key, Known { sent: *sent, found: 0 });
            verdict.acknowledged += u64::from(sent.acknowledged);
        }
    }
    let mut names: Vec<&'static str> = records
        .iter()
        .flat_map(|record| record.rows.iter().map(|row| row.name))
        .collect();
    names.sort_unstable();
    names.dedup();
    for row in stored {
        verdict.stored += 1;
        let name = names.iter().find(|name| **name == row.name).copied().unwrap_or("");
        let device = known.get_mut(row.device.as_str());
        match device.and_then(|rows| rows.get_mut(&(name, row.value.to_bits()))) {
            Some(known) if known.sent.time.is_none_or(|time| time == row.time.micros()) => {
                known.found += 1;
                if known.found > 1 {
                    verdict.duplicated += 1;
                    verdict.wrong(|| format!("stored {} times: {row:?}", known.found));
                }
            }
            Some(known) => {
                verdict.ghost += 1;
                verdict.wrong(|| format!("stored under another time than {:?}: {row:?}", known.sent.time));
            }
            None => {
                verdict.ghost += 1;
                verdict.wrong(|| format!("sent by nobody: {row:?}"));
            }
        }
    }
    for (device, rows) in known {
        for known in rows
            .values()
            .filter(|known| known.sent.acknowledged && known.found == 0)
        {
            verdict.lost += 1;
            verdict.wrong(|| format!("acknowledged and not stored: {device} {:?}", known.sent));
        }
    }
    verdict
}

/// Everything that a stopped instance has stored, in the lake and in the log; it fails when the two do not agree.
pub(crate) async fn dump(site: &Site) -> Result<Vec<Stored>> {
    let text = site.run(["log", "dump", "--with-lake"]).await?;
    let rows = text
        .lines()
        .map(|line| serde_json::from_str(line).with_context(|| format!("not a row: {line}")));
    rows.collect()
}

/// Reads back what is stored, says what came out, and fails when anything is wrong.
pub(crate) async fn settle(site: &Site, records: &[Record], what: &str, timing: &str) -> Result<()> {
    let verdict = compare(records, dump(site).await?);
    println!("{what}, {verdict}{timing}");
    for example in &verdict.examples {
        println!("  {example}");
    }
    if !verdict.is_good() {
        bail!("the promise of durability is broken");
    }
    if verdict.acknowledged == 0 {
        bail!("nothing was acknowledged, so nothing was proven");
    }
    Ok(())
}

/// Plants a loss, a duplicate and a row that nobody sent, and sees whether each is found.
pub(crate) fn self_test(records: &[Record], stored: &[Stored]) -> Result<()> {
    let mut holes = stored.to_vec();
    let taken = holes.pop().context("nothing is stored")?;
    let lost = compare(records, holes.clone());
    let twice = compare(records, stored.iter().cloned().chain([taken.clone()]));
    let ghost = compare(
        records,
        stored.iter().cloned().chain([Stored {
            value: taken.value + STEP / 2.0,
            ..taken.clone()
        }]),
    );
    let moved = Stored {
        time: Timestamp::from_micros(taken.time.micros() + 1),
        ..taken
    };
    let moved = compare(records, holes.into_iter().chain([moved]));
    println!(
        "self-test: planted loss: {lost}; planted duplicate: {twice}; planted ghost: {ghost}; moved in time: {moved}"
    );
    let found = lost.lost == 1 && twice.duplicated == 1 && ghost.ghost == 1 && (moved.ghost, moved.lost) == (1, 1);
    if !found || !compare(records, stored.iter().cloned()).is_good() {
        bail!("the checker does not find what was planted");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(number: u32, acknowledged: bool) -> Sent {
        Sent {
            device: 0,
            name: "current",
            number,
            time: Some(i64::from(number)),
            acknowledged,
        }
    }

    fn stored(number: u32) -> Stored {
        let time = Timestamp::from_micros(number.into());
        Stored {
            device: "a".into(),
            name: "current".into(),
            time,
            value: sent(number, true).value(),
        }
    }

    #[test]
    fn rows_that_were_not_acknowledged_may_be_there_or_not() {
        let records = [Record {
            devices: vec!["a".into()],
            rows: vec![sent(1, true), sent(2, false), sent(3, false)],
        }];
        let verdict = compare(&records, [stored(1), stored(2)]);
        assert!(verdict.is_good(), "{verdict}");
        assert_eq!((verdict.acknowledged, verdict.stored), (1, 2));
    }

    #[test]
    fn each_wrong_is_told_from_the_others() {
        let records = [Record {
            devices: vec!["a".into()],
            rows: vec![sent(1, true), sent(2, true)],
        }];
        let verdict = compare(&records, [stored(1), stored(1), stored(9)]);
        assert_eq!(
            (verdict.lost, verdict.duplicated, verdict.ghost),
            (1, 1, 1),
            "{verdict}"
        );
    }
}
