//! The columns of a table by name, whatever type they are written in.

use crate::error::DecodeError;
use arrow_array::cast::AsArray;
use arrow_array::types::{
    Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, TimestampMicrosecondType,
    TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type, UInt32Type,
    UInt64Type,
};
use arrow_array::{
    Array, ArrowPrimitiveType, BooleanArray, LargeStringArray, RecordBatch, StringArray, StringViewArray,
};
use arrow_buffer::NullBuffer;
use arrow_schema::{DataType, Schema, TimeUnit};
use kernel::time::Timestamp;

const TEXT: &str = "utf8, large_utf8, utf8_view, or a dictionary of utf8";
const VALUE: &str = "float64, float32, int8 to int64, uint8 to uint64, boolean, utf8, or a dictionary of utf8";
const TIME: &str = "timestamp of any unit";

/// Checks that the columns that are read have types that can be read.
pub(super) fn check(schema: &Schema) -> Result<(), DecodeError> {
    for (column, needed, allowed, fits) in [
        ("name", true, TEXT, is_text as fn(&DataType) -> bool),
        ("value", true, VALUE, is_value),
        ("device", false, TEXT, is_text),
        ("unit", false, TEXT, is_text),
        ("time", false, TIME, is_time),
    ] {
        let error = |found| {
            Err(DecodeError::Column {
                column: column.to_owned(),
                found,
                allowed,
            })
        };
        let mut found = schema.fields().iter().filter(|field| field.name() == column);
        match (found.next(), found.next()) {
            (None, _) if needed => return error("is missing".to_owned()),
            (Some(_), Some(_)) => return error("stands twice".to_owned()),
            (Some(field), None) if !fits(field.data_type()) => {
                return error(format!("has the type {}", field.data_type()));
            }
            _ => {}
        }
    }
    Ok(())
}

fn is_text(data_type: &DataType) -> bool {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, values) => matches!(**values, DataType::Utf8 | DataType::LargeUtf8),
        _ => false,
    }
}

fn is_time(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Timestamp(..))
}

fn is_value(data_type: &DataType) -> bool {
    let number = data_type.is_integer() || matches!(data_type, DataType::Float32 | DataType::Float64);
    number || *data_type == DataType::Boolean || is_text(data_type)
}

/// A column of texts.
pub(super) enum Texts<'a> {
    Plain(&'a StringArray),
    Large(&'a LargeStringArray),
    View(&'a StringViewArray),
    Dictionary {
        keys: Vec<usize>,
        nulls: Option<&'a NullBuffer>,
        values: Box<Texts<'a>>,
    },
    Nothing,
}

impl<'a> Texts<'a> {
    fn of(array: &'a dyn Array) -> Option<Self> {
        if let Some(dictionary) = array.as_any_dictionary_opt() {
            if dictionary.values().is_empty() {
                return Some(Self::Nothing);
            }
            let values = Box::new(Self::of(dictionary.values().as_ref())?);
            return Some(Self::Dictionary {
                keys: dictionary.normalized_keys(),
                nulls: dictionary.keys().nulls(),
                values,
            });
        }
        let plain = array.as_string_opt::<i32>().map(Self::Plain);
        let large = || array.as_string_opt::<i64>().map(Self::Large);
        plain
            .or_else(large)
            .or_else(|| array.as_string_view_opt().map(Self::View))
    }

    /// The text of a row; `None` when it is null.
    pub(super) fn get(&self, row: usize) -> Option<&'a str> {
        match self {
            Self::Plain(array) => array.is_valid(row).then(|| array.value(row)),
            Self::Large(array) => array.is_valid(row).then(|| array.value(row)),
            Self::View(array) => array.is_valid(row).then(|| array.value(row)),
            Self::Dictionary { keys, nulls, values } => {
                let valid = nulls.is_none_or(|nulls| nulls.is_valid(row));
                if valid { values.get(*keys.get(row)?) } else { None }
            }
            Self::Nothing => None,
        }
    }
}

/// One value.
pub(super) enum Value<'a> {
    Number(f64),
    Boolean(bool),
    Text(&'a str),
    Null,
}

/// The column `value`.
pub(super) enum Values<'a> {
    Numbers(Vec<f64>, Option<&'a NullBuffer>),
    Booleans(&'a BooleanArray),
    Texts(Texts<'a>),
}

impl<'a> Values<'a> {
    fn of(array: &'a dyn Array) -> Option<Self> {
        let numbers = match array.data_type() {
            DataType::Float64 => numbers::<Float64Type>(array, |value| value),
            DataType::Float32 => numbers::<Float32Type>(array, f64::from),
            DataType::Int8 => numbers::<Int8Type>(array, f64::from),
            DataType::Int16 => numbers::<Int16Type>(array, f64::from),
            DataType::Int32 => numbers::<Int32Type>(array, f64::from),
            DataType::Int64 => numbers::<Int64Type>(array, |value| value as f64),
            DataType::UInt8 => numbers::<UInt8Type>(array, f64::from),
            DataType::UInt16 => numbers::<UInt16Type>(array, f64::from),
            DataType::UInt32 => numbers::<UInt32Type>(array, f64::from),
            DataType::UInt64 => numbers::<UInt64Type>(array, |value| value as f64),
            DataType::Boolean => return array.as_boolean_opt().map(Self::Booleans),
            _ => return Texts::of(array).map(Self::Texts),
        };
        Some(Self::Numbers(numbers?, array.nulls()))
    }

    /// The value of a row.
    pub(super) fn get(&self, row: usize) -> Value<'a> {
        match self {
            Self::Numbers(numbers, nulls) if nulls.is_none_or(|nulls| nulls.is_valid(row)) => {
                numbers.get(row).map_or(Value::Null, |number| Value::Number(*number))
            }
            Self::Booleans(array) if array.is_valid(row) => Value::Boolean(array.value(row)),
            Self::Texts(texts) => texts.get(row).map_or(Value::Null, Value::Text),
            Self::Numbers(..) | Self::Booleans(_) => Value::Null,
        }
    }
}

fn numbers<T: ArrowPrimitiveType>(array: &dyn Array, to_number: impl Fn(T::Native) -> f64) -> Option<Vec<f64>> {
    let values = array.as_primitive_opt::<T>()?.values();
    Some(values.iter().map(|value| to_number(*value)).collect())
}

/// The column `time`, in microseconds.
pub(super) struct Times<'a> {
    micros: Vec<i64>,
    nulls: Option<&'a NullBuffer>,
}

impl<'a> Times<'a> {
    fn of(array: &'a dyn Array) -> Option<Self> {
        let DataType::Timestamp(unit, _) = array.data_type() else {
            return None;
        };
        let micros = match unit {
            TimeUnit::Second => times::<TimestampSecondType>(array, |at| at.saturating_mul(1_000_000)),
            TimeUnit::Millisecond => times::<TimestampMillisecondType>(array, |at| at.saturating_mul(1_000)),
            TimeUnit::Microsecond => times::<TimestampMicrosecondType>(array, |at| at),
            TimeUnit::Nanosecond => times::<TimestampNanosecondType>(array, |at| at.div_euclid(1_000)),
        };
        Some(Self {
            micros: micros?,
            nulls: array.nulls(),
        })
    }

    /// The instant of a row; `None` when it is null.
    pub(super) fn get(&self, row: usize) -> Option<Timestamp> {
        let valid = self.nulls.is_none_or(|nulls| nulls.is_valid(row));
        let micros = self.micros.get(row).filter(|_| valid)?;
        Some(Timestamp::from_micros((*micros).max(i64::MIN + 1)))
    }
}

fn times<T>(array: &dyn Array, to_micros: impl Fn(i64) -> i64) -> Option<Vec<i64>>
where
    T: ArrowPrimitiveType<Native = i64>,
{
    let values = array.as_primitive_opt::<T>()?.values();
    Some(values.iter().map(|value| to_micros(*value)).collect())
}

/// The columns of one table.
pub(super) struct Columns<'a> {
    pub(super) name: Texts<'a>,
    pub(super) value: Values<'a>,
    pub(super) device: Option<Texts<'a>>,
    pub(super) unit: Option<Texts<'a>>,
    pub(super) time: Option<Times<'a>>,
}

impl<'a> Columns<'a> {
    /// Finds them; [`check`] has seen their types.
    pub(super) fn of(batch: &'a RecordBatch) -> Result<Self, DecodeError> {
        let column = |name| batch.column_by_name(name).map(|array| array.as_ref());
        let missing = |column: &str, allowed| DecodeError::Column {
            column: column.to_owned(),
            found: "cannot be read".to_owned(),
            allowed,
        };
        Ok(Self {
            name: column("name")
                .and_then(Texts::of)
                .ok_or_else(|| missing("name", TEXT))?,
            value: column("value")
                .and_then(Values::of)
                .ok_or_else(|| missing("value", VALUE))?,
            device: column("device").and_then(Texts::of),
            unit: column("unit").and_then(Texts::of),
            time: column("time").and_then(Times::of),
        })
    }

    /// A row as JSON with the names of its columns, for quarantine.
    pub(super) fn show(&self, row: usize) -> String {
        let value = match self.value.get(row) {
            Value::Number(number) => number.into(),
            Value::Boolean(truth) => truth.into(),
            Value::Text(text) => text.chars().take(256).collect::<String>().into(),
            Value::Null => serde_json::Value::Null,
        };
        let short = |text: &str| text.chars().take(100).collect::<String>();
        serde_json::json!({
            "device": self.device.as_ref().and_then(|texts| texts.get(row)).map(short),
            "name": self.name.get(row).map(short),
            "time": self.time.as_ref().and_then(|times| times.get(row)).map(|at| at.to_string()),
            "value": value,
            "unit": self.unit.as_ref().and_then(|texts| texts.get(row)).map(short),
        })
        .to_string()
    }
}
