//! Which rows of a table a question can be about, by the two columns that name a row: series and time.

use crate::lake::file::{LakeFile, Span};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::logical_expr::{Between, BinaryExpr, Expr, Operator, col, lit};
use std::sync::Arc;

/// Rows of these series and times. Both are met exactly by whoever reads by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// Times, ends included.
    pub(crate) time: Span,
    /// Series numbers, ends included.
    pub(crate) span: Span,
    /// Only these of them, sorted; `None` for all.
    pub(crate) only: Option<Vec<i64>>,
}

impl Wanted {
    /// Everything.
    pub(crate) const ALL: Self = Self {
        time: (i64::MIN, i64::MAX),
        span: (i64::MIN, i64::MAX),
        only: None,
    };

    /// One series in a range, end not included.
    pub(crate) fn one(series: u32, from: i64, to: i64) -> Self {
        let series = i64::from(series);
        Self {
            time: (from, to.saturating_sub(1)),
            span: (series, series),
            only: None,
        }
    }

    /// Narrows by a filter on series or time alone; `false` when the filter is of another kind and nothing was done.
    pub(crate) fn narrow(&mut self, filter: &Expr, time_column: &str) -> bool {
        match filter {
            Expr::BinaryExpr(BinaryExpr { left, op, right }) => {
                if *op == Operator::And {
                    let mut both = self.clone();
                    if both.narrow(left, time_column) && both.narrow(right, time_column) {
                        *self = both;
                        return true;
                    }
                    return false;
                }
                if let (Some(key), Some(value)) = (key(left, time_column), literal(right)) {
                    return self.compare(key, *op, value);
                }
                match (literal(left), key(right, time_column), op.swap()) {
                    (Some(value), Some(key), Some(op)) => self.compare(key, op, value),
                    _ => false,
                }
            }
            Expr::Between(Between {
                expr,
                negated: false,
                low,
                high,
            }) => match (key(expr, time_column), literal(low), literal(high)) {
                (Some(key), Some(low), Some(high)) => {
                    self.compare(key, Operator::GtEq, low) && self.compare(key, Operator::LtEq, high)
                }
                _ => false,
            },
            Expr::InList(list) if !list.negated && key(&list.expr, time_column) == Some(Key::Series) => {
                let Some(mut values) = list.list.iter().map(literal).collect::<Option<Vec<i64>>>() else {
                    return false;
                };
                values.sort_unstable();
                values.dedup();
                if let Some(only) = &self.only {
                    values.retain(|value| only.binary_search(value).is_ok());
                }
                self.only = Some(values);
                true
            }
            _ => false,
        }
    }

    fn compare(&mut self, key: Key, op: Operator, value: i64) -> bool {
        let span = match key {
            Key::Series => &mut self.span,
            Key::Time => &mut self.time,
        };
        match op {
            Operator::Eq => *span = (span.0.max(value), span.1.min(value)),
            Operator::GtEq => span.0 = span.0.max(value),
            Operator::LtEq => span.1 = span.1.min(value),
            Operator::Gt => match value.checked_add(1) {
                Some(value) => span.0 = span.0.max(value),
                None => *span = (1, 0),
            },
            Operator::Lt => match value.checked_sub(1) {
                Some(value) => span.1 = span.1.min(value),
                None => *span = (1, 0),
            },
            _ => return false,
        }
        true
    }

    /// Whether no row can be wanted.
    pub(crate) fn is_empty(&self) -> bool {
        self.time.0 > self.time.1 || self.span.0 > self.span.1 || self.only.as_ref().is_some_and(Vec::is_empty)
    }

    /// Whether a row is wanted.
    pub(crate) fn holds(&self, series: i64, time: i64) -> bool {
        (self.time.0..=self.time.1).contains(&time)
            && (self.span.0..=self.span.1).contains(&series)
            && self
                .only
                .as_ref()
                .is_none_or(|only| only.binary_search(&series).is_ok())
    }

    /// Whether a file can have wanted rows.
    pub(crate) fn touches(&self, file: &LakeFile) -> bool {
        let meets = |one: Span, other: Span| one.0 <= other.1 && other.0 <= one.1;
        !self.is_empty()
            && meets(self.time, file.time)
            && meets(self.span, file.series)
            && self.only.as_ref().is_none_or(|only| {
                let first = only.partition_point(|series| *series < file.series.0);
                only.get(first).is_some_and(|series| *series <= file.series.1)
            })
    }

    /// Whether all rows of a file are wanted.
    pub(crate) fn covers(&self, file: &LakeFile) -> bool {
        let holds = |outer: Span, inner: Span| outer.0 <= inner.0 && inner.1 <= outer.1;
        self.only.is_none() && holds(self.time, file.time) && holds(self.span, file.series)
    }

    /// The same as a filter of the engine; `None` when everything is wanted.
    pub(crate) fn filter(&self, time_column: &str) -> Option<Expr> {
        let instant = |micros: i64| lit(ScalarValue::TimestampMicrosecond(Some(micros), Some(Arc::from("UTC"))));
        let number = |series: i64| lit(series.clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32);
        let mut parts = Vec::new();
        if self.time.0 > i64::MIN {
            parts.push(col(time_column).gt_eq(instant(self.time.0)));
        }
        if self.time.1 < i64::MAX {
            parts.push(col(time_column).lt_eq(instant(self.time.1)));
        }
        if self.span.0 == self.span.1 {
            parts.push(col("series").eq(number(self.span.0)));
        } else {
            if self.span.0 > i64::from(i32::MIN) {
                parts.push(col("series").gt_eq(number(self.span.0)));
            }
            if self.span.1 < i64::from(i32::MAX) {
                parts.push(col("series").lt_eq(number(self.span.1)));
            }
        }
        if let Some(only) = &self.only {
            parts.push(col("series").in_list(only.iter().map(|series| number(*series)).collect(), false));
        }
        parts.into_iter().reduce(Expr::and)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Series,
    Time,
}

fn key(expr: &Expr, time_column: &str) -> Option<Key> {
    match expr {
        Expr::Column(column) if column.name == "series" => Some(Key::Series),
        Expr::Column(column) if column.name == time_column => Some(Key::Time),
        _ => None,
    }
}

/// A whole number or an instant in whole microseconds.
fn literal(expr: &Expr) -> Option<i64> {
    let Expr::Literal(value, _) = expr else { return None };
    match value {
        ScalarValue::TimestampMicrosecond(Some(micros), _) => Some(*micros),
        ScalarValue::TimestampNanosecond(..)
        | ScalarValue::TimestampMillisecond(..)
        | ScalarValue::TimestampSecond(..) => None,
        value if value.data_type().is_integer() => match value.cast_to(&DataType::Int64).ok()? {
            ScalarValue::Int64(number) => number,
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instant(micros: i64) -> Expr {
        lit(ScalarValue::TimestampMicrosecond(Some(micros), Some(Arc::from("UTC"))))
    }

    #[test]
    fn filters_on_the_name_of_a_row_are_met_and_others_are_left() {
        for (filter, expected) in [
            (
                col("time").gt(instant(5)),
                Some(((6, i64::MAX), (i64::MIN, i64::MAX), None)),
            ),
            (
                col("time").lt(instant(5)).and(col("series").eq(lit(3))),
                Some(((i64::MIN, 4), (3, 3), None)),
            ),
            (
                instant(5).lt_eq(col("time")),
                Some(((5, i64::MAX), (i64::MIN, i64::MAX), None)),
            ),
            (
                col("time").between(instant(1), instant(2)),
                Some(((1, 2), (i64::MIN, i64::MAX), None)),
            ),
            (
                col("series").in_list(vec![lit(9), lit(2_i64), lit(9)], false),
                Some(((i64::MIN, i64::MAX), (i64::MIN, i64::MAX), Some(vec![2, 9]))),
            ),
            (col("series").in_list(vec![lit(9)], true), None),
            (col("series").not_eq(lit(9)), None),
            (col("number").gt(lit(5.0)), None),
            (col("time").gt(instant(5)).or(col("series").eq(lit(3))), None),
            (col("time").gt(instant(5)).and(col("number").gt(lit(5.0))), None),
        ] {
            let mut wanted = Wanted::ALL;
            let narrowed = wanted.narrow(&filter, "time");
            match expected {
                Some((time, span, only)) => {
                    assert_eq!((narrowed, wanted), (true, Wanted { time, span, only }), "{filter}")
                }
                None => assert_eq!((narrowed, wanted), (false, Wanted::ALL), "{filter}"),
            }
        }
    }

    #[test]
    fn files_are_passed_over_only_when_nothing_in_them_is_wanted() {
        let file = LakeFile {
            path: "part-a".into(),
            bytes: 1,
            rows: 1,
            day: 0,
            series: (10, 20),
            time: (100, 200),
            position: (0, 0),
            late: false,
        };
        let wanted = |time, span, only: Option<&[i64]>| Wanted {
            time,
            span,
            only: only.map(<[i64]>::to_vec),
        };
        for (wanted, touches, covers) in [
            (Wanted::ALL, true, true),
            (wanted((200, 300), (0, 99), None), true, false),
            (wanted((201, 300), (0, 99), None), false, false),
            (wanted((0, 300), (0, 9), None), false, false),
            (wanted((0, 300), (0, 99), Some(&[1, 15])), true, false),
            (wanted((0, 300), (0, 99), Some(&[1, 21])), false, false),
            (wanted((0, 300), (0, 99), Some(&[])), false, false),
            (wanted((100, 200), (10, 20), None), true, true),
        ] {
            assert_eq!(
                (wanted.touches(&file), wanted.covers(&file)),
                (touches, covers),
                "{wanted:?}"
            );
        }
    }
}
