//! Checks the schema message before the library turns it into types: only flat columns that it knows.

use super::column;
use super::message::broken;
use crate::error::DecodeError;
use arrow_ipc::{Endianness, Field, Precision, Schema, TimeUnit, Type};
use arrow_schema::SchemaRef;
use std::sync::Arc;

/// Most columns of a table.
const MAX_COLUMNS: usize = 64;
const FLAT: &str = "numbers, boolean, utf8 and timestamp, texts also as dictionary; leave other columns out";

/// The types of the columns.
pub(super) fn read(schema: Schema<'_>) -> Result<SchemaRef, DecodeError> {
    if schema.endianness() != Endianness::Little {
        return Err(broken(0, "the data is big-endian; write it little-endian"));
    }
    let Some(fields) = schema.fields() else {
        return Err(broken(0, "the schema has no columns"));
    };
    if fields.len() > MAX_COLUMNS {
        let what = format!(
            "the table has {} columns; at most {MAX_COLUMNS} are taken",
            fields.len()
        );
        return Err(broken(0, what));
    }
    for field in fields {
        if !is_flat(&field) {
            let dictionary = if field.dictionary().is_some() {
                " as dictionary"
            } else {
                ""
            };
            return Err(DecodeError::Column {
                column: field.name().unwrap_or("").chars().take(64).collect(),
                found: format!("has the type {:?}{dictionary}", field.type_type()),
                allowed: FLAT,
            });
        }
    }
    let schema = Arc::new(arrow_ipc::convert::fb_to_schema(schema));
    column::check(&schema)?;
    Ok(schema)
}

fn is_flat(field: &Field<'_>) -> bool {
    let known_width = |width| matches!(width, 8 | 16 | 32 | 64);
    let plain = match field.type_type() {
        Type::Bool | Type::Utf8 | Type::LargeUtf8 => true,
        Type::Utf8View => field.dictionary().is_none(),
        Type::Int => field.type_as_int().is_some_and(|int| known_width(int.bitWidth())),
        Type::FloatingPoint => field
            .type_as_floating_point()
            .is_some_and(|float| [Precision::HALF, Precision::SINGLE, Precision::DOUBLE].contains(&float.precision())),
        Type::Timestamp => field.type_as_timestamp().is_some_and(|timestamp| {
            [
                TimeUnit::SECOND,
                TimeUnit::MILLISECOND,
                TimeUnit::MICROSECOND,
                TimeUnit::NANOSECOND,
            ]
            .contains(&timestamp.unit())
        }),
        _ => false,
    };
    let index = field.dictionary().map(|dictionary| dictionary.indexType());
    plain && index.is_none_or(|index| index.is_some_and(|int| known_width(int.bitWidth())))
}
