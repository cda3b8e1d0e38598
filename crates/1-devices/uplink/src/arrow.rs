//! Arrow IPC streams: tables with the columns `device`, `name`, `time`, `value` and `unit`, checked row by row.
//!
//! | column | types | absent or null means |
//! |---|---|---|
//! | `name` | utf8, also as dictionary | an error |
//! | `value` | numbers, boolean, utf8 | an error |
//! | `device` | utf8, also as dictionary | the sender itself |
//! | `time` | timestamp of any unit | the arrival |
//! | `unit` | utf8, also as dictionary | the series' own unit |
//!
//! Other columns are ignored if they are not nested. Compressed buffers and delta dictionaries are refused.

mod column;
mod message;
mod schema;

use crate::decode::{Decoded, MAX_ITEMS, MAX_NAME};
use crate::error::DecodeError;
use crate::key::KeyTable;
use arrow_array::RecordBatch;
use arrow_buffer::Buffer;
use column::{Columns, Value};
use kernel::reject::Reason;
use kernel::value::{MAX_TEXT, ValueKind};
use message::Reader;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Why one row is kept aside.
type Fault = (Reason, String);

/// Reads all rows of all batches.
pub(crate) fn decode(payload: &[u8], out: &mut Decoded) -> Result<(), DecodeError> {
    // The checks in `message` come first, so that the library should find nothing to stumble over. Should it do so all the
    // same, it costs this payload and nothing else; `out` is emptied on an error.
    let outcome = catch_unwind(AssertUnwindSafe(|| read(payload, out)));
    outcome.unwrap_or_else(|_| Err(message::broken(0, "its structure contradicts itself")))
}

fn read(payload: &[u8], out: &mut Decoded) -> Result<(), DecodeError> {
    let mut reader = Reader::new(Buffer::from(payload))?;
    let mut keys = KeyTable::new();
    while let Some(batch) = reader.next_batch()? {
        if batch.num_rows() > MAX_ITEMS - out.readings.len() - out.rejected.len() {
            return Err(DecodeError::TooManyItems { max: MAX_ITEMS });
        }
        rows(&batch, &mut keys, out)?;
    }
    Ok(())
}

fn rows(batch: &RecordBatch, keys: &mut KeyTable, out: &mut Decoded) -> Result<(), DecodeError> {
    let columns = Columns::of(batch)?;
    for row in 0..batch.num_rows() {
        out.check_room()?;
        let item = (out.readings.len() + out.rejected.len()) as u32;
        if let Err((reason, detail)) = take(&columns, row, item, keys, out) {
            out.reject(item, reason, detail, columns.show(row).as_bytes());
        }
    }
    Ok(())
}

fn take(columns: &Columns<'_>, row: usize, item: u32, keys: &mut KeyTable, out: &mut Decoded) -> Result<(), Fault> {
    let Some(name) = columns.name.get(row).filter(|name| !name.is_empty()) else {
        return Err((Reason::Malformed, "column 'name' is empty in this row".into()));
    };
    let device = columns.device.as_ref().and_then(|texts| texts.get(row)).unwrap_or("");
    let unit = columns.unit.as_ref().and_then(|texts| texts.get(row)).unwrap_or("");
    let value = columns.value.get(row);
    if let Value::Text(text) = value
        && text.len() > MAX_TEXT
    {
        return Err(too_long("value", text.len(), MAX_TEXT));
    }
    let raw = [device.as_bytes(), name.as_bytes(), unit.as_bytes()];
    let hash = keys.hash(raw);
    let key = match keys.find(hash, raw) {
        Some(key) => key,
        None => {
            for (column, text) in [("device", device), ("name", name), ("unit", unit)] {
                if text.len() > MAX_NAME {
                    return Err(too_long(column, text.len(), MAX_NAME));
                }
            }
            let key = out.readings.add_key(device, name, unit);
            keys.add(hash, raw, key);
            key
        }
    };
    let time = columns.time.as_ref().and_then(|times| times.get(row));
    match value {
        Value::Number(number) => out.readings.push(key, time, ValueKind::Number, number.to_bits(), item),
        Value::Boolean(truth) => out.readings.push(key, time, ValueKind::Boolean, u64::from(truth), item),
        Value::Text(text) => out
            .readings
            .push_bytes(key, time, ValueKind::Text, text.as_bytes(), item),
        Value::Null => return Err((Reason::Malformed, "column 'value' is null in this row".into())),
    }
    Ok(())
}

fn too_long(column: &str, found: usize, max: usize) -> Fault {
    (
        Reason::TooLong,
        format!("column '{column}' has {found} bytes in this row; at most {max} are taken"),
    )
}
