//! Gaps: stretches in which a series was expected to speak and did not.

/// A stretch without rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The last row before it, or the begin of the range (microseconds).
    pub from: i64,
    /// The first row after it, or the end of the range.
    pub to: i64,
}

/// How many expected intervals may pass before a silence is a gap: one lost message is none.
const PATIENCE: i64 = 3;

/// The interval between two rows, in microseconds: what the series promises, else the median of what it did.
/// `None` when nothing is promised and fewer than four rows are there.
pub fn expected_interval(promised_s: Option<u32>, times: &[i64]) -> Option<i64> {
    if let Some(seconds) = promised_s.filter(|seconds| *seconds > 0) {
        return Some(i64::from(seconds) * 1_000_000);
    }
    if times.len() < 4 {
        return None;
    }
    let mut steps: Vec<i64> = times.windows(2).map(|pair| pair[1].saturating_sub(pair[0])).collect();
    let middle = steps.len() / 2;
    let (_, median, _) = steps.select_nth_unstable(middle);
    Some((*median).max(1))
}

/// Gaps of more than three expected intervals in `from..to`. `until` is the last instant that can have rows at all, such
/// as now: what lies after it is no gap. A range without any row is one gap.
pub fn gaps(times: &[i64], expected: i64, from: i64, to: i64, until: i64) -> Vec<Gap> {
    let limit = expected.max(1).saturating_mul(PATIENCE);
    let end = to.min(until);
    let edges = std::iter::once(from)
        .chain(times.iter().copied().filter(|time| (from..=end).contains(time)))
        .chain(std::iter::once(end));
    let mut found = Vec::new();
    let mut before: Option<i64> = None;
    for edge in edges {
        if let Some(before) = before
            && edge.saturating_sub(before) > limit
        {
            found.push(Gap { from: before, to: edge });
        }
        before = Some(edge);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_promise_counts_before_what_was_seen() {
        for (promised, times, expected) in [
            (Some(60), &[][..], Some(60_000_000)),
            (Some(0), &[0, 10, 20, 30], Some(10)),
            (None, &[0, 10, 20], None),
            (None, &[0, 10, 20, 500, 510], Some(10)),
            (None, &[5, 5, 5, 5], Some(1)),
        ] {
            assert_eq!(expected_interval(promised, times), expected, "{promised:?} {times:?}");
        }
    }

    #[test]
    fn one_lost_message_is_no_gap_and_the_future_is_none() {
        for (times, from, to, until, expected) in [
            (&[0, 10, 20, 30][..], 0, 30, 100, &[][..]),
            (&[0, 20, 40], 0, 40, 100, &[]),
            (&[0, 10, 50, 60], 0, 60, 100, &[(10, 50)]),
            (&[50, 60], 0, 60, 100, &[(0, 50)]),
            (&[0, 10], 0, 60, 100, &[(10, 60)]),
            (&[0, 10], 0, 60, 20, &[]),
            (&[], 0, 60, 100, &[(0, 60)]),
            (&[], 70, 90, 60, &[]),
        ] {
            let found: Vec<_> = gaps(times, 10, from, to, until)
                .iter()
                .map(|gap| (gap.from, gap.to))
                .collect();
            assert_eq!(found, expected, "{times:?} in {from}..{to} until {until}");
        }
    }
}
