//! Ports of this slice; the server implements them over `history` and `observation` (SEMANTICS 4).

use crate::error::IndicatorError;
use crate::model::{Hour, HourMean};
use async_trait::async_trait;
use kernel::batch::Batch;
use kernel::series::{SeriesId, SeriesInfo};
use ports::error::PortError;
use std::fmt;
use std::sync::Arc;

/// Hourly means of stored values.
#[async_trait]
pub trait HourlyMeans: Send + Sync + fmt::Debug {
    /// Means of all hours in `from..until` that have a value graded good or suspect, in any order. Everything that was
    /// durable when the question was asked counts, and of two values of one time the newer one.
    async fn hourly(&self, series: &[SeriesId], from: Hour, until: Hour) -> Result<Vec<HourMean>, PortError>;
}

/// All series there are.
pub trait Catalogue: Send + Sync + fmt::Debug {
    /// Series with numbers from `first`, in their order, at most `limit`. Numbers are given without gaps; a series is
    /// listed before its first value is stored.
    fn series(&self, first: u32, limit: usize) -> Vec<Arc<SeriesInfo>>;
}

/// What a computed series is made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lineage {
    /// Such as `indicator/vn-aqi`.
    pub by: String,
    /// Version of the indicator.
    pub version: u32,
    /// In the order of their numbers.
    pub inputs: Vec<SeriesId>,
}

/// Where computed values go.
#[async_trait]
pub trait Outlet: Send + Sync + fmt::Debug {
    /// Makes series or brings them up to date; the numbers in `wanted` are ignored. Answers in the same order.
    async fn series(&self, wanted: Vec<(SeriesInfo, Lineage)>) -> Result<Vec<Arc<SeriesInfo>>, IndicatorError>;

    /// Stores rows durably: the same time and value again changes nothing, another value is a correction. Answers how many
    /// rows were new or corrected.
    async fn write(&self, rows: Batch) -> Result<u32, IndicatorError>;
}
