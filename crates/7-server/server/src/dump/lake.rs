//! What log and lake hold together: each row once, and where both hold it, the same.

use super::BYTES;
use anyhow::{Context, Result, bail};
use embedded::tenant::EmbeddedTenant;
use history::lake::dump::{StoredRow, each_row};
use history::lake::schema::pack;
use kernel::position::Position;
use kernel::series::SeriesInfo;
use kernel::time::Timestamp;
use kernel::value::Value;
use serde::Serialize;
use std::collections::{HashMap, HashSet};
use std::io::Write;
use std::sync::Arc;

/// One row that counts.
#[derive(Serialize)]
struct Row<'a> {
    device: &'a str,
    name: &'a str,
    time: Timestamp,
    value: Value,
    /// Whether only the log has it yet.
    in_log: bool,
}

/// A row with the place that decides which one of the same name counts.
struct Held {
    place: (i64, i32),
    value: Value,
    in_log: bool,
}

/// Puts both together.
#[derive(Default)]
struct Union {
    rows: HashMap<(u32, i64), Held>,
    /// Rows of the lake by place.
    places: HashSet<(i64, i32)>,
    /// Places that stand in the lake twice.
    twice: u64,
    /// Rows of another place with the same name and value: sent again after the log had been given back.
    again: u64,
}

/// Writes every row that counts, by series and time.
pub(super) async fn write(engine: &EmbeddedTenant, series: &[SeriesInfo], out: &mut impl Write) -> Result<()> {
    let mut union = Union::default();
    let reached = each_row(Arc::clone(&engine.objects), |row| union.take(row))
        .await
        .context("the lake cannot be read")?;
    let (mut after, mut missing) = (Position::START, 0_u64);
    loop {
        let blocks = engine.series.read(after, BYTES).await?;
        let Some((last, _)) = blocks.last() else { break };
        after = *last;
        for (position, block) in &blocks {
            let packed = pack(*position);
            for row in 0..block.batch.len() {
                let place = (packed, i32::try_from(row).unwrap_or(i32::MAX));
                if packed <= reached {
                    missing += u64::from(!union.places.contains(&place));
                } else {
                    let name = (block.batch.series[row].0, block.batch.time[row].micros());
                    union.put(name, place, block.batch.value(row), true);
                }
            }
        }
    }
    eprintln!(
        "{} rows in the lake, {} that count, {} were sent again after the log had been given back",
        union.places.len(),
        union.rows.len(),
        union.again
    );
    if missing > 0 || union.twice > 0 {
        bail!(
            "{missing} rows of the log are missing in the lake, which says that it has them; {} stand in it twice",
            union.twice
        );
    }
    let mut names: Vec<_> = union.rows.iter().collect();
    names.sort_unstable_by_key(|(name, _)| **name);
    for ((id, time), held) in names {
        let info = series
            .get(*id as usize)
            .with_context(|| format!("series {id} is not registered"))?;
        let line = Row {
            device: info.device.as_str(),
            name: &info.name,
            time: Timestamp::from_micros(*time),
            value: held.value.clone(),
            in_log: held.in_log,
        };
        serde_json::to_writer(&mut *out, &line)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

impl Union {
    fn take(&mut self, row: StoredRow) {
        if !self.places.insert(row.place) {
            self.twice += 1;
        }
        let value = match (row.kind, row.number, row.text) {
            (1, Some(number), _) => Value::Boolean(number != 0.0),
            (_, Some(number), _) => Value::Number(number),
            (_, _, text) => Value::Text(text.unwrap_or_default()),
        };
        self.put((row.series, row.time), row.place, value, false);
    }

    fn put(&mut self, name: (u32, i64), place: (i64, i32), value: Value, in_log: bool) {
        let new = Held { place, value, in_log };
        match self.rows.get_mut(&name) {
            Some(held) => {
                self.again += u64::from(held.value == new.value && held.place != new.place);
                if held.place < new.place {
                    *held = new;
                }
            }
            None => drop(self.rows.insert(name, new)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{StoredRow, Union};
    use kernel::value::Value;

    fn row(place: (i64, i32), number: f64) -> StoredRow {
        StoredRow {
            series: 1,
            time: 7,
            kind: 0,
            number: Some(number),
            text: None,
            place,
            late: false,
        }
    }

    #[test]
    fn the_highest_place_counts_and_a_place_stands_once() {
        let mut union = Union::default();
        union.take(row((2, 0), 5.0));
        union.take(row((1, 3), 4.0));
        union.take(row((1, 4), 5.0));
        assert_eq!(union.rows[&(1, 7)].value, Value::Number(5.0));
        assert_eq!((union.rows.len(), union.twice, union.again), (1, 0, 1));
        union.take(row((1, 3), 4.0));
        assert_eq!(union.twice, 1);
    }
}
