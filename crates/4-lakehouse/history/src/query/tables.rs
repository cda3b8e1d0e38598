//! Tables of other slices in SQL, joined in the server: what they hold of records and facts, as one actor sees it.

use super::error::QueryError;
use async_trait::async_trait;
use datafusion::arrow::array::{
    ArrayRef, BooleanBuilder, Float64Builder, Int64Builder, RecordBatch, StringBuilder, TimestampMicrosecondBuilder,
};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use kernel::actor::Actor;
use kernel::text::LangText;
use kernel::time::Timestamp;
use ports::error::PortError;
use std::fmt;
use std::sync::Arc;

/// A table as people see it.
#[derive(Clone, Debug, PartialEq)]
pub struct Described {
    /// Name in SQL.
    pub name: &'static str,
    /// What it holds.
    pub title: LangText,
    /// Its columns.
    pub columns: Vec<DescribedColumn>,
}

/// A column as people see it.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribedColumn {
    /// Name in SQL.
    pub name: &'static str,
    /// Type of its cells.
    pub kind: CellKind,
    /// What it says.
    pub title: LangText,
}

impl DescribedColumn {
    /// A column.
    pub fn new(name: &'static str, kind: CellKind, vi: &str, en: &str) -> Self {
        Self {
            name,
            kind,
            title: LangText::new(vi, en),
        }
    }
}

/// Types of cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellKind {
    /// Text.
    Text,
    /// Whole number.
    Integer,
    /// Number.
    Number,
    /// True or false.
    Boolean,
    /// Instant.
    Time,
}

impl CellKind {
    /// The word for it in answers.
    pub fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Time => "time",
        }
    }
}

/// One cell. A cell of another kind than its column is read as absent.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing.
    Absent,
    /// Text.
    Text(String),
    /// Whole number.
    Integer(i64),
    /// Number.
    Number(f64),
    /// True or false.
    Boolean(bool),
    /// Instant.
    Time(Timestamp),
}

/// Who can give tables; implemented in the server over the slices' own services, which know who may see what.
#[async_trait]
pub trait Tables: Send + Sync + fmt::Debug {
    /// The tables that it gives.
    fn describe(&self) -> Vec<Described>;

    /// The rows of a table that this actor may see, newest first where there are more than `limit`.
    async fn rows(&self, actor: &Actor, table: &str, limit: usize) -> Result<Vec<Vec<Cell>>, PortError>;
}

/// Most rows of such a table in one question.
pub(crate) const MAX_ROWS: usize = 100_000;

impl Described {
    /// Its columns for the engine.
    pub(crate) fn schema(&self) -> SchemaRef {
        let field = |column: &DescribedColumn| {
            let kind = match column.kind {
                CellKind::Text => DataType::Utf8,
                CellKind::Integer => DataType::Int64,
                CellKind::Number => DataType::Float64,
                CellKind::Boolean => DataType::Boolean,
                CellKind::Time => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            };
            Field::new(column.name, kind, true)
        };
        Arc::new(Schema::new(self.columns.iter().map(field).collect::<Vec<_>>()))
    }

    /// Rows for the engine.
    pub(crate) fn batch(&self, rows: &[Vec<Cell>]) -> Result<RecordBatch, QueryError> {
        let columns = self.columns.iter().enumerate();
        let arrays = columns.map(|(number, column)| array(column.kind, rows.iter().map(|row| row.get(number))));
        RecordBatch::try_new(self.schema(), arrays.collect()).map_err(|error| QueryError::Engine(error.to_string()))
    }
}

fn array<'a>(kind: CellKind, cells: impl Iterator<Item = Option<&'a Cell>>) -> ArrayRef {
    match kind {
        CellKind::Text => {
            let mut texts = StringBuilder::new();
            cells.for_each(|cell| match cell {
                Some(Cell::Text(text)) => texts.append_value(text),
                _ => texts.append_null(),
            });
            Arc::new(texts.finish())
        }
        CellKind::Integer => {
            let mut numbers = Int64Builder::new();
            cells.for_each(|cell| match cell {
                Some(Cell::Integer(number)) => numbers.append_value(*number),
                _ => numbers.append_null(),
            });
            Arc::new(numbers.finish())
        }
        CellKind::Number => {
            let mut numbers = Float64Builder::new();
            cells.for_each(|cell| match cell {
                Some(Cell::Number(number)) => numbers.append_value(*number),
                _ => numbers.append_null(),
            });
            Arc::new(numbers.finish())
        }
        CellKind::Boolean => {
            let mut truths = BooleanBuilder::new();
            cells.for_each(|cell| match cell {
                Some(Cell::Boolean(truth)) => truths.append_value(*truth),
                _ => truths.append_null(),
            });
            Arc::new(truths.finish())
        }
        CellKind::Time => {
            let mut times = TimestampMicrosecondBuilder::new();
            cells.for_each(|cell| match cell {
                Some(Cell::Time(time)) => times.append_value(time.micros()),
                _ => times.append_null(),
            });
            Arc::new(times.finish().with_timezone("UTC"))
        }
    }
}
