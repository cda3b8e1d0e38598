//! One value per instant: rows of several sources put together, corrections resolved (SEMANTICS 7).

use super::Columns;

/// A stored row with the place in the log that decides between two rows of one instant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stored {
    /// Microseconds since the epoch.
    pub time: i64,
    /// The value.
    pub value: f64,
    /// Quality byte.
    pub quality: u8,
    /// Log position, comparable; rows of one block have the same.
    pub position: (u32, u64),
}

/// Sorts by time and keeps, of rows of one instant, that with the highest position; of rows of one block the later one.
pub fn merge(mut rows: Vec<Stored>) -> Columns {
    // stable, so that rows of one block keep their order
    rows.sort_by_key(|row| (row.time, row.position));
    let mut columns = Columns::default();
    for row in rows {
        if columns.time.last() == Some(&row.time) {
            let last = columns.len() - 1;
            columns.value[last] = row.value;
            columns.quality[last] = row.quality;
        } else {
            columns.push(row.time, row.value, row.quality);
        }
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_position_wins_whatever_the_order_of_sources() {
        let row = |time, value, position| Stored {
            time,
            value,
            quality: 0,
            position,
        };
        for (rows, expected) in [
            (
                vec![row(1, 10.0, (0, 5)), row(1, 11.0, (0, 9)), row(0, 1.0, (0, 7))],
                vec![(0, 1.0), (1, 11.0)],
            ),
            (vec![row(1, 11.0, (0, 9)), row(1, 10.0, (0, 5))], vec![(1, 11.0)]),
            (vec![row(1, 10.0, (0, 900)), row(1, 12.0, (1, 1))], vec![(1, 12.0)]),
            (vec![row(1, 10.0, (0, 5)), row(1, 13.0, (0, 5))], vec![(1, 13.0)]),
            (vec![], vec![]),
        ] {
            let columns = merge(rows);
            let found: Vec<_> = columns.time.into_iter().zip(columns.value).collect();
            assert_eq!(found, expected);
        }
    }
}
