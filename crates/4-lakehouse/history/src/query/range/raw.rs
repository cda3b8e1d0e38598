//! The rows of one series, each instant once.

use super::{MAX_ROWS, QualityFilter, RangeRows};
use crate::chart::{Stored, merge};
use crate::model::TableName;
use crate::query::error::QueryError;
use crate::query::ground::Pinned;
use crate::query::wanted::Wanted;
use datafusion::arrow::array::{Array, AsArray};
use datafusion::arrow::datatypes::{Float64Type, Int8Type, TimestampMicrosecondType};
use datafusion::execution::context::SessionState;
use datafusion::physical_plan::execute_stream;
use futures::StreamExt;
use kernel::quality::{Doubt, Grade, Quality};
use kernel::series::SeriesId;

const COLUMNS: [&str; 4] = ["time", "number", "quality", "doubt"];

/// Rows in `from..to` that are let through.
pub(super) async fn rows(
    session: &SessionState,
    pinned: &Pinned,
    series: SeriesId,
    (from, to): (i64, i64),
    quality: QualityFilter,
) -> Result<RangeRows, QueryError> {
    let view = pinned
        .view(TableName::Observations, &COLUMNS)
        .map_err(QueryError::from_engine)?;
    let wanted = Wanted::one(series.0, from, to);
    let plan = view
        .plan(session, &view.shown, &wanted)
        .await
        .map_err(QueryError::from_engine)?;
    let mut stream = execute_stream(plan, session.task_ctx()).map_err(QueryError::from_engine)?;
    let mut found: Vec<Stored> = Vec::new();
    while let Some(batch) = stream.next().await {
        let batch = batch.map_err(QueryError::from_engine)?;
        let column = |name: &str| {
            batch
                .column_by_name(name)
                .ok_or_else(|| QueryError::Engine(format!("rows without {name}")))
        };
        let times = column("time")?.as_primitive::<TimestampMicrosecondType>();
        let numbers = column("number")?.as_primitive::<Float64Type>();
        let grades = column("quality")?.as_primitive::<Int8Type>();
        let doubts = column("doubt")?.as_primitive::<Int8Type>();
        for row in 0..batch.num_rows() {
            let quality_of_row = quality_of(grades.value(row), doubts.value(row));
            if numbers.is_valid(row) && quality.lets(quality_of_row) {
                found.push(Stored {
                    time: times.value(row),
                    value: numbers.value(row),
                    quality: quality_of_row.byte(),
                    // the view has resolved corrections already
                    position: (0, 0),
                });
            }
        }
        if found.len() > MAX_ROWS {
            return Err(QueryError::TooLarge(format!(
                "the range of series {} has more than {MAX_ROWS} rows; ask for a shorter range, or for means with \
                 method=mean&bucket=PT5M, which are kept ready",
                series.0
            )));
        }
    }
    Ok(merge(found))
}

fn quality_of(grade: i8, doubt: i8) -> Quality {
    let grade = match grade {
        0 => Grade::Good,
        1 => Grade::Suspect,
        _ => Grade::Bad,
    };
    let doubt = match doubt {
        1 => Doubt::Range,
        2 => Doubt::Rate,
        3 => Doubt::Skew,
        4 => Doubt::Untimed,
        5 => Doubt::Sender,
        _ => Doubt::None,
    };
    Quality::new(grade, doubt)
}
